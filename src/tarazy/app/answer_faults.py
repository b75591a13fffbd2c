"""What is wrong with a bank's answer: it must tile its piece, leave what left, and pay nothing that was not ordered.

Most of it is seen from the answer and the piece alone. Only an answer that speaks of money paid back is held against
the payments that were ordered; the ordinary one costs no further look.
"""

from collections.abc import Iterable, Sequence
from itertools import islice, takewhile

from tarazy.app.holding import part_id_of
from tarazy.app.records import CASE_HOLDS, PIECES, Piece
from tarazy.app.refund_records import REFUND_PARTS, RefundPart
from tarazy.app.store import Condition, Transaction
from tarazy.domain.entry import ExitKind
from tarazy.domain.hold import HoldStatus
from tarazy.domain.rejection import Rejection
from tarazy.domain.tracing import ShareKind, StopKind, WaitKind, tiling_fault
from tarazy.protocol.bodies import Answer, ShareTold
from tarazy.values.ids import ParticipantId, SealedRef
from tarazy.values.interval import Interval, Intervals, intersect, subtract, total, union
from tarazy.values.money import MINOR_MAX

Fault = tuple[Rejection, str]
"""Why an answer is refused, and where in it."""

HELD = frozenset({ShareKind.held, ShareKind.requested})
DETAILS = {
    ShareKind.exited: frozenset(ExitKind),
    ShareKind.stopped: frozenset(StopKind),
    ShareKind.waiting: frozenset(WaitKind),
}


def fault_in(tx: Transaction, piece: Piece, answer: Answer) -> Fault | None:
    """Return what is wrong with an answer to this piece and where, or None."""
    return _form_fault(piece, answer) or _onward_fault(piece, answer) or _paid_fault(tx, piece, answer)


def moved_on(shares: Iterable[ShareTold]) -> Intervals:
    """Return the stretches that have moved on. Each has a piece of its own from the first answer that names it."""
    return union(_stretch(share) for share in shares if is_onward(share))


def is_onward(share: ShareTold) -> bool:
    """Return whether the units of a share have moved on to another institution."""
    return share.kind == ShareKind.moved_on


def _form_fault(piece: Piece, answer: Answer) -> Fault | None:
    asked = Interval(piece.from_minor, piece.to_minor)
    tiling = tiling_fault(asked, [Interval(share.from_minor, share.to_minor) for share in answer.shares])
    if tiling is not None:
        is_outside = any(share.from_minor < asked.start or share.to_minor > asked.end for share in answer.shares)
        rejection = Rejection.answer_out_of_piece if is_outside else Rejection.answer_does_not_add_up
        return rejection, f"body.shares: {tiling}"
    if answer.hold_status is not None and answer.hold_status not in HoldStatus.__members__:
        return Rejection.answer_does_not_add_up, "body.hold_status: expected a status of a hold"
    held = sum(_amount(share) for share in answer.shares if share.kind in HELD)
    if piece.terms is not None and held > piece.terms.claim_minor:
        return Rejection.answer_does_not_add_up, "body.shares: more is held than the terms of the order allow"
    for index, share in enumerate(answer.shares):
        place = _share_fault(share, piece)
        if place is not None:
            return Rejection.answer_does_not_add_up, f"body.shares[{index}].{place}"
    return None


def _share_fault(share: ShareTold, piece: Piece) -> str | None:
    if share.kind not in ShareKind.__members__:
        return "kind: expected a state of the equation"
    kind = ShareKind(share.kind)
    if kind in DETAILS and share.detail not in DETAILS[kind]:
        return f"detail: expected a kind of {kind}"
    if share.onward_from + _amount(share) > MINOR_MAX:
        return "onward_from: expected a place in the onward transfer"
    if kind is ShareKind.moved_on and (share.participant_id is None or share.sealed_ref is None):
        return "sealed_ref: expected where the money went"
    if kind in {ShareKind.held, ShareKind.requested} and piece.hold_id is None:
        return "kind: nothing may be held of this piece"
    return None


def _onward_fault(piece: Piece, answer: Answer) -> Fault | None:
    """Return how an answer takes back or leads elsewhere what has a piece of its own already."""
    before = [share for share in piece.shares if is_onward(share)]
    if not before:
        return None
    if subtract(moved_on(before), moved_on(answer.shares)):
        return Rejection.answer_takes_back_money_that_left, "body.shares"
    at = 0
    for index, share in enumerate(answer.shares):
        while at < len(before) and before[at].to_minor <= share.from_minor:
            at += 1
        if is_onward(share) and any(
            _way_of(share) != _way_of(old) for old in _up_to(share.to_minor, islice(before, at, None))
        ):
            where = f"body.shares[{index}]: what left is led elsewhere than before"
            return Rejection.answer_takes_back_money_that_left, where
    return None


def _up_to(end: int, shares: Iterable[ShareTold]) -> Iterable[ShareTold]:
    return takewhile(lambda share: share.from_minor < end, shares)


def _way_of(share: ShareTold) -> tuple[ParticipantId | None, SealedRef | None, int]:
    """Return by which transfer units went, and how far their places in it are from those in this one."""
    return share.participant_id, share.sealed_ref, share.onward_from - share.from_minor


def _paid_fault(tx: Transaction, piece: Piece, answer: Answer) -> Fault | None:
    """Return what of an answer was paid back without an order. What a bank sends back of its own accord is `returned`.

    A payment counts as ordered whatever has become of it since: a bank's word that it was made comes last.
    """
    refunded = union(_stretch(share) for share in answer.shares if share.kind == ShareKind.refunded)
    if not refunded and not answer.payments:
        return None
    own = tx.find(REFUND_PARTS, Condition("hold_id", "=", piece.hold_id)) if piece.hold_id is not None else []
    place = _payment_fault(answer, own)
    if place is not None:
        return Rejection.answer_does_not_add_up, place
    missing = total(refunded) - sum(part.amount_minor for part in own)
    if missing > 0 and missing > _ordered_of_others(tx, piece, refunded):
        return Rejection.answer_does_not_add_up, "body.shares: more is refunded than was ordered"
    return None


def _payment_fault(answer: Answer, ordered: Sequence[RefundPart]) -> str | None:
    """Return which payment nobody has ordered of this hold, or not so much, or which is told as made twice."""
    left = {part.part_id: part.amount_minor for part in ordered}
    of_hold = ordered[0].hold_id if ordered else None
    for index, payment in enumerate(answer.payments):
        part_id = part_id_of(payment.refund_id, of_hold, payment.report_id) if of_hold is not None else ""
        if left.get(part_id) != payment.amount_minor:
            return f"body.payments[{index}]: expected a payment that was ordered of this hold, once"
        if payment.is_paid:
            del left[part_id]
    return None


def _ordered_of_others(tx: Transaction, piece: Piece, refunded: Intervals) -> int:
    """Return how much was ordered of other holds at this bank that these units can lie under.

    Two reports can have followed the same units; they are paid once, and both banks' answers say so. Such holds lie on
    other tracings, at the same place of their transfer.
    """
    ordered = tx.find(REFUND_PARTS, Condition("participant_id", "=", piece.participant_id))
    holds = tx.get_many(CASE_HOLDS, {(part.hold_id,) for part in ordered})
    pieces = tx.get_many(PIECES, {(hold.piece_id,) for hold in holds.values() if hold.tracing_id != piece.tracing_id})
    minor = 0
    for one in pieces.values():
        shared = total(intersect(refunded, Interval(one.from_minor, one.to_minor)))
        minor += min(shared, sum(part.amount_minor for part in ordered if part.hold_id == one.hold_id))
    return minor


def _stretch(share: ShareTold) -> Interval:
    return Interval(share.from_minor, share.to_minor)


def _amount(share: ShareTold) -> int:
    return share.to_minor - share.from_minor
