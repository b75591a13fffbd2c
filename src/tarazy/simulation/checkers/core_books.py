"""The core's own bookings, added up by plain addition: what each account's balance was after each of its entries."""

from dataclasses import dataclass, field

from tarazy.agent.reference_core import CORE_BOOKINGS
from tarazy.app.store import Condition
from tarazy.domain.entry import AccountEntry, EntryKind
from tarazy.simulation.checkers.finding import rows
from tarazy.simulation.programs import Bank
from tarazy.values.ids import AccountId

SILENT_KINDS = frozenset({EntryKind.reserve, EntryKind.unreserve})
"""Kinds that leave the ledger balance as it is."""


@dataclass(slots=True)
class CoreAccountBook:
    """One account's entries in order, its opening balance, and the balance after each entry."""

    kind: str
    currency: str
    is_natural_person: bool
    opening_minor: int
    entries: list[AccountEntry] = field(default_factory=list)
    balances: list[int] = field(default_factory=list)

    def balance_after(self, entry_no: int) -> int:
        """Return the ledger balance after an entry; 0 means before the first."""
        return self.balances[entry_no - 1] if entry_no else self.opening_minor


class CoreBooks:
    """One bank's accounts as its core has booked them."""

    def __init__(self, bank: Bank) -> None:
        self._disc = bank.core.disc
        self._serial = 0
        self.accounts: dict[AccountId, CoreAccountBook] = {}

    def read_on(self) -> None:
        """Read what was booked since the last time."""
        for row in rows(self._disc, CORE_BOOKINGS, Condition("serial", ">", self._serial), order=("serial",)):
            self._serial = row.serial
            if row.opened is not None:
                one = row.opened
                book = CoreAccountBook(one.kind, one.currency, one.is_natural_person, one.opening_minor)
                self.accounts[one.account_id] = book
            if row.entry is not None:
                book = self.accounts[row.entry.account_id]
                assert row.entry.entry_no == len(book.entries) + 1
                before = book.balances[-1] if book.balances else book.opening_minor
                book.entries.append(row.entry)
                book.balances.append(before + _moved(row.entry))


def _moved(entry: AccountEntry) -> int:
    if entry.kind in SILENT_KINDS:
        return 0
    return entry.amount_minor if entry.kind is EntryKind.credit else -entry.amount_minor
