"""Payments that another than the holder must have decided: the bank checks the decision itself before it pays.

The exchange only passes the decision on. The officers' signatures, their capacities and the law are examined with what
this bank knows of them, and nothing is paid beyond the sum, the holds and the time that the decision names.
"""

from collections.abc import Collection, Sequence

from msgspec import Struct

from tarazy.agent.records import HOLDS, AgentHold
from tarazy.app.authorisations import stands_signed, who_decides
from tarazy.app.messages import Handled, Handler
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.notice import Decision
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Lane
from tarazy.protocol.bodies import Authorisation, PayOrder
from tarazy.protocol.message import Envelope
from tarazy.texts.links import without_links
from tarazy.values.ids import AuthorisationId, HoldId, RefundId, ReportId
from tarazy.values.instant import Instant


class DecidedPayment(Struct, frozen=True, kw_only=True):
    """A payment of a hold that was asked of the core upon a decision, and that decision with its signatures."""

    hold_id: HoldId
    refund_id: RefundId
    report_id: ReportId
    authorisation_id: AuthorisationId
    amount_minor: int
    decision: Authorisation
    ordered_at: Instant


DECIDED_PAYMENTS = Table("decided_payments", DecidedPayment, ("hold_id", "refund_id", "report_id"))


def with_authority(take: Handler) -> Handler:
    """Let payments through to ``take``, but for those that need a decision and have none that carries them.

    What is taken is kept with its decision: the sum of a decision is used up by it, and the holder is told of it.
    """

    def take_with_authority(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
        handled = []
        for envelope in envelopes:
            order = envelope.body
            assert isinstance(order, PayOrder)
            rejection = _is_not_decided(tx, order, envelope.issued_at, setting)
            if rejection is not None:
                handled.append(Handled(rejection=rejection, place="body.authorisation"))
                continue
            (taken,) = take(tx, [envelope], setting)
            if taken.rejection is None and order.authorisation is not None and order.lane != Lane.consent:
                tx.put(DECIDED_PAYMENTS, _decided(order, order.authorisation, setting))
            handled.append(taken)
        return handled

    return take_with_authority


def decisions_on(tx: Transaction, holds: Collection[AgentHold]) -> dict[tuple[HoldId, RefundId], Decision]:
    """Return who has decided on the payments of some holds, by hold and refund."""
    paid = [hold.hold_id for hold in holds if hold.paid_minor]
    rows = tx.find(DECIDED_PAYMENTS, Condition("hold_id", "in", paid)) if paid else []
    return {(one.hold_id, one.refund_id): _told(one.decision) for one in rows}


def _told(decision: Authorisation) -> Decision:
    """Return a decision as a notice names it. Whoever has passed it on may have put a link in: no notice has one."""
    return Decision(without_links(decision.forum), without_links(decision.decision_no), decision.decided_on)


def _is_not_decided(tx: Transaction, order: PayOrder, sent_at: Instant, setting: Setting) -> Rejection | None:
    """Return why the decision that an order needs does not carry it; None where it does, or where none is needed."""
    lane = Lane.__members__.get(order.lane)
    if lane is None or lane is Lane.consent:
        return None
    decision = order.authorisation
    if decision is None or decision.lane != lane or who_decides(setting.pack, lane, setting.now) is None:
        return Rejection.authorisation_does_not_stand
    if not stands_signed(decision, sent_at, setting, setting.officer_capacity):
        return Rejection.authorisation_does_not_stand
    if decision.valid_to <= setting.now:
        return Rejection.authorisation_has_ended
    tx.guard(f"authorisation:{decision.authorisation_id}", shared=False)
    hold = tx.get(HOLDS, order.hold_id)
    if hold is None:
        return None  # whoever takes the order says so
    is_once = tx.get(DECIDED_PAYMENTS, order.hold_id, order.refund_id, order.report_id) is None
    # Not the case: one that was joined to another has another's name at the exchange. The holds are listed by name.
    is_upon = decision.covers(hold.hold_id) and decision.currency == hold.currency
    is_left = order.amount_minor <= decision.amount_minor - _asked_minor(tx, decision.authorisation_id)
    return None if is_once and is_upon and is_left else Rejection.authorisation_does_not_cover


def _asked_minor(tx: Transaction, authorisation_id: AuthorisationId) -> int:
    """Return what the core was asked to pay upon a decision, but for what it has not paid."""
    asked = tx.find(DECIDED_PAYMENTS, Condition("authorisation_id", "=", authorisation_id))
    holds = tx.get_many(HOLDS, {(one.hold_id,) for one in asked})
    failed = {
        (hold.hold_id, told.refund_id, told.report_id)
        for hold in holds.values()
        for told in hold.payments
        if not told.is_paid
    }
    return sum(one.amount_minor for one in asked if (one.hold_id, one.refund_id, one.report_id) not in failed)


def _decided(order: PayOrder, decision: Authorisation, setting: Setting) -> DecidedPayment:
    return DecidedPayment(
        hold_id=order.hold_id,
        refund_id=order.refund_id,
        report_id=order.report_id,
        authorisation_id=decision.authorisation_id,
        amount_minor=order.amount_minor,
        decision=decision,
        ordered_at=setting.now,
    )
