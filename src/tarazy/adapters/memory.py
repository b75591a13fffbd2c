"""A store that lives in memory: the same promises as the one on PostgreSQL, for one thread.

Rows are immutable, so a table is a dictionary from key to row and undoing is putting the earlier rows back. Writes take
effect at once, because nobody else is there to see them before the end. Conditions on a column are answered from an
index that is built the first time somebody asks, so that a simulation may ask hundreds of thousands of times.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar, cast

from tarazy.adapters.memory_rows import MemoryRows, in_order, with_value
from tarazy.app.store import (
    FIND_LIMIT_MAX,
    RUN_ATTEMPTS_MAX,
    Condition,
    Conflict,
    Key,
    Read,
    Row,
    Table,
    Through,
    Transaction,
    Window,
)

Result = TypeVar("Result")


class MemoryStore:
    """Runs use cases one after another. ``woken`` lists the channels that ended transactions have woken, in order."""

    def __init__(self, on_wake: Callable[[str], None] | None = None) -> None:
        self.woken: list[str] = []
        self._on_wake = on_wake
        self._tables: dict[str, MemoryRows[Any]] = {}

    def run(self, work: Callable[[Transaction], Result]) -> Result:
        """Run ``work`` in one transaction; undo it on any exception, and run it again on `Conflict`."""
        for attempt in range(1, RUN_ATTEMPTS_MAX + 1):
            transaction = MemoryTransaction(self._tables, is_first_try=attempt == 1)
            try:
                result = work(transaction)
            except Conflict:
                transaction.undo()
                if attempt == RUN_ATTEMPTS_MAX:
                    raise
            except BaseException:
                transaction.undo()
                raise
            else:
                self._wake(transaction.channels)
                return result
        raise AssertionError("the last attempt either returns or raises")

    def close(self) -> None:
        """Do nothing: here for symmetry with the store on PostgreSQL."""

    def _wake(self, channels: Iterable[str]) -> None:
        for channel in channels:
            self.woken.append(channel)
            if self._on_wake is not None:
                self._on_wake(channel)


class _Undo(NamedTuple):
    """What stood under a key before a write."""

    rows: MemoryRows[Any]
    key: Key
    row: object | None


class MemoryTransaction:
    """One transaction of a `MemoryStore`; see `tarazy.app.store.Transaction` for what it promises."""

    def __init__(self, tables: dict[str, MemoryRows[Any]], *, is_first_try: bool = True) -> None:
        self.is_first_try = is_first_try
        self.channels: dict[str, None] = {}
        self.notes: list[object] = []
        self._tables = tables
        self._undo: list[_Undo] = []

    def get(self, table: Table[Row], *key: object) -> Row | None:
        """Return the row with this key, or None."""
        return self._rows(table).by_key.get(key)

    def get_many(self, table: Table[Row], keys: Collection[Key]) -> dict[Key, Row]:
        """Return the rows with these keys, by key; a key without a row is left out."""
        by_key = self._rows(table).by_key
        return {key: by_key[key] for key in keys if key in by_key}

    def lock(self, table: Table[Row], keys: Collection[Key]) -> dict[Key, Row]:
        """Return the rows with these keys, in ascending order. Nobody else is there to change them."""
        return self.get_many(table, sorted(keys))

    def find(
        self,
        table: Table[Row],
        *conditions: Condition,
        order: Sequence[str] = (),
        descending: bool = False,
        limit: int = FIND_LIMIT_MAX,
    ) -> list[Row]:
        """Return the rows that meet all conditions, in order of the columns ``order`` (then of the key)."""
        assert 0 <= limit <= FIND_LIMIT_MAX
        rows = self._rows(table)
        return in_order(rows.meeting(conditions), (*order, *table.key), descending=descending)[:limit]

    def claim(self, table: Table[Row], *conditions: Condition, order: Sequence[str] = (), limit: int) -> list[Row]:
        """Return rows that meet all conditions. Nobody else is there to have locked any."""
        return self.find(table, *conditions, order=order, limit=limit)

    def overlapping(self, table: Table[Row], windows: Collection[Window]) -> list[Row]:
        """Return the rows that overlap a window, each once, in order of account and place."""
        rows = self._rows(table)
        keys = {key for window in windows for key in rows.overlapping(window)}
        return sorted(map(rows.by_key.__getitem__, keys), key=attrgetter("account_id", "line_from"))

    def gather(self, *reads: Read[Any]) -> list[list[Any]]:
        """Do several reads in the order given."""
        return [self._gathered(read) for read in reads]

    def _gathered(self, read: Read[Any]) -> list[Any]:
        if read.through is not None:
            return self._through(read, read.through)
        if read.windows is not None:
            return self.overlapping(read.table, read.windows)
        if read.keys is not None:
            return list(self.get_many(read.table, read.keys).values())
        return self.find(read.table, *read.conditions, order=read.order)

    def _through(self, read: Read[Any], through: Through) -> list[Any]:
        refs = {(span.transfer_ref,) for span in through.spans}
        places = {place.transfer_ref: place for place in self.get_many(through.places, refs).values()}
        if read.is_locking and len(places) < len(refs):
            return []
        if read.is_stretch:
            placed = [(places[span.transfer_ref], span) for span in through.spans if span.transfer_ref in places]
            windows = {span.on_line(place.account_id, place.line_from, place.line_to) for place, span in placed}
            return self.overlapping(read.table, windows)
        of_accounts = Condition("account_id", "in", {place.account_id for place in places.values()})
        return self.find(read.table, of_accounts, *read.conditions, order=read.order)

    def guard(self, name: str, *, shared: bool) -> None:
        """Return at once: nobody else is there to hold ``name``."""

    def add(self, table: Table[Row], row: Row) -> None:
        """Write a new row. Raises `Conflict` if its key exists."""
        rows = self._rows(table)
        if table.serial is not None:
            assert getattr(row, table.serial) == 0
            row = rows.numbered(row)
        key = rows.key_of(row)
        if key in rows.by_key:
            raise Conflict(f"{table.name}: {key} exists already")
        self._set(rows, key, row)

    def put(self, table: Table[Row], row: Row) -> None:
        """Write a row in place of the one with its key, if there is one. A number once given stays."""
        rows = self._rows(table)
        key = rows.key_of(row)
        if table.serial is not None and table.serial not in table.key and key in rows.by_key:
            row = with_value(row, table.serial, getattr(rows.by_key[key], table.serial))
        elif table.serial is not None and getattr(row, table.serial) == 0:
            row = rows.numbered(row)
            key = rows.key_of(row)
        self._set(rows, key, row)

    def delete(self, table: Table[Row], *key: object) -> None:
        """Remove the row with this key, if there is one."""
        assert table.is_deletable
        self._set(self._rows(table), key, None)

    def recall(self, table: Table[Row], rows: Collection[Row]) -> None:
        """Do nothing: every row is at hand."""

    def note(self, what: object) -> None:
        """Keep ``what`` for whoever runs the use case."""
        self.notes.append(what)

    def wake(self, channel: str) -> None:
        """Wake ``channel`` once the transaction has ended well."""
        self.channels[channel] = None

    def undo(self) -> None:
        """Put back what stood before the transaction. Numbers that were given out are not given again."""
        for rows, key, row in reversed(self._undo):
            rows.set(key, row)
        self._undo.clear()

    def _set(self, rows: MemoryRows[Row], key: Key, row: Row | None) -> None:
        self._undo.append(_Undo(rows, key, rows.by_key.get(key)))
        rows.set(key, row)

    def _rows(self, table: Table[Row]) -> MemoryRows[Row]:
        rows = self._tables.get(table.name)
        if rows is None:
            rows = self._tables[table.name] = MemoryRows(table)
        return cast("MemoryRows[Row]", rows)
