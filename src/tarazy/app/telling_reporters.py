"""Telling the bank that reported what has become of the report, so that it can tell the payer: sums and nothing else.

A report has news when money is held for the first time, when a wave of payments has come back, and when nothing is held
any more. Each is told once; what changes in between is told with the next. Of an end that comes near, `warning_victims`
warns; when that is, is counted here whenever something has happened to the holds.
"""

from collections.abc import Sequence
from typing import Final

from tarazy.app.deadlines import close_deadline
from tarazy.app.eventing import record
from tarazy.app.holding import stands
from tarazy.app.log_reading import next_cases
from tarazy.app.messages import queue
from tarazy.app.records import CASE_HOLDS, REPORTS, CaseHold, Report
from tarazy.app.refund_records import REFUND_PARTS, REFUNDS, RefundPart
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Read, Transaction
from tarazy.app.warning_victims import REPORTERS_TOLD, UPDATES_PER_REPORT_MAX, ReporterTold, armed, is_near
from tarazy.domain.case import NewsState
from tarazy.domain.deadline import Duty
from tarazy.domain.refund import PartStatus
from tarazy.protocol.bodies import ReportUpdate
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

READER: Final = "reporters"
CASES_PER_STEP_MAX: Final = 5


def tell_reporters(tx: Transaction, setting: Setting) -> bool:
    """Take one step along the log; return whether there may be more to tell."""
    touched = next_cases(tx, READER, CASES_PER_STEP_MAX)
    if touched is None:
        return False
    for case_id in touched.case_ids:
        of_case = Condition("case_id", "=", case_id)
        reports, holds = tx.gather(
            Read(REPORTS, conditions=(of_case,)),
            Read(CASE_HOLDS, conditions=(of_case, Condition("placed_at", "not_null"))),
        )
        # A payment is found at its hold: a case may have joined another since it was ordered.
        parts = tx.find(REFUND_PARTS, Condition("hold_id", "in", [hold.hold_id for hold in holds])) if holds else []
        for report in reports:
            mine = [part for part in parts if part.report_id == report.report_id]
            # Where several have lost money, a report may be paid from holds that were placed upon another.
            paying = {part.hold_id for part in mine}
            its = [hold for hold in holds if hold.report_id == report.report_id or hold.hold_id in paying]
            if its:
                _tell(tx, report, its, mine, setting)
    return touched.has_more


def news_of(told: ReporterTold, held_minor: int, back_minor: int, *, is_paying: bool) -> NewsState | None:
    """Return what is new since the bank was last told; None for nothing, and while payments are on their way."""
    if is_paying:
        return None
    if back_minor > told.back_minor:
        return NewsState.back
    if (held_minor > 0) == told.is_held:
        return None
    return NewsState.held if held_minor > 0 else NewsState.over


def _tell(
    tx: Transaction, report: Report, holds: Sequence[CaseHold], parts: Sequence[RefundPart], setting: Setting
) -> None:
    before = tx.lock(REPORTERS_TOLD, {(report.report_id,)}).get((report.report_id,))
    told = before or ReporterTold(report_id=report.report_id, updates=0, is_held=False, back_minor=0)
    own = [hold for hold in holds if hold.report_id == report.report_id]
    held_minor = sum(hold.held_minor for hold in own if stands(hold, setting.now))
    is_paying = any(part.status is PartStatus.ordered for part in parts)
    news = news_of(told, held_minor, report.returned_minor, is_paying=is_paying)
    if news is None or told.updates >= UPDATES_PER_REPORT_MAX:
        if before is not None and armed(before, own, setting.now) != before:
            tx.put(REPORTERS_TOLD, armed(before, own, setting.now))
        return
    after = replace(
        told, updates=told.updates + 1, is_held=held_minor > 0, back_minor=max(told.back_minor, report.returned_minor)
    )
    until = max(hold.expires_at_most for hold in holds)
    if news is NewsState.held and is_near(own, until, setting.now):
        after = replace(after, warned_of=until)  # the first news says it already
    tx.put(REPORTERS_TOLD, armed(after, own, setting.now))
    if not after.is_held:
        close_deadline(tx, Duty.warn_victim, report.report_id, setting, as_met=False)
    body = ReportUpdate(
        report_id=report.report_id,
        update_no=after.updates,
        state=news,
        held_minor=held_minor,
        back_minor=report.returned_minor,
        lane=_lane(tx, parts),
        measure=holds[0].measure,
        placed_at=min(_placed_at(hold) for hold in holds),
        expires_at=until,
    )
    queue(tx, setting.envelope(report.participant_id, body, report.report_id, after.updates), setting)
    record(
        tx,
        setting,
        "reporter_told",
        report.participant_id,
        report.report_id,
        case_id=report.case_id,
        state=news,
        held_minor=held_minor,
        back_minor=report.returned_minor,
    )


def tell_of_appeal(tx: Transaction, hold: CaseHold, setting: Setting) -> None:
    """Tell the bank that reported that an appeal was filed against a hold upon its report, so that the payer is heard.

    Only a bank that was told of the hold is told of the appeal: what is held is told first, and once.
    """
    told = tx.lock(REPORTERS_TOLD, {(hold.report_id,)}).get((hold.report_id,))
    report = tx.get(REPORTS, hold.report_id)
    if told is None or report is None or not told.is_held or told.updates >= UPDATES_PER_REPORT_MAX:
        return
    own = tx.find(CASE_HOLDS, Condition("report_id", "=", hold.report_id), Condition("placed_at", "not_null"))
    held_minor = sum(one.held_minor for one in own if stands(one, setting.now))
    if not held_minor:
        return
    after = replace(told, updates=told.updates + 1)
    tx.put(REPORTERS_TOLD, after)
    body = ReportUpdate(
        report_id=report.report_id,
        update_no=after.updates,
        state=NewsState.appeal,
        held_minor=held_minor,
        back_minor=report.returned_minor,
        lane=None,
        measure=hold.measure,
        placed_at=min(_placed_at(one) for one in own),
        expires_at=max(one.expires_at_most for one in own),
    )
    queue(tx, setting.envelope(report.participant_id, body, report.report_id, after.updates), setting)
    record(
        tx,
        setting,
        "reporter_told",
        report.participant_id,
        report.report_id,
        case_id=report.case_id,
        state=NewsState.appeal,
        held_minor=held_minor,
        back_minor=report.returned_minor,
    )


def _placed_at(hold: CaseHold) -> Instant:
    assert hold.placed_at is not None
    return hold.placed_at


def _lane(tx: Transaction, parts: Sequence[RefundPart]) -> str | None:
    """Return in which lane of the law money last came back."""
    paid = [part for part in parts if part.status is PartStatus.paid]
    if not paid:
        return None
    refund = tx.get(REFUNDS, max(paid, key=lambda part: (part.paid_at or part.ordered_at, part.part_id)).refund_id)
    return None if refund is None else refund.lane
