"""Looking again: where the law wants a measure reviewed every so often, a decision on more of it is that review.

A measure that nobody has looked at again ends as its rule says, also where it was granted for longer.
"""

from collections.abc import Sequence
from typing import Final

from tarazy.app.deadlines import Owed, close_deadline, open_deadline
from tarazy.app.measure_ends import end_measure
from tarazy.app.measure_law import branch_of, rule_on
from tarazy.app.measure_records import CASE_MEASURES, CaseMeasure, Deadline
from tarazy.app.releasing import owe_release
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.deadline import Duty, IfMissed
from tarazy.domain.measure import IN_EFFECT, MeasureEnd
from tarazy.law.assessment import Measure
from tarazy.law.clock import Side
from tarazy.law.safeguards import IfMissed as IfMissedByLaw
from tarazy.values.ids import MeasureId

FOLLOWS: Final = {IfMissedByLaw.lapses: IfMissed.lapses, IfMissedByLaw.stands_to_end: IfMissed.alerts}


def owe_review(tx: Transaction, measure: CaseMeasure, setting: Setting) -> None:
    """Let the time until the next look run from now: somebody has just decided that the measure may stand."""
    rule = rule_on(Measure(measure.measure), setting.now, setting)
    review = None if rule is None or rule.review is None else rule.review.value
    close_deadline(tx, Duty.review_measure, measure.measure_id, setting)
    if rule is None or review is None:
        return
    owed = Owed(Duty.review_measure, measure.measure_id, measure.case_id, review.by, None, FOLLOWS[review.if_missed])
    open_deadline(tx, owed, review.every, branch_of(rule), Side.restriction, setting)


def end_unreviewed(tx: Transaction, missed: Sequence[Deadline], setting: Setting) -> None:
    """End the measures at which nobody has looked again in time, where that is what the law lets follow."""
    late = [row for row in missed if row.duty == Duty.review_measure and row.if_missed == IfMissed.lapses]
    for measure in tx.lock(CASE_MEASURES, {(MeasureId(row.subject_id),) for row in late}).values() if late else ():
        if measure.status in IN_EFFECT and measure.expires_at > setting.now:
            ended = end_measure(tx, measure, MeasureEnd.not_decided_in_time, setting, is_told=False)
            owe_release(tx, ended.measure_id, ended, setting)  # at its bank the time that was granted still runs
