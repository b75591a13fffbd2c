"""Who had a hand in a measure: whoever proposes does not approve, and whoever did either does not review (I11)."""

from typing import Final, NamedTuple

from tarazy.domain.rejection import Rejection
from tarazy.law.safeguards import Part
from tarazy.values.ids import OfficerId, ParticipantId


class Hand(NamedTuple):
    """One officer. The same person under two officer ids cannot be seen by a program."""

    participant_id: ParticipantId
    officer_id: OfficerId


Hands = frozenset[tuple[Part, Hand]]
"""Who has done what in a measure."""
MAY_NOT_HAVE_BEEN: Final[dict[Part, frozenset[Part]]] = {
    Part.proposer: frozenset(),
    Part.approver: frozenset({Part.proposer, Part.confirmer}),
    Part.confirmer: frozenset(),
    Part.reviewer: frozenset({Part.proposer, Part.approver, Part.confirmer}),
}
"""What an officer may not have done before, who is to take a part."""


def same_hands(part: Part, hand: Hand, before: Hands) -> Rejection | None:
    """Return why an officer cannot take a part in a measure in which they had a hand; None where they can."""
    barred = {(other, hand) for other in MAY_NOT_HAVE_BEEN[part]}
    return Rejection.same_hands if barred & before else None


def had_a_hand(hand: Hand, before: Hands) -> bool:
    """Return whether an officer did anything in a measure at all: then they judge no error of it."""
    return any(hand == other for _, other in before)
