"""Where people act at a program: later, in one transaction, under a signature."""

from collections.abc import Callable
from typing import Protocol

from tarazy.app.setting import Setting
from tarazy.app.statements import WITHOUT_REASONS
from tarazy.app.store import Transaction
from tarazy.protocol.statement import Act, Statement, Terms, sign_statement
from tarazy.simulation.programs import Program
from tarazy.values.ids import HoldId, OfficerId
from tarazy.values.instant import Instant

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


def signed_by(program: Program, officer_id: OfficerId, act: Act, subject_id: str, terms: Terms, now: Instant) -> str:
    """Return what an officer of a participant has signed at a moment, with reasons where the act carries any itself."""
    said = Statement(
        act=act,
        subject_id=subject_id,
        officer_id=officer_id,
        participant_id=program.name,
        at=now,
        reasons="" if act in WITHOUT_REASONS else f"decided on the facts of this very case, {subject_id}",
        terms=terms,
    )
    return sign_statement(said, program.keyring.officers[officer_id].signer())
