"""Taking orders to follow a piece: find the credit, answer, or let the order stand until the credit arrives."""

from collections.abc import Sequence
from typing import Any

from tarazy.agent.answering import answer_follows
from tarazy.agent.ledger import ledger_from, ledger_through, placed_follow, read_ledger, window_of
from tarazy.agent.records import ACCOUNTS, CREDIT_PLACES, FOLLOWS, CreditPlace, Follow
from tarazy.app.messages import Handled
from tarazy.app.setting import Setting
from tarazy.app.store import Read, Span, Through, Transaction
from tarazy.domain.line import AccountLine, Credit
from tarazy.domain.notice import NoticeKind
from tarazy.domain.rejection import Rejection
from tarazy.domain.tracing import StopKind
from tarazy.protocol.bodies import FollowOrder, HoldTerms
from tarazy.protocol.message import Envelope
from tarazy.values.ids import AccountId, ParticipantId, PieceId, TransferRef

ENTRIES_GUARD = "entries"
"""Held shared by whoever books entries, alone by whoever may leave a standing order: neither can miss the other."""


def take_follow_orders(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Answer each order, or refuse one whose transfer reference was not sealed for this bank."""
    orders = [envelope.body for envelope in envelopes]
    refs = [_opened(order, setting) for order in orders]
    through = _through(orders, refs)
    known, read = _read_first(tx, through, envelopes, setting)
    places, is_read = _places_of(tx, through, read)
    follows: list[Follow | None] = []
    for envelope, ref in zip(envelopes, refs, strict=True):
        follows.append(None if ref is None else _new_follow(envelope, ref, places.get(ref), setting))
    new = {follow.order_id: follow for follow in follows if follow is not None and follow.order_id not in known}
    fresh = list(new.values())  # one that comes twice in a batch, in two messages, is still one order
    standing = [follow for follow in fresh if follow.account_id is not None]
    windows = [window_of(places[follow.transfer_ref], follow) for follow in standing]
    ledger = (
        ledger_from(tx, read, standing, setting.now) if is_read else read_ledger(tx, standing, windows, setting.now)
    )
    for one in fresh:
        tx.add(FOLLOWS, one)
    answers = answer_follows(tx, fresh, ledger.lines, setting, ledger=ledger)
    for placed, window in zip(standing, windows, strict=True):
        if placed.terms is not None and placed.terms.hold_id in ledger.holds:
            tx.note(placed_follow(ledger, placed, window))
    handled = []
    for envelope, follow in zip(envelopes, follows, strict=True):
        if follow is None:
            handled.append(_no_to(envelope, setting))
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
    if order.from_minor >= order.to_minor or not _are_ours(order.terms, setting):
        return None
    ref = setting.unseal(order.sealed_ref)
    return None if ref is None else TransferRef(ref)


def _are_ours(terms: HoldTerms | None, setting: Setting) -> bool:
    """Return whether a hold would be this bank's own: an officer of it is the author, and a norm is named."""
    return terms is None or (terms.author.participant_id == setting.me and len(terms.norms) > 0)


def _no_to(envelope: Envelope, setting: Setting) -> Handled:
    order = envelope.body
    assert isinstance(order, FollowOrder)
    if order.from_minor >= order.to_minor:
        return Handled(rejection=Rejection.piece_is_empty, place="body.to_minor")
    if not _are_ours(order.terms, setting):
        return Handled(rejection=Rejection.mandate_unknown, place="body.terms: no author of this bank, or no norm")
    return Handled(rejection=Rejection.reference_not_for_us, place="body.sealed_ref")


def follow_reads(envelopes: Sequence[Envelope], setting: Setting) -> list[Read[Any]]:
    """Return what is read first for a batch of orders, so that it can be read together with the inbox."""
    orders = [envelope.body for envelope in envelopes]
    refs = [_opened(order, setting) for order in orders]
    return list(ledger_through(_through(orders, refs), setting.now))


def _through(orders: Sequence[object], refs: Sequence[TransferRef | None]) -> Through:
    """Return the pieces that these orders are about, by the transfers that brought them."""
    pairs = zip(orders, refs, strict=True)
    spans = {
        Span(ref, order.from_minor, order.to_minor) for order, ref in pairs if ref and isinstance(order, FollowOrder)
    }
    return Through(CREDIT_PLACES, tuple(sorted(spans)))


def _read_first(
    tx: Transaction, through: Through, envelopes: Sequence[Envelope], setting: Setting
) -> tuple[set[PieceId], list[list[Any]]]:
    """Return which of the orders are known already, and what was read for the ledger by way of their transfers.

    An order that is known comes in a message that is known, or hardly ever: only a later try looks for it.
    """
    read = tx.gather(*ledger_through(through, setting.now))
    if tx.is_first_try:
        return set(), read
    orders = {(envelope.body.order_id,) for envelope in envelopes if isinstance(envelope.body, FollowOrder)}
    return {follow.order_id for follow in tx.gather(Read(FOLLOWS, keys=orders))[0]}, read


def _places_of(
    tx: Transaction, through: Through, read: Sequence[list[Any]]
) -> tuple[dict[TransferRef, CreditPlace | Credit], bool]:
    """Return where these transfers were credited, and whether what was read is their whole ledger.

    It is where every transfer is found on a line that was locked before. Otherwise look again when no entries are
    being booked: a credit may be arriving just now.
    """
    lines, credited, *_ = read
    locked = {line.account_id for line in lines}
    wanted = {span.transfer_ref for span in through.spans}
    places: dict[TransferRef, CreditPlace | Credit] = {
        credit.transfer_ref: credit
        for credit in credited
        if credit.transfer_ref in wanted and credit.account_id in locked
    }
    is_read = wanted == places.keys()
    if not is_read:
        tx.guard(ENTRIES_GUARD, shared=False)
        missing = {(TransferRef(ref),) for ref in wanted - places.keys()}
        found = tx.gather(Read(CREDIT_PLACES, keys=missing, is_anew=True))[0]
        places.update({place.transfer_ref: place for place in found})
    return places, is_read


def _new_follow(envelope: Envelope, ref: TransferRef, place: CreditPlace | Credit | None, setting: Setting) -> Follow:
    order = envelope.body
    assert isinstance(order, FollowOrder)
    return Follow(
        order_id=order.order_id,
        account_id=place.account_id if place else None,
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
        # In shadow mode nobody is told anything. Served once the account is known; a hold of its own takes this off.
        notice_due=None if order.terms is None and order.rest == StopKind.shadow else NoticeKind.trace_answered,
    )
