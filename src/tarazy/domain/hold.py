"""The life of a hold: a temporary reservation of an amount, with an author, a legal basis and an end.

::

    requested ── placed ──┬── released   lifted, narrowed to nothing, or not confirmed by a named human in time
        │          │      ├── expired    its time ran out
        │          │      └── paid       it went back to the victim, or was returned by the holder
        ├── declined   the core had nothing to reserve
        ├── released   lifted before the core had answered
        └── expired    its time ran out before the core had answered

A hold that a named human has not yet confirmed ends at ``confirm_by``: to confirm it is to extend it, within the cap of
the pack. So every hold has exactly one ``expires_at``, and whoever dies, lags or lies cannot prolong it.
"""

from enum import StrEnum
from typing import Final

from tarazy.values.instant import Instant


class HoldStatus(StrEnum):
    """Where a hold is in its life."""

    requested = "requested"
    placed = "placed"
    declined = "declined"
    released = "released"
    expired = "expired"
    paid = "paid"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return not HOLD_TRANSITIONS[self]


HOLD_TRANSITIONS: Final[dict[HoldStatus, frozenset[HoldStatus]]] = {
    HoldStatus.requested: frozenset(
        {HoldStatus.placed, HoldStatus.declined, HoldStatus.released, HoldStatus.expired},
    ),
    HoldStatus.placed: frozenset({HoldStatus.released, HoldStatus.expired, HoldStatus.paid}),
    HoldStatus.declined: frozenset(),
    HoldStatus.released: frozenset(),
    HoldStatus.expired: frozenset(),
    HoldStatus.paid: frozenset(),
}
LIVE_STATUSES: Final = frozenset({HoldStatus.requested, HoldStatus.placed})


def moved(now: HoldStatus, then: HoldStatus) -> HoldStatus:
    """Return ``then``; a step that the table does not have is a bug."""
    assert now is then or then in HOLD_TRANSITIONS[now], f"a hold cannot go from {now} to {then}"
    return then


class HoldEnd(StrEnum):
    """Why a hold ended."""

    by_officer = "by_officer"
    by_authority = "by_authority"
    by_court = "by_court"
    not_confirmed = "not_confirmed"
    report_withdrawn = "report_withdrawn"
    report_refuted = "report_refuted"
    time_ran_out = "time_ran_out"
    core_dropped = "core_dropped"
    returned_by_holder = "returned_by_holder"
    refunded = "refunded"
    nothing_to_hold = "nothing_to_hold"
    motion_not_filed = "motion_not_filed"
    """An investigator had carried it on, and did not ask the authority in time."""
    not_decided_in_time = "not_decided_in_time"
    authorisation_refused = "authorisation_refused"
    """An authority was asked to let it stand and said no, to all of the motion or to this line."""
    overturned_on_appeal = "overturned_on_appeal"
    appeal_unanswered = "appeal_unanswered"
    law_changed = "law_changed"
    facts_locked = "facts_locked"
    """What it rested on must not be used."""


def end_of_hold(ordered_end: Instant, received_at: Instant, ordered_at: Instant) -> Instant:
    """Return when the bank lets go: at the ordered moment by its clock, or after the ordered span, whichever is first.

    The span counts from the bank's own receipt of the order, so a slow clock alone cannot prolong the hold, nor can the
    time on the way alone. Both together can, by the smaller of the two: to the bank an hour on the way looks like an
    hour of its clock. Then still, whichever of agent and core has the right clock ends the hold in time.
    """
    return min(ordered_end, received_at.plus(ordered_end.since(ordered_at)))
