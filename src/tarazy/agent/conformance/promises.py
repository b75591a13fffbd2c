"""The promises of a core, each with its trial: what is booked, what is reserved, what is paid."""

from tarazy.agent.conformance.trial import Trial
from tarazy.agent.core_port import CoreVerb
from tarazy.domain.entry import CORE_HOLD_KINDS, AccountEntry, EntryKind, fault_in

# --- the feed


def accounts_are_opened_first(trial: Trial) -> None:
    """The feed opens each account, with its opening balance, before its first entry."""
    account_id = trial.bench.open_account(70, 0)
    trial.bench.settled()
    opened, _ = trial.feed()
    found = [one for one in opened if one.account_id == account_id]
    trial.equal(len(found), 1, "opening of an account in the feed")
    trial.equal(found[0].opening_minor, 70, "as the opening balance")
    trial.bench.credit(account_id, 5)
    trial.bench.settled()
    position, seen_first = trial.bench.feed_from, False
    while True:
        part = trial.bench.port.feed(position, 1)
        if part.position == position:
            break
        is_open = seen_first or any(one.account_id == account_id for one in part.opened)
        trial.expect(is_open or all(one.account_id != account_id for one in part.entries), "the opening first")
        position, seen_first = part.position, is_open


def entries_are_numbered(trial: Trial) -> None:
    """Each account's entries are numbered from 1 without gaps, in booking order, and each is well formed."""
    first, second = trial.bench.open_account(100, 0), trial.bench.open_account(100, 0)
    for account_id in (first, second):
        trial.bench.credit(account_id, 50)
        hold_id = trial.reserve(account_id, 60)
        trial.spend(account_id, 10)
        trial.do(CoreVerb.unreserve, hold_id, account_id, 20)
        trial.do(CoreVerb.pay, hold_id, account_id, 40)
    for account_id in (first, second):
        entries = trial.entries(account_id)
        numbers = [one.entry_no for one in entries]
        trial.expect(numbers == list(range(1, 6)), f"the numbers 1 to 5 on an account, found {numbers}")
        for entry in entries:
            _well_formed(trial, entry)


def _well_formed(trial: Trial, entry: AccountEntry) -> None:
    sentence = fault_in(entry)
    trial.expect(sentence is None, f"a well-formed {entry.kind}: {sentence}")
    if entry.kind in {EntryKind.credit, EntryKind.debit, EntryKind.pay} and entry.exit_kind is None:
        trial.expect(entry.counterparty is not None, f"the institution at the other end of a {entry.kind}")
    if entry.kind not in CORE_HOLD_KINDS:
        trial.expect(entry.hold_id is None, f"no hold on a {entry.kind}")


def the_feed_can_be_read_again(trial: Trial) -> None:
    """The feed read again is the same, in small steps or large ones."""
    account_id = trial.bench.open_account(100, 0)
    for amount in range(1, 8):
        trial.bench.credit(account_id, amount)
    trial.bench.settled()
    whole = trial.feed()
    trial.expect(trial.feed() == whole, "the same feed, read twice")
    trial.expect(trial.feed(limit=2) == whole, "the same feed in steps of 2")


def the_feed_is_the_ledger(trial: Trial) -> None:
    """Opening balance, credits, debits and payments of the feed add up to the ledger balance; reserves move nothing."""
    account_id = trial.bench.open_account(100, 50)
    trial.bench.credit(account_id, 30)
    hold_id = trial.reserve(account_id, 90)
    trial.equal(trial.bench.balance(account_id), 130, "as the balance after a reserve")
    trial.spend(account_id, 20)
    trial.do(CoreVerb.pay, hold_id, account_id, 60)
    signs = {EntryKind.credit: 1, EntryKind.reserve: 0, EntryKind.unreserve: 0}
    total = 100 + sum(signs.get(one.kind, -1) * one.amount_minor for one in trial.entries(account_id))
    trial.equal(total, trial.bench.balance(account_id), "as the sum of the feed")
    trial.equal(total, 50, "as the balance in the end")


# --- reserve


def only_own_money_is_reserved(trial: Trial) -> None:
    """A reserve takes the holder's own money, as much as there is, and never the credit limit."""
    account_id = trial.bench.open_account(100, 500)
    first, second = trial.hold(), trial.hold()
    trial.equal(trial.do(CoreVerb.reserve, first, account_id, 400), 100, "reserved of 100 own money")
    trial.equal(trial.do(CoreVerb.reserve, second, account_id, 50), 0, "reserved where no own money is left")
    trial.booked(account_id, (EntryKind.reserve, 100))


def what_is_reserved_is_kept(trial: Trial) -> None:
    """The holder cannot spend what is reserved, and can spend everything else, the credit limit included."""
    account_id = trial.bench.open_account(100, 0)
    trial.reserve(account_id, 60)
    trial.spendable(account_id, 40, "60 of 100 are reserved")
    with_limit = trial.bench.open_account(100, 30)
    trial.reserve(with_limit, 60)
    trial.spendable(with_limit, 70, "60 of 100 are reserved, and the limit is 30")


def a_reserve_of_nothing_books_nothing(trial: Trial) -> None:
    """Where there is nothing to reserve the answer is 0, and no entry is booked."""
    account_id = trial.bench.open_account(0, 40)
    trial.equal(trial.do(CoreVerb.reserve, trial.hold(), account_id, 10), 0, "reserved of nothing")
    trial.booked(account_id)


def a_hold_can_grow(trial: Trial) -> None:
    """A second reserve for the same hold adds to it; the answer is what was added."""
    account_id = trial.bench.open_account(100, 0)
    hold_id = trial.reserve(account_id, 30)
    trial.equal(trial.do(CoreVerb.reserve, hold_id, account_id, 20), 20, "added to a hold")
    trial.booked(account_id, (EntryKind.reserve, 30), (EntryKind.reserve, 20))
    trial.equal(trial.do(CoreVerb.unreserve, hold_id, account_id, 50), 50, "given back of a hold of 30 and 20")


def the_entry_names_its_hold(trial: Trial) -> None:
    """Each reserve, unreserve and pay is booked with its hold and the amount that was answered."""
    account_id = trial.bench.open_account(100, 0)
    hold_id = trial.reserve(account_id, 80)
    trial.do(CoreVerb.unreserve, hold_id, account_id, 30)
    trial.do(CoreVerb.pay, hold_id, account_id, 50)
    trial.booked(account_id, (EntryKind.reserve, 80), (EntryKind.unreserve, 30), (EntryKind.pay, 50))
    trial.expect({one.hold_id for one in trial.entries(account_id)} == {hold_id}, "the hold's id in each entry")


# --- ends


def a_reserve_ends_by_itself(trial: Trial) -> None:
    """At its end a reserve is dropped with nobody asking: the feed says so and the holder can spend."""
    account_id = trial.bench.open_account(100, 0)
    ends = trial.after(2)
    hold_id = trial.reserve(account_id, 60, ends=ends)
    trial.expect(not trial.spend(account_id, 100), "no payment of reserved money before the end")
    trial.let_end(ends)
    trial.booked(account_id, (EntryKind.reserve, 60), (EntryKind.unreserve, 60))
    trial.expect(trial.spend(account_id, 100), "a payment of everything after the end")
    trial.equal(trial.do(CoreVerb.unreserve, hold_id, account_id, 60), 0, "given back after the end")


def a_reserve_lasts_to_its_end(trial: Trial) -> None:
    """A reserve is not dropped before its end, also where another of the account ends earlier."""
    account_id = trial.bench.open_account(100, 0)
    soon = trial.after(2)
    trial.reserve(account_id, 30, ends=soon)
    trial.reserve(account_id, 50)
    trial.let_end(soon)
    trial.spendable(account_id, 50, "of 100, 50 are reserved for longer")


def nothing_is_reserved_into_the_past(trial: Trial) -> None:
    """A reserve whose end has come already reserves nothing."""
    account_id = trial.bench.open_account(100, 0)
    done = trial.do(CoreVerb.reserve, trial.hold(), account_id, 60, ends=trial.bench.now())
    trial.equal(done, 0, "reserved for a time that is over")
    trial.booked(account_id)


def extend_moves_the_end(trial: Trial) -> None:
    """An extended reserve lasts to its new end, and is dropped then."""
    account_id = trial.bench.open_account(100, 0)
    first, second = trial.after(3), trial.after(6)
    hold_id = trial.reserve(account_id, 60, ends=first)
    done = trial.do(CoreVerb.extend, hold_id, account_id, 60, ends=second)
    trial.expect(done > 0, "more than 0 as the answer to an extension that counts")
    trial.let_end(first)
    trial.expect(not trial.spend(account_id, 100), "no payment of reserved money before the new end")
    trial.let_end(second)
    trial.booked(account_id, (EntryKind.reserve, 60), (EntryKind.unreserve, 60))


def extend_does_not_revive(trial: Trial) -> None:
    """An extension that comes after the end changes nothing and is answered with 0."""
    account_id = trial.bench.open_account(100, 0)
    ends = trial.after(2)
    hold_id = trial.reserve(account_id, 60, ends=ends)
    trial.let_end(ends)
    trial.equal(trial.do(CoreVerb.extend, hold_id, account_id, 60), 0, "extended after the end")
    trial.booked(account_id, (EntryKind.reserve, 60), (EntryKind.unreserve, 60))
    trial.expect(trial.spend(account_id, 100), "a payment of everything after the end")


# --- each command once


def a_command_is_taken_once(trial: Trial) -> None:
    """A command that comes again, at once or later, gets the same answer and does nothing more."""
    account_id = trial.bench.open_account(100, 0)
    hold_id = trial.hold()
    reserve = trial.command(CoreVerb.reserve, hold_id, account_id, 40)
    give_back = trial.command(CoreVerb.unreserve, hold_id, account_id, 15)
    pay = trial.command(CoreVerb.pay, hold_id, account_id, 20)
    for command, amount in ((reserve, 40), (give_back, 15), (pay, 20)):
        trial.expect(trial.ask(command) == [amount], f"{amount} as the answer to a {command.verb}")
    found = trial.ask(reserve, give_back, pay)
    trial.expect(found == [40, 15, 20], f"the same answers again, found {found}")
    trial.booked(account_id, (EntryKind.reserve, 40), (EntryKind.unreserve, 15), (EntryKind.pay, 20))


def a_late_repeat_does_not_reserve_again(trial: Trial) -> None:
    """A reserve that has ended does not come back when its command is repeated."""
    account_id = trial.bench.open_account(100, 0)
    ends = trial.after(2)
    reserve = trial.command(CoreVerb.reserve, trial.hold(), account_id, 60, ends=ends)
    trial.expect(trial.ask(reserve) == [60], "60 reserved")
    trial.let_end(ends)
    trial.expect(trial.ask(reserve) == [60], "the answer of the first time")
    trial.expect(trial.spend(account_id, 100), "a payment of everything after the end")


def commands_of_one_call_are_done_in_order(trial: Trial) -> None:
    """The commands of one call are done in their order."""
    account_id = trial.bench.open_account(100, 0)
    hold_id, other = trial.hold(), trial.hold()
    found = trial.ask(
        trial.command(CoreVerb.reserve, hold_id, account_id, 100),
        trial.command(CoreVerb.reserve, other, account_id, 10),
        trial.command(CoreVerb.unreserve, hold_id, account_id, 30),
        trial.command(CoreVerb.reserve, other, account_id, 10),
    )
    trial.expect(found == [100, 0, 30, 10], f"the answers [100, 0, 30, 10], found {found}")


# --- unreserve and pay


def unreserve_gives_back_what_is_there(trial: Trial) -> None:
    """Unreserve gives back a part, never more than is reserved, and nothing of a hold that is not known."""
    account_id = trial.bench.open_account(100, 0)
    hold_id = trial.reserve(account_id, 60)
    trial.equal(trial.do(CoreVerb.unreserve, hold_id, account_id, 25), 25, "given back")
    trial.equal(trial.do(CoreVerb.unreserve, hold_id, account_id, 90), 35, "given back of what is left")
    trial.equal(trial.do(CoreVerb.unreserve, trial.hold(), account_id, 5), 0, "given back of an unknown hold")
    trial.booked(account_id, (EntryKind.reserve, 60), (EntryKind.unreserve, 25), (EntryKind.unreserve, 35))


def pay_consumes_the_reserve(trial: Trial) -> None:
    """Pay consumes the reserve once: the money leaves, and a second pay finds nothing."""
    account_id = trial.bench.open_account(100, 0)
    hold_id = trial.reserve(account_id, 60)
    trial.equal(trial.do(CoreVerb.pay, hold_id, account_id, 60), 60, "paid")
    trial.equal(trial.bench.balance(account_id), 40, "as the balance after the payment")
    trial.equal(trial.do(CoreVerb.pay, hold_id, account_id, 60), 0, "paid of a reserve that is consumed")
    trial.booked(account_id, (EntryKind.reserve, 60), (EntryKind.pay, 60))
    trial.spendable(account_id, 40, "60 of 100 were paid")


def pay_is_all_or_nothing(trial: Trial) -> None:
    """Pay of more than is reserved pays nothing and leaves the reserve alone; free money is never taken."""
    account_id = trial.bench.open_account(100, 0)
    hold_id = trial.reserve(account_id, 60)
    trial.equal(trial.do(CoreVerb.pay, hold_id, account_id, 61), 0, "paid of a reserve of 60")
    trial.booked(account_id, (EntryKind.reserve, 60))
    trial.equal(trial.do(CoreVerb.pay, hold_id, account_id, 60), 60, "paid afterwards")


def pay_after_the_end_finds_nothing(trial: Trial) -> None:
    """Pay that comes after the end is answered with 0, and the money stays the holder's."""
    account_id = trial.bench.open_account(100, 0)
    ends = trial.after(2)
    hold_id = trial.reserve(account_id, 60, ends=ends)
    trial.let_end(ends)
    trial.equal(trial.do(CoreVerb.pay, hold_id, account_id, 60), 0, "paid after the end")
    trial.equal(trial.bench.balance(account_id), 100, "as the balance")
    trial.booked(account_id, (EntryKind.reserve, 60), (EntryKind.unreserve, 60))


FEED_PROMISES = (
    accounts_are_opened_first,
    entries_are_numbered,
    the_feed_can_be_read_again,
    the_feed_is_the_ledger,
)
RESERVE_PROMISES = (
    only_own_money_is_reserved,
    what_is_reserved_is_kept,
    a_reserve_of_nothing_books_nothing,
    a_hold_can_grow,
    the_entry_names_its_hold,
    unreserve_gives_back_what_is_there,
)
END_PROMISES = (
    a_reserve_ends_by_itself,
    a_reserve_lasts_to_its_end,
    nothing_is_reserved_into_the_past,
    extend_moves_the_end,
    extend_does_not_revive,
)
COMMAND_PROMISES = (
    a_command_is_taken_once,
    a_late_repeat_does_not_reserve_again,
    commands_of_one_call_are_done_in_order,
)
PAY_PROMISES = (pay_consumes_the_reserve, pay_is_all_or_nothing, pay_after_the_end_finds_nothing)
