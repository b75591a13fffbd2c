"""Reading a sum that a person has typed. What cannot be read in one way only is not read."""

import re
from typing import Final

from babel.numbers import get_currency_precision

from tarazy.values.money import MINOR_MAX

_TYPED: Final = re.compile(
    r"(?P<whole>\d{1,3}(?:(?P<group>[ ,.])\d{3}(?:(?P=group)\d{3})*)|\d+)(?:(?P<sign>[.,])(?P<part>\d{1,2}))?",
    re.ASCII,
)
_SPACES: Final = re.compile(r"\s+")


def read_sum(typed: str, currency: str) -> int | None:
    """Return a positive sum in minor units; None for a text that is no sum, or that could be two.

    One sign (a space, a comma or a point) may group thousands in threes; another one, a comma or a point before one or
    two last digits, is the decimal sign.
    """
    match = _TYPED.fullmatch(_SPACES.sub(" ", typed.strip()))
    digits = get_currency_precision(currency)
    if match is None or len(match["part"] or "") > digits or (match["sign"] and match["sign"] == match["group"]):
        return None
    whole = int(re.sub(r"\D", "", match["whole"]))
    minor = whole * 10**digits + int((match["part"] or "").ljust(digits, "0") or "0")
    return minor if 0 < minor <= MINOR_MAX else None


def typed_sum(minor: int, currency: str) -> str:
    """Return a sum as it can be typed back: digits, and a point where there are minor units."""
    digits = get_currency_precision(currency)
    whole, part = divmod(minor, 10**digits)
    return f"{whole}.{part:0{digits}d}" if part else str(whole)
