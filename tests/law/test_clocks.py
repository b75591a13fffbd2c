"""Deadlines, run line by line from the table that a lawyer reads; and what a pack may say of its clocks."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import holidays
import pytest
import yaml
from typer.testing import CliRunner, Result

from tarazy.adapters.packs import load_pack, pack_files, pack_ids
from tarazy.edge.cli.law import app
from tarazy.law.calendar import Calendar, Window, WindowUnit
from tarazy.law.clock import (
    DAYS_SHOWN_MAX,
    Due,
    Ends,
    Manner,
    Rolls,
    Side,
    Starts,
    due,
    due_stopped,
    is_past,
    manner_of,
)
from tarazy.law.node import Node, PackFault
from tarazy.law.pack import Clocks
from tarazy.law.parse import parse_data
from tarazy.law.parse_clocks import parse_calendar, parse_clocks
from tarazy.law.terms import Branch, Mark
from tarazy.values.instant import Instant

TABLE = yaml.safe_load((Path(__file__).parent / "tables" / "clocks.yaml").read_text(encoding="utf-8"))
CASES = [pytest.param(case, id=case["name"]) for case in TABLE["deadlines"]]
KEYS = {
    "name", "pack", "country", "branch", "window", "from", "follows", "stops", "end", "end_restriction", "end_person",
    "expected", "skipped", "skipped_restriction", "skipped_person", "worked",
}  # fmt: skip
BY_DAYS = Manner(Starts.next_day, Ends.end_of_day, Rolls.no)


class Place(NamedTuple):
    """A calendar and the clocks that go with it."""

    calendar: Calendar
    clocks: Clocks

    def manner(self, branch: Branch, unit: WindowUnit) -> Manner | None:
        """Return how the unit is counted, through the function that everybody asks."""
        return manner_of(replace(load_pack("xx").data, calendar=self.calendar, clocks=self.clocks), branch, unit)


def place(case: dict[str, Any]) -> Place:
    if "pack" in case:
        data = load_pack(case["pack"]).data
        return Place(data.calendar, data.clocks)
    plain = TABLE["countries"][case["country"]]
    calendar = parse_calendar(Node("table", "", plain["calendar"]), Node("table", "timezone", plain["timezone"]))
    return Place(calendar, parse_clocks(Node("table", "", plain["clocks"])))


def counted(case: dict[str, Any], side: Side) -> Due | None:
    window, where = Window.parse(case["window"]), place(case)
    manner = where.manner(Branch(case["branch"]), window.unit)
    if manner is None:
        return None
    if "stops" in case:
        stops = [(instant(begin), instant(end)) for begin, end in case["stops"]]
        return due_stopped(window, instant(case["from"]), stops, where.calendar, manner, side)
    return due(window, instant(case["from"]), where.calendar, manner, side)


def instant(written: Any) -> Instant:
    return Instant.parse(written if isinstance(written, str) else written.isoformat())


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("case", CASES)
def test_the_table_of_deadlines_says_so(case: dict[str, Any], side: Side) -> None:
    assert set(case) <= KEYS, "the table asks for something that nobody checks"
    assert ("end" in case) != ("end_person" in case)
    wanted: Any = case.get("end", case.get(f"end_{side}"))
    found = counted(case, side)
    if wanted == "none":
        assert found is None
        return
    assert found is not None
    zone = place(case).calendar.zone
    assert found.at.utc.astimezone(zone).isoformat() == instant(wanted).utc.astimezone(zone).isoformat()
    assert wanted.utcoffset() == wanted.astimezone(zone).utcoffset(), "the table must be read in local time"
    assert found.is_expected is case.get("expected", False)
    assert skipped(found, case) == case.get("skipped", case.get(f"skipped_{side}", {}))
    if "worked" in case and (side is Side.restriction or "expected" not in case):
        assert set(case["worked"]) <= set(found.days)


def skipped(found: Due, case: dict[str, Any]) -> dict[date, str]:
    """Return each day that was passed over with the reason that a page would show."""
    calendar = place(case).calendar
    kinds = {day: calendar.kind_of(day).value for day in found.skipped}
    return {day: "stopped" if kind == "working" else kind for day, kind in kinds.items()}


def test_what_follows_in_the_table_begins_where_the_other_ends() -> None:
    by_name = {case["name"]: case for case in TABLE["deadlines"]}
    following = [case for case in TABLE["deadlines"] if "follows" in case]
    assert following
    for case in following:
        assert case["from"] == by_name[case["follows"]]["end"]


def test_no_case_stands_twice() -> None:
    assert len({case["name"] for case in TABLE["deadlines"]}) == len(TABLE["deadlines"])


def test_a_span_is_over_in_the_moment_of_its_end() -> None:
    end = instant("2026-11-30T16:40:00+05:00")
    found = Due(end, is_expected=False, days=(), skipped=())
    assert not is_past(found, end.plus(timedelta(microseconds=-1)))
    assert is_past(found, end)
    assert is_past(found, end.plus(timedelta(hours=1)))


def test_the_longest_time_with_stops_is_the_earlier_of_two_ends() -> None:
    """Five business days, and thirty-five at most however long the clock stood still."""
    case = next(case for case in TABLE["deadlines"] if "stops" in case)
    where, begins = place(case), instant(case["from"])
    stop = (instant("2026-05-07T12:00:00+01:00"), instant("2026-08-20T12:00:00+01:00"))
    with_stops = due_stopped(Window.parse("5 working days"), begins, [stop], where.calendar, BY_DAYS, Side.restriction)
    longest = due(Window.parse("35 working days"), begins, where.calendar, BY_DAYS, Side.restriction)
    assert with_stops is not None
    assert longest is not None
    assert with_stops.at > longest.at
    assert longest.days[-1] == date(2026, 6, 24)


def test_months_stand_still_by_whole_days_too() -> None:
    calendar = place({"country": "london"}).calendar
    stop = (instant("2026-02-10T00:00:00+00:00"), instant("2026-02-20T00:00:00+00:00"))
    for side in Side:  # the stop begins and ends at midnight, so both sides agree: ten days
        found = due_stopped(
            Window.parse("1 month"), instant("2026-01-31T10:00:00+00:00"), [stop], calendar, BY_DAYS, side
        )
        assert found is not None
        assert found.days == (date(2026, 3, 10),)
        assert len(found.skipped) == 10


def test_what_is_shown_of_a_long_count_is_bounded_and_ends_with_its_last_day() -> None:
    calendar = replace(load_pack("xx").data.calendar, known_from=date(1900, 1, 1), known_to=date(2200, 1, 1))
    for text in ("9999 days", "9999 working days"):
        found = due(Window.parse(text), instant("2026-01-01T00:00:00+00:00"), calendar, BY_DAYS, Side.person)
        assert found is not None
        assert len(found.days) == DAYS_SHOWN_MAX
        assert len(found.skipped) <= DAYS_SHOWN_MAX
        assert calendar.end_of_day(found.days[-1]) == found.at


def durations() -> Iterator[tuple[str, Window]]:
    for pack_id in pack_ids():
        for rule in load_pack(pack_id).data.rules:
            value = None if rule.duration is None else rule.duration.value
            if value is not None:
                yield from ((pack_id, window) for window in (value.first, value.extension, value.total) if window)


def manners(pack_id: str, unit: WindowUnit) -> set[Manner]:
    """Return a pack's manners that begin and end as the length of a measure does."""
    found = {manner_of(load_pack(pack_id).data, branch, unit) for branch in Branch} | {BY_DAYS}
    return {
        manner for manner in found if manner and (manner.starts is Starts.next_day and manner.rolls is not Rolls.yes)
    }


def test_the_length_of_a_measure_ends_as_a_deadline_for_a_restriction_does() -> None:
    starts = [Instant(datetime(2025, 1, 1, 12, tzinfo=UTC) + timedelta(hours=37 * i)) for i in range(0, 720, 3)]
    compared = set()
    for pack_id, window in set(durations()):
        calendar = load_pack(pack_id).data.calendar
        for manner in manners(pack_id, window.unit):
            for start in starts:
                found = due(window, start, calendar, manner, Side.restriction)
                assert calendar.end_of(window, start) == (None if found is None else found.at), (window, start)
                compared.add(window.unit)
    assert {WindowUnit.hours, WindowUnit.days24, WindowUnit.working_days, WindowUnit.months} <= compared


@pytest.mark.parametrize("name", ["kz", "almaty_before_kurban_ait", "london", "berlin"])
def test_the_days_off_are_those_that_the_package_holidays_has(name: str) -> None:
    plain = TABLE["countries"].get(name, {"holidays": "KZ"})
    calendar = load_pack("kz").data.calendar if name == "kz" else place({"country": name}).calendar
    country, _, part = plain["holidays"].partition("-")
    years = range(calendar.known_from.year, calendar.known_to.year + 1)
    known = holidays.country_holidays(country, subdiv=part or None, years=years)
    day, mistaken = calendar.known_from, []
    while day <= calendar.known_to:
        if calendar.is_working(day) is not known.is_working_day(day):
            mistaken.append(day)
        day += timedelta(days=1)
    assert mistaken == []


def test_nothing_that_was_not_read_is_marked_verified() -> None:
    for pack_id in ("kz", "kz-demo"):
        data = load_pack(pack_id).data
        assert data.clocks
        assert Mark.verified not in {field.evidence.mark for field in data.clocks.values()}
        assert Mark.verified not in {decree.mark for decree in data.calendar.decrees}


def test_an_end_that_nobody_has_read_is_never_moved_against_the_person() -> None:
    """Only working days, which cannot end on a day off, say that an end moves."""
    moved = {unit for (_, unit), field in load_pack("kz").data.clocks.items() if field.value.rolls is Rolls.yes}
    assert moved == {WindowUnit.working_days}


def clocks(unit: str, *, starts: str = "next_day", ends: str = "end_of_day", **evidence: Any) -> dict[str, Any]:
    """Return clocks with one unit counted as given."""
    value = {"starts": starts, "ends": ends, "rolls": False}
    return {"branches": {"criminal": {unit: {"value": value, "mark": "default", **evidence}}}}


CLOCKS_FAULTS = {
    "an unknown branch": ({"branches": {"military": {}}}, "unknown field 'military'"),
    "an unknown unit": (clocks("weeks"), "unknown field 'weeks'"),
    "an unknown manner": (clocks("days", starts="soon"), "expected one of moment, next_day"),
    "hours that wait for the next day": (clocks("h", ends="moment"), "expected {starts: moment, ends: moment"),
    "months that end at a minute": (clocks("months", ends="moment"), "expected ends: end_of_day"),
    "an unsure clock without a question": (clocks("days", mark="unsure"), "question"),
    "a question that is not asked": (clocks("days", mark="unsure", question=99), "questions.yaml, found 99"),
    "a norm that is not there": (clocks("days", norms=["xx-none"]), "expected a norm of norms.yaml, found 'xx-none'"),
}


@pytest.mark.parametrize("name", CLOCKS_FAULTS)
def test_a_fault_in_the_clocks_stops_the_load_and_names_the_place(name: str) -> None:
    plain, expected = CLOCKS_FAULTS[name]
    with pytest.raises(PackFault) as fault:
        parse_data({**pack_files("xx"), "clocks.yaml": yaml.safe_dump(plain)})
    assert str(fault.value).startswith("clocks.yaml: branches")
    assert expected in str(fault.value)


def decree(*moves: dict[str, Any]) -> dict[str, Any]:
    return {"decrees": [{"id": "a", "moves": list(moves), "source": "s", "mark": "default"}]}


def moved(worked: str, off: str) -> dict[str, Any]:
    return {"from": date.fromisoformat(f"2026-{worked}"), "to": date.fromisoformat(f"2026-{off}")}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"decrees": [{"id": "a", "moves": [], "mark": "verified"}]}, "expected the field 'source'"),
        ({"decrees": [{"id": "a", "moves": [], "source": "s"}]}, "expected the field 'mark'"),
        (decree({"from": date(2026, 5, 2)}), "expected the field 'to'"),
        (decree({"from": 2, "to": date(2026, 5, 1)}), "expected a date"),
        (decree(moved("05-02", "05-01"), moved("05-09", "05-01")), "found 2026-05-01 twice"),
        (decree(moved("05-02", "05-01"), moved("05-02", "05-04")), "found 2026-05-02 twice"),
        (decree(moved("05-02", "05-01"), moved("05-01", "05-04")), "found 2026-05-01 as both"),
        ({"expected_from": "soon"}, "expected a date"),
    ],
)
def test_a_fault_in_the_calendar_stops_the_load(change: dict[str, Any], expected: str) -> None:
    files = pack_files("xx")
    plain = {**yaml.safe_load(files["calendar.yaml"]), **change}
    with pytest.raises(PackFault, match=r"^calendar\.yaml: ") as fault:
        parse_data({**files, "calendar.yaml": yaml.safe_dump(plain)})
    assert expected in str(fault.value)


def test_a_pack_without_clocks_counts_nothing() -> None:
    files = {name: text for name, text in pack_files("xx").items() if name != "clocks.yaml"}
    data = parse_data(files)
    assert {manner_of(data, branch, unit) for branch in Branch for unit in WindowUnit} == {None}


@pytest.mark.parametrize("text", ["30 days", "2 years", "48 h", "10 x 24 h", "5 working days", "1 months", "0 days"])
def test_a_span_is_written_as_it_was_read(text: str) -> None:
    assert Window.parse(text).text() == text


@pytest.mark.parametrize("text", ["1 day", "1 working day", "1 month", "1 year"])
def test_one_of_a_kind_may_be_written_as_such(text: str) -> None:
    assert Window.parse(text) == Window.parse(f"{text}s")


@pytest.mark.parametrize(
    "text", ["", "days", "2 day", "2 month", "-1 days", "1.5 h", "10000 h", "3 weeks", "3  days", "٣ days", "3 days "]
)
def test_anything_else_is_no_span(text: str) -> None:
    with pytest.raises(ValueError, match="not a span of time"):
        Window.parse(text)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["clock", *arguments])


ASKED = ("20 working days", "--from", "2026-03-18T10:00+05:00", "--branch", "administrative", "--pack", "kz-demo")


def test_the_command_shows_the_end_and_how_each_day_was_counted() -> None:
    result = run(*ASKED)
    assert result.exit_code == 0
    assert "Ends: 21 April 2026, 00:00" in result.stdout
    assert "Demonstration, not law" in result.stdout
    lines = result.stdout.splitlines()
    assert sum(line.startswith("  ✓ ") for line in lines) == 20
    assert "  – 2026-03-23  Mon 23 March 2026: holiday" in lines
    assert "  ✓ 2026-04-20  Mon 20 April 2026: working day" in lines


def test_the_command_shows_both_ends_where_they_differ() -> None:
    result = run("3 months", "--from", "2026-03-27T10:00+05:00", "--branch", "criminal", "--language", "ru")
    assert result.exit_code == 0
    assert "Конец для меры или обязанности должностного лица: 28 июня 2026 года, 00:00" in result.stdout
    assert "Конец для срока самого человека: 30 июня 2026 года, 00:00" in result.stdout
    assert result.stdout.count("Этот конец только ожидается") == 2


def test_the_command_asks_the_question_that_is_open(tmp_path: Path) -> None:
    for name, text in {**pack_files("xx"), "clocks.yaml": yaml.safe_dump(clocks("days", question=1))}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    result = run("3 days", "--from", "2026-03-18T10:00Z", "--branch", "criminal", "--pack", str(tmp_path))
    assert result.exit_code == 0
    assert "№ 1: " in result.stdout


@pytest.mark.parametrize("branch", Branch)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_way_of_counting_can_be_said(branch: Branch, language: str) -> None:
    for unit in WindowUnit:
        window = f"4 {unit.value}"
        for pack in ("kz", "xx"):
            result = run(
                window, "--from", "2026-12-24T10:00:00Z", "--branch", branch, "--pack", pack, "--language", language
            )
            assert result.exit_code == 0 or "law.heading" not in result.stderr
            assert result.exit_code in {0, 2}
            assert "law." not in result.stdout


def test_the_answer_for_programs_has_every_day_in_it() -> None:
    answer = json.loads(run(*ASKED, "--format", "json").stdout)
    assert answer["restriction"] == answer["person"]
    assert answer["person"]["at_local"] == "2026-04-21T00:00:00+05:00"
    assert answer["person"]["is_expected"] is False
    assert len(answer["person"]["days"]) == 33
    assert [day["counts"] for day in answer["person"]["days"]].count(True) == 20
    assert {"day": "2026-03-25", "counts": False, "kind": "day_off"} in answer["person"]["days"]
    assert answer["manner"]["mark"] == "background"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("20 workdays", *ASKED[1:]), "SPAN: expected such as"),
        (("20 days", "--from", "2026-03-18", "--branch", "criminal"), "--from: expected a moment with an offset"),
        (("20 days", "--from", "2026-03-18T10:00", "--branch", "criminal"), "--from: expected a moment"),
        (("20 days", "--from", "tomorrow", "--branch", "criminal"), "--from: expected a moment"),
        (("3 working days", "--from", "2026-03-18T10:00Z", "--branch", "criminal"), "does not say how 'working days'"),
        (("3 days", "--from", "2026-03-18T10:00Z", "--branch", "judicial", "--pack", "xx"), "unsure"),
        (("3 working days", "--from", "2031-03-18T10:00Z", "--branch", "private"), "nothing is guessed beyond"),
        (("9999 years", "--from", "2026-03-18T10:00Z", "--branch", "private"), "nothing is guessed beyond"),
        (("1 h", "--from", "9999-12-31T23:30Z", "--branch", "private"), "nothing is guessed beyond"),
        (("1 day", "--from", "2026-03-18T10:00Z", "--branch", "private", "--pack", "nowhere"), "unknown pack"),
        ((*ASKED, "--format", "xml"), "--format: expected table or json"),
    ],
)
def test_bad_input_is_one_clear_line(arguments: tuple[str, ...], expected: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert expected in result.stderr
    assert len(result.stderr.splitlines()) == 1
