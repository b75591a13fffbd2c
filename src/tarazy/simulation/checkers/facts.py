"""Facts (I8): nothing is held on scores and lists alone; every measure has a fact, with its source."""

import json
from typing import Final

from tarazy.app.measure_records import CASE_MEASURES
from tarazy.app.records import CASE_HOLDS, REPORTS
from tarazy.domain.hold import HoldStatus
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Program

NAME: Final = "facts"
COUNTING: Final = frozenset({"fact", "finding"})
"""The kinds of assertion upon which the law of this world lets money be held."""


class FactsChecker:
    """Looks at the measures and holds of the exchange that are new."""

    def __init__(self, exchange: Program) -> None:
        self._exchange = exchange
        self._seen: set[str] = set()

    def check(self) -> None:
        """Check upon what each new measure and each placed hold rests."""
        disc = self._exchange.disc
        for measure in rows(disc, CASE_MEASURES):
            if measure.measure_id not in self._seen:
                self._seen.add(measure.measure_id)
                facts = json.loads(measure.request)["facts"]
                counting = [fact for fact in facts if fact["kind"] in COUNTING and fact["source"].strip()]
                demand(NAME, bool(counting), f"{measure.measure_id} ({measure.measure}) rests on no fact: {facts}")
        reports = {one.report_id: one for one in rows(disc, REPORTS)}
        for hold in rows(disc, CASE_HOLDS):
            if hold.status is HoldStatus.placed and hold.hold_id not in self._seen:
                self._seen.add(hold.hold_id)
                demand(NAME, bool(reports[hold.report_id].facts), f"{hold.hold_id}: held on a report without a fact")
