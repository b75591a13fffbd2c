"""What a bank keeps of decisions on paper that let go of held money: what stands on each, and who has read it."""

from datetime import date

from msgspec import Struct

from tarazy.app.store import Table
from tarazy.values.ids import HoldId, MeasureId, OfficerId, PaperId
from tarazy.values.instant import Instant


class ReleasePaper(Struct, frozen=True, kw_only=True):
    """A paper that ends a hold, or leaves it ``keep_minor``: entered by one officer, in force when another confirms it.

    ``measure_id`` is what carried the hold when it was entered (the hold's own id: the bank's pause). ``by`` is whose
    paper it is, a court's or an authority's.
    """

    paper_id: PaperId
    hold_id: HoldId
    measure_id: MeasureId
    by: str
    forum: str
    decision_no: str
    decided_on: date
    keep_minor: int
    entered_by: OfficerId
    entered_at: Instant
    statement: str
    reasons: str
    confirmed_by: OfficerId | None
    confirmed_at: Instant | None
    second_statement: str | None


RELEASE_PAPERS = Table("release_papers", ReleasePaper, ("paper_id",))
