"""What an officer of the sender has signed: checked in full before anything is done on it.

Nobody has to believe the program that sent a message. The signature is an officer's own, every figure of the message
stands under it, and the reasons are reasons.
"""

from typing import Final, NamedTuple

from tarazy.app.messages import Handled
from tarazy.app.setting import Setting
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import SignedBody
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act, Statement, StatementFault, are_reasons, read_statement, require_terms
from tarazy.values.ids import ParticipantId

WITHOUT_REASONS: Final = frozenset({Act.record_return})
"""What the holder does of their own will needs no reasons of the bank; the officer only records it."""


class Said(NamedTuple):
    """A message that carries a statement, and what the statement must do upon what."""

    body: SignedBody
    act: Act
    subject_id: str


def statement_in(envelope: Envelope, said: Said, setting: Setting) -> Statement | Handled:
    """Return the officer's statement if it says what its message says, with reasons; otherwise why it does not."""
    sender = ParticipantId(envelope.sender)
    try:
        statement = read_statement(
            said.body.statement, said.act, said.subject_id, sender, setting.officer_key_of, envelope.issued_at
        )
        require_terms(statement, said.body.terms())
    except StatementFault as fault:
        return Handled(rejection=Rejection.statement_does_not_stand, place=f"body.{fault}")
    if said.act not in WITHOUT_REASONS and not are_reasons(statement.reasons):
        return Handled(rejection=Rejection.reasons_missing, place="body.statement.reasons")
    return statement
