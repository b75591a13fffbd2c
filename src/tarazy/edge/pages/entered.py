"""Reading what people type: sums and local moments. What cannot be read in one way only is None and never guessed."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

from babel.numbers import get_currency_precision

from tarazy.values.instant import Instant
from tarazy.values.money import MINOR_MAX

SUM_LENGTH_MAX: Final = 30
THOUSAND_DIGITS: Final = 3
YEARS_READ: Final = range(1900, 2200)
"""Before and after, days cannot be counted from a moment in every zone; nobody means it either."""
_GROUPED: Final = (
    r"(?P<whole>\d{{1,3}}(?:(?P<group>[{signs}])\d{{3}}(?:(?P=group)\d{{3}})*)|\d+)(?:(?P<sign>[.,])(?P<part>\d+))?"
)
_TYPED: Final = re.compile(_GROUPED.format(signs=" ,."), re.ASCII)
_TYPED_IN_THOUSANDTHS: Final = re.compile(_GROUPED.format(signs=" "), re.ASCII)
"""Where the smallest unit is a thousandth, three digits after a sign are its part and never a group."""
_SPACES: Final = re.compile(r"\s+")


def read_sum(typed: str, currency: str) -> int | None:
    """Return a positive sum in minor units; None for a text that is no sum, or that could be two.

    One sign (a space, a comma or a point) may group thousands in threes; another one, a comma or a point before the
    last digits, as many as the currency has at most, is the decimal sign.
    """
    text, digits = _SPACES.sub(" ", typed.strip()), get_currency_precision(currency)
    pattern = _TYPED if digits < THOUSAND_DIGITS else _TYPED_IN_THOUSANDTHS
    match = pattern.fullmatch(text) if len(text) <= SUM_LENGTH_MAX else None
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


def read_local(text: str, timezone: tzinfo) -> Instant | None:
    """Return the moment of a ``datetime-local`` field in a zone; None for anything that is not one of our time."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    if local.tzinfo is not None or local.year not in YEARS_READ:
        return None
    return Instant(local.replace(tzinfo=timezone).astimezone(UTC))


def write_local(instant: Instant, timezone: tzinfo) -> str:
    """Return a moment as a ``datetime-local`` field wants it."""
    return instant.utc.astimezone(timezone).strftime("%Y-%m-%dT%H:%M")
