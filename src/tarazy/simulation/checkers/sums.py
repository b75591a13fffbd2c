"""Sums of money as people read them."""

import re
from collections.abc import Iterable
from typing import Final

SUM: Final = re.compile(r"(?:[A-Z]{3}\s\d[\d,]*\.\d\d)|(?:\d[\d\s]*,\d\d\s\S)")


def sums_in(texts: Iterable[str]) -> list[int]:
    """Return the sums of money that texts name, in minor units."""
    return [int(re.sub(r"\D", "", found)) for text in texts for found in SUM.findall(text)]
