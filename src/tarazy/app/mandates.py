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
    """Keep each mandate that an officer of its participant has signed.

    Under a known id only its end can be signed, and it counts from when that came here: what was done under a mandate
    can be examined for ever after against the terms of then. Other terms are another mandate, with an id of its own.
    """
    handled = []
    for envelope in envelopes:
        body = envelope.body
        assert isinstance(body, MandateSigned)
        sender = ParticipantId(envelope.sender)
        statement = statement_in(envelope, Said(body, Act.sign_mandate, body.mandate_id), setting)
        if isinstance(statement, Handled):
            handled.append(statement)
            continue
        before = tx.lock(MANDATES, {(body.mandate_id,)}).get((body.mandate_id,))
        if before is not None and before.participant_id != sender:
            handled.append(Handled(rejection=Rejection.mandate_unknown, place="body.mandate_id"))
            continue
        if before is not None and not _keeps_terms(before, body):
            handled.append(Handled(rejection=Rejection.mandate_known_with_other_terms, place="body.mandate_id"))
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
            valid_to=body.valid_to if before is None else min(before.valid_to, max(body.valid_to, setting.now)),
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
            valid_to=mandate.valid_to.text(),
        )
        handled.append(Handled())
    return handled


def _keeps_terms(before: Mandate, body: MandateSigned) -> bool:
    """Return whether a mandate is said again as it is, or with an earlier end."""
    known = (before.measure, before.norms, before.currency, before.ceiling_minor, before.hours, before.valid_from)
    said = (body.measure, body.norms, body.currency, body.ceiling_minor, body.hours, body.valid_from)
    return known == said and body.valid_to <= before.valid_to
