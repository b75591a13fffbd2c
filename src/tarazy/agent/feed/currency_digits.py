"""How decimal text becomes whole minor units exactly."""

import re
from typing import Final

WHOLE_DIGITS_MAX: Final = 18
"""ISO 20022 gives an amount 18 digits in all; the limit also keeps the conversion of a hostile text cheap."""
_DECIMAL = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,18}))?")


def scaled(text: str, digits: int) -> int | None:
    """Return the decimal ``text`` times ``10 ** digits``, exactly, or None if it is no such decimal.

    A sign, an exponent, a comma and more decimals than ``digits`` (zeros too) are all "no such decimal".
    """
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return None
    whole, fraction = match[1], match[2] or ""
    if len(fraction) > digits:
        return None
    return int(whole + fraction.ljust(digits, "0"))
