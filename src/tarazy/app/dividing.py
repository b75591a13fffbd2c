"""Whose money the holds of a case hold, how much of it can be paid now, and how it would be divided.

A refund is shown, signed and ordered upon the same division: what has changed in between has to be signed anew.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tarazy.app.holding import stands
from tarazy.app.records import CASE_HOLDS, PIECES, REPORTS, CaseHold, Piece, Report
from tarazy.app.refund_records import REFUND_PARTS
from tarazy.app.store import Condition, Transaction
from tarazy.domain.case import ReportStatus
from tarazy.domain.refund import Division, PartStatus, Source, Victim, divide
from tarazy.domain.tracing import ShareKind, StopKind
from tarazy.law.assessment import Lane
from tarazy.values.ids import CaseId, HoldId, ParticipantId, ReportId
from tarazy.values.instant import Instant

NAMES_NO_REPORT: Final[frozenset[ReportId]] = frozenset()
"""What a holder gives back without saying for whom is for every victim of the incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDivision:
    """What can be paid of a case now: what its holds offer, and ``division``, what of it is paid to whom."""

    holds: tuple[CaseHold, ...]
    offered: dict[HoldId, int]
    reports: tuple[Report, ...]
    division: Division

    @property
    def pot_minor(self) -> int:
        """What the holds can pay in all."""
        return sum(self.offered.values())


def case_division(
    tx: Transaction, case_id: CaseId, lane: Lane, now: Instant, wanted: Sequence[HoldId] = ()
) -> CaseDivision:
    """Divide what the holds of a case that stand (of ``wanted``, if any are named) can pay in a lane of the law.

    What lies under the hold of a report that has ended is about to be let go, and nobody is paid of it.
    """
    of_case = Condition("case_id", "=", case_id)
    filed = tx.find(REPORTS, of_case, order=("signed_at", "report_id"))
    reports = tuple(report for report in filed if report.status is ReportStatus.filed)
    standing = {report.report_id for report in reports}
    holds = tuple(
        hold
        for hold in tx.find(CASE_HOLDS, of_case, order=("asked_at", "hold_id"))
        if hold.report_id in standing and stands(hold, now) and (not wanted or hold.hold_id in wanted)
    )
    offered = payable(tx, holds, lane)
    if lane is Lane.consent:
        sources = given(holds, offered, {one.report_id: one.claim_minor - one.returned_minor for one in reports})
    else:
        sources = attributed(holds, offered, tx.find(PIECES, of_case), reports)
    victims = [Victim(one.report_id, one.signed_at, one.claim_minor - one.returned_minor) for one in reports]
    return CaseDivision(holds=holds, offered=offered, reports=reports, division=divide(victims, sources))


def payable(tx: Transaction, holds: Sequence[CaseHold], lane: Lane) -> dict[HoldId, int]:
    """Return what each hold can pay now: what is held and not yet ordered away; by consent, of what was offered.

    What was ordered by consent has used up the offer, paid or not, until the holder offers again.
    """
    if not holds:
        return {}
    pending = dict.fromkeys((hold.hold_id for hold in holds), 0)
    of_holds = Condition("hold_id", "in", list(pending))
    for part in tx.find(REFUND_PARTS, of_holds, Condition("status", "=", PartStatus.ordered)):
        pending[part.hold_id] += part.amount_minor
    free = {hold.hold_id: max(0, hold.held_minor - pending[hold.hold_id]) for hold in holds}
    if lane is Lane.consent:
        return {hold.hold_id: min(free[hold.hold_id], hold.return_offered_minor) for hold in holds}
    return free


def given(holds: Sequence[CaseHold], offered: dict[HoldId, int], missing: dict[ReportId, int]) -> list[Source]:
    """Return for whom holders give back: a report that they have named, or whoever has lost money in the incident.

    What is given for one report is not for others: beyond what its victim still misses nothing of it is paid, and
    nothing at all once the report has ended.
    """
    left = dict(missing)
    sources = []
    for hold in holds:
        minor, named = offered[hold.hold_id], hold.return_report_id
        if named is None:
            sources.append(Source(hold.hold_id, minor, NAMES_NO_REPORT))
            continue
        minor = min(minor, left.get(named, 0))
        left[named] = left.get(named, 0) - minor
        sources.append(Source(hold.hold_id, minor, frozenset({named})))
    return sources


def attributed(
    holds: Sequence[CaseHold], offered: dict[HoldId, int], pieces: Sequence[Piece], reports: Sequence[Report]
) -> list[Source]:
    """Return whose each hold's units are: its own report's, and where others were told of a hold there, theirs too.

    A bank says that units lie under a hold of somebody else, and not whose. It is taken for a hold of this case where
    the transfer of the one report lies on the way of the other's money: only so can units be of two reports.
    """
    told = _told_of_other_holds(pieces, reports)
    pairs = _on_one_way(pieces, reports)
    sources = []
    for hold in holds:
        rest = offered[hold.hold_id]
        others = [one.report_id for one in reports if frozenset({one.report_id, hold.report_id}) in pairs]
        while rest and (claiming := [one for one in others if told[hold.participant_id, one]]):
            part = min(rest, *(told[hold.participant_id, one] for one in claiming))
            sources.append(Source(hold.hold_id, part, frozenset({hold.report_id, *claiming})))
            told.subtract({(hold.participant_id, one): part for one in claiming})
            rest -= part
        if rest:
            sources.append(Source(hold.hold_id, rest, frozenset({hold.report_id})))
    return sources


def _told_of_other_holds(pieces: Sequence[Piece], reports: Sequence[Report]) -> Counter[tuple[ParticipantId, ReportId]]:
    """Count, for each bank and report, the units that lie under a hold which is not the report's own."""
    report_of = {report.tracing_id: report.report_id for report in reports}
    told: Counter[tuple[ParticipantId, ReportId]] = Counter()
    for piece in pieces:
        report_id = report_of.get(piece.tracing_id)
        if report_id is None:
            continue
        for share in piece.shares:
            if (share.kind, share.detail) == (ShareKind.stopped, StopKind.held_for_other_case):
                told[piece.participant_id, report_id] += share.to_minor - share.from_minor
    return told


def _on_one_way(pieces: Sequence[Piece], reports: Sequence[Report]) -> set[frozenset[ReportId]]:
    """Return the pairs of reports where the money of one has gone between the two banks of the other's transfer."""
    at = {piece.piece_id: piece.participant_id for piece in pieces}
    steps = {(piece.tracing_id, at[piece.parent_id], piece.participant_id) for piece in pieces if piece.parent_id}
    return {
        frozenset({one.report_id, other.report_id})
        for one in reports
        for other in reports
        if one is not other and (one.tracing_id, other.participant_id, other.payee_participant_id) in steps
    }
