"""The exchange's side of a hold: what its bank says of it, who confirmed it, who was told, and how it ended."""

from collections.abc import Callable, Sequence
from typing import Any

from tarazy.app.asking import hold_id_of
from tarazy.app.deadlines import close_deadline
from tarazy.app.eventing import record
from tarazy.app.measure_ends import hold_is_over
from tarazy.app.measure_records import CASE_MEASURES
from tarazy.app.messages import Handled, queue
from tarazy.app.notice_times import note_late_notice, note_late_notice_of_pause
from tarazy.app.records import CASE_HOLDS, NOTICES_TOLD, PIECES, REPORTS, TRACINGS, CaseHold, NoticeTold, Piece, Tracing
from tarazy.app.refund_records import REFUND_PARTS, RefundPart
from tarazy.app.releasing import owe_release_of_hold, released_with_hold
from tarazy.app.returns import keep_return
from tarazy.app.setting import Setting
from tarazy.app.statements import Said, statement_in
from tarazy.app.store import Condition, Read, Transaction
from tarazy.domain.deadline import Duty
from tarazy.domain.hold import HOLD_TRANSITIONS, LIVE_STATUSES, HoldEnd, HoldStatus
from tarazy.domain.refund import PartStatus
from tarazy.domain.rejection import Rejection
from tarazy.domain.tracing import ShareKind
from tarazy.protocol.bodies import (
    Answer,
    HoldConfirmed,
    HoldLetGo,
    NoticeServed,
    PaymentTold,
    ReleaseOrder,
    ReturnOffered,
)
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act, Statement
from tarazy.values.ids import HoldId, ParticipantId, PieceId, RefundId, ReportId, derived
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

ENDING_PER_RUN_MAX = 500
NOT_OF_CASE = Handled(rejection=Rejection.report_unknown, place="body.for_report_id")

Checked = Callable[[CaseHold], Handled | None]


def stands(hold: CaseHold, now: Instant) -> bool:
    """Return whether a hold stands now. Its time is part of every reading of it."""
    return hold.status in LIVE_STATUSES and hold.expires_at > now


def new_hold(piece: Piece, currency: str) -> CaseHold:
    """Return the hold of a piece as its bank begins to tell of it: under the terms of the order, nothing held yet."""
    terms = piece.terms
    assert terms is not None
    assert terms.author.mandate_id is not None
    return CaseHold(
        hold_id=terms.hold_id,
        case_id=piece.case_id,
        tracing_id=piece.tracing_id,
        report_id=terms.report_id,
        piece_id=piece.piece_id,
        participant_id=piece.participant_id,
        measure=terms.measure,
        pack=terms.pack,
        norms=terms.norms,
        officer_id=terms.author.officer_id,
        mandate_id=terms.author.mandate_id,
        currency=currency,
        asked_minor=terms.claim_minor,
        held_minor=0,
        paid_minor=0,
        status=HoldStatus.requested,
        end=None,
        asked_at=piece.asked_at,
        placed_at=None,
        confirm_by=terms.confirm_by,
        expires_at=terms.confirm_by,
        expires_at_most=terms.expires_at,
        confirmed_by=None,
        confirmed_at=None,
        notice_code_hash=None,
        notice_served_at=None,
        return_offered_minor=0,
        return_report_id=None,
        ended_at=None,
    )


def hold_after_answer(tx: Transaction, tracing: Tracing, piece: Piece, answer: Answer, setting: Setting) -> Tracing:
    """Bring the hold of a piece up to date with its bank's answer; return the tracing with its last hold's time."""
    if piece.hold_id is None or answer.hold_status is None:
        return tracing
    hold = tx.get(CASE_HOLDS, piece.hold_id) or new_hold(piece, tracing.currency)
    held = sum(share.to_minor - share.from_minor for share in answer.shares if share.kind == ShareKind.held)
    paid = sum(payment.amount_minor for payment in answer.payments if payment.is_paid)
    status = _next_status(hold, HoldStatus(answer.hold_status))
    after = replace(
        hold,
        held_minor=0 if hold.status.is_final else min(held, hold.asked_minor),
        paid_minor=paid,
        status=status,
        expires_at=_next_end(hold, answer),
    )
    if (status is HoldStatus.placed or paid) and hold.placed_at is None:
        # One answer may tell at once that it was placed and that it is over: what was paid had been placed.
        after = replace(after, placed_at=setting.now)
        _record(tx, setting, "hold_placed", after, held_minor=after.held_minor + paid)
        tracing = replace(tracing, last_hold_at=setting.now)
    for payment in answer.payments:
        _settle_part(tx, after, payment, setting)
    if status.is_final and not hold.status.is_final:
        end = HoldEnd.__members__.get(answer.hold_end or "", HoldEnd.core_dropped)
        released_with_hold(tx, hold, setting)
        after = _ended(tx, after, status, end, setting)
    tx.put(CASE_HOLDS, after)
    return tracing


def _next_end(hold: CaseHold, answer: Answer) -> Instant:
    """Return the end that the bank names, never later than the one at hand: only a confirmation moves it on.

    The end of a hold that a measure carries is the measure's: an answer from before it was taken over changes nothing.
    """
    if hold.carried_by is not None:
        return hold.expires_at
    return hold.expires_at if answer.hold_expires_at is None else min(hold.expires_at, answer.hold_expires_at)


def _next_status(hold: CaseHold, told: HoldStatus) -> HoldStatus:
    """Return what the bank says of the hold, unless it is over: what has ended here does not come back."""
    if told is hold.status or told in HOLD_TRANSITIONS[hold.status]:
        return told
    if hold.status is HoldStatus.requested and told is HoldStatus.paid:
        return told
    return hold.status


def _ended(tx: Transaction, hold: CaseHold, status: HoldStatus, end: HoldEnd, setting: Setting) -> CaseHold:
    after = replace(hold, status=status, end=end, held_minor=0, ended_at=setting.now)
    _record(tx, setting, "hold_ended", after, end=end, status=status)
    hold_is_over(tx, hold, end, setting)
    for part in tx.find(
        REFUND_PARTS, Condition("hold_id", "=", hold.hold_id), Condition("status", "=", PartStatus.ordered)
    ):
        _failed(tx, part, hold, setting)
    return after


def _failed(tx: Transaction, part: RefundPart, hold: CaseHold, setting: Setting) -> None:
    """Record that a payment of a refund was not made; the bank's word that it was, if it comes, still counts."""
    if part.status is PartStatus.failed:
        return
    tx.put(REFUND_PARTS, replace(part, status=PartStatus.failed))
    _record(tx, setting, "refund_failed", hold, part=part.part_id, amount_minor=part.amount_minor)


def _settle_part(tx: Transaction, hold: CaseHold, payment: PaymentTold, setting: Setting) -> None:
    """Take what the bank says of one payment that was ordered of its hold; said twice, it counts once."""
    part = tx.get(REFUND_PARTS, part_id_of(payment.refund_id, hold.hold_id, payment.report_id))
    if part is None or part.status is PartStatus.paid or part.amount_minor != payment.amount_minor:
        return
    if not payment.is_paid:
        refused = replace(part, is_refused=True)
        tx.put(REFUND_PARTS, refused)
        _failed(tx, refused, hold, setting)
        return
    tx.put(REFUND_PARTS, replace(part, status=PartStatus.paid, paid_at=setting.now))
    report = tx.lock(REPORTS, {(part.report_id,)})[part.report_id,]
    tx.put(REPORTS, replace(report, returned_minor=report.returned_minor + part.amount_minor))
    record(
        tx,
        setting,
        "refund_paid",
        hold.participant_id,
        part.part_id,
        case_id=hold.case_id,
        hold=hold.hold_id,
        report=part.report_id,
        amount_minor=part.amount_minor,
    )


def part_id_of(refund_id: RefundId, hold_id: HoldId, report_id: ReportId) -> str:
    """Return the id of what one hold pays to one victim of a refund."""
    return derived("rp", refund_id, hold_id, report_id)


def end_overdue_holds(tx: Transaction, setting: Setting) -> int:
    """Record the end of holds that can stand nowhere any more, also when their bank is away; return how many.

    Until the latest end of its terms a hold may have been confirmed by a bank that is not heard of now. It does not
    stand here meanwhile (`stands`), but its end is the bank's to tell.
    """
    due = tx.claim(
        CASE_HOLDS,
        Condition("status", "in", list(LIVE_STATUSES)),
        Condition("expires_at_most", "<=", setting.now),
        order=("expires_at_most",),
        limit=ENDING_PER_RUN_MAX,
    )
    for hold in due:
        released_with_hold(tx, hold, setting)
        if hold.awaits_confirmation:
            after = _ended(tx, hold, HoldStatus.released, HoldEnd.not_confirmed, setting)
        else:
            after = _ended(tx, hold, HoldStatus.expired, HoldEnd.time_ran_out, setting)
        tx.put(CASE_HOLDS, after)
    return len(due)


def take_confirmations(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Take the word of a named human of the bank for a hold: its end moves to what the terms allow, and no further."""
    handled = []
    for envelope in envelopes:
        body = envelope.body
        assert isinstance(body, HoldConfirmed)

        def too_far(hold: CaseHold, body: HoldConfirmed = body) -> Handled | None:
            if body.expires_at > hold.expires_at_most:
                return Handled(rejection=Rejection.end_beyond_terms, place="body.expires_at")
            return None

        said = Said(body, Act.confirm_hold, body.hold_id)
        checked = _statement_on(tx, envelope, said, setting, too_far)
        if isinstance(checked, Handled):
            handled.append(checked)
            continue
        hold, statement = checked
        ends = body.expires_at if hold.carried_by is None else hold.expires_at  # what is carried ends with its measure
        after = replace(hold, confirmed_by=statement.officer_id, confirmed_at=setting.now, expires_at=ends)
        tx.put(CASE_HOLDS, after)
        _record(tx, setting, "hold_confirmed", after, officer=statement.officer_id, expires_at=body.expires_at.text())
        handled.append(Handled())
    return handled


def take_let_go(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Record that the bank's officer has released or narrowed a hold. The bank's next answer carries the sums."""
    handled = []
    for envelope in envelopes:
        body = envelope.body
        assert isinstance(body, HoldLetGo)
        act = Act.narrow_hold if body.keep_minor else Act.release_hold
        said = Said(body, act, body.hold_id)
        checked = _statement_on(tx, envelope, said, setting, _nothing_more)
        if isinstance(checked, Handled):
            handled.append(checked)
            continue
        hold, statement = checked
        kind = "hold_narrowed" if body.keep_minor else "hold_release_decided"
        _record(tx, setting, kind, hold, officer=statement.officer_id, keep_minor=body.keep_minor)
        handled.append(Handled())
    return handled


def _nothing_more(_: CaseHold) -> Handled | None:
    return None


def notice_reads(envelopes: Sequence[Envelope], _: Setting) -> list[Read[Any]]:
    """Return what is read first for a batch of notices: the holds that they tell of, locked."""
    bodies = [envelope.body for envelope in envelopes if isinstance(envelope.body, NoticeServed)]
    return [Read(CASE_HOLDS, keys={(body.hold_id,) for body in bodies}, is_locking=True)]


def take_notices_served(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep that the holder was told, and the hash of the notice's code."""
    handled = []
    for envelope in envelopes:
        body = envelope.body
        assert isinstance(body, NoticeServed)
        hold = hold_of_sender(tx, body.hold_id, ParticipantId(envelope.sender))
        if isinstance(hold, Handled):
            handled.append(hold)
            continue
        if body.measure_id is not None:
            measure = tx.get(CASE_MEASURES, body.measure_id)
            if measure is None or measure.hold_id != body.hold_id:
                handled.append(Handled(rejection=Rejection.measure_unknown, place="body.measure_id"))
                continue
            note_late_notice(tx, measure, hold, body.served_at, setting)
            close_deadline(tx, Duty.tell_holder, body.measure_id, setting)
        elif hold.notice_served_at is None:
            note_late_notice_of_pause(tx, hold, body.served_at, setting)
        told = NoticeTold(
            notice_id=body.notice_id,
            hold_id=body.hold_id,
            code_hash=body.code_hash,
            channel=body.channel,
            served_at=body.served_at,
        )
        tx.put(NOTICES_TOLD, told)
        first = hold.notice_served_at or body.served_at
        tx.put(CASE_HOLDS, replace(hold, notice_served_at=first, notice_code_hash=body.code_hash))
        _record(tx, setting, "notice_served", hold, notice=body.notice_id, code_hash=body.code_hash)
        handled.append(Handled())
    return handled


def take_returns_offered(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep that the holder gives money back. An officer's refund in the lane of consent pays it, unless revoked."""
    handled = []
    for envelope in envelopes:
        body = envelope.body
        assert isinstance(body, ReturnOffered)

        def cannot_give(hold: CaseHold, body: ReturnOffered = body) -> Handled | None:
            if body.amount_minor > hold.held_minor:
                return Handled(rejection=Rejection.amount_above_hold, place="body.amount_minor")
            if not body.is_checked:
                return Handled(rejection=Rejection.checks_missing, place="body.checks")
            return None if _is_of_case(tx, body.for_report_id, hold) else NOT_OF_CASE

        said = Said(body, Act.record_return, body.hold_id)
        checked = _statement_on(tx, envelope, said, setting, cannot_give)
        if isinstance(checked, Handled):
            handled.append(checked)
            continue
        hold, statement = checked
        after = replace(hold, return_offered_minor=body.amount_minor, return_report_id=body.for_report_id)
        tx.put(CASE_HOLDS, after)
        keep_return(tx, body, statement)
        given = {"amount_minor": body.amount_minor, "report": body.for_report_id}
        _record(tx, setting, "return_offered", hold, officer=statement.officer_id, **given)
        handled.append(Handled())
    return handled


def _is_of_case(tx: Transaction, report_id: ReportId | None, hold: CaseHold) -> bool:
    """Return whether a return can be for a report: it is of the hold's case, or none is named."""
    report = None if report_id is None else tx.get(REPORTS, report_id)
    return report_id is None or (report is not None and report.case_id == hold.case_id)


def order_release(tx: Transaction, piece: Piece, why: HoldEnd, setting: Setting) -> None:
    """Order the bank to let go of what it may hold of a piece, and record the decision."""
    assert piece.terms is not None
    order_no_more(tx, piece.piece_id, piece.participant_id, why, setting)
    owe_release_of_hold(tx, piece.terms.hold_id, setting)
    record(
        tx,
        setting,
        "release_ordered",
        piece.participant_id,
        piece.terms.hold_id,
        case_id=piece.case_id,
        norms=piece.terms.norms,
        why=why,
    )


def order_no_more(
    tx: Transaction, piece_id: PieceId, participant_id: ParticipantId, why: HoldEnd, setting: Setting
) -> None:
    """Order a bank to let go of a piece and to follow it no more."""
    body = ReleaseOrder(order_id=piece_id, hold_id=hold_id_of(piece_id), why=why, keep_minor=0)
    queue(tx, setting.envelope(participant_id, body, piece_id, why), setting)


def _statement_on(
    tx: Transaction,
    envelope: Envelope,
    said: Said,
    setting: Setting,
    check: Checked,
) -> tuple[CaseHold, Statement] | Handled:
    """Return the hold and the statement if the hold is the sender's and stood when the officer signed what fits it."""
    hold = hold_of_sender(tx, HoldId(said.subject_id), ParticipantId(envelope.sender))
    if isinstance(hold, Handled):
        return hold
    statement = statement_in(envelope, said, setting)
    if isinstance(statement, Handled):
        return statement
    if not stands(hold, statement.at):
        return Handled(rejection=Rejection.hold_has_ended, place="body.hold_id")
    return check(hold) or (hold, statement)


def hold_of_sender(tx: Transaction, hold_id: HoldId, sender: ParticipantId) -> CaseHold | Handled:
    """Return a hold of which its bank speaks, locked, or why it is none; one untold of yet is not in the table."""
    hold = _locked(tx, hold_id) or _untold(tx, hold_id)
    if hold is None:
        return Handled(rejection=Rejection.hold_unknown, place="body.hold_id")
    if hold.participant_id != sender:
        return Handled(rejection=Rejection.hold_not_of_sender, place="body.hold_id")
    return hold


def _untold(tx: Transaction, hold_id: HoldId) -> CaseHold | None:
    """Return the hold of a piece whose bank speaks of it before its answer has come: a message may overtake a reply.

    The tracing is locked, as for an answer: one of the two makes the row.
    """
    found = tx.find(PIECES, Condition("hold_id", "=", hold_id), limit=1)
    if not found:
        return None
    tracing = tx.lock(TRACINGS, {(found[0].tracing_id,)})[found[0].tracing_id,]
    known = _locked(tx, hold_id, is_anew=True)
    return known or replace(new_hold(found[0], tracing.currency), case_id=tracing.case_id)  # it may have been joined


def _locked(tx: Transaction, hold_id: HoldId, *, is_anew: bool = False) -> CaseHold | None:
    locked = tx.gather(Read(CASE_HOLDS, keys={(hold_id,)}, is_locking=True, is_anew=is_anew))[0]
    return locked[0] if locked else None


def _record(tx: Transaction, setting: Setting, kind: str, hold: CaseHold, **details: str | int | None) -> None:
    record(
        tx,
        setting,
        kind,
        hold.participant_id,
        hold.hold_id,
        case_id=hold.case_id,
        norms=hold.norms,
        **details,
    )
