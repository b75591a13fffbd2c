"""The books of accounts while their entries are booked: what is locked and read, and what is answered from it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tarazy.agent.ledger import Ledger, PlacedFollow, floors_from, open_follows, protected_receipts
from tarazy.agent.records import (
    ACCOUNTS,
    CONSUMPTIONS,
    CREDIT_PLACES,
    CREDITS,
    HOLD_SEGMENTS,
    HOLDS,
    AgentHold,
    Follow,
)
from tarazy.app.store import Condition, Key, Read, Transaction
from tarazy.domain.line import (
    AccountLine,
    Consumption,
    Credit,
    HoldSegment,
)
from tarazy.values.ids import AccountId, HoldId, PieceId
from tarazy.values.instant import Instant
from tarazy.values.interval import Interval, Intervals, union


@dataclass(slots=True)
class Book:
    """One account while its entries are booked: the line, its holds, their segments, and who follows pieces of it."""

    line: AccountLine
    segments: list[HoldSegment]
    holds: dict[HoldId, AgentHold]
    follows: list[Follow]
    receipts: list[Credit]
    consumptions: list[Consumption] | None = None
    """Those of all followed pieces, where they were read with the rest; None where they are still to be read."""
    paid_late: dict[PieceId, Intervals] = field(default_factory=dict)
    """What was paid back of pieces that are followed no more, in the units of the piece: it is told all the same."""

    def units_of(self, hold_id: HoldId) -> Intervals:
        """Return what lies on the line under a hold."""
        return union(Interval(row.line_from, row.line_to) for row in self.segments if row.hold_id == hold_id)

    def floor_for(self, follow: Follow, now: Instant) -> int:
        """Return the holder's protected floor under the terms of an order; 0 for a firm."""
        lines = {self.line.account_id: self.line}
        return floors_from(self.receipts, [follow], lines, now).get(self.line.account_id, 0)


def open_books(
    tx: Transaction,
    account_ids: Collection[AccountId],
    refs: Collection[Key],
    now: Instant,
    known: Collection[PlacedFollow] = (),
) -> dict[AccountId, Book]:
    """Lock accounts and read what booking needs of them; ``refs`` are credits that the entries will name or add.

    The follows of all books are in the order of their reports. ``known`` are follows of these accounts about which an
    earlier transaction has read: it is read again only where a line has changed since.
    """
    if not account_ids:
        return {}
    touched = (Condition("account_id", "in", list(account_ids)),)
    tx.recall(CREDITS, [one.credit for one in known])
    first = (
        Read(ACCOUNTS, keys={(account_id,) for account_id in account_ids}, is_locking=True),
        open_follows(account_ids),
        Read(HOLDS, conditions=touched),
        Read(HOLD_SEGMENTS, conditions=touched),
        Read(CREDITS, keys=refs),
        Read(CREDIT_PLACES, keys={(ref,) for _, ref in refs}),
    )
    rest = (protected_receipts(account_ids, now), Read(CONSUMPTIONS, windows={one.window for one in known}))
    if known:
        lines, follows, holds, segments, _, _ = tx.gather(*first)
        as_known = _as_known(lines, known)
        receipts, consumptions = tx.gather(*rest) if as_known is None else as_known
    else:
        lines, follows, holds, segments, _, _, receipts, consumptions = tx.gather(*first, *rest)
    books = {line.account_id: Book(line, [], {}, [], []) for line in lines}
    for follow in follows:
        books[follow.account_id].follows.append(follow)
    for hold in holds:
        books[hold.account_id].holds[hold.hold_id] = hold
    for segment in segments:
        books[segment.account_id].segments.append(segment)
    for credit in receipts:
        books[credit.account_id].receipts.append(credit)
    tx.get_many(CREDITS, {(follow.account_id, follow.transfer_ref) for follow in follows})
    placed_orders = {one.order_id for one in known}
    for book in books.values():
        if all(follow.order_id in placed_orders for follow in book.follows):
            book.consumptions = [row for row in consumptions if row.account_id == book.line.account_id]
    return books


def _as_known(
    lines: Collection[AccountLine], known: Collection[PlacedFollow]
) -> tuple[list[Credit], list[Consumption]] | None:
    """Return the receipts and consumptions that were read before, if all lines are still the same, else None.

    Every consumption and every credit changes its line.
    """
    before = {one.line.account_id: one for one in known}
    if any(line.account_id not in before or line != before[line.account_id].line for line in lines):
        return None
    receipts = [credit for one in before.values() for credit in one.receipts]
    return receipts, list({(row.account_id, row.line_from): row for one in known for row in one.consumptions}.values())


def ledger_of_books(
    tx: Transaction, books: Mapping[AccountId, Book], follows: Collection[Follow], now: Instant
) -> Ledger | None:
    """Return what the follows of these books are answered from, if all of it is at hand, else None."""
    consumptions: list[Consumption] = []
    for book in books.values():
        if book.consumptions is None:
            return None
        consumptions += book.consumptions
    keys = {(follow.account_id, follow.transfer_ref) for follow in follows}
    lines = {account_id: book.line for account_id, book in books.items()}
    receipts = [credit for book in books.values() for credit in book.receipts]
    return Ledger(
        lines=lines,
        credited=tx.get_many(CREDITS, keys),
        consumptions=consumptions,
        segments=[segment for book in books.values() for segment in book.segments],
        holds={hold_id: hold for book in books.values() for hold_id, hold in book.holds.items()},
        floors=floors_from(receipts, follows, lines, now),
        receipts=receipts,
    )
