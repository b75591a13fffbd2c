"""Which of the facts that an officer can tick in a report a customer's own words suggest."""

from collections.abc import Iterable, Mapping
from typing import Final

from tarazy.agent.requests import Told

SUGGESTED: Final[Mapping[Told, tuple[str, ...]]] = {
    Told.bank_or_police_call: ("payment_under_deceit", "bank_or_authority_impersonated"),
    Told.relative_in_trouble: ("payment_under_deceit", "relative_impersonated"),
    Told.goods_never_came: ("payment_under_deceit", "goods_not_delivered"),
    Told.investment_promised: ("payment_under_deceit", "investment_not_paid_out"),
    Told.code_given_away: ("code_or_password_obtained",),
    Told.screen_shared: ("screen_or_device_controlled",),
    Told.not_my_payment: ("payment_not_by_payer",),
    Told.pressed_to_pay: ("payer_pressed",),
}


def suggested(told: Iterable[Told]) -> frozenset[str]:
    """Return the facts that the officer finds ticked; they remain the officer's to keep or to take away."""
    return frozenset(fact for one in told for fact in SUGGESTED[one])
