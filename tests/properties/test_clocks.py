"""What holds of every deadline, whatever the calendar, the manner and the moment: random calendars, random spans."""

import calendar as month_lengths
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from tarazy.law.calendar import Calendar, Decree, Window, WindowUnit
from tarazy.law.clock import BY_THE_MINUTE, Due, Ends, Manner, Rolls, Side, Starts, due, due_stopped, is_past
from tarazy.law.terms import Mark
from tarazy.values.instant import Instant

DAY = timedelta(days=1)
FIRST, LAST = date(2023, 1, 1), date(2075, 12, 31)
ZONES = [ZoneInfo(name) for name in ("Asia/Almaty", "Europe/London", "Europe/Berlin", "Australia/Sydney", "Etc/UTC")]
FREE = date(2023, 1, 2), date(2027, 12, 31)

days = st.dates(*FREE)
starts = st.datetimes(datetime(2023, 6, 1), datetime(2026, 12, 31), timezones=st.just(UTC)).map(Instant)  # noqa: DTZ001 -- Hypothesis wants bounds without a zone and adds it
units = st.sampled_from(WindowUnit)
sides = st.sampled_from(Side)
by_days = st.builds(Manner, st.sampled_from(Starts), st.just(Ends.end_of_day), st.sampled_from(Rolls))
spans = st.timedeltas(timedelta(0), timedelta(days=40))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Draw a calendar that reaches past every span, with holidays, moved days, and perhaps days only expected."""
    moves = draw(st.lists(st.tuples(days, days), max_size=4, unique_by=(lambda m: m[0], lambda m: m[1])))
    worked = {first for first, _ in moves}
    decrees = [
        Decree(decree_id=str(i), decided_on=None, moves=(move,), source="drawn", mark=Mark.default)
        for i, move in enumerate(moves)
        if move[1] not in worked
    ]
    return Calendar(
        zone=draw(st.sampled_from(ZONES)),
        weekend=frozenset(draw(st.sampled_from([(5, 6), (4, 5), (6,), ()]))),
        days_off=draw(st.frozensets(days, max_size=120)),
        days_worked=draw(st.frozensets(days, max_size=6)),
        known_from=FIRST,
        known_to=LAST,
        expected_from=draw(st.none() | days),
        decrees=tuple(decrees),
    )


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Draw a span that ends within the years that the calendars know."""
    unit = draw(units)
    longest = {WindowUnit.hours: 2000, WindowUnit.months: 40, WindowUnit.years: 4}.get(unit, 120)
    return Window(draw(st.integers(0, longest)), unit)


def answered(window: Window, start: Instant, calendar: Calendar, manner: Manner, side: Side) -> Due:
    found = due(window, start, calendar, manner, side)
    assert found is not None
    return found


def works(calendar: Calendar, day: date, side: Side) -> bool:
    """Say anew, from the bare lists, whether a day is a working day for a side."""
    worked = calendar.days_worked | {day for decree in calendar.decrees for day, _ in decree.moves}
    off = calendar.days_off | {day for decree in calendar.decrees for _, day in decree.moves}
    is_weekend = day.weekday() in calendar.weekend
    if calendar.expected_from is not None and day >= calendar.expected_from:
        if side is Side.restriction:
            return day in worked or not is_weekend
        return not is_weekend and day not in off
    return day in worked or not (is_weekend or day in off)


def local_midnight(day: date, zone: ZoneInfo) -> Instant:
    return Instant(datetime.combine(day, time(), tzinfo=zone).astimezone(UTC))


@given(windows(), starts, spans, calendars(), by_days, sides)
def test_who_begins_later_is_never_done_earlier(
    window: Window, start: Instant, later: timedelta, calendar: Calendar, manner: Manner, side: Side
) -> None:
    first = answered(window, start, calendar, manner, side)
    assert first.at <= answered(window, start.plus(later), calendar, manner, side).at


@given(windows(), st.integers(0, 30), starts, calendars(), by_days, sides)
def test_a_longer_span_never_ends_earlier(
    window: Window, more: int, start: Instant, calendar: Calendar, manner: Manner, side: Side
) -> None:
    longer = replace(window, n=window.n + more)
    assert answered(window, start, calendar, manner, side).at <= answered(longer, start, calendar, manner, side).at


@given(st.integers(0, 400), starts, calendars(), by_days, sides)
def test_24_hour_days_are_their_hours_and_know_no_calendar(
    n: int, start: Instant, calendar: Calendar, manner: Manner, side: Side
) -> None:
    found = answered(Window(n, WindowUnit.days24), start, calendar, manner, side)
    assert found == answered(Window(24 * n, WindowUnit.hours), start, calendar, BY_THE_MINUTE, side)
    assert found.at.since(start) == timedelta(hours=24 * n)
    assert (found.days, found.skipped, found.is_expected) == ((), (), False)


@given(windows(), starts, calendars(), by_days)
def test_the_restriction_ends_no_later_than_the_persons_time_and_the_same_where_nothing_is_open(
    window: Window, start: Instant, calendar: Calendar, manner: Manner
) -> None:
    restriction = answered(window, start, calendar, manner, Side.restriction)
    person = answered(window, start, calendar, manner, Side.person)
    assert restriction.at <= person.at
    if not (restriction.is_expected or person.is_expected):
        assert restriction == person


@given(st.integers(1, 120), starts, calendars(), by_days, sides)
def test_working_days_pass_over_exactly_the_days_off(
    n: int, start: Instant, calendar: Calendar, manner: Manner, side: Side
) -> None:
    found = answered(Window(n, WindowUnit.working_days), start, calendar, manner, side)
    day = calendar.local_day(start) + DAY * (manner.starts is Starts.next_day)
    walked = [day + DAY * i for i in range((found.days[-1] - day).days + 1)]
    assert list(found.days) == [day for day in walked if works(calendar, day, side)]
    assert list(found.skipped) == [day for day in walked if not works(calendar, day, side)]
    assert len(found.days) == n
    assert found.is_expected is (calendar.expected_from is not None and found.days[-1] >= calendar.expected_from)


@given(windows(), starts, calendars(), by_days, sides)
def test_whatever_is_not_counted_by_the_minute_ends_with_the_last_day_that_is_shown(
    window: Window, start: Instant, calendar: Calendar, manner: Manner, side: Side
) -> None:
    found = answered(window, start, calendar, manner, side)
    assert found.at >= start
    assert not is_past(found, found.at.plus(-timedelta(microseconds=1)))
    if window.fixed is None and window.n:
        assert found.at == local_midnight(found.days[-1] + DAY, calendar.zone)
        assert list(found.days) == sorted(set(found.days) - set(found.skipped))


@given(st.integers(1, 40), starts, calendars(), sides)
def test_months_end_on_the_same_day_or_the_months_last(n: int, start: Instant, calendar: Calendar, side: Side) -> None:
    manner = Manner(Starts.next_day, Ends.end_of_day, Rolls.no)
    found = answered(Window(n, WindowUnit.months), start, calendar, manner, side)
    begun, last = calendar.local_day(start), found.days[-1]
    assert (last.year * 12 + last.month) - (begun.year * 12 + begun.month) == n
    assert last.day == min(begun.day, month_lengths.monthrange(last.year, last.month)[1])
    years = answered(Window(n, WindowUnit.years), start, replace(calendar, expected_from=None), manner, side)
    assert years == answered(Window(12 * n, WindowUnit.months), start, calendar, manner, side)


@given(windows(), starts, calendars(), by_days, sides)
def test_an_end_moves_only_from_a_day_off_and_only_to_the_next_working_day(
    window: Window, start: Instant, calendar: Calendar, manner: Manner, side: Side
) -> None:
    assume(window.fixed is None)
    stays = answered(window, start, calendar, replace(manner, rolls=Rolls.no), side)
    moves = answered(window, start, calendar, replace(manner, rolls=Rolls.yes), side)
    open_one = answered(window, start, calendar, replace(manner, rolls=Rolls.unknown), side)
    assert open_one.at == (stays.at if side is Side.restriction else moves.at)
    if moves.at == stays.at:
        return
    between = moves.skipped[-(calendar.local_day(moves.at) - calendar.local_day(stays.at)).days :]
    assert not any(works(calendar, day, side) for day in between)
    assert works(calendar, moves.days[-1], side)


@given(windows(), starts, calendars(), by_days, sides)
def test_counted_again_from_what_was_written_down_it_is_the_same(
    window: Window, start: Instant, calendar: Calendar, manner: Manner, side: Side
) -> None:
    again = replace(
        calendar,
        zone=ZoneInfo(str(calendar.zone)),
        days_off=frozenset(sorted(calendar.days_off, reverse=True)),
        decrees=calendar.decrees[::-1],
    )
    written = Window.parse(window.text()), Instant.parse(start.text())
    assert due(*written, again, manner, side) == due(window, start, calendar, manner, side)


stops_after = st.lists(st.tuples(spans, spans), max_size=4)


def stops_of(start: Instant, drawn: Sequence[tuple[timedelta, timedelta]]) -> list[tuple[Instant, Instant]]:
    return [(start.plus(first), start.plus(first + length)) for first, length in drawn]


@given(windows(), starts, stops_after, calendars(), by_days, sides)
def test_a_clock_that_stood_still_is_never_early_and_one_that_did_not_is_the_same(
    window: Window,
    start: Instant,
    drawn: list[tuple[timedelta, timedelta]],
    calendar: Calendar,
    manner: Manner,
    side: Side,
) -> None:
    plain = answered(window, start, calendar, manner, side)
    assert due_stopped(window, start, [], calendar, manner, side) == plain
    stopped = due_stopped(window, start, stops_of(start, drawn), calendar, manner, side)
    assert stopped is not None
    assert stopped.at >= plain.at
    after = [(plain.at.plus(DAY), plain.at.plus(3 * DAY))]
    assert due_stopped(window, start, after, calendar, replace(manner, rolls=Rolls.no), side) == answered(
        window, start, calendar, replace(manner, rolls=Rolls.no), side
    )


@given(st.integers(1, 500), starts, stops_after, calendars(), sides)
def test_hours_go_on_for_exactly_the_time_in_which_the_clock_ran(
    n: int, start: Instant, drawn: list[tuple[timedelta, timedelta]], calendar: Calendar, side: Side
) -> None:
    stops = stops_of(start, drawn)
    found = due_stopped(Window(n, WindowUnit.hours), start, stops, calendar, BY_THE_MINUTE, side)
    assert found is not None
    edges = sorted({start, found.at, *(edge for stop in stops for edge in stop if edge < found.at)})
    ran = sum(
        (
            later.since(earlier)
            for earlier, later in pairwise(edges)
            if not any(begin <= earlier and later <= end for begin, end in stops)
        ),
        timedelta(0),
    )
    assert ran == timedelta(hours=n)


@given(st.integers(1, 60), starts, stops_after, calendars(), by_days)
def test_working_days_that_stood_still_give_the_earlier_end_to_the_restriction(
    n: int, start: Instant, drawn: list[tuple[timedelta, timedelta]], calendar: Calendar, manner: Manner
) -> None:
    window, stops = Window(n, WindowUnit.working_days), stops_of(start, drawn)
    ends = [due_stopped(window, start, stops, calendar, manner, side) for side in (Side.restriction, Side.person)]
    restriction, person = ends
    assert restriction is not None
    assert person is not None
    assert restriction.at <= person.at
    assert len(restriction.days) == len(person.days) == n
    for day in person.days:  # no day that counts for the person was touched by a stop
        midnight, next_midnight = local_midnight(day, calendar.zone), local_midnight(day + DAY, calendar.zone)
        assert not any(
            max(begin, start) < next_midnight and end > midnight and end > max(begin, start) for begin, end in stops
        )


@given(starts, calendars(), by_days, sides, st.integers(1, 30))
def test_what_rests_on_days_that_the_calendar_does_not_know_has_no_answer(
    start: Instant, calendar: Calendar, manner: Manner, side: Side, n: int
) -> None:
    window = Window(n, WindowUnit.working_days)
    found = answered(window, start, calendar, manner, side)
    shorter = replace(calendar, known_to=found.days[-1] - DAY)
    assert due(window, start, shorter, manner, side) is None
    assert due(window, start, replace(calendar, known_to=found.days[-1]), manner, side) == found
