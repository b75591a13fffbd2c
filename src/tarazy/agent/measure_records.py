"""What an agent keeps of the measures that have carried its holds on from its own pause: whose, how much, how long."""

from datetime import date

from msgspec import Struct

from tarazy.app.store import Table
from tarazy.protocol.schedule import SignedDecision
from tarazy.values.ids import HoldId, MeasureId, NormId, OfficerId, ParticipantId
from tarazy.values.instant import Instant


class HoldMeasure(Struct, frozen=True, kw_only=True):
    """A measure that has taken a hold over: from the bank's own pause, or from the measure before it.

    One hold has one measure at a time, so it has one author and one end at a time. ``received_at`` is when its first
    order came here. ``decision`` is what an authority has decided on it, ``is_asked`` whether its end has moved since
    it began, because its author has asked one. ``end`` is why it carries the hold no more. ``changed_at`` is when it
    last became longer.
    """

    hold_id: HoldId
    measure_id: MeasureId
    measure: str
    pack: str
    law_day: date
    norms: tuple[NormId, ...]
    participant_id: ParticipantId
    officer_id: OfficerId
    decision: SignedDecision | None
    cap_minor: int
    begins_at: Instant
    received_at: Instant
    ends_at: Instant
    end: str | None
    ended_at: Instant | None
    is_asked: bool = False
    changed_at: Instant | None = None


HOLD_MEASURES = Table("hold_measures", HoldMeasure, ("hold_id", "measure_id"))
