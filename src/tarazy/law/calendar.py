"""Spans of time as laws name them, and the calendar that turns them into moments.

Three clocks must not be confused: hours and *сутки* (24 hours each) run from the minute of the act; calendar days,
months and years run to the end of a local day; working days pass over weekends and holidays as well. A change of zone
or a decree on holidays never moves the first kind. How a branch of law counts its own deadlines is in ``clock.py``.
"""

import re
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from tarazy.law.terms import Mark
from tarazy.values.instant import Instant

DAYS_WALKED_MAX: Final = 20_000
"""More days than the longest span that can be written takes with its weekends and holidays: 9,999 working days."""
MONTHS_IN_YEAR: Final = 12
ONE_DAY: Final = timedelta(days=1)
_WINDOW: Final = re.compile(r"(\d{1,4}) (h|x 24 h|days?|working days?|months?|years?)")


class WindowUnit(StrEnum):
    """What a window is counted in, written as the packs write it."""

    hours = "h"
    days24 = "x 24 h"
    days = "days"
    """Calendar days."""
    working_days = "working days"
    months = "months"
    years = "years"

    @property
    def is_fixed(self) -> bool:
        """Whether its length is known without a calendar."""
        return self in {WindowUnit.hours, WindowUnit.days24}


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
    """A span given by law: ``10 x 24 h``, ``5 working days``, ``30 days``."""

    n: int
    unit: WindowUnit
    fixed: timedelta | None = field(init=False, compare=False)
    """The span, or None where its length depends on the calendar."""

    def __post_init__(self) -> None:
        """Work out the span once: it is asked for with every assessment."""
        object.__setattr__(self, "fixed", _fixed(self.n, self.unit))

    @classmethod
    def parse(cls, text: str) -> "Window":
        """Read ``48 h``, ``10 x 24 h``, ``30 days``, ``5 working days``, ``12 months`` or ``2 years``.

        One of a kind may be written as such: ``1 month``. Raises ValueError for anything else.
        """
        match = _WINDOW.fullmatch(text)
        if match is None or not match[1].isascii():
            raise ValueError(f"not a span of time: {text!r}")
        n, name = int(match[1]), match[2]
        if name.endswith(("day", "month", "year")):
            if n != 1:
                raise ValueError(f"not a span of time: {text!r}")
            name += "s"
        return cls(n, WindowUnit(name))

    def text(self) -> str:
        """Return the window as a pack writes it."""
        return f"{self.n} {self.unit.value}"


class DayKind(StrEnum):
    """What a day is in a calendar, so that people see why it counted or not."""

    working = "working"
    weekend = "weekend"
    day_off = "day_off"
    expected_off = "expected_off"
    """A holiday that is only expected so far."""
    decreed_off = "decreed_off"
    """A day off by a decree that moved it there."""
    decreed_working = "decreed_working"
    """A working day by a decree that moved its day off elsewhere."""
    unknown = "unknown"
    """A day that the calendar does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decree:
    """A decision that moves days off: each move makes its first day a working day and its second one a day off."""

    decree_id: str
    decided_on: date | None
    """The day of the decision, where it is known."""
    moves: tuple[tuple[date, date], ...]
    source: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Local days and working days of one jurisdiction, known from ``known_from`` to ``known_to``."""

    zone: ZoneInfo
    weekend: frozenset[int]
    days_off: frozenset[date]
    """Holidays, and days off that stand in for them. Those that a decree names are in `decrees`."""
    days_worked: frozenset[date]
    known_from: date
    known_to: date
    expected_from: date | None = None
    """From this day on the days off are only expected; None where all are certain."""
    decrees: tuple[Decree, ...] = ()
    _off: frozenset[date] = field(init=False, repr=False, compare=False)
    _worked: frozenset[date] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Lay the decrees over the days once."""
        moves = [move for decree in self.decrees for move in decree.moves]
        object.__setattr__(self, "_off", self.days_off | {off for _, off in moves})
        object.__setattr__(self, "_worked", self.days_worked | {worked for worked, _ in moves})

    def local_day(self, at: Instant) -> date:
        """Return the local date of a moment: the date by which a norm's version is chosen."""
        return at.utc.astimezone(self.zone).date()

    def knows(self, day: date) -> bool:
        """Tell whether the calendar can say of ``day`` if it is a working day."""
        return self.known_from <= day <= self.known_to

    def is_expected(self, day: date) -> bool:
        """Tell whether what the calendar says of ``day`` is only expected."""
        return self.expected_from is not None and day >= self.expected_from

    def is_working(self, day: date) -> bool:
        """Tell whether ``day`` is a working day, if all comes as expected."""
        return day in self._worked or (day.weekday() not in self.weekend and day not in self._off)

    def may_be_working(self, day: date) -> bool:
        """Tell whether ``day`` is a working day or could become one: an expected holiday can still be withdrawn."""
        if not self.is_expected(day):
            return self.is_working(day)
        return day in self._worked or day.weekday() not in self.weekend

    def is_surely_working(self, day: date) -> bool:
        """Tell whether ``day`` is a working day whatever is still decided of the days that are expected."""
        if not self.is_expected(day):
            return self.is_working(day)
        return day.weekday() not in self.weekend and day not in self._off

    def kind_of(self, day: date) -> DayKind:
        """Return what ``day`` is."""
        if not self.knows(day):
            return DayKind.unknown
        if day in self._worked:
            return DayKind.decreed_working
        if day in self._off and day not in self.days_off:
            return DayKind.decreed_off
        if day.weekday() in self.weekend:
            return DayKind.weekend
        if day in self._off:
            return DayKind.expected_off if self.is_expected(day) else DayKind.day_off
        return DayKind.working

    def end_of(self, window: Window, at: Instant) -> Instant | None:
        """Return when a measure ends that begins at ``at`` and may last ``window``; None beyond the known years.

        A day that is only expected to be off counts as a working day, so that no measure lasts longer for a guess.
        """
        if window.fixed is not None:
            return at.plus(window.fixed)
        day = self.local_day(at)
        last = self._working_day(day, window.n) if window.unit is WindowUnit.working_days else later(day, window)
        return None if last is None else self.end_of_day(last)

    def _working_day(self, after: date, n: int) -> date | None:
        """Return the ``n``-th day after ``after`` that is or may be a working day."""
        day = after
        for _ in range(DAYS_WALKED_MAX):
            if n == 0:
                return day
            day += ONE_DAY
            if not self.knows(day):
                return None
            n -= self.may_be_working(day)
        return None

    def end_of_day(self, day: date) -> Instant:
        """Return 24:00 local time of ``day``, whatever the clocks do in that night."""
        midnight = datetime.combine(day + ONE_DAY, time(), tzinfo=self.zone)
        return Instant(midnight.astimezone(UTC))


def later(day: date, window: Window) -> date | None:
    """Return the day that calendar days, months or years after ``day`` lead to; None past the year 9999.

    Months and years end on the same day of the month, or on the month's last one where it is shorter.
    """
    if window.unit is WindowUnit.days:
        return day + timedelta(days=window.n) if window.n <= (date.max - day).days else None
    return _months_later(day, window.n * (MONTHS_IN_YEAR if window.unit is WindowUnit.years else 1))


def _months_later(day: date, months: int) -> date | None:
    month_index = day.month - 1 + months
    year, month = day.year + month_index // MONTHS_IN_YEAR, month_index % MONTHS_IN_YEAR + 1
    if year > MAXYEAR:
        return None
    for last in range(day.day, day.day - 4, -1):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
