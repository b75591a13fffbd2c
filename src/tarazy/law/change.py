"""One difference between two packs: what it is, where, what stood there and stands there, and on which days."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from itertools import chain
from typing import Final, NamedTuple, TypeVar

Item = TypeVar("Item")
Value = TypeVar("Value")


class ChangeKind(StrEnum):
    """What sort of thing is different."""

    pack = "pack"
    norm = "norm"
    version = "version"
    rule = "rule"
    value = "value"
    mark = "mark"
    evidence = "evidence"
    signer = "signer"
    offence = "offence"
    cell = "cell"
    expectation = "expectation"
    question = "question"
    calendar = "calendar"


class Absent(Enum):
    """Stands where one of the two packs has nothing at all; a value that does not apply is None."""

    absent = "absent"


class Days(NamedTuple):
    """The days that a change touches, both included; None is without limit on that side."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference: where it is, what stood there before and stands there after, and the days that it touches."""

    kind: ChangeKind
    path: str
    before: object
    after: object
    days: Days


EVERY_DAY: Final = Days(None, None)


def changed(kind: ChangeKind, path: str, before: object, after: object, days: Days = EVERY_DAY) -> Change:
    """Return a difference."""
    return Change(kind=kind, path=path, before=before, after=after, days=days)


def pairs(
    old: Mapping[Item, Value], new: Mapping[Item, Value]
) -> Iterator[tuple[Item, Value | Absent, Value | Absent]]:
    """Return each key of either side with what stands there on both."""
    for key in dict.fromkeys(chain(old, new)):
        yield key, old.get(key, Absent.absent), new.get(key, Absent.absent)
