"""The words of a document in one language: the texts of this area, sums, moments and days."""

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from babel.dates import format_date

from tarazy.texts.catalogue import Catalogue, Language, Wording
from tarazy.texts.formats import moment, moment_brief, money
from tarazy.values.instant import Instant

AREA = "document"
_DAY = {Language.kk: "y 'жылғы' d MMMM", Language.ru: "d MMMM y 'года'", Language.en: "d MMMM y"}


@dataclass(frozen=True, slots=True)
class Words:
    """One language, the catalogue, and the zone in which times are told."""

    language: Language
    catalogue: Catalogue
    zone: tzinfo

    def t(self, code: str, /, **values: str | int) -> str:
        """Return a text of this area."""
        return self.catalogue.text(f"{AREA}.{code}", self.language, **values)

    def knows(self, code: str) -> bool:
        """Say whether this area has a text."""
        return self.catalogue.has(f"{AREA}.{code}")

    def text(self, code: str, /, **values: str | int) -> str:
        """Return a text of any area."""
        return self.catalogue.text(code, self.language, **values)

    def plural(self, code: str, count: int) -> str:
        """Return the form of a text of any area that goes with a whole number."""
        return self.catalogue.plural(code, self.language, count)

    def word(self, wording: Wording) -> str:
        """Return words that come with the facts."""
        return wording.in_language(self.language)

    def money(self, minor: int, currency: str) -> str:
        """Return a sum as people write it."""
        return money(minor, currency, self.language)

    def moment(self, instant: Instant) -> str:
        """Return date and local time with the name of the zone."""
        return moment(instant, self.language, self.zone)

    def brief(self, instant: Instant) -> str:
        """Return date and local time in figures, with the offset."""
        return moment_brief(instant, self.language, self.zone)

    def day(self, instant: Instant) -> str:
        """Return the local date of a moment."""
        return self.date(instant.utc.astimezone(self.zone).date())

    def date(self, day: date) -> str:
        """Return a date."""
        return format_date(datetime.combine(day, time()), _DAY[self.language], locale=self.language.value)

    def row_head(self) -> tuple[str, str]:
        """Return what the two columns of named values are called."""
        return self.t("row.name"), self.t("row.value")

    def running(self, *parts: str, is_demonstration: bool) -> str:
        """Return the line at the head of each page: what may not be overlooked comes first, the end may be cut."""
        shown = [self.t("demonstration")] if is_demonstration else []
        return " · ".join([*shown, *(part for part in parts if part)])
