"""What exchange and agents say to each other: one type for each kind of message.

Amounts are minor units, stretches are half-open offsets in a transfer, times are UTC. Names, account numbers and
balances are in none of them: a transfer travels as a reference that only the bank it is meant for can open.
"""

from typing import Annotated

import msgspec

from tarazy.protocol.statement import Terms
from tarazy.protocol.wire import to_json
from tarazy.values.ids import (
    AuthorisationId,
    CaseId,
    DisclosureId,
    HoldId,
    IncidentId,
    MandateId,
    NormId,
    NoticeId,
    OfficerId,
    ParticipantId,
    PieceId,
    RefundId,
    ReportId,
    SealedRef,
    TracingId,
)
from tarazy.values.instant import Instant
from tarazy.values.money import MINOR_MAX

Amount = Annotated[int, msgspec.Meta(gt=0, le=MINOR_MAX)]
FLOOR_DAYS_MAX = 366
Days = Annotated[int, msgspec.Meta(ge=0, le=FLOOR_DAYS_MAX)]
Hours = Annotated[int, msgspec.Meta(gt=0, le=24 * 60)]
"""A mandate for more than sixty days of hold at a time is a slip of the pen: no pack allows a bank so much."""
Offset = Annotated[int, msgspec.Meta(ge=0, le=MINOR_MAX)]
Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
ShortText = Annotated[str, msgspec.Meta(max_length=120)]
Reasons = Annotated[str, msgspec.Meta(max_length=4000)]

SHARES_MAX = 2_000
FACTS_MAX = 40
PAYMENTS_MAX = 200


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """The common form: frozen, named fields, and an unknown field is a fault."""


class Author(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who owns a decision: an officer of a participant, and the standing mandate under which they act, if any."""

    participant_id: ParticipantId
    officer_id: OfficerId
    mandate_id: MandateId | None


class HoldTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the law gate allows this bank to hold of the piece, by whom, on which norms and until when.

    Unless a named human confirms by ``confirm_by``, that is the end; ``expires_at`` is the end at the latest.
    """

    hold_id: HoldId
    report_id: ReportId
    measure: ShortText
    pack: ShortText
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


class ReportFiled(Body, frozen=True, tag="report_filed"):
    """A report, signed by a named officer of the payer's bank, on a transfer that this bank has executed.

    ``statement`` is the officer's own signature over everything that the report says. The sender vouches by its
    signature on the message that the transfer exists, is executed, and has this amount and time.
    """

    report_id: ReportId
    incident_id: IncidentId | None
    statement: str
    payee_participant_id: ParticipantId
    sealed_ref: SealedRef
    amount_minor: Amount
    claim_minor: Amount
    currency: Currency
    booked_at: Instant
    offence_id: ShortText
    facts: Annotated[tuple[ShortText, ...], msgspec.Meta(min_length=1, max_length=FACTS_MAX)]

    def terms(self) -> Terms:
        """Return all that the report says, as it must stand under the officer's signature."""
        return (
            ("incident_id", self.incident_id or ""),
            ("payee_participant_id", self.payee_participant_id),
            ("sealed_ref", self.sealed_ref),
            ("amount_minor", str(self.amount_minor)),
            ("claim_minor", str(self.claim_minor)),
            ("currency", self.currency),
            ("booked_at", self.booked_at.text()),
            ("offence_id", self.offence_id),
            ("facts", _listed(self.facts)),
        )


class ReportWithdrawn(Body, frozen=True, tag="report_withdrawn"):
    """The reporter takes the report back (after a call-back that excludes duress), or a decision has refuted it."""

    report_id: ReportId
    is_refuted: bool
    statement: str

    def terms(self) -> Terms:
        """Return no figures: the act and the report that it is upon say everything."""
        return ()


class JoinDecided(Body, frozen=True, tag="join_decided"):
    """The first reporter's bank says whether a report that asks to join its incident does; reasons are signed."""

    report_id: ReportId
    incident_id: IncidentId
    is_accepted: bool
    statement: str

    def terms(self) -> Terms:
        """Return the incident and the decision as they must stand under the officer's signature."""
        return (("incident_id", self.incident_id), ("is_accepted", "yes" if self.is_accepted else "no"))


class JoinUpdate(Body, frozen=True, tag="join_update"):
    """A report asks to join the incident that a report of this bank has opened, or what has become of it.

    It goes to the first reporter's bank. ``state`` is ``waiting``, ``accepted``, ``refused`` or ``over`` (nothing is
    left to decide, or not by this bank). What the asking report says is in it, but neither whose customer was deceived
    nor where the money went.
    """

    report_id: ReportId
    incident_id: IncidentId
    first_report_id: ReportId
    state: ShortText
    amount_minor: Amount
    claim_minor: Amount
    currency: Currency
    booked_at: Instant
    signed_at: Instant
    offence_id: ShortText
    facts: Annotated[tuple[ShortText, ...], msgspec.Meta(min_length=1, max_length=FACTS_MAX)]
    asked_at: Instant
    at: Instant


class MandateSigned(Body, frozen=True, tag="mandate_signed"):
    """A standing mandate, or its end: an officer's signed decision under which their bank's own pauses are made."""

    mandate_id: MandateId
    statement: str
    measure: ShortText
    norms: tuple[NormId, ...]
    currency: Currency
    ceiling_minor: Amount
    hours: Hours
    valid_from: Instant
    valid_to: Instant

    def terms(self) -> Terms:
        """Return the figures as they must stand under the officer's signature."""
        return (
            ("measure", self.measure),
            ("norms", _listed(self.norms)),
            ("currency", self.currency),
            ("ceiling_minor", str(self.ceiling_minor)),
            ("hours", str(self.hours)),
            ("valid_from", self.valid_from.text()),
            ("valid_to", self.valid_to.text()),
        )


class HoldConfirmed(Body, frozen=True, tag="hold_confirmed"):
    """A named human of the bank takes the hold upon themselves, with reasons for this one hold."""

    hold_id: HoldId
    statement: str
    expires_at: Instant

    def terms(self) -> Terms:
        """Return the end that the officer has signed."""
        return (("expires_at", self.expires_at.text()),)


class HoldLetGo(Body, frozen=True, tag="hold_let_go"):
    """A named human of the bank has released or narrowed the hold, with reasons. The next answer has the sums."""

    hold_id: HoldId
    statement: str
    keep_minor: Offset

    def terms(self) -> Terms:
        """Return what the officer has signed to keep: nothing, if the hold is released."""
        return (("keep_minor", str(self.keep_minor)),)


class NoticeServed(Body, frozen=True, tag="notice_served"):
    """The holder was told. The exchange keeps the hash of the notice's code and nothing else of it."""

    notice_id: NoticeId
    hold_id: HoldId
    code_hash: ShortText
    channel: ShortText
    served_at: Instant


class ReturnOffered(Body, frozen=True, tag="return_offered"):
    """The holder, informed and identified by the bank, gives held money back. Revocable until paid; no admission.

    ``for_report_id`` is the report for which it is given; None leaves it to all who have lost money in the incident.
    """

    hold_id: HoldId
    for_report_id: ReportId | None
    amount_minor: Amount
    statement: str

    def terms(self) -> Terms:
        """Return how much the holder gives back and for which report, as the officer has signed it."""
        return (("for_report_id", self.for_report_id or ""), ("amount_minor", str(self.amount_minor)))


class ReturnTakenBack(Body, frozen=True, tag="return_taken_back"):
    """The holder takes back that they give money back. What was not paid yet is not paid on their consent any more."""

    hold_id: HoldId
    taken_back_at: Instant


class ReportUpdate(Body, frozen=True, tag="report_update"):
    """What has become of a report, to the bank that filed it, so that the payer is told: sums, times and the measure.

    ``state`` is ``held``, ``back`` or ``over``. Which institution holds, and for whom, is not in it. The sums are those
    of the moment; ``placed_at`` and ``expires_at`` are the first beginning and the latest end of the holds.
    """

    report_id: ReportId
    update_no: Amount
    state: ShortText
    held_minor: Offset
    back_minor: Offset
    lane: ShortText | None
    measure: ShortText
    placed_at: Instant
    expires_at: Instant


class ReleaseOrder(Body, frozen=True, tag="release_order"):
    """Let go of the hold but for its lowest ``keep_minor`` units (0: let go of all, and follow the piece no more)."""

    order_id: PieceId
    hold_id: HoldId
    why: ShortText
    keep_minor: Offset


class PayOrder(Body, frozen=True, tag="pay_order"):
    """Pay the lowest ``amount_minor`` held units to the victim of ``report_id`` at ``to_participant_id``."""

    hold_id: HoldId
    refund_id: RefundId
    report_id: ReportId
    to_participant_id: ParticipantId
    amount_minor: Amount
    lane: ShortText
    authorisation_id: AuthorisationId | None


def _listed(values: tuple[str, ...]) -> str:
    """Return a list as one text, so that no two lists read alike."""
    return to_json(values).decode()


SignedBody = ReportFiled | ReportWithdrawn | JoinDecided | MandateSigned | HoldConfirmed | HoldLetGo | ReturnOffered
"""The messages that carry a statement of an officer over their ``terms()``."""
AnyBody = (
    FollowOrder
    | Answer
    | ReportFiled
    | ReportWithdrawn
    | JoinDecided
    | JoinUpdate
    | MandateSigned
    | HoldConfirmed
    | HoldLetGo
    | NoticeServed
    | ReturnOffered
    | ReturnTakenBack
    | ReportUpdate
    | ReleaseOrder
    | PayOrder
)
