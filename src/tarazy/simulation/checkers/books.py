"""Books: each line agrees with the core to the unit, and consumed, held and free stretches tile it exactly once."""

from tarazy.agent.records import ACCOUNTS, CONSUMPTIONS, CREDITS, HOLD_SEGMENTS
from tarazy.agent.reference_core import CORE_ACCOUNTS
from tarazy.app.store import Condition
from tarazy.domain.line import AccountLine
from tarazy.simulation.checkers.core_books import CoreBooks
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Bank
from tarazy.values.ids import AccountId

NAME = "books"


class BooksChecker:
    """Looks at each account of one bank whose line has changed."""

    def __init__(self, bank: Bank, core: CoreBooks) -> None:
        self._bank, self._core = bank, core
        self._seen: dict[AccountId, AccountLine] = {}

    def check(self) -> None:
        """Check what has changed since the last time."""
        for line in rows(self._bank.program.disc, ACCOUNTS):
            if self._seen.get(line.account_id) is not line:
                self._check_line(line)
                self._seen[line.account_id] = line

    def check_read_up(self) -> None:
        """Check that nothing the core has booked is missing here."""
        lines = {line.account_id: line for line in rows(self._bank.program.disc, ACCOUNTS)}
        for account in rows(self._bank.core.disc, CORE_ACCOUNTS):
            line = lines.get(account.account_id)
            where = f"{self._bank.name}/{account.account_id}"
            demand(NAME, line is not None, f"{where}: no line")
            assert line is not None
            demand(NAME, line.entry_no == account.entry_no, f"{where}: at entry {line.entry_no} of {account.entry_no}")
            demand(NAME, not line.is_behind, f"{where}: behind with nothing missing")

    def _check_line(self, line: AccountLine) -> None:
        where = f"{self._bank.name}/{line.account_id} after entry {line.entry_no}"
        here = Condition("account_id", "=", line.account_id)
        disc = self._bank.program.disc
        free = [(gap.start, gap.end) for gap in line.gaps]
        if line.head < line.line_end:
            free.append((line.head, line.line_end))
        held = [(row.line_from, row.line_to) for row in rows(disc, HOLD_SEGMENTS, here)]
        consumed = [(row.line_from, row.line_to) for row in rows(disc, CONSUMPTIONS, here)]
        free_minor, held_minor = _length(free), _length(held)
        balance = self._core.accounts[line.account_id].balance_after(line.entry_no)
        told = f"free {free_minor} + held {held_minor} - debt {line.debt_minor}"
        demand(NAME, free_minor + held_minor - line.debt_minor == balance, f"{where}: {told} is not {balance}")
        demand(NAME, held_minor == line.held_minor, f"{where}: held {line.held_minor}, segments say {held_minor}")
        demand(NAME, line.debt_minor == 0 or free_minor == 0, f"{where}: {told}: owes and has free money")
        _tiles(f"{where}: consumed, held and free", [*free, *held, *consumed], 0, line.line_end)
        credited = [(row.line_from, row.line_to) for row in rows(disc, CREDITS, here)]
        _tiles(f"{where}: credits", credited, self._core.accounts[line.account_id].opening_minor, line.line_end)


def _length(stretches: list[tuple[int, int]]) -> int:
    return sum(end - start for start, end in stretches)


def _tiles(where: str, stretches: list[tuple[int, int]], start: int, end: int) -> None:
    reached = start
    for low, high in sorted(stretches):
        demand(
            NAME, low == reached, f"{where}: units from {min(low, reached)} to {max(low, reached)} are not once there"
        )
        reached = high
    demand(NAME, reached == end, f"{where}: end at {reached}, the line at {end}")
