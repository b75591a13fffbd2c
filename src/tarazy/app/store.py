"""The port to a store of typed tables: what every use case reads and writes through.

A table's rows are frozen dataclasses or NamedTuples whose fields are the columns. Two adapters keep the same promises,
proved by one contract suite: ``adapters.memory`` and ``adapters.postgres``.

Promises of a transaction:

* it sees its own writes, also in ``find``;
* writes reach others together at the end, or never (an exception undoes all);
* ``lock`` and ``claim`` keep others from changing the rows until the end; keys are locked in ascending order;
* ``add`` refuses a key that exists (`Conflict`, at the latest at the end), ``put`` replaces the row.

A fault (`Conflict`, deadlock, lost connection) ends the transaction; `Store.run` tries again a bounded number of times.
Use cases are therefore functions that may run twice, and only the last run counts.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar

from msgspec import Struct

Row = TypeVar("Row")
Result = TypeVar("Result")
Key = tuple[object, ...]

FIND_LIMIT_MAX = 100_000
RUN_ATTEMPTS_MAX = 8


class Conflict(Exception):
    """A row with this key exists already, or two transactions got in each other's way: running again may help."""


class StoreAway(Exception):
    """The store cannot be reached. Nothing was changed, or what was changed will show when it is back."""


class TextNotKept(ValueError):
    """A text with a NUL character, which no database keeps. Whoever takes texts in from outside refuses it there."""


@dataclass(frozen=True)
class Table(Generic[Row]):
    """One table. ``key`` names the columns of its primary key, ``serial`` a column that the store numbers itself.

    Rows with ``serial`` are written with 0 there and get the next number (ascending, gaps possible) when added.
    Only rows of a table that says so (``is_deletable``) are ever deleted: what was read of the others is still there,
    so a store may write just the columns that have changed.
    """

    name: str
    row: type[Row]
    key: tuple[str, ...]
    serial: str | None = None
    is_deletable: bool = False

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same declaration: reads are looked up by their tables, so the first look must do."""
        return self is other or (isinstance(other, Table) and vars(self) == vars(other))

    def __hash__(self) -> int:
        """Return the hash of the name: no two tables share one."""
        return hash(self.name)


class Condition(NamedTuple):
    """A test of one column. ``in`` takes a collection; ``is_null`` and ``not_null`` take no value."""

    column: str
    test: Literal["=", "<", "<=", ">", ">=", "in", "is_null", "not_null"]
    value: object = None


class Window(NamedTuple):
    """The stretch ``[line_from, line_to)`` of an account's line."""

    account_id: str
    line_from: int
    line_to: int


class Span(NamedTuple):
    """The units ``[from_minor, to_minor)`` of a transfer."""

    transfer_ref: str
    from_minor: int
    to_minor: int

    def on_line(self, account_id: str, line_from: int, line_to: int) -> Window:
        """Return where the units lie that have arrived on the line, at ``[line_from, line_to)`` (may be empty)."""
        length = line_to - line_from
        return Window(account_id, line_from + min(self.from_minor, length), line_from + min(self.to_minor, length))


class Through(NamedTuple):
    """Where transfers lie that were credited, by a table that says it: it spares finding that out first.

    ``places`` has the key ``transfer_ref`` and the columns ``account_id``, ``line_from`` and ``line_to``. What a
    transfer lost on the way is missing at its end.
    """

    places: Table[Any]
    spans: tuple[Span, ...]


class Read(Struct, Generic[Row], frozen=True):
    """One read of several that are asked together: `get_many` (or `lock`) of keys, `find`, or `overlapping`.

    Keys that the transaction has read (or locked) already are not asked again, unless ``is_anew``. Nor is a read by
    conditions that says ``is_kept`` and equals an earlier one, as long as the transaction has not written the table.

    ``through`` asks for the rows of the accounts where transfers were credited (that also meet the conditions) or, if
    ``is_stretch``, for those that overlap the transfers' units there. Such a read is kept. A locking one finds nothing
    unless every transfer was credited: locking for some of them only helps nobody.
    """

    table: Table[Row]
    keys: Collection[Key] | None = None
    is_locking: bool = False
    is_anew: bool = False
    is_kept: bool = False
    conditions: tuple[Condition, ...] = ()
    order: Sequence[str] = ()
    windows: Collection[Window] | None = None
    through: Through | None = None
    is_stretch: bool = False


class Transaction(Protocol):
    """What a use case may do. Every ``find`` and ``claim`` has a limit; more rows than the limit are cut off."""

    def get(self, table: Table[Row], *key: object) -> Row | None:
        """Return the row with this key, or None."""
        ...

    def get_many(self, table: Table[Row], keys: Collection[Key]) -> dict[Key, Row]:
        """Return the rows with these keys, by key; a key without a row is left out."""
        ...

    def lock(self, table: Table[Row], keys: Collection[Key]) -> dict[Key, Row]:
        """Return the rows with these keys as they are now, and let nobody else change them until the end."""
        ...

    def find(
        self,
        table: Table[Row],
        *conditions: Condition,
        order: Sequence[str] = (),
        descending: bool = False,
        limit: int = FIND_LIMIT_MAX,
    ) -> list[Row]:
        """Return the rows that meet all conditions, in order of the columns ``order`` (then of the key)."""
        ...

    def claim(self, table: Table[Row], *conditions: Condition, order: Sequence[str] = (), limit: int) -> list[Row]:
        """Return and lock rows that meet all conditions, passing over those that somebody else has locked."""
        ...

    def overlapping(self, table: Table[Row], windows: Collection[Window]) -> list[Row]:
        """Return the rows of a table of stretches that overlap a window, each row once, in order of account and place.

        The table has the columns ``account_id``, ``line_from`` and ``line_to``; rows of one account do not overlap.
        """
        ...

    def gather(self, *reads: Read[Any]) -> list[list[Any]]:
        """Do several reads in the order given, in one round trip, and return the rows of each.

        What is read by keys is known afterwards to ``get`` and ``get_many``. A lock comes before what relies on it.
        """
        ...

    def guard(self, name: str, *, shared: bool) -> None:
        """Wait until nobody holds ``name`` alone (or, not shared, at all), and hold it until the end."""
        ...

    def add(self, table: Table[Row], row: Row) -> None:
        """Write a new row."""
        ...

    def put(self, table: Table[Row], row: Row) -> None:
        """Write a row in place of the one with its key, if there is one."""
        ...

    def delete(self, table: Table[Row], *key: object) -> None:
        """Remove the row with this key, if there is one; its table must be deletable."""
        ...

    def recall(self, table: Table[Row], rows: Collection[Row]) -> None:
        """Take over rows that an earlier transaction read or wrote and that nobody else has changed since."""
        ...

    def note(self, what: object) -> None:
        """Keep ``what`` for whoever runs the use case: it says more than the result. A note is no effect."""
        ...

    @property
    def is_first_try(self) -> bool:
        """Whether this is the first try of its use case, not one that follows a fault.

        A first try may take for new what hardly ever is there already, without looking: adding it is refused where it
        is (`Conflict`), and the next try looks.
        """
        ...

    @property
    def notes(self) -> Sequence[object]:
        """What has been noted so far, in order."""
        ...

    def wake(self, channel: str) -> None:
        """Tell those who listen on ``channel``, once the transaction has ended well, that there is work."""
        ...


class Store(Protocol):
    """Runs use cases in transactions."""

    def run(self, work: Callable[[Transaction], Result]) -> Result:
        """Run ``work`` in one transaction and return what it returns; on a fault, undo and try again.

        Raises `Conflict` after `RUN_ATTEMPTS_MAX` attempts and `StoreAway` where the store cannot be reached.
        """
        ...
