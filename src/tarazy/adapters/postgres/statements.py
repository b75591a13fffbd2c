"""The SQL of a table: one text for each way to read or write it, made once.

A few rows are written by one short statement each: PostgreSQL needs less for it than for unpacking arrays. Many rows
travel in one statement with one array for each column. Of rows that are known only what has changed is written.
Tests of enumerations and booleans stand in the text itself, not in a parameter: there are few of them, and only so can
a prepared statement use a partial index (``WHERE state = 'open'``).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from enum import StrEnum
from typing import Generic, NamedTuple, cast

from tarazy.adapters.postgres.columns import Column, RowShape
from tarazy.app.store import FIND_LIMIT_MAX, Condition, Key, Row, Table, Through, Window


class Call(NamedTuple):
    """One statement and its parameters as they are sent."""

    sql: str
    parameters: Sequence[bytes | None] = ()


ArrayOf = Callable[[str, Sequence[object]], bytes]
"""Puts values of a column of another table into an array."""
FINDS_MAX = 200
ONE_BY_ONE_MAX = 6
"""Up to so many rows a statement for each costs less than one with arrays for all (measured on tables 10-30 wide)."""


class TableStatements(Generic[Row]):
    """The texts for one table, with the shape of its rows."""

    def __init__(self, table: Table[Row]) -> None:
        self.table = table
        self.shape = RowShape(table)
        key = [self.shape.by_name[name] for name in table.key]
        columns = ", ".join(f"t.{quoted(column.name)}" for column in self.shape.columns)
        self._select = f"SELECT {columns} FROM {quoted(table.name)} t"  # noqa: S608 (names of declared tables and columns, quoted; so throughout this file)
        key_list = ", ".join(f"t.{quoted(column.name)}" for column in key)
        equal = " AND ".join(f"t.{quoted(column.name)} = ${i}" for i, column in enumerate(key, 1))
        self.get = f"{self._select} WHERE {equal}"
        self.get_many = f"{self._select} {_keys_join(key)}"
        self.lock = f"{self.get_many} ORDER BY {key_list} FOR UPDATE OF t"
        self.delete = f"DELETE FROM {quoted(table.name)} t {_keys_join(key, using=True)}"  # noqa: S608
        self._add = self._insert(without=table.serial)
        self._add_one = self._insert_one(without=table.serial)
        self._replace = self._on_conflict()
        self._add_numbered = self._insert(without=None)
        self._add_numbered_one = self._insert_one(without=None)
        self._finds: dict[tuple[object, ...], str] = {}
        self._changes: dict[tuple[int, ...], tuple[str, str]] = {}

    def key_arrays(self, keys: Iterable[Key]) -> list[bytes]:
        """Return one array for each column of the key."""
        by_column = zip(*keys, strict=True)
        return [self.shape.by_name[name].array(values) for name, values in zip(self.table.key, by_column, strict=True)]

    def array_of(self, column: str, values: Sequence[object]) -> bytes:
        """Return values of a column as an array."""
        return self.shape.by_name[column].array(values)

    def add(self, rows: Sequence[Row]) -> list[Call]:
        """Return what writes new rows; a number is given by the database."""
        return self._written(rows, self._add_one, self._add, self.table.serial)

    def put(self, rows: Sequence[Row]) -> list[Call]:
        """Return what writes rows in place of those with their keys; numbers stay, or are given by the database."""
        return self._written(rows, self._add_one + self._replace, self._add + self._replace, self.table.serial)

    def put_numbered(self, rows: Sequence[Row]) -> list[Call]:
        """Return what writes rows that have their numbers in place of those with their keys."""
        return self._written(rows, self._add_numbered_one + self._replace, self._add_numbered + self._replace, None)

    def changed(self, rows: Sequence[Row], places: tuple[int, ...]) -> list[Call]:
        """Return what writes the columns at ``places`` of rows that are there."""
        texts = self._changes.get(places)
        if texts is None:
            texts = self._changes[places] = self._updates([self.shape.columns[place] for place in places])
        names = [*self.table.key, *(self.shape.columns[place].name for place in places)]
        columns = [self.shape.by_name[name] for name in names]
        if len(rows) <= ONE_BY_ONE_MAX:
            return [Call(texts[0], [column.single(getattr(row, column.name)) for column in columns]) for row in rows]
        arrays = [column.array([getattr(row, column.name) for row in rows]) for column in columns]
        return [Call(texts[1], arrays)]

    def _written(self, rows: Sequence[Row], one: str, many: str, without: str | None) -> list[Call]:
        if len(rows) <= ONE_BY_ONE_MAX:
            return [Call(one, self.shape.singles(row, without)) for row in rows]
        return [Call(many, self.shape.arrays(rows, without))]

    def find(self, conditions: Sequence[Condition], order: Sequence[str], limit: int, *, descending: bool) -> Call:
        """Return the statement that finds rows. Its text depends on the shape of the question only.

        The limit stands in the text: not knowing it, PostgreSQL takes it for small and walks an index in order, over
        all rows of the table, where it should look up the few that are meant.
        """
        shape = (tuple(_shape_of(condition) for condition in conditions), tuple(order), limit, descending)
        known = self._finds.get(shape)
        if known is not None:
            return Call(known, self._parameters(conditions))
        parameters: list[bytes] = []
        tests = [self._test(condition, parameters) for condition in conditions]
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        ordered = ", ".join(
            self._ordered(self.shape.by_name[name], descending=descending) for name in (*order, *self.table.key)
        )
        sql = f"{self._select}{where} ORDER BY {ordered} LIMIT {limit}"
        if len(self._finds) < FINDS_MAX:
            self._finds[shape] = sql
        return Call(sql, parameters)

    def _parameters(self, conditions: Sequence[Condition]) -> list[bytes]:
        """Return the parameters of a question whose text is known."""
        parameters: list[bytes] = []
        for condition in conditions:
            if _is_spelt_out(condition):
                continue
            column = self.shape.by_name[condition.column]
            if condition.test == "in":
                values = [value for value in cast("Collection[object]", condition.value) if value is not None]
                parameters.append(column.array(values))
            else:
                parameters.append(column.scalar(condition.value))
        return parameters

    def overlapping(self, windows: Iterable[Window]) -> Call:
        """Return the statement that finds the stretches that overlap ``windows``; a row may come more than once.

        Stretches of one account do not overlap. So what overlaps a window begins inside it, or is the one that begins
        last before it: two look-ups in an index of account and beginning, however long the line is.
        """
        given = "unnest($1::text[], $2::bigint[], $3::bigint[]) AS w(account_id, line_from, line_to)"
        columns = zip(("account_id", "line_from", "line_to"), zip(*windows, strict=True), strict=True)
        return Call(self._overlapping(given), [self.shape.by_name[column].array(values) for column, values in columns])

    def overlapping_through(self, through: Through, array_of: ArrayOf) -> Call:
        """Return the statement that finds the stretches that overlap transfers, where they were credited."""
        shape = ("overlapping", through.places.name)
        sql = self._finds.get(shape)
        if sql is None:
            sql = self._finds[shape] = self._overlapping(_windows_through(quoted(through.places.name)))
        columns = zip(("transfer_ref", "line_from", "line_to"), zip(*through.spans, strict=True), strict=True)
        return Call(sql, [array_of(column, values) for column, values in columns])

    def of_accounts_through(
        self, through: Through, array_of: ArrayOf, conditions: Sequence[Condition], order: Sequence[str], *, locks: bool
    ) -> Call:
        """Return the statement that finds (or locks) rows of the accounts where transfers were credited.

        The accounts are looked up first, and once. None is locked unless every transfer was credited.
        """
        refs = array_of("transfer_ref", sorted({span.transfer_ref for span in through.spans}))
        shape = ("of accounts", through.places.name, tuple(map(_shape_of, conditions)), tuple(order), locks)
        sql = self._finds.get(shape)
        if sql is not None:
            return Call(sql, [refs, *self._parameters(conditions)])
        accounts = _accounts_through(quoted(through.places.name), all_or_none=locks)
        parameters = [refs]
        tests = [f"t.account_id = ANY(ARRAY({accounts}))", *(self._test(one, parameters) for one in conditions)]
        ordered = ", ".join(f"t.{quoted(name)}" for name in (*order, *self.table.key))
        end = "FOR UPDATE OF t" if locks else f"LIMIT {FIND_LIMIT_MAX}"
        sql = f"{self._select} WHERE {' AND '.join(tests)} ORDER BY {ordered} {end}"
        if len(self._finds) < FINDS_MAX:
            self._finds[shape] = sql
        return Call(sql, parameters)

    def _overlapping(self, windows: str) -> str:
        last_before = (
            f"SELECT p.line_from FROM {quoted(self.table.name)} p"  # noqa: S608
            " WHERE p.account_id = w.account_id AND p.line_from <= w.line_from ORDER BY p.line_from DESC LIMIT 1"
        )
        return (
            f"{self._select} JOIN {windows}"
            " ON t.account_id = w.account_id AND t.line_from < w.line_to AND t.line_to > w.line_from"
            f" AND t.line_from >= coalesce(({last_before}), w.line_from)"
        )

    def _test(self, condition: Condition, parameters: list[bytes]) -> str:
        column = self.shape.by_name[condition.column]
        name = f"t.{quoted(column.name)}"
        if condition.test in {"is_null", "not_null"}:
            return f"{name} IS {'NULL' if condition.test == 'is_null' else 'NOT NULL'}"
        if condition.value is None:
            return "false"
        if condition.test == "in":
            values = [value for value in cast("Collection[object]", condition.value) if value is not None]
            return self._in(column, name, values, parameters)
        if isinstance(condition.value, StrEnum | bool):
            return f"{name} {condition.test} {_literal(condition.value)}"
        parameters.append(column.scalar(condition.value))
        return f"{name} {condition.test} ${len(parameters)}"

    def _in(self, column: Column, name: str, values: list[object], parameters: list[bytes]) -> str:
        if not values:
            return "false"
        if all(isinstance(value, StrEnum | bool) for value in values):
            return f"{name} IN ({', '.join(sorted(set(map(_literal, values))))})"
        parameters.append(column.array(values))
        return f"{name} = ANY(${len(parameters)}::{column.codec.array_type})"

    def _ordered(self, column: Column, *, descending: bool) -> str:
        if not column.codec.is_comparable:
            raise TypeError(f"{column.name}: rows cannot be ordered by a column of {column.codec.sql_type}")
        if not descending:
            return f"t.{quoted(column.name)}"
        return f"t.{quoted(column.name)} DESC{' NULLS LAST' if column.is_nullable else ''}"

    def _insert(self, without: str | None) -> str:
        columns = [column for column in self.shape.columns if column.name != without]
        names = ", ".join(quoted(column.name) for column in columns)
        values = ", ".join(_cast(f"v.c{i}", column) for i, column in enumerate(columns, 1))
        return f"INSERT INTO {quoted(self.table.name)} ({names}) SELECT {values} FROM {_unnest('v', columns)}"  # noqa: S608

    def _insert_one(self, without: str | None) -> str:
        columns = [column for column in self.shape.columns if column.name != without]
        names = ", ".join(quoted(column.name) for column in columns)
        values = ", ".join(f"${i}::{column.codec.sql_type}" for i, column in enumerate(columns, 1))
        return f"INSERT INTO {quoted(self.table.name)} ({names}) VALUES ({values})"  # noqa: S608

    def _updates(self, changed: Sequence[Column]) -> tuple[str, str]:
        """Return the text that changes columns of one row, and the one for many: key first, then what changes."""
        key = [self.shape.by_name[name] for name in self.table.key]
        begin = f"UPDATE {quoted(self.table.name)} AS t SET "  # noqa: S608
        after_key = len(key) + 1
        ones = ", ".join(f"{quoted(c.name)} = ${i}::{c.codec.sql_type}" for i, c in enumerate(changed, after_key))
        equal = " AND ".join(f"t.{quoted(c.name)} = ${i}::{c.codec.sql_type}" for i, c in enumerate(key, 1))
        many = ", ".join(f"{quoted(c.name)} = {_cast(f'v.c{i}', c)}" for i, c in enumerate(changed, after_key))
        same = " AND ".join(f"t.{quoted(c.name)} = v.c{i}" for i, c in enumerate(key, 1))
        return f"{begin}{ones} WHERE {equal}", f"{begin}{many} FROM {_unnest('v', [*key, *changed])} WHERE {same}"

    def _on_conflict(self) -> str:
        fixed = {*self.table.key, self.table.serial}
        changed = [quoted(column.name) for column in self.shape.columns if column.name not in fixed]
        assignments = ", ".join(f"{name} = EXCLUDED.{name}" for name in changed)
        key = ", ".join(map(quoted, self.table.key))
        return f" ON CONFLICT ({key}) DO {f'UPDATE SET {assignments}' if changed else 'NOTHING'}"


def _windows_through(places: str) -> str:
    """Return where the units of transfers lie, as a part of FROM: their offsets on the stretches of their credits."""
    length = "p.line_to - p.line_from"
    return (
        f"(SELECT p.account_id, p.line_from + least(s.c2, {length}) AS line_from,"  # noqa: S608
        f" p.line_from + least(s.c3, {length}) AS line_to"
        f" FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS s(c1, c2, c3)"
        f" JOIN {places} p ON p.transfer_ref = s.c1) AS w"
    )


def _accounts_through(places: str, *, all_or_none: bool) -> str:
    """Return the query for the accounts where transfers were credited; for none unless all were, if so asked."""
    accounts = f"SELECT p.account_id FROM {places} p WHERE p.transfer_ref = ANY($1::text[])"  # noqa: S608
    if not all_or_none:
        return accounts
    credited = f"SELECT count(*) FROM {places} q WHERE q.transfer_ref = ANY($1::text[])"  # noqa: S608
    return f"{accounts} AND ({credited}) = cardinality($1::text[])"


def _is_spelt_out(condition: Condition) -> bool:
    """Return whether a test stands in the text of a statement with its value: such values are few."""
    value = condition.value
    if value is None or isinstance(value, StrEnum | bool):
        return True
    if condition.test != "in":
        return False
    values = [one for one in cast("Collection[object]", value) if one is not None]
    return all(isinstance(one, StrEnum | bool) for one in values)


def _shape_of(condition: Condition) -> tuple[object, ...]:
    """Return what the text of a test depends on."""
    if not _is_spelt_out(condition):
        return (condition.column, condition.test)
    value = condition.value
    if condition.test == "in" and value is not None:
        value = tuple(sorted(map(str, cast("Collection[object]", value))))
    return (condition.column, condition.test, type(value).__name__, str(value))


def quoted(name: str) -> str:
    """Return a declared name (``table`` or ``schema.table``) as SQL takes it whatever word it is."""
    return ".".join(f'"{part}"' for part in name.split("."))


def _unnest(alias: str, columns: Sequence[Column]) -> str:
    arrays = ", ".join(f"${i}::{column.codec.array_type}" for i, column in enumerate(columns, 1))
    return f"unnest({arrays}) AS {alias}({', '.join(f'c{i}' for i in range(1, len(columns) + 1))})"


def _keys_join(key: Sequence[Column], *, using: bool = False) -> str:
    """Join the table with the keys asked for. One column is compared with an array, several with unnested arrays."""
    if len(key) == 1:
        return f"WHERE t.{quoted(key[0].name)} = ANY($1::{key[0].codec.array_type})"
    equal = " AND ".join(f"t.{quoted(column.name)} = k.c{i}" for i, column in enumerate(key, 1))
    return f"{'USING' if using else 'JOIN'} {_unnest('k', key)} {'WHERE' if using else 'ON'} {equal}"


def _cast(value: str, column: Column) -> str:
    """Return the value as the column's type, where it travels as text."""
    travels_as = column.codec.array_type.removesuffix("[]")
    return value if travels_as == column.codec.sql_type else f"{value}::{column.codec.sql_type}"


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "'" + str(value).replace("'", "''") + "'"
