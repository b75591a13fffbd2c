"""What exchange and banks say of errors upon holds, and of claims for what they have cost somebody."""

from typing import Annotated, Final

import msgspec

from tarazy.protocol.body import Amount, Body, Currency, Offset, ShortText
from tarazy.protocol.statement import REASONS_LENGTH_MAX
from tarazy.values.ids import ClaimId, ErrorId, HoldId, MeasureId, SealedRef
from tarazy.values.instant import Instant

HEADS_MAX: Final = 20
Heads = Annotated[tuple[ShortText, ...], msgspec.Meta(min_length=1, max_length=HEADS_MAX)]


class ErrorTold(Body, frozen=True, tag="error_told"):
    """An error stands in the register upon a hold of this bank, or was classified: whose money it is is told of it.

    ``measure_id`` is what carried the hold (the hold's own id: the bank's pause). ``error_kind`` is how grave it was,
    once somebody has said so.
    """

    error_id: ErrorId
    hold_id: HoldId
    measure_id: MeasureId
    cause: ShortText
    state: ShortText
    error_kind: ShortText | None
    at: Instant


class ClaimLodged(Body, frozen=True, tag="claim_lodged"):
    """Somebody claims compensation for an error upon a hold of this bank. ``filed_at`` is when they did.

    ``heads`` are what it is for, from the list of the protocol; ``sealed_words`` what the person says to it, sealed for
    the exchange until whoever answers opens them.
    """

    claim_id: ClaimId
    error_id: ErrorId
    claimant: ShortText
    road: ShortText
    is_identified: bool
    heads: Heads
    sealed_words: SealedRef | None
    amount_minor: Amount
    currency: Currency
    filed_at: Instant


class ClaimState(Body, frozen=True, tag="claim_state"):
    """Where a claim stands, for the bank that tells the person.

    ``due_at`` is None where the law names no time for an answer. ``accepted_minor`` is what is owed; ``forum`` decides
    instead of whoever has refused; ``reasons`` are for the person to read.
    """

    claim_id: ClaimId
    state: ShortText
    due_at: Instant | None
    accepted_minor: Offset
    forum: ShortText | None
    at: Instant
    reasons: Annotated[str, msgspec.Meta(max_length=REASONS_LENGTH_MAX)] | None


class ClaimByCode(Body, frozen=True, tag="claim_by_code"):
    """Somebody has shown a letter's code in the portal and claims by it: only the bank can say whose it is."""

    presentation_id: ShortText
    sealed_code: SealedRef
    heads: Heads
    sealed_words: SealedRef | None
    amount_minor: Amount
    currency: Currency
    filed_at: Instant
