"""A bank that never comes back: what it owes an answer about ends at the exchange, and its late word is still taken."""

from datetime import timedelta
from typing import Final

import pytest

from tarazy.agent.records import FOLLOWS
from tarazy.app import away
from tarazy.app.away import end_away_pieces
from tarazy.app.records import EVENTS, PIECES, TRACINGS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.tracing import StopKind
from tarazy.values.ids import ReportId
from tarazy.values.replacing import replace
from tests.story import Network, StoreFor, robbed
from tests.story_reading import pieces, told, tracing

END: Final = timedelta(days=30)
SILENT: Final = END + away.SILENT_MAX
BY_AWAY: Final = Condition("kind", "=", "participant_away")


def gone(store_for: StoreFor) -> tuple[Network, ReportId]:
    """Return a network in which 300,000 of the stolen 500,000 went on to bank C, which does not answer for them."""
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 300_000)
    network.settle()
    network.banks["bank-c"].is_away = True
    return network, network.report("t1")


def owed(network: Network, report: ReportId) -> dict[str, int]:
    """Return what somebody still owes an answer about."""
    one = tracing(network, report)
    sums = {kind: one.sums[kind] for kind in ("waiting", "requested", "held")} | {"asking": one.asking_minor}
    return {kind: minor for kind, minor in sums.items() if minor}


def test_a_bank_that_never_answers_is_ended_as_away(store_for: StoreFor) -> None:
    network, report = gone(store_for)
    network.wait(days=31, seconds=-1)
    assert owed(network, report) == {"asking": 300_000}
    network.wait(seconds=1)
    assert owed(network, report) == {}
    assert told(network, report) == {"bank-b stopped released": 200_000, "bank-c stopped participant_away": 300_000}
    (event,) = network.rows(EXCHANGE_ID, EVENTS, BY_AWAY)
    (piece,) = network.rows(EXCHANGE_ID, PIECES, Condition("participant_id", "=", "bank-c"))
    assert (piece.stop, event.subject_id) == (StopKind.participant_away, piece.piece_id)
    assert (event.participant_id, event.details["amount_minor"]) == ("bank-c", "300000")
    assert tracing(network, report).closes_at is None


def test_it_is_ended_once(store_for: StoreFor) -> None:
    network, _ = gone(store_for)
    network.wait(days=32)
    before = network.rows(EXCHANGE_ID, TRACINGS), network.rows(EXCHANGE_ID, EVENTS)
    network.wait(days=3)
    assert network.at(EXCHANGE_ID, end_away_pieces) == 0
    assert (network.rows(EXCHANGE_ID, TRACINGS), network.rows(EXCHANGE_ID, EVENTS)) == before


def test_a_bank_that_waited_for_a_credit_and_went_away_is_ended_too(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.stalled.add("t2")
    network.pay("t2", "mule", "dani", 300_000)
    network.settle()
    report = network.report("t1")
    network.banks["bank-c"].is_away = True
    network.wait(days=31, seconds=-1)
    assert told(network, report)["bank-c waiting credit_not_arrived"] == 300_000
    network.wait(seconds=1)
    assert told(network, report)["bank-c stopped participant_away"] == 300_000
    assert owed(network, report) == {}


def test_money_under_a_hold_of_a_bank_that_went_away_is_told_as_released(store_for: StoreFor) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    assert owed(network, report) == {"held": 500_000}
    network.banks["bank-b"].is_away = True
    network.wait(days=31)
    assert told(network, report) == {"bank-b stopped released": 500_000}
    assert owed(network, report) == {}


def test_a_hold_that_may_still_stand_is_not_spoken_for(store_for: StoreFor) -> None:
    network, report = gone(store_for)
    (piece,) = [one for one in pieces(network, report) if one.participant_id == "bank-c"]
    assert piece.terms is not None
    early = replace(tracing(network, report), closes_at=network.now)
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(TRACINGS, early))
    network.settle()
    assert owed(network, report) == {"asking": 300_000, "held": 200_000}
    assert tracing(network, report).closes_at == piece.terms.expires_at.plus(away.SILENT_MAX)
    network.wait(days=2, hours=1)
    assert owed(network, report) == {}


def test_a_bank_that_is_back_tells_what_it_saw_in_time_and_nobody_is_asked_any_more(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 300_000)
    network.settle()
    report = network.file("t1")
    network.carry("bank-a", EXCHANGE_ID)
    network.losing.add((EXCHANGE_ID, "bank-b"))
    network.carry(EXCHANGE_ID, "bank-b")
    network.banks["bank-b"].is_away = True
    network.wait(days=32)
    assert told(network, report) == {"bank-b stopped participant_away": 500_000}
    network.banks["bank-b"].is_away = False
    network.settle()
    assert told(network, report) == {"bank-b stopped released": 200_000, "bank-c stopped days": 300_000}
    assert owed(network, report) == {}
    assert network.turned_down == []
    assert network.rows("bank-c", FOLLOWS) == []


def test_a_late_answer_takes_the_place_of_the_silence(store_for: StoreFor) -> None:
    network, report = gone(store_for)
    network.wait(days=32)
    network.banks["bank-c"].is_away = False
    network.settle()
    assert told(network, report) == {"bank-b stopped released": 200_000, "bank-c stopped days": 300_000}
    assert network.turned_down == []
    assert owed(network, report) == {}


def test_much_is_ended_in_small_steps(store_for: StoreFor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(away, "PIECES_PER_RUN_MAX", 2)
    monkeypatch.setattr(away, "TRACINGS_PER_RUN_MAX", 1)
    network = robbed(store_for)
    for number in range(5):
        network.pay(f"part-{number}", "mule", "dani", 50_000)
    network.settle()
    network.banks["bank-c"].is_away = True
    report = network.report("t1")
    network.wait(days=30)
    network.has_exchange_timer = False
    network.wait(days=2)
    left = []
    while network.at(EXCHANGE_ID, end_away_pieces):
        left.append(owed(network, report).get("asking", 0))
    assert left == [150_000, 50_000, 0]


@pytest.mark.parametrize("days", [29, 30])
def test_a_bank_that_lives_ends_its_pieces_itself(store_for: StoreFor, days: int) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    network.wait(days=days)
    network.wait(days=4)
    assert network.rows(EXCHANGE_ID, EVENTS, BY_AWAY) == []
    assert tracing(network, report).closes_at is None


def test_a_bank_that_waits_for_a_credit_may_hold_it_and_then_be_away(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.stalled.add("t2")
    network.pay("t2", "mule", "dani", 300_000)
    network.settle()
    report = network.report("t1")
    network.banks["bank-c"].is_away = True
    (piece,) = [one for one in pieces(network, report) if one.participant_id == "bank-c"]
    assert piece.answer_no == 1
    assert piece.terms is not None
    early = replace(tracing(network, report), closes_at=network.now)
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(TRACINGS, early))
    network.settle()
    assert told(network, report)["bank-c waiting credit_not_arrived"] == 300_000
    assert tracing(network, report).closes_at == piece.terms.expires_at.plus(away.SILENT_MAX)
