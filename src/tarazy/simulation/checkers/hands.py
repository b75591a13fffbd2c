"""Hands (I11): whoever proposes does not approve, and whoever did either does not review, nor judges the error.

Whose hands these are is read from the signed papers, not from the rows that name them.
"""

from typing import Final, NamedTuple

from tarazy.app.appeal_records import APPEALS, RECORDED_ERRORS
from tarazy.app.measure_records import CASE_MEASURES, MEASURE_DECISIONS, SCHEDULES
from tarazy.app.records import CASE_HOLDS
from tarazy.protocol import jws
from tarazy.protocol.statement import Statement
from tarazy.protocol.wire import from_json
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Program

NAME: Final = "hands"


class Hand(NamedTuple):
    """One officer of one participant."""

    participant_id: str
    officer_id: str


class HandsChecker:
    """Looks at decisions and reviews at the exchange."""

    def __init__(self, exchange: Program) -> None:
        self._exchange = exchange
        self._seen: set[str] = set()

    def check(self) -> None:
        """Check the decisions and reviews that are new."""
        disc = self._exchange.disc
        schedules = {one.schedule_id: hand_of(one.signed.statement) for one in rows(disc, SCHEDULES)}
        approvers: dict[str, frozenset[Hand]] = {}
        for decision in rows(disc, MEASURE_DECISIONS):
            signed = frozenset(hand_of(text) for text in decision.signed.statements)
            # Who has read a paper has not decided: that has the authority whose paper it is.
            approvers[decision.decision_id] = frozenset() if decision.signed.on_paper else signed
            if decision.decision_id not in self._seen:
                self._seen.add(decision.decision_id)
                by_author = schedules[decision.motion_id] in approvers[decision.decision_id]
                demand(NAME, not by_author, f"{decision.decision_id}: decided by its own author")
        before: dict[str, set[Hand]] = {}
        for measure in rows(disc, CASE_MEASURES):
            of_measure = {schedules[measure.schedule_id], *approvers.get(measure.decision_id or "", ())}
            of_measure.add(Hand(measure.author_participant_id, measure.author_officer_id))
            before[measure.measure_id] = of_measure
        for hold in rows(disc, CASE_HOLDS):
            own = {hold.officer_id, hold.confirmed_by} - {None}
            before[hold.hold_id] = {Hand(hold.participant_id, str(one)) for one in own}
        self._check_reviews(before)

    def _check_reviews(self, before: dict[str, set[Hand]]) -> None:
        disc = self._exchange.disc
        for appeal in rows(disc, APPEALS):
            if appeal.statement is None or appeal.appeal_id in self._seen:
                continue
            self._seen.add(appeal.appeal_id)
            reviewer = hand_of(appeal.statement)
            named = Hand(str(appeal.reviewer_participant_id), str(appeal.reviewer_id))
            demand(NAME, named == reviewer, f"{appeal.appeal_id}: signed by {reviewer}, kept as {named}")
            has_hand = reviewer in before[appeal.measure_id]
            demand(NAME, not has_hand, f"{appeal.appeal_id}: {reviewer} has reviewed a measure of their own")
        for error in rows(disc, RECORDED_ERRORS):
            if error.statement is not None and error.error_id not in self._seen:
                self._seen.add(error.error_id)
                has_hand = hand_of(error.statement) in before[error.measure_id]
                demand(NAME, not has_hand, f"{error.error_id}: judged by who had a hand in it")


def hand_of(text: str) -> Hand:
    """Return who says to have signed a paper (whether they did, `authority` verifies)."""
    said = from_json(jws.read(text).payload, Statement)
    return Hand(said.participant_id, said.officer_id)
