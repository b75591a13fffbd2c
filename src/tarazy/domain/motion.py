"""The life of a motion: one act in which an author asks an authority, with a schedule that is decided line by line.

::

    filed ──┬── decided     every line is granted, narrowed or struck
            ├── withdrawn   its author has taken it back
            └── lapsed      nobody decided in the time that the law gives

A draft is no motion: it is a page that its owner alone can read.
"""

from enum import StrEnum
from typing import Final


class MotionAsk(StrEnum):
    """What the authority is asked."""

    authorise = "authorise"
    """That a measure may stand upon each hold of the schedule."""
    extend = "extend"
    """That measures in force may stand longer."""


class MotionStatus(StrEnum):
    """Where a motion is in its life."""

    filed = "filed"
    decided = "decided"
    withdrawn = "withdrawn"
    lapsed = "lapsed"


MOTION_TRANSITIONS: Final[dict[MotionStatus, frozenset[MotionStatus]]] = {
    MotionStatus.filed: frozenset({MotionStatus.decided, MotionStatus.withdrawn, MotionStatus.lapsed}),
    MotionStatus.decided: frozenset(),
    MotionStatus.withdrawn: frozenset(),
    MotionStatus.lapsed: frozenset(),
}


class LineDecision(StrEnum):
    """What became of one line of a schedule."""

    open = "open"
    granted = "granted"
    narrowed = "narrowed"
    """Less money, or a shorter time, than was asked."""
    struck = "struck"
    lapsed = "lapsed"
    withdrawn = "withdrawn"


LINE_TRANSITIONS: Final[dict[LineDecision, frozenset[LineDecision]]] = {
    LineDecision.open: frozenset(set(LineDecision) - {LineDecision.open}),
    LineDecision.granted: frozenset(),
    LineDecision.narrowed: frozenset(),
    LineDecision.struck: frozenset(),
    LineDecision.lapsed: frozenset(),
    LineDecision.withdrawn: frozenset(),
}
DECIDED_LINES: Final = frozenset({LineDecision.granted, LineDecision.narrowed, LineDecision.struck})
LINES_MAX: Final = 200
"""As many lines as one act has; a case with more holds has a second act."""


def moved(now: MotionStatus, then: MotionStatus) -> MotionStatus:
    """Return ``then``; a step that the table does not have is a bug."""
    assert then in MOTION_TRANSITIONS[now], f"a motion cannot go from {now} to {then}"
    return then


def line_moved(now: LineDecision, then: LineDecision) -> LineDecision:
    """Return ``then``; a line is decided once."""
    assert then in LINE_TRANSITIONS[now], f"a line cannot go from {now} to {then}"
    return then
