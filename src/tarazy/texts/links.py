"""Finds what a telephone could turn into a link. No message of Tarazy contains one, so that every link is a forgery."""

import re
from typing import Final

_TOP_LEVEL: Final = "қаз|рф|бел|укр|срб|мон|онлайн|сайт"
_LINK: Final = re.compile(
    rf"https?|://|\bwww\b|[\w-]+@[\w-]+|[\w-]+\.(?:[a-z]{{2,}}|{_TOP_LEVEL})(?!\w)|\b\d{{1,3}}(?:\.\d{{1,3}}){{3}}\b",
    re.IGNORECASE,
)


_HINT: Final = re.compile(r"[@./]|http|www", re.IGNORECASE)


def links_in(text: str) -> list[str]:
    """Return every stretch of ``text`` that is or looks like a link, an e-mail address or a host, in order."""
    words = [word for word in text.split() if _HINT.search(word)]  # no link has a space in it
    return [match[0] for word in words for match in _LINK.finditer(word)]


def without_links(text: str) -> str:
    """Return ``text`` with ``[…]`` in place of whatever looks like a link: for words that somebody else wrote."""
    return _LINK.sub("[…]", text)
