"""What a report can say happened: a closed vocabulary, so that no name and no free text travels as a fact."""

from collections.abc import Iterable
from typing import Final

FACTS: Final = (
    "payment_under_deceit",
    "payment_not_by_payer",
    "bank_or_authority_impersonated",
    "relative_impersonated",
    "goods_not_delivered",
    "investment_not_paid_out",
    "code_or_password_obtained",
    "screen_or_device_controlled",
    "payer_pressed",
    "payer_called_back",
    "messages_or_receipts_seen",
)
"""What happened as an officer has established it, in the order of the desk. Each has a text ``desk.fact.…``."""

_KNOWN: Final = frozenset(FACTS)


def first_unknown(facts: Iterable[str]) -> int | None:
    """Return the place of the first fact that is not in the vocabulary; None if all are."""
    return next((place for place, fact in enumerate(facts) if fact not in _KNOWN), None)
