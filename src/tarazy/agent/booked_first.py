"""What a faster road of booking tells of the accounts whose entries it has booked, before anybody reads them again."""

from collections.abc import Mapping
from typing import NamedTuple

from tarazy.app.store import Transaction
from tarazy.domain.line import AccountLine
from tarazy.values.ids import AccountId


class Reach(NamedTuple):
    """How far an account was known: its last entry, and the end of its line together with what it owes."""

    entry_no: int
    line_end: int

    @classmethod
    def of(cls, line: AccountLine) -> "Reach":
        """Return how far this line reaches."""
        return cls(line.entry_no, line.line_end + line.debt_minor)


class BookedFirst(NamedTuple):
    """How the accounts stood, under the locks of the transaction, whose entries are all booked now or were known.

    A faster road notes this in its transaction, see `core_loop.BookFirst`.
    """

    before: Mapping[AccountId, Reach]


def booked_first(tx: Transaction) -> Mapping[AccountId, Reach]:
    """Return what the faster road has noted in this transaction."""
    (told,) = (note for note in tx.notes if isinstance(note, BookedFirst))
    return told.before
