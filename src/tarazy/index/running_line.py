"""An inflow line on which nothing is held, as three running numbers.

The same rule as ``domain/line.py`` where no hold, return or reversal bends the line: then the free units are always one
stretch ``[head, line_end)``. It is written again because a file of a million rows asks for two dozen machine
instructions a row and not for frozen rows; tests/properties/test_trace_file.py replays both and compares.
"""

from typing import final


@final
class RunningLine:
    """The line of one account: the opening balance occupies ``[0, opening)``, every credit the next stretch."""

    __slots__ = ("debt_minor", "head", "line_end")

    def __init__(self, opening_minor: int) -> None:
        self.head = 0
        self.line_end = opening_minor
        self.debt_minor = 0

    def debit(self, amount_minor: int) -> int:
        """Consume the lowest free units; return how many there were of them. The rest is the bank's own credit."""
        free = self.line_end - self.head
        taken = min(amount_minor, free)
        self.head += taken
        self.debt_minor += amount_minor - taken
        return taken

    def credit(self, amount_minor: int) -> int:
        """Add a stretch at the end; return how many of its first units repaid what the holder owes the bank."""
        self.line_end += amount_minor
        repaid = min(amount_minor, self.debt_minor)
        self.head += repaid
        self.debt_minor -= repaid
        return repaid
