"""Between agent and core: what is reserved is what the core has booked, never what was asked."""

from datetime import timedelta

import pytest

from tarazy.agent.core_port import CoreVerb
from tarazy.domain.entry import EntryKind, ExitKind
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.values.ids import ReportId
from tests.story import Network, StoreFor
from tests.story_reading import bank_hold, case_hold, ends, held_stretches, told
from tests.unit.agent.scripted_core import ScriptedCore, scripted

DECLINED = ("bank-b", HoldStatus.declined, HoldEnd.nothing_to_hold)


def credited(store_for: StoreFor) -> tuple[Network, ScriptedCore]:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    network.settle()
    return network, core


def verbs(core: ScriptedCore) -> list[tuple[CoreVerb, int]]:
    return [(asked.verb, asked.amount_minor) for asked in core.asked]


def requested(store_for: StoreFor) -> tuple[Network, ScriptedCore, ReportId]:
    """Ask the core for a reserve that it does not book yet."""
    network, core = credited(store_for)
    core.holds_back = True
    return network, core, network.report("t1")


def test_until_the_core_has_booked_its_reserve_a_hold_is_only_requested(store_for: StoreFor) -> None:
    network, core, report = requested(store_for)
    assert told(network, report) == {"bank-b requested": 500_000}
    assert case_hold(network, report).status is HoldStatus.requested
    core.catch_up()
    network.settle()
    assert told(network, report) == {"bank-b held": 500_000}
    assert case_hold(network, report).status is HoldStatus.placed


def test_where_the_core_reserves_less_the_lowest_units_are_held(store_for: StoreFor) -> None:
    network, core = credited(store_for)
    core.reserves_at_most = 200_000
    report = network.report("t1")
    assert held_stretches(network, report) == [(0, 200_000)]
    assert told(network, report) == {"bank-b held": 200_000, "bank-b stopped core_reserved_less": 300_000}
    core.books("mule", EntryKind.debit, 300_000, exit_kind=ExitKind.cash)
    network.settle()
    assert told(network, report) == {"bank-b held": 200_000, "bank-b exited cash": 300_000}


def test_where_the_core_reserves_nothing_the_hold_is_declined(store_for: StoreFor) -> None:
    network, core = credited(store_for)
    core.reserves_at_most = 0
    report = network.report("t1")
    assert told(network, report) == {"bank-b stopped core_reserved_less": 500_000}
    assert ends(network, report) == [DECLINED]


def test_a_debit_that_comes_before_the_reserve_takes_its_units_and_the_excess_is_let_go(store_for: StoreFor) -> None:
    network, core, report = requested(store_for)
    core.books("mule", EntryKind.debit, 150_000, exit_kind=ExitKind.cash)
    core.catch_up()
    network.settle()
    assert told(network, report) == {"bank-b exited cash": 150_000, "bank-b held": 350_000}
    assert verbs(core) == [(CoreVerb.reserve, 500_000), (CoreVerb.unreserve, 150_000)]
    assert bank_hold(network, "mule").reserved_minor == 350_000


def test_where_all_was_spent_before_the_reserve_nothing_is_held_and_all_is_unreserved(store_for: StoreFor) -> None:
    network, core, report = requested(store_for)
    core.books("mule", EntryKind.debit, 500_000, exit_kind=ExitKind.cash)
    core.catch_up()
    network.settle()
    assert told(network, report) == {"bank-b exited cash": 500_000}
    assert ends(network, report) == [DECLINED]
    assert verbs(core)[1:] == [(CoreVerb.unreserve, 500_000)]
    assert bank_hold(network, "mule").reserved_minor == 0


def test_a_reserve_that_comes_after_the_holds_end_is_let_go_at_once(store_for: StoreFor) -> None:
    network, core, report = requested(store_for)
    network.wait(hours=2)
    assert told(network, report) == {"bank-b stopped released": 500_000}
    core.catch_up()
    network.settle()
    assert bank_hold(network, "mule").held_minor == bank_hold(network, "mule").reserved_minor == 0
    assert verbs(core)[-1] == (CoreVerb.unreserve, 500_000)


def test_what_the_core_drops_by_itself_is_not_held(store_for: StoreFor) -> None:
    network, core = credited(store_for)
    report = network.report("t1")
    core.drops("mule", bank_hold(network, "mule").hold_id, 500_000)
    network.settle()
    assert told(network, report) == {"bank-b stopped released": 500_000}
    assert ends(network, report) == [("bank-b", HoldStatus.expired, HoldEnd.core_dropped)]


def test_of_what_the_core_drops_in_part_the_lowest_units_stay_held(store_for: StoreFor) -> None:
    network, core = credited(store_for)
    report = network.report("t1")
    core.drops("mule", bank_hold(network, "mule").hold_id, 100_000)
    core.books("mule", EntryKind.debit, 100_000, exit_kind=ExitKind.cash)
    network.settle()
    assert held_stretches(network, report) == [(0, 400_000)]
    assert told(network, report) == {"bank-b held": 400_000, "bank-b exited cash": 100_000}
    assert case_hold(network, report).held_minor == 400_000


def test_the_core_is_given_the_end_of_the_hold_with_the_reserve(store_for: StoreFor) -> None:
    network, core = credited(store_for)
    network.report("t1")
    assert core.asked[0].expires_at == network.now.plus(timedelta(hours=2))
    network.confirm("bank-b", bank_hold(network, "mule").hold_id)
    network.settle()
    assert (core.asked[1].verb, core.asked[1].expires_at) == (CoreVerb.extend, network.now.plus(timedelta(hours=24)))


@pytest.mark.parametrize("minutes", [30, 90])
def test_the_holders_other_money_is_never_asked_for(store_for: StoreFor, minutes: int) -> None:
    network, core = scripted(store_for, mule=40_000)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    core.books("mule", EntryKind.credit, 80_000, ref="later")
    report = network.report("t1")
    network.wait(minutes=minutes)
    assert verbs(core) == [(CoreVerb.reserve, 500_000)]
    assert told(network, report) == {"bank-b held": 500_000}
