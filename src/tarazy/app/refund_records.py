"""What the exchange keeps of refunds: the decision, and the payments that follow from it."""

from msgspec import Struct

from tarazy.app.store import Table
from tarazy.domain.refund import PartStatus, RefundShare
from tarazy.values.ids import AuthorisationId, CaseId, HoldId, OfficerId, ParticipantId, RefundId, ReportId
from tarazy.values.instant import Instant


class Refund(Struct, frozen=True, kw_only=True):
    """A decision that held money goes back: the lane of the law, who decided, and how it is divided."""

    refund_id: RefundId
    case_id: CaseId
    lane: str
    authorisation_id: AuthorisationId | None
    officer_id: OfficerId
    participant_id: ParticipantId
    currency: str
    pot_minor: int
    shares: tuple[RefundShare, ...]
    statement: str
    decided_at: Instant


class RefundPart(Struct, frozen=True, kw_only=True):
    """What one hold pays to one victim of a refund."""

    part_id: str
    refund_id: RefundId
    case_id: CaseId
    hold_id: HoldId
    report_id: ReportId
    to_participant_id: ParticipantId
    amount_minor: int
    status: PartStatus
    ordered_at: Instant
    paid_at: Instant | None


REFUNDS = Table("refunds", Refund, ("refund_id",))
REFUND_PARTS = Table("refund_parts", RefundPart, ("part_id",))
