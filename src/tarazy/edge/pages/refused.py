"""Messages that were not let in, as both programs show them: who claims to have sent them, why not, and where.

Whoever sends nonsense chooses its words; so of a place only the path is shown, and never what was found there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tarazy.app.queries.refused import RefusedPage
from tarazy.edge.pages.forms import Form
from tarazy.values.instant import Instant

SERIAL_DIGITS_MAX: Final = 18
_PATH: Final = re.compile(r" - at `\$\.?([A-Za-z0-9_.\[\]]*)`$")
_OWN: Final = re.compile(r"(?:body\.[a-z_]+|message_id|message|signature|header|sender|recipient|question)\b")
WHOLE: Final = "message"
"""The place of what is wrong with a message as a whole."""

NameOf = Callable[[str], str | None]
"""Gives what a participant is called; None for an id that nobody has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedShown:
    """One refused message. ``name`` is what the claimed sender is called, if there is such a participant."""

    at: Instant
    sender: str | None
    name: str | None
    refusal: str
    place: str


def refused_shown(page: RefusedPage, name_of: NameOf) -> list[RefusedShown]:
    """Return the rows of a page as they are shown."""
    return [
        RefusedShown(
            at=row.refused_at,
            sender=row.claimed_sender or None,
            name=name_of(row.claimed_sender) if row.claimed_sender else None,
            refusal=row.refusal,
            place=place_shown(row.place),
        )
        for row in page.rows
    ]


def place_shown(place: str) -> str:
    """Return where a fault is as a path of ours, without any word that came with the message."""
    path = _PATH.search(place)
    if path is not None:
        return path[1] or WHOLE
    own = _OWN.match(place)
    return own[0] if own is not None else WHOLE


def before_in(query: Form) -> int | None:
    """Return where a page of the list begins; an address that cannot be read begins at the newest."""
    text = query.text("before")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= SERIAL_DIGITS_MAX else None
