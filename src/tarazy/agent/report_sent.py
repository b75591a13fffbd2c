"""What this bank has told the exchange of its reports: the message that carried each last, and what stood in it."""

from tarazy.agent.records import LocalReport
from tarazy.app.messages import OUTBOX, Outgoing
from tarazy.app.store import Transaction
from tarazy.domain.rejection import Rejection
from tarazy.protocol import jws
from tarazy.protocol.bodies import ReportFiled
from tarazy.protocol.message import Envelope, following_id
from tarazy.protocol.wire import from_json
from tarazy.values.ids import ParticipantId


def report_sent(tx: Transaction, report: LocalReport, me: ParticipantId, exchange: ParticipantId) -> Outgoing | None:
    """Return the message that carried a report: the newest, where a refused one was signed anew."""
    name = ("report_filed", me, exchange, report.report_id)
    anew = tx.get(OUTBOX, following_id(*name, report.signed_at.text()))
    return anew or tx.get(OUTBOX, following_id(*name))


def filed_in(sent: Outgoing) -> ReportFiled:
    """Return the report that a message carried."""
    body = from_json(jws.read(sent.text).payload, Envelope).body
    assert isinstance(body, ReportFiled)
    return body


def can_sign_anew(report: LocalReport, sent: Outgoing | None) -> bool:
    """Return whether the exchange has refused the report, knows none in its place, and nobody has taken it back."""
    if sent is None or sent.refusal is None or report.withdrawn_at is not None:
        return False
    return sent.refusal != Rejection.report_known_with_other_facts
