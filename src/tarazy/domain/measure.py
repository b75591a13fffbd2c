"""The life of a measure upon a hold that goes beyond a bank's own pause: who may carry a hold on, and until when.

::

    waiting ──┬── in_force ──┬── lapsed     its time ran out, or that of the step which had to come next
      │       │     ↑        ├── lifted     ended by a decision for the person whom it touches
      │       │   urgent ────┤── carried_on another measure holds the same money on
      │       │     │        ├── executed   it has done what it was for
      └───────┴─────┴────────┴── refused    an authority said no: let go, and what came of it is locked

A hold is a reservation of money, and one measure at a time carries it: the bank's own pause first, then what takes it
over. So whoever is touched faces one author and one end at any moment, and no unit is let go and taken again between.

Every step that the law asks for moves the end on, and nothing else does: an urgent measure ends when the motion would
have to be filed; filing it in time moves the end to when it must be decided; deciding for it moves the end to what was
granted. So whoever does nothing ends it, and ``expires_at`` is all that anybody has to look at (I1 and I2: a measure
that stands is authorised or within its urgent time, and never stands at or after its end).
"""

from enum import StrEnum
from typing import Final

from tarazy.values.instant import Instant


class MeasureStatus(StrEnum):
    """Where a measure is in its life."""

    waiting = "waiting"
    """Its author has signed; an authority must decide before anything is taken."""
    urgent = "urgent"
    """In force before the authorisation, within the time that the law gives for asking and deciding."""
    in_force = "in_force"
    lapsed = "lapsed"
    lifted = "lifted"
    refused = "refused"
    carried_on = "carried_on"
    executed = "executed"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return not MEASURE_TRANSITIONS[self]


_ENDS: Final = frozenset(
    {
        MeasureStatus.lapsed,
        MeasureStatus.lifted,
        MeasureStatus.refused,
        MeasureStatus.carried_on,
        MeasureStatus.executed,
    }
)
MEASURE_TRANSITIONS: Final[dict[MeasureStatus, frozenset[MeasureStatus]]] = {
    MeasureStatus.waiting: frozenset(
        {MeasureStatus.in_force, MeasureStatus.lapsed, MeasureStatus.lifted, MeasureStatus.refused}
    ),
    MeasureStatus.urgent: _ENDS | {MeasureStatus.in_force},
    MeasureStatus.in_force: _ENDS,
    MeasureStatus.lapsed: frozenset(),
    MeasureStatus.lifted: frozenset(),
    MeasureStatus.refused: frozenset(),
    MeasureStatus.carried_on: frozenset(),
    MeasureStatus.executed: frozenset(),
}
"""An extension or a narrowing leaves the status where it is: only end and sum change."""
LIVE_MEASURES: Final = frozenset({MeasureStatus.waiting, MeasureStatus.urgent, MeasureStatus.in_force})
IN_EFFECT: Final = frozenset({MeasureStatus.urgent, MeasureStatus.in_force})
"""Statuses in which money may be held on the measure."""


class MeasureEnd(StrEnum):
    """Why a measure ended."""

    time_ran_out = "time_ran_out"
    motion_not_filed = "motion_not_filed"
    not_decided_in_time = "not_decided_in_time"
    hold_has_ended = "hold_has_ended"
    """The bank had nothing to carry on any more, or did not take the order."""
    motion_withdrawn = "motion_withdrawn"
    lifted_by_author = "lifted_by_author"
    lifted_by_authority = "lifted_by_authority"
    line_struck = "line_struck"
    authorisation_refused = "authorisation_refused"
    overturned_on_appeal = "overturned_on_appeal"
    appeal_unanswered = "appeal_unanswered"
    report_withdrawn = "report_withdrawn"
    report_refuted = "report_refuted"
    law_changed = "law_changed"
    facts_locked = "facts_locked"
    """What it rested on came of a measure that should not have been, and nothing lawful is enough without it."""
    carried_on = "carried_on"
    money_went_back = "money_went_back"


NARROWED_ON_APPEAL: Final = "narrowed_on_appeal"
"""Why a bank is ordered to hold less on a measure that goes on: no end, but a forum's decision."""

STATUS_OF_END: Final[dict[MeasureEnd, MeasureStatus]] = {
    MeasureEnd.time_ran_out: MeasureStatus.lapsed,
    MeasureEnd.motion_not_filed: MeasureStatus.lapsed,
    MeasureEnd.not_decided_in_time: MeasureStatus.lapsed,
    MeasureEnd.hold_has_ended: MeasureStatus.lapsed,
    MeasureEnd.motion_withdrawn: MeasureStatus.lifted,
    MeasureEnd.lifted_by_author: MeasureStatus.lifted,
    MeasureEnd.lifted_by_authority: MeasureStatus.lifted,
    MeasureEnd.line_struck: MeasureStatus.lifted,
    MeasureEnd.authorisation_refused: MeasureStatus.refused,
    MeasureEnd.overturned_on_appeal: MeasureStatus.lifted,
    MeasureEnd.appeal_unanswered: MeasureStatus.lifted,
    MeasureEnd.report_withdrawn: MeasureStatus.lifted,
    MeasureEnd.report_refuted: MeasureStatus.lifted,
    MeasureEnd.law_changed: MeasureStatus.lifted,
    MeasureEnd.facts_locked: MeasureStatus.lifted,
    MeasureEnd.carried_on: MeasureStatus.carried_on,
    MeasureEnd.money_went_back: MeasureStatus.executed,
}
"""How each end leaves the measure: one end, one status."""


class NextStep(StrEnum):
    """What has to happen before ``expires_at``, if the measure is to stand longer."""

    motion = "motion"
    """The author asks the authority."""
    decision = "decision"
    """The authority decides."""
    extension = "extension"
    """A new motion, decided before the end."""


END_WITHOUT: Final[dict[NextStep, MeasureEnd]] = {
    NextStep.motion: MeasureEnd.motion_not_filed,
    NextStep.decision: MeasureEnd.not_decided_in_time,
    NextStep.extension: MeasureEnd.time_ran_out,
}
"""Why a measure has ended whose next step did not come in time."""


def moved(now: MeasureStatus, then: MeasureStatus) -> MeasureStatus:
    """Return ``then``; a step that the table does not have is a bug."""
    assert now is then or then in MEASURE_TRANSITIONS[now], f"a measure cannot go from {now} to {then}"
    return then


def is_in_effect(status: MeasureStatus, expires_at: Instant, now: Instant) -> bool:
    """Return whether money may be held on a measure now: its time is part of every reading of it."""
    return status in IN_EFFECT and expires_at > now
