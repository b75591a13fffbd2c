"""What a refund would pay: which holds give how much in a lane of the law, and what each victim's fair share is."""

from dataclasses import dataclass
from typing import NamedTuple

from tarazy.app.holding import stands
from tarazy.app.records import CASE_HOLDS, REPORTS, Report
from tarazy.app.refunding import payable
from tarazy.app.store import Condition, Transaction
from tarazy.domain.case import ReportStatus
from tarazy.domain.refund import RefundShare, fair_shares
from tarazy.law.assessment import Lane
from tarazy.values.ids import CaseId, HoldId, ParticipantId
from tarazy.values.instant import Instant


class Source(NamedTuple):
    """What one hold would give."""

    hold_id: HoldId
    participant_id: ParticipantId
    held_minor: int
    payable_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPreview:
    """A refund as it would be ordered now: sources, the pot, and the shares in the order of the reports."""

    lane: Lane
    sources: tuple[Source, ...]
    pot_minor: int
    shares: tuple[RefundShare, ...]
    reports: tuple[Report, ...]


def refund_preview(tx: Transaction, case_id: CaseId, lane: Lane, now: Instant) -> RefundPreview:
    """Return what `order_refund` would divide now. With the holder's consent only what they offered is divided."""
    holds = tx.find(CASE_HOLDS, Condition("case_id", "=", case_id), order=("asked_at", "hold_id"))
    standing = [hold for hold in holds if stands(hold, now)]
    sums = payable(tx, standing, lane)
    sources = tuple(
        Source(
            hold_id=hold.hold_id,
            participant_id=hold.participant_id,
            held_minor=hold.held_minor,
            payable_minor=sums[hold.hold_id],
        )
        for hold in standing
    )
    found = tx.find(REPORTS, Condition("case_id", "=", case_id), order=("signed_at", "report_id"))
    reports = tuple(report for report in found if report.status is ReportStatus.filed)
    pot = sum(source.payable_minor for source in sources)
    missing = [(report.report_id, report.claim_minor - report.returned_minor) for report in reports]
    return RefundPreview(lane=lane, sources=sources, pot_minor=pot, shares=fair_shares(pot, missing), reports=reports)
