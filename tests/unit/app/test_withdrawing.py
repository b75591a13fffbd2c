"""A report that is withdrawn or refuted takes along exactly what rests on it alone."""

from datetime import timedelta

import msgspec
import pytest

from tarazy.agent import desk
from tarazy.agent.reference_core import CORE_RESERVES
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.case import ReportStatus
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import ReportWithdrawn
from tarazy.protocol.report_bodies import CALL_BACK_CHECKS
from tarazy.protocol.statement import Act
from tarazy.values.ids import ReportId
from tests.story import REASONS, Network, StoreFor, robbed
from tests.story_reading import bank_hold, case_hold, case_holds, ends, follows, report, told, tracing
from tests.unit.app.speaking import tell

RELEASED = (HoldStatus.released, HoldEnd.report_withdrawn)


def test_a_withdrawn_report_releases_its_holds_at_every_bank(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 200_000)
    network.settle()
    filed = network.report("t1")
    network.withdraw("bank-a", filed)
    network.settle()
    assert ends(network, filed) == [("bank-b", *RELEASED), ("bank-c", *RELEASED)]
    assert told(network, filed) == {"bank-b stopped released": 300_000, "bank-c stopped released": 200_000}
    assert report(network, filed).status is ReportStatus.withdrawn
    assert not tracing(network, filed).is_live
    assert network.rows("bank-b", CORE_RESERVES) == network.rows("bank-c", CORE_RESERVES) == []


def test_confirmed_holds_go_with_their_report_too(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    network.confirm("bank-b", bank_hold(network, "mule").hold_id)
    network.settle()
    network.withdraw("bank-a", filed)
    network.settle()
    assert ends(network, filed) == [("bank-b", *RELEASED)]


def test_holds_of_other_reports_stay_where_they_are(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.open("bank-c", berik=300_000)
    network.pay("t9", "berik", "mule", 300_000)
    network.settle()
    first, second = network.report("t1"), network.report("t9")
    network.withdraw("bank-a", first)
    network.settle()
    assert told(network, first) == {"bank-b stopped released": 500_000}
    assert told(network, second) == {"bank-b held": 300_000}
    assert case_hold(network, second).status is HoldStatus.placed


def test_of_two_reports_in_one_case_only_the_withdrawn_ones_holds_go(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.open("bank-c", berik=300_000)
    network.pay("t9", "berik", "mule", 300_000)
    network.settle()
    first, second = network.report("t1", incident="in-1"), network.report("t9", incident="in-1")
    network.withdraw("bank-a", first)
    network.settle()
    assert ends(network, first) == [("bank-b", *RELEASED)]
    assert told(network, second) == {"bank-b held": 300_000}


def test_a_hold_that_the_core_has_not_answered_yet_is_released_too(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.banks["bank-b"].is_asleep = True
    filed = network.report("t1")
    network.carry(EXCHANGE_ID, "bank-b")
    assert told(network, filed) == {"bank-b requested": 500_000}
    network.withdraw("bank-a", filed)
    network.settle()
    network.carry(EXCHANGE_ID, "bank-b")
    assert bank_hold(network, "mule").status is HoldStatus.released
    network.banks["bank-b"].is_asleep = False
    network.settle()
    assert ends(network, filed) == [("bank-b", *RELEASED)]
    assert network.rows("bank-b", CORE_RESERVES) == []
    assert told(network, filed) == {"bank-b stopped released": 500_000}


def standing(store_for: StoreFor) -> tuple[Network, ReportId]:
    """Withdraw a report whose credit has not reached bank B yet."""
    network = Network(store_for)
    network.open("bank-a", aigul=800_000)
    network.open("bank-b", mule=0)
    network.open("bank-c", dani=0)
    network.stalled.add("t1")
    network.pay("t1", "aigul", "mule", 500_000)
    network.settle()
    filed = network.report("t1")
    network.withdraw("bank-a", filed)
    network.settle()
    return network, filed


def test_a_standing_order_of_a_withdrawn_report_holds_nothing(store_for: StoreFor) -> None:
    network, _ = standing(store_for)
    network.stalled.clear()
    network.settle()
    assert network.rows("bank-b", CORE_RESERVES) == []
    network.spend("mule", 500_000)


def test_a_standing_order_of_a_withdrawn_report_is_not_followed_any_more(store_for: StoreFor) -> None:
    network, filed = standing(store_for)
    assert [follow.is_open for follow in follows(network, "bank-b")] == [False]
    before = told(network, filed)
    network.stalled.clear()
    network.settle()
    network.spend("mule", 200_000)
    network.settle()
    assert told(network, filed) == before


def test_the_hold_of_a_standing_order_ends_with_the_report(store_for: StoreFor) -> None:
    network, filed = standing(store_for)
    assert ends(network, filed) == [("bank-b", *RELEASED)]


def test_after_a_withdrawal_no_bank_tells_where_the_money_goes(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=[])
    filed = network.report("t1")
    network.withdraw("bank-a", filed)
    network.settle()
    before = told(network, filed)
    network.spend("mule", 200_000)
    network.settle()
    assert told(network, filed) == before


def test_money_that_moves_on_after_a_withdrawal_is_not_asked_about(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=["bank-c"])
    filed = network.report("t1")
    network.withdraw("bank-a", filed)
    network.settle()
    network.pay("t2", "mule", "dani", 200_000)
    network.settle()
    assert follows(network, "bank-c") == []
    assert case_holds(network, filed) == []


def test_a_withdrawal_reaches_a_hold_that_its_bank_confirmed_just_in_time(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    network.now = network.now.plus(timedelta(hours=1, minutes=59))
    network.banks["bank-b"].is_away = True
    network.confirm("bank-b", bank_hold(network, "mule").hold_id)
    network.settle()
    network.wait(minutes=2)
    network.banks["bank-b"].is_away = False
    network.settle()
    network.withdraw("bank-a", filed)
    network.settle()
    assert network.rows("bank-b", CORE_RESERVES) == []


def test_a_refuted_report_is_not_called_withdrawn(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    officer = network.officer("bank-a")
    network.at(
        "bank-a",
        lambda tx, now: desk.withdraw_report(tx, filed, REASONS, officer, EXCHANGE_ID, now, is_refuted=True),
    )
    network.settle()
    assert report(network, filed).status is ReportStatus.refuted
    assert ends(network, filed) == [("bank-b", HoldStatus.released, HoldEnd.report_refuted)]


def withdrawal(
    network: Network,
    filed: ReportId,
    *,
    by: str = "bank-a",
    act: Act = Act.withdraw_report,
    checks: tuple[str, ...] = CALL_BACK_CHECKS,
) -> ReportWithdrawn:
    body = ReportWithdrawn(report_id=filed, is_refuted=False, checks=checks, statement="")
    return msgspec.structs.replace(body, statement=network.statement(by, act, filed, body.terms()))


def test_another_bank_cannot_withdraw_a_report(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    result = tell(network, "bank-b", withdrawal(network, filed, by="bank-b"), "message-1")
    assert result.refusal == Rejection.report_not_of_sender
    assert case_hold(network, filed).status is HoldStatus.placed


def test_a_withdrawal_without_the_officers_statement_is_rejected(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    result = tell(network, "bank-a", withdrawal(network, filed, act=Act.sign_report), "message-1")
    assert result.refusal == Rejection.statement_does_not_stand
    assert report(network, filed).status is ReportStatus.filed


@pytest.mark.parametrize("left_out", CALL_BACK_CHECKS)
def test_a_withdrawal_whose_call_back_does_not_exclude_duress_is_rejected(store_for: StoreFor, left_out: str) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    checks = tuple(check for check in CALL_BACK_CHECKS if check != left_out)
    result = tell(network, "bank-a", withdrawal(network, filed, checks=checks), "message-1")
    assert (result.refusal, result.place) == (Rejection.checks_missing, "body.checks")
    assert report(network, filed).status is ReportStatus.filed
    officer = network.officer("bank-a")
    no = network.at(
        "bank-a",
        lambda tx, now: desk.withdraw_report(tx, filed, REASONS, officer, EXCHANGE_ID, now, checks=checks),
    )
    assert no is Rejection.checks_missing


def test_what_the_call_back_has_shown_stands_under_the_signature(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    body = msgspec.structs.replace(withdrawal(network, filed, checks=()), checks=CALL_BACK_CHECKS)
    assert tell(network, "bank-a", body, "message-1").refusal == Rejection.statement_does_not_stand
    assert report(network, filed).status is ReportStatus.filed


def test_an_unknown_report_cannot_be_withdrawn(store_for: StoreFor) -> None:
    network = robbed(store_for)
    result = tell(network, "bank-a", withdrawal(network, ReportId("rp-unknown")), "message-1")
    assert result.refusal == Rejection.report_unknown


def test_a_report_withdrawn_twice_is_withdrawn_once(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    network.withdraw("bank-a", filed)
    network.settle()
    ended = report(network, filed).ended_at
    network.wait(minutes=1)
    assert tell(network, "bank-a", withdrawal(network, filed), "message-1").status == "accepted"
    assert report(network, filed).ended_at == ended
