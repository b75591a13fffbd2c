"""Authority (I1, I2): what stands beyond a bank's own pause is signed by who may, or urgent and within its time.

At each bank and at the exchange the papers are read anew and their signatures verified; the times of urgency are
counted here, from the first measure of its kind upon a hold: who begins again gains no time. An end is only moved on
by an order that came before it.
"""

from datetime import timedelta
from typing import Final

from tarazy.adapters.keys import Trust
from tarazy.agent.measure_records import HOLD_MEASURES, HoldMeasure
from tarazy.agent.records import HOLDS, AgentHold
from tarazy.app.measure_records import (
    CASE_MEASURES,
    MEASURE_DECISIONS,
    MOTIONS,
    SCHEDULE_ROWS,
    SCHEDULES,
    CaseMeasure,
    MeasureDecision,
)
from tarazy.app.store import Condition
from tarazy.domain.hold import HoldStatus
from tarazy.domain.measure import MeasureStatus
from tarazy.law.assessment import ActorRole
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.checkers.papers import Taken, author_of, is_decided, orders_taken, signed_until
from tarazy.simulation.programs import Bank, Network, Program
from tarazy.simulation.world import World
from tarazy.values.ids import HoldId, MeasureId
from tarazy.values.instant import Instant

NAME: Final = "authority"
FILED_WITHIN: Final = timedelta(hours=48)
DECIDED_WITHIN: Final = timedelta(hours=24)
LONGEST: Final = {"M5": timedelta(days=10), "M8": timedelta(days=14), "M9": timedelta(days=90)}
"""The times of the law pack with which everything here runs."""
IN_EFFECT: Final = frozenset({MeasureStatus.urgent, MeasureStatus.in_force})
LIVE: Final = frozenset({HoldStatus.requested, HoldStatus.placed})


class AuthorityAtExchange:
    """Looks at every measure of the exchange that has changed, and at the times of those that stand."""

    def __init__(self, exchange: Program, trust: Trust) -> None:
        self._exchange, self._trust = exchange, trust
        self._seen: dict[MeasureId, CaseMeasure] = {}

    def check(self) -> None:
        """Check what stands now."""
        now = self._exchange.clock.now()
        measures = rows(self._exchange.disc, CASE_MEASURES, order=("begins_at", "measure_id"))
        for measure in measures:
            if measure.status not in IN_EFFECT or measure.expires_at <= now:
                continue
            where = f"{measure.measure_id} ({measure.measure}, {measure.status})"
            if self._seen.get(measure.measure_id) is not measure:
                self._seen[measure.measure_id] = measure
                self._check_papers(measure, where)
            if measure.status is MeasureStatus.urgent:
                self._check_urgent(measure, measures, now, where)

    def _check_papers(self, measure: CaseMeasure, where: str) -> None:
        disc = self._exchange.disc
        [schedule] = rows(disc, SCHEDULES, Condition("schedule_id", "=", measure.schedule_id))
        [row] = rows(disc, SCHEDULE_ROWS, Condition("line_id", "=", measure.line_id))
        author = author_of(schedule.signed, self._trust)
        by_investigator = author is not None and author.capacity is ActorRole.investigator
        demand(NAME, by_investigator, f"{where}: no investigator has signed it: {author}")
        demand(NAME, measure.expires_at <= row.until, f"{where}: stands longer than its line says")
        longest = measure.begins_at.plus(LONGEST[measure.measure])
        demand(NAME, measure.expires_at <= longest, f"{where}: stands longer than its law")
        if measure.status is MeasureStatus.urgent:
            demand(NAME, measure.measure == "M5", f"{where}: no law lets it begin before a judge")
            return
        decision = self._decision(measure)
        demand(NAME, decision is not None, f"{where}: nobody has decided on it")
        assert decision is not None
        demand(NAME, is_decided(decision.signed, self._trust), f"{where}: signed by nobody who can decide")
        granted = [one for one in decision.lines if one.line_id == measure.line_id]
        is_granted = len(granted) == 1 and granted[0].decision in {"granted", "narrowed"}
        demand(NAME, is_granted, f"{where}: the decision does not grant its line: {granted}")
        until = granted[0].until
        demand(NAME, until is not None and measure.expires_at <= until, f"{where}: stands longer than was granted")
        is_signed = granted[0].digest in decision.signed.digests
        demand(NAME, is_signed, f"{where}: what is granted does not stand under the signature")

    def _decision(self, measure: CaseMeasure) -> MeasureDecision | None:
        by_id = Condition("decision_id", "=", measure.decision_id or "")
        return next(iter(rows(self._exchange.disc, MEASURE_DECISIONS, by_id)), None)

    def _check_urgent(self, measure: CaseMeasure, measures: list[CaseMeasure], now: Instant, where: str) -> None:
        """Without a decision it stands as long as the motion can be filed, and then as long as it can be decided."""
        first = _first_of(measure, measures)
        filed = rows(self._exchange.disc, MOTIONS, Condition("motion_id", "=", measure.motion_id or ""))
        motions = [one for one in filed if one.filed_at <= first.plus(FILED_WITHIN)]
        latest = motions[0].filed_at.plus(DECIDED_WITHIN) if motions else first.plus(FILED_WITHIN)
        demand(NAME, now < latest, f"{where}: urgent since {first.text()}, and stands at {now.text()} undecided")


def _first_of(measure: CaseMeasure, measures: list[CaseMeasure]) -> Instant:
    """Return since when a hold is under urgent measures of this kind, whichever has taken over from which."""
    by_id = {one.measure_id: one for one in measures}
    first = measure
    while first.carries_on is not None and by_id[first.carries_on].measure == measure.measure:
        first = by_id[first.carries_on]
    return first.begins_at


class AuthorityAtBank:
    """Looks at the holds of one bank that an authority's measure carries."""

    def __init__(self, world: World, bank: Bank, network: Network) -> None:
        self._world, self._bank, self._trust = world, bank, network.trust
        self._seen: dict[HoldId, AgentHold] = {}
        self._orders: dict[MeasureId, list[Taken]] = {}

    def check(self) -> None:
        """Check what has changed since the last time."""
        disc = self._bank.program.disc
        changed = [one for one in rows(disc, HOLDS) if self._seen.get(one.hold_id) is not one]
        carried = [hold for hold in changed if hold.carried_by is not None]
        if carried:
            self._orders = orders_taken(disc)
            measures = {(one.hold_id, one.measure_id): one for one in rows(disc, HOLD_MEASURES)}
            for hold in carried:
                assert hold.carried_by is not None
                if hold.status in LIVE:
                    self._check_hold(hold, measures[hold.hold_id, hold.carried_by])
        for hold in changed:
            self._seen[hold.hold_id] = hold

    def _check_hold(self, hold: AgentHold, measure: HoldMeasure) -> None:
        where = f"{hold.hold_id} under {measure.measure_id} at {self._bank.name}"
        orders = self._orders.get(measure.measure_id, [])
        demand(NAME, bool(orders), f"{where}: nobody has ordered it")
        order = orders[-1].order
        author = author_of(order.schedule, self._trust)
        by_investigator = author is not None and author.capacity is ActorRole.investigator
        demand(NAME, by_investigator, f"{where}: no investigator has signed it: {author}")
        demand(NAME, order.line.digest in order.schedule.digests, f"{where}: another line was signed")
        demand(NAME, order.line.hold_id == hold.hold_id, f"{where}: the line is upon {order.line.hold_id}")
        if measure.measure in {"M8", "M9"} or order.decision is not None:
            decided = order.decision is not None and is_decided(order.decision, self._trust)
            demand(NAME, decided, f"{where}: no judge has decided it")
            granted = order.grant is not None and order.grant.decision in {"granted", "narrowed"}
            demand(NAME, granted, f"{where}: no line was granted")
        until = min(signed_until(orders), order.begins_at.plus(LONGEST[measure.measure]))
        if order.decision is None:
            urgent = order.begins_at.plus(FILED_WITHIN + DECIDED_WITHIN)
            demand(NAME, order.expires_at <= urgent, f"{where}: undecided, and to stand to {order.expires_at.text()}")
        demand(NAME, hold.expires_at <= until, f"{where}: to stand to {hold.expires_at.text()}, signed {until.text()}")
        self._check_in_time(hold, orders, where)

    def _check_in_time(self, hold: AgentHold, orders: list[Taken], where: str) -> None:
        """An end that was moved on was moved before it had come."""
        before = self._seen.get(hold.hold_id)
        if before is None or hold.expires_at <= before.expires_at:
            return
        came = orders[-1].received_at
        is_confirmed = before.confirmed_by is None and hold.confirmed_by is not None
        in_time = came < before.expires_at or is_confirmed
        demand(
            NAME, in_time, f"{where}: moved on by what came at {came.text()}, its end was {before.expires_at.text()}"
        )
        demand(NAME, before.status in LIVE, f"{where}: was over, and stands again")
