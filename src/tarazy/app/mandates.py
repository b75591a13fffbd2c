"""Standing mandates: a participant's signed decision under which its own pauses are made."""

from collections.abc import Sequence

from tarazy.app.eventing import record
from tarazy.app.messages import Handled
from tarazy.app.records import MANDATES, Mandate
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import MandateSigned
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act, StatementFault, read_statement
from tarazy.values.ids import ParticipantId


def take_mandates(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep each mandate that an officer of its participant has signed; a later one with the same id replaces it."""
    handled = []
    for envelope in envelopes:
        body = envelope.body
        assert isinstance(body, MandateSigned)
        sender = ParticipantId(envelope.sender)
        try:
            statement = read_statement(
                body.statement, Act.sign_mandate, body.mandate_id, sender, setting.officer_key_of, envelope.issued_at
            )
        except StatementFault as fault:
            handled.append(Handled(rejection=Rejection.statement_does_not_stand, place=f"body.{fault}"))
            continue
        if dict(statement.terms) != dict(body.terms()):
            place = "body.statement.terms: other figures than the mandate's"
            handled.append(Handled(rejection=Rejection.statement_does_not_stand, place=place))
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
