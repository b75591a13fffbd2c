"""The life of a deferral: by whom, on which ground and until when the notice of one measure is put off.

::

    granted ──┬── ended    its time is over: the notice is served at once, whoever is still busy
              └── lifted   it was not carried out, or is no longer needed: the notice is served at once

A deferral ends by itself. A renewal is one more deferral, granted before the last one ends by the body of the next free
step of the rule, and counted from the last one's end; all of them together stay within the rule's total, counted from
the first. A second ground opens no new count. What was served once can be put off no more.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from tarazy.domain.rejection import Rejection
from tarazy.law.calendar import Window
from tarazy.law.safeguards import DeferralRule
from tarazy.law.terms import ActorRole
from tarazy.values.instant import Instant


class DeferralStatus(StrEnum):
    """Where a deferral is in its life."""

    granted = "granted"
    ended = "ended"
    lifted = "lifted"


DEFERRAL_TRANSITIONS: Final[dict[DeferralStatus, frozenset[DeferralStatus]]] = {
    DeferralStatus.granted: frozenset({DeferralStatus.ended, DeferralStatus.lifted}),
    DeferralStatus.ended: frozenset(),
    DeferralStatus.lifted: frozenset(),
}


def moved(now: DeferralStatus, then: DeferralStatus) -> DeferralStatus:
    """Return ``then``; a step that the table does not have is a bug."""
    assert then in DEFERRAL_TRANSITIONS[now], f"a deferral cannot go from {now} to {then}"
    return then


class Given(NamedTuple):
    """A deferral of the same notice that was granted before: from when, until when, and whether it was lifted."""

    starts_at: Instant
    until: Instant
    status: DeferralStatus


class Wish(NamedTuple):
    """What is asked: on which ground, in which capacity, until when."""

    ground: str
    by: ActorRole
    until: Instant


class DeferralGranted(NamedTuple):
    """That a notice is put off: from when, until when, and as which of the rule's times (from 1)."""

    starts_at: Instant
    until: Instant
    number: int


EndOf = Callable[[Window, Instant], Instant | None]
"""When a window of law ends that begins at a moment; None where nobody can say."""


def decide_defer(
    wish: Wish, rule: DeferralRule | None, grounds: frozenset[str], given: Sequence[Given], end_of: EndOf, now: Instant
) -> DeferralGranted | Rejection:
    """Return the deferral, or why the notice is not put off. ``given`` are those of the same notice, in order.

    ``rule`` is None where the notice of this measure cannot be put off at all.
    """
    if rule is None or wish.ground not in grounds:
        return Rejection.deferral_ground_unknown
    last = given[-1] if given else None
    if last is not None and (last.status is not DeferralStatus.granted or last.until <= now):
        return Rejection.deferral_too_late
    times = [step for step in rule.steps for _ in range(step.times)]
    if len(given) >= len(times):
        return Rejection.deferral_beyond_cap
    step = times[len(given)]
    if wish.by is not step.by:
        return Rejection.deferral_needs_other_body
    starts_at = now if last is None else last.until
    if wish.until <= starts_at:
        return Rejection.deferral_too_late
    first = given[0].starts_at if given else starts_at
    ends = (end_of(step.each, starts_at), end_of(rule.total, first))
    if any(end is None or wish.until > end for end in ends):
        return Rejection.deferral_beyond_cap
    return DeferralGranted(starts_at, wish.until, len(given) + 1)
