"""What the exchange orders of a bank about a piece of money, and what the bank answers."""

from datetime import date
from typing import Annotated

import msgspec

from tarazy.protocol.authorisation import Authorisation
from tarazy.protocol.body import Amount, Body, Currency, Offset, ShortText
from tarazy.values.ids import (
    CaseId,
    DisclosureId,
    HoldId,
    MandateId,
    NormId,
    OfficerId,
    ParticipantId,
    PieceId,
    RefundId,
    ReportId,
    SealedRef,
    TracingId,
)
from tarazy.values.instant import Instant

FLOOR_DAYS_MAX = 366
SHARES_MAX = 2_000
PAYMENTS_MAX = 200
Days = Annotated[int, msgspec.Meta(ge=0, le=FLOOR_DAYS_MAX)]


class Author(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who owns a decision: an officer of a participant, and the standing mandate under which they act, if any."""

    participant_id: ParticipantId
    officer_id: OfficerId
    mandate_id: MandateId | None


class HoldTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the law gate allows this bank to hold of the piece, by whom, on which norms and until when.

    Unless a named human confirms by ``confirm_by``, that is the end; ``expires_at`` is the end at the latest.
    ``law_day`` is the local day of the decision: the norms count as they stood on it, whenever the order arrives.
    """

    hold_id: HoldId
    report_id: ReportId
    measure: ShortText
    pack: ShortText
    law_day: date
    norms: tuple[NormId, ...]
    author: Author
    claim_minor: Amount
    confirm_by: Instant
    expires_at: Instant
    floor_days: Days
    living_minimum_minor: Offset
    commitment: ShortText


class FollowOrder(Body, frozen=True, tag="follow_order"):
    """Follow the piece ``[from_minor, to_minor)`` of one credit; hold what is there if there are terms.

    ``rank`` is when the report was signed: waiting claims are served in its order. Until ``ends_at`` the order stands
    and is answered anew whenever something changes; ``rest`` says why nothing is held if there are no terms.
    """

    order_id: PieceId
    tracing_id: TracingId
    case_id: CaseId
    disclosure_id: DisclosureId
    depth: Offset
    sealed_ref: SealedRef
    from_minor: Offset
    to_minor: Amount
    currency: Currency
    rank: Instant
    ends_at: Instant
    rest: ShortText
    terms: HoldTerms | None


class ShareTold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One share of an answer; a transfer that carried money on is named by a reference sealed for its receiver."""

    kind: ShortText
    from_minor: Offset
    to_minor: Amount
    detail: ShortText | None = None
    participant_id: ParticipantId | None = None
    sealed_ref: SealedRef | None = None
    onward_from: Offset = 0


class PaymentTold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of one payment of a refund that was ordered of a hold."""

    refund_id: RefundId
    report_id: ReportId
    amount_minor: Amount
    is_paid: bool


class Answer(Body, frozen=True, tag="answer"):
    """What became of every unit of the piece, as of now. A higher ``answer_no`` replaces every lower one."""

    order_id: PieceId
    tracing_id: TracingId
    answer_no: Amount
    disclosure_id: DisclosureId
    shares: Annotated[tuple[ShareTold, ...], msgspec.Meta(max_length=SHARES_MAX)]
    hold_status: ShortText | None
    hold_expires_at: Instant | None
    hold_end: ShortText | None
    payments: Annotated[tuple[PaymentTold, ...], msgspec.Meta(max_length=PAYMENTS_MAX)] = ()


class ReleaseOrder(Body, frozen=True, tag="release_order"):
    """Let go of the hold but for its lowest ``keep_minor`` units (0: let go of all, and follow the piece no more)."""

    order_id: PieceId
    hold_id: HoldId
    why: ShortText
    keep_minor: Offset


class PayOrder(Body, frozen=True, tag="pay_order"):
    """Pay the lowest ``amount_minor`` held units to the victim of ``report_id`` at ``to_participant_id``.

    Where another than the holder must have decided so, ``authorisation`` is that decision with its signatures.
    """

    hold_id: HoldId
    refund_id: RefundId
    report_id: ReportId
    to_participant_id: ParticipantId
    amount_minor: Amount
    lane: ShortText
    authorisation: Authorisation | None
