"""The life of a hearing: whoever received money is asked before it leaves them.

::

    asked ── told ── told_again ──┬── agreed ──── objected   a word can be taken back until the money is paid
      │        │                  ├── objected               a court decides
      │        ├── agreed         └── absent ──┬── agreed    an answer that comes late is an answer
      │        └── objected                    └── objected
      └── over   the hold has ended: nothing is left that anybody could be asked about

Who has agreed may be paid from. An objection sends the matter to a court, and so does absence after two notices:
absence is not consent. A prosecutor's second written demand is obeyed, and counted in public.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple


class HearingState(StrEnum):
    """Where a hearing is in its life."""

    asked = "asked"
    """The exchange has asked; the bank has not yet told the receiver."""
    told = "told"
    told_again = "told_again"
    agreed = "agreed"
    objected = "objected"
    absent = "absent"
    """Told twice and silent until the time was over."""
    over = "over"


_ANSWERS: Final = frozenset({HearingState.agreed, HearingState.objected})
HEARING_TRANSITIONS: Final[dict[HearingState, frozenset[HearingState]]] = {
    HearingState.asked: frozenset({HearingState.told, HearingState.over}),
    HearingState.told: _ANSWERS | {HearingState.told_again, HearingState.over},
    HearingState.told_again: _ANSWERS | {HearingState.absent, HearingState.over},
    HearingState.agreed: frozenset({HearingState.objected}),
    HearingState.absent: _ANSWERS,
    HearingState.objected: frozenset(),
    HearingState.over: frozenset(),
}
OPEN_HEARINGS: Final = frozenset({HearingState.asked, HearingState.told, HearingState.told_again})
"""Nobody can be paid while one of these is what stands."""
ANSWERS: Final = _ANSWERS | {HearingState.absent, HearingState.over}
"""How a hearing can be answered, by the receiver or by their silence."""


class HearingRoad(StrEnum):
    """How an answer came in."""

    app = "app"
    desk = "desk"
    """An officer of the bank has written down what the receiver said, and signed that."""
    silence = "silence"


def moved(now: HearingState, then: HearingState) -> HearingState:
    """Return ``then``; a step that the table does not have is a bug."""
    assert can_move(now, then), f"a hearing cannot go from {now} to {then}"
    return then


def can_move(now: HearingState, then: HearingState) -> bool:
    """Return whether the table has this step."""
    return then in HEARING_TRANSITIONS[now]


class Standing(NamedTuple):
    """What the law gate is told of the hearings of everybody who would be paid from.

    ``is_closed`` says that each was asked and has answered or let their time pass; ``objects`` is None where nobody
    objects but somebody was absent: that is no consent.
    """

    is_closed: bool
    objects: bool | None

    @property
    def may_pay(self) -> bool:
        """Whether everybody has agreed."""
        return self.is_closed and self.objects is False


def standing_of(states: Iterable[HearingState | None]) -> Standing:
    """Put together what was heard; None is somebody who was not asked about as much as would be paid."""
    found = tuple(states)
    is_closed = bool(found) and not any(
        state is None or state in OPEN_HEARINGS or state is HearingState.over for state in found
    )
    if not is_closed:
        return Standing(is_closed=False, objects=None)
    if HearingState.objected in found:
        return Standing(is_closed=True, objects=True)
    return Standing(is_closed=True, objects=None if HearingState.absent in found else False)
