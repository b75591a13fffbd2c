"""Finds what a telephone could turn into a link. No message of Tarazy contains one, so that every link is a forgery."""

import re
from typing import Final

_TOP_LEVEL: Final = "қаз|рф|бел|укр|срб|мон|онлайн|сайт"
_LINK: Final = re.compile(
    rf"https?|://|\bwww\b|[\w-]+@[\w-]+|[\w-]+\.(?:[a-z]{{2,}}|{_TOP_LEVEL})(?!\w)|\b\d{{1,3}}(?:\.\d{{1,3}}){{3}}\b",
    re.IGNORECASE,
)


_SIGNS: Final = ("@", "://", "http", "www")
_DOTTED: Final = (re.compile(r"\.[^\W\d]"), re.compile(r"\.\d{1,3}\.\d{1,3}\.\d"))
"""A dot before a letter, three dots between numbers: found fast, and no host or address is without."""


def links_in(text: str) -> list[str]:
    """Return every stretch of ``text`` that is or looks like a link, an e-mail address or a host, in order."""
    return [match[0] for match in _LINK.finditer(text)] if _may_have_links(text) else []


def _may_have_links(text: str) -> bool:
    """Return False for nearly every text without links, quickly: each sentence that is served is looked at."""
    small = text.lower()
    return any(sign in small for sign in _SIGNS) or any(dotted.search(text) for dotted in _DOTTED)


def without_links(text: str) -> str:
    """Return ``text`` with ``[…]`` in place of whatever looks like a link: for words that somebody else wrote."""
    return _LINK.sub("[…]", text)
