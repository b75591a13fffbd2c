"""What a step of the story tells: facts by code, with their values, to be said in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Final

import msgspec
from babel.dates import format_date

from tarazy.edge.demonstration.world import BANKS
from tarazy.texts.catalogue import Catalogue, Language, Wording
from tarazy.texts.formats import moment_brief
from tarazy.texts.said import said
from tarazy.values.instant import Instant

CURRENCY_NAME: Final = "currency"
BANK_NAMES: Final[dict[str, Wording]] = {bank.participant_id: bank.profile.name for bank in BANKS}
PERSON_NAMES: Final[dict[str, str]] = {person.account_id: person.name for bank in BANKS for person in bank.people}


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fact: the code of its text and its values.

    A value ``…_minor`` is a sum, of the currency that is among the values; ``bank`` and ``person`` are ids that are
    said as names, ``until`` a moment, ``since`` a day.
    """

    code: str
    params: tuple[tuple[str, str], ...] = ()

    @property
    def values(self) -> dict[str, str]:
        """The values by name."""
        return dict(self.params)

    def minor(self, name: str) -> int:
        """Return the sum ``name_minor``."""
        return int(self.values[f"{name}_minor"])


def fact(code: str, /, **values: str | int) -> Fact:
    """Return a fact of the story: ``code`` is put behind ``story.fact.``; sums are in tenge."""
    currency = {CURRENCY_NAME: "KZT"} if any(name.endswith("_minor") for name in values) else {}
    return Fact(f"story.fact.{code}", tuple((name, str(value)) for name, value in {**values, **currency}.items()))


def milliseconds(span: timedelta) -> int:
    """Return a span in whole milliseconds."""
    return span // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Teller:
    """Says facts in one language, times in one zone."""

    catalogue: Catalogue
    language: Language
    timezone: tzinfo

    def t(self, code: str, /, **values: str | int) -> str:
        """Return a text."""
        return self.catalogue.text(code, self.language, **values)

    def sentence(self, one: Fact) -> str:
        """Return a fact as a sentence."""
        params = [(name, self._in_words(name, value)) for name, value in one.params]
        return said(self.catalogue, one.code, params, self.language)

    def sentences(self, facts: Iterable[Fact]) -> list[str]:
        """Return facts as sentences."""
        return [self.sentence(one) for one in facts]

    def bank(self, participant_id: str) -> str:
        """Return a bank's name."""
        return BANK_NAMES[participant_id].in_language(self.language) if participant_id in BANK_NAMES else participant_id

    def _in_words(self, name: str, value: str) -> str:
        if name == "bank":
            return self.bank(value)
        if name == "person":
            return PERSON_NAMES.get(value, value)
        if name == "until":
            return moment_brief(Instant.parse(value), self.language, self.timezone)
        if name == "since":
            return format_date(date.fromisoformat(value), "d MMMM y", locale=self.language.value)
        return value
