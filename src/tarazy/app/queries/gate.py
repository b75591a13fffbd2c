"""What the law gate said of one piece: its two questions asked again, of the facts and for the moment of then."""

from dataclasses import dataclass

from tarazy.app.lawgate import Asked, assess_answer, assess_hold
from tarazy.app.records import CASE_HOLDS, MANDATES, PARTICIPANTS, REPORTS, TRACINGS, Mandate, Piece
from tarazy.app.store import Condition, Transaction
from tarazy.law.assessment import Assessment, Measure
from tarazy.law.ground import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class GateView:
    """May the bank tell the exchange of the piece (M2t), may it hold it in its own name (M4b)?"""

    answer: Assessment
    hold: Assessment


def gate_view(tx: Transaction, piece: Piece, pack: Pack) -> GateView | None:
    """Assess a piece anew at the moment when its bank was asked; None for one that was stopped before the gate.

    The facts and the moment are those of then; the pack is today's. It gives the same answer as long as nobody has
    changed the pack for a day that is past, and that is what a reader may check here.
    """
    tracing = tx.get(TRACINGS, piece.tracing_id)
    participant = tx.get(PARTICIPANTS, piece.participant_id)
    report = None if tracing is None else tx.get(REPORTS, tracing.report_id)
    if report is None or participant is None:
        return None
    asked = Asked(report, participant, _mandate(tx, piece, report.currency), piece.amount_minor)
    return GateView(
        answer=assess_answer(asked, pack, piece.asked_at),
        hold=assess_hold(asked, pack, piece.asked_at),
    )


def _mandate(tx: Transaction, piece: Piece, currency: str) -> Mandate | None:
    """Return the mandate under which the bank was asked to hold.

    Where nothing was to be held, the one that was in force then in the report's currency; of several the newest.
    """
    hold = None if piece.hold_id is None else tx.get(CASE_HOLDS, piece.hold_id)
    if hold is not None:
        return tx.get(MANDATES, hold.mandate_id)
    found = tx.find(
        MANDATES,
        Condition("participant_id", "=", piece.participant_id),
        Condition("measure", "=", Measure.M4b),
        Condition("currency", "=", currency),
        Condition("valid_from", "<=", piece.asked_at),
        Condition("valid_to", ">", piece.asked_at),
        order=("valid_from",),
    )
    return found[-1] if found else None
