"""A message between two programs: signed by itself, addressed, and kept as it was sent.

The id is made by the sender and is the idempotency key: the same id with the same content gets the stored answer, the
same id with other content is refused. These rules are the same at both ends and do not know which end they serve.
"""

from collections.abc import Callable
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, NamedTuple

import msgspec

from tarazy.protocol import jws
from tarazy.protocol.bodies import AnyBody
from tarazy.protocol.wire import WireFault, from_json, to_json
from tarazy.values.ids import ID_LENGTH_MAX, MessageId, ParticipantId, derived
from tarazy.values.instant import Instant

BATCH_MESSAGES_MAX = 500
BATCH_BYTES_MAX = 8 * 1024 * 1024
assert BATCH_BYTES_MAX >= jws.MESSAGE_BYTES_MAX

NUL = b"\\u0000"
"""As JSON writes it: the database can keep none."""

Id = Annotated[str, msgspec.Meta(min_length=4, max_length=ID_LENGTH_MAX, pattern="^[A-Za-z0-9_.:-]+$")]


class Envelope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who says what to whom, and when they said it."""

    message_id: Id
    sender: Id
    recipient: Id
    issued_at: Instant
    body: AnyBody


class Refusal(StrEnum):
    """Why a message was not let in. What each means to the sender, and what to do, is in the catalogue."""

    malformed = "malformed"
    too_large = "too_large"
    unknown_sender = "unknown_sender"
    bad_signature = "bad_signature"
    wrong_addressee = "wrong_addressee"
    sender_not_entitled = "sender_not_entitled"
    same_id_other_content = "same_id_other_content"
    fault_here = "fault_here"
    """The recipient's own program fails on it: its operators see it, and the message has taken no effect."""


class Refused(NamedTuple):
    """A refusal with the place of the fault. ``sender`` is only what the message claims."""

    refusal: Refusal
    place: str
    sender: str | None = None


class Opened(NamedTuple):
    """A message whose signature fits its sender and whose addressee we are."""

    envelope: Envelope
    digest: str
    text: str


KeyOf = Callable[[str], jws.Verify | None]
"""Gives the check of a key by its id, or None for a key that is not known or no longer trusted."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to one message of a batch: accepted, replayed (seen before) or refused, and what is replied."""

    message_id: str
    status: str
    refusal: str | None = None
    place: str | None = None
    replies: tuple[str, ...] = ()


class Batch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages that travel together; each is signed on its own."""

    messages: Annotated[tuple[str, ...], msgspec.Meta(max_length=BATCH_MESSAGES_MAX)]


class BatchResult(msgspec.Struct, frozen=True, kw_only=True):
    """One result for each message, in order."""

    results: tuple[Result, ...]


def kind_of(body: AnyBody) -> str:
    """Return the name of a body's kind, as it stands on the wire."""
    return kind_of_type(type(body))


def kind_of_type(body: type[AnyBody]) -> str:
    """Return the name of a kind of body, as it stands on the wire."""
    tag = body.__struct_config__.tag
    assert isinstance(tag, str)
    return tag


def digest_of(payload: bytes) -> str:
    """Return what two messages with one id are compared by."""
    return sha256(payload).hexdigest()


def payload_of(envelope: Envelope) -> bytes:
    """Return the bytes that are signed."""
    return to_json(envelope)


def key_id_of(participant_id: ParticipantId, number: int) -> str:
    """Return the id of a participant's key: whose it is must show, so that nobody signs for another."""
    return f"{participant_id}#{number}"


def open_message(
    text: str, me: ParticipantId, key_of: KeyOf, only_from: ParticipantId | None = None
) -> Opened | Refused:
    """Check form, signature, sender and addressee of one message, in this order.

    ``only_from`` names the one sender that is entitled to order us; None takes everybody whose key is known.
    """
    if len(text) > jws.MESSAGE_BYTES_MAX:
        return Refused(Refusal.too_large, f"message: at most {jws.MESSAGE_BYTES_MAX} bytes")
    try:
        signed = jws.read(text)
    except jws.SignatureFault as fault:
        return Refused(Refusal.malformed, f"signature: {fault}")
    owner = signed.key_id.rpartition("#")[0].replace("\0", "")[:ID_LENGTH_MAX]
    verify = key_of(signed.key_id)
    if verify is None:
        return Refused(Refusal.unknown_sender, "header: kid", owner)
    if not verify(signed.signature, signed.signed_bytes):
        return Refused(Refusal.bad_signature, "signature", owner)
    envelope = _envelope_in(signed.payload)
    if isinstance(envelope, str):
        return Refused(Refusal.malformed, envelope, owner)
    if envelope.sender != owner:
        return Refused(Refusal.bad_signature, "sender: the key belongs to another participant", owner)
    if envelope.recipient != me:
        return Refused(Refusal.wrong_addressee, "recipient", owner)
    if only_from is not None and envelope.sender != only_from:
        return Refused(Refusal.sender_not_entitled, "sender: only the exchange gives orders here", owner)
    return Opened(envelope, digest_of(signed.payload), text)


def _envelope_in(payload: bytes) -> Envelope | str:
    """Return the envelope that was signed, or what is wrong with it and where."""
    if NUL in payload:
        return "a NUL character: no text here has one"
    try:
        envelope = from_json(payload, Envelope)
    except WireFault as fault:
        return str(fault)
    too_long = next((name for name in _id_fields(envelope.body) if _is_long(getattr(envelope.body, name))), None)
    return envelope if too_long is None else f"body.{too_long}: longer than {ID_LENGTH_MAX} characters"


def _id_fields(body: AnyBody) -> list[str]:
    return [name for name in body.__struct_fields__ if name.endswith("_id")]


def _is_long(value: str | None) -> bool:
    return value is not None and len(value) > ID_LENGTH_MAX


def is_repeat(opened: Opened, stored_digest: str) -> bool:
    """Return whether a message with a known id says the same as the first time."""
    return opened.digest == stored_digest


def sealed_message(envelope: Envelope, key_id: str, sign: jws.Sign) -> str:
    """Return the signed text of a message."""
    return jws.sign(payload_of(envelope), key_id, sign)


def following_id(kind: str, *ids: str | int) -> MessageId:
    """Return the id of a message that follows from something: made twice, it is the same message."""
    return MessageId(derived("msg", kind, *ids))
