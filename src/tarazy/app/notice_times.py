"""Whether a holder was told in time, from the bank's own word of when it was: told too late is an error.

What the law wants at once is late after an hour. A bank's word that has not come is no such error: whom it has told in
time it may say later, and the missed duty is seen by whoever supervises.
"""

from tarazy.app.deferring import SERVING
from tarazy.app.errors import note_error
from tarazy.app.measure_law import rule_on
from tarazy.app.measure_records import DEADLINES, CaseMeasure
from tarazy.app.records import CaseHold
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.deadline import DeadlineStatus, Duty
from tarazy.domain.error import ErrorCause, FoundBy
from tarazy.law.assessment import Measure
from tarazy.law.pack import MeasureRule
from tarazy.law.safeguards import CountFrom, NoticeRule
from tarazy.values.ids import MeasureId
from tarazy.values.instant import Instant


def note_late_notice(
    tx: Transaction, measure: CaseMeasure, hold: CaseHold, served_at: Instant, setting: Setting
) -> None:
    """Note that a holder was told too late of an authority's measure. Of a deferral, its end is what counts."""
    owed = (Condition("subject_id", "=", measure.measure_id), Condition("duty", "=", Duty.tell_holder))
    rows = [row for row in tx.find(DEADLINES, *owed) if row.status in {DeadlineStatus.open, DeadlineStatus.missed}]
    if not rows:
        return
    row = max(rows, key=lambda one: one.starts_at)
    due_at = max(row.due_at, row.starts_at.plus(SERVING))
    plan = _plan(rule_on(Measure(measure.measure), measure.begins_at, setting))
    if plan is not None and plan.since is CountFrom.taken and measure.taken_at is not None:
        due_at = max(due_at, measure.taken_at.plus(plan.within))
    _note(tx, measure.measure_id, hold, due_at, served_at, setting)


def note_late_notice_of_pause(tx: Transaction, hold: CaseHold, served_at: Instant, setting: Setting) -> None:
    """Note that a holder was told too late of a bank's own pause: its time runs from when the bank said it was placed.

    No duty stands for it in a row: there are as many pauses as pieces, and their notices are served within seconds.
    """
    plan = _plan(rule_on(Measure(hold.measure), hold.asked_at, setting))
    if plan is not None and hold.placed_at is not None:
        due_at = hold.placed_at.plus(max(plan.within, SERVING))
        _note(tx, MeasureId(hold.hold_id), hold, due_at, served_at, setting)


def _plan(rule: MeasureRule | None) -> NoticeRule | None:
    return None if rule is None or rule.notice is None else rule.notice.value


def _note(
    tx: Transaction, measure_id: MeasureId, hold: CaseHold, due_at: Instant, served_at: Instant, setting: Setting
) -> None:
    if served_at <= due_at:
        return
    cause, whose = ErrorCause.late_notice, hold.participant_id
    note_error(tx, measure_id, hold, cause, FoundBy.notice, setting, since=due_at, whose=whose)
