"""Closed accounts (M8): a judge's measure stands behind each, what one lives on stays free, and nothing else goes out.

What a core does is read from its own reserves and bookings. Between what the agent has decided and what the core has
done lie the commands that wait: while one does, nothing is said of that hold.
"""

from datetime import timedelta
from typing import Final

from tarazy.agent.core_records import CORE_BOOKINGS, CORE_RESERVES, CoreReserve
from tarazy.agent.measure_records import HOLD_MEASURES
from tarazy.agent.records import CORE_COMMANDS, HOLDS, AgentHold
from tarazy.app.store import Condition
from tarazy.domain.closure import Closure
from tarazy.domain.entry import EntryKind, ExitKind
from tarazy.domain.hold import HoldStatus
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.closing_law import LIVING_MINOR
from tarazy.simulation.programs import Bank

NAME: Final = "closures"
SPAN: Final = timedelta(days=30)
LIVE: Final = frozenset({HoldStatus.requested, HoldStatus.placed})


class ClosuresAtBank:
    """Looks at the accounts of one bank that are closed. ``seen`` counts them."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self.seen: set[tuple[str, str]] = set()

    def check(self) -> None:
        """Check what is closed now, and what should be."""
        core = rows(self._bank.core.disc, CORE_RESERVES)
        holds = {one.hold_id: one for one in rows(self._bank.program.disc, HOLDS)}
        if not any(one.closure is not None for one in core) and not any(one.closes for one in holds.values()):
            return
        now = self._bank.program.clock.now()
        waiting = {one.hold_id for one in rows(self._bank.program.disc, CORE_COMMANDS, Condition("done_at", "is_null"))}
        for reserve in core:
            if reserve.hold_id in waiting or reserve.expires_at <= now:
                continue
            hold = holds.get(reserve.hold_id)
            where = f"{reserve.hold_id} at {self._bank.name}"
            closes = None if hold is None or hold.status not in LIVE else hold.closes
            kept = None if reserve.closure is None else reserve.closure.kept
            demand(NAME, kept == closes, f"{where}: the core keeps {kept} free, the agent {closes}")
            if hold is not None and reserve.closure is not None:
                self._check_authority(hold, where)
                self._check_living(reserve, reserve.closure, where)

    def _check_authority(self, hold: AgentHold, where: str) -> None:
        of_hold = Condition("hold_id", "=", hold.hold_id)
        behind = [one for one in rows(self._bank.program.disc, HOLD_MEASURES, of_hold) if one.end is None]
        is_closing = [one.measure_id == hold.carried_by and one.measure == "M8" for one in behind]
        demand(NAME, is_closing == [True], f"{where}: closed, and carried by {[one.measure for one in behind]}")
        demand(NAME, behind[0].decision is not None, f"{where}: closed, and no judge has decided so")
        self.seen.add((hold.account_id, behind[0].measure_id))

    def _check_living(self, reserve: CoreReserve, closure: Closure, where: str) -> None:
        """No more goes out in a span than is for living; what a card was charged offline nobody could refuse."""
        spent: dict[int, int] = {}
        for row in rows(self._bank.core.disc, CORE_BOOKINGS):
            entry = row.entry
            if entry is None or entry.account_id != reserve.account_id or entry.booked_at < closure.since:
                continue
            if entry.kind is EntryKind.debit and entry.exit_kind is not ExitKind.card:
                span = entry.booked_at.since(closure.since) // SPAN
                spent[span] = spent.get(span, 0) + entry.amount_minor
        most = max(spent.values(), default=0)
        demand(NAME, most <= LIVING_MINOR, f"{where}: {most} went out of a closed account")
