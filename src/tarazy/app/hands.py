"""Whose hands are in a measure, from what was signed: for whoever is to approve, to review or to judge an error."""

from tarazy.app.appeal_records import APPEALS
from tarazy.app.measure_records import CASE_MEASURES, MEASURE_DECISIONS, SCHEDULE_ROWS, SCHEDULES, CaseMeasure
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
        hands |= _who_asked_and_decided(tx, measure)
    for appeal in tx.find(APPEALS, Condition("measure_id", "=", measure_id)):
        if appeal.reviewer_participant_id is not None and appeal.reviewer_id is not None:
            hands.add((Part.reviewer, Hand(appeal.reviewer_participant_id, appeal.reviewer_id)))
    return frozenset(hands)


def _who_asked_and_decided(tx: Transaction, measure: CaseMeasure) -> set[tuple[Part, Hand]]:
    """Return whoever asked for the measure or for more of it, and all who decided on that, also before an extension."""
    hands: set[tuple[Part, Hand]] = set()
    for schedule in tx.find(SCHEDULES, Condition("case_id", "=", measure.case_id)):
        if schedule.measure != measure.measure:
            continue
        rows = tx.find(SCHEDULE_ROWS, Condition("schedule_id", "=", schedule.schedule_id))
        if not any(row.measure_id == measure.measure_id for row in rows):
            continue
        hands.add((Part.proposer, Hand(schedule.participant_id, schedule.officer_id)))
        for decision in tx.find(MEASURE_DECISIONS, Condition("motion_id", "=", schedule.schedule_id)):
            signed_by = {decision.officer_id, decision.second_officer_id or decision.officer_id}
            hands |= {(Part.approver, Hand(decision.participant_id, officer_id)) for officer_id in signed_by}
    return hands
