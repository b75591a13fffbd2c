"""Entries that would make a line show what its account does not have: refused in words, and the account waits."""

from collections.abc import Callable

import pytest

from tarazy.agent.records import ACCOUNTS, HOLDS
from tarazy.app.store import Condition
from tarazy.domain.entry import AccountEntry, EntryKind, ExitKind
from tarazy.domain.line import GAPS_MAX, AccountLine
from tarazy.domain.rejection import Rejection
from tarazy.values.ids import HoldId, TransferRef
from tarazy.values.interval import Interval
from tarazy.values.replacing import replace
from tests.story import Network, StoreFor
from tests.unit.agent.scripted_core import ScriptedCore, scripted

HELD = 300_000


def held(store_for: StoreFor) -> tuple[Network, ScriptedCore, HoldId]:
    """Return an account of 500,000 of which 300,000 are held."""
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    core.reserves_at_most = HELD
    network.settle()
    network.report("t1")
    [hold] = network.rows("bank-b", HOLDS)
    hold_id: HoldId = hold.hold_id
    return network, core, hold_id


def line(network: Network) -> AccountLine:
    [found] = network.rows("bank-b", ACCOUNTS, Condition("account_id", "=", "mule"))
    assert isinstance(found, AccountLine)
    return found


@pytest.mark.parametrize(
    ("spoil", "rejection"),
    [
        (lambda entry: replace(entry, hold_id=HoldId("hd-nobody-knows")), Rejection.hold_unknown),
        (lambda entry: replace(entry, amount_minor=HELD + 1), Rejection.amount_above_hold),
    ],
)
def test_a_payment_of_what_is_not_held_is_refused_and_its_account_waits(
    store_for: StoreFor, spoil: Callable[[AccountEntry], AccountEntry], rejection: Rejection
) -> None:
    network, core, hold_id = held(store_for)
    good = core.makes("mule", EntryKind.pay, HELD, hold_id=hold_id, ref="back")
    core.says(spoil(good))
    core.books("mule", EntryKind.debit, 10_000, exit_kind=ExitKind.cash)
    network.settle()
    [fault] = network.banks["bank-b"].faults
    assert (fault.account_id, fault.entry_no, fault.rejection) == ("mule", good.entry_no, rejection)
    before = line(network)
    assert (before.is_behind, before.entry_no, before.balance_minor) == (True, good.entry_no - 1, 500_000)
    core.says(good)
    network.settle()
    after = line(network)
    assert (after.is_behind, after.held_minor, after.balance_minor) == (False, 0, 500_000 - HELD - 10_000)


def test_a_payment_may_be_early_and_is_judged_when_its_turn_comes(store_for: StoreFor) -> None:
    """The reserve that it is paid from lies in a gap of the numbers."""
    network, core, hold_id = held(store_for)
    reserve = core.makes("mule", EntryKind.reserve, 1, hold_id=hold_id)
    pay = core.makes("mule", EntryKind.pay, HELD, hold_id=hold_id, ref="back")
    core.says(pay)
    network.settle()
    assert network.banks["bank-b"].faults == []
    core.says(reserve)
    network.settle()
    assert line(network).entry_no == pay.entry_no


def cut_up(network: Network, gaps: int) -> None:
    """Leave the account's free money in so many stretches of one unit below the head of its line."""
    stretches = tuple(Interval(2 * place, 2 * place + 1) for place in range(gaps))
    broken = replace(line(network), gaps=stretches, head=500_000, line_end=500_000)
    network.at("bank-b", lambda tx, _: tx.put(ACCOUNTS, broken))


@pytest.fixture
def cut(store_for: StoreFor) -> tuple[Network, ScriptedCore]:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    network.settle()
    cut_up(network, GAPS_MAX - 1)
    return network, core


def booked(network: Network, core: ScriptedCore) -> AccountLine:
    """Let the core's feed be read; the tiling of this line is not examined: its gaps were made by hand."""
    network.work("bank-b")
    return line(network)


def test_a_line_with_as_many_stretches_as_are_kept_goes_on(cut: tuple[Network, ScriptedCore]) -> None:
    network, core = cut
    core.books("mule", EntryKind.credit, 7, ref="t2")
    assert (len(booked(network, core).free), network.banks["bank-b"].faults) == (GAPS_MAX, [])
    core.books("mule", EntryKind.credit, 7, ref="t3")
    core.books("mule", EntryKind.debit, 3, exit_kind=ExitKind.cash)
    after = booked(network, core)
    assert (len(after.free), after.is_behind, network.banks["bank-b"].faults) == (GAPS_MAX - 3, False, [])


@pytest.mark.parametrize("kind", ["a credit beyond the last stretch", "a return from the middle of one"])
def test_one_stretch_more_is_refused_in_words_and_only_its_account_waits(
    cut: tuple[Network, ScriptedCore], kind: str
) -> None:
    network, core = cut
    core.opens("other")
    core.books("mule", EntryKind.credit, 100, ref="t2")
    assert len(booked(network, core).free) == GAPS_MAX
    if kind.startswith("a return"):
        core.books("mule", EntryKind.credit, 5, ref="t3")
        core.books("mule", EntryKind.credit, 9, ref="t4")
        core.books("mule", EntryKind.return_, 5, ref="t3-back", original_ref=TransferRef("t3"))
    else:
        full = line(network)
        closed = replace(full, gaps=full.free, head=full.line_end + 1, line_end=full.line_end + 1)
        network.at("bank-b", lambda tx, _: tx.put(ACCOUNTS, closed))
        core.books("mule", EntryKind.credit, 5, ref="t3")
    core.books("other", EntryKind.credit, 11, ref="t9")
    assert booked(network, core).is_behind
    [fault] = network.banks["bank-b"].faults
    assert (fault.account_id, fault.rejection) == ("mule", Rejection.line_has_too_many_gaps)
    assert str(GAPS_MAX) in fault.expected
    [other] = network.rows("bank-b", ACCOUNTS, Condition("account_id", "=", "other"))
    assert other.balance_minor == 11
