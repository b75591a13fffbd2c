"""The life of a deferral: by whom, on which ground and until when the notice of one measure is put off.

::

    granted ──┬── ended    its time is over: the notice is served at once, whoever is still busy
              └── lifted   it was not carried out, or is no longer needed: the notice is served at once

Whoever has granted it lifts it early, or whose step comes later: nobody below can take back what was decided above.

A deferral ends by itself. A renewal is one more deferral, granted before the last one ends by the body of the next free
step of the rule, and counted from the last one's end; all of them together stay within the rule's total, counted from
the first. A second ground opens no new count. What was served once can be put off no more.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from tarazy.domain.rejection import Rejection
from tarazy.law.calendar import Window
from tarazy.law.safeguards import DeferralRule, DeferralStep
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


class DeferralAhead(NamedTuple):
    """What can be granted next: by whom, from when, until when at the latest, and as which of how many times."""

    by: ActorRole
    starts_at: Instant
    latest: Instant
    number: int
    out_of: int


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
    ahead = deferral_ahead(rule, given, end_of, now)
    if isinstance(ahead, Rejection):
        return ahead
    if wish.by is not ahead.by:
        return Rejection.deferral_needs_other_body
    if wish.until <= ahead.starts_at:
        return Rejection.deferral_too_late
    if wish.until > ahead.latest:
        return Rejection.deferral_beyond_cap
    return DeferralGranted(ahead.starts_at, wish.until, ahead.number)


def deferral_ahead(
    rule: DeferralRule, given: Sequence[Given], end_of: EndOf, now: Instant
) -> DeferralAhead | Rejection:
    """Return who can put a notice off next and for how long, or why nobody can any more."""
    last = given[-1] if given else None
    if last is not None and (last.status is not DeferralStatus.granted or last.until <= now):
        return Rejection.deferral_too_late
    times = _times(rule)
    if len(given) >= len(times):
        return Rejection.deferral_beyond_cap
    step = times[len(given)]
    starts_at = now if last is None else last.until
    first = given[0].starts_at if given else starts_at
    of_step, of_all = end_of(step.each, starts_at), end_of(rule.total, first)
    if of_step is None or of_all is None or min(of_step, of_all) <= starts_at:
        return Rejection.deferral_beyond_cap
    return DeferralAhead(step.by, starts_at, min(of_step, of_all), len(given) + 1, len(times))


def lifters(rule: DeferralRule, number: int) -> frozenset[ActorRole]:
    """Return who can lift the deferral that was the rule's ``number``-th: whose step it was, and whose come later."""
    return frozenset(step.by for step in _times(rule)[number - 1 :])


def _times(rule: DeferralRule) -> list[DeferralStep]:
    return [step for step in rule.steps for _ in range(step.times)]
