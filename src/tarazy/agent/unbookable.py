"""What cannot be booked on a line as it stands, although the entry is well formed by itself."""

from tarazy.agent.books import Book
from tarazy.agent.records import CREDITS
from tarazy.app.store import Transaction
from tarazy.domain.entry import AccountEntry, EntryKind
from tarazy.domain.line import GAPS_MAX, apply_backward, apply_credit
from tarazy.domain.rejection import Rejection
from tarazy.values.interval import total


def unbookable(tx: Transaction, book: Book, entry: AccountEntry) -> tuple[Rejection, str] | None:
    """Return why the next entry cannot be booked on this line as it stands, and what was expected; None if it can.

    Money that a core pays out of a hold must lie under it: otherwise the line would show more than the account has.
    """
    if entry.kind is EntryKind.pay:
        return _unpayable(book, entry)
    if len(book.line.gaps) + 1 < GAPS_MAX:
        return None
    if entry.kind is EntryKind.credit:
        free = apply_credit(book.line, entry).line.free
    elif entry.original_ref is not None:
        free = apply_backward(book.line, entry, tx.get(CREDITS, entry.account_id, entry.original_ref)).line.free
    else:
        return None
    if len(free) <= GAPS_MAX:
        return None
    return Rejection.line_has_too_many_gaps, f"entry_no: expected at most {GAPS_MAX} separate stretches of free money"


def _unpayable(book: Book, entry: AccountEntry) -> tuple[Rejection, str] | None:
    if entry.hold_id is None or entry.hold_id not in book.holds:
        return Rejection.hold_unknown, "hold_id: expected a hold on this account"
    held = total(book.units_of(entry.hold_id))
    if entry.amount_minor > held:
        return Rejection.amount_above_hold, f"amount_minor: expected at most the {held} units under the hold"
    return None
