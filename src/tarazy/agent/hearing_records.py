"""What a bank keeps of hearings: what it was asked to ask a holder, what it told them, and what they said."""

from msgspec import Struct

from tarazy.agent.records import HOLDER
from tarazy.app.store import Table
from tarazy.domain.hearing import HearingRoad, HearingState
from tarazy.values.ids import AccountId, HearingId, HoldId, NoticeId, OfficerId, ParticipantId, ReportId
from tarazy.values.instant import Instant


class LocalHearing(Struct, frozen=True, kw_only=True):
    """A holder of this bank who is asked whether so much of a hold may be paid back for a report.

    ``participant_id`` proposes it, by its officer ``asked_by``. ``next_at`` is when something is to be done of itself:
    the holder told, told again, or found absent. ``words`` are the holder's own; ``entered_by`` the officer who has
    written them down.
    """

    hearing_id: HearingId
    hold_id: HoldId
    account_id: AccountId
    report_id: ReportId
    participant_id: ParticipantId
    asked_by: OfficerId
    amount_minor: int
    currency: str
    asked_at: Instant
    answer_by: Instant
    state: HearingState
    told_at: Instant | None
    told_again_at: Instant | None
    next_at: Instant | None
    road: HearingRoad | None
    words: str
    entered_by: OfficerId | None
    answered_at: Instant | None


class HearingNotice(Struct, frozen=True, kw_only=True):
    """One of the two notices of a hearing, as it was written for the holder or for whoever represents a child.

    Each of them is given a code of their own. ``in_plain_words`` it is a child's.
    """

    notice_id: NoticeId
    hearing_id: HearingId
    hold_id: HoldId
    account_id: AccountId
    times: int
    language: str
    code: str
    subject: str
    paragraphs: tuple[str, ...]
    short_text: str
    channel: str
    served_at: Instant
    recipient: str = HOLDER
    in_plain_words: bool = False


LOCAL_HEARINGS = Table("local_hearings", LocalHearing, ("hearing_id",))
HEARING_NOTICES = Table("hearing_notices", HearingNotice, ("notice_id",))
HEARING_TABLES = (LOCAL_HEARINGS, HEARING_NOTICES)
