"""What an officer has signed, in a message or at the exchange itself: checked in full before anything is done on it.

Nobody has to believe the program that sent a message. The signature is an officer's own, every figure of the message
stands under it, and the reasons are reasons.
"""

from typing import Final, NamedTuple

from tarazy.app.messages import Handled
from tarazy.app.setting import Setting
from tarazy.domain.rejection import Rejection
from tarazy.protocol import jws
from tarazy.protocol.bodies import SignedBody
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import (
    Act,
    Statement,
    StatementFault,
    Terms,
    are_reasons,
    read_statement,
    require_terms,
)
from tarazy.protocol.wire import from_json
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant

WITHOUT_REASONS: Final = frozenset(
    {
        Act.record_return,
        Act.begin_measure,
        Act.file_motion,
        Act.decide_motion,
        Act.lodge_appeal,
        Act.admit_appeal,
        Act.state_fact,
    }
)
"""What the holder does of their own will needs no reasons of the bank; the officer only records it.

Nor does what a person says who appeals, written down by an assistant, or that they are heard.

Over a schedule, and over the decision on it, every bank reads the statement: the reasons are words of their own that
stay at the exchange, and only their hash is signed. A fact says its source instead.
"""


class Said(NamedTuple):
    """A message that carries a statement, and what the statement must do upon what."""

    body: SignedBody
    act: Act
    subject_id: str


class Signed(NamedTuple):
    """A statement that came with a command: who must have signed what upon what, with which terms."""

    text: str
    act: Act
    subject_id: str
    participant_id: ParticipantId
    terms: Terms


class _Refused(NamedTuple):
    """Why a statement is nothing to act upon, and where in it that lies."""

    rejection: Rejection
    place: str


def statement_in(envelope: Envelope, said: Said, setting: Setting) -> Statement | Handled:
    """Return the officer's statement if it says what its message says, with reasons; otherwise why it does not."""
    sender, body = ParticipantId(envelope.sender), said.body
    signed = Signed(body.statement, said.act, said.subject_id, sender, body.terms())
    checked = _checked(signed, setting, envelope.issued_at)
    return (
        Handled(rejection=checked.rejection, place=f"body.{checked.place}")
        if isinstance(checked, _Refused)
        else checked
    )


def signed_statement(signed: Signed, setting: Setting) -> Statement | Rejection:
    """Return the statement of a command if it says what the command says, with reasons; otherwise why it does not."""
    checked = _checked(signed, setting, setting.now)
    return checked.rejection if isinstance(checked, _Refused) else checked


def _checked(signed: Signed, setting: Setting, at: Instant) -> Statement | _Refused:
    """Check the signature, the act, the subject, the terms and the reasons of what was signed by ``at``."""
    try:
        statement = read_statement(
            signed.text, signed.act, signed.subject_id, signed.participant_id, setting.officer_key_of, at
        )
        require_terms(statement, signed.terms)
    except StatementFault as fault:
        return _Refused(Rejection.statement_does_not_stand, str(fault))
    if signed.act not in WITHOUT_REASONS and not are_reasons(statement.reasons):
        return _Refused(Rejection.reasons_missing, "statement.reasons")
    return statement


def reasons_in(statement: str) -> str:
    """Return the reasons in a statement that was checked when it was taken."""
    return from_json(jws.read(statement).payload, Statement).reasons
