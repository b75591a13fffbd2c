"""Messages that do not stand are refused and recorded, and change nothing; messages that come again change nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tarazy.agent.records import AgentHold
from tarazy.app.messages import INBOX, OUTBOX, REFUSED_MESSAGES
from tarazy.app.records import REPORTS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.rejection import Rejection
from tarazy.law.terms import Lane
from tarazy.protocol import jws
from tarazy.protocol.bodies import FollowOrder, PayOrder, ReleaseOrder, ReportFiled
from tarazy.protocol.message import Envelope, Result, key_id_of, payload_of
from tarazy.protocol.statement import Act
from tarazy.values.ids import HoldId, ParticipantId, PieceId, RefundId
from tarazy.values.replacing import replace
from tests.story import Network, StoreFor, robbed
from tests.story_people import COLLEAGUE, OFFICER, keyring
from tests.story_reading import bank_hold, everything_but_refusals, refusals, told
from tests.unit.app.speaking import envelope_of, order_to, receive, signed, signed_json, waiting_report

HOUR = timedelta(hours=1)


def assert_refused(
    network: Network, text: str, refusal: str, sender: str | None = "bank-a", at: str = EXCHANGE_ID
) -> Result:
    """The program refuses the text, records that, and changes nothing else."""
    before, known = everything_but_refusals(network, at), refusals(network, at)
    [result] = network.peer(at).receive([text], network.now)
    assert (result.status, result.refusal, result.replies) == ("refused", refusal, ())
    assert everything_but_refusals(network, at) == before
    assert refusals(network, at) == [*known, (sender, refusal)]
    return result


def test_a_tampered_message_is_refused(store_for: StoreFor) -> None:
    network = robbed(store_for)
    header, payload, signature = waiting_report(network).split(".")
    content = jws.decode(payload).replace(b'"claim_minor":500000', b'"claim_minor":400000')
    assert content != jws.decode(payload)
    assert_refused(network, f"{header}.{jws.encode(content)}.{signature}", "bad_signature")


def test_a_message_for_somebody_else_is_refused(store_for: StoreFor) -> None:
    network = robbed(store_for)
    envelope = envelope_of(waiting_report(network))
    elsewhere = msgspec.structs.replace(envelope, recipient="bank-c")
    assert_refused(network, signed(elsewhere), "wrong_addressee")


def test_a_message_of_an_unknown_sender_is_refused(store_for: StoreFor) -> None:
    network = robbed(store_for)
    envelope = msgspec.structs.replace(envelope_of(waiting_report(network)), sender="bank-x")
    assert_refused(network, signed(envelope, "bank-x"), "unknown_sender", "bank-x")


def test_a_participant_cannot_speak_for_another_with_its_own_key(store_for: StoreFor) -> None:
    network = robbed(store_for)
    envelope = envelope_of(waiting_report(network))
    assert_refused(network, signed(envelope, "bank-b"), "bad_signature", "bank-b")


def test_a_participant_cannot_name_anothers_key_as_its_own(store_for: StoreFor) -> None:
    network = robbed(store_for)
    envelope = envelope_of(waiting_report(network))
    forged = jws.sign(payload_of(envelope), key_id_of(ParticipantId("bank-a"), 1), keyring("bank-b").signing.signer())
    assert_refused(network, forged, "bad_signature")


def test_an_officers_key_does_not_sign_messages(store_for: StoreFor) -> None:
    network = robbed(store_for)
    envelope = envelope_of(waiting_report(network))
    forged = jws.sign(payload_of(envelope), f"bank-a/{OFFICER}", keyring("bank-a").officers[OFFICER].signer())
    assert_refused(network, forged, "unknown_sender", "")


def held_in_part(store_for: StoreFor) -> tuple[Network, AgentHold]:
    """Return a network in which 300,000 of the mule's 500,000 are held, and the hold."""
    network = robbed(store_for)
    network.report("t1", 300_000)
    hold = bank_hold(network, "mule")
    assert (hold.held_minor, hold.status) == (300_000, HoldStatus.placed)
    return network, hold


def another_follow(network: Network, hold: AgentHold) -> FollowOrder:
    """Return an order that would hold what the mule can still use."""
    order = order_to(network, "bank-b").body
    assert isinstance(order, FollowOrder)
    assert order.terms is not None
    terms = msgspec.structs.replace(order.terms, hold_id=HoldId(f"{hold.hold_id}-more"))
    return msgspec.structs.replace(
        order, order_id=PieceId(f"{order.order_id}-more"), from_minor=300_000, to_minor=500_000, terms=terms
    )


def release(_: Network, hold: AgentHold) -> ReleaseOrder:
    return ReleaseOrder(order_id=hold.order_id, hold_id=hold.hold_id, why=HoldEnd.by_authority, keep_minor=0)


def payment(_: Network, hold: AgentHold) -> PayOrder:
    return PayOrder(
        hold_id=hold.hold_id,
        refund_id=RefundId("refund-1"),
        report_id=hold.terms.report_id,
        to_participant_id=ParticipantId("bank-c"),
        amount_minor=100_000,
        lane=Lane.consent,
        authorisation=None,
    )


@pytest.mark.parametrize("order", [another_follow, release, payment])
def test_a_bank_takes_orders_of_no_other_bank(
    store_for: StoreFor, order: Callable[[Network, AgentHold], FollowOrder | ReleaseOrder | PayOrder]
) -> None:
    network, hold = held_in_part(store_for)
    body = order(network, hold)
    envelope = Envelope(message_id="order-1", sender="bank-c", recipient="bank-b", issued_at=network.now, body=body)
    result = assert_refused(network, signed(envelope, "bank-c"), "sender_not_entitled", "bank-c", at="bank-b")
    assert result.place == "sender: only the exchange gives orders here"
    network.settle()
    assert bank_hold(network, "mule") == hold
    ordered = msgspec.structs.replace(envelope, sender=EXCHANGE_ID)
    [result] = network.peer("bank-b").receive([signed(ordered, EXCHANGE_ID)], network.now)
    assert result.status != "refused", "the same order of the exchange is let in"


def test_a_bank_refuses_a_known_order_of_the_exchange_with_other_content(store_for: StoreFor) -> None:
    network, hold = held_in_part(store_for)
    envelope = order_to(network, "bank-b")
    assert isinstance(envelope.body, FollowOrder)
    wider = msgspec.structs.replace(envelope, body=msgspec.structs.replace(envelope.body, to_minor=500_000))
    text = signed(wider, EXCHANGE_ID)
    assert_refused(network, text, "same_id_other_content", EXCHANGE_ID, at="bank-b")
    network.settle()
    assert bank_hold(network, "mule") == hold
    assert told(network, hold.terms.report_id) == {"bank-b held": 300_000}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        pytest.param(lambda content: content["body"].pop("claim_minor"), "`claim_minor`", id="a field is missing"),
        pytest.param(lambda content: content["body"].update(holder="Aigul"), "`holder`", id="an unknown field"),
        pytest.param(lambda content: content["body"].update(claim_minor=1.5), "`$.body.claim_minor`", id="half a unit"),
        pytest.param(
            lambda content: content["body"].update(claim_minor=-5), "`$.body.claim_minor`", id="below nothing"
        ),
        pytest.param(lambda content: content["body"].update(claim_minor=0), "`$.body.claim_minor`", id="no claim"),
        pytest.param(
            lambda content: content["body"].update(claim_minor=0, amount_minor=0), "_minor`", id="nothing was paid"
        ),
        pytest.param(
            lambda content: content["body"].update(amount_minor=0), "`$.body.amount_minor`", id="an amount of nothing"
        ),
        pytest.param(
            lambda content: content["body"].update(amount_minor=-1), "`$.body.amount_minor`", id="a negative amount"
        ),
        pytest.param(
            lambda content: content["body"].update(claim_minor=2**62 + 1),
            "`$.body.claim_minor`",
            id="more than there is",
        ),
        pytest.param(lambda content: content["body"].update(kind="report_erased"), "`$.body.kind`", id="unknown kind"),
        pytest.param(
            lambda content: content["body"].update(booked_at="2026-11-22T10:00:00"),
            "`$.body.booked_at`",
            id="naive time",
        ),
        pytest.param(lambda content: content["body"].update(currency="tenge"), "`$.body.currency`", id="no currency"),
        pytest.param(
            lambda content: content["body"].update(report_id="r" * 81), "body.report_id: ", id="a long report"
        ),
        pytest.param(
            lambda content: content["body"].update(incident_id="i" * 81), "body.incident_id: ", id="a long incident"
        ),
        pytest.param(lambda content: content["body"].update(statement="a\0b"), "a NUL character", id="a NUL"),
        pytest.param(lambda content: content.update(message_id="' OR 1=1"), "`$.message_id`", id="other letters"),
        pytest.param(lambda content: content.update(message_id="m" * 81), "`$.message_id`", id="an id too long"),
    ],
)
def test_a_signed_message_that_is_malformed_is_refused_with_the_place_of_the_fault(
    store_for: StoreFor, change: Callable[[dict[str, Any]], None], place: str
) -> None:
    network = robbed(store_for)
    result = assert_refused(network, signed_json(waiting_report(network), change), "malformed")
    assert result.place is not None
    assert place in result.place
    [refused] = network.rows(EXCHANGE_ID, REFUSED_MESSAGES)
    assert refused.place == result.place


@pytest.mark.parametrize("text", ["", "abc", "a.b.c", "..", "é.é.é", "{}"])
def test_what_is_no_message_at_all_is_refused(store_for: StoreFor, text: str) -> None:
    assert_refused(robbed(store_for), text, "malformed", None)


def test_signed_bytes_that_are_not_json_are_refused(store_for: StoreFor) -> None:
    ring = keyring("bank-a")
    assert_refused(robbed(store_for), jws.sign(b"\xff{", ring.key_id, ring.signing.signer()), "malformed")


def test_a_message_that_is_too_large_is_refused_unread(store_for: StoreFor) -> None:
    network = robbed(store_for)
    large = signed_json(waiting_report(network), lambda content: content["body"].update(statement="x" * 300_000))
    assert_refused(network, large, "too_large", None)


def test_a_time_before_the_first_year_is_malformed(store_for: StoreFor) -> None:
    network = robbed(store_for)
    early = signed_json(
        waiting_report(network), lambda content: content["body"].update(booked_at="0001-01-01T00:00:00+23:59")
    )
    assert_refused(network, early, "malformed")


def test_a_refused_message_leaves_the_others_of_its_batch_alone(store_for: StoreFor) -> None:
    network = robbed(store_for)
    good = waiting_report(network)
    header, payload, _ = good.split(".")
    results = receive(network, f"{header}.{payload}.{jws.encode(bytes(64))}", good)
    assert [result.status for result in results] == ["refused", "accepted"]


def test_a_replayed_message_gets_the_stored_answer_byte_for_byte(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.losing.add((EXCHANGE_ID, "bank-b"))
    report = network.report("t1")
    assert told(network, report) == {"bank-b held": 500_000}
    [order] = network.rows(EXCHANGE_ID, OUTBOX, Condition("kind", "=", "follow_order"))
    stored = network.rows("bank-b", INBOX)
    first = network.banks["bank-b"].agent.peer.receive([order.text], network.now)
    network.now = network.now.plus(HOUR)
    again = network.banks["bank-b"].agent.peer.receive([order.text], network.now)
    assert first == again
    assert again[0].status == "replayed"
    assert again[0].replies == stored[0].replies != ()
    assert network.rows("bank-b", INBOX) == stored


def test_the_same_id_with_other_content_is_refused(store_for: StoreFor) -> None:
    network = robbed(store_for)
    envelope = envelope_of(waiting_report(network))
    network.settle()
    later = msgspec.structs.replace(envelope, issued_at=envelope.issued_at.plus(HOUR))
    assert_refused(network, signed(later), "same_id_other_content")


def test_the_same_message_twice_in_a_batch_is_one_message(store_for: StoreFor) -> None:
    network = robbed(store_for)
    text = waiting_report(network)
    first, second = receive(network, text, text)
    assert first == second
    assert first.status == "accepted"
    assert len(network.rows(EXCHANGE_ID, REPORTS)) == 1


def test_two_messages_with_one_id_in_a_batch_the_first_counts(store_for: StoreFor) -> None:
    network = robbed(store_for)
    text = waiting_report(network)
    envelope = envelope_of(text)
    other = msgspec.structs.replace(envelope, issued_at=envelope.issued_at.plus(HOUR))
    assert [result.status for result in receive(network, text, signed(other))] == ["accepted", "refused"]


def test_nobody_can_use_up_the_message_ids_of_another(store_for: StoreFor) -> None:
    network = robbed(store_for)
    text = waiting_report(network)
    envelope = envelope_of(text)
    receive(network, signed(msgspec.structs.replace(envelope, sender="bank-b"), "bank-b"))
    [result] = receive(network, text)
    assert result.status == "accepted"


def test_a_kind_of_message_that_the_exchange_does_not_take_is_rejected(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.report("t1")
    [order] = network.rows(EXCHANGE_ID, OUTBOX, Condition("kind", "=", "follow_order"))
    envelope = envelope_of(order.text)
    back = msgspec.structs.replace(envelope, message_id="message-1", sender="bank-b", recipient=EXCHANGE_ID)
    [result] = receive(network, signed(back, "bank-b"))
    assert (result.status, result.refusal) == ("rejected", Rejection.kind_not_taken_here)


def changed_statement(network: Network, text: str, statement: str) -> str:
    envelope = envelope_of(text)
    assert isinstance(envelope.body, ReportFiled)
    return signed(msgspec.structs.replace(envelope, body=msgspec.structs.replace(envelope.body, statement=statement)))


def re_signed(statement: str) -> str:
    """Put a colleague's signature under an officer's statement."""
    read = jws.read(statement)
    return jws.sign(read.payload, read.key_id, keyring("bank-a").officers[COLLEAGUE].signer())


SIGN = Act.sign_report
MAKERS: dict[str, Callable[[Network, ReportFiled], str]] = {
    "other subject": lambda network, body: network.statement("bank-a", SIGN, "rp-2", body.terms()),
    "officer of another bank": lambda network, body: network.statement("bank-b", SIGN, body.report_id, body.terms()),
    "other act": lambda network, body: network.statement("bank-a", Act.confirm_hold, body.report_id, body.terms()),
    "no terms": lambda network, body: network.statement("bank-a", SIGN, body.report_id),
    "no statement": lambda _, __: "",
    "signature of a colleague": lambda network, body: re_signed(
        network.statement("bank-a", SIGN, body.report_id, body.terms())
    ),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_report_without_its_officers_own_statement_is_rejected(
    store_for: StoreFor, make: Callable[[Network, ReportFiled], str]
) -> None:
    network = robbed(store_for)
    text = waiting_report(network)
    body = envelope_of(text).body
    assert isinstance(body, ReportFiled)
    [result] = receive(network, changed_statement(network, text, make(network, body)))
    assert (result.status, result.refusal) == ("rejected", Rejection.statement_does_not_stand)
    assert network.rows(EXCHANGE_ID, REPORTS) == []


def test_an_officer_who_is_no_longer_entitled_signs_nothing(store_for: StoreFor) -> None:
    network = robbed(store_for)
    text = waiting_report(network)
    participants, officers = network.joined
    network.trust.replace(participants, [replace(one, is_active=False) for one in officers])
    [result] = receive(network, text)
    assert (result.status, result.refusal) == ("rejected", Rejection.statement_does_not_stand)


def test_a_participant_that_has_left_is_unknown(store_for: StoreFor) -> None:
    network = robbed(store_for)
    text = waiting_report(network)
    participants, officers = network.joined
    network.trust.replace([one for one in participants if one.participant_id != "bank-a"], officers)
    assert_refused(network, text, "unknown_sender")
