"""What a checker says when something is not as it must be, and how checkers read rows."""

from tarazy.adapters.memory import MemoryStore
from tarazy.app.store import Condition, Row, Table


class CheckFailed(Exception):
    """A promise does not hold: which checker saw it, and what it saw."""

    def __init__(self, checker: str, what: str) -> None:
        super().__init__(f"{checker}: {what}")
        self.checker = checker
        self.what = what


def demand(checker: str, is_so: bool, what: str) -> None:  # noqa: FBT001 -- reads as a sentence
    """Raise `CheckFailed` unless it is so."""
    if not is_so:
        raise CheckFailed(checker, what)


def rows(disc: MemoryStore, table: Table[Row], *conditions: Condition, order: tuple[str, ...] = ()) -> list[Row]:
    """Return the rows of a table that meet all conditions, as they are on the disc."""
    return disc.run(lambda tx: tx.find(table, *conditions, order=order))
