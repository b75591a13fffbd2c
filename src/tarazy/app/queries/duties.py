"""What is due of whom, by the clock: deadlines that are open, and the ends of measures that something must move."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tarazy.app.measure_records import CASE_MEASURES, DEADLINES, MOTIONS, CaseMeasure, Deadline, Motion
from tarazy.app.store import Condition, Transaction
from tarazy.domain.deadline import DeadlineStatus, Duty, IfMissed
from tarazy.domain.measure import END_WITHOUT, IN_EFFECT, NextStep
from tarazy.domain.motion import MotionStatus
from tarazy.law.assessment import ActorRole
from tarazy.values.ids import CaseId, MotionId, ParticipantId
from tarazy.values.instant import Instant

DUTIES_SHOWN_MAX: Final = 100
NEXT_SHOWN: Final = 3
MEASURES_READ_MAX: Final = 200
"""The soonest, of which one act makes one row; of other kinds no more are read than are shown."""
_FROM_MEASURES: Final = {Duty.motion_to_judge, Duty.judge_decides}
"""Deadlines that only repeat the end of a measure: that end is shown instead, once for all of one act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """One duty: what, in which case, by when, and what follows by itself if nobody acts.

    ``about`` is a motion, a measure or a hold; ``measures`` how many of them this one step would move on.
    """

    what: str
    case_id: CaseId
    about: str
    about_kind: str
    at: Instant
    is_missed: bool
    is_expected: bool
    owner: str
    owner_participant_id: ParticipantId | None
    if_nobody: str
    measures: int


@dataclass(frozen=True, slots=True)
class Whose:
    """For whom duties are listed; without a participant those of everybody, for who supervises."""

    participant_id: ParticipantId | None
    capacity: ActorRole | None

    def owning(self) -> list["_Sought"]:
        """Return how their duties are found: those of their institution, and of whoever has their capacity."""
        if self.participant_id is None:
            return [_Sought((), ("due_at",))]
        of_all = (Condition("owner_participant_id", "is_null"), Condition("owner", "=", self.capacity))
        return [_only_of("owner_participant_id", self.participant_id, "due_at"), _Sought(of_all, ("due_at",))]


class _Sought(NamedTuple):
    """Conditions, and the order in which the soonest come first."""

    conditions: tuple[Condition, ...]
    order: tuple[str, ...]


def _only_of(column: str, value: str | None, time: str) -> _Sought:
    """Return how the rows of one body or capacity are sought, so that PostgreSQL looks at no others.

    Where one body owns nearly every row, it takes a test of equality for true of each: it walks them all in order of
    time and finds none of a body that has none. Of a range it expects little, and goes by the index of bodies.
    """
    return _Sought((Condition(column, ">=", value), Condition(column, "<=", value)), (column, time))


def duties_of(tx: Transaction, whose: Whose) -> tuple[DutyRow, ...]:
    """Return what is due, the earliest first."""
    rows = [*_from_deadlines(tx, whose), *_from_measures(tx, whose), *_from_motions(tx, whose)]
    return tuple(sorted(rows, key=lambda row: (row.at, row.what, row.about)))[:DUTIES_SHOWN_MAX]


def _from_deadlines(tx: Transaction, whose: Whose) -> list[DutyRow]:
    open_or_missed = Condition("status", "in", [DeadlineStatus.open, DeadlineStatus.missed])
    shown = Condition("duty", "in", sorted(set(Duty) - _FROM_MEASURES))
    found = []
    for owned, order in whose.owning():
        found += tx.find(DEADLINES, open_or_missed, shown, *owned, order=order, limit=DUTIES_SHOWN_MAX)
    return [_of_deadline(row) for row in found]


def _of_deadline(row: Deadline) -> DutyRow:
    return DutyRow(
        what=row.duty,
        case_id=row.case_id,
        about=row.subject_id,
        about_kind="measure" if row.subject_id.startswith("ms_") else "other",
        at=row.due_at,
        is_missed=row.status is DeadlineStatus.missed,
        is_expected=row.is_expected,
        owner=row.owner,
        owner_participant_id=row.owner_participant_id,
        if_nobody=row.if_missed,
        measures=1,
    )


def _from_measures(tx: Transaction, whose: Whose) -> list[DutyRow]:
    """Return the motions that must be filed and the ends that an extension must move: one row for each act and end."""
    steps = [NextStep.motion, NextStep.extension]
    author, order = (
        _Sought((), ("expires_at",))
        if whose.participant_id is None
        else _only_of("author_participant_id", whose.participant_id, "expires_at")
    )
    found = tx.find(
        CASE_MEASURES,
        Condition("status", "in", list(IN_EFFECT)),
        Condition("next_step", "in", steps),
        *author,
        order=order,
        limit=MEASURES_READ_MAX,
    )
    together: dict[tuple[str, str, Instant, str], list[CaseMeasure]] = {}
    for one in found:
        together.setdefault((one.case_id, one.schedule_id, one.expires_at, one.next_step), []).append(one)
    return [_of_measures(rows) for rows in together.values()]


def _of_measures(rows: Sequence[CaseMeasure]) -> DutyRow:
    first = rows[0]
    return DutyRow(
        what=first.next_step,
        case_id=first.case_id,
        about=first.measure_id,
        about_kind="measure",
        at=first.expires_at,
        is_missed=False,
        is_expected=False,
        owner=ActorRole.investigator,
        owner_participant_id=first.author_participant_id,
        if_nobody=END_WITHOUT[first.next_step],
        measures=len(rows),
    )


def _from_motions(tx: Transaction, whose: Whose) -> list[DutyRow]:
    """Return the motions that wait for them, and those that their body has filed: what lapses concerns it as well."""
    sought = [_Sought((), ("decide_by",))]
    if whose.participant_id is not None:
        of_body = _only_of("filed_by", whose.participant_id, "decide_by")
        sought = [_only_of("to", whose.capacity, "decide_by"), of_body]
    filed = Condition("status", "=", MotionStatus.filed)
    found: dict[MotionId, Motion] = {}
    for conditions, order in sought:
        rows = tx.find(MOTIONS, filed, *conditions, order=order, limit=DUTIES_SHOWN_MAX)
        found |= {one.motion_id: one for one in rows}
    return [_of_motion(one, one.decide_by) for one in found.values() if one.decide_by is not None]


def _of_motion(motion: Motion, at: Instant) -> DutyRow:
    return DutyRow(
        what=NextStep.decision,
        case_id=motion.case_id,
        about=motion.motion_id,
        about_kind="motion",
        at=at,
        is_missed=False,
        is_expected=False,
        owner=motion.to,
        owner_participant_id=None,
        if_nobody=IfMissed.lapses,
        measures=0,
    )
