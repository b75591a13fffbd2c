"""Deadlines as rows: opened by what starts them, closed by what meets them, missed when a clock says so.

Each is counted once, from a recorded moment and the pack alone, so a checker can count it again. One timer marks those
that are missed. A measure's own end is no matter of this timer: it is part of every reading of the measure.
"""

from datetime import timedelta
from typing import NamedTuple

from tarazy.app.eventing import record
from tarazy.app.measure_records import DEADLINES, Deadline
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.deadline import DeadlineStatus, Duty, IfMissed, moved
from tarazy.law.assessment import ActorRole
from tarazy.law.calendar import Window
from tarazy.law.clock import Side, due, manner_of
from tarazy.law.ground import Pack
from tarazy.law.terms import Branch
from tarazy.values.ids import CaseId, DeadlineId, ParticipantId, derived
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

MISSED_PER_RUN_MAX = 500


class Counted(NamedTuple):
    """When a span of law is over, and whether that rests on days that are only expected."""

    at: Instant
    is_expected: bool


class Owed(NamedTuple):
    """What is due of whom, and what follows if it is missed."""

    duty: Duty
    subject_id: str
    case_id: CaseId | None
    owner: ActorRole
    owner_participant_id: ParticipantId | None
    if_missed: IfMissed


def counted(window: Window, start: Instant, branch: Branch, side: Side, pack: Pack) -> Counted | None:
    """Return when a window ends as this branch of law counts; None where the pack does not say how to count it."""
    manner = manner_of(pack.data, branch, window.unit)
    if manner is None:
        return Counted(start.plus(window.fixed), is_expected=False) if window.fixed is not None else None
    end = due(window, start, pack.data.calendar, manner, side)
    return None if end is None else Counted(end.at, end.is_expected)


def open_deadline(
    tx: Transaction, owed: Owed, window: Window | timedelta, branch: Branch, side: Side, setting: Setting
) -> Deadline | None:
    """Open a deadline that runs from now. None where its span cannot be counted: nothing is guessed.

    The same duty upon the same subject runs once at a time; a new one takes the place of an old one.
    """
    if isinstance(window, timedelta):
        end, span = Counted(setting.now.plus(window), is_expected=False), f"{int(window.total_seconds())} s"
    else:
        found = counted(window, setting.now, branch, side, setting.pack)
        if found is None:
            return None
        end, span = found, window.text()
    close_deadline(tx, owed.duty, owed.subject_id, setting, as_met=False)
    deadline = Deadline(
        deadline_id=DeadlineId(derived("dl", owed.subject_id, owed.duty, setting.now.text())),
        case_id=owed.case_id or CaseId(""),
        subject_id=owed.subject_id,
        duty=owed.duty,
        span=span,
        branch=branch,
        starts_at=setting.now,
        due_at=end.at,
        is_expected=end.is_expected,
        owner=owed.owner,
        owner_participant_id=owed.owner_participant_id,
        if_missed=owed.if_missed,
        status=DeadlineStatus.open,
        closed_at=None,
    )
    tx.put(DEADLINES, deadline)
    return deadline


def close_deadline(tx: Transaction, duty: Duty, subject_id: str, setting: Setting, *, as_met: bool = True) -> None:
    """Close what is due of this duty upon a subject: done, or void because what it was about is over.

    Done late is both missed and met; the row keeps when.
    """
    for row in tx.find(DEADLINES, Condition("subject_id", "=", subject_id), Condition("duty", "=", duty)):
        can_end = row.status is DeadlineStatus.open or (as_met and row.status is DeadlineStatus.missed)
        if can_end:
            status = moved(row.status, DeadlineStatus.met if as_met else DeadlineStatus.void)
            tx.put(DEADLINES, replace(row, status=status, closed_at=setting.now))


def close_all(tx: Transaction, subject_id: str, setting: Setting, *, but: frozenset[Duty] = frozenset()) -> None:
    """Close everything that is due upon a subject that is over, ``but`` what is due of it all the same."""
    of_subject = Condition("subject_id", "=", subject_id)
    for row in tx.find(DEADLINES, of_subject, Condition("status", "=", DeadlineStatus.open)):
        if row.duty in but:
            continue
        tx.put(DEADLINES, replace(row, status=DeadlineStatus.void, closed_at=setting.now))


def miss_overdue(tx: Transaction, setting: Setting) -> list[Deadline]:
    """Mark the deadlines that are missed by now, and return them: who takes it further reads what follows.

    Where nothing follows it is a person's own time: it is over, and nobody writes down that they missed it.
    """
    rows = tx.claim(
        DEADLINES,
        Condition("status", "=", DeadlineStatus.open),
        Condition("due_at", "<=", setting.now),
        order=("due_at",),
        limit=MISSED_PER_RUN_MAX,
    )
    own = [row for row in rows if row.if_missed == IfMissed.nothing]
    for row in own:
        tx.put(DEADLINES, replace(row, status=moved(row.status, DeadlineStatus.void), closed_at=setting.now))
    missed = [row for row in rows if row.if_missed != IfMissed.nothing]
    for row in missed:
        tx.put(DEADLINES, replace(row, status=moved(row.status, DeadlineStatus.missed)))
        record(
            tx,
            setting,
            "deadline_missed",
            row.owner_participant_id or setting.me,
            row.subject_id,
            case_id=row.case_id or None,
            duty=row.duty,
            due_at=row.due_at.text(),
            owner=row.owner,
            if_missed=row.if_missed,
        )
    return missed
