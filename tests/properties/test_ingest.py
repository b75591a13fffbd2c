"""The fast road of entries on PostgreSQL leaves the same rows, and refuses the same entries, as the general one."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

import psycopg
import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.packs import load_pack
from tarazy.adapters.postgres.ingest import book_simple_runs, ingest
from tarazy.adapters.postgres.migrations import migrate
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.agent.core_port import OpenedAccount
from tarazy.agent.entries import EntryFault, apply_entries, open_accounts
from tarazy.agent.following import take_follow_orders
from tarazy.agent.records import ACCOUNTS, AGENT_TABLES, CONSUMPTIONS, CREDITS
from tarazy.app.setting import Setting
from tarazy.app.store import FIND_LIMIT_MAX, Store
from tarazy.domain.entry import AccountEntry, AccountKind, EntryKind, ExitKind
from tarazy.domain.line import AccountLine
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
from tarazy.values.replacing import replace

pytestmark = pytest.mark.postgres

START: Final = Instant(datetime(2026, 11, 1, tzinfo=UTC))
EXCHANGE: Final = ParticipantId("exchange")
ACCOUNT_NAMES: Final = tuple(AccountId(name) for name in ("a", "b", "c", "d", "nobody's"))
"""The last is not opened, the third is pooled."""
KINDS: Final = ("credit",) * 5 + ("debit",) * 4 + ("fee", "exit", "back", "back", "hold", "unhold", "pay", "follow")
ODD: Final = ("skip", "again", "twice", "malformed", "currency", "late")


class Draw(NamedTuple):
    """Raw numbers from which one step is made; small ones make simple steps."""

    what: str
    account: int
    amount: int
    one: int
    ends_chunk: bool


@dataclass(frozen=True)
class Order:
    """Follow the piece of a transfer, and hold it where ``is_holding``."""

    number: int
    ref: str
    to_minor: int
    is_holding: bool


Step = tuple[AccountEntry, ...] | Order


class Feed:
    """Makes entries and orders from draws: mostly a good feed of several accounts, with every fault a feed can have."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._chunk: list[AccountEntry] = []
        self._numbers = dict.fromkeys(ACCOUNT_NAMES, 0)
        self._sent: list[AccountEntry] = []
        self._withheld: list[AccountEntry] = []
        self._refs: list[tuple[AccountId, str]] = []
        self._orders = 0

    def add(self, number: int, draw: Draw) -> None:
        """Append what the draw means here."""
        if draw.what == "follow":
            self._follow(draw)
        elif draw.what == "again" and self._sent:
            self._send(self._sent[-1 - draw.one % len(self._sent)])
        elif draw.what == "late" and self._withheld:
            self._send(self._withheld.pop(draw.one % len(self._withheld)))
        else:
            self._book(number, draw)
        if draw.ends_chunk:
            self.end_chunk()

    def end_chunk(self) -> None:
        """Let what was made so far travel together."""
        if self._chunk:
            self.steps.append(tuple(self._chunk))
            self._chunk = []

    def _book(self, number: int, draw: Draw) -> None:
        account_id = ACCOUNT_NAMES[draw.account % len(ACCOUNT_NAMES)]
        entry = self._entry(number, account_id, draw)
        if draw.what == "malformed":
            entry = replace(entry, amount_minor=-entry.amount_minor)
        elif draw.what == "currency":
            entry = replace(entry, currency="USD")
        is_bad = draw.what in {"malformed", "currency"}
        if not is_bad or draw.one % 2:  # a bad entry is sometimes mended under the same number, sometimes never
            self._numbers[entry.account_id] += 1
        if draw.what == "skip":
            self._withheld.append(entry)
        else:
            self._send(entry)

    def _entry(self, number: int, account_id: AccountId, draw: Draw) -> AccountEntry:
        entry = AccountEntry(
            account_id=account_id,
            entry_no=self._numbers[account_id] + 1,
            kind=EntryKind.credit,
            amount_minor=draw.amount,
            currency="KZT",
            booked_at=START.plus(timedelta(seconds=number)),
            transfer_ref=TransferRef(f"t{number}"),
            counterparty=ParticipantId('bank "b"\\') if draw.one % 5 else None,
        )
        if draw.what in {"debit", "exit"}:
            exit_kind = ExitKind.cash if draw.what == "exit" or entry.counterparty is None else None
            return replace(entry, kind=EntryKind.debit, exit_kind=exit_kind)
        if draw.what == "fee":
            return replace(entry, kind=EntryKind.fee, transfer_ref=None, counterparty=None)
        if draw.what == "back" and self._refs:
            kind = (EntryKind.return_, EntryKind.reversal, EntryKind.debit, EntryKind.credit)[draw.one % 4]
            owner, original = self._refs[-1 - draw.one % min(4, len(self._refs))]
            if draw.one % 5:  # otherwise somebody else's transfer is named
                entry = replace(entry, account_id=owner, entry_no=self._numbers[owner] + 1)
            return replace(entry, kind=kind, original_ref=TransferRef(original), counterparty=ParticipantId("bank"))
        if draw.what in {"hold", "unhold", "pay"} and self._orders:
            kinds = {"hold": EntryKind.reserve, "unhold": EntryKind.unreserve, "pay": EntryKind.pay}
            return replace(entry, kind=kinds[draw.what], hold_id=HoldId(f"hold_{draw.one % self._orders}"))
        ref = f"t{number}"
        if draw.what == "twice" and self._refs:
            ref = self._refs[-1 - draw.one % min(4, len(self._refs))][1]
        self._refs.append((account_id, ref))
        sent = draw.amount + draw.one if draw.one % 3 == 0 else None
        return replace(
            entry, amount_minor=2 * draw.amount, transfer_ref=TransferRef(ref), transfer_minor=sent and 2 * sent
        )

    def _send(self, entry: AccountEntry) -> None:
        self._chunk.append(entry)
        self._sent.append(entry)

    def _follow(self, draw: Draw) -> None:
        """Order a transfer that arrived, or one that has not yet: the next that is made, or never."""
        self.end_chunk()
        number = len(self._refs)
        known = draw.one % 3 and number
        ref = self._refs[-1 - draw.one % number][1] if known else f"t{number + draw.one}"
        self.steps.append(Order(self._orders, ref, draw.amount, is_holding=draw.account % 4 > 0))
        self._orders += 1


def feed_of(draws: Sequence[Draw]) -> list[Step]:
    feed = Feed()
    for number, draw in enumerate(draws):
        feed.add(number, draw)
    feed.end_chunk()
    return feed.steps


def feeds() -> st.SearchStrategy[list[Step]]:
    """Return feeds that are faulty, and feeds that are all in order so that the fast road is taken often."""
    small = st.integers(0, 12)
    ends = st.sampled_from((False,) * 5 + (True,))

    def lists(kinds: Sequence[str]) -> st.SearchStrategy[list[Draw]]:
        draws = st.builds(Draw, st.sampled_from(kinds), small, st.integers(1, 12), small, ends)
        return st.lists(draws, max_size=8) | st.lists(draws, min_size=15, max_size=60)

    return (lists(KINDS) | lists(KINDS + ODD) | lists(("credit", "credit", "debit", "fee", "skip", "again"))).map(
        feed_of
    )


def setting_at(number: int) -> Setting:
    return Setting(
        me=ParticipantId("bank-a"),
        now=START.plus(timedelta(minutes=number)),
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


def envelope_of(order: Order, setting: Setting) -> Envelope:
    """Return the order as it comes from the exchange; holds end after half an hour, orders after two."""
    terms = HoldTerms(
        hold_id=HoldId(f"hold_{order.number}"),
        report_id=ReportId(f"report_{order.number}"),
        measure="M4b",
        pack="xx",
        law_day=date(2026, 11, 22),
        norms=(NormId("xx-hold"),),
        author=Author(participant_id=setting.me, officer_id=OfficerId("officer"), mandate_id=None),
        claim_minor=order.to_minor,
        confirm_by=setting.now.plus(timedelta(minutes=30)),
        expires_at=setting.now.plus(timedelta(minutes=60)),
        floor_days=30,
        living_minimum_minor=3,
        commitment="",
    )
    body = FollowOrder(
        order_id=PieceId(f"order_{order.number}"),
        tracing_id=TracingId("tracing"),
        case_id=CaseId(f"case_{order.number % 3}"),
        disclosure_id=DisclosureId("disclosure"),
        depth=order.number % 2,
        sealed_ref=SealedRef(order.ref),
        from_minor=0,
        to_minor=order.to_minor,
        currency="KZT",
        rank=setting.now,
        ends_at=setting.now.plus(timedelta(hours=2)),
        rest="refused_by_law",
        terms=terms if order.is_holding else None,
    )
    return Envelope(
        message_id=f"msg_{order.number}", sender=EXCHANGE, recipient=setting.me, issued_at=setting.now, body=body
    )


def open_all(store: Store) -> None:
    opened = [
        OpenedAccount(
            account_id=account_id,
            kind=AccountKind.pooled if number == 2 else AccountKind.personal,
            currency="KZT",
            is_natural_person=number == 1,
            opening_minor=10 * number,
        )
        for number, account_id in enumerate(ACCOUNT_NAMES[:-1])
    ]
    assert store.run(lambda tx: open_accounts(tx, opened)) == []


def line_of(store: Store, account_id: str) -> AccountLine:
    line = store.run(lambda tx: tx.get(ACCOUNTS, account_id))
    assert line is not None
    return line


def follow(store: Store, order: Order, setting: Setting) -> None:
    store.run(lambda tx: take_follow_orders(tx, [envelope_of(order, setting)], setting))


def rows_in(store: Store) -> dict[str, list[Any]]:
    """Return all that an agent keeps. Numbers that a store gives count by their order: there may be gaps in them."""

    def read(tx: Any) -> dict[str, list[Any]]:
        tables = {}
        for table in AGENT_TABLES:
            rows = tx.find(table, order=(table.serial,) if table.serial else (), limit=FIND_LIMIT_MAX)
            serial = table.serial
            tables[table.name] = [replace(row, **{serial: i}) if serial else row for i, row in enumerate(rows, 1)]
        return tables

    return store.run(read)


@contextmanager
def agent_store(url: str) -> Iterator[PostgresStore]:
    migrate(url, "agent")
    store = PostgresStore(url, connections_max=8)
    try:
        yield store
    finally:
        store.close()


def emptied(connection: psycopg.Connection) -> None:
    for table in AGENT_TABLES:
        connection.execute(f"DELETE FROM {table.name}".encode())


def credit(account: str, number: int, amount: int, **changes: Any) -> AccountEntry:
    entry = AccountEntry(
        account_id=AccountId(account),
        entry_no=number,
        kind=EntryKind.credit,
        amount_minor=amount,
        currency="KZT",
        booked_at=START,
        transfer_ref=TransferRef(f"{account}-{number}"),
        counterparty=ParticipantId("bank"),
    )
    return replace(entry, **changes)


def debit(account: str, number: int, amount: int, **changes: Any) -> AccountEntry:
    return credit(account, number, amount, **{"kind": EntryKind.debit, **changes})


WAITING_CREDIT_COMES_FIRST: Final[list[Step]] = [
    (credit("a", 2, 5, transfer_ref=TransferRef("x")),),
    (credit("a", 1, 5), credit("b", 1, 5, transfer_ref=TransferRef("x"))),
]
"""The first account has waited with a credit that the second claims as well: the first account gets it."""
TWO_ACCOUNTS_CLAIM_A_CREDIT: Final[list[Step]] = [
    (credit("b", 1, 5, transfer_ref=TransferRef("x")), credit("a", 1, 5, transfer_ref=TransferRef("x"))),
]
STANDING_ORDER_IS_MET: Final[list[Step]] = [
    Order(0, "a-1", 4, is_holding=True),
    (credit("a", 1, 5), debit("a", 2, 2), credit("b", 1, 5)),
    (debit("a", 3, 1),),
]
ENTRIES_COME_AGAIN: Final[list[Step]] = [
    (credit("a", 1, 5), debit("a", 2, 2)),
    (credit("a", 1, 5), debit("a", 2, 2), debit("a", 3, 3), credit("a", 4, 2)),
]
A_GAP_IS_SPENT_FIRST: Final[list[Step]] = [
    (
        *(credit("a", number, 5) for number in (1, 2, 3)),
        debit("a", 4, 3, kind=EntryKind.return_, original_ref=TransferRef("a-2")),
    ),
    (debit("a", 5, 7),),
]


@given(feeds())
@example(WAITING_CREDIT_COMES_FIRST)
@example(TWO_ACCOUNTS_CLAIM_A_CREDIT)
@example(STANDING_ORDER_IS_MET)
@example(ENTRIES_COME_AGAIN)
@example(A_GAP_IS_SPENT_FIRST)
@settings(
    derandomize=True,
    deadline=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_fast_road_leaves_the_same_rows_as_the_general_one(database_url: str, steps: list[Step]) -> None:
    with agent_store(database_url) as store, psycopg.connect(database_url, autocommit=True) as connection:
        emptied(connection)
        memory = MemoryStore()
        for either in (store, memory):
            open_all(either)
        for number, step in enumerate(steps):
            setting = setting_at(number)
            if isinstance(step, Order):
                follow(store, step, setting)
                follow(memory, step, setting)
                continue
            expected = memory.run(partial(apply_entries, entries=step, exchange=EXCHANGE, setting=setting))
            assert ingest(store, step, EXCHANGE, setting) == expected
            assert rows_in(store) == rows_in(memory)
            event("faults" if expected else "no fault")


@pytest.mark.postgres_versions
def test_simple_runs_leave_nothing_for_the_general_road(database_url: str) -> None:
    held_below_head = [credit("a", 1, 9), credit("a", 2, 9)]
    with agent_store(database_url) as store:
        open_all(store)
        assert ingest(store, held_below_head, EXCHANGE, setting_at(0)) == []
        follow(store, Order(0, "a-1", 4, is_holding=True), setting_at(0))
        reserve = credit("a", 3, 4, kind=EntryKind.reserve, hold_id=HoldId("hold_0"))
        assert ingest(store, [reserve], EXCHANGE, setting_at(1)) == []
        close_follows(database_url)
        run = [
            *(debit("a", 4, 5), debit("a", 5, 9), credit("a", 6, 3), debit("a", 7, 3)),
            *(debit("b", 1, 10), credit("b", 2, 4, original_ref=TransferRef("b-1")), credit("b", 3, 1)),
        ]
        assert store.run(lambda tx: book_simple_runs(tx, run)) == []
        assert [line_of(store, name).free_minor for name in "ab"] == [0, 5]
        rows = rows_in(store)
        assert store.run(lambda tx: book_simple_runs(tx, run)) == [], "what came before is passed over on the fast road"
        assert rows_in(store) == rows


@pytest.mark.parametrize(
    "odd",
    [
        [debit("b", 1, 11), credit("b", 2, 5)],
        [credit("b", 2, 5)],
        [credit("b", 1, 5), credit("b", 1, 5)],
        [credit("b", 1, 5), debit("b", 2, 5, kind=EntryKind.return_, original_ref=TransferRef("b-1"))],
        [credit("b", 1, 5, currency="USD")],
        [credit("nobody's", 1, 5)],
        [credit("b", 1, 5, transfer_ref=TransferRef("a-1"))],
    ],
    ids=["overdraft", "gap", "number_twice", "return", "currency", "unknown_account", "credited_twice"],
)
def test_an_account_whose_run_is_odd_is_left_to_the_general_road_as_a_whole(
    database_url: str, odd: list[AccountEntry]
) -> None:
    with agent_store(database_url) as store:
        open_all(store)
        simple = [credit("d", 1, 5), debit("d", 2, 35)]
        assert ingest(store, [credit("a", 1, 1)], EXCHANGE, setting_at(0)) == []
        before = rows_in(store)["accounts"]
        assert store.run(lambda tx: book_simple_runs(tx, [*odd, *simple])) == odd
        assert rows_in(store)["accounts"][:3] == before[:3]


@pytest.mark.postgres_versions
def test_a_batch_taken_by_several_at_once_is_booked_once(database_url: str) -> None:
    batch = [entry for i in range(1, 400, 2) for entry in (credit("a", i, 7), debit("a", i + 1, 5))]
    with agent_store(database_url) as store:
        open_all(store)
        take = [batch[:300], batch, batch[:200], batch]

        def taken(entries: list[AccountEntry]) -> list[EntryFault]:
            return ingest(store, entries, EXCHANGE, setting_at(0))

        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(taken, take)) == [[], [], [], []]
        rows = rows_in(store)
        (line,) = [line for line in rows["accounts"] if line.account_id == "a"]
        assert (line.entry_no, line.head, line.line_end) == (400, 1000, 1400)
        assert (len(rows[CREDITS.name]), len(rows[CONSUMPTIONS.name])) == (200, 200)


def test_a_batch_larger_than_the_general_road_takes_is_booked(database_url: str) -> None:
    returned = debit("a", 2, 1, kind=EntryKind.return_, original_ref=TransferRef("a-1"))
    batch = [credit("a", 1, 30_000), returned, *(debit("a", i, 1) for i in range(3, 20_500))]
    with agent_store(database_url) as store:
        open_all(store)
        assert ingest(store, batch, EXCHANGE, setting_at(0)) == []
        line = line_of(store, "a")
        assert (line.entry_no, line.free_minor) == (20_499, 30_000 - 20_498)


def close_follows(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE follows SET is_open = false")
