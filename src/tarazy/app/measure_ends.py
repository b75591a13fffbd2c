"""How measures end at the exchange, whoever ends them: recorded, their duties closed, their bank told to let go."""

from typing import Final

from tarazy.app.deadlines import close_all
from tarazy.app.eventing import record
from tarazy.app.measure_records import CASE_MEASURES, CaseMeasure
from tarazy.app.messages import OUTBOX, queue
from tarazy.app.records import CaseHold, Report
from tarazy.app.releasing import owe_release_after
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.deadline import Duty
from tarazy.domain.hold import HoldEnd
from tarazy.domain.measure import END_WITHOUT, LIVE_MEASURES, NARROWED_ON_APPEAL, STATUS_OF_END, MeasureEnd, moved
from tarazy.law.assessment import Request
from tarazy.protocol.measure_bodies import LiftOrder
from tarazy.protocol.wire import from_json
from tarazy.values.ids import MeasureId
from tarazy.values.replacing import replace

TOLD: Final = frozenset({Duty.tell_holder})
WENT_BACK: Final = frozenset({HoldEnd.refunded, HoldEnd.returned_by_holder})


def end_measure(
    tx: Transaction,
    measure: CaseMeasure,
    end: MeasureEnd,
    setting: Setting,
    *,
    is_told: bool,
    is_unlawful: bool = False,
    **details: str | None,
) -> CaseMeasure:
    """End a measure. Unless its bank is told otherwise (``is_told``), it is ordered to let go of what this one held."""
    after = replace(
        measure,
        status=moved(measure.status, STATUS_OF_END[end]),
        end=end,
        ended_at=setting.now,
        is_unlawful=measure.is_unlawful or is_unlawful,
    )
    tx.put(CASE_MEASURES, after)
    record_measure(tx, setting, "measure_ended", after, end=end, unlawful="yes" if is_unlawful else None, **details)
    # Of a measure that has touched somebody they are told, however it ended.
    close_all(tx, measure.measure_id, setting, but=TOLD if measure.taken_at is not None else frozenset())
    if not is_told and end is not MeasureEnd.carried_on:
        order_lift(tx, measure.measure_id, measure, end, 0, setting)
    return after


def order_lift(
    tx: Transaction,
    measure_id: MeasureId,
    upon: CaseMeasure | CaseHold,
    end: MeasureEnd,
    keep_minor: int,
    setting: Setting,
    *because: str,
) -> None:
    """Order a bank to let go of what a measure, or its own pause by the hold's id, holds but for ``keep_minor``.

    The same order for the same reason (``because``) goes out once.
    """
    why = NARROWED_ON_APPEAL if keep_minor else end  # only a forum orders less than nothing or all
    order = LiftOrder(measure_id=measure_id, hold_id=upon.hold_id, why=why, keep_minor=keep_minor)
    envelope = setting.envelope(upon.participant_id, order, measure_id, end, keep_minor, *because)
    if tx.get(OUTBOX, envelope.message_id) is None:  # two appeals may be decided, or unanswered, at once
        queue(tx, envelope, setting)
        owe_release_after(tx, measure_id, upon, end, setting)


def hold_is_over(tx: Transaction, hold: CaseHold, end: HoldEnd, setting: Setting) -> None:
    """End the measure of a hold that is over at its bank: nothing is left that it could carry."""
    if hold.carried_by is None:
        return
    measure = tx.lock(CASE_MEASURES, {(hold.carried_by,)}).get((hold.carried_by,))
    if measure is None or measure.status.is_final:
        return
    if end is HoldEnd.time_ran_out:
        why = END_WITHOUT[measure.next_step]
    else:
        why = MeasureEnd.money_went_back if end in WENT_BACK else MeasureEnd.hold_has_ended
    end_measure(tx, measure, why, setting, is_told=True)


def source_of(report: Report) -> str:
    """Return how a report is named as the source of its facts."""
    return f"report {report.report_id}, signed by an officer of {report.participant_id}"


def rests_on(measure: CaseMeasure, report: Report) -> bool:
    """Tell whether a measure has no facts but those of a report."""
    request = from_json(measure.request, Request)
    return measure.report_id == report.report_id and {fact.source for fact in request.facts} <= {source_of(report)}


def report_is_over(tx: Transaction, report: Report, end: MeasureEnd, setting: Setting) -> None:
    """End what rests on a report alone. A measure that has facts of its own besides stands on them."""
    of_case = Condition("case_id", "=", report.case_id)
    for measure in tx.find(CASE_MEASURES, of_case, Condition("status", "in", list(LIVE_MEASURES))):
        if rests_on(measure, report):
            end_measure(tx, measure, end, setting, is_told=False)


def record_measure(
    tx: Transaction, setting: Setting, kind: str, measure: CaseMeasure, **details: str | int | None
) -> str:
    """Record an event of a measure; return its commitment."""
    event = record(
        tx,
        setting,
        kind,
        measure.author_participant_id,
        measure.measure_id,
        case_id=measure.case_id,
        norms=measure.norms,
        measure=measure.measure,
        hold=measure.hold_id,
        bank=measure.participant_id,
        cap_minor=measure.cap_minor,
        expires_at=measure.expires_at.text(),
        next_step=measure.next_step,
        **details,
    )
    return event.commitment
