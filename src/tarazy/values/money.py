"""Money as whole minor units of one currency. There is no other money in Tarazy: no float, no decimal."""

from collections.abc import Sequence
from dataclasses import dataclass

MINOR_MAX = 2**62
"""The largest amount that any input may name: it keeps every sum of a line inside PostgreSQL's bigint."""


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """``minor`` units (tiyn, cents) of ``currency`` (ISO 4217, three capital letters)."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be added")


def split_by_weight(total: int, weights: Sequence[int]) -> list[int]:
    """Share ``total`` minor units by largest remainder in proportion to ``weights``; the parts sum to the total.

    Equal remainders go to the earlier part. The weights are whole, none negative, at least one positive.
    """
    assert total >= 0
    assert weights
    assert min(weights) >= 0
    whole = sum(weights)
    assert whole > 0
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    assert sum(parts) == total
    return parts
