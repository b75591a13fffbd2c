"""Taking orders to follow a piece: find the credit, answer, or let the order stand until the credit arrives."""

from collections.abc import Sequence

from tarazy.agent.answering import answer_follows
from tarazy.agent.records import ACCOUNTS, CREDIT_PLACES, CREDITS, FOLLOWS, Follow
from tarazy.app.messages import Handled
from tarazy.app.setting import Setting
from tarazy.app.store import Read, Transaction
from tarazy.domain.line import AccountLine
from tarazy.domain.rejection import Rejection
from tarazy.domain.tracing import StopKind
from tarazy.protocol.bodies import FollowOrder
from tarazy.protocol.message import Envelope
from tarazy.values.ids import AccountId, ParticipantId, PieceId, TransferRef

ENTRIES_GUARD = "entries"
"""Held shared by whoever books entries, alone by whoever may leave a standing order: neither can miss the other."""


def take_follow_orders(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Answer each order, or refuse one whose transfer reference was not sealed for this bank."""
    orders = [envelope.body for envelope in envelopes]
    refs = [_opened(order, setting) for order in orders]
    accounts, known = _accounts_of(tx, [ref for ref in refs if ref is not None], envelopes)
    follows: list[Follow | None] = []
    for envelope, ref in zip(envelopes, refs, strict=True):
        follows.append(None if ref is None else _new_follow(envelope, ref, accounts.get(ref), setting))
    fresh = [follow for follow in follows if follow is not None and follow.order_id not in known]
    lines, _ = tx.gather(
        Read(ACCOUNTS, keys={(one.account_id,) for one in fresh if one.account_id is not None}, is_locking=True),
        Read(CREDITS, keys={(one.account_id, one.transfer_ref) for one in fresh if one.account_id is not None}),
    )
    answers = answer_follows(tx, fresh, {line.account_id: line for line in lines}, setting)
    handled = []
    for envelope, follow in zip(envelopes, follows, strict=True):
        if follow is None:
            handled.append(_no_to(envelope))
            continue
        answer = answers.get(follow.order_id)
        recipient = ParticipantId(envelope.sender)
        replies = (
            (setting.envelope(recipient, answer, follow.order_id, answer.answer_no),) if answer is not None else ()
        )
        handled.append(Handled(replies=replies))
    return handled


def locked_lines(tx: Transaction, account_ids: set[AccountId]) -> dict[AccountId, AccountLine]:
    """Return the lines of these accounts, which nobody else can change until the transaction ends."""
    rows = tx.lock(ACCOUNTS, {(account_id,) for account_id in account_ids})
    return {line.account_id: line for line in rows.values()}


def _opened(order: object, setting: Setting) -> TransferRef | None:
    assert isinstance(order, FollowOrder)
    if order.from_minor >= order.to_minor:
        return None
    ref = setting.unseal(order.sealed_ref)
    return None if ref is None else TransferRef(ref)


def _no_to(envelope: Envelope) -> Handled:
    order = envelope.body
    assert isinstance(order, FollowOrder)
    if order.from_minor >= order.to_minor:
        return Handled(rejection=Rejection.piece_is_empty, place="body.to_minor")
    return Handled(rejection=Rejection.reference_not_for_us, place="body.sealed_ref")


def _accounts_of(
    tx: Transaction, refs: list[TransferRef], envelopes: Sequence[Envelope]
) -> tuple[dict[TransferRef, AccountId], set[PieceId]]:
    """Return the accounts that these transfers were credited to, and which of the orders are known already.

    Where a credit is not there, look again when no entries are being booked: it may be arriving just now.
    """
    orders = {(envelope.body.order_id,) for envelope in envelopes if isinstance(envelope.body, FollowOrder)}
    wanted = {(ref,) for ref in refs}
    places, known = tx.gather(Read(CREDIT_PLACES, keys=wanted), Read(FOLLOWS, keys=orders))
    missing = wanted - {(place.transfer_ref,) for place in places}
    if missing:
        tx.guard(ENTRIES_GUARD, shared=False)
        places += tx.gather(Read(CREDIT_PLACES, keys=missing))[0]
    return {place.transfer_ref: place.account_id for place in places}, {follow.order_id for follow in known}


def _new_follow(envelope: Envelope, ref: TransferRef, account_id: AccountId | None, setting: Setting) -> Follow:
    order = envelope.body
    assert isinstance(order, FollowOrder)
    return Follow(
        order_id=order.order_id,
        account_id=account_id,
        transfer_ref=ref,
        case_id=order.case_id,
        tracing_id=order.tracing_id,
        disclosure_id=order.disclosure_id,
        depth=order.depth,
        from_minor=order.from_minor,
        to_minor=order.to_minor,
        currency=order.currency,
        rank=order.rank,
        received_at=setting.now,
        ordered_at=envelope.issued_at,
        ends_at=order.ends_at,
        rest=StopKind.__members__.get(order.rest, StopKind.refused_by_law),
        terms=order.terms,
        is_open=True,
        answer_no=0,
        shares=(),
        told=(),
        told_hold="",
    )
