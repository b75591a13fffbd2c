"""A consent that is taken back, between the bank that keeps it and the exchange that has ordered to pay on it."""

from datetime import timedelta

from tarazy.agent.consent import offer_of, offer_return, take_back
from tarazy.app.messages import OUTBOX
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
from tests.story_reading import bank_hold, case_hold, case_holds
from tests.unit.app.speaking import tell
from tests.unit.app.test_refunding import refunded


def offered(store_for: StoreFor) -> tuple[Network, ReportId, HoldId]:
    """Let the mule offer to give back all that is held."""
    network = robbed(store_for)
    filed = network.report("t1")
    hold_id = offers(network)
    network.settle()
    return network, filed, hold_id


def offers(network: Network, amount: int = 500_000) -> HoldId:
    """Let the mule offer to give money back, whatever the exchange knows of the hold."""
    hold_id, officer = bank_hold(network, "mule").hold_id, network.officer("bank-b")
    why = f"{REASONS} {hold_id} {amount}"
    no = network.at(
        "bank-b",
        lambda tx, now: offer_return(tx, hold_id, amount, why, officer, EXCHANGE_ID, now, checks=RETURN_CHECKS),
    )
    assert no is None
    return hold_id


def held_and_replied(store_for: StoreFor, *, is_lost: bool) -> tuple[Network, ReportId]:
    """Let bank B hold the mule's money and say so in its reply to the order, which the exchange may not get yet."""
    network = robbed(store_for, asks_at_once=True)
    filed = network.file("t1")
    network.carry("bank-a", EXCHANGE_ID)
    if is_lost:
        network.losing.add((EXCHANGE_ID, "bank-b"))
    network.carry(EXCHANGE_ID, "bank-b")
    assert bank_hold(network, "mule").held_minor == 500_000
    return network, filed


def answers_sent(network: Network) -> int:
    return len(network.rows("bank-b", OUTBOX, Condition("kind", "=", "answer")))


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


def test_an_offer_never_overtakes_the_answer_that_tells_of_its_hold(store_for: StoreFor) -> None:
    network, filed = held_and_replied(store_for, is_lost=True)
    assert not case_holds(network, filed), "the exchange knows of no hold yet"
    network.now = network.now.plus(timedelta(minutes=1))
    hold_id = offers(network)
    network.carry("bank-b", EXCHANGE_ID)
    assert network.turned_down == []
    told = case_hold(network, filed)
    assert (told.held_minor, told.return_offered_minor) == (500_000, 500_000)
    network.settle()  # the reply comes after all
    assert (case_hold(network, filed), network.turned_down) == (told, [])
    view = network.at("bank-b", lambda tx, now: offer_of(tx, hold_id, now.now))
    assert view is not None
    assert view.refusal is None
    assert refunded(network, filed, lane=Lane.consent).rejection is None
    network.settle()
    assert (parts(network), network.balance("aigul")) == ([PartStatus.paid], 800_000)


def test_what_was_told_in_a_reply_is_told_once_more_and_not_with_each_offer(store_for: StoreFor) -> None:
    """Whether a reply has come the bank cannot know; of what is in its outbox it knows the order."""
    network, filed = held_and_replied(store_for, is_lost=False)
    network.wait(minutes=5)
    assert answers_sent(network) == 0
    for amount in (500_000, 400_000, 300_000):
        offers(network, amount)
        network.settle()
    assert (answers_sent(network), network.turned_down) == (1, [])
    assert case_hold(network, filed).return_offered_minor == 300_000


def test_an_answer_that_is_a_message_already_goes_before_the_offer_as_it_is(store_for: StoreFor) -> None:
    network, _, __ = offered(store_for)
    assert answers_sent(network) == 1, "the core was slow, so that it holds was told by a message of its own"
