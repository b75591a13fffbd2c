"""Holds at a bank: no wider than the claim, never protected money, over at their end, with author and reason."""

from tarazy.agent.measure_records import HOLD_MEASURES, HoldMeasure
from tarazy.agent.records import ACCOUNTS, FOLLOWS, HOLD_SEGMENTS, HOLDS, AgentHold
from tarazy.agent.reference_core import CORE_RESERVES
from tarazy.app.records import TRACINGS
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.line import AccountLine
from tarazy.simulation.checkers.core_books import CoreBooks
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Bank, Network
from tarazy.simulation.world import World
from tarazy.values.ids import AccountId, HoldId, MeasureId, TracingId
from tarazy.values.instant import Instant

NAME = "holds"
LIVE = frozenset({HoldStatus.requested, HoldStatus.placed})
BY_TIME = frozenset({HoldEnd.not_confirmed, HoldEnd.time_ran_out})


class HoldsChecker:
    """Looks at the holds of one bank after each step of its agent."""

    def __init__(self, world: World, bank: Bank, core: CoreBooks) -> None:
        self._world, self._bank, self._core = world, bank, core
        self._seen: dict[HoldId, AgentHold] = {}
        self._lines: dict[AccountId, AccountLine] = {}
        self._measures: dict[tuple[HoldId, MeasureId], HoldMeasure] = {}
        self.held_and_paid: dict[HoldId, tuple[TracingId, int]] = {}

    def check(self) -> None:
        """Check what has changed since the last time."""
        disc = self._bank.program.disc
        lengths: dict[HoldId, int] = {}
        for row in rows(disc, HOLD_SEGMENTS):
            lengths[row.hold_id] = lengths.get(row.hold_id, 0) + row.line_to - row.line_from
        floors = {hold.account_id: hold.terms.living_minimum_minor for hold in rows(disc, HOLDS)}
        self._read_measures()
        for hold in rows(disc, HOLDS):
            if self._seen.get(hold.hold_id) is not hold:
                self._check_hold(hold, lengths.get(hold.hold_id, 0))
                self._seen[hold.hold_id] = hold
        for line in rows(disc, ACCOUNTS):
            before = self._lines.get(line.account_id)
            if before is not None and before is not line and line.account_id in floors:
                self._check_floor(before, line, floors[line.account_id])
            self._lines[line.account_id] = line

    def _read_measures(self) -> None:
        self._measures = {(one.hold_id, one.measure_id): one for one in rows(self._bank.program.disc, HOLD_MEASURES)}

    def check_ended(self) -> None:
        """Check, when the agent has just let go, that nothing stands past its end by the true clock."""
        self._read_measures()
        for hold in rows(self._bank.program.disc, HOLDS):
            if hold.status in LIVE:
                self._check_end(hold, f"{hold.hold_id} at {self._bank.name}")

    def check_core_ended(self) -> None:
        """Check, when the core has just run, that it reserves nothing past the end of its hold."""
        self._read_measures()
        holds = {hold.hold_id: hold for hold in rows(self._bank.program.disc, HOLDS)}
        for reserve in rows(self._bank.core.disc, CORE_RESERVES):
            hold = holds[reserve.hold_id]
            # A core that does not answer has not heard yet that a measure ends sooner than what it carries on.
            latest = max([self._lawful_end(hold), hold.terms.confirm_by, *self._ends_of(hold)])
            latest = max(latest, hold.terms.expires_at) if hold.confirmed_by else latest
            self._check_before(latest, f"reserve of {reserve.hold_id} at {self._bank.name}")

    def check_quiet(self) -> None:
        """Check, when nothing is under way, that the core reserves what the line holds under live holds."""
        reserved = {one.hold_id: one.amount_minor for one in rows(self._bank.core.disc, CORE_RESERVES)}
        for hold in rows(self._bank.program.disc, HOLDS):
            held = hold.held_minor if hold.status in LIVE else 0
            where = f"{hold.hold_id} at {self._bank.name} ({hold.status})"
            has = reserved.pop(hold.hold_id, 0)
            demand(NAME, hold.held_minor == held, f"{where}: over, and {hold.held_minor} still lie under it")
            demand(NAME, has == held, f"{where}: the line holds {held}, the core reserves {has}")
            demand(NAME, held <= hold.claim_minor, f"{where}: holds {held}, may hold {hold.claim_minor}")
            if hold.status is HoldStatus.placed and not hold.paid_minor and hold.claim_minor < hold.terms.claim_minor:
                demand(NAME, held == hold.claim_minor, f"{where}: holds {held}, was narrowed to {hold.claim_minor}")
        demand(NAME, not reserved, f"{self._bank.name} reserves for holds that nobody knows: {reserved}")

    def _check_end(self, hold: AgentHold, where: str) -> None:
        self._check_before(self._lawful_end(hold), where)

    def _check_before(self, lawful: Instant, where: str) -> None:
        latest: Instant = lawful.plus(self._world.options.skew_allowed)
        demand(
            NAME, self._world.now <= latest, f"{where}: stands at {self._world.now.text()}, its end was {lawful.text()}"
        )

    def _check_hold(self, hold: AgentHold, laid: int) -> None:
        where = f"{hold.hold_id} at {self._bank.name}"
        terms = hold.terms
        demand(NAME, bool(terms.author.officer_id and terms.norms), f"{where}: no author or no norm")
        demand(NAME, laid == hold.held_minor, f"{where}: says {hold.held_minor}, {laid} lie on the line")
        demand(NAME, hold.held_minor + hold.paid_minor <= terms.claim_minor, f"{where}: wider than its claim")
        if hold.status in LIVE:
            demand(NAME, hold.end is None, f"{where}: stands and has ended")
        else:
            demand(NAME, hold.end is not None and hold.ended_at is not None, f"{where}: over without a reason")
        if hold.end is HoldEnd.core_dropped:
            self._check_dropped(hold, where)
        self._check_not_early(hold, where)
        follow = rows(self._bank.program.disc, FOLLOWS)
        tracing_id = next(one.tracing_id for one in follow if one.order_id == hold.order_id)
        self.held_and_paid[hold.hold_id] = (tracing_id, hold.held_minor + hold.paid_minor)

    def _check_not_early(self, hold: AgentHold, where: str) -> None:
        """No hold is given an end before its terms, or ends by time before it, but for what clocks err."""
        soonest = self._lawful_end(hold).plus(-self._world.options.skew_allowed)
        end, now = hold.expires_at, self._world.now
        demand(NAME, end >= soonest, f"{where}: is to end at {end.text()}, its terms last to {soonest.text()}")
        if hold.end in BY_TIME:
            demand(NAME, now >= soonest, f"{where}: over at {now.text()}, its terms last to {soonest.text()}")

    def _check_dropped(self, hold: AgentHold, where: str) -> None:
        """A core drops a reserve when its time is over, and otherwise only what it is told to."""
        own = [one for one in self._core.accounts[hold.account_id].entries if one.hold_id == hold.hold_id]
        soonest = min([hold.terms.confirm_by, *self._ends_of(hold)]).plus(-self._world.options.skew_allowed)
        demand(
            NAME,
            own[-1].booked_at >= soonest,
            f"{where}: lost before its end: {hold.end} at {own[-1].booked_at.text()}",
        )

    def _lawful_end(self, hold: AgentHold) -> Instant:
        """Return when a hold ends by time, as it stands now: by its terms, or by the measure that carries it on."""
        if hold.carried_by is not None:
            return self._measures[hold.hold_id, hold.carried_by].ends_at
        return hold.terms.confirm_by if hold.confirmed_by is None else hold.terms.expires_at

    def _ends_of(self, hold: AgentHold) -> list[Instant]:
        """Return the ends of all measures that have carried a hold."""
        return [one.ends_at for one in self._measures.values() if one.hold_id == hold.hold_id]

    def _check_floor(self, before: AccountLine, line: AccountLine, most: int) -> None:
        """Where more is held than before, the holder's protected receipts are still free."""
        if not line.is_natural_person or line.held_minor <= before.held_minor or line.debt_minor or before.debt_minor:
            return
        entries = self._core.accounts[line.account_id].entries[: line.entry_no]
        protected = sum(entry.amount_minor for entry in entries if entry.is_protected)
        floor = min(protected, most)
        free = line.line_end - line.head + sum(gap.end - gap.start for gap in line.gaps)
        where = f"{self._bank.name}/{line.account_id} after entry {line.entry_no}"
        demand(NAME, free >= floor, f"{where}: {free} free, of which {floor} are protected, and {line.held_minor} held")


def check_sums_of_holds(network: Network, checkers: list[HoldsChecker]) -> None:
    """Check that over all banks no tracing holds and pays more than was stolen."""
    sums: dict[TracingId, int] = {}
    for checker in checkers:
        for tracing_id, minor in checker.held_and_paid.values():
            sums[tracing_id] = sums.get(tracing_id, 0) + minor
    for tracing in rows(network.exchange.disc, TRACINGS):
        held = sums.get(tracing.tracing_id, 0)
        demand(
            NAME, held <= tracing.stolen_minor, f"{tracing.tracing_id}: {held} held of {tracing.stolen_minor} stolen"
        )
