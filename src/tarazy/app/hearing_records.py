"""What the exchange keeps of hearings: who was asked about how much, until when, and the answer; words stay sealed."""

from msgspec import Struct

from tarazy.app.store import Table
from tarazy.domain.hearing import HearingRoad, HearingState
from tarazy.values.ids import CaseId, HearingId, HoldId, OfficerId, ParticipantId, ReportId, SealedRef
from tarazy.values.instant import Instant


class Hearing(Struct, frozen=True, kw_only=True):
    """A holder who is asked, by their bank ``participant_id``, whether so much of a hold may be paid back.

    ``asked_participant_id`` and ``asked_by`` propose the refund. ``sealed_words`` are the holder's own, ``statement``
    that of the officer who has written the answer down, where one has.
    """

    hearing_id: HearingId
    case_id: CaseId
    hold_id: HoldId
    report_id: ReportId
    participant_id: ParticipantId
    amount_minor: int
    currency: str
    asked_participant_id: ParticipantId
    asked_by: OfficerId
    asked_at: Instant
    answer_by: Instant
    state: HearingState
    told_at: Instant | None
    told_again_at: Instant | None
    road: HearingRoad | None
    sealed_words: SealedRef | None
    statement: str | None
    answered_at: Instant | None


HEARINGS = Table("hearings", Hearing, ("hearing_id",))
