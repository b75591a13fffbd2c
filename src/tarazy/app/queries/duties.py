"""What is due of whom, by the clock: deadlines that are open, and the ends of measures that something must move."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tarazy.app.measure_records import CASE_MEASURES, DEADLINES, MOTIONS, SCHEDULES, CaseMeasure, Deadline, Motion
from tarazy.app.store import Condition, Transaction
from tarazy.domain.deadline import DeadlineStatus, Duty, IfMissed
from tarazy.domain.measure import END_WITHOUT, IN_EFFECT, NextStep
from tarazy.domain.motion import MotionStatus
from tarazy.law.assessment import ActorRole
from tarazy.values.ids import CaseId, ParticipantId
from tarazy.values.instant import Instant

DUTIES_SHOWN_MAX: Final = 100
NEXT_SHOWN: Final = 3
ROWS_READ_MAX: Final = 200
"""Of each kind, the soonest: whoever has more has enough to do."""
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

    def decides(self, capacity: str) -> bool:
        """Return whether what is asked of a capacity is asked of them."""
        return self.participant_id is None or capacity == self.capacity

    def owning(self) -> list[tuple[Condition, ...]]:
        """Return how their duties are found: those of their institution, and of whoever has their capacity."""
        if self.participant_id is None:
            return [()]
        of_body = Condition("owner_participant_id", "=", self.participant_id)
        of_all = (Condition("owner_participant_id", "is_null"), Condition("owner", "=", self.capacity))
        return [(of_body,), of_all]


def duties_of(tx: Transaction, whose: Whose) -> tuple[DutyRow, ...]:
    """Return what is due, the earliest first."""
    rows = [*_from_deadlines(tx, whose), *_from_measures(tx, whose), *_from_motions(tx, whose)]
    return tuple(sorted(rows, key=lambda row: (row.at, row.what, row.about)))[:DUTIES_SHOWN_MAX]


def _from_deadlines(tx: Transaction, whose: Whose) -> list[DutyRow]:
    open_or_missed = Condition("status", "in", [DeadlineStatus.open, DeadlineStatus.missed])
    shown = Condition("duty", "in", sorted(set(Duty) - _FROM_MEASURES))
    found = []
    for owned in whose.owning():
        found += tx.find(DEADLINES, open_or_missed, shown, *owned, order=("due_at",), limit=ROWS_READ_MAX)
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
    of_body = () if whose.participant_id is None else (Condition("author_participant_id", "=", whose.participant_id),)
    found = tx.find(
        CASE_MEASURES,
        Condition("status", "in", list(IN_EFFECT)),
        Condition("next_step", "in", steps),
        *of_body,
        order=("expires_at",),
        limit=ROWS_READ_MAX,
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
    found = tx.find(MOTIONS, Condition("status", "=", MotionStatus.filed), order=("decide_by",), limit=ROWS_READ_MAX)
    return [
        DutyRow(
            what=NextStep.decision,
            case_id=one.case_id,
            about=one.motion_id,
            about_kind="motion",
            at=one.decide_by,
            is_missed=False,
            is_expected=False,
            owner=one.to,
            owner_participant_id=None,
            if_nobody=IfMissed.lapses,
            measures=0,
        )
        for one in found
        if one.decide_by is not None and (whose.decides(one.to) or _asked(tx, one, whose))
    ]


def _asked(tx: Transaction, motion: Motion, whose: Whose) -> bool:
    """Return whether a motion is of the officer's own body: what lapses without a decision concerns them as well."""
    schedule = tx.get(SCHEDULES, motion.motion_id)
    return schedule is not None and schedule.participant_id == whose.participant_id
