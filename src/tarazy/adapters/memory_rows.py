"""The rows of one table in memory, and indexes over them that are built the first time a condition asks for one."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Iterable, Sequence
from operator import attrgetter, ge, gt, itemgetter, le, lt
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast

from tarazy.app.store import Condition, Key, Row, Table, Window
from tarazy.values.replacing import replace

RANGE_TESTS: Final[dict[str, Callable[[Any, Any], bool]]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


Index = TypeVar("Index", "_EqualIndex", "_SortedIndex")


class _Choice(NamedTuple):
    """One way to begin a search: the rows that meet ``condition``, and how many there are."""

    condition: Condition
    size: int
    keys: Callable[[], Iterable[Key]]


class MemoryRows(Generic[Row]):
    """The rows of one table by key."""

    def __init__(self, table: Table[Row]) -> None:
        self.by_key: dict[Key, Row] = {}
        self.key_of = _values_getter(table.key)
        self._serial = table.serial
        self._last_number = 0
        self._indexes: dict[tuple[type, tuple[str, ...]], _EqualIndex | _SortedIndex] = {}

    def numbered(self, row: Row) -> Row:
        """Return the row with the next number in its serial column."""
        assert self._serial is not None
        self._last_number += 1
        return with_value(row, self._serial, self._last_number)

    def set(self, key: Key, row: Row | None) -> None:
        """Let ``row`` stand under ``key`` (nothing, if None) and keep the indexes."""
        earlier = self.by_key.pop(key, None)
        if row is not None:
            self.by_key[key] = row
        for index in self._indexes.values():
            before = None if earlier is None else index.value_of(earlier)
            after = None if row is None else index.value_of(row)
            if before == after:
                continue
            if before is not None:
                index.remove(before, key)
            if after is not None:
                index.add(after, key)

    def meeting(self, conditions: Sequence[Condition]) -> list[Row]:
        """Return the rows that meet all conditions, in no order; the condition that fewest rows meet is read first."""
        choices = [choice for condition in conditions if (choice := self._choice(condition)) is not None]
        if not choices:
            return [row for row in self.by_key.values() if all(_is_met(condition, row) for condition in conditions)]
        best = min(choices, key=attrgetter("size"))
        rest = [condition for condition in conditions if condition is not best.condition]
        rows = map(self.by_key.__getitem__, best.keys())
        return [row for row in rows if all(_is_met(condition, row) for condition in rest)]

    def overlapping(self, window: Window) -> list[Key]:
        """Return the keys of the stretches that overlap ``window``, relying on it that those of an account do not."""
        account_id, line_from, line_to = window
        index = self._index(_SortedIndex, "account_id", "line_from")
        pairs = index.between((account_id, line_from), (account_id, line_to))
        return [
            key
            for (account, _), key in pairs
            if account == account_id and cast("Any", self.by_key[key]).line_to > line_from
        ]

    def _choice(self, condition: Condition) -> _Choice | None:
        if condition.test in {"is_null", "not_null"}:
            return None
        if condition.value is None:
            return _Choice(condition, 0, list)
        if condition.test in RANGE_TESTS:
            return self._index(_SortedIndex, condition.column).choice(condition)
        return self._index(_EqualIndex, condition.column).choice(condition)

    def _index(self, kind: type[Index], *columns: str) -> Index:
        index = self._indexes.get((kind, columns))
        if index is None:
            index = self._indexes[kind, columns] = kind(columns)
            for key, row in self.by_key.items():
                value = index.value_of(row)
                if value is not None:
                    index.add(value, key)
        return cast("Index", index)


class _EqualIndex:
    """The keys of the rows that have a value in a column, by value. Rows with None are left out."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.value_of: Callable[[object], Any] = attrgetter(*columns)
        self._keys: dict[object, set[Key]] = {}

    def add(self, value: object, key: Key) -> None:
        self._keys.setdefault(value, set()).add(key)

    def remove(self, value: object, key: Key) -> None:
        keys = self._keys[value]
        keys.remove(key)
        if not keys:
            del self._keys[value]

    def choice(self, condition: Condition) -> _Choice:
        sets = [self._keys[value] for value in _wanted(condition) if value in self._keys]
        return _Choice(condition, sum(map(len, sets)), lambda: [key for keys in sets for key in keys])


class _SortedIndex:
    """The pairs of value and key, ascending; a value is that of one column or a tuple. Rows with None are left out."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.value_of: Callable[[object], Any] = attrgetter(*columns)
        self._pairs: list[tuple[Any, Key]] = []

    def add(self, value: object, key: Key) -> None:
        insort(self._pairs, (value, key))

    def remove(self, value: object, key: Key) -> None:
        del self._pairs[bisect_left(self._pairs, (value, key))]

    def choice(self, condition: Condition) -> _Choice:
        side = bisect_left if condition.test in {"<", ">="} else bisect_right
        cut = side(self._pairs, cast("Any", condition.value), key=itemgetter(0))
        low, high = (0, cut) if condition.test in {"<", "<="} else (cut, len(self._pairs))
        return _Choice(condition, high - low, lambda: [key for _, key in self._pairs[low:high]])

    def between(self, low: object, high: object) -> list[tuple[Any, Key]]:
        """Return the pairs with values from ``low`` to before ``high``, and the one pair before those."""
        start = bisect_right(self._pairs, cast("Any", low), key=itemgetter(0))
        end = bisect_left(self._pairs, cast("Any", high), key=itemgetter(0))
        return self._pairs[max(0, start - 1) : end]


def in_order(rows: Iterable[Row], columns: Sequence[str], *, descending: bool) -> list[Row]:
    """Return the rows in order of ``columns``, None last in either direction, as the database has it."""
    values_of: Callable[[Row], Any] = _values_getter(columns)
    found = list(rows)
    try:
        return sorted(found, key=values_of, reverse=descending)
    except TypeError:  # None has no order
        return sorted(found, key=lambda row: _none_last(values_of(row), descending=descending), reverse=descending)


def with_value(row: Row, column: str, value: object) -> Row:
    """Return the row with another value in one column, whichever kind of row it is."""
    if isinstance(row, tuple):
        return cast("Row", cast("Any", row)._replace(**{column: value}))
    return cast("Row", replace(cast("Any", row), **{column: value}))


def _values_getter(columns: Sequence[str]) -> Callable[[object], Key]:
    """Return a function from row to the tuple of its values in ``columns``."""
    if len(columns) == 1:
        value_of = attrgetter(columns[0])
        return lambda row: (value_of(row),)
    return cast("Callable[[object], Key]", attrgetter(*columns))


def _none_last(values: Key, *, descending: bool) -> Key:
    return tuple(((value is None) != descending, value) for value in values)


def _wanted(condition: Condition) -> Iterable[object]:
    if condition.test == "=":
        return (condition.value,)
    return dict.fromkeys(cast("Collection[object]", condition.value))


def _is_met(condition: Condition, row: object) -> bool:
    """Say whether the row meets the condition. None meets only ``is_null``: nothing equals the unknown."""
    value = getattr(row, condition.column)
    if condition.test in {"is_null", "not_null"}:
        return (value is None) == (condition.test == "is_null")
    if value is None or condition.value is None:
        return False
    if condition.test == "=":
        return bool(value == condition.value)
    if condition.test == "in":
        return value in cast("Collection[object]", condition.value)
    return RANGE_TESTS[condition.test](value, condition.value)
