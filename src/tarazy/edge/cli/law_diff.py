"""``tarazy law diff``: what is different between two packs, and which days each difference touches."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields as fields_of_class
from dataclasses import is_dataclass
from datetime import date
from itertools import groupby
from typing import Annotated, Final

import typer

from tarazy.adapters.catalogue import load_catalogue
from tarazy.edge.cli.law_document import Document
from tarazy.edge.cli.law_pack import FormatOption, LanguageOption, LawFormat, print_document, read_pack
from tarazy.edge.cli.law_show import value_text
from tarazy.edge.cli.law_text import ABSENT, Voice
from tarazy.law.change import Absent, Change, Days
from tarazy.law.difference import differences
from tarazy.law.ground import Pack
from tarazy.law.offence import Offence, OffenceAnswer
from tarazy.law.pack import MeasureRule, Norm
from tarazy.law.terms import Mark
from tarazy.texts.catalogue import Language

DIFFERENT: Final = 1
SHOWN_CHARACTERS: Final = 400
"""As much of a long value as is shown in a table; the JSON has all of it."""


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A pack's id, or a folder with one.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The other one.")],
    *,
    language: LanguageOption = Language.en,
    output: FormatOption = LawFormat.table,
) -> None:
    """Show what is different between two packs: norms, rules, values, marks, offences, questions, signatures.

    Each difference names both sides and the days that it touches. Exit status: 0 no difference; 1 there are some;
    2 a pack cannot be read.
    """
    before, after = read_pack(old, "OLD"), read_pack(new, "NEW")
    changes = differences(before.data, after.data)
    voice = Voice(load_catalogue(), language)
    if output is LawFormat.json:
        print_document([_document(change, voice) for change in changes])
    else:
        typer.echo("\n".join(_lines(changes, before, after, voice)))
    if changes:
        raise typer.Exit(DIFFERENT)


def _lines(changes: Iterable[Change], old: Pack, new: Pack, voice: Voice) -> Iterator[str]:
    yield f"{voice.heading('before')}: {old.pack_id} {old.version}"
    yield f"{voice.heading('after')}: {new.pack_id} {new.version}"
    yield ""
    count = 0
    for where, group in groupby(changes, key=lambda change: change.path.partition(": ")[0]):
        yield where
        for change in group:
            count += 1
            yield from _change_lines(change, voice)
    yield f"{voice.heading('differences')}: {count}" if count else voice.heading("no_difference")


def _change_lines(change: Change, voice: Voice) -> Iterator[str]:
    place = change.path.partition(": ")[2]
    kind = voice.heading(f"change_{change.kind}")
    yield f"  {place or change.path}  [{kind}]  {voice.heading('days')}: {days_text(change.days, voice)}"
    yield f"    - {_shortened(shown(change.before, voice))}"
    yield f"    + {_shortened(shown(change.after, voice))}"


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def days_text(days: Days, voice: Voice) -> str:
    """Return a stretch of days; one that is open on both sides is every day."""
    first, last = days
    if first is None and last is None:
        return voice.heading("always")
    if first == last:
        return str(first)
    return f"{first or ''} … {last or ''}".strip()


def shown(value: object, voice: Voice) -> str:
    """Return one side of a change in words: nothing at all is a dash, a whole norm or rule by name and days."""
    match value:
        case Absent():
            return ABSENT
        case Norm() | Offence():
            return "; ".join(shown(version, voice) for version in value.versions)
        case MeasureRule():
            return f"{value.file} ({value.valid_from} … {value.valid_to or ''}".rstrip() + ")"
        case OffenceAnswer():
            return voice.say(value.text_code)
        case Mark():
            return voice.say(f"law.mark.{value}")
        case Mapping():
            return ", ".join(f"{name} {shown(item, voice)}" for name, item in value.items()) or voice.heading("none")
        case _ if is_dataclass(value):
            named = {one.name: getattr(value, one.name) for one in fields_of_class(value) if one.repr}
            return ", ".join(
                f"{name} {shown(item, voice)}" for name, item in named.items() if item not in (None, (), {})
            )
        case tuple():
            return " | ".join(shown(item, voice) for item in value) or voice.heading("none")
        case _:
            return value_text(value)


def _document(change: Change, voice: Voice) -> Document:
    return {
        "kind": change.kind.value,
        "path": change.path,
        "before": None if isinstance(change.before, Absent) else shown(change.before, voice),
        "after": None if isinstance(change.after, Absent) else shown(change.after, voice),
        "first_day": _day(change.days.first),
        "last_day": _day(change.days.last),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
