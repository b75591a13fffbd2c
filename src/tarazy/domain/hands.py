"""Who had a hand in a measure: whoever proposes does not approve, and whoever did either does not review (I11)."""

from enum import StrEnum
from typing import Final, NamedTuple

from tarazy.domain.rejection import Rejection
from tarazy.values.ids import OfficerId, ParticipantId


class Part(StrEnum):
    """What a hand did."""

    author = "author"
    authority = "authority"
    confirmer = "confirmer"
    reviewer = "reviewer"
    classifier = "classifier"


class Hand(NamedTuple):
    """One officer. The same person under two officer ids cannot be seen by a program."""

    participant_id: ParticipantId
    officer_id: OfficerId


MAY_NOT_HAVE_BEEN: Final[dict[Part, frozenset[Part]]] = {
    Part.author: frozenset(),
    Part.authority: frozenset({Part.author, Part.confirmer}),
    Part.confirmer: frozenset(),
    Part.reviewer: frozenset({Part.author, Part.authority, Part.confirmer}),
    Part.classifier: frozenset({Part.author, Part.authority, Part.confirmer, Part.reviewer}),
}
"""What an officer may not have done before, who is to take a part."""


def same_hands(part: Part, hand: Hand, before: frozenset[tuple[Part, Hand]]) -> Rejection | None:
    """Return why an officer cannot take a part in a measure in which they had a hand; None where they can."""
    barred = {(other, hand) for other in MAY_NOT_HAVE_BEEN[part]}
    return Rejection.same_hands if barred & before else None
