"""The demonstration's law with one invented article more: a judge may close a whole account (M8), but for something.

No country that is shipped and runs here has such an article (`kz` refuses M8): what is built for it is lived through
under this one, in simulations and tests.
"""

from functools import cache
from typing import Final

from tarazy.adapters.packs import pack_files
from tarazy.law.ground import Pack
from tarazy.law.parse import parse_pack

LIVING_MINOR: Final = 5_085_100
"""What the demonstration's law leaves for living in 30 days of 2026."""
_CHANGES: Final = (
    ("measure: M9\n", "measure: M8\n"),
    ("exclusions: {value: none,", "exclusions: {value: [living, taxes, defence_costs],"),
    (
        "first: 90 x 24 h, extension: 90 x 24 h, extensions: 19, total: 1800 x 24 h",
        "first: 14 x 24 h, total: 14 x 24 h",
    ),
    ("every: 90 x 24 h", "every: 7 x 24 h"),
)


def closing_files() -> dict[str, str]:
    """Return the files of that law."""
    files = pack_files("kz-demo")
    rule = files["measures/M9.yaml"]
    for before, after in _CHANGES:
        assert before in rule, before
        rule = rule.replace(before, after, 1)
    return {**files, "measures/M8.yaml": rule}


@cache
def closing_pack() -> Pack:
    """Return that law."""
    return parse_pack(closing_files())
