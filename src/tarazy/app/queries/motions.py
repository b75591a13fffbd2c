"""Acts upon many holds as they were signed and decided, and the queue of those that wait for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tarazy.app.hands import hands_of
from tarazy.app.measure_records import (
    CASE_MEASURES,
    MEASURE_DECISIONS,
    MOTIONS,
    SCHEDULE_ROWS,
    SCHEDULES,
    CaseFact,
    CaseMeasure,
    MeasureDecision,
    Motion,
    Schedule,
    ScheduleRow,
)
from tarazy.app.measure_request import facts_of_case
from tarazy.app.queries.case import People, people_of
from tarazy.app.records import CASE_HOLDS, CASES, EVENTS, REPORTS, Case, CaseHold, Event, Report
from tarazy.app.schedules import line_of
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hands import Hand
from tarazy.domain.motion import MotionAsk, MotionStatus
from tarazy.law.assessment import ActorRole, Assessment, Fact, Request
from tarazy.law.gate import assess
from tarazy.law.ground import Pack
from tarazy.law.safeguards import Part
from tarazy.protocol.schedule import ScheduleLine
from tarazy.protocol.wire import from_json
from tarazy.values.ids import MotionId, ParticipantId
from tarazy.values.replacing import replace

QUEUE_MAX: Final = 200
"""As many are looked at; a page shows fewer, those that are before its reader (`SHOWN_MAX`)."""
SHOWN_MAX: Final = 100
EVENTS_SHOWN_MAX: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedLine:
    """A line as it was signed, the measure that it begins or asks for, and what the law gate said on that day."""

    row: ScheduleRow
    line: ScheduleLine
    hold: CaseHold
    measure: CaseMeasure
    carrier: CaseMeasure | None
    facts: tuple[Fact, ...]
    answer: Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView:
    """One act with everything that whoever decides has before them; ``motion`` is None for what began at once."""

    schedule: Schedule
    motion: Motion | None
    case: Case
    lines: tuple[SignedLine, ...]
    decision: MeasureDecision | None
    facts: tuple[CaseFact, ...]
    reports: tuple[Report, ...]
    events: tuple[Event, ...]
    hands: frozenset[tuple[Part, Hand]]
    people: People

    @property
    def is_open(self) -> bool:
        """Whether an authority can decide it."""
        return self.motion is not None and self.motion.status is MotionStatus.filed

    def of_holder(self, *, is_for_holder: bool) -> tuple[CaseFact, ...]:
        """Return the facts of the case that speak for the holder, or those for the measure."""
        return tuple(fact for fact in self.facts if fact.is_for_holder is is_for_holder)


def schedule_view(tx: Transaction, schedule_id: MotionId, pack: Pack) -> ScheduleView | None:
    """Return an act as it was signed, with what was decided upon it; None where there is none."""
    schedule = tx.get(SCHEDULES, schedule_id)
    case = None if schedule is None else tx.get(CASES, schedule.case_id)
    if schedule is None or case is None:
        return None
    motion = tx.get(MOTIONS, schedule_id)
    rows = tx.find(SCHEDULE_ROWS, Condition("schedule_id", "=", schedule_id), order=("number",))
    lines = tuple(_signed_line(tx, row, schedule, motion, pack) for row in rows)
    reports = tx.get_many(REPORTS, {(line.hold.report_id,) for line in lines})
    facts = facts_of_case(tx, case)
    decision = None if motion is None or motion.decision_id is None else tx.get(MEASURE_DECISIONS, motion.decision_id)
    of_case = Condition("case_id", "=", case.case_id)
    events = tx.find(EVENTS, of_case, order=("serial",), descending=True, limit=EVENTS_SHOWN_MAX)
    hands = frozenset(hand for line in lines for hand in hands_of(tx, line.measure.measure_id, line.hold))
    named: set[ParticipantId] = {schedule.participant_id} | {line.hold.participant_id for line in lines}
    named |= {one.participant_id for one in facts} | {one.participant_id for one in reports.values()}
    named |= {one.participant_id for one in events}
    named |= set() if decision is None else {decision.participant_id}
    return ScheduleView(
        schedule=schedule,
        motion=motion,
        case=case,
        lines=lines,
        decision=decision,
        facts=tuple(facts),
        reports=tuple(sorted(reports.values(), key=lambda report: report.signed_at)),
        events=tuple(reversed(events)),
        hands=hands | {(Part.proposer, Hand(schedule.participant_id, schedule.officer_id))},
        people=people_of(tx, named),
    )


def _signed_line(
    tx: Transaction, row: ScheduleRow, schedule: Schedule, motion: Motion | None, pack: Pack
) -> SignedLine:
    hold, measure = tx.get(CASE_HOLDS, row.hold_id), tx.get(CASE_MEASURES, row.measure_id)
    assert hold is not None
    assert measure is not None
    request = from_json(measure.request, Request)
    if motion is not None and motion.ask is MotionAsk.extend:
        request = replace(
            request,
            amount_minor=row.cap_minor,
            duration=row.until.since(schedule.signed_at),
            is_urgent=False,
            extends=schedule.signed_at.since(measure.begins_at),
        )
    carrier = None if hold.carried_by is None else tx.get(CASE_MEASURES, hold.carried_by)
    return SignedLine(
        row=row,
        line=line_of(row),
        hold=hold,
        measure=measure,
        carrier=carrier,
        facts=request.facts,
        answer=assess(request, pack, schedule.signed_at),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A motion in the queue: what is asked, of whom, how much, and until when somebody has to decide."""

    motion: Motion
    schedule: Schedule
    lines: int
    sum_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Motions that wait, by when they must be decided; below them those that are over, the newest first."""

    waiting: tuple[QueueRow, ...]
    over: tuple[QueueRow, ...]


def motion_queue(tx: Transaction, to: ActorRole | None, author: ParticipantId | None) -> Queue:
    """Return the motions to a capacity, or those of a body that asks; without either all of them."""
    addressed = () if to is None else (Condition("to", "=", to),)
    waiting = tx.find(
        MOTIONS, Condition("status", "=", MotionStatus.filed), *addressed, order=("decide_by",), limit=QUEUE_MAX
    )
    ended = [one for one in MotionStatus if one is not MotionStatus.filed]
    over = tx.find(
        MOTIONS,
        Condition("status", "in", ended),
        *addressed,
        order=("decided_at",),
        descending=True,
        limit=SHOWN_MAX,
    )
    rows = {one.motion_id: _queued(tx, one) for one in (*waiting, *over)}

    def shown(motions: Sequence[Motion]) -> tuple[QueueRow, ...]:
        found = (rows[one.motion_id] for one in motions)
        return tuple(row for row in found if author is None or row.schedule.participant_id == author)

    return Queue(waiting=shown(waiting), over=shown(over))


def _queued(tx: Transaction, motion: Motion) -> QueueRow:
    schedule = tx.get(SCHEDULES, motion.motion_id)
    assert schedule is not None
    rows = tx.find(SCHEDULE_ROWS, Condition("schedule_id", "=", motion.motion_id))
    return QueueRow(
        motion=motion,
        schedule=schedule,
        lines=len(rows),
        sum_minor=sum(row.cap_minor for row in rows),
        currency=rows[0].currency,
    )
