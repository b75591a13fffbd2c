"""What an agent answers: where the units of each followed piece are now, and a first hold where the terms allow one.

An answer is computed from the rows as they stand, never from the last answer, so it cannot drift. It is told again only
when it differs from what was told before.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from tarazy.agent.core_port import CORE_CHANNEL, CoreVerb
from tarazy.agent.ledger import Ledger, ledger_of
from tarazy.agent.records import (
    CORE_COMMANDS,
    FOLLOWS,
    HOLDS,
    AgentHold,
    CoreCommand,
    Follow,
)
from tarazy.app.messages import OUTBOX, Incoming, queue, reply_instead
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.hold import LIVE_STATUSES, HoldStatus, end_of_hold
from tarazy.domain.line import AccountLine, Credit, holdable_minor
from tarazy.domain.telling import after_end, told_at_most
from tarazy.domain.tracing import (
    PieceView,
    Share,
    ShareKind,
    StopKind,
    WaitKind,
    shares_of,
    window_on_line,
    with_refunded,
)
from tarazy.law.assessment import Lane
from tarazy.protocol.bodies import Answer, FollowOrder, ShareTold
from tarazy.protocol.message import following_id, kind_of_type
from tarazy.values.ids import AccountId, MessageId, ParticipantId, PieceId, derived
from tarazy.values.instant import Instant
from tarazy.values.interval import Interval, Intervals, intersect, total
from tarazy.values.replacing import replace

NO_ORDERS: Final[Mapping[MessageId, Incoming]] = {}
NOTHING_PAID: Final[Mapping[PieceId, Intervals]] = {}
ORDER_KIND: Final = kind_of_type(FollowOrder)
ANSWER_KIND: Final = kind_of_type(Answer)
SHARES_TOLD_MAX = 450
"""As many as fit one message: a share that has moved on takes some 300 bytes, a message 256 KiB."""


def is_live(hold: AgentHold, now: Instant) -> bool:
    """Return whether a hold stands: its time is part of every reading of it."""
    return hold.status in LIVE_STATUSES and hold.expires_at > now


def still_held_minor(hold: AgentHold) -> int:
    """Return how much a hold that stands holds from now on: what the core was asked to let go of is held no more."""
    on_line = max(hold.held_minor, hold.reserved_minor)
    return max(0, min(hold.held_minor, hold.claim_minor, on_line - hold.releasing_minor))


def core_command(
    tx: Transaction,
    hold: AgentHold,
    kind: CoreVerb,
    amount_minor: int,
    setting: Setting,
    *,
    to: str = "",
    lane: Lane | None = None,
    because: str = "",
) -> None:
    """Ask something of the core, in the transaction that decided it.

    ``because`` tells commands apart that would otherwise be the same, of orders that arrive at one moment.
    """
    sums = (hold.asked_minor, hold.reserved_minor, hold.held_minor, hold.releasing_minor, hold.paid_minor)
    until = hold.expires_at.text()
    command_id = derived("core", hold.hold_id, kind, amount_minor, *sums, setting.now.text(), to, until, because)
    command = CoreCommand(
        command_id=command_id,
        serial=0,
        kind=kind,
        hold_id=hold.hold_id,
        account_id=hold.account_id,
        amount_minor=amount_minor,
        expires_at=hold.expires_at,
        to=to or None,
        lane=lane,
        queued_at=setting.now,
        done_at=None,
        closes=hold.closes if kind in {CoreVerb.reserve, CoreVerb.extend} else None,
    )
    tx.add(CORE_COMMANDS, command)
    tx.note(command)
    tx.wake(CORE_CHANNEL)


def answer_follows(
    tx: Transaction,
    follows: Collection[Follow],
    lines: Mapping[AccountId, AccountLine],
    setting: Setting,
    *,
    holds: Collection[AgentHold] | None = None,
    ledger: Ledger | None = None,
    paid_late: Mapping[PieceId, Intervals] = NOTHING_PAID,
) -> dict[PieceId, Answer]:
    """Bring the answers to ``follows`` up to date; return those that differ from what was told before.

    Of a follow that is closed only what became of its hold is told, and which of its units that hold has paid back
    since (``paid_late``, in the units of the piece): where the others are now is nobody's business. The first answer
    after the order's own end is the last, but for what becomes of a hold that stands longer.

    The lines of their accounts are locked by the caller and given as they stand after its changes; so are all holds on
    these accounts, or the whole ledger, where the caller has them at hand.
    """
    if ledger is None:
        ledger = ledger_of(tx, follows, lines, holds, setting.now)
    answers: dict[PieceId, Answer] = {}
    for follow in follows:
        if follow.is_open or not follow.shares:
            shares = _shares_now(tx, follow, ledger, setting)
        else:
            shares = with_refunded(follow.shares, paid_late.get(follow.order_id, ()))
        shares = told_at_most(shares, follow.shares, SHARES_TOLD_MAX)
        hold = ledger.holds.get(follow.terms.hold_id) if follow.terms else None
        told_hold = f"{hold.status}:{hold.expires_at.text()}:{len(hold.payments)}" if hold else follow.ended or ""
        is_over, is_open = _is_over(follow, setting), follow.is_open and _can_change(follow, shares, hold, setting)
        if shares == follow.shares and told_hold == follow.told_hold:
            if (is_over, is_open) != (follow.is_over, follow.is_open):
                tx.put(FOLLOWS, replace(follow, is_over=is_over, is_open=is_open))
            continue
        after = replace(
            follow,
            answer_no=follow.answer_no + 1,
            shares=shares,
            told=_told(shares, follow, setting),
            told_hold=told_hold,
            is_open=is_open,
            is_over=is_over,
            notice_due=follow.notice_due if hold is None else None,  # whoever's money is held hears more than that
        )
        tx.put(FOLLOWS, after)
        answers[follow.order_id] = _answer(after, hold)
    return answers


def tell_answers(
    tx: Transaction,
    answers: Mapping[PieceId, Answer],
    exchange: ParticipantId,
    setting: Setting,
    open_orders: Mapping[MessageId, Incoming] = NO_ORDERS,
) -> None:
    """Tell the exchange what has changed, in a message or, while the order itself is being replied to, in its reply."""
    for order_id, answer in answers.items():
        envelope = setting.envelope(exchange, answer, order_id, answer.answer_no)
        order = open_orders.get(following_id(ORDER_KIND, exchange, setting.me, order_id))
        if order is None:
            queue(tx, envelope, setting)
        else:
            reply_instead(tx, order, envelope, setting)


def tell_before(tx: Transaction, hold: AgentHold, exchange: ParticipantId, setting: Setting) -> None:
    """Let the exchange hear what is held before it hears what is queued next in this transaction.

    What was told last may have gone as a reply, and nobody here knows whether a reply has arrived: a message can
    overtake it, and what rests on the hold would be refused. The outbox keeps its order, so the same is told once more
    from there, under the next number; a reply that still comes is then older, and changes nothing. An answer that was
    a message itself is in that order already. The account of the hold is locked by the caller.
    """
    follow = tx.get(FOLLOWS, hold.order_id)
    assert follow is not None, "a hold rests on an order to follow"
    told = following_id(ANSWER_KIND, setting.me, exchange, follow.order_id, follow.answer_no)
    if tx.get(OUTBOX, told) is not None:
        return
    again = replace(follow, answer_no=follow.answer_no + 1)
    tx.put(FOLLOWS, again)
    tell_answers(tx, {again.order_id: _answer(again, hold)}, exchange, setting)


def _shares_now(tx: Transaction, follow: Follow, ledger: Ledger, setting: Setting) -> tuple[Share, ...]:
    if follow.account_id is None and _is_over(follow, setting):
        return _after_end(follow, ())
    if follow.account_id is None:
        kind, why = (
            (ShareKind.stopped, StopKind.released) if follow.ended else (ShareKind.waiting, WaitKind.credit_not_arrived)
        )
        return (Share(kind, follow.from_minor, follow.to_minor, why),)
    line = ledger.lines[follow.account_id]
    credit = ledger.credited[follow.account_id, follow.transfer_ref]
    hold = ledger.holds.get(follow.terms.hold_id) if follow.terms else None
    if hold is None and follow.terms is not None and follow.ended is None and not _is_over(follow, setting):
        hold = _first_hold(tx, follow, credit, ledger, setting)
    own = frozenset({hold.hold_id} if hold is not None else ())
    live = own if hold is not None and is_live(hold, setting.now) else frozenset()
    asked = hold.asked_minor if hold is not None and live else 0
    view = PieceView(
        piece=Interval(follow.from_minor, follow.to_minor),
        credit=credit,
        kind=line.kind,
        currency=follow.currency,
        depth=follow.depth,
        consumptions=[row for row in ledger.consumptions if row.account_id == follow.account_id],
        segments=[row for row in ledger.segments if row.account_id == follow.account_id],
        own_holds=live,
        own_ended=own - live,
        requested_minor=asked,
        rest=_rest_of(follow, hold, setting.now),
        # What was let go is waited for no more: wherever the missing entries will say that it went, nobody follows it.
        is_behind=line.is_behind and not _was_let_go(follow, hold),
    )
    shares = shares_of(view)
    return _after_end(follow, shares) if _is_over(follow, setting) else shares


def _after_end(follow: Follow, now: tuple[Share, ...]) -> tuple[Share, ...]:
    return after_end(follow.shares, now, Interval(follow.from_minor, follow.to_minor))


def _rest_of(follow: Follow, hold: AgentHold | None, now: Instant) -> StopKind:
    """Return why units of the piece that lie free are not held."""
    if follow.ended is not None:
        return StopKind.released
    if hold is None and follow.terms is None:
        return follow.rest
    if hold is None:
        return StopKind.hold_time_over if _first_end(follow) <= now else StopKind.protected
    if hold.status is HoldStatus.declined:
        return StopKind.core_reserved_less
    return hold.rest if is_live(hold, now) else StopKind.released


def _first_hold(tx: Transaction, follow: Follow, credit: Credit, ledger: Ledger, setting: Setting) -> AgentHold | None:
    """Request a hold of what may be held of the piece now; None where nothing may or can be."""
    terms = follow.terms
    assert terms is not None
    line = ledger.lines[credit.account_id]
    if line.is_behind or credit.currency != follow.currency or line.kind == "pooled":
        return None
    window = window_on_line(credit, Interval(follow.from_minor, follow.to_minor))
    floor = ledger.floors.get(line.account_id, 0)
    amount = holdable_minor(line, window, terms.claim_minor, floor)
    if amount == 0 or _first_end(follow) <= setting.now:
        return None
    is_floored = amount < min(terms.claim_minor, total(intersect(line.free, window)))
    hold = replace(
        new_hold(follow, credit, setting.now),
        asked_minor=amount,
        rest=StopKind.protected if is_floored else StopKind.core_reserved_less,
    )
    tx.add(HOLDS, hold)
    core_command(tx, hold, CoreVerb.reserve, amount, setting)
    ledger.holds[hold.hold_id] = hold
    return hold


def new_hold(follow: Follow, credit: Credit, now: Instant) -> AgentHold:
    """Return a hold under the terms of an order, of which nothing is asked or held yet."""
    terms = follow.terms
    assert terms is not None
    return AgentHold(
        hold_id=terms.hold_id,
        order_id=follow.order_id,
        account_id=credit.account_id,
        case_id=follow.case_id,
        transfer_ref=follow.transfer_ref,
        claim_minor=terms.claim_minor,
        asked_minor=0,
        reserved_minor=0,
        held_minor=0,
        releasing_minor=0,
        paid_minor=0,
        payments=(),
        currency=credit.currency,
        status=HoldStatus.requested,
        end=None,
        rest=StopKind.core_reserved_less,
        received_at=now,
        expires_at=_first_end(follow),
        expires_at_most=end_of_hold(terms.expires_at, follow.received_at, follow.ordered_at),
        confirmed_by=None,
        confirmed_at=None,
        reasons=None,
        ended_at=None,
        notice_due=None,
        told_minor=0,
        dropped_minor=0,
        terms=terms,
    )


def _first_end(follow: Follow) -> Instant:
    """Return when a hold under these terms ends unless a named human confirms it."""
    assert follow.terms is not None
    return end_of_hold(follow.terms.confirm_by, follow.received_at, follow.ordered_at)


def _told(shares: Sequence[Share], follow: Follow, setting: Setting) -> tuple[ShareTold, ...]:
    """Return shares as they are told. A transfer is sealed once: by that text the exchange knows it from then on."""
    sealed = {old.transfer_ref: told.sealed_ref for old, told in zip(follow.shares, follow.told, strict=True)}
    for share in shares:
        if share.transfer_ref is not None and share.participant is not None and share.transfer_ref not in sealed:
            sealed[share.transfer_ref] = setting.seal(share.participant, share.transfer_ref)
    return tuple(
        ShareTold(
            kind=share.kind,
            from_minor=share.from_minor,
            to_minor=share.to_minor,
            detail=share.detail,
            participant_id=share.participant,
            sealed_ref=sealed.get(share.transfer_ref),
            onward_from=share.onward_from,
        )
        for share in shares
    )


def _is_over(follow: Follow, setting: Setting) -> bool:
    """Whether the order's own end has come: from then on only what becomes of its hold is told."""
    return follow.is_over or follow.ends_at <= setting.now


def _can_change(follow: Follow, shares: tuple[Share, ...], hold: AgentHold | None, setting: Setting) -> bool:
    """Whether there may be something to tell about the piece later: until its end, or as long as its hold stands."""
    stands = hold is not None and hold.status in LIVE_STATUSES
    is_followed = stands or not _is_over(follow, setting)
    return is_followed and not _is_settled(shares) and not _was_let_go(follow, hold)


def _was_let_go(follow: Follow, hold: AgentHold | None) -> bool:
    """Whether the money was released to its holder: from then on nobody looks where they spend it."""
    has_ended = hold is not None and hold.status in {HoldStatus.released, HoldStatus.expired}
    return has_ended or follow.ended is not None


def _is_settled(shares: tuple[Share, ...]) -> bool:
    """Whether nothing about the piece can change any more: no unit of it is free, held, asked for or awaited."""
    final = {ShareKind.moved_on, ShareKind.exited, ShareKind.returned, ShareKind.refunded}
    stable = {StopKind.pooled, StopKind.other_currency, StopKind.beyond_transfer}
    return all(share.kind in final or share.detail in stable for share in shares)


def _answer(follow: Follow, hold: AgentHold | None) -> Answer:
    return Answer(
        order_id=follow.order_id,
        tracing_id=follow.tracing_id,
        answer_no=follow.answer_no,
        disclosure_id=follow.disclosure_id,
        shares=follow.told,
        hold_status=hold.status if hold else HoldStatus.released if follow.ended else None,
        hold_expires_at=hold.expires_at if hold else None,
        hold_end=hold.end if hold else follow.ended,
        payments=hold.payments if hold else (),
    )
