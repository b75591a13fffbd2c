"""A consent that is taken back, between the bank that keeps it and the exchange that has ordered to pay on it."""

from tarazy.agent.consent import offer_return, take_back
from tarazy.app.records import EVENTS
from tarazy.app.refund_records import REFUND_PARTS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.refund import PartStatus
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Lane
from tarazy.protocol.bodies import ReturnTakenBack
from tarazy.protocol.hold_bodies import RETURN_CHECKS
from tarazy.values.ids import HoldId, ReportId
from tests.story import REASONS, Network, StoreFor, robbed
from tests.story_reading import bank_hold, case_hold
from tests.unit.app.speaking import tell
from tests.unit.app.test_refunding import refunded


def offered(store_for: StoreFor) -> tuple[Network, ReportId, HoldId]:
    """Let the mule offer to give back all that is held."""
    network = robbed(store_for)
    filed = network.report("t1")
    hold_id = bank_hold(network, "mule").hold_id
    officer = network.officer("bank-b")
    why = f"{REASONS} {hold_id}"
    no = network.at(
        "bank-b",
        lambda tx, now: offer_return(tx, hold_id, 500_000, why, officer, EXCHANGE_ID, now, checks=RETURN_CHECKS),
    )
    assert no is None
    network.settle()
    return network, filed, hold_id


def taken_back(network: Network, hold_id: HoldId) -> None:
    network.at("bank-b", lambda tx, now: take_back(tx, hold_id, EXCHANGE_ID, now))


def parts(network: Network) -> list[PartStatus]:
    return [part.status for part in network.rows(EXCHANGE_ID, REFUND_PARTS)]


def test_a_payment_ordered_while_the_consent_ended_fails_at_once_and_the_money_stays_held(store_for: StoreFor) -> None:
    network, filed, hold_id = offered(store_for)
    assert refunded(network, filed, lane=Lane.consent).rejection is None
    taken_back(network, hold_id)
    network.settle()
    assert parts(network) == [PartStatus.failed]
    (failed,) = network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "refund_failed"))
    assert (failed.subject_id, failed.details["reason"]) == (hold_id, Rejection.return_revoked)
    assert (bank_hold(network, "mule").held_minor, network.balance("aigul")) == (500_000, 300_000)


def test_after_it_is_taken_back_no_refund_rests_on_it(store_for: StoreFor) -> None:
    network, filed, hold_id = offered(store_for)
    taken_back(network, hold_id)
    network.settle()
    assert refunded(network, filed, lane=Lane.consent).rejection is Rejection.measure_refused_by_law


def test_only_the_bank_that_holds_can_say_so(store_for: StoreFor) -> None:
    network, filed, hold_id = offered(store_for)
    body = ReturnTakenBack(hold_id=hold_id, taken_back_at=network.now)
    assert tell(network, "bank-c", body, "msg-1001").refusal == Rejection.hold_not_of_sender
    unknown = ReturnTakenBack(hold_id=HoldId("hd_unknown"), taken_back_at=network.now)
    assert tell(network, "bank-c", unknown, "msg-1002").refusal == Rejection.hold_unknown
    assert case_hold(network, filed).return_offered_minor == 500_000
