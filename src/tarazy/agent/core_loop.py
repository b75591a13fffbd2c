"""Between the agent and its core: ask what was decided, read what was booked. Both sides take everything once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from tarazy.agent.answering import NO_ORDERS
from tarazy.agent.booking import note_payment, refuse_reserve
from tarazy.agent.books import Book, open_books
from tarazy.agent.core_port import CoreAsk, CoreTaken, CoreVerb, Feed
from tarazy.agent.entries import EntryFault, answer_books, apply_entries, open_accounts
from tarazy.agent.ledger import PlacedFollow
from tarazy.agent.records import ACCOUNTS, CORE_COMMANDS, FEED_POSITIONS, FOLLOWS, CoreCommand, FeedPosition, Follow
from tarazy.app.messages import Incoming
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Read, Transaction
from tarazy.domain.entry import AccountEntry
from tarazy.protocol.bodies import PaymentTold
from tarazy.values.ids import AccountId, MessageId, ParticipantId, RefundId, ReportId
from tarazy.values.replacing import replace

BookFirst = Callable[[Transaction, Sequence[AccountEntry]], Sequence[AccountEntry]]
"""Books entries of a feed on a faster road, as `apply_entries` would, and returns those that it leaves to it.

It comes first in its transaction.
"""


class AtOnce(NamedTuple):
    """What came of asking the core before replying: the replies as they stand now, entries that could not be booked.

    ``is_all`` says that the core's loop has nothing to add before the core books something else.
    """

    replies: dict[MessageId, tuple[str, ...]]
    faults: list[EntryFault]
    is_all: bool


COMMANDS_PER_RUN_MAX = 500
FEED = "core"


def commands_waiting(tx: Transaction) -> list[CoreCommand]:
    """Return what is to be asked of the core, oldest first."""
    return tx.find(CORE_COMMANDS, Condition("done_at", "is_null"), order=("serial",), limit=COMMANDS_PER_RUN_MAX)


def as_asked(commands: Sequence[CoreCommand]) -> list[CoreAsk]:
    """Put commands into the port's form."""
    return [
        CoreAsk(
            command_id=command.command_id,
            verb=command.kind,
            hold_id=command.hold_id,
            account_id=command.account_id,
            amount_minor=command.amount_minor,
            expires_at=command.expires_at,
            pay_to=command.to,
            closes=command.closes,
        )
        for command in commands
    ]


def settle_commands(
    tx: Transaction,
    commands: Sequence[CoreCommand],
    taken: Sequence[CoreTaken],
    exchange: ParticipantId,
    setting: Setting,
    open_orders: Mapping[MessageId, Incoming] = NO_ORDERS,
) -> None:
    """End the commands that the core has taken. A reserve of nothing and a payment are told to the hold here."""
    tx.recall(CORE_COMMANDS, commands)
    telling = []
    for command, done in zip(commands, taken, strict=True):
        tx.put(CORE_COMMANDS, replace(command, done_at=setting.now))
        if command.kind is CoreVerb.pay or (command.kind is CoreVerb.reserve and done.amount_minor == 0):
            telling.append((command, done))
    if not telling:
        return
    books = open_books(tx, {command.account_id for command, _ in telling}, (), setting.now)
    for command, done in telling:
        book = books[command.account_id]
        if command.hold_id not in book.holds:
            continue
        if command.kind is CoreVerb.pay:
            note_payment(tx, book, command.hold_id, _payment(command, done))
        else:
            refuse_reserve(tx, book, command.hold_id, setting)
    for book in books.values():
        tx.put(ACCOUNTS, book.line)
    answer_books(tx, books, _closed_follows(tx, books, telling), exchange, setting, open_orders)


def take_at_once(
    tx: Transaction,
    commands: Sequence[CoreCommand],
    taken: Sequence[CoreTaken],
    known: Collection[PlacedFollow],
    exchange: ParticipantId,
    setting: Setting,
    orders: Sequence[Incoming],
) -> AtOnce:
    """Book what the core says at once that it has booked for commands which this program has decided just now.

    The feed will say the same entries again, and what lies between them: an entry counts by its number.
    """
    open_orders = {order.message_id: order for order in orders}
    settle_commands(tx, commands, taken, exchange, setting, open_orders)
    entries = [one.entry for one in taken if one.entry is not None]
    faults = apply_entries(tx, entries, exchange, setting, open_orders, known) if entries else []
    lines = tx.get_many(ACCOUNTS, {(entry.account_id,) for entry in entries})
    replies = {note.message_id: note.replies for note in tx.notes if isinstance(note, Incoming)}
    is_all = all(one.entry is not None or one.amount_minor == 0 for one in taken)
    return AtOnce(replies, faults, is_all and not any(line.is_behind for line in lines.values()))


def _closed_follows(
    tx: Transaction, books: dict[AccountId, Book], telling: Sequence[tuple[CoreCommand, CoreTaken]]
) -> list[Follow]:
    """Return the closed follows of holds that were paid from: the exchange must learn of a payment all the same."""
    paid = {command.hold_id for command, _ in telling if command.kind is CoreVerb.pay}
    orders = {(hold.order_id,) for book in books.values() for hold in book.holds.values() if hold.hold_id in paid}
    is_open = {follow.order_id for book in books.values() for follow in book.follows}
    found = tx.get_many(FOLLOWS, orders)
    return [follow for follow in found.values() if follow.order_id not in is_open and follow.shares]


def _payment(command: CoreCommand, done: CoreTaken) -> PaymentTold:
    assert command.to is not None
    _, report_id, refund_id = command.to.split("/")
    return PaymentTold(
        refund_id=RefundId(refund_id),
        report_id=ReportId(report_id),
        amount_minor=command.amount_minor,
        is_paid=done.amount_minor == command.amount_minor,
    )


def waiting_and_position(tx: Transaction) -> tuple[list[CoreCommand], int]:
    """Return what is to be asked of the core and how far its feed has been taken, in one read."""
    commands, positions = tx.gather(
        Read(CORE_COMMANDS, conditions=(Condition("done_at", "is_null"),), order=("serial",)),
        Read(FEED_POSITIONS, keys={(FEED,)}),
    )
    return commands[:COMMANDS_PER_RUN_MAX], positions[0].position if positions else 0


def feed_position(tx: Transaction) -> int:
    """Return how far the core's feed has been taken."""
    row = tx.get(FEED_POSITIONS, FEED)
    return row.position if row else 0


def _not_booked(tx: Transaction, entries: Sequence[AccountEntry]) -> list[AccountEntry]:
    """Leave out what was booked already: mostly what the core had said at once. Accounts are not locked for that."""
    lines = tx.get_many(ACCOUNTS, {(entry.account_id,) for entry in entries})
    return [
        entry for entry in entries if (line := lines.get((entry.account_id,))) is None or entry.entry_no > line.entry_no
    ]


def take_feed(
    tx: Transaction,
    feed: Feed,
    exchange: ParticipantId,
    setting: Setting,
    book_first: BookFirst | None = None,
) -> list[EntryFault]:
    """Book what the core has booked, and remember how far; a feed that was taken already changes nothing.

    Only the core's loop takes the feed, so a position is never overtaken.
    """
    entries = book_first(tx, feed.entries) if book_first is not None else _not_booked(tx, feed.entries)
    faults = open_accounts(tx, feed.opened)
    if entries:
        faults += apply_entries(tx, entries, exchange, setting)
    tx.put(FEED_POSITIONS, FeedPosition(feed=FEED, position=feed.position))
    return faults
