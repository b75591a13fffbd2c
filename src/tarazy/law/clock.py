"""Deadlines: when a span given by law is over, and how its days were counted.

Hours and 24-hour days run from the minute: no calendar, no clock change and no leap second touches them. Everything
else ends at 24:00 local time of its last day. Where it is uncertain which day that is, because a holiday is only
expected or because nobody has read whether an end on a day off moves, **the uncertainty is the person's gain**: a
restriction and an official's duty end on the earlier day, a person's own time to act on the later one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from tarazy.law.calendar import DAYS_WALKED_MAX, ONE_DAY, Calendar, Window, WindowUnit, later
from tarazy.law.terms import Branch
from tarazy.values.instant import Instant

if TYPE_CHECKING:
    from tarazy.law.pack import Field, PackData

DAYS_SHOWN_MAX: Final = 366
"""How many counted days, and how many skipped ones, an answer lists: the first of them and always the last."""


class Starts(StrEnum):
    """With what a span begins."""

    moment = "moment"
    """The minute of the act; for spans in days, the day of the act counts as the first."""
    next_day = "next_day"
    """The day after the act."""


class Ends(StrEnum):
    """With what a span ends."""

    moment = "moment"
    end_of_day = "end_of_day"
    """24:00 local time of the last day."""


class Rolls(StrEnum):
    """Whether an end on a day off moves to the next working day."""

    no = "no"
    yes = "yes"
    unknown = "unknown"
    """Not read, or open: it moves for a person's own deadline and stays for a restriction."""


class Side(StrEnum):
    """For whom an uncertain day counts."""

    restriction = "restriction"
    """The length of a measure, and every duty of an official: the earlier end."""
    person = "person"
    """A person's own time to act: the later end."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How one branch of law counts one unit of time."""

    starts: Starts
    ends: Ends
    rolls: Rolls

    def fits(self, unit: WindowUnit) -> bool:
        """Tell whether the unit can be counted so: hours run by the minute, everything else ends with a day."""
        if unit.is_fixed:
            return self == BY_THE_MINUTE
        return self.ends is Ends.end_of_day


BY_THE_MINUTE: Final = Manner(Starts.moment, Ends.moment, Rolls.no)
"""The only manner of hours and 24-hour days."""


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a span, and how it was counted."""

    at: Instant
    is_expected: bool
    """Whether the end rests on days that are only expected, or on a question whether it moves that nobody answered."""
    days: tuple[date, ...]
    """The days that counted, in order, ending with the last; of months and years only the last; of hours none."""
    skipped: tuple[date, ...]
    """The days that were passed over: days off, days on which the clock stood still, an end that moved."""


class _Reading(NamedTuple):
    """How days are read: by which calendar, for whose side, and which stretches of days do not count at all."""

    calendar: Calendar
    side: Side
    stopped: tuple[tuple[date, date], ...]

    def works(self, day: date) -> bool:
        """Tell whether ``day`` is a working day for this side."""
        is_restriction = self.side is Side.restriction
        return self.calendar.may_be_working(day) if is_restriction else self.calendar.is_surely_working(day)

    def stands_still(self, day: date) -> bool:
        """Tell whether the clock stands still on ``day``."""
        return any(first <= day <= last for first, last in self.stopped)


class _Count(NamedTuple):
    last: date
    days: list[date]
    skipped: list[date]
    is_expected: bool


def due(window: Window, start: Instant, calendar: Calendar, manner: Manner, side: Side) -> Due | None:
    """Return when ``window`` ends if it begins at ``start``.

    None where the answer rests on days that the calendar does not know: whoever asks refuses, and guesses nothing.
    Hours and 24-hour days always have an answer. The manner of hours is theirs, whatever ``manner`` says.
    """
    return due_stopped(window, start, (), calendar, manner, side)


def due_stopped(
    window: Window,
    start: Instant,
    stops: Sequence[tuple[Instant, Instant]],
    calendar: Calendar,
    manner: Manner,
    side: Side,
) -> Due | None:
    """Return when ``window`` ends if its clock stands still during ``stops``, each from a moment to a later one.

    Of spans in days, a day that is only partly inside a stop counts for a restriction and does not for a person. A rule
    with a longest time (five working days, thirty-five at most with stops) is the earlier of two answers.
    """
    assert all(begin <= end for begin, end in stops)
    try:
        joined = _joined(start, stops)
        if window.fixed is not None:
            return Due(_moved_by_stops(start.plus(window.fixed), joined), is_expected=False, days=(), skipped=())
        reading = _Reading(calendar, side, _stopped_days(joined, calendar, side))
        count = _counted(window, calendar.local_day(start), reading, manner)
        count = None if count is None else _rolled(count, reading, manner.rolls)
        if count is None:
            return None
        return Due(calendar.end_of_day(count.last), count.is_expected, _shown(count.days), _shown(count.skipped))
    except OverflowError:  # past the year 9999 no calendar knows anything
        return None


def manner_of(pack: "PackData", branch: Branch, unit: WindowUnit) -> Manner | None:
    """Return how the pack counts a unit in a branch.

    None where it does not say, or leaves it unsure with nobody's name to it: what rests on it is refused.
    """
    field = manner_field(pack, branch, unit)
    return None if field is None or field.evidence.is_blocked else field.value


def manner_field(pack: "PackData", branch: Branch, unit: WindowUnit) -> "Field[Manner] | None":
    """Return how the pack counts a unit in a branch, with the evidence for it; None where it does not say."""
    return pack.clocks.get((branch, unit))


def is_past(due: Due, now: Instant) -> bool:
    """Tell whether the span is over: its end is the first moment that no longer belongs to it."""
    return now >= due.at


def _joined(start: Instant, stops: Sequence[tuple[Instant, Instant]]) -> list[tuple[Instant, Instant]]:
    """Return the stops after ``start`` in order, those that touch made one."""
    joined: list[tuple[Instant, Instant]] = []
    for begin, end in sorted((max(begin, start), end) for begin, end in stops):
        if end <= begin:
            continue
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _moved_by_stops(end: Instant, stops: Sequence[tuple[Instant, Instant]]) -> Instant:
    for stop, go in stops:
        if stop < end:
            end = end.plus(go.since(stop))
    return end


def _stopped_days(
    stops: Sequence[tuple[Instant, Instant]], calendar: Calendar, side: Side
) -> tuple[tuple[date, date], ...]:
    """Return the first and last day of each stop: for a restriction only whole days, for a person every day touched."""
    stretches = []
    for stop, go in stops:
        first, last = calendar.local_day(stop), calendar.local_day(go)
        if side is Side.restriction:
            first += ONE_DAY * (stop > calendar.end_of_day(first - ONE_DAY))
            last -= ONE_DAY
        elif go == calendar.end_of_day(last - ONE_DAY):
            last -= ONE_DAY
        stretches.append((first, last))
    return tuple(stretches)


def _counted(window: Window, day: date, reading: _Reading, manner: Manner) -> _Count | None:
    """Count from the day of the act to the last day, before an end on a day off is looked at."""
    by_working_days = window.unit is WindowUnit.working_days
    after = day if manner.starts is Starts.next_day else day - ONE_DAY
    if by_working_days or window.unit is WindowUnit.days:
        count = _walked(after, window.n, reading, by_working_days=by_working_days)
        if count is None or window.n:
            return count
        return count._replace(last=day, days=[day])  # no time at all: the rest of the day of the act
    last = _last_of_months(window, day, manner.starts)
    if last is None:
        return None
    if not reading.stopped:
        return _Count(last, [last], [], is_expected=False)
    count = _walked(after, (last - after).days, reading, by_working_days=False)
    return None if count is None else count._replace(days=[count.last])


def _walked(after: date, n: int, reading: _Reading, *, by_working_days: bool) -> _Count | None:
    """Walk from the day after ``after`` until ``n`` days have counted."""
    day, is_expected = after, False
    days: list[date] = []
    skipped: list[date] = []
    for _ in range(DAYS_WALKED_MAX):
        if len(days) == n:
            return _Count(day, days, skipped, is_expected)
        day += ONE_DAY
        if by_working_days:
            if not reading.calendar.knows(day):
                return None
            is_expected = is_expected or reading.calendar.is_expected(day)
        passes = reading.stands_still(day) or (by_working_days and not reading.works(day))
        (skipped if passes else days).append(day)
    return None


def _last_of_months(window: Window, day: date, starts: Starts) -> date | None:
    """Return the last day of months or years: the day of the act counts as their first only if they start with it."""
    if starts is Starts.next_day:
        return later(day, window)
    if day.day > 1:
        # the day before counts on: from the 31st of January a month lasts to the end of February, not one day less
        return later(day - ONE_DAY, window) if window.n else day
    last = later(day, window)
    return None if last is None else max(day, last - ONE_DAY)


def _rolled(count: _Count, reading: _Reading, rolls: Rolls) -> _Count | None:
    """Move an end on a day off to the next working day, where it moves; None where that day is not known."""
    if rolls is Rolls.no:
        return count
    calendar, last = reading.calendar, count.last
    if rolls is Rolls.unknown and reading.side is Side.restriction:
        is_open = not calendar.knows(last) or calendar.is_expected(last) or not calendar.is_surely_working(last)
        return count._replace(is_expected=count.is_expected or is_open)
    days, skipped, is_expected = count.days[:-1], list(count.skipped), count.is_expected
    day = last
    while calendar.knows(day):
        is_expected = is_expected or calendar.is_expected(day)
        if reading.works(day):
            is_open = rolls is Rolls.unknown and day != last
            return _Count(day, [*days, day], skipped, is_expected or is_open)
        skipped.append(day)
        day += ONE_DAY
    return None


def _shown(days: Sequence[date]) -> tuple[date, ...]:
    return tuple(days) if len(days) <= DAYS_SHOWN_MAX else (*days[: DAYS_SHOWN_MAX - 1], days[-1])
