"""Who reads a page, in which language: the words, sums and times of a page are said through this one object."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from babel.dates import format_date, format_datetime

from tarazy.texts.catalogue import Catalogue, Language, Wording
from tarazy.texts.formats import day_brief, moment, moment_brief, money, span, zone
from tarazy.texts.said import said
from tarazy.texts.sources import source_said
from tarazy.values.instant import Instant

_DAY = "d MMMM y"
_TIME = "HH:mm:ss"
SECONDS_SHOWN_MAX = 120


@dataclass(frozen=True, slots=True)
class Reader:
    """One language, one time zone, and the moment at which the page is made."""

    language: Language
    catalogue: Catalogue
    timezone: tzinfo
    now: Instant

    def t(self, code: str, /, **values: str | int) -> str:
        """Return the text ``code``. Raises `TextMissing`: an untranslated string reaches nobody."""
        return self.catalogue.text(code, self.language, **values)

    def n(self, code: str, count: int, /, **values: str | int) -> str:
        """Return the form of ``code`` that goes with a whole number."""
        return self.catalogue.plural(code, self.language, count, **values)

    def said(self, code: str, params: Iterable[tuple[str, str]] = ()) -> str:
        """Return a text of the law gate, its values put into words."""
        return said(self.catalogue, code, params, self.language)

    def word(self, wording: Wording) -> str:
        """Return words that come with the facts."""
        return wording.in_language(self.language)

    def source(self, text: str) -> str | None:
        """Return where a value of law comes from in words of the reader; None where it stands in English alone."""
        return source_said(self.catalogue, text, self.language)

    def has(self, code: str) -> bool:
        """Say whether there is a text ``code``."""
        return self.catalogue.has(code)

    def money(self, minor: int, currency: str) -> str:
        """Return a sum as people write it."""
        return money(minor, currency, self.language)

    def moment(self, instant: Instant) -> str:
        """Return date and local time with the name of the zone."""
        return moment(instant, self.language, self.timezone)

    def brief(self, instant: Instant) -> str:
        """Return date and local time with the offset."""
        return moment_brief(instant, self.language, self.timezone)

    def day(self, instant: Instant) -> str:
        """Return the local date."""
        return format_date(instant.utc.astimezone(self.timezone).date(), _DAY, locale=self.language.value)

    def date(self, day: date) -> str:
        """Return a day of the law, of a decision or of a paper: one that no time of day belongs to."""
        return day_brief(day, self.language)

    def time(self, instant: Instant) -> str:
        """Return the local time of day to the second; the page says beside it which zone is meant."""
        return str(format_datetime(instant.utc, _TIME, tzinfo=self.timezone, locale=self.language.value))

    def exact(self, instant: Instant) -> str:
        """Return date and local time to the second; the page says beside it which zone is meant."""
        day = "dd MMM y" if self.language is Language.en else "dd.MM.y"
        return str(format_datetime(instant.utc, f"{day} {_TIME}", tzinfo=self.timezone, locale=self.language.value))

    def zone(self) -> str:
        """Return what the zone of all times on the page is called."""
        return zone(self.now, self.language, self.timezone)

    def span(self, length: timedelta) -> str:
        """Return how long something lasts."""
        return span(length, self.language)

    def until(self, end: Instant) -> str:
        """Return in words how long it is until ``end``, or that it is over."""
        left = end.since(self.now)
        if left <= timedelta(0):
            return self.t("pages.clock.over")
        return self.t("pages.clock.left", span=self.span(left))

    def seconds(self, length: timedelta) -> str:
        """Return a short span to the hundredth of a second, a longer one in words."""
        hundredths = length // timedelta(milliseconds=10)
        if hundredths >= 100 * SECONDS_SHOWN_MAX:
            return self.span(length)
        point = "." if self.language is Language.en else ","
        return self.t("pages.clock.seconds", seconds=f"{hundredths // 100}{point}{hundredths % 100:02d}")
