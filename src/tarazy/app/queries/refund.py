"""What a refund would pay: which holds give how much in a lane of the law, and what each victim's fair share is."""

from dataclasses import dataclass
from typing import NamedTuple

from tarazy.app.dividing import case_division
from tarazy.app.records import Report
from tarazy.app.store import Transaction
from tarazy.domain.refund import Division
from tarazy.law.assessment import Lane
from tarazy.values.ids import CaseId, HoldId, ParticipantId, ReportId
from tarazy.values.instant import Instant


class PreviewSource(NamedTuple):
    """What one hold would give, and on whose report it was placed."""

    hold_id: HoldId
    participant_id: ParticipantId
    report_id: ReportId
    held_minor: int
    payable_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPreview:
    """A refund as it would be ordered now: what the holds offer, and who gets how much of it out of which."""

    lane: Lane
    sources: tuple[PreviewSource, ...]
    pot_minor: int
    division: Division
    reports: tuple[Report, ...]


def refund_preview(tx: Transaction, case_id: CaseId, lane: Lane, now: Instant) -> RefundPreview:
    """Return what `order_refund` would divide now. With the holder's consent only what they offered is divided."""
    divided = case_division(tx, case_id, lane, now)
    sources = tuple(
        PreviewSource(
            hold_id=hold.hold_id,
            participant_id=hold.participant_id,
            report_id=hold.report_id,
            held_minor=hold.held_minor,
            payable_minor=divided.offered[hold.hold_id],
        )
        for hold in divided.holds
    )
    return RefundPreview(
        lane=lane, sources=sources, pot_minor=divided.pot_minor, division=divided.division, reports=divided.reports
    )
