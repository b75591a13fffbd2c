"""Standing mandates: a participant's signed decision under which its own pauses are made."""

from collections.abc import Sequence

from tarazy.app.eventing import record
from tarazy.app.messages import Handled
from tarazy.app.records import MANDATES, Mandate
from tarazy.app.setting import Setting
from tarazy.app.statements import Said, statement_in
from tarazy.app.store import Transaction
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import MandateSigned
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act
from tarazy.values.ids import ParticipantId


def take_mandates(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep each mandate that an officer of its participant has signed; a later one with the same id replaces it."""
    handled = []
    for envelope in envelopes:
        body = envelope.body
        assert isinstance(body, MandateSigned)
        sender = ParticipantId(envelope.sender)
        statement = statement_in(envelope, Said(body, Act.sign_mandate, body.mandate_id), setting)
        if isinstance(statement, Handled):
            handled.append(statement)
            continue
        before = tx.get(MANDATES, body.mandate_id)
        if before is not None and before.participant_id != sender:
            handled.append(Handled(rejection=Rejection.mandate_unknown, place="body.mandate_id"))
            continue
        mandate = Mandate(
            mandate_id=body.mandate_id,
            participant_id=sender,
            officer_id=statement.officer_id,
            measure=body.measure,
            norms=body.norms,
            currency=body.currency,
            ceiling_minor=body.ceiling_minor,
            hours=body.hours,
            valid_from=body.valid_from,
            valid_to=body.valid_to,
            statement=body.statement,
        )
        tx.put(MANDATES, mandate)
        record(
            tx,
            setting,
            "mandate_signed",
            sender,
            body.mandate_id,
            case_id=None,
            norms=body.norms,
            officer=statement.officer_id,
            ceiling_minor=body.ceiling_minor,
            hours=body.hours,
            valid_to=body.valid_to.text(),
        )
        handled.append(Handled())
    return handled
