"""Taking entries fast: whole batches in a few statements, wherever an account's run is of the simple kind.

`ingest` has exactly the effect of `agent.entries.apply_entries`. Most accounts only get credits at the end of their
line and debits from its head; their runs are placed by running sums in SQL (``ingest.sql``). Every account for which
that might not be the whole truth goes the general road, all its entries, in the same transaction. So entries of one
account never pass each other, and there is no state between the roads. Docs: docs/decisions/0009-set-based-ingest.md.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files
from operator import attrgetter
from typing import Final, NamedTuple, cast

from tarazy.adapters.postgres.columns import RowShape
from tarazy.adapters.postgres.statements import Call
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.adapters.postgres.transaction import BEGIN, PostgresTransaction
from tarazy.agent.booked_first import BookedFirst, Reach
from tarazy.agent.entries import ENTRIES_PER_BATCH_MAX, EntryFault, apply_entries
from tarazy.agent.following import ENTRIES_GUARD
from tarazy.app.setting import Setting
from tarazy.app.store import Table, Transaction
from tarazy.domain.entry import AccountEntry, EntryKind, fault_in
from tarazy.domain.line import ConsumptionKind, consumption_kind
from tarazy.values.ids import AccountId, ParticipantId, TransferRef
from tarazy.values.instant import Instant

INGEST_ENTRIES_MAX: Final = 100_000
"""More in one transaction would keep its accounts from holds for seconds."""
STATEMENT_SECONDS_MAX: Final = 20
"""The largest batch needs a fifth of this. A statement that runs longer has lost its way: it is ended and undone."""


class StagedEntry(NamedTuple):
    """An entry of the simple kind as it travels. ``taken_as`` is None for a credit.

    ``place`` counts from 1 after the last entry booked; ``head`` and ``line_end`` are the locked account's. So the
    accounts, which lie scattered over a large table, need not be read again.
    """

    account_id: AccountId
    place: int
    head: int
    line_end: int
    entry_no: int
    amount_minor: int
    taken_as: ConsumptionKind | None
    transfer_ref: TransferRef | None
    transfer_minor: int
    currency: str
    original_ref: TransferRef | None
    counterparty: ParticipantId | None
    is_protected: bool
    booked_at: Instant


class Standing(NamedTuple):
    """How an account stands. ``is_simple``: not behind, no gaps, no debt, and nobody follows a piece of it."""

    entry_no: int
    currency: str
    head: int
    line_end: int
    is_simple: bool


class Sorted(NamedTuple):
    """What of a batch may go the fast road, and the accounts whose entries all go the general one."""

    staged: list[StagedEntry]
    general: set[AccountId]


STAGED: Final = RowShape(Table("staged_entries", StagedEntry, ("account_id", "entry_no")))
ACCOUNT_ID: Final = STAGED.by_name["account_id"]
TRANSFER_REF: Final = STAGED.by_name["transfer_ref"]

LIMIT: Final = f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS_MAX}s'"
LOCK: Final = """
SELECT a.account_id, a.entry_no, a.currency, a.head, a.line_end,
       NOT a.is_behind AND a.debt_minor = 0 AND isempty(a.gaps)
  FROM accounts a
 WHERE a.account_id = ANY($1::text[])
 ORDER BY a.account_id
   FOR UPDATE
"""
FOLLOWED: Final = "SELECT f.account_id FROM follows f WHERE f.account_id = ANY($1::text[]) AND f.is_open"
CREDITED: Final = "SELECT p.transfer_ref FROM credit_places p WHERE p.transfer_ref = ANY($1::text[])"
AWAITED: Final = """
SELECT f.transfer_ref
  FROM follows f
 WHERE f.transfer_ref = ANY($1::text[]) AND f.is_open AND f.account_id IS NULL
"""
WAITING: Final = "SELECT w.entry ->> 'transfer_ref' FROM waiting_entries w WHERE w.account_id = ANY($1::text[])"
BOOK: Final = files("tarazy.adapters.postgres").joinpath("ingest.sql").read_text(encoding="utf-8")


def ingest(
    store: PostgresStore, entries: Sequence[AccountEntry], exchange: ParticipantId, setting: Setting
) -> list[EntryFault]:
    """Book a batch of entries in one transaction, with the effect of `apply_entries`, and return the faults.

    The same batch again changes nothing. Raises what `PostgresStore.run` raises; then nothing was booked.
    """
    assert len(entries) <= INGEST_ENTRIES_MAX

    def work(tx: Transaction) -> list[EntryFault]:
        rest = book_simple_runs(tx, entries)
        return [fault for part in _parts(rest) for fault in apply_entries(tx, part, exchange, setting)]

    return store.run(work)


def book_simple_runs(tx: Transaction, entries: Sequence[AccountEntry]) -> list[AccountEntry]:
    """Book the runs of all accounts that may go the fast road; return the entries of the others, in their order.

    What is booked here the transaction does not see: no entries, accounts or follows may have been read in it, and
    nothing locked or written. How the accounts stood that went the fast road is noted as `BookedFirst`.
    """
    assert isinstance(tx, PostgresTransaction)
    assert BEGIN in tx._ahead, "nothing was locked or written"  # noqa: SLF001 (statements of this package, as below)
    standings, contested = _as_they_stand(tx, entries)
    staged, general = sorted_out(entries, standings, contested)
    if staged:
        (rows,) = _asked(tx, [Call(BOOK, STAGED.arrays(staged))])
        general |= {AccountId(str(row[0])) for row in rows}
    fast = standings.keys() - general
    tx.note(BookedFirst({one: Reach(standings[one].entry_no, standings[one].line_end) for one in fast}))
    return [entry for entry in entries if entry.account_id in general]


def _as_they_stand(
    tx: PostgresTransaction, entries: Sequence[AccountEntry]
) -> tuple[dict[AccountId, Standing], set[TransferRef]]:
    """Lock the accounts in order; return how they stand, and the transfers whose credit may need the general road.

    Those are transfers credited already or twice in the batch, such as a standing order waits for, and such as wait
    behind a gap of one of these accounts: whichever account comes first is to get the credit.

    Only what is asked behind the locks is certain to stay so: hence several statements, in one round trip.
    """
    credited = [entry.transfer_ref for entry in entries if entry.kind is EntryKind.credit and entry.transfer_ref]
    accounts = [ACCOUNT_ID.array(sorted({entry.account_id for entry in entries}))]
    transfers = [TRANSFER_REF.array(list(set(credited)))]
    tx.guard(ENTRIES_GUARD, shared=True)
    locked, followed, known, awaited, waiting = _asked(
        tx,
        [
            Call(LIMIT),
            Call(LOCK, accounts),
            Call(FOLLOWED, accounts),
            Call(CREDITED, transfers),
            Call(AWAITED, transfers),
            Call(WAITING, accounts),
        ],
    )[1:]
    with_follows = {account_id for (account_id,) in followed}
    standings: dict[AccountId, Standing] = {}
    for row in locked:
        account_id, entry_no, currency, head, end, is_simple = cast("tuple[AccountId, int, str, int, int, bool]", row)
        is_simple = is_simple and account_id not in with_follows
        standings[account_id] = Standing(entry_no, currency, head, end, is_simple)
    contested = {cast("TransferRef", ref) for rows in (known, awaited, waiting) for (ref,) in rows}
    if len(set(credited)) < len(credited):
        contested |= {ref for ref, count in Counter(credited).items() if count > 1}
    return standings, contested


def sorted_out(
    entries: Sequence[AccountEntry], standings: dict[AccountId, Standing], contested: set[TransferRef]
) -> Sorted:
    """Separate what may go the fast road. Entries that an account has already are on neither."""
    general: set[AccountId] = set()
    fresh: list[AccountEntry] = []
    for entry in entries:
        standing = standings.get(entry.account_id)
        if standing is None or not standing.is_simple:
            general.add(entry.account_id)
        elif entry.entry_no > standing.entry_no:
            fresh.append(entry)
            is_contested = entry.kind is EntryKind.credit and entry.transfer_ref in contested
            if is_contested or entry.currency != standing.currency or not is_simple(entry):
                general.add(entry.account_id)
    staged = [_staged(entry, standings[entry.account_id]) for entry in fresh if entry.account_id not in general]
    return Sorted(staged, general)


def is_simple(entry: AccountEntry) -> bool:
    """Return whether an entry only adds at the end of a line or takes from its head, and is well formed."""
    if entry.kind is EntryKind.credit:
        return fault_in(entry) is None
    if entry.kind is EntryKind.debit or entry.kind is EntryKind.fee:
        return entry.original_ref is None and fault_in(entry) is None
    return False


def _staged(entry: AccountEntry, standing: Standing) -> StagedEntry:
    return StagedEntry(
        entry.account_id,
        entry.entry_no - standing.entry_no,
        standing.head,
        standing.line_end,
        entry.entry_no,
        entry.amount_minor,
        None if entry.kind is EntryKind.credit else consumption_kind(entry),
        entry.transfer_ref,
        entry.amount_minor if entry.transfer_minor is None else entry.transfer_minor,
        entry.currency,
        entry.original_ref,
        entry.counterparty,
        entry.is_protected,
        entry.booked_at,
    )


def _parts(entries: Sequence[AccountEntry]) -> Iterator[Sequence[AccountEntry]]:
    """Cut what goes the general road into batches that it takes, in the order in which it would book them itself."""
    ordered = sorted(entries, key=attrgetter("account_id", "entry_no"))
    for start in range(0, len(ordered), ENTRIES_PER_BATCH_MAX):
        yield ordered[start : start + ENTRIES_PER_BATCH_MAX]


def _asked(tx: PostgresTransaction, calls: list[Call]) -> list[list[tuple[object, ...]]]:
    """Send statements of our own inside the transaction and return the rows of each."""
    results = tx._send(calls)  # noqa: SLF001 (statements of this package that no table port has a word for)
    return [tx._session.read(result) for result in results]  # noqa: SLF001 (as above)
