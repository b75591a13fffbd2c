"""A value of a rule in a reader's words, whatever its form: so that a new field of the law is shown without new code.

Every word comes from the catalogue. A member of a closed list is found by its list (``law.role.`` for `ActorRole`), the
part of a compound value by its name (``public.value.``); one that has no text raises `TextMissing`, as everywhere. Only
what the pack itself writes in no language (an id, a name) is shown as it stands, and `Told.is_verbatim` says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, is_dataclass
from dataclasses import fields as fields_of_class
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from babel.dates import format_date

from tarazy.edge.pages.reader import Reader
from tarazy.law.assessment import ActorRole, Lane, Mark, Measure
from tarazy.law.calendar import Window
from tarazy.law.ground import Pack
from tarazy.law.pack import Field
from tarazy.values.ids import NormId

LIST_TEXTS: Final = {
    ActorRole: "law.role.",
    Lane: "law.lane.",
    Mark: "law.mark.",
    Measure: "law.measure.",
}
"""Closed lists whose members have texts of their own; those of every other list stand under ``public.choice.``."""

SAID_BETTER: Final = {"file_within": "filing", "decide_within": "deciding"}
"""Spans in hours that stand beside the law's own words for the same time; people are told the law's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A value in words: one text, a list, or named parts."""

    text: str = ""
    items: tuple["Told", ...] = ()
    parts: tuple[tuple[str, "Told"], ...] = ()
    is_verbatim: bool = False

    def verbatim(self) -> list[str]:
        """Return every text in it that comes from no catalogue."""
        own = [self.text] if self.is_verbatim else []
        return [*own, *(text for one in self._inner() for text in one.verbatim())]

    def _inner(self) -> Iterable["Told"]:
        return (*self.items, *(told for _, told in self.parts))


@dataclass(frozen=True, slots=True)
class ValueWords:
    """How values of one pack are said to one reader."""

    reader: Reader
    pack: Pack

    def told(self, value: object) -> Told:
        """Return ``value`` in words."""
        match value:
            case Field():
                return self.told(value.value)
            case frozenset():
                return self._list(sorted(value, key=str))
            case tuple():
                return self._list(value)
            case _ if is_dataclass(value) and not isinstance(value, (type, Window)):
                return self._compound({field.name: getattr(value, field.name) for field in fields_of_class(value)})
            case None | bool() | StrEnum() | str():
                return self._word(value)
            case _:
                return Told(text=self._measure(value))

    def _word(self, value: str | bool | None) -> Told:  # noqa: FBT001 - a value of law, and no switch
        """Return what has a text of its own: a member of a list, a code, yes, no and nothing."""
        match value:
            case None:
                return self._said("public.value.nothing")
            case bool():
                return self._said("public.value.yes" if value else "public.value.no")
            case StrEnum():
                return self._said(_code_of(value))
            case _:
                return self._text(value)

    def _measure(self, value: object) -> str:
        """Return a number, a span or a day."""
        match value:
            case int():
                return str(value)
            case Window():
                return self._window(value)
            case timedelta():
                return self.reader.span(value) if value else self.reader.t("law.heading.at_once")
            case date():
                return format_date(value, "d MMMM y", locale=self.reader.language.value)
            case _:
                raise TypeError(f"no words for a value of {type(value).__name__}")

    def _said(self, code: str) -> Told:
        return Told(text=self.reader.t(code))

    def _text(self, text: str) -> Told:
        """Return a text: a code is said, a norm is named by its title, anything else stands as the pack has it."""
        if text.startswith("law."):
            return self._said(text)
        norm = self.pack.data.norms.get(NormId(text))
        return self._said(norm.versions[-1].title_code) if norm else Told(text=text, is_verbatim=True)

    def _list(self, values: Iterable[object]) -> Told:
        items = tuple(self.told(value) for value in values)
        return Told(items=items) if items else self._said("public.value.nothing")

    def _compound(self, values: dict[str, object]) -> Told:
        """Return the named parts of a value that say something; what does not apply is left out."""
        saying = {name: value for name, value in values.items() if value is not None and value not in ((), frozenset())}
        for span, own_words in SAID_BETTER.items():
            if own_words in saying:
                saying.pop(span, None)
        return Told(parts=tuple((self.reader.t(f"public.value.{name}"), self.told(saying[name])) for name in saying))

    def _window(self, window: Window) -> str:
        """Return a span as the law counts it: hours and times 24 hours run on, days and months follow the calendar."""
        return self.reader.n(f"public.window.{window.unit.name}", window.n)


def _code_of(member: StrEnum) -> str:
    prefix = LIST_TEXTS.get(type(member), f"public.choice.{type(member).__name__}.")
    return f"{prefix}{member.value}"
