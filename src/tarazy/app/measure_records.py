"""What the exchange keeps of measures beyond a bank's own pause: schedules, motions, decisions, facts, deadlines."""

from datetime import date

from msgspec import Struct

from tarazy.app.store import Table
from tarazy.domain.deadline import DeadlineStatus
from tarazy.domain.measure import MeasureEnd, MeasureStatus, NextStep
from tarazy.domain.motion import LineDecision, MotionAsk, MotionStatus
from tarazy.protocol.schedule import LineGrant, SignedDecision, SignedSchedule
from tarazy.values.ids import (
    CaseId,
    DeadlineId,
    DecisionId,
    EventId,
    HoldId,
    LineId,
    MeasureId,
    MotionId,
    NormId,
    OfficerId,
    ParticipantId,
    ReportId,
)
from tarazy.values.instant import Instant


class CaseMeasure(Struct, frozen=True, kw_only=True):
    """A measure upon one hold: whose, on which norms, how much, until when, what must come next, and how it ended.

    ``expires_at`` is part of every reading. ``request`` is what the law gate was asked, so that it can be asked again.
    ``carries_on`` is the measure that this one takes over from, if it is granted.
    """

    measure_id: MeasureId
    case_id: CaseId
    report_id: ReportId
    hold_id: HoldId
    participant_id: ParticipantId
    measure: str
    pack: str
    law_day: date
    norms: tuple[NormId, ...]
    norm_versions: tuple[str, ...]
    schedule_id: MotionId
    line_id: LineId
    author_participant_id: ParticipantId
    author_officer_id: OfficerId
    offence_ids: tuple[str, ...]
    request: str
    currency: str
    cap_minor: int
    held_minor: int
    status: MeasureStatus
    next_step: NextStep
    end: MeasureEnd | None
    begins_at: Instant
    taken_at: Instant | None
    expires_at: Instant
    expires_at_most: Instant
    extensions: int
    motion_id: MotionId | None
    decision_id: DecisionId | None
    carries_on: MeasureId | None
    is_unlawful: bool
    ended_at: Instant | None


class Words(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An author's reasons in words, as the nine tests ask for them. They stay at the exchange."""

    aim: str
    suitability: str
    impact: str
    hiding_risk: str
    alternatives: tuple[tuple[str, str], ...]
    exculpatory: str
    """What the author says to each fact that speaks for the holder."""


class Schedule(Struct, frozen=True, kw_only=True):
    """One act of an author upon holds of a case, as it was signed. ``fingerprint`` is that of its reasons."""

    schedule_id: MotionId
    case_id: CaseId
    measure: str
    participant_id: ParticipantId
    officer_id: OfficerId
    signed: SignedSchedule
    words: Words
    fingerprint: tuple[int, ...]
    signed_at: Instant


class ScheduleRow(Struct, frozen=True, kw_only=True):
    """One line of a schedule, what the law gate said of it, and what was decided on it."""

    line_id: LineId
    schedule_id: MotionId
    case_id: CaseId
    number: int
    hold_id: HoldId
    participant_id: ParticipantId
    measure_id: MeasureId
    currency: str
    cap_minor: int
    until: Instant
    salt: str
    verdict: str
    against: tuple[str, ...]
    decision: LineDecision
    granted_minor: int | None
    granted_until: Instant | None


class Motion(Struct, frozen=True, kw_only=True):
    """What an authority is asked upon a schedule; it has the schedule's id. ``to`` is a capacity of the law."""

    motion_id: MotionId
    case_id: CaseId
    filed_by: ParticipantId
    ask: MotionAsk
    to: str
    status: MotionStatus
    filed_at: Instant
    decide_by: Instant | None
    decided_at: Instant | None
    decision_id: DecisionId | None


class MeasureDecision(Struct, frozen=True, kw_only=True):
    """An authority's decision on a motion, as it was signed. ``reasons`` stay at the exchange."""

    decision_id: DecisionId
    motion_id: MotionId
    case_id: CaseId
    participant_id: ParticipantId
    officer_id: OfficerId
    second_officer_id: OfficerId | None
    signed: SignedDecision
    lines: tuple[LineGrant, ...]
    reasons: str
    received_at: Instant


class CaseFact(Struct, frozen=True, kw_only=True):
    """A fact in a case beside those of its reports: for the measure or for the holder, with its source and grade."""

    fact_id: str
    case_id: CaseId
    kind: str
    code: str
    source: str
    grade: str
    is_for_holder: bool
    participant_id: ParticipantId
    officer_id: OfficerId
    statement: str
    added_at: Instant


class MaterialLock(Struct, frozen=True, kw_only=True):
    """What came of a measure that should not have been: no decision may rest on it, and few may read it."""

    subject_id: str
    case_id: CaseId
    measure_id: MeasureId
    why: str
    locked_at: Instant
    event_id: EventId


class Deadline(Struct, frozen=True, kw_only=True):
    """A duty with an owner and a time, counted from an event by the pack: whoever replays it gets the same."""

    deadline_id: DeadlineId
    case_id: CaseId
    subject_id: str
    duty: str
    span: str
    branch: str
    starts_at: Instant
    due_at: Instant
    is_expected: bool
    owner: str
    owner_participant_id: ParticipantId | None
    if_missed: str
    status: DeadlineStatus
    closed_at: Instant | None


CASE_MEASURES = Table("case_measures", CaseMeasure, ("measure_id",))
SCHEDULES = Table("schedules", Schedule, ("schedule_id",))
SCHEDULE_ROWS = Table("schedule_lines", ScheduleRow, ("line_id",))
MOTIONS = Table("motions", Motion, ("motion_id",))
MEASURE_DECISIONS = Table("measure_decisions", MeasureDecision, ("decision_id",))
CASE_FACTS = Table("case_facts", CaseFact, ("fact_id",))
MATERIAL_LOCKS = Table("material_locks", MaterialLock, ("subject_id",))
DEADLINES = Table("deadlines", Deadline, ("deadline_id",))

MEASURE_TABLES = (
    CASE_MEASURES,
    SCHEDULES,
    SCHEDULE_ROWS,
    MOTIONS,
    MEASURE_DECISIONS,
    CASE_FACTS,
    MATERIAL_LOCKS,
    DEADLINES,
)
