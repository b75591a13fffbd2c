"""``tarazy law offences``: the offences of a pack on a day, and which measure can rest on which of them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Final

import typer

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.clock import SystemClock
from tarazy.edge.cli.law_document import Document
from tarazy.edge.cli.law_pack import FormatOption, LanguageOption, LawFormat, PackOption, print_document, read_pack
from tarazy.edge.cli.law_text import Voice, standing_lines
from tarazy.edge.cli.refusal import refuse
from tarazy.law.ground import Pack
from tarazy.law.offence import Condition, Offence, OffenceAnswer, OffencePart, OffenceVersion
from tarazy.law.offence_table import Cell, derived, measure_text
from tarazy.law.terms import Lane, Mark, Measure
from tarazy.texts.catalogue import Language

SIGNS: Final[Mapping[OffenceAnswer, str]] = {
    OffenceAnswer.carries: "✓",
    OffenceAnswer.threshold_not_met: "✗",
    OffenceAnswer.outside_purpose: "–",
    OffenceAnswer.not_in_force: "·",
    OffenceAnswer.unknown_part: "?",
}

HEADINGS: Final = {
    "class": "offence_class",
    "guilt": "guilt",
    "penalty_years_max": "penalty",
    "thresholds": "conditions",
    "valid_from": "first_day",
    "valid_to": "last_day",
    "forum": "forum",
    "source": "source",
}
"""Fields of an offence for which there is a heading."""

Table = Mapping[Cell, OffenceAnswer]
Line = tuple[str, str | None]
"""An offence, and the part of its article that a line of the table is about."""


def offences(
    pack: PackOption = "kz",
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="The local day. Default: today.")] = None,
    language: LanguageOption = Language.en,
    output: FormatOption = LawFormat.table,
) -> None:
    """Show the offences of a pack as they stand on a day, and which measure can rest on which of them.

    Exit status: 0; 2 the pack or the day cannot be read.
    """
    chosen = read_pack(pack)
    day = _day(on, chosen)
    table = derived(chosen.data, day)
    voice = Voice(load_catalogue(), language)
    if output is LawFormat.json:
        print_document(_document(chosen, day, table, voice))
    else:
        typer.echo("\n".join(_lines(chosen, day, table, voice)))


def _day(text: str | None, pack: Pack) -> date:
    if text is None:
        return pack.data.calendar.local_day(SystemClock().now())
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(f"--on: expected a date such as 2026-07-01, found {text!r}")


def _lines(pack: Pack, day: date, table: Table, voice: Voice) -> Iterator[str]:
    yield from standing_lines(pack, voice)
    yield f"{voice.heading('on_day')}: {day}"
    yield ""
    yield f"{voice.heading('offences')}:"
    for offence in pack.data.offences.values():
        yield from _offence_lines(offence, day, voice)
    yield ""
    yield from _table_lines(table, voice)


def _offence_lines(offence: Offence, day: date, voice: Voice) -> Iterator[str]:
    version = offence.on(day)
    yield f"  {offence.offence_id}  {voice.say(offence.title_code)}"
    if version is None:
        spans = ", ".join(_period(one) for one in offence.versions)
        yield f"    {voice.say(OffenceAnswer.not_in_force.text_code)} ({spans})"
        return
    yield f"    {_period(version)}  [{voice.say(f'law.mark.{version.mark}')}]  {voice.source(version.source)}"
    yield f"    {'; '.join(_gravity(version, voice))}"
    yield f"    {voice.say(f'law.guilt.{version.form_of_guilt}')}; {voice.say(version.holder_described.text_code)}"
    if version.forum is not None:
        outside = voice.say(OffenceAnswer.outside_purpose.text_code)
        yield f"    {outside}. {voice.heading('forum')}: {voice.say(version.forum)}"
    yield from (f"    {line}" for line in _doubts(version, voice))
    for part in version.parts:
        mark = voice.say(f"law.mark.{part.mark}")
        yield f"    – {voice.say(offence.part_title_code(part.part_id))}: {'; '.join(_gravity(part, voice))} [{mark}]"
        yield from (f"      {line}" for line in _doubts(part, voice))


def _period(version: OffenceVersion) -> str:
    return f"{version.valid_from} … {version.valid_to or ''}".rstrip()


def _gravity(graded: OffenceVersion | OffencePart, voice: Voice) -> Iterator[str]:
    yield voice.say(f"law.offence_class.{graded.offence_class}")
    if graded.penalty_years_max is not None:
        yield f"{voice.heading('penalty')}: {graded.penalty_years_max}"


def _doubts(graded: OffenceVersion | OffencePart, voice: Voice) -> Iterator[str]:
    """Tell under which conditions it applies, which of its values are less certain, and which question is open."""
    if graded.thresholds:
        yield f"{voice.heading('conditions')}: {', '.join(_condition(one, voice) for one in graded.thresholds)}"
    if graded.weaker:
        named = (f"{_field(name, voice)} [{voice.say(f'law.mark.{mark}')}]" for name, mark in graded.weaker.items())
        yield f"{voice.heading('less_certain')}: {', '.join(named)}"
    if graded.question is not None:
        yield f"{voice.heading('questions')}: № {graded.question}"


def _field(name: str, voice: Voice) -> str:
    """Return the name of a field as a heading names it; one that has no heading as the pack writes it."""
    return voice.heading(HEADINGS[name]).lower() if name in HEADINGS else name


def _condition(condition: Condition, voice: Voice) -> str:
    text = voice.say(condition.code)
    if condition.mark is Mark.verified:
        return text
    question = "" if condition.question is None else f", № {condition.question}"
    return f"{text} [{voice.say(f'law.mark.{condition.mark}')}{question}]"


def _table_lines(table: Table, voice: Voice) -> Iterator[str]:
    columns = sorted({(cell.measure, cell.lane) for cell in table}, key=_rung)
    heads = [measure_text(*column) for column in columns]
    lines = tuple(dict.fromkeys((cell.offence_id, cell.part_id) for cell in table))
    width = max((len(_line_name(line)) for line in lines), default=0)
    yield f"{voice.heading('table')}:"
    yield f"  {'':{width}}  {'  '.join(heads)}"
    for line in lines:
        answers = (SIGNS[table[Cell(*line, *column)]] for column in columns)
        signs = (f"{sign:^{len(head)}}" for sign, head in zip(answers, heads, strict=True))
        yield f"  {_line_name(line):{width}}  {'  '.join(signs)}".rstrip()
    yield f"{voice.heading('legend')}:"
    yield from (f"  {sign}  {voice.say(answer.text_code)}" for answer, sign in SIGNS.items())


def _rung(column: tuple[Measure, Lane | None]) -> tuple[int, str]:
    """Order measures as the ladder of intrusiveness has them, and not by their names."""
    measure, lane = column
    return list(Measure).index(measure), lane or ""


def _line_name(line: Line) -> str:
    offence_id, part_id = line
    return offence_id if part_id is None else f"  {offence_id} {part_id}"


def _document(pack: Pack, day: date, table: Table, voice: Voice) -> Document:
    return {
        "pack_id": pack.pack_id,
        "pack_version": pack.version,
        "is_demonstration": pack.is_demonstration,
        "day": day.isoformat(),
        "offences": [_offence_document(offence, day, voice) for offence in pack.data.offences.values()],
        "table": [
            {
                "offence_id": cell.offence_id,
                "part": cell.part_id,
                "measure": cell.measure.value,
                "lane": None if cell.lane is None else cell.lane.value,
                "answer": answer.value,
            }
            for cell, answer in table.items()
        ],
    }


def _offence_document(offence: Offence, day: date, voice: Voice) -> Document:
    version = offence.on(day)
    plain: dict[str, Document] = {
        "offence_id": offence.offence_id,
        "title": voice.say(offence.title_code),
        "in_force": version is not None,
    }
    if version is None:
        return plain
    return {
        **plain,
        "version_id": version.version_id,
        "article": version.article,
        "class": version.offence_class.value,
        "guilt": version.form_of_guilt.value,
        "holder_described": version.holder_described.value,
        "penalty_years_max": version.penalty_years_max,
        "within_purpose": version.within_purpose,
        "forum": version.forum,
        "valid_from": version.valid_from.isoformat(),
        "valid_to": None if version.valid_to is None else version.valid_to.isoformat(),
        "softer_applies_back": version.softer_applies_back,
        "source": version.source,
        "mark": version.mark.value,
        "less_certain": _marks(version.weaker),
        "question": version.question,
        "conditions": _conditions(version.thresholds, voice),
        "parts": [_part_document(offence, part, voice) for part in version.parts],
    }


def _part_document(offence: Offence, part: OffencePart, voice: Voice) -> Document:
    return {
        "part": part.part_id,
        "title": voice.say(offence.part_title_code(part.part_id)),
        "class": part.offence_class.value,
        "penalty_years_max": part.penalty_years_max,
        "mark": part.mark.value,
        "less_certain": _marks(part.weaker),
        "question": part.question,
        "conditions": _conditions(part.thresholds, voice),
    }


def _conditions(conditions: Iterable[Condition], voice: Voice) -> Document:
    return [
        {"code": one.code, "text": voice.say(one.code), "mark": one.mark.value, "question": one.question}
        for one in conditions
    ]


def _marks(marks: Mapping[str, Mark]) -> Document:
    return {name: mark.value for name, mark in marks.items()}
