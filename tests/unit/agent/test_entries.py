"""Entries of a core: in order of their numbers, each once; a gap is waited for and nothing is guessed."""

import pytest

from tarazy.agent.records import ACCOUNTS, CREDITS, HOLDS, WAITING_ENTRIES
from tarazy.app.store import Condition
from tarazy.domain.entry import AccountEntry, AccountKind, EntryKind, ExitKind
from tarazy.domain.line import AccountLine
from tarazy.domain.rejection import Rejection
from tarazy.values.ids import ReportId, TransferRef
from tarazy.values.replacing import replace
from tests.story import Network, StoreFor
from tests.story_reading import bank_hold, follows, told
from tests.unit.agent.scripted_core import ScriptedCore, scripted


def line(network: Network, account: str = "mule") -> AccountLine:
    found: AccountLine = network.rows("bank-b", ACCOUNTS, Condition("account_id", "=", account))[0]
    return found


def test_behind_a_gap_nothing_is_held_and_nothing_guessed(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    missing = core.makes("mule", EntryKind.debit, 100_000, exit_kind=ExitKind.cash)
    core.books("mule", EntryKind.credit, 7_000, ref="wage")
    report = network.report("t1")
    assert told(network, report) == {"bank-b waiting entries_behind": 500_000}
    assert network.rows("bank-b", HOLDS) == []
    assert core.asked == []
    core.says(missing)
    network.settle()
    assert told(network, report) == {"bank-b exited cash": 100_000, "bank-b held": 400_000}
    assert network.rows("bank-b", WAITING_ENTRIES) == []


def behind_a_gap(store_for: StoreFor) -> tuple[Network, ScriptedCore, AccountEntry, ReportId]:
    """Let the entry after 100,000 of the stolen money were spent be missing while the report is filed."""
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    core.books("mule", EntryKind.debit, 100_000, exit_kind=ExitKind.cash)
    missing = core.makes("mule", EntryKind.debit, 50_000, exit_kind=ExitKind.card)
    core.books("mule", EntryKind.credit, 7_000, ref="wage")
    return network, core, missing, network.report("t1")


def test_of_a_withdrawn_report_nothing_waits_behind_a_gap(store_for: StoreFor) -> None:
    network, core, missing, report = behind_a_gap(store_for)
    network.withdraw("bank-a", report)
    network.settle()
    released = {"bank-b exited cash": 100_000, "bank-b stopped released": 400_000}
    assert told(network, report) == released
    assert [follow.is_open for follow in follows(network, "bank-b")] == [False]
    core.says(missing)
    network.settle()
    assert told(network, report) == released
    assert network.rows("bank-b", HOLDS) == []
    assert line(network).held_minor == 0


def test_of_a_hold_that_ran_out_nothing_waits_behind_a_gap(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    core.reserves_at_most = 200_000
    report = network.report("t1")
    core.makes("mule", EntryKind.debit, 50_000, exit_kind=ExitKind.card)
    core.books("mule", EntryKind.credit, 7_000, ref="wage")
    network.settle()
    assert told(network, report) == {"bank-b held": 200_000, "bank-b waiting entries_behind": 300_000}
    network.wait(hours=2)
    assert told(network, report) == {"bank-b stopped released": 500_000}


def test_what_was_consumed_before_a_gap_is_told(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    core.books("mule", EntryKind.debit, 100_000, exit_kind=ExitKind.cash)
    core.makes("mule", EntryKind.fee, 1)
    core.books("mule", EntryKind.fee, 1)
    report = network.report("t1")
    assert told(network, report) == {"bank-b exited cash": 100_000, "bank-b waiting entries_behind": 400_000}


def test_entries_in_any_order_give_the_same_line(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    credit = core.makes("mule", EntryKind.credit, 500_000, ref="t1")
    cash = core.makes("mule", EntryKind.debit, 100_000, exit_kind=ExitKind.cash)
    card = core.makes("mule", EntryKind.debit, 50_000, exit_kind=ExitKind.card)
    for entry in (card, credit, cash):
        core.says(entry)
        network.settle()
    report = network.report("t1")
    assert told(network, report) == {
        "bank-b exited cash": 100_000,
        "bank-b exited card": 50_000,
        "bank-b held": 350_000,
    }
    assert line(network).entry_no == 4


def test_an_entry_that_comes_twice_is_booked_once(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    credit = core.books("mule", EntryKind.credit, 500_000, ref="t1")
    core.says(credit)
    network.settle()
    cash = core.books("mule", EntryKind.debit, 100_000, exit_kind=ExitKind.cash)
    core.says(credit, cash, cash)
    network.settle()
    assert (line(network).entry_no, line(network).balance_minor) == (2, 400_000)
    assert network.banks["bank-b"].faults == []


def test_an_entry_that_waits_behind_a_gap_and_comes_again_is_booked_once(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    credit = core.makes("mule", EntryKind.credit, 500_000, ref="t1")
    cash = core.books("mule", EntryKind.debit, 100_000, exit_kind=ExitKind.cash)
    network.settle()
    core.says(cash, credit)
    network.settle()
    assert line(network).balance_minor == 400_000
    assert network.rows("bank-b", WAITING_ENTRIES) == []


@pytest.mark.parametrize(
    ("spoil", "rejection"),
    [
        (lambda entry: replace(entry, amount_minor=0), Rejection.entry_malformed),
        (lambda entry: replace(entry, transfer_ref=None), Rejection.entry_malformed),
        (lambda entry: replace(entry, transfer_minor=1), Rejection.entry_malformed),
        (lambda entry: replace(entry, currency="USD"), Rejection.currency_of_account_differs),
        (lambda entry: replace(entry, transfer_ref=TransferRef("t0")), Rejection.transfer_credited_twice),
    ],
)
def test_a_bad_entry_is_refused_with_its_place_and_its_account_waits_for_a_better_one(
    store_for: StoreFor, spoil: object, rejection: Rejection
) -> None:
    network, core = scripted(store_for)
    assert callable(spoil)
    core.books("mule", EntryKind.credit, 9_000, ref="t0")
    good = core.makes("mule", EntryKind.credit, 500_000, ref="t1")
    bad: AccountEntry = spoil(good)
    core.says(bad)
    core.books("mule", EntryKind.debit, 10_000, exit_kind=ExitKind.cash)
    network.settle()
    [fault] = network.banks["bank-b"].faults
    assert (fault.account_id, fault.entry_no, fault.rejection) == ("mule", 2, rejection)
    assert fault.expected
    assert (line(network).entry_no, line(network).is_behind) == (1, True)
    core.says(good)
    network.settle()
    assert (line(network).entry_no, line(network).is_behind, line(network).balance_minor) == (3, False, 499_000)


def test_an_entry_of_an_account_that_was_never_opened_is_refused_and_others_are_booked(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("stranger", EntryKind.credit, 1_000, ref="t5")
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    network.settle()
    [fault] = network.banks["bank-b"].faults
    assert (fault.account_id, fault.rejection) == ("stranger", Rejection.account_unknown)
    assert line(network).balance_minor == 500_000


def test_an_account_opened_again_otherwise_is_refused(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.opens("mule", 0, kind=AccountKind.pooled)
    network.settle()
    [fault] = network.banks["bank-b"].faults
    assert fault.rejection is Rejection.account_known_with_other_facts
    assert line(network).kind is AccountKind.personal


def test_a_fee_taken_on_the_way_is_the_last_units_of_the_transfer(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 499_000, ref="t1", transfer_minor=500_000)
    report = network.report("t1")
    assert told(network, report) == {"bank-b held": 499_000, "bank-b exited fee": 1_000}


def test_money_in_another_currency_is_a_stop(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.opens("dollars", 0, currency="USD")
    core.books("dollars", EntryKind.credit, 1_000, ref="t1", currency="USD", transfer_minor=500_000)
    report = network.report("t1")
    assert told(network, report) == {"bank-b stopped other_currency": 500_000}
    assert core.asked == []


def test_a_returned_transfer_has_come_home(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    core.books("mule", EntryKind.return_, 500_000, ref="t1-back", original_ref=TransferRef("t1"))
    assert told(network, network.report("t1")) == {"bank-b returned": 500_000}


def test_a_return_takes_the_units_of_its_own_transfer_and_not_the_oldest(store_for: StoreFor) -> None:
    network, core = scripted(store_for, mule=90_000)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    core.books("mule", EntryKind.return_, 200_000, ref="t1-back", original_ref=TransferRef("t1"))
    assert told(network, network.report("t1")) == {"bank-b returned": 200_000, "bank-b held": 300_000}


def test_a_reversal_has_come_home_too(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    core.books("mule", EntryKind.reversal, 500_000, original_ref=TransferRef("t1"))
    assert told(network, network.report("t1")) == {"bank-b returned": 500_000}


def test_a_reversal_never_takes_what_is_held(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    report = network.report("t1")
    core.books("mule", EntryKind.reversal, 500_000, original_ref=TransferRef("t1"))
    network.settle()
    assert told(network, report) == {"bank-b held": 500_000}
    assert line(network).debt_minor == 500_000


def test_released_money_repays_what_the_holder_owes(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    report = network.report("t1")
    core.books("mule", EntryKind.debit, 120_000, exit_kind=ExitKind.card)
    network.settle()
    network.let_go("bank-b", bank_hold(network, "mule").hold_id)
    network.settle()
    assert told(network, report) == {"bank-b stopped released": 500_000}
    assert (line(network).debt_minor, line(network).free_minor) == (0, 380_000)


def test_money_that_repaid_an_overdraft_has_left(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.debit, 120_000, exit_kind=ExitKind.card)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    report = network.report("t1")
    assert told(network, report) == {"bank-b exited overdraft_repaid": 120_000, "bank-b held": 380_000}


def test_an_order_is_answered_anew_only_when_something_has_changed(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    network.report("t1")
    [follow] = follows(network, "bank-b")
    core.books("mule", EntryKind.credit, 3_000, ref="wage")
    network.wait(minutes=1)
    assert follows(network, "bank-b")[0].answer_no == follow.answer_no
    assert [row.transfer_ref for row in network.rows("bank-b", CREDITS, order=("entry_no",))] == ["t1", "wage"]
