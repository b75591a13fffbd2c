"""``tarazy law clock``: when a span of time is over under a pack, and how each day was counted."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, NamedTuple

import typer
from babel.dates import format_date

from tarazy.adapters.catalogue import load_catalogue
from tarazy.edge.cli.law_document import Document
from tarazy.edge.cli.law_pack import read_pack
from tarazy.edge.cli.law_text import Voice, standing_lines
from tarazy.edge.cli.refusal import refuse
from tarazy.law.calendar import Calendar, Window
from tarazy.law.clock import Due, Manner, Side, due, manner_field
from tarazy.law.ground import Pack
from tarazy.law.pack import Field
from tarazy.law.terms import Branch
from tarazy.texts.catalogue import Language
from tarazy.texts.formats import moment
from tarazy.values.instant import Instant

COUNTED: Final = "✓"
PASSED_OVER: Final = "–"
WEEKDAY_AND_DAY: Final = "EEE d MMMM y"


class Counted(NamedTuple):
    """What was asked, under which pack, and the end for each side."""

    span: Window
    begins: Instant
    branch: Branch
    pack: Pack
    field: Field[Manner]
    dues: Mapping[Side, Due]

    @property
    def calendar(self) -> Calendar:
        """The calendar that was used."""
        return self.pack.data.calendar


def clock(
    window: Annotated[str, typer.Argument(metavar="SPAN", help="Such as '20 working days', '10 x 24 h', '3 months'.")],
    *,
    start: Annotated[str, typer.Option("--from", metavar="TIME", help="When it begins, ISO 8601 with offset.")],
    branch: Annotated[Branch, typer.Option("--branch", help="The branch of law by which it is counted.")],
    pack: Annotated[str, typer.Option("--pack", metavar="PACK", help="A pack's id, or a folder with one.")] = "kz",
    language: Annotated[Language, typer.Option("--language", help="The language of the answer.")] = Language.en,
    output: Annotated[str, typer.Option("--format", metavar="table|json", help="How to print it.")] = "table",
) -> None:
    """Show when a span is over, for a restriction and for a person's own time, and how each day was counted.

    Exit status: 0; 2 where the pack does not say how the unit is counted, its calendar ends, or the input is wrong.
    """
    if output not in {"table", "json"}:
        refuse(f"--format: expected table or json, found {output!r}")
    span, begins, chosen = _window(window), _moment(start), read_pack(pack)
    calendar = chosen.data.calendar
    field = manner_field(chosen.data, branch, span.unit)
    if field is None:
        refuse(f"{pack}: the pack does not say how {span.unit.value!r} is counted in the branch {branch.value!r}")
    if field.evidence.is_blocked:
        refuse(f"{pack}: how {span.unit.value!r} is counted in {branch.value!r} is unsure, and nobody has confirmed it")
    dues = {side: _due(span, begins, calendar, field.value, side) for side in Side}
    counted = Counted(span, begins, branch, chosen, field, dues)
    if output == "json":
        typer.echo(json.dumps(_document(counted), ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_lines(counted, Voice(load_catalogue(), language))))


def _window(text: str) -> Window:
    try:
        return Window.parse(text)
    except ValueError:
        refuse(f"SPAN: expected such as '48 h', '10 x 24 h', '30 days', '20 working days', '3 months', found {text!r}")


def _moment(text: str) -> Instant:
    try:
        return Instant.parse(text)
    except (ValueError, OverflowError):
        refuse(f"--from: expected a moment with an offset such as 2026-03-18T10:00+05:00, found {text!r}")


def _due(span: Window, begins: Instant, calendar: Calendar, manner: Manner, side: Side) -> Due:
    try:
        found = due(span, begins, calendar, manner, side)
        if found is not None:
            found.at.utc.astimezone(calendar.zone)
    except OverflowError:
        found = None
    if found is None:
        refuse(
            f"{span.text()} from {begins.text()}: the calendar is known from {calendar.known_from} "
            f"to {calendar.known_to}; nothing is guessed beyond"
        )
    return found


def _lines(counted: Counted, voice: Voice) -> list[str]:
    span, calendar, evidence = counted.span, counted.calendar, counted.field.evidence
    marks = [f"[{voice.say(f'law.mark.{evidence.mark}')}]", voice.source(evidence.source or "")]
    unit = voice.heading(f"clock_unit_{span.unit.name}")
    lines = [
        *standing_lines(counted.pack, voice),
        "",
        f"{voice.heading('clock_span')} ({unit}): {span.n}; {voice.heading(f'clock_branch_{counted.branch}')}",
        f"{voice.heading('clock_from')}: {moment(counted.begins, voice.language, calendar.zone)}",
        f"{voice.heading('clock_manner')}: {_manner_text(span, counted.field.value, voice)}",
        f"    {' '.join(part for part in marks if part)}",
    ]
    if evidence.question is not None:
        asked = voice.say(counted.pack.data.questions[evidence.question].text_code)
        lines.append(f"    {voice.heading('questions')}: № {evidence.question}: {asked}")
    if counted.dues[Side.restriction] == counted.dues[Side.person]:
        return lines + _end_lines("clock_end", counted.dues[Side.person], calendar, voice)
    for side, found in counted.dues.items():
        lines += _end_lines(f"clock_end_{side}", found, calendar, voice)
    return lines


def _end_lines(heading: str, found: Due, calendar: Calendar, voice: Voice) -> list[str]:
    lines = ["", f"{voice.heading(heading)}: {moment(found.at, voice.language, calendar.zone)}"]
    if found.is_expected:
        lines.append(f"    {voice.heading('clock_expected')}")
    return lines + [_day_line(day, counts, calendar, voice) for day, counts in _days(found)]


def _manner_text(span: Window, manner: Manner, voice: Voice) -> str:
    if span.unit.is_fixed:
        return voice.heading("clock_by_the_minute")
    parts = (f"clock_starts_{manner.starts}", f"clock_ends_{manner.ends}", f"clock_rolls_{manner.rolls}")
    return "; ".join(voice.heading(part) for part in parts)


def _days(found: Due) -> list[tuple[date, bool]]:
    """Return the days in order, each with whether it counted."""
    return sorted([(day, True) for day in found.days] + [(day, False) for day in found.skipped])


def _day_line(day: date, counts: bool, calendar: Calendar, voice: Voice) -> str:
    mark = COUNTED if counts else PASSED_OVER
    shown = format_date(day, WEEKDAY_AND_DAY, locale=voice.language.value)
    return f"  {mark} {day}  {shown}: {voice.heading(f'clock_day_{calendar.kind_of(day)}')}"


def _document(counted: Counted) -> Document:
    data, manner, evidence = counted.pack.data, counted.field.value, counted.field.evidence
    return {
        "pack": data.pack_id,
        "version": data.version,
        "is_demonstration": data.is_demonstration,
        "window": counted.span.text(),
        "branch": counted.branch.value,
        "from": counted.begins.text(),
        "timezone": str(data.calendar.zone),
        "manner": {
            "starts": manner.starts.value,
            "ends": manner.ends.value,
            "rolls": manner.rolls.value,
            "mark": evidence.mark.value,
            "source": evidence.source,
            "question": evidence.question,
        },
        **{side.value: _due_document(found, data.calendar) for side, found in counted.dues.items()},
    }


def _due_document(found: Due, calendar: Calendar) -> Document:
    return {
        "at": found.at.text(),
        "at_local": found.at.utc.astimezone(calendar.zone).isoformat(),
        "is_expected": found.is_expected,
        "days": [
            {"day": day.isoformat(), "counts": counts, "kind": calendar.kind_of(day).value}
            for day, counts in _days(found)
        ],
    }
