"""Spans of time as laws name them, and the calendar that turns them into moments.

Three clocks must not be confused: hours and *сутки* (24 hours each) run from the minute of the act; working days and
months run to the end of a local day. A single change of zone or a decree on holidays moves the second kind only.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from tarazy.values.instant import Instant

DAYS_WALKED_MAX: Final = 400
"""A working-day window that is not over after this many days is a fault of the calendar."""
MONTHS_IN_YEAR: Final = 12
_WINDOW: Final = re.compile(r"(\d{1,4}) (h|x 24 h|working days|months)")


class WindowUnit(StrEnum):
    """What a window is counted in, written as the packs write it."""

    hours = "h"
    days24 = "x 24 h"
    working_days = "working days"
    months = "months"


def _fixed(n: int, unit: WindowUnit) -> timedelta | None:
    match unit:
        case WindowUnit.hours:
            return timedelta(hours=n)
        case WindowUnit.days24:
            return timedelta(days=n)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Window:
    """A span given by law: ``10 x 24 h``, ``5 working days``."""

    n: int
    unit: WindowUnit
    fixed: timedelta | None = field(init=False, compare=False)
    """The span, or None where its length depends on the calendar."""

    def __post_init__(self) -> None:
        """Work out the span once: it is asked for with every assessment."""
        object.__setattr__(self, "fixed", _fixed(self.n, self.unit))

    @classmethod
    def parse(cls, text: str) -> "Window":
        """Read ``48 h``, ``10 x 24 h``, ``5 working days`` or ``12 months``. Raises ValueError for anything else."""
        match = _WINDOW.fullmatch(text)
        if match is None:
            raise ValueError(f"not a span of time: {text!r}")
        return cls(int(match[1]), WindowUnit(match[2]))

    def text(self) -> str:
        """Return the window as a pack writes it."""
        return f"{self.n} {self.unit.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Local days and working days of one jurisdiction, known from ``known_from`` to ``known_to``."""

    zone: ZoneInfo
    weekend: frozenset[int]
    days_off: frozenset[date]
    days_worked: frozenset[date]
    known_from: date
    known_to: date

    def local_day(self, at: Instant) -> date:
        """Return the local date of a moment: the date by which a norm's version is chosen."""
        return at.utc.astimezone(self.zone).date()

    def is_working(self, day: date) -> bool:
        """Tell whether ``day`` is a working day."""
        return day in self.days_worked or (day.weekday() not in self.weekend and day not in self.days_off)

    def end_of(self, window: Window, at: Instant) -> Instant | None:
        """Return when ``window`` ends if it begins at ``at``; None where the calendar does not reach so far."""
        if window.fixed is not None:
            return at.plus(window.fixed)
        day = self.local_day(at)
        last = _months_later(day, window.n) if window.unit is WindowUnit.months else self._working_day(day, window.n)
        return None if last is None else self._end_of_day(last)

    def _working_day(self, after: date, n: int) -> date | None:
        """Return the ``n``-th working day after ``after``."""
        day = after
        for _ in range(DAYS_WALKED_MAX):
            if n == 0:
                return day
            day += timedelta(days=1)
            if not self.known_from <= day <= self.known_to:
                return None
            n -= self.is_working(day)
        return None

    def _end_of_day(self, day: date) -> Instant:
        midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=self.zone)
        return Instant(midnight.astimezone(UTC))


def _months_later(day: date, months: int) -> date:
    """Return the same day of the month, or the month's last one where it is shorter."""
    month_index = day.month - 1 + months
    year, month = day.year + month_index // MONTHS_IN_YEAR, month_index % MONTHS_IN_YEAR + 1
    for last in range(day.day, day.day - 4, -1):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
