"""Locked (I6): what came of an unlawful measure is locked with the word that it was, and nothing rests on it after."""

import json
from typing import Final

from tarazy.app.appeal_records import APPEALS
from tarazy.app.measure_records import CASE_FACTS, CASE_MEASURES, MATERIAL_LOCKS, MEASURE_DECISIONS, MaterialLock
from tarazy.app.records import EVENTS
from tarazy.app.store import Condition
from tarazy.domain.appeal import AppealOutcome
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Program
from tarazy.values.ids import MeasureId

NAME: Final = "locked"


class LockedChecker:
    """Looks at the exchange after each of its transactions, so that what comes one transaction late is seen."""

    def __init__(self, exchange: Program) -> None:
        self._exchange = exchange
        self._asked: set[MeasureId] = set()

    def check(self) -> None:
        """Check that everything unlawful is locked by now, and that no new measure rests on what was locked before."""
        disc = self._exchange.disc
        locks = {one.subject_id: one for one in rows(disc, MATERIAL_LOCKS)}
        measures = rows(disc, CASE_MEASURES)
        unlawful = {one.measure_id for one in measures if one.is_unlawful and one.taken_at is not None}
        for measure_id in sorted(unlawful | self._found_unlawful()):
            demand(NAME, measure_id in locks, f"{measure_id} was unlawful, and is not locked")
        self._check_facts(locks)
        for measure in measures:
            if measure.measure_id in self._asked:
                continue
            self._asked.add(measure.measure_id)
            request = json.loads(measure.request)
            sources = {fact["source"] for fact in (*request["facts"], *request["exculpatory"])}
            before = {one for one in sources & locks.keys() if locks[one].locked_at < measure.begins_at}
            demand(NAME, not before, f"{measure.measure_id} rests on {sorted(before)}, which was locked before")

    def _found_unlawful(self) -> set[str]:
        """Return the measures that a reviewer has found unlawful, or an authority whose struck line took money."""
        disc = self._exchange.disc
        known = {one.measure_id: one for one in rows(disc, CASE_MEASURES)}
        outcome = Condition("outcome", "=", AppealOutcome.measure_unlawful)
        found: set[str] = {one.measure_id for one in rows(disc, APPEALS, outcome) if one.measure_id in known}
        struck = {grant.line_id for one in rows(disc, MEASURE_DECISIONS) for grant in one.lines if grant.is_unlawful}
        for measure in known.values():
            if measure.line_id in struck and measure.end == "authorisation_refused":
                carried = measure.carries_on
                was_ended = carried is not None and known[carried].ended_at == measure.ended_at
                found.add(carried if carried is not None and was_ended else measure.measure_id)
        return found

    def _check_facts(self, locks: dict[str, MaterialLock]) -> None:
        """Facts that an unlawful measure has brought are locked with it, in the same event."""
        disc = self._exchange.disc
        if not locks:
            return
        events = {one.event_id for one in rows(disc, EVENTS, Condition("kind", "=", "material_locked"))}
        for lock in locks.values():
            demand(NAME, lock.event_id in events, f"{lock.subject_id}: locked, and no event says so")
        for fact in rows(disc, CASE_FACTS):
            source = locks.get(fact.source)
            if source is not None and fact.added_at <= source.locked_at:
                demand(NAME, fact.fact_id in locks, f"{fact.fact_id} came of {fact.source}, and is not locked")
