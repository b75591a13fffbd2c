"""The life of a claim for compensation, of somebody upon whose money an error was recorded.

::

    filed ──┬── accepted ──── settled   so much is owed; it was paid
            └── refused                 with reasons, and with the forum that decides then

A claim is never refused acceptance, and what is answered here is no judgement: whoever is not content goes to a court.
"""

from enum import StrEnum
from typing import Final


class LossHead(StrEnum):
    """What a claim is for. The person's own words travel sealed; these stand in the record."""

    money_out_of_use = "money_out_of_use"
    fees_and_interest = "fees_and_interest"
    payment_not_made = "payment_not_made"
    income_lost = "income_lost"
    legal_help = "legal_help"
    suffering = "suffering"
    other = "other"


class ClaimStatus(StrEnum):
    """Where a claim is in its life."""

    filed = "filed"
    accepted = "accepted"
    refused = "refused"
    settled = "settled"


CLAIM_TRANSITIONS: Final[dict[ClaimStatus, frozenset[ClaimStatus]]] = {
    ClaimStatus.filed: frozenset({ClaimStatus.accepted, ClaimStatus.refused}),
    ClaimStatus.accepted: frozenset({ClaimStatus.settled}),
    ClaimStatus.refused: frozenset(),
    ClaimStatus.settled: frozenset(),
}


def can_move(now: ClaimStatus, then: ClaimStatus) -> bool:
    """Return whether a claim can be answered so from where it is."""
    return then in CLAIM_TRANSITIONS[now]
