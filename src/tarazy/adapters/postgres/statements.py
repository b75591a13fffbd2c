"""The SQL of a table: one text for each way to read or write it, made once.

Every write takes one array for each column, so that a table's rows travel in one statement however many they are.
Tests of enumerations and booleans stand in the text itself, not in a parameter: there are few of them, and only so can
a prepared statement use a partial index (``WHERE state = 'open'``).
"""

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import Generic, NamedTuple, cast

from tarazy.adapters.postgres.columns import Column, RowShape
from tarazy.app.store import Condition, Key, Row, Table, Window


class Call(NamedTuple):
    """One statement and its parameters as they are sent."""

    sql: str
    parameters: Sequence[bytes] = ()


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
        self.add = self._insert(without=table.serial)
        self.put = self.add + self._on_conflict()
        self.put_numbered = self._insert(without=None) + self._on_conflict()

    def key_arrays(self, keys: Iterable[Key]) -> list[bytes]:
        """Return one array for each column of the key."""
        by_column = zip(*keys, strict=True)
        return [self.shape.by_name[name].array(values) for name, values in zip(self.table.key, by_column, strict=True)]

    def find(self, conditions: Sequence[Condition], order: Sequence[str], limit: int, *, descending: bool) -> Call:
        """Return the statement that finds rows. Its text depends on the shape of the question only."""
        parameters: list[bytes] = []
        tests = [self._test(condition, parameters) for condition in conditions]
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        ordered = ", ".join(
            self._ordered(self.shape.by_name[name], descending=descending) for name in (*order, *self.table.key)
        )
        parameters.append(b"%d" % limit)
        return Call(f"{self._select}{where} ORDER BY {ordered} LIMIT ${len(parameters)}", parameters)

    def overlapping(self, windows: Iterable[Window]) -> Call:
        """Return the statement that finds the stretches that overlap ``windows``; a row may come more than once.

        Stretches of one account do not overlap. So what overlaps a window begins inside it, or is the one that begins
        last before it: two look-ups in an index of account and beginning, however long the line is.
        """
        name = quoted(self.table.name)
        last_before = (
            f"SELECT p.line_from FROM {name} p WHERE p.account_id = w.account_id AND p.line_from <= w.line_from"  # noqa: S608
            " ORDER BY p.line_from DESC LIMIT 1"
        )
        sql = (
            f"{self._select} JOIN unnest($1::text[], $2::bigint[], $3::bigint[]) AS w(account_id, line_from, line_to)"
            " ON t.account_id = w.account_id AND t.line_from < w.line_to AND t.line_to > w.line_from"
            f" AND t.line_from >= coalesce(({last_before}), w.line_from)"
        )
        columns = zip(("account_id", "line_from", "line_to"), zip(*windows, strict=True), strict=True)
        return Call(sql, [self.shape.by_name[column].array(values) for column, values in columns])

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

    def _on_conflict(self) -> str:
        fixed = {*self.table.key, self.table.serial}
        changed = [quoted(column.name) for column in self.shape.columns if column.name not in fixed]
        assignments = ", ".join(f"{name} = EXCLUDED.{name}" for name in changed)
        key = ", ".join(map(quoted, self.table.key))
        return f" ON CONFLICT ({key}) DO {f'UPDATE SET {assignments}' if changed else 'NOTHING'}"


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
