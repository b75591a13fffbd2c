"""Which language a reader gets: asked for in the address, else remembered, else the browser's, else Kazakh."""

from typing import Final
from urllib.parse import parse_qsl, urlencode

from tarazy.texts.catalogue import Language

LANGUAGE_COOKIE: Final = "language"
LANGUAGE_FIELD: Final = "lang"
LANGUAGE_DAYS: Final = 365
LANGUAGE_DEFAULT: Final = Language.kk
LANGUAGE_NAMES: Final = {Language.kk: "Қазақша", Language.ru: "Русский", Language.en: "English"}
"""Each language by its own name, so that a reader finds it whatever the page is written in."""


def language_of(asked: str | None, remembered: str | None, accepted: str) -> Language:
    """Return the reader's language; what is unknown or malformed is passed over."""
    for name in (asked, remembered, *_accepted(accepted)):
        if name is not None and name in Language.__members__:
            return Language(name)
    return LANGUAGE_DEFAULT


def in_language(path: str, query: str, language: Language) -> str:
    """Return the address of the same page in another language."""
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != LANGUAGE_FIELD]
    return f"{path}?{urlencode([*kept, (LANGUAGE_FIELD, language.value)])}"


def _accepted(header: str) -> list[str]:
    """Return the primary tags of an Accept-Language header, most wanted first."""
    weighed: list[tuple[float, int, str]] = []
    for place, item in enumerate(header.split(",")[:20]):
        tag, _, weight = item.partition(";")
        weighed.append((-_weight(weight), place, tag.strip().split("-")[0].lower()))
    return [tag for _, _, tag in sorted(weighed)]


def _weight(text: str) -> float:
    name, _, number = text.strip().partition("=")
    try:
        return float(number) if name == "q" else 1.0
    except ValueError:
        return 0.0
