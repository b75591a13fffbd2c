"""Taking entries from the core: strictly in number order for each account, each once, gaps waited out.

An entry that comes early waits; the account is then *behind*, and answers about its free money say so. One that comes
again is passed over. One that cannot be booked is refused with its place, and the account stays behind it: nothing
after it is guessed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from tarazy.agent.answering import NO_ORDERS, answer_follows, tell_answers
from tarazy.agent.booking import book_entry
from tarazy.agent.books import Book, ledger_of_books, open_books
from tarazy.agent.core_port import OpenedAccount
from tarazy.agent.following import ENTRIES_GUARD
from tarazy.agent.ledger import PlacedFollow
from tarazy.agent.records import ACCOUNTS, CREDIT_PLACES, FOLLOWS, WAITING_ENTRIES, Follow, WaitingEntry
from tarazy.agent.unbookable import unbookable
from tarazy.app.messages import Incoming
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Key, Transaction
from tarazy.domain.entry import BACKWARD_KINDS, CORE_HOLD_KINDS, AccountEntry, AccountKind, EntryKind, fault_in
from tarazy.domain.line import opened_line
from tarazy.domain.rejection import Rejection
from tarazy.values.ids import AccountId, MessageId, ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

ENTRIES_PER_BATCH_MAX = 20_000


@dataclass(frozen=True, slots=True)
class EntryFault:
    """An entry that could not be booked: which one, why, and what was expected."""

    account_id: AccountId
    entry_no: int
    rejection: Rejection
    expected: str


def open_accounts(tx: Transaction, opened: Sequence[OpenedAccount]) -> list[EntryFault]:
    """Open accounts with their opening balances. One that is known with the same facts is passed over."""
    faults = []
    known = tx.lock(ACCOUNTS, {(account.account_id,) for account in opened})
    for account in opened:
        line = opened_line(
            account.account_id,
            AccountKind(account.kind),
            account.currency,
            is_natural_person=account.is_natural_person,
            opening_minor=account.opening_minor,
        )
        before = known.get((account.account_id,))
        if before is None:
            tx.add(ACCOUNTS, line)
        elif (before.kind, before.currency) != (line.kind, line.currency):
            expected = f"kind {before.kind} and currency {before.currency}"
            faults.append(EntryFault(line.account_id, 0, Rejection.account_known_with_other_facts, expected))
    return faults


def apply_entries(
    tx: Transaction,
    entries: Sequence[AccountEntry],
    exchange: ParticipantId,
    setting: Setting,
    open_orders: Mapping[MessageId, Incoming] = NO_ORDERS,
    known: Collection[PlacedFollow] = (),
) -> list[EntryFault]:
    """Book entries, wake the orders that waited for their credits, and tell the exchange whatever changed.

    ``open_orders`` are messages that are being replied to just now, see `tell_answers`; ``known`` see `open_books`.
    """
    assert len(entries) <= ENTRIES_PER_BATCH_MAX
    if not all(entry.kind in CORE_HOLD_KINDS for entry in entries):
        tx.guard(ENTRIES_GUARD, shared=True)
    ordered = sorted(entries, key=lambda entry: (entry.account_id, entry.entry_no))
    books = open_books(tx, {entry.account_id for entry in entries}, _named_credits(entries), setting.now, known)
    behind = [account_id for account_id, book in books.items() if book.line.is_behind]
    if behind:
        tx.guard(ENTRIES_GUARD, shared=True)  # a credit may be among those that wait
    waiting = _waiting(tx, behind)
    faults: list[EntryFault] = []
    booked: list[AccountEntry] = []
    for account_id, group in groupby(ordered, key=lambda entry: entry.account_id):
        book = books.get(account_id)
        if book is None:
            first = next(group)
            faults.append(EntryFault(account_id, first.entry_no, Rejection.account_unknown, "an opened account"))
            continue
        run = sorted([*group, *waiting.get(account_id, [])], key=lambda entry: entry.entry_no)
        faults += _book_run(tx, book, run, booked, setting)
        tx.put(ACCOUNTS, book.line)
    answer_books(tx, books, _met_standing_orders(tx, booked, setting.now), exchange, setting, open_orders)
    return faults


def answer_books(
    tx: Transaction,
    books: dict[AccountId, Book],
    arrived: Sequence[Follow],
    exchange: ParticipantId,
    setting: Setting,
    open_orders: Mapping[MessageId, Incoming] = NO_ORDERS,
) -> None:
    """Tell the exchange what has changed for the follows of these accounts and for ``arrived``.

    Those are follows whose credit has arrived, or closed ones of which there is still something to tell.
    """
    paid_late = {order_id: units for book in books.values() for order_id, units in book.paid_late.items()}
    closed = tx.get_many(FOLLOWS, {(order_id,) for order_id in paid_late}) if paid_late else {}
    follows = sorted(
        (*(follow for book in books.values() for follow in book.follows), *arrived, *closed.values()),
        key=lambda follow: (follow.rank, follow.order_id),
    )
    lines = {account_id: book.line for account_id, book in books.items()}
    holds = [hold for book in books.values() for hold in book.holds.values()]
    ledger = None if arrived or closed else ledger_of_books(tx, books, follows, setting.now)
    answers = answer_follows(tx, follows, lines, setting, holds=holds, ledger=ledger, paid_late=paid_late)
    tell_answers(tx, answers, exchange, setting, open_orders)


def _named_credits(entries: Sequence[AccountEntry]) -> set[Key]:
    """Return the credits that the entries add or send back."""
    added = {(entry.account_id, entry.transfer_ref) for entry in entries if entry.kind is EntryKind.credit}
    sent_back = {(entry.account_id, entry.original_ref) for entry in entries if entry.kind in BACKWARD_KINDS}
    return {(account_id, ref) for account_id, ref in added | sent_back if ref is not None}


def _book_run(
    tx: Transaction, book: Book, run: Sequence[AccountEntry], booked: list[AccountEntry], setting: Setting
) -> list[EntryFault]:
    """Book what follows on without a gap; let the rest wait, and stop at the first that cannot be booked."""
    faults: list[EntryFault] = []
    was_behind, is_behind = book.line.is_behind, False
    for entry in run:
        if entry.entry_no <= book.line.entry_no:
            continue
        fault = None if is_behind else _fault_on(tx, book, entry)
        if fault is not None:
            faults.append(fault)
        if is_behind or fault is not None or entry.entry_no != book.line.entry_no + 1:
            is_behind = True
            if fault is None:
                tx.put(WAITING_ENTRIES, WaitingEntry(account_id=entry.account_id, entry_no=entry.entry_no, entry=entry))
            continue
        book_entry(tx, book, entry, setting)
        booked.append(entry)
        if was_behind:
            tx.delete(WAITING_ENTRIES, entry.account_id, entry.entry_no)
    book.line = replace(book.line, is_behind=is_behind)
    return faults


def _fault_on(tx: Transaction, book: Book, entry: AccountEntry) -> EntryFault | None:
    """Return why this account cannot take the entry, or None."""
    expected = fault_in(entry)
    if expected is not None:
        return EntryFault(entry.account_id, entry.entry_no, Rejection.entry_malformed, expected)
    if entry.currency != book.line.currency:
        where = f"currency: expected {book.line.currency}"
        return EntryFault(entry.account_id, entry.entry_no, Rejection.currency_of_account_differs, where)
    if entry.kind is EntryKind.credit and entry.entry_no == book.line.entry_no + 1:
        assert entry.transfer_ref is not None
        if tx.get(CREDIT_PLACES, entry.transfer_ref) is not None:
            where = "transfer_ref: expected one that has not been credited before"
            return EntryFault(entry.account_id, entry.entry_no, Rejection.transfer_credited_twice, where)
    if entry.entry_no == book.line.entry_no + 1:
        fault = unbookable(tx, book, entry)
        return None if fault is None else EntryFault(entry.account_id, entry.entry_no, *fault)
    return None


def _waiting(tx: Transaction, account_ids: list[AccountId]) -> dict[AccountId, list[AccountEntry]]:
    if not account_ids:
        return {}
    rows = tx.find(
        WAITING_ENTRIES, Condition("account_id", "in", account_ids), order=("account_id", "entry_no"), limit=50_000
    )
    waiting: dict[AccountId, list[AccountEntry]] = {}
    for row in rows:
        waiting.setdefault(row.account_id, []).append(row.entry)
    return waiting


def _met_standing_orders(tx: Transaction, booked: Sequence[AccountEntry], now: Instant) -> list[Follow]:
    """Return the standing orders whose credit has now arrived, each with its account."""
    credited = {
        entry.transfer_ref: entry.account_id
        for entry in booked
        if entry.kind is EntryKind.credit and entry.transfer_ref is not None
    }
    if not credited:
        return []
    standing = tx.find(
        FOLLOWS,
        Condition("account_id", "is_null"),
        Condition("transfer_ref", "in", list(credited)),
        Condition("is_open", "=", True),
        Condition("ends_at", ">", now),
        order=("rank", "order_id"),
    )
    locked = tx.lock(FOLLOWS, {(follow.order_id,) for follow in standing})
    met = [replace(follow, account_id=credited[follow.transfer_ref]) for follow in locked.values() if follow.is_open]
    for follow in met:
        tx.put(FOLLOWS, follow)
    return met
