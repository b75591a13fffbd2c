"""A holder takes back that they give money back; and payments that a bank does not make."""

from collections.abc import Sequence

from tarazy.app.eventing import record
from tarazy.app.holding import hold_of_sender, part_id_of
from tarazy.app.messages import Handled, Outgoing
from tarazy.app.records import CASE_HOLDS
from tarazy.app.refund_records import RECORDED_RETURNS, REFUND_PARTS
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.refund import PartStatus
from tarazy.protocol import jws
from tarazy.protocol.bodies import PayOrder, ReturnTakenBack
from tarazy.protocol.message import Envelope
from tarazy.protocol.wire import from_json
from tarazy.values.ids import ParticipantId
from tarazy.values.replacing import replace


def take_returns_taken_back(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Offer nothing of these holds any more. It needs no officer's word: whoever consented can end it alone."""
    return [_take_one(tx, envelope, setting) for envelope in envelopes]


def _take_one(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body = envelope.body
    assert isinstance(body, ReturnTakenBack)
    hold = hold_of_sender(tx, body.hold_id, ParticipantId(envelope.sender))
    if isinstance(hold, Handled):
        return hold
    if tx.get(CASE_HOLDS, hold.hold_id) is None:
        return Handled()  # its bank has not told of it yet, so nothing was offered here that could be taken back
    tx.put(CASE_HOLDS, replace(hold, return_offered_minor=0, return_report_id=None))
    recorded = tx.get(RECORDED_RETURNS, body.hold_id)
    if recorded is not None:
        tx.put(RECORDED_RETURNS, replace(recorded, taken_back_at=body.taken_back_at))
    record(
        tx,
        setting,
        "return_taken_back",
        hold.participant_id,
        hold.hold_id,
        case_id=hold.case_id,
        norms=hold.norms,
        amount_minor=hold.return_offered_minor,
        taken_back_at=body.taken_back_at.text(),
    )
    return Handled()


def payment_was_refused(tx: Transaction, outgoing: Outgoing, refusal: str, setting: Setting) -> None:
    """Count a payment as failed whose bank does not take the order; its word that it was paid still counts."""
    order = from_json(jws.read(outgoing.text).payload, Envelope).body
    assert isinstance(order, PayOrder)
    part_id = part_id_of(order.refund_id, order.hold_id, order.report_id)
    part = tx.lock(REFUND_PARTS, {(part_id,)}).get((part_id,))
    hold = tx.get(CASE_HOLDS, order.hold_id)
    if part is None or hold is None or part.status is not PartStatus.ordered:
        return
    tx.put(REFUND_PARTS, replace(part, status=PartStatus.failed, is_refused=True))
    record(
        tx,
        setting,
        "refund_failed",
        hold.participant_id,
        hold.hold_id,
        case_id=hold.case_id,
        norms=hold.norms,
        part=part.part_id,
        amount_minor=part.amount_minor,
        reason=refusal,
    )
