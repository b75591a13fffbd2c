"""A piece comes to its own end after thirty days: the last answer is true, and nothing waits any more."""

from datetime import timedelta
from typing import Final

import pytest

from tarazy.agent import piece_ends
from tarazy.agent.consent import offer_return
from tarazy.agent.ending import next_end
from tarazy.agent.records import FOLLOWS, HOLDS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import EntryKind, ExitKind
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.law.assessment import Lane
from tarazy.protocol.hold_bodies import RETURN_CHECKS
from tarazy.values.ids import ReportId
from tests.story import Network, StoreFor, robbed
from tests.story_people import START
from tests.story_reading import bank_hold, ends, follows, told, tracing
from tests.unit.agent.scripted_core import scripted
from tests.unit.app.test_refunding import refunded

END: Final = timedelta(days=30)
LATE: Final = timedelta(days=31)
REST: Final = {"bank-b stopped refused_by_law": 200_000}


def nothing_waits(network: Network, report: ReportId) -> bool:
    """Whether the tracing has finished: nothing is asked, awaited or held, and no agent has anything to tell of it."""
    one = tracing(network, report)
    rest = {kind: minor for kind, minor in one.sums.items() if kind in {"waiting", "requested", "held"} and minor}
    is_open = any(follow.is_open for bank in network.banks for follow in follows(network, bank))
    return one.asking_minor == 0 and rest == {} and not is_open


def test_a_credit_that_never_came_is_waited_for_no_longer(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.stalled.add("t2")
    network.pay("t2", "mule", "dani", 300_000)
    network.settle()
    report = network.report("t1")
    assert told(network, report)["bank-c waiting credit_not_arrived"] == 300_000
    network.wait(days=30, seconds=-1)
    assert told(network, report)["bank-c waiting credit_not_arrived"] == 300_000
    network.wait(seconds=1)
    assert told(network, report) == {"bank-b stopped released": 200_000, "bank-c stopped days": 300_000}
    assert nothing_waits(network, report)
    network.stalled.clear()
    network.settle()
    assert told(network, report)["bank-c stopped days"] == 300_000
    assert network.rows("bank-c", HOLDS) == []
    assert network.turned_down == []


def test_behind_a_gap_nothing_waits_after_the_end(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    core.books("mule", EntryKind.debit, 100_000, exit_kind=ExitKind.cash)
    missing = core.makes("mule", EntryKind.debit, 50_000, exit_kind=ExitKind.card)
    core.books("mule", EntryKind.credit, 7_000, ref="wage")
    report = network.report("t1")
    assert told(network, report) == {"bank-b exited cash": 100_000, "bank-b waiting entries_behind": 400_000}
    network.wait(days=30)
    after = {"bank-b exited cash": 100_000, "bank-b stopped days": 400_000}
    assert told(network, report) == after
    assert nothing_waits(network, report)
    core.says(missing)
    network.settle()
    assert told(network, report) == after
    assert network.rows("bank-b", HOLDS) == []


def test_an_order_that_comes_after_its_end_is_answered_and_nothing_is_held(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 300_000)
    network.settle()
    network.banks["bank-c"].is_away = True
    report = network.report("t1")
    assert told(network, report)["bank-c asked"] == 300_000
    network.wait(days=31)
    network.banks["bank-c"].is_away = False
    network.settle()
    assert told(network, report)["bank-c stopped days"] == 300_000
    assert network.rows("bank-c", HOLDS) == []
    assert tracing(network, report).asking_minor == 0
    assert nothing_waits(network, report)


def held_over_the_end(store_for: StoreFor) -> tuple[Network, ReportId]:
    """Let 300,000 come to bank C and be held there half an hour before the end; bank B may hold nothing."""
    network = robbed(store_for, mandated=("bank-a", "bank-c"))
    report = network.report("t1")
    assert told(network, report) == {"bank-b stopped refused_by_law": 500_000}
    network.wait(days=29, hours=23, minutes=30)
    network.pay("t2", "mule", "dani", 300_000)
    network.settle()
    assert told(network, report) == {**REST, "bank-c held": 300_000}
    network.wait(minutes=30)
    return network, report


def test_a_hold_that_outlives_the_end_of_its_piece_is_told_to_its_own_end(store_for: StoreFor) -> None:
    network, report = held_over_the_end(store_for)
    assert told(network, report) == {**REST, "bank-c held": 300_000}
    assert [follow.is_open for bank in ("bank-b", "bank-c") for follow in follows(network, bank)] == [False, True]
    network.confirm("bank-c", bank_hold(network, "dani").hold_id)
    network.wait(hours=24)
    assert told(network, report) == {**REST, "bank-c stopped released": 300_000}
    assert ends(network, report) == [("bank-c", HoldStatus.expired, HoldEnd.time_ran_out)]
    assert nothing_waits(network, report)


def test_nobody_looks_where_money_goes_after_the_end(store_for: StoreFor) -> None:
    network, report = held_over_the_end(store_for)
    network.spend("mule", 200_000)
    network.settle()
    assert told(network, report) == {**REST, "bank-c held": 300_000}
    network.banks["bank-c"].has_agent_timer = False
    network.let_go("bank-c", bank_hold(network, "dani").hold_id)
    network.settle()
    network.spend("dani", 100_000)
    network.settle()
    assert told(network, report) == {**REST, "bank-c stopped released": 300_000}


def test_what_is_paid_back_after_the_end_is_refunded(store_for: StoreFor) -> None:
    network, report = held_over_the_end(store_for)
    hold, officer, why = bank_hold(network, "dani").hold_id, network.officer("bank-c"), "I give it back of my own will."
    network.at(
        "bank-c", lambda tx, now: offer_return(tx, hold, 180_000, why, officer, EXCHANGE_ID, now, checks=RETURN_CHECKS)
    )
    network.settle()
    assert refunded(network, report, lane=Lane.consent).rejection is None
    network.settle()
    assert told(network, report) == {**REST, "bank-c refunded": 180_000, "bank-c held": 120_000}
    network.wait(hours=2)
    assert told(network, report) == {**REST, "bank-c refunded": 180_000, "bank-c stopped released": 120_000}
    assert nothing_waits(network, report)


def test_after_the_end_of_its_piece_a_claim_is_given_nothing_more(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=("bank-a", "bank-c"))
    first = network.report("t1")
    network.wait(days=29, hours=23, minutes=30)
    network.pay("t2", "mule", "dani", 300_000)
    network.banks["bank-b"].is_asleep = True
    second = network.file("t2")
    network.carry("bank-b", EXCHANGE_ID)
    network.settle()
    network.banks["bank-b"].is_asleep = False
    network.settle()
    assert told(network, second) == {"bank-c held": 300_000}
    assert told(network, first) == {**REST, "bank-c stopped held_for_other_case": 300_000}
    network.banks["bank-c"].has_agent_timer = False
    network.wait(minutes=30)
    network.let_go("bank-c", bank_hold(network, "dani").hold_id)
    network.settle()
    assert [hold.case_id for hold in network.rows("bank-c", HOLDS)] == [tracing(network, second).case_id]
    assert told(network, first) == {**REST, "bank-c stopped held_for_other_case": 300_000}
    assert nothing_waits(network, first)


def test_the_timer_knows_the_next_end_of_a_piece(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=("bank-a", "bank-c"))
    network.report("t1")
    at_bank = network.peer("bank-b").store.run
    assert at_bank(next_end) == START.plus(END)
    network.wait(days=30)
    assert at_bank(next_end) is None


def test_ends_are_told_in_bounded_rounds(store_for: StoreFor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piece_ends, "PIECES_ENDING_PER_RUN_MAX", 1)
    network = robbed(store_for, mandated=("bank-a", "bank-c"))
    network.pay("t2", "aigul", "mule", 100_000)
    network.settle()
    reports = [network.report("t1"), network.report("t2")]
    network.now = network.now.plus(LATE)
    bank = network.banks["bank-b"]
    assert [bank.agent.let_go(network.now) for _ in range(3)] == [1, 1, 0]
    assert all(nothing_waits(network, one) for one in reports)


def test_an_end_that_meets_the_credit_it_waited_for_is_told_once(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.stalled.add("t2")
    network.pay("t2", "mule", "dani", 300_000)
    network.settle()
    report = network.report("t1")
    network.banks["bank-c"].has_agent_timer = False
    network.now = network.now.plus(END)
    network.stalled.clear()
    network.settle()
    assert told(network, report)["bank-c waiting credit_not_arrived"] == 300_000
    network.banks["bank-c"].has_agent_timer = True
    network.settle()
    assert told(network, report)["bank-c stopped days"] == 300_000
    [follow] = network.rows("bank-c", FOLLOWS)
    assert (follow.is_open, follow.is_over, follow.answer_no) == (False, True, 2)
