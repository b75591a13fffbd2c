"""Booking one account's entries on its line: credits, debits, and the core's own reserve, unreserve and pay.

The account is locked by the caller. Each entry is applied in its number's order; after it, the line satisfies
``free + held - debt = balance`` and its consumed, held and free stretches tile it.
"""

from tarazy.agent.answering import core_command, is_live, new_hold, still_held_minor
from tarazy.agent.books import Book
from tarazy.agent.core_port import CoreVerb
from tarazy.agent.paid import end_by_payment, pay_commands
from tarazy.agent.records import (
    CONSUMPTIONS,
    CREDIT_PLACES,
    CREDITS,
    HOLD_SEGMENTS,
    HOLDS,
    AgentHold,
    CreditPlace,
    Follow,
)
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.entry import CORE_HOLD_KINDS, AccountEntry, EntryKind
from tarazy.domain.hold import LIVE_STATUSES, HoldEnd, HoldStatus, moved
from tarazy.domain.line import (
    AccountLine,
    HoldSegment,
    LineChange,
    apply_backward,
    apply_credit,
    apply_debit,
    free_units,
    holdable_minor,
    lay_hold,
    pay_units,
    repay_debt,
)
from tarazy.domain.notice import NoticeKind
from tarazy.domain.tracing import StopKind, window_on_line
from tarazy.protocol.bodies import PaymentTold
from tarazy.values.ids import HoldId
from tarazy.values.instant import Instant
from tarazy.values.interval import Interval, Intervals, intersect, take_lowest, total, union
from tarazy.values.replacing import replace

END_NOTICES = {
    HoldStatus.released: NoticeKind.hold_released,
    HoldStatus.declined: NoticeKind.hold_released,
    HoldStatus.expired: NoticeKind.hold_expired,
    HoldStatus.paid: NoticeKind.refund_paid,
}


def book_entry(tx: Transaction, book: Book, entry: AccountEntry, setting: Setting) -> None:
    """Apply the next entry of the account; its number is the one after the line's."""
    assert entry.entry_no == book.line.entry_no + 1
    if entry.kind not in CORE_HOLD_KINDS and entry.kind is not EntryKind.credit:
        _yield_unreserved(tx, book, entry, setting)
    if entry.kind is EntryKind.reserve:
        _book_reserve(tx, book, entry, setting)
    elif entry.kind is EntryKind.unreserve:
        _book_unreserve(tx, book, entry, setting)
    elif entry.kind is EntryKind.pay:
        _book_pay(tx, book, entry, setting)
    elif entry.kind is EntryKind.credit:
        _write(tx, book, apply_credit(book.line, entry))
    elif entry.original_ref is not None:
        named = tx.get(CREDITS, entry.account_id, entry.original_ref)
        _write(tx, book, apply_backward(book.line, entry, named))
    else:
        _write(tx, book, apply_debit(book.line, entry))
    book.line = replace(book.line, entry_no=entry.entry_no)


def _yield_unreserved(tx: Transaction, book: Book, entry: AccountEntry, setting: Setting) -> None:
    """Let go of what waiting claims were given and the core has not reserved, as far as the core has spent it.

    The core is the only arbiter: a debit that it has booked before the reserve took the very units that were waiting.
    """
    missing = entry.amount_minor - book.line.free_minor
    for hold in sorted(book.holds.values(), key=lambda hold: hold.hold_id):
        unreserved = hold.held_minor - hold.reserved_minor
        if missing <= 0 or unreserved <= 0:
            continue
        amount = min(missing, unreserved)
        kept, released = take_lowest(book.units_of(hold.hold_id), hold.held_minor - amount)
        _set_segments(tx, book, hold, kept)
        book.line = free_units(book.line, released)
        missing -= amount
        after = replace(hold, held_minor=total(kept))
        if after.held_minor or after.asked_minor:
            _keep(tx, book, after)
        else:
            _end(tx, book, after, _end_of_nothing(after), HoldEnd.nothing_to_hold, setting)


def _write(tx: Transaction, book: Book, change: LineChange) -> None:
    book.line = change.line
    if change.credit is not None:
        tx.add(CREDITS, change.credit)
        if change.credit.is_protected and book.line.is_natural_person:
            book.receipts.append(change.credit)
        place = CreditPlace(
            transfer_ref=change.credit.transfer_ref,
            account_id=change.credit.account_id,
            line_from=change.credit.line_from,
            line_to=change.credit.line_to,
        )
        tx.add(CREDIT_PLACES, place)
    for consumption in change.consumptions:
        tx.add(CONSUMPTIONS, consumption)
    if book.consumptions is not None:
        book.consumptions += change.consumptions


def _book_reserve(tx: Transaction, book: Book, entry: AccountEntry, setting: Setting) -> None:
    """Lay the hold on the free units of its piece; what the core reserved in excess or beyond the claim is unreserved.

    Units that a waiting claim was given when another hold ended are laid already: the reserve covers them first, and
    those that it does not cover are let go.
    """
    hold = book.holds.get(entry.hold_id or HoldId(""))
    if hold is None:
        return
    hold = replace(hold, asked_minor=0, reserved_minor=hold.reserved_minor + entry.amount_minor)
    if not is_live(hold, setting.now):
        core_command(tx, hold, CoreVerb.unreserve, entry.amount_minor, setting)
        _keep(tx, book, replace(hold, releasing_minor=hold.releasing_minor + entry.amount_minor))
        return
    uncovered = hold.held_minor - hold.reserved_minor
    if uncovered > 0:
        hold = _let_go(tx, book, hold, uncovered, entry, setting)
    else:
        hold = _lay_on_piece(tx, book, hold, -uncovered, setting)
    # The hold may have been narrowed while this was under way: what is beyond its claim is not kept either.
    excess = hold.reserved_minor - min(hold.held_minor, hold.claim_minor) - hold.releasing_minor
    if excess > 0:
        core_command(tx, hold, CoreVerb.unreserve, excess, setting)
        hold = replace(hold, releasing_minor=hold.releasing_minor + excess)
    if hold.held_minor:
        _keep(tx, book, placed(hold))
    else:
        _end(tx, book, hold, HoldStatus.declined, HoldEnd.nothing_to_hold, setting)


def _lay_on_piece(tx: Transaction, book: Book, hold: AgentHold, amount_minor: int, setting: Setting) -> AgentHold:
    follow = _follow_of(book, hold)
    credit = tx.get(CREDITS, hold.account_id, hold.transfer_ref)
    if follow is None or credit is None:
        return hold
    window = window_on_line(credit, Interval(follow.from_minor, follow.to_minor))
    floor = book.floor_for(follow, setting.now)
    may = min(amount_minor, holdable_minor(book.line, window, hold.claim_minor - hold.held_minor, floor))
    laid = _lay(tx, book, hold, window, may)
    free_left = total(intersect(book.line.free, window))
    is_floored = free_left > 0 and book.line.free_minor <= floor
    rest = StopKind.protected if is_floored or hold.rest is StopKind.protected else StopKind.core_reserved_less
    return replace(hold, held_minor=hold.held_minor + laid, rest=rest)


def _lay(tx: Transaction, book: Book, hold: AgentHold, window: Interval, amount_minor: int) -> int:
    """Put the lowest free units of the window under the hold; return how many."""
    book.line, laid = lay_hold(book.line, window, amount_minor)
    for stretch in laid:
        segment = HoldSegment(hold.account_id, hold.hold_id, stretch.start, stretch.end)
        book.segments.append(segment)
        tx.add(HOLD_SEGMENTS, segment)
    return total(laid)


def _book_unreserve(tx: Transaction, book: Book, entry: AccountEntry, setting: Setting) -> None:
    """Let go what the core no longer reserves. If nobody here had ended the hold, the core's own clock did."""
    hold = book.holds.get(entry.hold_id or HoldId(""))
    if hold is None:
        return
    unasked = max(0, entry.amount_minor - hold.releasing_minor)
    hold = replace(
        hold,
        reserved_minor=max(0, hold.reserved_minor - entry.amount_minor),
        releasing_minor=max(0, hold.releasing_minor - entry.amount_minor),
    )
    surplus = hold.held_minor - hold.reserved_minor
    if surplus > 0:
        hold = _let_go(tx, book, hold, surplus, entry, setting)
        hold = _dropped(hold, min(unasked, surplus), setting)
    if hold.status in LIVE_STATUSES and hold.held_minor == 0 and hold.asked_minor == 0:
        status, end = _end_by_core(hold, setting.now)
        _end(tx, book, hold, status, end, setting)
    else:
        _keep(tx, book, hold)


def _dropped(hold: AgentHold, amount_minor: int, setting: Setting) -> AgentHold:
    """Return a hold of which the core has dropped a part by itself: while the rest stands, its holder is to be told."""
    if amount_minor == 0 or hold.told_minor == 0 or not is_live(hold, setting.now):
        return hold
    due = hold.notice_due or NoticeKind.hold_dropped_in_part
    left = max(0, hold.last_minor - amount_minor)
    return replace(hold, dropped_minor=hold.dropped_minor + amount_minor, notice_due=due, last_minor=left)


def _end_by_core(hold: AgentHold, now: Instant) -> tuple[HoldStatus, HoldEnd]:
    """Return how a hold ended whose reserve the core has dropped: by the same clock as here, or for its own reasons."""
    if hold.expires_at > now:
        return HoldStatus.expired, HoldEnd.core_dropped
    if hold.awaits_confirmation:
        return HoldStatus.released, HoldEnd.not_confirmed
    return HoldStatus.expired, HoldEnd.time_ran_out


def _let_go(
    tx: Transaction, book: Book, hold: AgentHold, amount_minor: int, entry: AccountEntry, setting: Setting
) -> AgentHold:
    """Free the highest ``amount_minor`` held units, offer them to waiting claims, then let them repay the debt."""
    units = book.units_of(hold.hold_id)
    kept, released = take_lowest(units, total(units) - amount_minor)
    _set_segments(tx, book, hold, kept)
    book.line = free_units(book.line, released)
    _offer(tx, book, hold, released, setting)
    _write(tx, book, repay_debt(book.line, entry))
    return replace(hold, held_minor=total(kept))


def _set_segments(tx: Transaction, book: Book, hold: AgentHold, kept: Intervals) -> None:
    for row in [row for row in book.segments if row.hold_id == hold.hold_id]:
        book.segments.remove(row)
        tx.delete(HOLD_SEGMENTS, row.account_id, row.line_from)
    for stretch in kept:
        segment = HoldSegment(hold.account_id, hold.hold_id, stretch.start, stretch.end)
        book.segments.append(segment)
        tx.put(HOLD_SEGMENTS, segment)


def _offer(tx: Transaction, book: Book, ended: AgentHold, released: Intervals, setting: Setting) -> None:
    """Give units that come free to the other claims that wait for them, in the order of their reports.

    Each claim takes them under its own assessment and only until its own end; its reserve is asked of the core now. A
    claim whose piece has come to its end waits no more.
    """
    for follow in sorted(book.follows, key=lambda follow: (follow.rank, follow.order_id)):
        if follow.terms is None or follow.ended is not None or follow.terms.hold_id == ended.hold_id:
            continue
        if follow.ends_at <= setting.now:
            continue
        credit = tx.get(CREDITS, book.line.account_id, follow.transfer_ref)
        assert credit is not None
        window = window_on_line(credit, Interval(follow.from_minor, follow.to_minor))
        hold = book.holds.get(follow.terms.hold_id) or new_hold(follow, credit, setting.now)
        if not is_live(hold, setting.now):
            continue
        floor = book.floor_for(follow, setting.now)
        for stretch in released:
            low, high = max(stretch.start, window.start), min(stretch.end, window.end)
            if low >= high:
                continue
            room = hold.claim_minor - hold.held_minor - hold.asked_minor
            may = holdable_minor(book.line, Interval(low, high), max(0, room), floor)
            laid = _lay(tx, book, hold, Interval(low, high), may)
            if laid:
                hold = replace(hold, held_minor=hold.held_minor + laid)
                core_command(tx, hold, CoreVerb.reserve, laid, setting)
                _keep(tx, book, hold)


def _book_pay(tx: Transaction, book: Book, entry: AccountEntry, setting: Setting) -> None:
    """Consume the lowest held units: they go home, also those of a hold that has ended since the core was asked.

    A hold of which nothing is left but what the core is letting go of already is over with the payment. That the units
    are there was examined before.
    """
    assert entry.hold_id is not None
    hold = book.holds[entry.hold_id]
    paid, kept = take_lowest(book.units_of(hold.hold_id), entry.amount_minor)
    _set_segments(tx, book, hold, kept)
    _write(tx, book, pay_units(book.line, paid, entry))
    if _follow_of(book, hold) is None:
        _note_late(tx, book, hold, paid)
    hold = replace(
        hold,
        held_minor=total(kept),
        reserved_minor=max(0, hold.reserved_minor - entry.amount_minor),
        paid_minor=hold.paid_minor + total(paid),
        last_minor=max(0, hold.last_minor - total(paid)),
        notice_due=hold.notice_due or NoticeKind.refund_paid,
    )
    if hold.status is HoldStatus.placed and still_held_minor(hold) == 0:
        _end(tx, book, hold, HoldStatus.paid, end_by_payment(pay_commands(tx, [hold])), setting)
    else:
        _keep(tx, book, hold)


def _note_late(tx: Transaction, book: Book, hold: AgentHold, paid: Intervals) -> None:
    credit = tx.get(CREDITS, hold.account_id, hold.transfer_ref)
    assert credit is not None
    units = [stretch.shifted(-credit.line_from) for stretch in paid]
    book.paid_late[hold.order_id] = union((*book.paid_late.get(hold.order_id, ()), *units))


def placed(hold: AgentHold) -> AgentHold:
    """Return a hold that lies on the line now; its holder is to be told, once."""
    due = NoticeKind.hold_placed if hold.status is HoldStatus.requested else hold.notice_due
    told, last = max(hold.told_minor, hold.held_minor + hold.paid_minor), still_held_minor(hold)
    return replace(hold, status=moved(hold.status, HoldStatus.placed), notice_due=due, told_minor=told, last_minor=last)


def ended(hold: AgentHold, status: HoldStatus, end: HoldEnd, setting: Setting) -> AgentHold:
    """Return a hold that is over, and that nobody of this bank has decided on the end of.

    A holder whose money lay under it is to be told of the end; of one that never held anything they are told that the
    bank has answered a question about their money.
    """
    return replace(
        hold,
        status=moved(hold.status, status),
        end=end,
        ended_at=setting.now,
        notice_due=END_NOTICES[status] if hold.told_minor else NoticeKind.trace_answered,
        decided_by=None,
        decided_at=setting.now,
    )


def _end(tx: Transaction, book: Book, hold: AgentHold, status: HoldStatus, end: HoldEnd, setting: Setting) -> None:
    _keep(tx, book, ended(hold, status, end, setting))


def _keep(tx: Transaction, book: Book, hold: AgentHold) -> None:
    book.holds[hold.hold_id] = hold
    tx.put(HOLDS, hold)


def refuse_reserve(tx: Transaction, book: Book, hold_id: HoldId, setting: Setting) -> None:
    """The core had nothing to reserve: what was given to this claim beyond the core's reserve is let go again."""
    hold = replace(book.holds[hold_id], asked_minor=0)
    uncovered = hold.held_minor - hold.reserved_minor
    if uncovered > 0:
        hold = _let_go(tx, book, hold, uncovered, _repayment_entry(book.line, hold, setting), setting)
    if hold.held_minor == 0 and hold.status in LIVE_STATUSES:
        _end(tx, book, hold, _end_of_nothing(hold), HoldEnd.nothing_to_hold, setting)
    else:
        _keep(tx, book, hold)


def note_payment(tx: Transaction, book: Book, hold_id: HoldId, payment: PaymentTold) -> None:
    """Keep what became of one payment of a refund, for the next answer, and for its holder if it was booked before."""
    hold = book.holds[hold_id]
    if payment not in hold.payments:
        due = NoticeKind.refund_paid if payment.is_paid and hold.paid_minor else None
        _keep(tx, book, replace(hold, payments=(*hold.payments, payment), notice_due=hold.notice_due or due))


def _end_of_nothing(hold: AgentHold) -> HoldStatus:
    return HoldStatus.declined if hold.status is HoldStatus.requested else HoldStatus.released


def _repayment_entry(line: AccountLine, hold: AgentHold, setting: Setting) -> AccountEntry:
    """Stand in for a booking where the core booked nothing: a repayment that follows is recorded at the last entry."""
    return AccountEntry(
        account_id=line.account_id,
        entry_no=line.entry_no,
        kind=EntryKind.unreserve,
        amount_minor=1,
        currency=line.currency,
        booked_at=setting.now,
        hold_id=hold.hold_id,
    )


def _follow_of(book: Book, hold: AgentHold) -> Follow | None:
    return next((follow for follow in book.follows if follow.order_id == hold.order_id), None)
