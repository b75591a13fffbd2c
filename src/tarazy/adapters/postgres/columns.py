"""How rows become columns of PostgreSQL, and columns become rows again.

A column's type follows from the annotation of the row's field:

    str, a NewType of it, StrEnum, Literal   text
    int (also IntEnum)                       bigint
    bool                                     boolean
    bytes                                    bytea
    date                                     date
    Instant                                  timestamptz
    timedelta                                bigint, microseconds: exact, and ordered like the span
    Intervals                                int8multirange
    everything else                          jsonb, in the one JSON form of `tarazy.protocol.wire`

``X | None`` makes the column nullable. Whole columns travel, not single values: rows are sent as one array for each
column and read as one sequence for each column, so that the work for each value is done by functions written in C.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum
from functools import reduce
from inspect import Parameter, signature
from operator import attrgetter, or_
from struct import Struct
from types import NoneType, UnionType
from typing import Any, Final, Generic, Literal, NamedTuple, Union, cast, get_args, get_origin, get_type_hints

from tarazy.app.store import Key, Row, Table, TextNotKept
from tarazy.protocol.wire import from_json, to_json
from tarazy.values.instant import Instant
from tarazy.values.interval import Interval, Intervals

POSTGRES_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
BOUNDED_RANGE: Final = Struct(">iBiqiq")
"""One range of a multirange on the wire: its length, its flags, then each bound behind its own length."""
JSONB_VERSION_BYTES: Final = 1
MULTIRANGE_COUNT_BYTES: Final = 4


class Codec(NamedTuple):
    """How the values of one column travel: ``to_text`` on the way out, ``from_value`` on the way in (None: as read).

    ``array_type`` is what a whole column is sent as. ``is_quoted`` says that the texts may hold any character.
    """

    sql_type: str
    array_type: str
    to_text: Callable[[Any], str]
    from_value: Callable[[Any], object] | None
    is_quoted: bool = False
    is_comparable: bool = True


class Column(NamedTuple):
    """One declared column."""

    name: str
    codec: Codec
    is_nullable: bool

    def array(self, values: Sequence[object]) -> bytes:
        """Return the values as the text of one PostgreSQL array."""
        to_text, is_quoted = self.codec.to_text, self.codec.is_quoted
        if self.is_nullable and None in values:
            texts = ["NULL" if v is None else _quoted(to_text(v)) if is_quoted else to_text(v) for v in values]
            return _wire_text(f"{{{','.join(texts)}}}")
        if not is_quoted:
            return f"{{{','.join(map(to_text, values))}}}".encode()
        joined = '","'.join(map(to_text, values))
        if "\\" in joined or joined.count('"') != 2 * (len(values) - 1):
            joined = '","'.join(_escaped(to_text(value)) for value in values)
        return _wire_text(f'{{"{joined}"}}')

    def scalar(self, value: object) -> bytes:
        """Return one value, not None, as the text of a parameter. Raises TypeError where the type has no order."""
        if not self.codec.is_comparable:
            raise TypeError(f"{self.name}: a column of {self.codec.sql_type} cannot be compared")
        return _wire_text(self.codec.to_text(value))

    def single(self, value: object) -> bytes | None:
        """Return one value as the text of a parameter that is written; None stays none."""
        return None if value is None else _wire_text(self.codec.to_text(value))

    def converted(self, values: Sequence[object]) -> Iterable[object]:
        """Return what the database gave as the values that the row declares."""
        convert = self.codec.from_value
        if convert is None:
            return values
        if self.is_nullable and None in values:
            return [None if value is None else convert(value) for value in values]
        return map(convert, values)


class RowShape(Generic[Row]):
    """The columns of one table, and the ways between them and its rows."""

    def __init__(self, table: Table[Row]) -> None:
        self.columns = declared_columns(table.row)
        self.by_name = {column.name: column for column in self.columns}
        self.key_of = _values_getter(table.key)
        self._values_of = _values_getter(tuple(self.by_name))
        self._make = _constructor(table.row)
        self._is_plain = all(column.codec.from_value is None for column in self.columns)

    def arrays(self, rows: Iterable[Row], without: str | None = None) -> list[bytes]:
        """Return one array for each column, in the order of the columns, leaving out the column ``without``."""
        by_column = zip(*map(self._values_of, rows), strict=True)
        pairs = zip(self.columns, by_column, strict=True)
        return [column.array(values) for column, values in pairs if column.name != without]

    def singles(self, row: Row, without: str | None = None) -> list[bytes | None]:
        """Return one parameter for each column, in the order of the columns, leaving out the column ``without``."""
        pairs = zip(self.columns, self._values_of(row), strict=True)
        return [column.single(value) for column, value in pairs if column.name != without]

    def changed(self, before: Row, after: Row) -> tuple[int, ...]:
        """Return the places of the columns in which two rows differ."""
        pairs = zip(self._values_of(before), self._values_of(after), strict=True)
        return tuple(place for place, (old, new) in enumerate(pairs) if old is not new and old != new)

    def rows(self, read: Sequence[tuple[object, ...]]) -> list[Row]:
        """Return the rows that the database gave, each with its values in the order of the columns."""
        if not read:
            return []
        by_column: Iterable[Sequence[object]] = zip(*read, strict=True)
        if self._is_plain:
            return list(map(self._make, *by_column))
        pairs = zip(self.columns, by_column, strict=True)
        return list(map(self._make, *[column.converted(values) for column, values in pairs]))


def declared_columns(row: type[object]) -> tuple[Column, ...]:
    """Return the columns that a dataclass or NamedTuple declares, in its order."""
    columns = []
    for name, hint in get_type_hints(row).items():
        bare, is_nullable = _without_none(hint)
        columns.append(Column(name, codec_for(bare), is_nullable))
    return tuple(columns)


def codec_for(hint: object) -> Codec:
    """Return how values annotated ``hint`` travel."""
    bare = _bare_type(hint)
    if hint == Intervals:
        return Codec("int8multirange", "text[]", _intervals_text, _intervals, is_quoted=True, is_comparable=False)
    if isinstance(bare, type):
        if issubclass(bare, StrEnum):
            members = {member.value: member for member in bare}
            return Codec("text", "text[]", str, members.__getitem__, is_quoted=True)
        if issubclass(bare, IntEnum):
            return Codec("bigint", "bigint[]", lambda value: str(int(value)), bare)
        if bare in SCALARS:
            return SCALARS[bare]
    wanted = cast("type[object]", hint)
    return Codec(
        "jsonb",
        "text[]",
        lambda value: to_json(value).decode(),
        lambda data: from_json(data[JSONB_VERSION_BYTES:], wanted),
        is_quoted=True,
        is_comparable=False,
    )


def _without_none(hint: object) -> tuple[object, bool]:
    """Split ``X | None`` into X and True, and leave any other annotation as it is."""
    if get_origin(hint) not in {Union, UnionType} or NoneType not in get_args(hint):
        return hint, False
    others = tuple(choice for choice in get_args(hint) if choice is not NoneType)
    return reduce(or_, others), True


def _bare_type(hint: object) -> object:
    """Follow a NewType to what it is made of, and a Literal of texts to ``str``."""
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    if get_origin(hint) is Literal and all(type(choice) is str for choice in get_args(hint)):
        return str
    return hint


def _values_getter(names: Sequence[str]) -> Callable[[object], Key]:
    """Return a function from row to the tuple of its values in ``names``."""
    if len(names) == 1:
        value_of = attrgetter(names[0])
        return lambda row: (value_of(row),)
    return cast("Callable[[object], Key]", attrgetter(*names))


def _constructor(row: type[Row]) -> Callable[..., Row]:
    """Return a function that makes a row from its values in order, also where the row takes keywords only."""
    names = _keyword_fields(row)
    if not names:
        return row
    source = f"lambda {', '.join(names)}: row({', '.join(f'{name}={name}' for name in names)})"
    return cast("Callable[..., Row]", eval(source, {"row": row}))  # noqa: S307 (names of declared fields only; a loop over them would cost more than the row)


def _keyword_fields(row: type[object]) -> Sequence[str]:
    """Return the fields of a class that takes some of them as keywords only; none for any other class."""
    parameters = signature(row).parameters
    is_by_keyword = any(one.kind is Parameter.KEYWORD_ONLY for one in parameters.values())
    return list(parameters) if is_by_keyword else ()


def _wire_text(text: str) -> bytes:
    """Return the text as it is sent. A NUL would cut it off silently, so it is refused."""
    if "\0" in text:
        raise TextNotKept("a text for the database holds a NUL character")
    return text.encode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _instant_text(moment: Instant) -> str:
    return moment.utc.isoformat()


def _instant(microseconds: int) -> Instant:
    return Instant(POSTGRES_EPOCH + timedelta(microseconds=microseconds))


def _span_text(span: timedelta) -> str:
    return str(span // MICROSECOND)


def _span(microseconds: int) -> timedelta:
    return timedelta(microseconds=microseconds)


def _bytes_text(data: bytes) -> str:
    return f"\\x{data.hex()}"


def _intervals_text(stretches: Intervals) -> str:
    return f"{{{','.join(f'[{start},{end})' for start, end in stretches)}}}"


def _intervals(data: bytes) -> Intervals:
    ranges = BOUNDED_RANGE.iter_unpack(data[MULTIRANGE_COUNT_BYTES:])
    return tuple(Interval(start, end) for _, _, _, start, _, end in ranges)


SCALARS: Final[dict[object, Codec]] = {
    str: Codec("text", "text[]", str, None, is_quoted=True),
    int: Codec("bigint", "bigint[]", str, None),
    bool: Codec("boolean", "boolean[]", str, None),
    bytes: Codec("bytea", "bytea[]", _bytes_text, None, is_quoted=True),
    date: Codec("date", "date[]", date.isoformat, None),
    Instant: Codec("timestamptz", "timestamptz[]", _instant_text, _instant),
    timedelta: Codec("bigint", "bigint[]", _span_text, _span),
}
