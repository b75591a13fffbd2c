"""One transaction on PostgreSQL: writes are kept back and go out together, so that ending costs one round trip.

What was read or written is remembered by key, so that a use case sees its own writes and reads no row twice. What
PostgreSQL has to answer itself (`find`, `claim`, `lock`) is asked behind the writes that the answer must show, in the
same round trip. ``BEGIN`` and guards travel ahead of the first statement that needs them.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Any, Final, Generic, cast

from psycopg.pq.abc import PGresult

from tarazy.adapters.postgres.session import Session
from tarazy.adapters.postgres.statements import Call, TableStatements
from tarazy.app.store import FIND_LIMIT_MAX, Condition, Conflict, Key, Read, Row, StoreAway, Table, Window

BEGIN: Final = Call("BEGIN")
COMMIT: Final = Call("COMMIT")
ROLLBACK: Final = Call("ROLLBACK")
NOTIFY: Final = "SELECT pg_notify($1, '')"
GUARD_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
GUARD_SHARED: Final = "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))"
CLAIMED: Final = " FOR UPDATE SKIP LOCKED"

StatementsOf = Callable[[Table[Any]], TableStatements[Any]]
OnWake = Callable[[str], bool]
"""Wakes whoever listens to a channel in this process; False if nobody here does."""


def _nobody_here(_: str) -> bool:
    return False


class PostgresTransaction:
    """One transaction; see `tarazy.app.store.Transaction` for what it promises."""

    def __init__(
        self,
        session: Session,
        statements_of: StatementsOf,
        on_wake: OnWake | None = None,
        *,
        is_first_try: bool = True,
    ) -> None:
        self.is_first_try = is_first_try
        self._session = session
        self._on_wake = on_wake or _nobody_here
        self._statements_of = statements_of
        self._views: dict[str, _TableView[Any]] = {}
        self._written: list[_TableView[Any]] = []
        self._channels: dict[str, None] = {}
        self._ahead: list[Call] = [BEGIN]
        self.notes: list[object] = []
        self._kept: dict[Read[Any], list[Any]] = {}

    def get(self, table: Table[Row], *key: object) -> Row | None:
        """Return the row with this key, or None."""
        view = self._view(table)
        if key not in view.known:
            shape = view.statements.shape
            parameters = [shape.by_name[name].scalar(value) for name, value in zip(table.key, key, strict=True)]
            rows = self._read(view, Call(view.statements.get, parameters), sees_writes=view.is_numbered)
            view.remember([key], rows)
        return view.known[key]

    def get_many(self, table: Table[Row], keys: Collection[Key]) -> dict[Key, Row]:
        """Return the rows with these keys, by key; a key without a row is left out."""
        view = self._view(table)
        unknown = [key for key in keys if key not in view.known]
        if unknown:
            call = Call(view.statements.get_many, view.statements.key_arrays(unknown))
            rows = self._read(view, call, sees_writes=view.is_numbered)
            view.remember(unknown, rows)
        return {key: row for key in keys if (row := view.known[key]) is not None}

    def lock(self, table: Table[Row], keys: Collection[Key]) -> dict[Key, Row]:
        """Return the rows with these keys as they are now, and let nobody else change them until the end."""
        if not keys:
            return {}
        view = self._view(table)
        call = Call(view.statements.lock, view.statements.key_arrays(keys))
        rows = self._read(view, call, sees_writes=True, is_locking=True)
        view.remember(keys, rows)
        view.locked.update(keys)
        return {view.key_of(row): row for row in rows}

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
        view = self._view(table)
        call = view.statements.find(conditions, order, limit, descending=descending)
        rows = self._read(view, call, sees_writes=True)
        view.remember((), rows)
        return rows

    def claim(self, table: Table[Row], *conditions: Condition, order: Sequence[str] = (), limit: int) -> list[Row]:
        """Return and lock rows that meet all conditions, passing over those that somebody else has locked."""
        assert 0 <= limit <= FIND_LIMIT_MAX
        view = self._view(table)
        sql, parameters = view.statements.find(conditions, order, limit, descending=False)
        rows = self._read(view, Call(sql + CLAIMED, parameters), sees_writes=True, is_locking=True)
        view.remember((), rows)
        return rows

    def overlapping(self, table: Table[Row], windows: Collection[Window]) -> list[Row]:
        """Return the rows that overlap a window, each once, in order of account and place."""
        if not windows:
            return []
        view = self._view(table)
        rows = self._read(view, view.statements.overlapping(windows), sees_writes=True)
        view.remember((), rows)
        found = {view.key_of(row): row for row in rows}
        return sorted(found.values(), key=attrgetter("account_id", "line_from"))

    def gather(self, *reads: Read[Any]) -> list[list[Any]]:
        """Do several reads in the order given, in one round trip, behind the writes that their answers must show."""
        views = [self._view(read.table) if self._asks(read) else None for read in reads]
        asked = [(view, read) for view, read in zip(views, reads, strict=True) if view is not None]
        if not asked:
            return [self._known(read) for read in reads]
        writes = self._writes() if any(self._is_dirty(view, read) for view, read in asked) else []
        is_plain = not writes and not any(read.is_locking for _, read in asked)
        calls = [*writes, *(self._call(view, read) for view, read in asked)]
        answers = iter(self._send(calls, is_plain_read=is_plain)[len(writes) :])
        return [
            self._known(read) if view is None else self._taken_over(view, read, self._rows(view, next(answers)))
            for view, read in zip(views, reads, strict=True)
        ]

    def _rows(self, view: "_TableView[Row]", answer: PGresult) -> list[Row]:
        return view.statements.shape.rows(self._session.read(answer)) if answer.ntuples else []

    def _asks(self, read: Read[Any]) -> bool:
        """Return whether the database has to be asked: not for no keys or windows, nor for keys that are known."""
        if read.through is not None:
            is_known = read in self._kept and not self._view(read.through.places).is_written
            return len(read.through.spans) > 0 and (not is_known or self._view(read.table).is_written)
        if read.windows is not None:
            return len(read.windows) > 0
        if read.keys is None:
            return not (read.is_kept and read in self._kept and not self._view(read.table).is_written)
        view = self._view(read.table)
        known = view.locked if read.is_locking else view.known
        return read.is_anew or any(key not in known for key in read.keys)

    def _known(self, read: Read[Any]) -> list[Any]:
        """Return the rows of keys that are known, without those that have none, or those of an equal read."""
        if read.is_kept or read.through is not None:
            return self._kept.get(read, [])
        known = self._view(read.table).known
        return [row for key in dict.fromkeys(read.keys or ()) if (row := known[key]) is not None]

    def _taken_over(self, view: "_TableView[Any]", read: Read[Any], rows: list[Any]) -> list[Any]:
        view.remember(read.keys or (), rows)
        if read.is_locking:
            view.locked.update(read.keys or map(view.key_of, rows))
        if read.windows is not None or read.is_stretch:
            found = {view.key_of(row): row for row in rows}
            rows = sorted(found.values(), key=attrgetter("account_id", "line_from"))
        if read.is_kept or read.through is not None:
            self._kept[read] = rows
        return rows

    def _is_dirty(self, view: "_TableView[Any]", read: Read[Any]) -> bool:
        return view.is_dirty or (read.through is not None and self._view(read.through.places).is_dirty)

    def _call(self, view: "_TableView[Any]", read: Read[Any]) -> Call:
        statements = view.statements
        if read.through is not None:
            array_of = self._view(read.through.places).statements.array_of
            if read.is_stretch:
                return statements.overlapping_through(read.through, array_of)
            return statements.of_accounts_through(
                read.through, array_of, read.conditions, read.order, locks=read.is_locking
            )
        if read.windows is not None:
            return statements.overlapping(read.windows)
        if read.keys is not None:
            sql = statements.lock if read.is_locking else statements.get_many
            return Call(sql, statements.key_arrays(read.keys))
        return statements.find(read.conditions, read.order, FIND_LIMIT_MAX, descending=False)

    def guard(self, name: str, *, shared: bool) -> None:
        """Wait, ahead of the next statement, until ``name`` is free for us, and hold it until the end."""
        self._ahead.append(Call(GUARD_SHARED if shared else GUARD_ALONE, [name.encode()]))

    def add(self, table: Table[Row], row: Row) -> None:
        """Write a new row. Raises `Conflict` if its key is known to exist; otherwise the end will."""
        view = self._view(table)
        self._before_write(view, view.key_of(row))
        view.add(row)

    def put(self, table: Table[Row], row: Row) -> None:
        """Write a row in place of the one with its key, if there is one. A number once given stays."""
        view = self._view(table)
        self._before_write(view, view.key_of(row))
        view.put(row)

    def delete(self, table: Table[Row], *key: object) -> None:
        """Remove the row with this key, if there is one."""
        assert table.is_deletable
        view = self._view(table)
        if key in view.added:
            self._send(self._writes())
        self._before_write(view, key)
        view.delete(key)

    def recall(self, table: Table[Row], rows: Collection[Row]) -> None:
        """Take over rows that an earlier transaction read or wrote and that nobody else has changed since."""
        self._view(table).recall(rows)

    def note(self, what: object) -> None:
        """Keep ``what`` for whoever runs the use case."""
        self.notes.append(what)

    def wake(self, channel: str) -> None:
        """Wake ``channel`` once the transaction has ended well."""
        self._channels[channel] = None

    def commit(self) -> None:
        """Send what is left to write and end, in one round trip.

        The channels are woken behind the end, not inside the transaction: a commit that notifies holds a lock on all
        other commits that notify until it is on disk. Those who listen in this process are woken without PostgreSQL.
        """
        calls = self._writes()
        if calls or self._ahead != [BEGIN]:
            self._send([*calls, COMMIT])
        elsewhere = [channel for channel in self._channels if not self._on_wake(channel)]
        if elsewhere:
            self._session.exchange([Call(NOTIFY, [channel.encode()]) for channel in elsewhere])

    def rollback(self) -> None:
        """Undo everything that was sent; what was not sent is forgotten."""
        if BEGIN not in self._ahead and not self._session.is_broken:
            with suppress(StoreAway):  # gone is undone
                self._session.exchange([ROLLBACK])

    def _view(self, table: Table[Row]) -> "_TableView[Row]":
        view = self._views.get(table.name)
        if view is None:
            view = self._views[table.name] = _TableView(self._statements_of(table))
        known = view.statements.table
        assert known is table or known == table  # one declaration for one name
        return cast("_TableView[Row]", view)

    def _before_write(self, view: "_TableView[Any]", key: Key) -> None:
        """Note that the table is written. A key that is to be deleted is deleted before it is written again."""
        if key in view.deleted:
            self._send(self._writes())
        view.is_written = True
        if not view.is_dirty:
            view.is_dirty = True
            self._written.append(view)

    def _read(self, view: "_TableView[Row]", call: Call, *, sees_writes: bool, is_locking: bool = False) -> list[Row]:
        """Ask PostgreSQL, behind the writes that the answer must show."""
        calls = self._writes() if sees_writes and view.is_dirty else []
        answers = self._send([*calls, call], is_plain_read=not calls and not is_locking)
        return self._rows(view, answers[-1])

    def _writes(self) -> list[Call]:
        """Return the statements for all rows kept back, tables in order of their first write, and keep none."""
        calls = [call for view in self._written for call in view.writes()]
        self._written.clear()
        return calls

    def _send(self, calls: list[Call], *, is_plain_read: bool = False) -> list[PGresult]:
        """Send statements and return their results.

        A plain read before anything is locked, guarded or written needs no transaction: each statement sees what is
        committed when it begins, inside one or outside.
        """
        if is_plain_read and self._ahead == [BEGIN]:
            return self._session.exchange(calls)
        ahead, self._ahead = self._ahead, []
        return self._session.exchange([*ahead, *calls])[len(ahead) :]


class _TableView(Generic[Row]):
    """What one transaction knows of one table, and what it is still to write there.

    ``known`` has None for a key that has no row. A row that is still to get its number is not known.
    """

    def __init__(self, statements: TableStatements[Row]) -> None:
        self.statements = statements
        self.key_of = statements.shape.key_of
        self.is_numbered = statements.table.serial is not None
        self.is_dirty = False
        self.is_written = False
        self.known: dict[Key, Row | None] = {}
        self.locked: set[Key] = set()
        self.added: dict[Key, Row] = {}
        self.replaced: dict[Key, Row] = {}
        self.deleted: dict[Key, None] = {}
        self._stored: dict[Key, Row] = {}
        self._nameless: list[Row] = []

    def remember(self, keys: Iterable[Key], rows: list[Row]) -> None:
        """Take over what was read: ``rows``, and that other ``keys`` have none."""
        self.known.update(dict.fromkeys(keys))
        if not rows:
            return
        by_key = dict(zip(map(self.key_of, rows), rows, strict=True))
        self.known.update(by_key)
        self._stored.update(by_key)

    def recall(self, rows: Collection[Row]) -> None:
        """Take over rows that are there. One whose number nobody has told us is still to be read by others."""
        for row in rows:
            key = self.key_of(row)
            self._stored[key] = row
            self._know(key, row)

    def add(self, row: Row) -> None:
        """Keep a new row to be written."""
        key = self.key_of(row)
        if self.is_numbered:
            assert self._number(row) == 0
            if self.statements.table.serial in self.statements.table.key:
                self._nameless.append(row)
                return
        if self.known.get(key) is not None or key in self.added or key in self.replaced:
            raise Conflict(f"{self.statements.table.name}: {key} exists already")
        self.added[key] = row
        self._know(key, row)

    def put(self, row: Row) -> None:
        """Keep a row to be written in place of the one with its key."""
        key = self.key_of(row)
        if self._number(row) == 0 and self.statements.table.serial in self.statements.table.key:
            self._nameless.append(row)
            return
        (self.added if key in self.added else self.replaced)[key] = row
        self._know(key, row)

    def delete(self, key: Key) -> None:
        """Keep a key whose row is to be removed."""
        self.replaced.pop(key, None)
        self.deleted[key] = None
        self.known[key] = None

    def writes(self) -> list[Call]:
        """Return the statements that write everything kept, and keep nothing: deletions come last."""
        statements = self.statements
        calls = statements.add([*self._in_order(self.added), *self._nameless])
        whole = self._in_order(self.replaced)
        if not statements.table.is_deletable:
            whole, changed = self._split(whole)
            for places, rows in changed.items():
                calls += statements.changed(rows, places)
        if self.is_numbered:
            calls += statements.put([row for row in whole if self._number(row) == 0])
            calls += statements.put_numbered([row for row in whole if self._number(row) != 0])
        else:
            calls += statements.put(whole)
        if self.deleted:
            calls.append(Call(statements.delete, statements.key_arrays(sorted(self.deleted))))
        self._forget()
        return calls

    def _split(self, rows: list[Row]) -> tuple[list[Row], dict[tuple[int, ...], list[Row]]]:
        """Split rows into those to be written whole and, by what has changed, those that are known to be there."""
        whole: list[Row] = []
        changed: dict[tuple[int, ...], list[Row]] = {}
        for row in rows:
            stored = self._stored.get(self.key_of(row))
            if stored is None or (self._number(row) == 0 and self._number(stored) != 0):
                whole.append(row)
            elif places := self.statements.shape.changed(stored, row):
                changed.setdefault(places, []).append(row)
        return whole, changed

    def _forget(self) -> None:
        if not self.is_numbered:
            self._stored.update(self.added)
        self._stored.update({key: row for key, row in self.replaced.items() if self._number(row) != 0})
        self.added, self.replaced, self.deleted, self._nameless = {}, {}, {}, []
        self.is_dirty = False

    def _in_order(self, rows: dict[Key, Row]) -> list[Row]:
        """Return the rows in ascending order of key, as others lock them too; numbers follow the order of writing."""
        if self.is_numbered or len(rows) <= 1:
            return list(rows.values())
        return [rows[key] for key in sorted(rows)]

    def _know(self, key: Key, row: Row) -> None:
        if self._number(row) == 0:
            self.known.pop(key, None)
        else:
            self.known[key] = row

    def _number(self, row: Row) -> int | None:
        """Return the row's number, 0 where it is still to get one, None where rows of the table have none."""
        serial = self.statements.table.serial
        return None if serial is None else getattr(row, serial)
