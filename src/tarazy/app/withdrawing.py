"""A report is withdrawn or refuted: what rests on it alone is let go at once, at every bank."""

from collections.abc import Sequence

from tarazy.app.errors import note_error
from tarazy.app.eventing import record
from tarazy.app.holding import order_no_more, order_release, stands
from tarazy.app.joining import request_is_over
from tarazy.app.measure_ends import report_is_over, rests_on
from tarazy.app.measure_records import CASE_MEASURES
from tarazy.app.messages import Handled
from tarazy.app.records import CASE_HOLDS, PIECES, REPORTS, TRACINGS, Report
from tarazy.app.setting import Setting
from tarazy.app.statements import Said, statement_in
from tarazy.app.store import Condition, Transaction
from tarazy.domain.case import REPORT_TRANSITIONS, ReportStatus, moved
from tarazy.domain.error import ErrorCause, FoundBy
from tarazy.domain.hold import HoldEnd
from tarazy.domain.measure import MeasureEnd
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import ReportWithdrawn
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act
from tarazy.values.ids import MeasureId, ParticipantId
from tarazy.values.replacing import replace


def take_withdrawals(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """End each report and order the release of its holds. Holds of other reports stay where they are."""
    return [_take_one(tx, envelope, setting) for envelope in envelopes]


def _take_one(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body = envelope.body
    assert isinstance(body, ReportWithdrawn)
    sender = ParticipantId(envelope.sender)
    report = tx.lock(REPORTS, {(body.report_id,)}).get((body.report_id,))
    if report is None:
        return Handled(rejection=Rejection.report_unknown, place="body.report_id")
    if report.participant_id != sender:
        return Handled(rejection=Rejection.report_not_of_sender, place="body.report_id")
    if report.status is not ReportStatus.filed:
        return Handled()
    act = Act.refute_report if body.is_refuted else Act.withdraw_report
    statement = statement_in(envelope, Said(body, act, body.report_id), setting)
    if isinstance(statement, Handled):
        return statement
    if not body.is_refuted and not body.is_called_back:
        return Handled(rejection=Rejection.checks_missing, place="body.checks")
    end = ReportStatus.refuted if body.is_refuted else ReportStatus.withdrawn
    status = moved(report.status, end, REPORT_TRANSITIONS)
    why = HoldEnd.report_refuted if body.is_refuted else HoldEnd.report_withdrawn
    tx.put(REPORTS, replace(report, status=status, ended_at=setting.now))
    tracing = tx.lock(TRACINGS, {(report.tracing_id,)})[report.tracing_id,]
    tx.put(TRACINGS, replace(tracing, is_live=False, ends_at=setting.now))
    record(
        tx,
        setting,
        f"report_{status.value}",
        sender,
        report.report_id,
        case_id=report.case_id,
        officer=statement.officer_id,
    )
    request_is_over(tx, report, setting)
    _note_what_stood(tx, report, setting)
    _let_go_of_all(tx, report, why, setting)
    report_is_over(tx, report, MeasureEnd(why), setting)
    return Handled()


def _note_what_stood(tx: Transaction, report: Report, setting: Setting) -> None:
    """Note as an error what was held on the report alone until now: the report's, and nobody's who believed it."""
    of_report = (Condition("case_id", "=", report.case_id), Condition("report_id", "=", report.report_id))
    for hold in tx.find(CASE_HOLDS, *of_report, order=("hold_id",)):
        if not (stands(hold, setting.now) and hold.held_minor):
            continue
        measure = None if hold.carried_by is None else tx.get(CASE_MEASURES, hold.carried_by)
        if measure is not None and not rests_on(measure, report):
            continue
        measure_id = MeasureId(hold.hold_id) if measure is None else measure.measure_id
        whose = report.participant_id
        note_error(tx, measure_id, hold, ErrorCause.false_report, FoundBy.report, setting, whose=whose)


def _let_go_of_all(tx: Transaction, report: Report, why: HoldEnd, setting: Setting) -> None:
    """Order every bank that was asked to let go of its piece and follow it no more, whatever is known of its hold."""
    for piece in tx.find(
        PIECES,
        Condition("case_id", "=", report.case_id),
        Condition("tracing_id", "=", report.tracing_id),
        Condition("stop", "is_null"),
        order=("piece_id",),
    ):
        if piece.terms is None:
            order_no_more(tx, piece.piece_id, piece.participant_id, why, setting)
        else:
            order_release(tx, piece, why, setting)
