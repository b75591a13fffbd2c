"""What goes wrong between programs: a bank away, an agent asleep, a result lost, a credit that is late."""

from datetime import timedelta

import pytest

from tarazy.agent.records import HOLDS
from tarazy.agent.reference_core import CORE_RESERVES, PaymentDeclined
from tarazy.app.messages import INBOX, OUTBOX
from tarazy.app.records import REPORTS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.values.ids import ReportId
from tests.story import Network, StoreFor, robbed
from tests.story_reading import bank_hold, case_holds, ends, follows, told
from tests.unit.app.speaking import reported

WAITING = Condition("done_at", "is_null")


def onward(
    store_for: StoreFor, *, away: str | None = None, lost: tuple[str, str] | None = None
) -> tuple[Network, ReportId]:
    """Report a theft that has gone on to bank C, with something wrong on the way."""
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 200_000)
    network.settle()
    if away is not None:
        network.banks[away].is_away = True
    if lost is not None:
        network.losing.add(lost)
    return network, network.report("t1")


@pytest.mark.parametrize("bank", ["bank-b", "bank-c"])
def test_orders_wait_for_a_bank_that_is_away_and_then_all_is_as_if_it_had_been_there(
    store_for: StoreFor, bank: str
) -> None:
    network, report = onward(store_for, away=bank)
    assert told(network, report)[f"{bank} asked"] == (500_000 if bank == "bank-b" else 200_000)
    [order] = network.rows(EXCHANGE_ID, OUTBOX, WAITING)
    assert (order.kind, order.recipient) == ("follow_order", bank)
    network.banks[bank].is_away = False
    network.wait(minutes=30)
    assert told(network, report) == {"bank-b held": 300_000, "bank-c held": 200_000}
    assert network.rows(EXCHANGE_ID, OUTBOX, WAITING) == []


def test_while_a_bank_is_away_what_happened_there_is_told_when_it_is_back(store_for: StoreFor) -> None:
    network, report = onward(store_for)
    network.banks["bank-b"].is_away = True
    network.let_go("bank-b", bank_hold(network, "mule").hold_id)
    network.settle()
    assert told(network, report)["bank-b held"] == 300_000
    network.banks["bank-b"].is_away = False
    network.settle()
    assert told(network, report)["bank-b stopped released"] == 300_000


@pytest.mark.parametrize(
    "lost",
    [
        ("exchange", "bank-b"),
        ("bank-b", "exchange"),
        ("bank-a", "exchange"),
        ("exchange", "bank-c"),
        ("bank-c", "exchange"),
    ],
)
def test_a_result_that_is_lost_after_it_took_effect_changes_nothing(store_for: StoreFor, lost: tuple[str, str]) -> None:
    network, report = onward(store_for, lost=lost)
    assert network.losing == set()
    assert told(network, report) == {"bank-b held": 300_000, "bank-c held": 200_000}
    assert [hold.held_minor for hold in network.rows("bank-b", HOLDS)] == [300_000]
    assert network.rows(EXCHANGE_ID, OUTBOX, WAITING) == []
    assert network.turned_down == []


def test_a_lost_first_answer_that_comes_after_a_newer_one_changes_nothing(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.banks["bank-b"].is_asleep = True
    report = network.report("t1")
    network.losing.add((EXCHANGE_ID, "bank-b"))
    network.carry(EXCHANGE_ID, "bank-b")
    network.work("bank-b")
    network.work("bank-b")
    network.carry("bank-b", EXCHANGE_ID)
    assert told(network, report) == {"bank-b held": 500_000}
    network.carry(EXCHANGE_ID, "bank-b")
    network.check()
    assert told(network, report) == {"bank-b held": 500_000}
    assert len(network.rows(EXCHANGE_ID, INBOX, Condition("kind", "=", "answer"))) == 2


def late(store_for: StoreFor) -> tuple[Network, ReportId]:
    """Report a payment whose credit has not reached bank B yet."""
    network = Network(store_for)
    network.open("bank-a", aigul=800_000)
    network.open("bank-b", mule=0)
    network.open("bank-c", dani=0)
    network.stalled.add("t1")
    network.pay("t1", "aigul", "mule", 500_000)
    network.settle()
    return network, network.report("t1")


def test_a_credit_that_has_not_arrived_leaves_a_standing_order(store_for: StoreFor) -> None:
    network, report = late(store_for)
    assert told(network, report) == {"bank-b waiting credit_not_arrived": 500_000}
    [follow] = follows(network, "bank-b")
    assert (follow.account_id, follow.is_open) == (None, True)
    assert not case_holds(network, report)


def test_a_standing_order_is_met_when_the_credit_arrives_under_its_own_expiry(store_for: StoreFor) -> None:
    network, report = late(store_for)
    end = network.now.plus(timedelta(hours=2))
    network.now = network.now.plus(timedelta(minutes=90))
    network.stalled.clear()
    network.settle()
    assert told(network, report) == {"bank-b held": 500_000}
    assert bank_hold(network, "mule").expires_at == end
    network.wait(minutes=30)
    assert ends(network, report) == [("bank-b", HoldStatus.released, HoldEnd.not_confirmed)]


def test_a_credit_that_arrives_after_the_standing_order_has_expired_is_not_held(store_for: StoreFor) -> None:
    network, report = late(store_for)
    network.wait(hours=2)
    network.stalled.clear()
    network.settle()
    assert network.rows("bank-b", CORE_RESERVES) == []
    assert "bank-b held" not in told(network, report)
    network.spend("mule", 500_000)


def test_what_is_spent_of_a_late_credit_before_the_core_reserved_is_told_as_spent(store_for: StoreFor) -> None:
    network, report = late(store_for)
    network.banks["bank-b"].is_asleep = True
    network.stalled.clear()
    network.settle()
    network.spend("mule", 150_000)
    network.banks["bank-b"].is_asleep = False
    network.settle()
    assert told(network, report) == {"bank-b exited cash": 150_000, "bank-b held": 350_000}


@pytest.mark.parametrize("claim", [500_001, 700_000])
def test_a_report_of_more_than_was_credited_holds_the_credit_and_no_unit_of_the_money_around_it(
    store_for: StoreFor, claim: int
) -> None:
    """The payer's bank says another amount than it has paid: what else lies on the account is somebody else's."""
    network = Network(store_for)
    network.open("bank-a", aigul=800_000, berik=300_000)
    network.open("bank-b", mule=400_000)
    network.pay("t1", "aigul", "mule", 500_000)
    network.settle()
    network.pay("t2", "berik", "mule", 300_000)
    network.settle()
    assert reported(network, amount_minor=700_000, claim_minor=claim).status == "accepted"
    network.settle()
    [hold] = network.rows("bank-b", HOLDS)
    [reserve] = network.rows("bank-b", CORE_RESERVES)
    assert (hold.held_minor, reserve.amount_minor) == (500_000, 500_000)
    [report] = network.rows(EXCHANGE_ID, REPORTS)
    known = told(network, report.report_id)
    assert known["bank-b held"] == 500_000
    assert sum(known.values()) == claim
    network.spend("mule", 700_000)
    with pytest.raises(PaymentDeclined):
        network.spend("mule", 1)
    network.settle()
    assert told(network, report.report_id) == known
