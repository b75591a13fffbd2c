"""Half-open stretches of whole units, and sorted sets of them.

Every amount that Tarazy follows is a stretch ``[start, end)`` of a line of minor units, so that "which money" has an
exact answer. A set of stretches is a plain tuple, sorted, disjoint and never adjacent (adjacent stretches are merged).
"""

from collections.abc import Iterable
from typing import NamedTuple


class Interval(NamedTuple):
    """The units ``start`` (included) to ``end`` (excluded). Never empty in a set of stretches."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """How many minor units the stretch has."""
        return self.end - self.start

    def shifted(self, by: int) -> "Interval":
        """Return the same stretch seen from another origin."""
        return Interval(self.start + by, self.end + by)


Intervals = tuple[Interval, ...]
NOTHING: Intervals = ()


def total(stretches: Iterable[Interval]) -> int:
    """Return the number of units in all ``stretches`` together."""
    return sum(stretch.end - stretch.start for stretch in stretches)


def union(stretches: Iterable[Interval]) -> Intervals:
    """Return the sorted, merged set of units that lie in any of ``stretches``; empty ones are left out."""
    merged: list[Interval] = []
    for start, end in sorted(stretches):
        if start >= end:
            continue
        if merged and start <= merged[-1].end:
            if end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, end)
        else:
            merged.append(Interval(start, end))
    return tuple(merged)


def intersect(stretches: Intervals, window: Interval) -> Intervals:
    """Return the parts of the sorted set ``stretches`` that lie inside ``window``."""
    parts = []
    for start, end in stretches:
        low, high = max(start, window.start), min(end, window.end)
        if low < high:
            parts.append(Interval(low, high))
    return tuple(parts)


def subtract(stretches: Intervals, taken: Iterable[Interval]) -> Intervals:
    """Return the units of the sorted set ``stretches`` that lie in none of ``taken``."""
    left = list(stretches)
    for cut_start, cut_end in taken:
        remaining: list[Interval] = []
        for start, end in left:
            if cut_end <= start or end <= cut_start:
                remaining.append(Interval(start, end))
                continue
            if start < cut_start:
                remaining.append(Interval(start, cut_start))
            if cut_end < end:
                remaining.append(Interval(cut_end, end))
        left = remaining
    return tuple(left)


def take_lowest(stretches: Intervals, amount: int) -> tuple[Intervals, Intervals]:
    """Split the sorted set into its lowest ``amount`` units (or all of it, if it has fewer) and the rest."""
    assert amount >= 0
    taken: list[Interval] = []
    rest: list[Interval] = []
    left = amount
    for start, end in stretches:
        cut = min(end, start + left)
        if cut > start:
            taken.append(Interval(start, cut))
            left -= cut - start
        if cut < end:
            rest.append(Interval(cut, end))
    return tuple(taken), tuple(rest)
