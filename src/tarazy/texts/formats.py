"""How sums, moments and spans are written for people. Text only: nothing written here is ever read back as a number.

Sums are split by whole-number division, so every minor unit is printed as it is. Month names and plural rules come from
CLDR; what CLDR lacks or has poorly for Kazakh is data of our own.
"""

from collections.abc import Mapping
from datetime import date, timedelta, tzinfo
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import get_currency_precision

from tarazy.texts.catalogue import PLURAL_FORMS, Language
from tarazy.values.instant import Instant

NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_GROUP: Final = {Language.kk: NO_BREAK, Language.ru: NO_BREAK, Language.en: ","}
_POINT: Final = {Language.kk: ",", Language.ru: ",", Language.en: "."}
_SYMBOLS: Final = {"KZT": "₸", "USD": "$", "EUR": "€", "RUB": "₽", "GBP": "£"}
_MOMENT: Final = {
    Language.kk: "y 'жылғы' d MMMM, HH:mm",
    Language.ru: "d MMMM y 'года', HH:mm",
    Language.en: "d MMMM y, HH:mm",
}
_MOMENT_BRIEF: Final = {
    Language.kk: "dd.MM.y HH:mm",
    Language.ru: "dd.MM.y HH:mm",
    Language.en: "dd MMM y HH:mm",
}
_ZONES: Final[Mapping[str, Mapping[Language, str]]] = {
    "Asia/Almaty": {
        Language.kk: "Астана мен Алматы уақыты",
        Language.ru: "время Астаны и Алматы",
        Language.en: "Astana and Almaty time",
    },
}
_UNITS: Final[Mapping[str, Mapping[Language, tuple[str, ...]]]] = {
    "day": {Language.kk: ("күн", "күн"), Language.ru: ("день", "дня", "дней"), Language.en: ("day", "days")},
    "hour": {Language.kk: ("сағат", "сағат"), Language.ru: ("час", "часа", "часов"), Language.en: ("hour", "hours")},
    "minute": {
        Language.kk: ("минут", "минут"),
        Language.ru: ("минута", "минуты", "минут"),
        Language.en: ("minute", "minutes"),
    },
}
_MINUTES_PER_DAY: Final = 24 * 60
_MINUTES_IN_HOURS_MAX: Final = 48 * 60


def money(minor: int, currency: str, language: Language) -> str:
    """Return a sum as people write it: ``40 000,00 ₸``, in English ``KZT 40,000.00``. Spaces inside do not break."""
    digits = get_currency_precision(currency)
    whole, part = divmod(abs(minor), 10**digits)
    number = f"{whole:,}".replace(",", _GROUP[language])
    if digits:
        number += f"{_POINT[language]}{part:0{digits}d}"
    sign = "−" if minor < 0 else ""
    if language is Language.en:
        return f"{currency}{NO_BREAK}{sign}{number}"
    return f"{sign}{number}{NO_BREAK}{_SYMBOLS.get(currency, currency)}"


def moment(instant: Instant, language: Language, timezone: tzinfo) -> str:
    """Return date and local time with the name of the zone: nobody has to guess whose clock is meant."""
    local = format_datetime(instant.utc, _MOMENT[language], tzinfo=timezone, locale=language.value)
    return f"{local} ({zone(instant, language, timezone)})"


def moment_brief(instant: Instant, language: Language, timezone: tzinfo) -> str:
    """Return date and local time with the offset alone, for short messages."""
    local = format_datetime(instant.utc, _MOMENT_BRIEF[language], tzinfo=timezone, locale=language.value)
    return f"{local} ({_offset(instant, timezone)})"


def day_brief(day: date, language: Language) -> str:
    """Return a day in short, such as 22.11.2026 or 22 Nov 2026."""
    return str(format_date(day, _MOMENT_BRIEF[language].removesuffix(" HH:mm"), locale=language.value))


def zone(instant: Instant, language: Language, timezone: tzinfo) -> str:
    """Return what the zone is called and its offset that day; a zone without a name of its own is its offset."""
    name = _ZONES.get(str(timezone), {}).get(language)
    offset = _offset(instant, timezone)
    return f"{name}, {offset}" if name else offset


def span(length: timedelta, language: Language) -> str:
    """Return how long something lasts: up to 48 hours in hours, longer in days; a begun minute counts as a whole one.

    Raises ValueError for a negative span.
    """
    minutes = -(-length // timedelta(minutes=1))
    if minutes < 0:
        raise ValueError("a span cannot be negative")
    days, rest = divmod(minutes, _MINUTES_PER_DAY) if minutes > _MINUTES_IN_HOURS_MAX else (0, minutes)
    counts = {"day": days, "hour": rest // 60, "minute": rest % 60}
    shown = [_counted(n, unit, language) for unit, n in counts.items() if n]
    return " ".join(shown) or _counted(0, "minute", language)


def _offset(instant: Instant, timezone: tzinfo) -> str:
    offset = instant.utc.astimezone(timezone).utcoffset()
    assert offset is not None
    minutes = offset // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    if minutes == 0:
        return "UTC"
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02d}" if rest else "")


def _counted(n: int, unit: str, language: Language) -> str:
    form = PLURAL_FORMS[language].index(Locale.parse(language.value).plural_form(n))
    return f"{n}{NO_BREAK}{_UNITS[unit][language][form]}"
