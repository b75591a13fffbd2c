"""Promises about the same moment: the core alone decides who was first, and money is never there twice."""

from collections.abc import Callable
from functools import partial

from tarazy.agent.conformance.trial import Trial
from tarazy.agent.core_port import CoreAsk, CoreVerb
from tarazy.domain.entry import EntryKind
from tarazy.values.ids import AccountId

ROUNDS = 10


def reserve_and_debit_do_not_both_get_it(trial: Trial) -> None:
    """A reserve and a payment at the same moment never get more together than there is."""
    for round_no in range(ROUNDS):
        account_id = trial.bench.open_account(100, 0)
        command = trial.command(CoreVerb.reserve, trial.hold(), account_id, 70)
        works: list[Callable[[], int]] = [partial(_asked, trial, command), partial(_spent, trial, account_id, 60)]
        found = trial.bench.at_once(works if round_no % 2 else works[::-1])
        trial.bench.settled()
        trial.expect(sum(found) in {70, 100}, f"70 reserved, or 60 paid and 40 reserved of 100, found {found}")
        entries = trial.entries(account_id)
        trial.equal(sum(one.amount_minor for one in entries), sum(found), "in the feed, as answered")


def a_hold_is_paid_or_given_back(trial: Trial) -> None:
    """Pay and unreserve of one hold at the same moment: one of them gets the reserve."""
    for round_no in range(ROUNDS):
        account_id = trial.bench.open_account(100, 0)
        hold_id = trial.reserve(account_id, 60)
        works = [
            partial(_asked, trial, trial.command(verb, hold_id, account_id, 60))
            for verb in (CoreVerb.pay, CoreVerb.unreserve)
        ]
        found = sorted(trial.bench.at_once(works if round_no % 2 else works[::-1]))
        trial.bench.settled()
        trial.expect(found == [0, 60], f"60 paid or 60 given back, found {found}")
        paid = sum(one.amount_minor for one in trial.entries(account_id, EntryKind.pay))
        trial.equal(trial.bench.balance(account_id), 100 - paid, "as the balance")


def two_refunds_do_not_both_get_it(trial: Trial) -> None:
    """Two payments from one hold at the same moment: one of them gets the reserve."""
    for _ in range(ROUNDS):
        account_id = trial.bench.open_account(100, 0)
        hold_id = trial.reserve(account_id, 60)
        works = [partial(_asked, trial, trial.command(CoreVerb.pay, hold_id, account_id, 60)) for _ in range(2)]
        found = sorted(trial.bench.at_once(works))
        trial.bench.settled()
        trial.expect(found == [0, 60], f"one payment of 60, found {found}")
        trial.equal(trial.bench.balance(account_id), 40, "as the balance")


def one_command_at_once_is_done_once(trial: Trial) -> None:
    """The same command twice at the same moment is done once and answered twice."""
    for _ in range(ROUNDS):
        account_id = trial.bench.open_account(100, 0)
        command = trial.command(CoreVerb.reserve, trial.hold(), account_id, 40)
        found = trial.bench.at_once([partial(_asked, trial, command) for _ in range(2)])
        trial.bench.settled()
        trial.expect(found == [40, 40], f"40 answered twice, found {found}")
        trial.booked(account_id, (EntryKind.reserve, 40))


def _asked(trial: Trial, command: CoreAsk) -> int:
    return trial.bench.port.ask([command], trial.bench.now())[0].amount_minor


def _spent(trial: Trial, account_id: AccountId, amount_minor: int) -> int:
    return amount_minor if trial.bench.debit(account_id, amount_minor) else 0


RACE_PROMISES = (
    reserve_and_debit_do_not_both_get_it,
    a_hold_is_paid_or_given_back,
    two_refunds_do_not_both_get_it,
    one_command_at_once_is_done_once,
)
