"""Whose hands are in a measure, from what was signed: for whoever is to approve, to review or to judge an error."""

from tarazy.app.appeal_records import APPEALS
from tarazy.app.measure_records import CASE_MEASURES, MEASURE_DECISIONS
from tarazy.app.records import CaseHold
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hands import Hand, Hands
from tarazy.law.safeguards import Part
from tarazy.values.ids import MeasureId


def hands_of(tx: Transaction, measure_id: MeasureId, hold: CaseHold) -> Hands:
    """Return who has proposed, approved, confirmed and reviewed a measure, or a bank's own pause by the hold's id."""
    hands: set[tuple[Part, Hand]] = set()
    measure = tx.get(CASE_MEASURES, measure_id)
    if measure is None:
        hands.add((Part.proposer, Hand(hold.participant_id, hold.officer_id)))
        if hold.confirmed_by is not None:
            hands.add((Part.confirmer, Hand(hold.participant_id, hold.confirmed_by)))
    else:
        hands.add((Part.proposer, Hand(measure.author_participant_id, measure.author_officer_id)))
        decision = None if measure.decision_id is None else tx.get(MEASURE_DECISIONS, measure.decision_id)
        if decision is not None:
            hands.add((Part.approver, Hand(decision.participant_id, decision.officer_id)))
    for appeal in tx.find(APPEALS, Condition("measure_id", "=", measure_id)):
        if appeal.reviewer_participant_id is not None and appeal.reviewer_id is not None:
            hands.add((Part.reviewer, Hand(appeal.reviewer_participant_id, appeal.reviewer_id)))
    return frozenset(hands)
