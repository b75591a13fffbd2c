"""How holds end at the bank: by order, by the bank's officer, or by themselves when their time has run out."""

from collections.abc import Callable, Sequence
from typing import Final

from tarazy.agent.answering import answer_follows, core_command, still_held_minor, tell_answers
from tarazy.agent.booking import ended
from tarazy.agent.core_port import CoreVerb
from tarazy.agent.following import locked_lines
from tarazy.agent.piece_ends import end_pieces, next_piece_end
from tarazy.agent.records import FOLLOWS, HOLDS, LOCAL_REPORTS, AgentHold
from tarazy.app.messages import Handled
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hold import LIVE_STATUSES, HoldEnd, HoldStatus
from tarazy.domain.notice import NoticeKind, NoticeReason
from tarazy.domain.rejection import Rejection
from tarazy.domain.tracing import StopKind
from tarazy.law.assessment import Lane
from tarazy.protocol.bodies import PayOrder, ReleaseOrder
from tarazy.protocol.message import Envelope
from tarazy.values.ids import AccountId, HoldId, OfficerId, ParticipantId, ReportId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

EXPIRING_PER_RUN_MAX = 500
ORDERED_ENDS: Final = frozenset(
    {HoldEnd.report_withdrawn, HoldEnd.report_refuted, HoldEnd.by_authority, HoldEnd.by_court}
)
"""Why the exchange can order to let go: its holder reads it. The other ends are this bank's own, or nobody's."""

Change = Callable[[Transaction, AgentHold, Setting], None]


def end_hold(
    tx: Transaction,
    hold: AgentHold,
    status: HoldStatus,
    end: HoldEnd,
    setting: Setting,
    *,
    by: OfficerId | None = None,
) -> AgentHold:
    """End a live hold now, and ask the core to let go of what it reserves. The line follows with the core's entry.

    ``by`` is the officer of this bank who has decided so; none where it ends by itself or by an order.
    """
    to_release = hold.reserved_minor - hold.releasing_minor
    over = replace(ended(hold, status, end, setting), releasing_minor=hold.reserved_minor, decided_by=by)
    tx.put(HOLDS, over)
    if to_release > 0:
        core_command(tx, over, CoreVerb.unreserve, to_release, setting)
    return over


def narrow_hold(
    tx: Transaction,
    hold: AgentHold,
    keep_minor: int,
    setting: Setting,
    *,
    by: OfficerId | None = None,
    why: NoticeReason | None = None,
) -> AgentHold:
    """Let go of all but the lowest ``keep_minor`` held units: ``by`` an officer's decision, or by an order.

    ``why`` is what its holder is told of it, where that is more than that an officer, or the exchange, said so.
    """
    assert 0 < keep_minor <= hold.held_minor
    surplus = max(0, hold.reserved_minor - hold.releasing_minor - keep_minor)
    narrowed = replace(
        hold,
        claim_minor=keep_minor,
        rest=StopKind.released,
        releasing_minor=hold.releasing_minor + surplus,
        notice_due=NoticeKind.hold_narrowed,
        last_minor=keep_minor,
        # Of two narrowings that are told in one, the first began with the sum that the holder knows of.
        narrowed_why=why,
        narrowed_from_minor=hold.narrowed_from_minor if _tells_narrowing(hold) else still_held_minor(hold),
        decided_by=by,
        decided_at=setting.now,
    )
    tx.put(HOLDS, narrowed)
    if surplus:
        core_command(tx, narrowed, CoreVerb.unreserve, surplus, setting)
    return narrowed


def _tells_narrowing(hold: AgentHold) -> bool:
    return hold.notice_due is NoticeKind.hold_narrowed and hold.narrowed_from_minor > 0


def expire_holds(tx: Transaction, exchange: ParticipantId, setting: Setting) -> int:
    """End the holds whose time has run out, and the pieces, and tell the exchange; return how many there were.

    The core's own clock ends a hold at the core; whichever is first, the other finds nothing left to do. A piece is
    ended after the holds: one that stands longer is told on.
    """
    return _expire_holds(tx, exchange, setting) + end_pieces(tx, exchange, setting)


def _expire_holds(tx: Transaction, exchange: ParticipantId, setting: Setting) -> int:
    due = tx.find(
        HOLDS,
        Condition("status", "in", LIVE_STATUSES),
        Condition("expires_at", "<=", setting.now),
        order=("expires_at",),
        limit=EXPIRING_PER_RUN_MAX,
    )
    if due:
        with_lines(tx, due, exchange, setting, end_expired)
    return len(due)


def end_expired(tx: Transaction, hold: AgentHold, setting: Setting) -> None:
    """End one hold whose time has run out: without a human's confirmation that is a release, with it the expiry."""
    if hold.status not in LIVE_STATUSES or hold.expires_at > setting.now:
        return
    if hold.awaits_confirmation:
        end_hold(tx, hold, HoldStatus.released, HoldEnd.not_confirmed, setting)
    else:
        end_hold(tx, hold, HoldStatus.expired, HoldEnd.time_ran_out, setting)


def with_lines(
    tx: Transaction,
    holds: Sequence[AgentHold],
    exchange: ParticipantId,
    setting: Setting,
    change: Change,
) -> None:
    """Apply ``change`` to holds as they are once their accounts are locked, then answer anew for their pieces."""
    lines = locked_lines(tx, {hold.account_id for hold in holds})
    current = tx.lock(HOLDS, {(hold.hold_id,) for hold in holds})
    for hold in sorted(current.values(), key=lambda hold: hold.hold_id):
        change(tx, hold, setting)
    follows = tx.get_many(FOLLOWS, {(hold.order_id,) for hold in holds})
    tell_answers(tx, answer_follows(tx, list(follows.values()), lines, setting), exchange, setting)


def next_end(tx: Transaction) -> Instant | None:
    """Return when the next hold or piece ends by itself, for the timer."""
    rows = tx.find(HOLDS, Condition("status", "in", LIVE_STATUSES), order=("expires_at",), limit=1)
    ends = [*(hold.expires_at for hold in rows), next_piece_end(tx)]
    return min((end for end in ends if end is not None), default=None)


def _known_end(why: str) -> bool:
    return why in ORDERED_ENDS


def take_release_orders(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Carry out orders to let go. One for a hold that has ended already is carried out by that end."""
    handled = []
    for envelope in envelopes:
        order = envelope.body
        assert isinstance(order, ReleaseOrder)
        hold = locked_hold(tx, order.hold_id)
        follow = tx.lock(FOLLOWS, {(order.order_id,)}).get((order.order_id,))
        if follow is None or not _known_end(order.why):
            place = "body.order_id" if follow is None else "body.why"
            handled.append(Handled(rejection=Rejection.order_unknown, place=place))
            continue
        is_carried = hold is not None and hold.status in LIVE_STATUSES and hold.carried_by is not None
        if order.keep_minor == 0 and not is_carried:
            follow = replace(follow, ended=HoldEnd(order.why))
            tx.put(FOLLOWS, follow)
        if hold is not None:
            with_lines(tx, [hold], ParticipantId(envelope.sender), setting, _released_by(order))
        else:
            account_ids = {follow.account_id} if follow.account_id is not None else set()
            answers = answer_follows(tx, [follow], locked_lines(tx, account_ids), setting)
            tell_answers(tx, answers, ParticipantId(envelope.sender), setting)
        handled.append(Handled())
    return handled


def _released_by(order: ReleaseOrder) -> Change:
    """Let go of this bank's own pause. What an authority carries on ends with its measure (`measures`)."""

    def change(tx: Transaction, hold: AgentHold, setting: Setting) -> None:
        if hold.status not in LIVE_STATUSES or hold.carried_by is not None:
            return
        if 0 < order.keep_minor < hold.held_minor:
            narrow_hold(tx, hold, order.keep_minor, setting)
        elif order.keep_minor:
            tx.put(HOLDS, replace(hold, claim_minor=min(hold.claim_minor, order.keep_minor)))
        else:
            end_hold(tx, hold, HoldStatus.released, HoldEnd(order.why), setting)

    return change


def take_pay_orders(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Ask the core to pay held money to the victim. One that has ended or is too small: nothing is paid."""
    handled = []
    for envelope in envelopes:
        order = envelope.body
        assert isinstance(order, PayOrder)
        hold = locked_hold(tx, order.hold_id)
        rejection = _pay_fault(hold, order, setting.now)
        if rejection is not None or hold is None:
            place = "body.lane" if rejection is Rejection.lane_unknown else "body.hold_id"
            handled.append(Handled(rejection=rejection, place=place))
            continue
        to = f"{order.to_participant_id}/{order.report_id}/{order.refund_id}"
        core_command(tx, hold, CoreVerb.pay, order.amount_minor, setting, to=to, lane=Lane(order.lane))
        handled.append(Handled())
    return handled


def _pay_fault(hold: AgentHold | None, order: PayOrder, now: Instant) -> Rejection | None:
    if hold is None:
        return Rejection.hold_unknown
    if order.lane not in Lane.__members__:
        return Rejection.lane_unknown
    if hold.status is not HoldStatus.placed or hold.expires_at <= now:
        return Rejection.hold_has_ended
    # What the core was asked to let go of is held no more, although it may not have booked that yet.
    if order.amount_minor > min(hold.held_minor, hold.reserved_minor - hold.releasing_minor):
        return Rejection.amount_above_hold
    return None


def locked_hold(tx: Transaction, hold_id: HoldId) -> AgentHold | None:
    """Return a hold with its account locked, so that what is decided is decided on what is so."""
    seen = tx.get(HOLDS, hold_id)
    if seen is None:
        return None
    locked_lines(tx, {seen.account_id})
    return tx.lock(HOLDS, {(hold_id,)})[(hold_id,)]


def account_of_report(tx: Transaction, report_id: ReportId) -> AccountId | None:
    """Return the account that a refund of this report goes to, at the bank where the victim reported."""
    report = tx.get(LOCAL_REPORTS, report_id)
    return report.account_id if report else None
