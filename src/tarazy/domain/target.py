"""One exact address or number that a body restricts (M10): what may be named, and the life of the restriction.

::

    proposed ──┬── in_force ──┬── lifted    the grounds are gone, or the owner has put it right
               │              └── lapsed    its time ran out
               ├── refused    the body that decides said no
               └── withdrawn  its author took it back

A range, a network or a wildcard is no target: nobody can say who else is behind it. Nothing is carried out here.
"""

import re
from enum import StrEnum
from typing import Final

from tarazy.domain.rejection import Rejection
from tarazy.values.instant import Instant


class TargetKind(StrEnum):
    """What is restricted. Each has a text in three languages."""

    url = "url"
    phone_number = "phone_number"
    short_number = "short_number"


class TargetStatus(StrEnum):
    """Where a restriction is in its life."""

    proposed = "proposed"
    in_force = "in_force"
    lifted = "lifted"
    lapsed = "lapsed"
    refused = "refused"
    withdrawn = "withdrawn"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return not TARGET_TRANSITIONS[self]


TARGET_TRANSITIONS: Final[dict[TargetStatus, frozenset[TargetStatus]]] = {
    TargetStatus.proposed: frozenset({TargetStatus.in_force, TargetStatus.refused, TargetStatus.withdrawn}),
    TargetStatus.in_force: frozenset({TargetStatus.in_force, TargetStatus.lifted, TargetStatus.lapsed}),
    TargetStatus.lifted: frozenset(),
    TargetStatus.lapsed: frozenset(),
    TargetStatus.refused: frozenset(),
    TargetStatus.withdrawn: frozenset(),
}
"""From ``in_force`` to itself it is extended, before its end and within the law's longest time."""


def moved(now: TargetStatus, then: TargetStatus) -> TargetStatus:
    """Return ``then``; a step that the table does not have is a bug."""
    assert then in TARGET_TRANSITIONS[now], f"a restriction cannot go from {now} to {then}"
    return then


def is_in_force(status: TargetStatus, in_force_until: Instant | None, now: Instant) -> bool:
    """Return whether a restriction is in force: its end is part of every reading of it."""
    return status is TargetStatus.in_force and in_force_until is not None and now < in_force_until


TARGET_FACTS: Final = (
    "site_asks_for_card_data",
    "site_copies_institution",
    "number_poses_as_institution",
    "named_in_signed_reports",
)
"""What an investigator can establish of an address or a number."""

LONGEST_HOURS: Final = {TargetKind.url: 14 * 24, TargetKind.phone_number: 72, TargetKind.short_number: 72}
"""The longest time in all, where the pack's own is not shorter. Ours: a number is lent to somebody else soon."""

EXACT_LENGTH_MAX: Final = 500
OTHERS_MAX: Final = 50
_PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_SHORT: Final = re.compile(r"[0-9]{3,6}")
_URL: Final = re.compile(
    r"https?://"
    r"(?P<host>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9]))"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>/[A-Za-z0-9/._~%!$&()+,;=:@-]*)?"
    r"(?P<query>\?[A-Za-z0-9/._~%!$&()+,;=:@?-]*)?"
)
"""A name and never an address in figures: that belongs to a machine, and nobody can say what else it serves."""
HOST_LENGTH_MAX: Final = 253
PORT_MAX: Final = 65_535
_HELP: Final = frozenset({"101", "102", "103", "104", "112"})
"""Numbers under which people call for help: no law lets anybody cut them off."""


def exact_fault(kind: TargetKind, exact: str) -> Rejection | None:
    """Return why a text is not one exact target of its kind; None if it is."""
    if kind is TargetKind.url:
        return None if _is_exact_url(exact) else Rejection.target_not_exact
    if kind is TargetKind.short_number and exact in _HELP:
        return Rejection.target_is_for_help
    pattern = _PHONE if kind is TargetKind.phone_number else _SHORT
    return None if pattern.fullmatch(exact) else Rejection.target_not_exact


def hosts_others(kind: TargetKind, exact: str, others: tuple[str, ...]) -> bool:
    """Return whether a restriction can touch others: it names some, or a whole site without saying which page."""
    if others:
        return True
    match = _URL.fullmatch(exact) if kind is TargetKind.url else None
    return match is not None and match["path"] in {None, "/"} and not match["query"]


def _is_exact_url(exact: str) -> bool:
    match = _URL.fullmatch(exact) if len(exact) <= EXACT_LENGTH_MAX else None
    return match is not None and len(match["host"]) <= HOST_LENGTH_MAX and int(match["port"] or 1) <= PORT_MAX
