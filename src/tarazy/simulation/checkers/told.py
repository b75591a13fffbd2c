"""Told (I4): whoever's money an authority's measure holds is told of that measure, in the time of its law."""

from datetime import timedelta
from typing import Final

from tarazy.agent.measure_records import HOLD_MEASURES, HoldMeasure
from tarazy.agent.records import HOLDS, SERVED_NOTICES, AgentHold
from tarazy.domain.hold import HoldStatus
from tarazy.simulation.checkers.deferred import put_off_until
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Bank
from tarazy.values.instant import Instant

NAME: Final = "told"
WITHIN: Final = {"M5": timedelta(hours=24), "M8": timedelta(0), "M9": timedelta(0)}
"""The times of the law pack with which everything here runs."""
OUTAGE: Final = timedelta(hours=7)
"""So long an agent can be down in this world; it tells when it is up again."""
LIVE: Final = frozenset({HoldStatus.requested, HoldStatus.placed})


class ToldChecker:
    """Looks at the measures that have reached one bank."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    def check(self) -> None:
        """Check that no measure stands that its holder should have been told of by now."""
        disc, now = self._bank.program.disc, self._bank.program.clock.now()
        measures = rows(disc, HOLD_MEASURES)
        if not measures:
            return
        holds = {hold.hold_id: hold for hold in rows(disc, HOLDS)}
        first, put_off = _first_told(self._bank), put_off_until(self._bank)
        for measure in measures:
            hold = holds[measure.hold_id]
            due = measure.received_at.plus(WITHIN[measure.measure] + OUTAGE)
            due = max(due, put_off.get(measure.measure_id, due).plus(OUTAGE))
            told = first.get(measure.measure_id)
            where = f"{measure.measure_id} ({measure.measure}) upon {measure.hold_id} at {self._bank.name}"
            if told is not None:
                demand(NAME, told <= due, f"{where}: told at {told.text()}, due by {due.text()}")
                continue
            over = _over(hold, measure)
            is_due = now > due and (over is None or over > due) and hold.held_minor > 0
            demand(NAME, not is_due, f"{where}: its holder was not told by {due.text()}")

    def check_quiet(self) -> None:
        """Check, when nothing is under way, that of everything that holds money its holder knows."""
        first, put_off = _first_told(self._bank), put_off_until(self._bank)
        now = self._bank.program.clock.now()
        for hold in rows(self._bank.program.disc, HOLDS):
            is_late = hold.carried_by is not None and put_off.get(hold.carried_by, now) <= now
            if hold.status in LIVE and is_late and hold.held_minor:
                where = f"{hold.hold_id} at {self._bank.name}"
                demand(NAME, hold.carried_by in first, f"{where}: nobody was told of {hold.carried_by}")


def _first_told(bank: Bank) -> dict[str, Instant]:
    first: dict[str, Instant] = {}
    for notice in rows(bank.program.disc, SERVED_NOTICES):
        if notice.measure_id is not None:
            known = first.get(notice.measure_id)
            first[notice.measure_id] = notice.served_at if known is None else min(known, notice.served_at)
    return first


def _over(hold: AgentHold, measure: HoldMeasure) -> Instant | None:
    """Return when a measure was over: it carried the hold no more, or the hold was over."""
    ends = [one for one in (hold.ended_at, measure.ended_at) if one is not None]
    return min(ends, default=None)
