"""A holder's consent to give held money back: kept where the holder is known, and taken back at any time until paid.

The bank is the last to see a payment before it is made. Whatever the exchange has ordered meanwhile, nothing is paid
on a consent that the holder has taken back here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tarazy.agent.answering import is_live
from tarazy.agent.core_port import CoreVerb
from tarazy.agent.desk import OfficerAtDesk, tell_return
from tarazy.agent.records import CORE_COMMANDS, HOLDS, AgentHold
from tarazy.agent.returning import ForWhom, named_report
from tarazy.app.messages import OUTBOX, Handled, Handler, queue
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Key, Table, Transaction
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Lane
from tarazy.protocol.bodies import PayOrder, ReturnTakenBack
from tarazy.protocol.message import Envelope
from tarazy.values.ids import AccountId, HoldId, MessageId, OfficerId, ParticipantId, ReportId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

OFFERS_SHOWN_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnOffer:
    """What a holder has offered to give back of a hold, recorded by an officer; the newest offer of the hold.

    ``report_id`` is the report for which it is given, None for everybody; ``message_id`` the word to the exchange.
    """

    hold_id: HoldId
    account_id: AccountId
    report_id: ReportId | None
    message_id: MessageId
    amount_minor: int
    currency: str
    officer_id: OfficerId
    offered_at: Instant
    paid_before_minor: int
    taken_back_at: Instant | None


class OfferState(StrEnum):
    """What can become of an offer now."""

    open = "open"
    """It can be taken back."""
    being_paid = "being_paid"
    """The bank's core has been asked to pay all of it: too late."""
    paid = "paid"
    taken_back = "taken_back"
    over = "over"
    """The hold has ended: nothing is held that could be given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """An offer, its hold, what of it is paid and what is on its way; ``refusal`` if the exchange did not take it."""

    offer: ReturnOffer
    hold: AgentHold
    state: OfferState
    refusal: str | None
    paid_minor: int
    paying_minor: int

    @property
    def left_minor(self) -> int:
        """How much can still be taken back."""
        return max(0, min(self.offer.amount_minor - self.paid_minor, self.hold.held_minor) - self.paying_minor)


RETURN_OFFERS = Table("return_offers", ReturnOffer, ("hold_id",))


def offer_return(
    tx: Transaction,
    hold_id: HoldId,
    amount_minor: int,
    reasons: str,
    officer: OfficerAtDesk,
    exchange: ParticipantId,
    setting: Setting,
    for_whom: ForWhom | ReportId = ForWhom.own_report,
    *,
    checks: tuple[str, ...],
) -> Rejection | None:
    """Record that the holder gives held money back, and keep it for the holder to see and to take back.

    ``checks`` is what the officer vouches for: who it was, that they were informed, and that nobody pressed them.
    """
    before = tx.lock(RETURN_OFFERS, {(hold_id,)}).get((hold_id,))
    told = tell_return(tx, hold_id, amount_minor, reasons, officer, exchange, setting, for_whom, checks)
    hold = tx.get(HOLDS, hold_id)
    if isinstance(told, Rejection):
        return told
    assert hold is not None
    offer = ReturnOffer(
        hold_id=hold_id,
        account_id=hold.account_id,
        report_id=named_report(hold, for_whom),
        message_id=MessageId(told.message_id),
        amount_minor=amount_minor,
        currency=hold.currency,
        officer_id=officer.officer_id,
        offered_at=setting.now,
        paid_before_minor=hold.paid_minor,
        taken_back_at=None,
    )
    if before != offer:
        tx.put(RETURN_OFFERS, offer)
    return None


def offer_of(tx: Transaction, hold_id: HoldId, now: Instant) -> OfferView | None:
    """Return the offer on a hold as it stands now."""
    offer, hold = tx.get(RETURN_OFFERS, hold_id), tx.get(HOLDS, hold_id)
    return None if offer is None or hold is None else _view(tx, offer, hold, now)


def offers_of(tx: Transaction, account_id: AccountId, now: Instant) -> list[OfferView]:
    """Return what the holder of an account has offered, newest first."""
    mine = Condition("account_id", "=", account_id)
    offers = tx.find(RETURN_OFFERS, mine, order=("offered_at",), descending=True, limit=OFFERS_SHOWN_MAX)
    holds = tx.get_many(HOLDS, {(offer.hold_id,) for offer in offers})
    return [_view(tx, offer, holds[offer.hold_id,], now) for offer in offers]


def take_back(tx: Transaction, hold_id: HoldId, exchange: ParticipantId, setting: Setting) -> OfferView | None:
    """Take back what is not yet on its way, and tell the exchange. None for a hold without an offer.

    Nothing happens where nothing can be taken back any more: the state says why. Doing it twice is doing it once.
    """
    offer = tx.lock(RETURN_OFFERS, {(hold_id,)}).get((hold_id,))
    view = offer_of(tx, hold_id, setting.now)
    if offer is None or view is None or view.state is not OfferState.open:
        return view
    taken = replace(offer, taken_back_at=setting.now)
    tx.put(RETURN_OFFERS, taken)
    body = ReturnTakenBack(hold_id=hold_id, taken_back_at=setting.now)
    queue(tx, setting.envelope(exchange, body, hold_id, setting.now.text()), setting)
    return replace(view, offer=taken, state=OfferState.taken_back)


def with_consent(take: Handler) -> Handler:
    """Let payments through to ``take``, but for those that no consent carries as it is now.

    Where nobody has consented here nothing is carried, whatever is ordered. A consent that was taken back carries
    nothing, one for a report nothing to another, and a newer one for less than was ordered upon the older no more than
    it says.
    """

    def take_with_consent(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
        orders = [envelope.body for envelope in envelopes if isinstance(envelope.body, PayOrder)]
        consented = {(order.hold_id,) for order in orders if order.lane == Lane.consent}
        if not consented:
            return list(take(tx, envelopes, setting))
        offers = tx.lock(RETURN_OFFERS, consented)
        left = {offer.hold_id: _not_asked_yet(tx, offer) for offer in offers.values()}
        carried = [_is_carried(envelope, offers, left) for envelope in envelopes]
        through = [envelope for envelope, is_carried in zip(envelopes, carried, strict=True) if is_carried]
        taken = iter(take(tx, through, setting))
        revoked = Handled(rejection=Rejection.return_revoked, place="body.hold_id")
        return [next(taken) if is_carried else revoked for is_carried in carried]

    return take_with_consent


def _is_carried(envelope: Envelope, offers: Mapping[Key, ReturnOffer], left: dict[HoldId, int]) -> bool:
    """Return whether a payment may be made; what it takes of an offer is not ``left`` for the next one."""
    order = envelope.body
    if not isinstance(order, PayOrder) or order.lane != Lane.consent:
        return True
    offer = offers.get((order.hold_id,))
    is_carried = (
        offer is not None
        and offer.taken_back_at is None
        and offer.report_id in {None, order.report_id}
        and order.amount_minor <= left[order.hold_id]
    )
    if is_carried:
        left[order.hold_id] -= order.amount_minor
    return is_carried


def _not_asked_yet(tx: Transaction, offer: ReturnOffer) -> int:
    """Return how much of an offer the core was not asked to pay since it was made; what has failed is used up too."""
    asked = tx.find(
        CORE_COMMANDS,
        Condition("hold_id", "=", offer.hold_id),
        Condition("kind", "=", CoreVerb.pay),
        Condition("queued_at", ">=", offer.offered_at),
    )
    return offer.amount_minor - sum(command.amount_minor for command in asked)


def _paid(hold: AgentHold) -> int:
    """Return what the core has said that it paid of a hold; it may not have booked all of it yet."""
    return sum(payment.amount_minor for payment in hold.payments if payment.is_paid)


def _view(tx: Transaction, offer: ReturnOffer, hold: AgentHold, now: Instant) -> OfferView:
    waiting = tx.find(
        CORE_COMMANDS,
        Condition("done_at", "is_null"),
        Condition("hold_id", "=", hold.hold_id),
        Condition("kind", "=", CoreVerb.pay),
    )
    sent = tx.get(OUTBOX, offer.message_id)
    view = OfferView(
        offer=offer,
        hold=hold,
        state=OfferState.open,
        refusal=None if sent is None else sent.refusal,
        paid_minor=min(offer.amount_minor, hold.paid_minor - offer.paid_before_minor),
        paying_minor=sum(command.amount_minor for command in waiting),
    )
    return replace(view, state=_state(view, now))


def _state(view: OfferView, now: Instant) -> OfferState:
    if view.offer.taken_back_at is not None:
        return OfferState.taken_back
    if view.paid_minor >= view.offer.amount_minor:
        return OfferState.paid
    if not is_live(view.hold, now):
        return OfferState.over
    return OfferState.open if view.left_minor > 0 else OfferState.being_paid
