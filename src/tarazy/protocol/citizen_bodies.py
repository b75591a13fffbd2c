"""What somebody without their bank's app writes to their bank in the portal, and what the bank says became of it.

The words are sealed to that bank. The exchange carries them, cannot read them, and keeps the number, the bank, the
state and the times. Nothing is traced and nothing is held on such a request: it brings a payment before an officer.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, NewType

import msgspec

from tarazy.protocol.body import Amount, Body, Currency, ShortText
from tarazy.protocol.wire import WireFault, from_json, to_json
from tarazy.values.ids import SealedRef
from tarazy.values.instant import Instant

RequestNumber = NewType("RequestNumber", str)
"""Ten characters, 50 random bits: whoever has it sees the state of one request, and nothing about a person."""

TOLD_MAX: Final = 12
WORDS_LENGTH_MAX: Final = 1_000
"""As much as somebody writes on a telephone while the money is still on its way; the rest is said in the call."""
SEALED_LENGTH_MAX: Final = 16 * 1024
assert SEALED_LENGTH_MAX > 2 * 4 * WORDS_LENGTH_MAX  # UTF-8, then base64, and everything beside the words

Number = Annotated[RequestNumber, msgspec.Meta(pattern="^[0-9A-HJKMNP-TV-Z]{10}$")]
Sealed = Annotated[SealedRef, msgspec.Meta(max_length=SEALED_LENGTH_MAX)]
Line = Annotated[str, msgspec.Meta(max_length=200)]


class CitizenState(StrEnum):
    """What has become of a request, as far as its number shows it."""

    sent = "sent"
    """It was handed over to the bank; there is no news yet."""
    not_taken = "not_taken"
    """The bank's program did not take it: only a call helps."""
    in_hand = "in_hand"
    not_reached = "not_reached"
    report_signed = "report_signed"
    not_signed = "not_signed"


TELLING: Final = frozenset(
    {CitizenState.in_hand, CitizenState.not_reached, CitizenState.report_signed, CitizenState.not_signed}
)
"""The states that a bank tells."""
FINAL: Final = frozenset({CitizenState.report_signed, CitizenState.not_signed})
"""The states that end a request."""


class WhyNoReport(StrEnum):
    """Why no report was signed, without a word about the person."""

    payment_not_found = "payment_not_found"
    not_identified = "not_identified"
    other_bank = "other_bank"
    no_fraud_seen = "no_fraud_seen"
    taken_back = "taken_back"


class CitizenRequest(Body, frozen=True, tag="citizen_request"):
    """Somebody tells their bank in the portal that they were deceived; ``sealed_request`` only that bank can open."""

    number: Number
    sealed_request: Sealed
    language: ShortText
    filed_at: Instant


class RequestState(Body, frozen=True, tag="request_state"):
    """What has become of a request: ``in_hand``, ``not_reached``, ``report_signed`` or ``not_signed``.

    ``why`` says of a request without a report why not, by code; the words are said to the person alone.
    """

    number: Number
    state: ShortText
    why: ShortText | None
    at: Instant


class CitizenWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sealed: the payment as the payer saw it, what happened, and how the person can safely be reached."""

    paid_on: date
    amount_minor: Amount
    currency: Currency
    recipient: Line
    told: Annotated[tuple[ShortText, ...], msgspec.Meta(max_length=TOLD_MAX)]
    words: Annotated[str, msgspec.Meta(max_length=WORDS_LENGTH_MAX)]
    name: Line
    contact: ShortText
    phone: ShortText


def words_text(words: CitizenWords) -> str:
    """Return the text that is sealed."""
    return to_json(words).decode()


def words_in(text: str) -> CitizenWords | None:
    """Return what was sealed; None for a text that is not that."""
    try:
        return from_json(text, CitizenWords)
    except WireFault:
        return None
