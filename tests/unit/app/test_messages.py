"""Messages that do not stand are refused and recorded, and change nothing; messages that come again change nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tarazy.app.messages import INBOX, OUTBOX
from tarazy.app.records import REPORTS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.rejection import Rejection
from tarazy.protocol import jws
from tarazy.protocol.bodies import ReportFiled
from tarazy.protocol.message import key_id_of, payload_of
from tarazy.protocol.statement import Act
from tarazy.values.ids import ParticipantId
from tarazy.values.replacing import replace
from tests.story import Network, StoreFor, robbed
from tests.story_people import COLLEAGUE, OFFICER, keyring
from tests.story_reading import everything_but_refusals, refusals, told
from tests.unit.app.speaking import envelope_of, receive, signed, signed_json, waiting_report

HOUR = timedelta(hours=1)


def assert_refused(network: Network, text: str, refusal: str, sender: str | None = "bank-a") -> None:
    """The exchange refuses the text, records that, and changes nothing else."""
    before, known = everything_but_refusals(network), refusals(network, EXCHANGE_ID)
    [result] = receive(network, text)
    assert (result.status, result.refusal, result.replies) == ("refused", refusal, ())
    assert everything_but_refusals(network) == before
    assert refusals(network, EXCHANGE_ID) == [*known, (sender, refusal)]


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


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda content: content["body"].pop("claim_minor"), id="a field is missing"),
        pytest.param(lambda content: content["body"].update(holder="Aigul"), id="an unknown field"),
        pytest.param(lambda content: content["body"].update(claim_minor=1.5), id="half a unit"),
        pytest.param(lambda content: content["body"].update(claim_minor=-5), id="a negative amount"),
        pytest.param(lambda content: content["body"].update(claim_minor=2**62 + 1), id="more than there is"),
        pytest.param(lambda content: content["body"].update(kind="report_erased"), id="an unknown kind"),
        pytest.param(lambda content: content["body"].update(booked_at="2026-11-22T10:00:00"), id="a naive time"),
        pytest.param(lambda content: content["body"].update(currency="tenge"), id="no currency"),
        pytest.param(lambda content: content.update(message_id="' OR 1=1"), id="an id with other letters"),
        pytest.param(lambda content: content.update(message_id="m" * 81), id="an id too long"),
    ],
)
def test_a_signed_message_that_is_malformed_is_refused(
    store_for: StoreFor, change: Callable[[dict[str, Any]], None]
) -> None:
    network = robbed(store_for)
    assert_refused(network, signed_json(waiting_report(network), change), "malformed")


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
