"""How fast an agent takes entries, beside plain COPY of the same rows; and what a first hold costs over a bare commit.

One run on an embedded PostgreSQL on disk, fsync on, with a million accounts. Interleaved, transaction by transaction:

    copy            the rows that the entries become, ready as text, by COPY into tables of the same shape and keys
    ingest          the same entries through `ingest`: decided, placed on their lines, accounts advanced
    ingest + holds  the same while another process follows credits of other accounts, requests and places holds
    batch           as a core sends them to the entries API: signature checked, JSON (larger ones: CSV) read, entries
                    taken on the fast road and the batch recorded; HTTP itself is not measured
    batch, general  the same on the general road

then follow-and-request and a bare durable commit of one row, in turn. COPY decides nothing and advances no account: it
is a bound, not an equal. Run it on a quiet machine: `python -m bench.agent_ingest`. What the processors worked for each
entry depends less than seconds do on what else the machine does.
"""

import argparse
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random
from typing import NamedTuple

import psycopg

from bench.posted_batch import Posted, take_posted
from tarazy.adapters.packs import load_pack
from tarazy.adapters.postgres.embedded import EmbeddedServer
from tarazy.adapters.postgres.ingest import book_simple_runs, ingest
from tarazy.adapters.postgres.migrations import migrate
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.agent.entries import apply_entries
from tarazy.agent.following import follow_reads, take_follow_orders
from tarazy.agent.records import ENTRY_BATCHES, EntryBatch
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.entry import AccountEntry, EntryKind
from tarazy.domain.line import consumption_kind
from tarazy.law.assessment import ActorRole
from tarazy.protocol.bodies import Author, FollowOrder, HoldTerms
from tarazy.protocol.message import Envelope
from tarazy.values.ids import (
    AccountId,
    CaseId,
    DisclosureId,
    HoldId,
    NormId,
    OfficerId,
    ParticipantId,
    PieceId,
    ReportId,
    SealedRef,
    TracingId,
    TransferRef,
)
from tarazy.values.instant import Instant

OPENING = 1_000_000
AMOUNT = 1_000
TRANSACTION_SECONDS_P99 = 0.1
SIZES = (500, 1000, 1500, 2000, 3000)
TRIAL_SECONDS = 3
SERVER = {"shared_buffers": "1GB", "max_wal_size": "8GB"}
"""What a server of a million accounts is given: their pages stay in memory, and checkpoints are far between."""
TABLES = ("credits", "credit_places", "consumptions")
KEYS = ("account_id, transfer_ref", "transfer_ref", "account_id, line_from")
BANK, EXCHANGE = ParticipantId("bank-a"), ParticipantId("exchange")
NOW = Instant(datetime(2026, 11, 2, tzinfo=UTC))

ACCOUNT_SQL = "'KZ' || lpad(((i::bigint * 7919) %% {accounts})::text, 18, '0')"
"""Spread, so that accounts that are neighbours in time are none in the index (7919 is prime)."""
FILL = {
    "credits": "SELECT {account}, i / {accounts} * 2 + 1, {opening} + i / {accounts} * {amount},"
    " {opening} + i / {accounts} * {amount} + {amount}, md5(i::text)::uuid::text, {amount}, 'KZT', NULL, false,"
    " timestamptz '2026-11-01Z' + i * interval '1 ms' FROM generate_series(0, {filled} - 1) i",
    "credit_places": "SELECT md5(i::text)::uuid::text, {account}, {opening} + i / {accounts} * {amount},"
    " {opening} + i / {accounts} * {amount} + {amount} FROM generate_series(0, {filled} - 1) i",
    "consumptions": "SELECT {account}, i / {accounts} * 2 + 2, i / {accounts} * {amount},"
    " i / {accounts} * {amount} + {amount}, md5('d' || i)::uuid::text, 0, 'moved_on', 'bank-b',"
    " timestamptz '2026-11-01Z' + i * interval '1 ms' FROM generate_series(0, {filled} - 1) i",
}


def account_id(number: int, accounts: int) -> AccountId:
    return AccountId(f"KZ{number * 7919 % accounts:018}")


class Options(NamedTuple):
    accounts: int
    filled: int
    """Credits, and as many debits, that lie on the lines before; a multiple of the accounts."""
    entries: int
    seconds: float
    batch: int
    holders: int
    follows: int


class Processors:
    """How long the processors have worked for this process and for some of the server's processes."""

    def __init__(self, pids: Sequence[int] = ()) -> None:
        self.files = [path for pid in pids if (path := Path(f"/proc/{pid}/schedstat")).exists()]

    def seconds(self) -> float:
        nanoseconds = sum(int(path.read_text().split()[0]) for path in self.files)
        return time.process_time() + nanoseconds / 1e9


@dataclass
class Phase:
    """What one way of writing took: seconds of each transaction, of the processors, and how many entries it carried."""

    name: str
    processors: Processors = field(default_factory=Processors)
    seconds: list[float] = field(default_factory=list)
    entries: int = 0
    worked: float = 0.0

    def timed(self, entries: int, work: Callable[[], object]) -> None:
        before, start = self.processors.seconds(), time.perf_counter()
        work()
        self.seconds.append(time.perf_counter() - start)
        self.worked += self.processors.seconds() - before
        self.entries += entries

    @property
    def rate(self) -> float:
        return self.entries / sum(self.seconds)

    def quantile(self, part: float) -> float:
        return 1000 * sorted(self.seconds)[min(len(self.seconds) - 1, int(part * len(self.seconds)))]


class Traffic:
    """An endless stream of entries of random accounts, half of them credits; nobody overdraws."""

    def __init__(self, options: Options) -> None:
        self.random = Random(20261101)
        self.options = options
        per_account = options.filled // options.accounts
        self.numbers = [2 * per_account] * options.accounts
        self.free = [OPENING] * options.accounts
        self.lines = [(per_account * AMOUNT, OPENING + per_account * AMOUNT)] * options.accounts
        self.count = 0

    def batch(self, size: int) -> tuple[list[AccountEntry], list[str]]:
        """Return entries, and the rows that they become as the text that COPY takes, one for each table."""
        entries: list[AccountEntry] = []
        rows: tuple[list[str], ...] = ([], [], [])
        for _ in range(size):
            number = self.random.randrange(self.options.accounts - self.options.holders)
            entry = self._entry(number)
            entries.append(entry)
            self._rows(number, entry, rows)
        return entries, ["".join(lines) for lines in rows]

    def _entry(self, number: int) -> AccountEntry:
        self.count += 1
        self.numbers[number] += 1
        amount = self.random.randrange(1, AMOUNT)
        is_credit = self.random.random() < 0.5 or self.free[number] < amount
        self.free[number] += amount if is_credit else -amount
        bits = f"{self.random.getrandbits(128):032x}"
        return AccountEntry(
            account_id=account_id(number, self.options.accounts),
            entry_no=self.numbers[number],
            kind=EntryKind.credit if is_credit else EntryKind.debit,
            amount_minor=amount,
            currency="KZT",
            booked_at=NOW.plus(timedelta(milliseconds=self.count)),
            transfer_ref=TransferRef(f"{bits[:8]}-{bits[8:12]}-{bits[12:16]}-{bits[16:20]}-{bits[20:]}"),
            counterparty=ParticipantId("bank-b"),
        )

    def _rows(self, number: int, entry: AccountEntry, rows: tuple[list[str], ...]) -> None:
        credits_, places, consumptions = rows
        head, end = self.lines[number]
        ref, amount, at = entry.transfer_ref, entry.amount_minor, entry.booked_at.utc.isoformat()
        if entry.kind is EntryKind.credit:
            line = (entry.account_id, entry.entry_no, end, end + amount, ref, amount, "KZT", "\\N", "f", at)
            credits_.append("\t".join(map(str, line)) + "\n")
            places.append(f"{ref}\t{entry.account_id}\t{end}\t{end + amount}\n")
            self.lines[number] = (head, end + amount)
        else:
            kind = consumption_kind(entry)
            line = (entry.account_id, entry.entry_no, head, head + amount, ref, 0, kind, "bank-b", at, "")
            consumptions.append("\t".join(map(str, line[:-1])) + "\n")
            self.lines[number] = (head + amount, end)


def copied(connection: psycopg.Connection, rows: Sequence[str]) -> None:
    """Write a batch's rows by COPY, in one transaction."""
    with connection.transaction(), connection.cursor() as cursor:
        for table, text in zip(TABLES, rows, strict=True):
            with cursor.copy(f"COPY plain_{table} FROM STDIN".encode()) as copy:
                copy.write(text)


def prepared(url: str, options: Options) -> None:
    """Make the schema, the accounts and what lies on their lines, and the counterpart's tables with the same rows."""
    migrate(url, "agent")
    per_account = options.filled // options.accounts
    names = {
        "account": ACCOUNT_SQL.format(accounts=options.accounts).replace("%%", "%"),
        "accounts": options.accounts,
        "filled": options.filled,
        "opening": OPENING,
        "amount": AMOUNT,
    }
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute(
            f"INSERT INTO accounts SELECT {names['account']}, 'personal', 'KZT', true, {2 * per_account},"
            f" {per_account * AMOUNT}, {OPENING + per_account * AMOUNT}, '{{}}', 0, 0, false"
            f" FROM generate_series(0, {options.accounts - 1}) i".encode()
        )
        for table, key in zip(TABLES, KEYS, strict=True):
            connection.execute(f"CREATE TABLE plain_{table} (LIKE {table} INCLUDING DEFAULTS)".encode())
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey".encode())
            for name in (table, f"plain_{table}"):
                connection.execute(f"INSERT INTO {name} {FILL[table].format(**names)}".encode())
                connection.execute(f"ALTER TABLE {name} ADD PRIMARY KEY ({key})".encode())
        connection.execute("CREATE INDEX ON plain_credits (account_id, booked_at) WHERE is_protected")
        connection.execute("VACUUM ANALYZE")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def setting_at(now: Instant) -> Setting:
    return Setting(
        me=BANK,
        now=now,
        key_id="bank-a#1",
        sign=lambda _: b"s" * 64,
        key_of=lambda _: None,
        officer_key_of=lambda *_: None,
        officer_capacity=lambda *_: ActorRole.other,
        pack=load_pack("xx"),
        only_from=None,
        entropy=bytes,
        seal=lambda to, ref: SealedRef(f"{to}:{ref}"),
        unseal=str,
    )


SETTING = setting_at(NOW)


def order_for(ref: str, number: str) -> Envelope:
    """Return the order to follow a credit and to hold what is there."""
    terms = HoldTerms(
        hold_id=HoldId(f"hold_{number}"),
        report_id=ReportId("report"),
        measure="M4b",
        pack="xx",
        law_day=date(2026, 11, 22),
        norms=(NormId("xx-hold"),),
        author=Author(participant_id=BANK, officer_id=OfficerId("officer"), mandate_id=None),
        claim_minor=AMOUNT,
        confirm_by=NOW.plus(timedelta(hours=2)),
        expires_at=NOW.plus(timedelta(hours=72)),
        floor_days=30,
        living_minimum_minor=50,
        commitment="",
    )
    body = FollowOrder(
        order_id=PieceId(f"order_{number}"),
        tracing_id=TracingId("tracing"),
        case_id=CaseId(f"case_{number}"),
        disclosure_id=DisclosureId("disclosure"),
        depth=1,
        sealed_ref=SealedRef(ref),
        from_minor=0,
        to_minor=AMOUNT,
        currency="KZT",
        rank=NOW,
        ends_at=NOW.plus(timedelta(days=30)),
        rest="refused_by_law",
        terms=terms,
    )
    return Envelope(message_id=f"msg_{number}", sender=EXCHANGE, recipient=BANK, issued_at=NOW, body=body)


def credits_to_follow(store: PostgresStore, options: Options) -> list[tuple[AccountId, int, str]]:
    """Give each account kept for holds a credit that nobody has spent; return account, entry number and transfer."""
    last = 2 * (options.filled // options.accounts) + 1
    entries = [
        AccountEntry(
            account_id=account_id(number, options.accounts),
            entry_no=last,
            kind=EntryKind.credit,
            amount_minor=AMOUNT,
            currency="KZT",
            booked_at=NOW,
            transfer_ref=TransferRef(f"held-{number}"),
            counterparty=ParticipantId("bank-b"),
        )
        for number in range(options.accounts - options.holders, options.accounts)
    ]
    assert ingest(store, entries, EXCHANGE, SETTING) == []
    return [(entry.account_id, entry.entry_no, entry.transfer_ref or "") for entry in entries]


def follow_and_request(store: PostgresStore, envelope: Envelope) -> None:
    """Take an order as it is taken from a batch of messages: what it reads first is read at once."""

    def work(tx: Transaction) -> None:
        tx.gather(*follow_reads([envelope], SETTING))
        take_follow_orders(tx, [envelope], SETTING)

    store.run(work)


def taken_by_general_road(store: PostgresStore, entries: Sequence[AccountEntry]) -> None:
    store.run(lambda tx: apply_entries(tx, entries, EXCHANGE, SETTING))


def commit_one_row(store: PostgresStore, row: EntryBatch) -> None:
    store.run(lambda tx: tx.add(ENTRY_BATCHES, row))


def place_holds(
    url: str, credits_: Sequence[tuple[AccountId, int, str]], stop: Event, done: "multiprocessing.Queue[list[float]]"
) -> None:
    """Follow, request and place holds, one after another, until told to stop; report what each took."""
    store = PostgresStore(url, connections_max=1)
    seconds = []
    for account, entry_no, ref in credits_:
        if stop.is_set():
            break
        start = time.perf_counter()
        follow_and_request(store, order_for(ref, ref))
        reserve = AccountEntry(
            account_id=account,
            entry_no=entry_no + 1,
            kind=EntryKind.reserve,
            amount_minor=AMOUNT,
            currency="KZT",
            booked_at=NOW,
            hold_id=HoldId(f"hold_{ref}"),
        )
        assert ingest(store, [reserve], EXCHANGE, SETTING) == []
        seconds.append(time.perf_counter() - start)
    store.close()
    done.put(seconds)


def batch_size(store: PostgresStore, traffic: Traffic, connection: psycopg.Connection) -> int:
    """Return the fastest of some sizes whose transactions stay well below the limit, trying each for some seconds."""
    rates: dict[int, float] = {SIZES[0]: 0.0}
    for size in SIZES:
        trial = Phase("trial")
        while sum(trial.seconds) < TRIAL_SECONDS:
            entries, rows = traffic.batch(size)
            copied(connection, rows)
            trial.timed(size, partial(ingest, store, entries, EXCHANGE, SETTING))
        print(f"    {size:>5} entries: {trial.rate:>8,.0f} a second, p99 {trial.quantile(0.99):.0f} ms", flush=True)
        if trial.quantile(0.99) <= 800 * TRANSACTION_SECONDS_P99:
            rates[size] = trial.rate
    return max(rates, key=lambda size: rates[size])


def taken_in_turn(
    store: PostgresStore,
    traffic: Traffic,
    connection: psycopg.Connection,
    size: int,
    phases: tuple[Phase, Phase],
    options: Options,
) -> None:
    """COPY a batch and ingest it, in turn, until the time or the entries are used up."""
    copy, fast = phases
    begun = time.perf_counter()
    while time.perf_counter() - begun < options.seconds and fast.entries < options.entries:
        entries, rows = traffic.batch(size)
        copy.timed(size, partial(copied, connection, rows))
        fast.timed(size, partial(ingest, store, entries, EXCHANGE, SETTING))


def batches_in_turn(
    store: PostgresStore, traffic: Traffic, size: int, processors: Processors, options: Options
) -> tuple[Phase, Phase, Phase]:
    """Take a feed, a batch, and a batch on the general road, in turn, until half the time or the entries are used."""
    feed, fast = Phase("ingest, batches in turn", processors), Phase("batch", processors)
    general = Phase("batch, general road", processors)
    begun = time.perf_counter()
    while time.perf_counter() - begun < options.seconds / 2 and fast.entries < options.entries:
        entries, _rows = traffic.batch(size)
        feed.timed(size, partial(ingest, store, entries, EXCHANGE, SETTING))
        for phase, road in ((fast, book_simple_runs), (general, None)):
            posted = Posted.of(f"batch-{traffic.count}", BANK, traffic.batch(size)[0])
            phase.timed(size, partial(take_posted, store, posted, EXCHANGE, SETTING, road))
    return feed, fast, general


def followed_in_turn(
    store: PostgresStore, credits_: Sequence[tuple[AccountId, int, str]], processors: Processors
) -> tuple[Phase, Phase]:
    """Follow a credit and request its hold, and commit one row, in turn."""
    bare, follow = Phase("bare commit of one row", processors), Phase("follow and request", processors)
    for number, (_, _, ref) in enumerate(credits_):
        row = EntryBatch(batch_id=f"b{number}", digest="d", taken_at=NOW, entries=1)
        bare.timed(1, partial(commit_one_row, store, row))
        follow.timed(1, partial(follow_and_request, store, order_for(ref, ref)))
    return bare, follow


def measured(server: EmbeddedServer, options: Options) -> list[Phase]:
    """Run everything on a fresh database."""
    server.create_database("agent", "agent")
    url = server.url("agent", "agent")
    start = time.perf_counter()
    with psycopg.connect(server.url("agent"), autocommit=True) as connection:
        connection.execute("GRANT pg_checkpoint TO agent")
    prepared(url, options)
    print(f"  made {options.accounts:,} accounts, {2 * options.filled:,} entries: {time.perf_counter() - start:.0f} s")
    store = PostgresStore(url, connections_max=2)
    traffic = Traffic(options)
    credits_ = credits_to_follow(store, options)
    with psycopg.connect(url, autocommit=True) as connection:
        running = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = 'agent'").fetchall()
        processors = Processors([pid for (pid,) in running])
        size = options.batch or batch_size(store, traffic, connection)
        print(f"  {size:,} entries in a transaction", flush=True)
        general = Phase("general road", processors)
        for _ in range(10):
            entries, _rows = traffic.batch(size)
            general.timed(size, partial(taken_by_general_road, store, entries))
        alone = (Phase("copy", processors), Phase("ingest", processors))
        taken_in_turn(store, traffic, connection, size, alone, options)
        beside = (Phase("copy, holds beside", processors), Phase("ingest, holds beside", processors))
        stop: Event = multiprocessing.Event()
        done: multiprocessing.Queue[list[float]] = multiprocessing.Queue()
        others = credits_[options.follows :]
        holder = multiprocessing.Process(target=place_holds, args=(url, others, stop, done))
        holder.start()
        taken_in_turn(store, traffic, connection, size, beside, options)
        stop.set()
        placed = Phase("follow, request, place", seconds=done.get())
        holder.join()
        placed.entries = len(placed.seconds)
        batches = batches_in_turn(store, traffic, size, processors, options)
        print(f"  load of the machine {os.getloadavg()[0]:.1f} (this run alone makes about 2)", flush=True)
        follows = followed_in_turn(store, credits_[: options.follows], processors)
    store.close()
    return [*alone, *beside, placed, *follows, general, *batches]


def told(phases: Sequence[Phase]) -> None:
    """Print the table, and what it says about the targets."""
    print(f"\n  {'':24}{'a second':>10}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}{'times':>8}{'processor us each':>19}")
    for phase in phases:
        milliseconds = (phase.quantile(0.5), phase.quantile(0.99), phase.quantile(1))
        numbers = "".join(f"{value:>9.2f}" for value in milliseconds)
        worked = f"{1e6 * phase.worked / phase.entries:>19.1f}" if phase.worked else ""
        print(f"  {phase.name:24}{phase.rate:>10,.0f}{numbers}{len(phase.seconds):>8}{worked}")
    copy, fast, copy_beside, fast_beside, _, bare, follow, _, feed, batch, batch_general = phases
    above = follow.quantile(0.5) - bare.quantile(0.5)
    shares = (fast.rate / copy.rate, fast_beside.rate / copy_beside.rate)
    print(f"\n  ingest is {shares[0]:.2f} of COPY, with holds beside {shares[1]:.2f}")
    parts = (batch.rate / feed.rate, batch.rate / batch_general.rate)
    print(f"  a batch of the entries API is taken at {parts[0]:.2f} of ingest, {parts[1]:.2f} of the general road")
    print("  20,000 entries a second, 99 % of the transactions within 100 ms:")
    print(f"  {verdict(fast)}, with holds beside {verdict(fast_beside)}")
    print(
        f"  follow and request {above:.2f} ms above a bare commit (target 0.7): {'met' if above <= 0.7 else 'missed'}"
    )


def verdict(phase: Phase) -> str:
    is_met = phase.rate >= 20_000 and phase.quantile(0.99) <= 1000 * TRANSACTION_SECONDS_P99
    return "met" if is_met else "missed"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.agent_ingest", description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument(
        "--filled", type=int, default=0, help="entries on the lines before, in whole millions of accounts"
    )
    parser.add_argument("--entries", type=int, default=2_000_000, help="at most so many in each of the two phases")
    parser.add_argument("--seconds", type=float, default=60, help="at most so long for each of the two phases")
    parser.add_argument("--batch", type=int, default=0, help="entries in a transaction (0: find it)")
    parser.add_argument("--follows", type=int, default=1_000)
    parser.add_argument("--setting", action="append", default=[], help="of the server: name=value")
    parser.add_argument("--folder", type=Path, help="where the database lies (a folder on disk that others may pass)")
    given = parser.parse_args()
    filled = given.filled // 2 // given.accounts * given.accounts
    options = Options(
        given.accounts, filled, given.entries, given.seconds, given.batch, given.follows + 20_000, given.follows
    )
    settings = {**SERVER, **dict(setting.split("=", 1) for setting in given.setting)}
    print(f"  server: fsync on, {settings}; load of the machine {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="tarazy-bench-", dir=given.folder) as folder:
        Path(folder).chmod(0o755)
        with EmbeddedServer(Path(folder) / "postgresql", settings=settings) as server:
            told(measured(server, options))


if __name__ == "__main__":
    main()
