"""What goes wrong: a store that fails before or after it commits, and the dice that decide when.

Each fault exists in two forms: it *failed* (nothing happened), and it *failed but took effect* (all of it happened, and
whoever asked does not know).
"""

from collections.abc import Callable
from enum import StrEnum
from random import Random
from typing import TypeVar

from tarazy.adapters.memory import MemoryStore
from tarazy.app.store import Transaction
from tarazy.simulation.options import PERMILLE
from tarazy.values.ids import ParticipantId

Result = TypeVar("Result")


class Crashed(Exception):
    """The program ``name`` died here. Only what its store had committed is left of it."""

    def __init__(self, name: ParticipantId, when: str) -> None:
        super().__init__(f"{name} died {when}")
        self.name = name


class Fault(StrEnum):
    """The two forms of a fault."""

    failed = "failed"
    took_effect = "took_effect"


class Dice:
    """Decides whether something goes wrong now. After `settle` nothing goes wrong any more."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._is_settled = False

    def settle(self) -> None:
        """Let nothing go wrong from now on."""
        self._is_settled = True

    def falls(self, chance_permille: int) -> bool:
        """Return whether it happens this time."""
        if chance_permille == 0 or self._is_settled:
            return False
        return self._random.randrange(PERMILLE) < chance_permille

    def fault(self, chance_permille: int) -> Fault | None:
        """Return the fault that happens this time, if one does."""
        return self._random.choice(tuple(Fault)) if self.falls(chance_permille) else None


class FaultyStore:
    """A memory store under a program that can die in the middle of a transaction. ``disc`` survives it."""

    def __init__(self, name: ParticipantId, disc: MemoryStore, dice: Dice, chance_permille: int) -> None:
        self.disc = disc
        self.runs = 0
        """How often anything was done here, so that who looks on need not look when nothing was."""
        self._name = name
        self._dice = dice
        self._chance_permille = chance_permille

    def run(self, work: Callable[[Transaction], Result]) -> Result:
        """Run ``work`` in one transaction, unless the program dies before or after its end."""
        self.runs += 1
        fault = self._dice.fault(self._chance_permille)
        if fault is Fault.failed:

            def doomed(tx: Transaction) -> Result:
                work(tx)
                raise Crashed(self._name, "before the commit")

            return self.disc.run(doomed)
        result = self.disc.run(work)
        if fault is Fault.took_effect:
            raise Crashed(self._name, "after the commit")
        return result
