"""What a core promises that says it can close an account (`can_close`): closed but for living, and never for longer."""

from collections.abc import Callable
from typing import Final

from tarazy.agent.conformance.trial import Trial
from tarazy.agent.core_port import CoreVerb
from tarazy.domain.closure import KeptFree
from tarazy.domain.entry import EntryKind
from tarazy.values.ids import AccountId, HoldId
from tarazy.values.instant import Instant

KEPT: Final = KeptFree(purposes=(), living_minor=40, living_days=30)


def a_closed_account_lets_out_what_one_lives_on(trial: Trial) -> None:
    """While a reserve closes its account the holder can use what is kept free to live on, and no more."""
    account_id = trial.bench.open_account(1_000, 0)
    _closed(trial, account_id, 10)
    trial.spendable(account_id, 40, "the account is closed but for 40")
    trial.expect(not trial.spend(account_id, 1), "no payment when the 40 are used")


def a_closed_account_is_credited(trial: Trial) -> None:
    """Money that arrives at a closed account is credited."""
    account_id = trial.bench.open_account(100, 0)
    _closed(trial, account_id, 10)
    trial.bench.credit(account_id, 30)
    trial.bench.settled()
    trial.equal(trial.bench.balance(account_id), 130, "as the balance after a credit")


def a_closure_ends_with_its_reserve(trial: Trial) -> None:
    """At the end of the reserve the core opens the account by itself; to let go of the reserve opens it at once."""
    ending, let_go = trial.bench.open_account(1_000, 0), trial.bench.open_account(1_000, 0)
    ends = trial.after(3)
    _closed(trial, ending, 10, ends=ends)
    hold_id = _closed(trial, let_go, 10)
    trial.do(CoreVerb.unreserve, hold_id, let_go, 10)
    trial.expect(trial.spend(let_go, 1_000), "a payment of everything when the reserve is let go")
    trial.let_end(ends)
    trial.expect(trial.spend(ending, 1_000), "a payment of everything after the end")


def extend_opens_what_it_does_not_close(trial: Trial) -> None:
    """An extension that closes nothing opens the account, and the reserve stands."""
    account_id = trial.bench.open_account(1_000, 0)
    hold_id = _closed(trial, account_id, 10)
    trial.do(CoreVerb.extend, hold_id, account_id, 10)
    trial.spendable(account_id, 990, "10 of 1,000 are reserved, and nothing closes the account")
    trial.booked(account_id, (EntryKind.reserve, 10), (EntryKind.debit, 990))


def a_longer_closure_frees_nothing_anew(trial: Trial) -> None:
    """An extension that closes on leaves what is used to live on used."""
    account_id = trial.bench.open_account(1_000, 0)
    hold_id = _closed(trial, account_id, 10)
    trial.expect(trial.spend(account_id, 30), "a payment of 30 of the 40 that are free")
    _close(trial, hold_id, account_id, 10)
    trial.spendable(account_id, 10, "30 of 40 are used")


def _closed(trial: Trial, account_id: AccountId, amount_minor: int, *, ends: Instant | None = None) -> HoldId:
    hold_id = trial.reserve(account_id, amount_minor, ends=ends)
    _close(trial, hold_id, account_id, amount_minor, ends=ends)
    return hold_id


def _close(
    trial: Trial, hold_id: HoldId, account_id: AccountId, amount_minor: int, *, ends: Instant | None = None
) -> None:
    command = trial.command(CoreVerb.extend, hold_id, account_id, amount_minor, ends=ends, closes=KEPT)
    trial.expect(trial.ask(command) != [0], "more than 0 as the answer to an extension that counts")


CLOSING_PROMISES: Final[tuple[Callable[[Trial], None], ...]] = (
    a_closed_account_lets_out_what_one_lives_on,
    a_closed_account_is_credited,
    a_closure_ends_with_its_reserve,
    extend_opens_what_it_does_not_close,
    a_longer_closure_frees_nothing_anew,
)
