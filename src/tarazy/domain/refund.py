"""Held money goes back: how a pot is divided among several victims, and which hold pays which of them.

A loss that several victims share is divided in proportion to what each still misses, by largest remainder, so that the
parts add up to the pot to the unit and nobody gets more than they miss.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tarazy.values.ids import HoldId, ReportId
from tarazy.values.money import split_by_weight


class PartStatus(StrEnum):
    """The life of one payment of a refund: ordered, then paid or failed; word that it was paid still counts."""

    ordered = "ordered"
    paid = "paid"
    failed = "failed"


@dataclass(frozen=True, slots=True)
class RefundShare:
    """What one victim misses and what they get, in minor units."""

    report_id: ReportId
    missing_minor: int
    share_minor: int


@dataclass(frozen=True, slots=True)
class HoldPayment:
    """How much of one hold goes to the victim of one report."""

    hold_id: HoldId
    report_id: ReportId
    amount_minor: int


def fair_shares(pot_minor: int, missing: Sequence[tuple[ReportId, int]]) -> tuple[RefundShare, ...]:
    """Divide a pot among victims in proportion to what each still misses; what is missing by nobody is not paid.

    The order of ``missing`` decides who gets a unit that cannot be divided, and only that.
    """
    assert pot_minor >= 0
    owed = [(report_id, minor) for report_id, minor in missing if minor > 0]
    payable = min(pot_minor, sum(minor for _, minor in owed))
    if payable == 0:
        return ()
    parts = split_by_weight(payable, [minor for _, minor in owed])
    shares = tuple(RefundShare(report_id, minor, part) for (report_id, minor), part in zip(owed, parts, strict=True))
    assert all(share.share_minor <= share.missing_minor for share in shares)
    return shares


def payments_from_holds(shares: Sequence[RefundShare], holds: Sequence[tuple[HoldId, int]]) -> tuple[HoldPayment, ...]:
    """Say which hold pays which victim: holds in order fill shares in order, each unit once."""
    payments: list[HoldPayment] = []
    due = [share.share_minor for share in shares]
    for hold_id, held_minor in holds:
        remaining = held_minor
        for index, share in enumerate(shares):
            part = min(remaining, due[index])
            if part:
                payments.append(HoldPayment(hold_id, share.report_id, part))
                remaining -= part
                due[index] -= part
    assert sum(payment.amount_minor for payment in payments) <= sum(minor for _, minor in holds)
    return tuple(payments)


def formula(shares: Sequence[RefundShare], index: int) -> str:
    """Return one victim's division on one line: pot x what they miss / what all miss = their share."""
    pot = sum(share.share_minor for share in shares)
    missing = sum(share.missing_minor for share in shares)
    return f"{pot} × {shares[index].missing_minor} / {missing} = {shares[index].share_minor}"
