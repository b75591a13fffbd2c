"""One measure as everybody concerned may see it: its life, its law of that day, and whose hands are in it."""

from dataclasses import dataclass

from tarazy.app.hands import hands_of
from tarazy.app.measure_records import (
    CASE_MEASURES,
    DEADLINES,
    MATERIAL_LOCKS,
    MEASURE_DECISIONS,
    MOTIONS,
    SCHEDULES,
    CaseMeasure,
    Deadline,
    MeasureDecision,
    Motion,
    Schedule,
)
from tarazy.app.queries.case import People, people_of
from tarazy.app.records import CASE_HOLDS, EVENTS, CaseHold, Event
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hands import Hand
from tarazy.law.safeguards import Part
from tarazy.values.ids import MeasureId

EVENTS_SHOWN_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureView:
    """A measure, what it is upon, and everything that happened to it, in order of time."""

    measure: CaseMeasure
    hold: CaseHold
    schedule: Schedule | None
    motion: Motion | None
    decision: MeasureDecision | None
    before: CaseMeasure | None
    after: CaseMeasure | None
    events: tuple[Event, ...]
    deadlines: tuple[Deadline, ...]
    hands: tuple[tuple[Part, Hand], ...]
    is_locked: bool
    people: People


def measure_view(tx: Transaction, measure_id: MeasureId) -> MeasureView | None:
    """Return a measure as it is now, or None where there is no such measure."""
    measure = tx.get(CASE_MEASURES, measure_id)
    hold = None if measure is None else tx.get(CASE_HOLDS, measure.hold_id)
    if measure is None or hold is None:
        return None
    subjects = [one for one in (measure_id, measure.schedule_id, measure.motion_id) if one is not None]
    events = tx.find(
        EVENTS,
        Condition("case_id", "=", measure.case_id),
        Condition("subject_id", "in", subjects),
        order=("serial",),
        limit=EVENTS_SHOWN_MAX,
    )
    hands = sorted(hands_of(tx, measure_id, hold))
    named = {measure.participant_id, measure.author_participant_id}
    named |= {event.participant_id for event in events} | {hand.participant_id for _, hand in hands}
    following = tx.find(CASE_MEASURES, Condition("case_id", "=", measure.case_id))
    return MeasureView(
        measure=measure,
        hold=hold,
        schedule=tx.get(SCHEDULES, measure.schedule_id),
        motion=None if measure.motion_id is None else tx.get(MOTIONS, measure.motion_id),
        decision=None if measure.decision_id is None else tx.get(MEASURE_DECISIONS, measure.decision_id),
        before=None if measure.carries_on is None else tx.get(CASE_MEASURES, measure.carries_on),
        after=next((one for one in following if one.carries_on == measure_id), None),
        events=tuple(events),
        deadlines=tuple(tx.find(DEADLINES, Condition("subject_id", "=", measure_id), order=("due_at",))),
        hands=tuple(hands),
        is_locked=tx.get(MATERIAL_LOCKS, measure_id) is not None,
        people=people_of(tx, named),
    )
