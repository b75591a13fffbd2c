"""Carrying out a decision to let go: the bank's duty from the order on, met by its own word, and late an error.

The law wants it at once. What the bank has let go of in time and has not said in time is noted as well: nobody but the
bank can show it, and whoever classifies the error sees when the word came.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from tarazy.app.appeal_records import APPEALS, RECORDED_ERRORS, RecordedError
from tarazy.app.deadlines import Owed, close_deadline, open_deadline
from tarazy.app.errors import note_error, seconds_between
from tarazy.app.measure_records import CASE_MEASURES, DEADLINES, CaseMeasure, Deadline
from tarazy.app.records import CASE_HOLDS, CaseHold
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.deadline import DeadlineStatus, Duty, IfMissed
from tarazy.domain.error import ErrorCause, FoundBy
from tarazy.domain.hold import LIVE_STATUSES
from tarazy.domain.measure import STATUS_OF_END, MeasureEnd, MeasureStatus
from tarazy.law.assessment import ActorRole
from tarazy.law.clock import Side
from tarazy.law.terms import Branch
from tarazy.values.ids import CaseId, HoldId, MeasureId, ParticipantId
from tarazy.values.replacing import replace

ON_THE_WAY: Final = timedelta(hours=1)
"""Our own: how long a bank's word that it has let go in time may be on its way."""
_OPEN: Final = (DeadlineStatus.open, DeadlineStatus.missed)


def owe_release(tx: Transaction, measure_id: MeasureId, upon: CaseMeasure | CaseHold, setting: Setting) -> None:
    """Open the bank's duty to carry out a decision to let go. One that was opened is not put off by a second order."""
    if not _of(tx, [measure_id]):
        _open(tx, measure_id, upon.case_id, upon.participant_id, setting)


def owe_release_after(
    tx: Transaction, measure_id: MeasureId, upon: CaseMeasure | CaseHold, end: MeasureEnd, setting: Setting
) -> None:
    """Open the duty after an end that somebody has decided. What its time has ended lets go by itself at the bank."""
    if STATUS_OF_END[end] is not MeasureStatus.lapsed:
        owe_release(tx, measure_id, upon, setting)


def owe_release_of_hold(tx: Transaction, hold_id: HoldId, setting: Setting) -> None:
    """Open the duty for a bank's own pause that it has told of and that is not over.

    Of others there is nothing to free, and what an authority carries on is let go with its measure.
    """
    hold = tx.get(CASE_HOLDS, hold_id)
    if hold is None or hold.carried_by is not None:
        return
    if hold.status in LIVE_STATUSES and hold.expires_at > setting.now:
        owe_release(tx, MeasureId(hold_id), hold, setting)


def _open(
    tx: Transaction, measure_id: MeasureId, case_id: CaseId, participant_id: ParticipantId, setting: Setting
) -> None:
    owed = Owed(Duty.carry_out_release, measure_id, case_id, ActorRole.bank, participant_id, IfMissed.alerts)
    by_law = setting.pack.data.general.release_within
    within = ON_THE_WAY if by_law is None else by_law.value + ON_THE_WAY
    open_deadline(tx, owed, within, Branch.private, Side.restriction, setting)


def _of(tx: Transaction, measure_ids: Sequence[str]) -> list[Deadline]:
    return tx.find(
        DEADLINES,
        Condition("subject_id", "in", list(measure_ids)),
        Condition("duty", "=", Duty.carry_out_release),
        Condition("status", "in", list(_OPEN)),
    )


def released_with_hold(tx: Transaction, hold: CaseHold, setting: Setting) -> None:
    """Take the bank's word that a hold is over: whatever was to be let go of it is free."""
    for row in _of(tx, [hold.hold_id, *((hold.carried_by,) if hold.carried_by is not None else ())]):
        _done(tx, row, hold, setting)


def taken_over(tx: Transaction, hold_id: HoldId, setting: Setting) -> None:
    """Void the duty to let go of a bank's own pause that an authority's measure had taken over on the way."""
    close_deadline(tx, Duty.carry_out_release, hold_id, setting, as_met=False)


def released_by_measure(
    tx: Transaction, measure_id: MeasureId, hold: CaseHold, held_minor: int, setting: Setting
) -> None:
    """Take the bank's word of what a measure still holds: if that is no more than it may, the order is carried out."""
    for row in _of(tx, [measure_id]):
        if held_minor <= _may_hold(tx, measure_id):
            _done(tx, row, hold, setting)


def _may_hold(tx: Transaction, measure_id: MeasureId) -> int:
    """Return how much a measure, or a bank's own pause, may hold after what was decided for whom it touches."""
    measure = tx.get(CASE_MEASURES, measure_id)
    if measure is not None:
        return 0 if measure.status.is_final else measure.cap_minor
    decided = (one for one in tx.find(APPEALS, Condition("measure_id", "=", measure_id)) if one.decided_at is not None)
    return min((one.keep_minor for one in decided if one.keep_minor), default=0)


def _done(tx: Transaction, row: Deadline, hold: CaseHold, setting: Setting) -> None:
    """Close the duty; done late it is an error, which lasted until now."""
    if row.due_at < setting.now:
        error = _note(tx, row, hold, setting)
        tx.put(RECORDED_ERRORS, replace(error, held_s=seconds_between(row.starts_at, setting.now)))
    close_deadline(tx, Duty.carry_out_release, row.subject_id, setting)


def note_late_releases(tx: Transaction, missed: Sequence[Deadline], setting: Setting) -> None:
    """Note as an error what banks were to let go of and have not said to be free in time."""
    for row in missed:
        if row.duty != Duty.carry_out_release:
            continue
        measure = tx.get(CASE_MEASURES, MeasureId(row.subject_id))
        hold = tx.get(CASE_HOLDS, HoldId(row.subject_id) if measure is None else measure.hold_id)
        assert hold is not None
        _note(tx, row, hold, setting)


def _note(tx: Transaction, row: Deadline, hold: CaseHold, setting: Setting) -> RecordedError:
    return note_error(
        tx,
        MeasureId(row.subject_id),
        hold,
        ErrorCause.late_release,
        FoundBy.deadline,
        setting,
        since=row.starts_at,
        whose=hold.participant_id,
    )
