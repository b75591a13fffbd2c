"""What an officer's request for an investigator's hold (M5) is tested with, taken from the case and not typed in."""

from dataclasses import dataclass

from tarazy.app.queries.equation import TermKind, terms_of
from tarazy.app.records import PIECES, REPORTS, CaseHold, Report
from tarazy.app.store import Transaction

TRACED_KINDS = frozenset({TermKind.held, TermKind.requested, TermKind.stopped})
"""Units of the piece that are still on the account, whether they are held or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """The report behind a hold, how much the tracing attributes to the account now, what the victim still misses."""

    report: Report
    traced_minor: int
    missing_minor: int


def traced_of(tx: Transaction, hold: CaseHold) -> Traced | None:
    """Return the sums that limit a measure on the account of ``hold``."""
    report = tx.get(REPORTS, hold.report_id)
    piece = tx.get(PIECES, hold.piece_id)
    if report is None or piece is None:
        return None
    terms = terms_of(piece, {hold.hold_id})
    return Traced(
        report=report,
        traced_minor=sum(term.amount_minor for term in terms if term.kind in TRACED_KINDS),
        missing_minor=report.claim_minor - report.returned_minor,
    )
