"""What the exchange keeps of refunds: what was decided and given, the order, and the payments that follow from it."""

from msgspec import Struct

from tarazy.app.store import Table
from tarazy.domain.refund import PartStatus, RefundShare
from tarazy.protocol.authorisation import Authorisation
from tarazy.values.ids import AuthorisationId, CaseId, HoldId, OfficerId, ParticipantId, RefundId, ReportId
from tarazy.values.instant import Instant


class Refund(Struct, frozen=True, kw_only=True):
    """A decision that held money goes back: the lane of the law, who decided, and how it is divided.

    ``is_unheard`` says that it is paid on an authority's second demand although a receiver objects or was absent.
    """

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
    is_unheard: bool = False


class RefundPart(Struct, frozen=True, kw_only=True):
    """What one hold, of the bank ``participant_id``, pays to one victim of a refund.

    One that has failed may still be told as paid, unless its bank has refused it (``is_refused``): a core may have been
    paying while the hold ended.
    """

    part_id: str
    refund_id: RefundId
    case_id: CaseId
    hold_id: HoldId
    participant_id: ParticipantId
    report_id: ReportId
    to_participant_id: ParticipantId
    amount_minor: int
    status: PartStatus
    ordered_at: Instant
    paid_at: Instant | None
    is_refused: bool


class RecordedReturn(Struct, frozen=True, kw_only=True):
    """The newest word of a hold's bank that its holder gives money back: what its officer has signed, and its end."""

    hold_id: HoldId
    amount_minor: int
    report_id: ReportId | None
    checks: tuple[str, ...]
    officer_id: OfficerId
    statement: str
    offered_at: Instant
    taken_back_at: Instant | None


class EnteredAuthorisation(Struct, frozen=True, kw_only=True):
    """An authorisation as it was entered; one on paper stands only when another officer has confirmed it."""

    authorisation_id: AuthorisationId
    case_id: CaseId
    decision: Authorisation
    participant_id: ParticipantId
    entered_by: OfficerId
    entered_at: Instant
    confirmed_by: OfficerId | None
    confirmed_at: Instant | None

    @property
    def is_in_full(self) -> bool:
        """Whether everybody has signed who must."""
        return not self.decision.on_paper or self.confirmed_by is not None


REFUNDS = Table("refunds", Refund, ("refund_id",))
REFUND_PARTS = Table("refund_parts", RefundPart, ("part_id",))
AUTHORISATIONS = Table("authorisations", EnteredAuthorisation, ("authorisation_id",))
RECORDED_RETURNS = Table("recorded_returns", RecordedReturn, ("hold_id",))
