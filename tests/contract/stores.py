"""Tables that have every kind of column, and both stores with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from typing import Any, Final, Literal, NamedTuple

import psycopg

from tarazy.adapters.postgres.declared import ddl
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.app.store import Condition, Store, Table, Transaction
from tarazy.values.ids import AccountId, CaseId, HoldId, MessageId, TransferRef
from tarazy.values.instant import Instant
from tarazy.values.interval import Intervals
from tarazy.values.money import Money


class Colour(StrEnum):
    """A closed list of texts, one of them awkward."""

    red = "red"
    it_s_blue = 'it\'s "blue" \\'


class Grade(IntEnum):
    """A closed list of numbers."""

    low = 1
    high = 2


class Remark(NamedTuple):
    """Something nested."""

    at: Instant
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """One column of every kind, required."""

    hold_id: HoldId
    order: int
    is_final: bool
    data: bytes
    day: date
    at: Instant
    span: timedelta
    colour: Colour
    choice: Literal["one", "two"]
    grade: Grade
    gaps: Intervals
    names: tuple[str, ...]
    amount: Money
    remarks: tuple[Remark, ...]
    counts: dict[str, int]


@dataclass(frozen=True)
class Anything:
    """One column of every kind, each of which may be missing."""

    hold_id: HoldId
    text: CaseId | None = None
    number: int | None = None
    is_final: bool | None = None
    data: bytes | None = None
    day: date | None = None
    at: Instant | None = None
    span: timedelta | None = None
    colour: Colour | None = None
    grade: Grade | None = None
    gaps: Intervals | None = None
    names: tuple[str, ...] | None = None
    amount: Money | None = None


class Stretch(NamedTuple):
    """A key of two columns, and the columns that windows need."""

    account_id: AccountId
    line_from: int
    line_to: int
    colour: Colour | None = None


class Place(NamedTuple):
    """Where a transfer was credited."""

    transfer_ref: TransferRef
    account_id: AccountId
    line_from: int
    line_to: int


class Message(NamedTuple):
    """A numbered row whose key is its own."""

    message_id: MessageId
    number: int
    text: str


class Remembered(NamedTuple):
    """A numbered row whose key is its number."""

    number: int
    text: str


EVERYTHING: Final = Table("everything", Everything, ("hold_id",))
ANYTHING: Final = Table("anything", Anything, ("hold_id",))
STRETCHES: Final = Table("stretches", Stretch, ("account_id", "line_from"), is_deletable=True)
PLACES: Final = Table("places", Place, ("transfer_ref",))
MESSAGES: Final = Table("messages", Message, ("message_id",), serial="number")
REMEMBERED: Final = Table("remembered", Remembered, ("number",), serial="number")
TABLES: Final = (EVERYTHING, ANYTHING, STRETCHES, PLACES, MESSAGES, REMEMBERED)


def create_tables(url: str) -> None:
    with psycopg.connect(url) as connection:
        for table in TABLES:
            connection.execute(ddl(table).encode())


@contextmanager
def postgres_store(url: str, connections_max: int = 4) -> Iterator[PostgresStore]:
    """Yield a store over a fresh database, with the tables in it."""
    create_tables(url)
    store = PostgresStore(url, connections_max=connections_max)
    try:
        yield store
    finally:
        store.close()


def stretch(account_id: str, line_from: int, line_to: int | None = None, colour: Colour | None = None) -> Stretch:
    return Stretch(AccountId(account_id), line_from, line_from + 10 if line_to is None else line_to, colour)


def put_all(store: Store, table: Table[Any], rows: list[Any]) -> None:
    def work(transaction: Transaction) -> None:
        for row in rows:
            transaction.put(table, row)

    store.run(work)


def found(store: Store, table: Table[Any], *conditions: Condition, **options: Any) -> list[Any]:
    return store.run(lambda transaction: transaction.find(table, *conditions, **options))
