"""What the exchange keeps of decisions on motions that came on paper: entered by one officer, confirmed by another."""

from msgspec import Struct

from tarazy.app.store import Table
from tarazy.protocol.schedule import LineGrant, SignedDecision
from tarazy.values.ids import CaseId, DecisionId, MotionId, OfficerId, ParticipantId
from tarazy.values.instant import Instant


class PaperDecision(Struct, frozen=True, kw_only=True):
    """A decision as its first reader has entered it. It decides nothing until a second reader has confirmed it."""

    decision_id: DecisionId
    motion_id: MotionId
    case_id: CaseId
    participant_id: ParticipantId
    signed: SignedDecision
    lines: tuple[LineGrant, ...]
    reasons: str
    entered_by: OfficerId
    entered_at: Instant
    confirmed_by: OfficerId | None
    confirmed_at: Instant | None

    @property
    def is_in_full(self) -> bool:
        """Whether both have signed."""
        return self.confirmed_by is not None


PAPER_DECISIONS = Table("paper_decisions", PaperDecision, ("decision_id",))
