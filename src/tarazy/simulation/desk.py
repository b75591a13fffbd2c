"""Where people act at a program: later, in one transaction, under a signature."""

from collections.abc import Callable
from typing import Protocol

from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.protocol.statement import Act, Terms
from tarazy.simulation.programs import Program
from tarazy.values.ids import HoldId

ActAtDesk = Callable[[Transaction, Setting], object]
"""What somebody does at a program, in one transaction."""


class Desk(Protocol):
    """What lets somebody act."""

    def act_later(self, program: Program, seconds: float, act: ActAtDesk) -> None:
        """Let somebody act at a program some time later."""
        ...

    def refund_later(self, hold_id: HoldId, seconds: float) -> None:
        """Let a refund with the holders' consent be ordered in the case of a hold."""
        ...

    def statement(self, program: Program, act: Act, subject_id: str, terms: Terms = ()) -> str:
        """Return a statement of a program's officer."""
        ...
