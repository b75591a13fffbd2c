"""A deadline: a duty with an owner and a time, opened and closed by events and counted from them alone.

::

    open ──┬── met
           ├── missed ── met    done late is both, and both stay in the record
           └── void             what it was about is over
"""

from enum import StrEnum
from typing import Final


class DeadlineStatus(StrEnum):
    """Where a deadline is in its life."""

    open = "open"
    met = "met"
    missed = "missed"
    void = "void"


DEADLINE_TRANSITIONS: Final[dict[DeadlineStatus, frozenset[DeadlineStatus]]] = {
    DeadlineStatus.open: frozenset({DeadlineStatus.met, DeadlineStatus.missed, DeadlineStatus.void}),
    DeadlineStatus.missed: frozenset({DeadlineStatus.met}),
    DeadlineStatus.met: frozenset(),
    DeadlineStatus.void: frozenset(),
}


class Duty(StrEnum):
    """What is due. Each has a text ``console.duty.…`` in three languages."""

    motion_to_judge = "motion_to_judge"
    judge_decides = "judge_decides"
    tell_holder = "tell_holder"
    review_measure = "review_measure"
    """Whoever authorised looks again whether it is still needed: as often as the law says, by deciding on more."""
    answer_appeal = "answer_appeal"
    complete_appeal = "complete_appeal"
    carry_out_release = "carry_out_release"
    """The bank says that what it was ordered to let go of is free."""
    hear_receiver = "hear_receiver"
    warn_victim = "warn_victim"
    classify_error = "classify_error"
    answer_claim = "answer_claim"
    """Say whether compensation is owed; due only where the law names a time."""
    confirm_erasure = "confirm_erasure"
    """The recipient of data that were recalled, or that have come to their end, keeps nothing of them."""
    acknowledge_correction = "acknowledge_correction"


class IfMissed(StrEnum):
    """What follows by itself when a deadline is missed."""

    lapses = "lapses"
    """The measure ends: its own end says so, and the deadline only records it."""
    releases = "releases"
    next_forum = "next_forum"
    alerts = "alerts"
    """The supervisor sees it."""
    nothing = "nothing"
    """It is the person's own time: nothing is lost by missing it."""


def moved(now: DeadlineStatus, then: DeadlineStatus) -> DeadlineStatus:
    """Return ``then``; a step that the table does not have is a bug."""
    assert then in DEADLINE_TRANSITIONS[now], f"a deadline cannot go from {now} to {then}"
    return then
