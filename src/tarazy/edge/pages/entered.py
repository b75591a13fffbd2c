"""Reading what people type: sums and local moments. What cannot be read is None and never guessed."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

from babel.numbers import get_currency_precision

from tarazy.values.instant import Instant
from tarazy.values.money import MINOR_MAX

_SUM: Final = re.compile(r"(\d+)(?:[.,](\d+))?")
_SPACES: Final = re.compile(r"[\s\u00a0\u202f]")
SUM_LENGTH_MAX: Final = 30


def read_sum(text: str, currency: str) -> int | None:
    """Return a typed sum in minor units: ``40 000``, ``40000,50``. None for anything else, zero and below included."""
    digits = get_currency_precision(currency)
    found = _SUM.fullmatch(_SPACES.sub("", text[:SUM_LENGTH_MAX]))
    if found is None or len(found[2] or "") > digits:
        return None
    minor = int(found[1] + (found[2] or "").ljust(digits, "0"))
    return minor if 0 < minor <= MINOR_MAX else None


def read_local(text: str, timezone: tzinfo) -> Instant | None:
    """Return the moment of a ``datetime-local`` field in a zone; None for anything that is not one."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    if local.tzinfo is not None:
        return None
    return Instant(local.replace(tzinfo=timezone).astimezone(UTC))


def write_local(instant: Instant, timezone: tzinfo) -> str:
    """Return a moment as a ``datetime-local`` field wants it."""
    return instant.utc.astimezone(timezone).strftime("%Y-%m-%dT%H:%M")
