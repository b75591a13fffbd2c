"""Taking banks' answers: each must tile its piece, be newer than the last, and take nothing back that has moved on.

An answer that does not add up is refused, recorded and shown beside its piece; the last valid one stands. From a valid
one follow the onward pieces that nobody was asked about yet, and the state of the hold.
"""

from collections.abc import Sequence
from typing import Any

from tarazy.app.answer_faults import Fault, fault_in, is_onward, moved_on
from tarazy.app.asking import Onward, ask_pieces, directory_from, directory_reads, hold_id_of
from tarazy.app.eventing import record
from tarazy.app.holding import hold_after_answer
from tarazy.app.messages import Handled, Outgoing
from tarazy.app.records import CASE_HOLDS, PIECES, REPORTS, TRACINGS, Piece, Tracing
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Key, Read, Transaction
from tarazy.domain.rejection import Rejection
from tarazy.domain.tracing import ShareKind, StopKind
from tarazy.protocol import jws
from tarazy.protocol.bodies import Answer, FollowOrder
from tarazy.protocol.message import Envelope
from tarazy.protocol.wire import from_json
from tarazy.values.ids import ParticipantId
from tarazy.values.interval import Interval, subtract, total
from tarazy.values.replacing import replace


def take_answers(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Take answers in the order of the batch; several about one piece replace each other."""
    answers = [envelope.body for envelope in envelopes if isinstance(envelope.body, Answer)]
    assert len(answers) == len(envelopes)
    tracings, pieces = _locked(tx, envelopes, setting)
    onward: dict[Key, list[Onward]] = {}
    handled = []
    for envelope, answer in zip(envelopes, answers, strict=True):
        piece = pieces.get((answer.order_id,))
        tracing = tracings.get((answer.tracing_id,))
        rejection = _stands(piece, tracing, answer, ParticipantId(envelope.sender))
        if rejection is not None or piece is None or tracing is None:
            _note_turned_down(tx, piece, envelope, rejection, setting)
            handled.append(Handled(rejection=rejection, place="body.order_id"))
            continue
        if answer.answer_no <= piece.answer_no:
            handled.append(Handled())
            continue
        fault = fault_in(tx, piece, answer)
        if fault is not None:
            pieces[piece.piece_id,] = _refused(tx, piece, fault, setting)
            handled.append(Handled(rejection=fault[0], place=fault[1]))
            continue
        new = _new_onward(piece, answer)
        onward.setdefault((tracing.tracing_id,), []).extend(new)
        tracing = _with_answer(tracing, piece, answer, new)
        tracing = hold_after_answer(tx, tracing, piece, answer, setting)
        tracings[tracing.tracing_id,] = tracing
        after = replace(
            piece,
            stop=None,
            answer_no=answer.answer_no,
            shares=tuple(answer.shares),
            answered_at=setting.now,
            fault=None,
        )
        pieces[piece.piece_id,] = after
        tx.put(PIECES, after)
        handled.append(Handled())
    _follow_on(tx, tracings, onward, answers, setting)
    return handled


def answer_reads(envelopes: Sequence[Envelope], setting: Setting) -> list[Read[Any]]:
    """Return what is read first for a batch of answers.

    The tracings are locked, then follow their pieces and holds as they are, and whom the money that moved on went to.
    """
    answers = [envelope.body for envelope in envelopes if isinstance(envelope.body, Answer)]
    return [
        Read(TRACINGS, keys={(answer.tracing_id,) for answer in answers}, is_locking=True),
        Read(PIECES, keys={(answer.order_id,) for answer in answers}),
        Read(CASE_HOLDS, keys={(hold_id_of(one.order_id),) for one in answers if one.hold_status}, is_locking=True),
        *_directory_reads(answers, setting),
    ]


def _directory_reads(answers: Sequence[Answer], setting: Setting) -> list[Read[Any]]:
    banks = {share.participant_id for answer in answers for share in answer.shares if share.participant_id is not None}
    of_tracings = (Condition("tracing_id", "in", tuple(sorted({answer.tracing_id for answer in answers}))),)
    return directory_reads(banks, Read(REPORTS, conditions=of_tracings, is_kept=True), setting)


def _locked(
    tx: Transaction, envelopes: Sequence[Envelope], setting: Setting
) -> tuple[dict[Key, Tracing], dict[Key, Piece]]:
    tracings, pieces, *_ = tx.gather(*answer_reads(envelopes, setting))
    return {(one.tracing_id,): one for one in tracings}, {(one.piece_id,): one for one in pieces}


def _follow_on(
    tx: Transaction,
    tracings: dict[Key, Tracing],
    onward: dict[Key, list[Onward]],
    answers: Sequence[Answer],
    setting: Setting,
) -> None:
    """Ask about what moved on, all tracings of the batch together, and store their sums."""
    is_going = any(onward.values())
    directory = directory_from(tx, _directory_reads(answers, setting) if is_going else ())
    for key, tracing in sorted(tracings.items()):
        ones = onward.get(key, [])
        tx.put(TRACINGS, ask_pieces(tx, tracing, ones, directory, setting) if ones else tracing)


def _stands(piece: Piece | None, tracing: Tracing | None, answer: Answer, sender: ParticipantId) -> Rejection | None:
    if piece is None or tracing is None or piece.tracing_id != answer.tracing_id or not _is_asked(piece):
        return Rejection.order_unknown
    if piece.disclosure_id != answer.disclosure_id:
        return Rejection.order_unknown
    return Rejection.answer_not_from_asked if piece.participant_id != sender else None


def _is_asked(piece: Piece) -> bool:
    """Return whether the bank was asked. One that was taken to be away and is back still tells what it has seen."""
    return piece.stop is None or piece.stop is StopKind.participant_away


def _new_onward(piece: Piece, answer: Answer) -> list[Onward]:
    """Return the stretches that have moved on since the last answer: nobody was asked about them yet."""
    new = []
    covered = moved_on(piece.shares)
    for share in answer.shares:
        if not is_onward(share):
            continue
        assert share.participant_id is not None
        assert share.sealed_ref is not None
        for stretch in subtract((Interval(share.from_minor, share.to_minor),), covered):
            shift = stretch.start - share.from_minor
            start = share.onward_from + shift
            one = Onward(
                parent=piece,
                participant_id=share.participant_id,
                sealed_ref=share.sealed_ref,
                from_minor=start,
                to_minor=start + stretch.length,
                origin_from=piece.origin_from + stretch.start - piece.from_minor,
                parent_from=stretch.start,
            )
            new.append(one)
    return new


def _with_answer(tracing: Tracing, piece: Piece, answer: Answer, new: list[Onward]) -> Tracing:
    """Return the tracing with this answer in place of the last one.

    What moved on is counted at its own piece. When `ask_pieces` has run for ``new``, the sums add up again.
    """
    sums = dict(tracing.sums)
    for share in piece.shares:
        if not is_onward(share):
            sums[share.kind] -= share.to_minor - share.from_minor
    for share in answer.shares:
        if not is_onward(share):
            sums[share.kind] += share.to_minor - share.from_minor
    asking = tracing.asking_minor
    if piece.stop is not None:
        sums[ShareKind.stopped] -= piece.amount_minor
    elif piece.answer_no == 0:
        asking -= piece.amount_minor
    left = sum(one.amount_minor for one in new)
    before = sum(sums.values()) + asking + left
    was = sum(tracing.sums.values()) + tracing.asking_minor
    assert before == was, f"{tracing.tracing_id}: {before} of {was} after an answer that adds up"
    return replace(tracing, sums=sums, asking_minor=asking)


def _refused(tx: Transaction, piece: Piece, fault: Fault, setting: Setting) -> Piece:
    after = replace(piece, fault=f"{fault[0]}: {fault[1]}")
    tx.put(PIECES, after)
    record(
        tx,
        setting,
        "answer_refused",
        piece.participant_id,
        piece.piece_id,
        case_id=piece.case_id,
        reason=fault[0],
        place=fault[1],
    )
    return after


def _note_turned_down(
    tx: Transaction, piece: Piece | None, envelope: Envelope, rejection: Rejection | None, setting: Setting
) -> None:
    """Record that somebody has answered about a piece without having been asked so; the piece stays as it is."""
    if piece is None:
        return
    who, subject = ParticipantId(envelope.sender), piece.piece_id
    record(tx, setting, "answer_refused", who, subject, case_id=piece.case_id, reason=rejection, place="body.order_id")


def order_was_refused(tx: Transaction, outgoing: Outgoing, refusal: str, setting: Setting) -> None:
    """Count a piece as stopped whose bank does not take the order: nothing is asked there for ever."""
    order = from_json(jws.read(outgoing.text).payload, Envelope).body
    assert isinstance(order, FollowOrder)
    tracing = tx.lock(TRACINGS, {(order.tracing_id,)})[order.tracing_id,]
    piece = tx.get(PIECES, order.order_id)
    if piece is None or piece.answer_no > 0 or piece.stop is not None:
        return
    sums = dict(tracing.sums)
    sums[ShareKind.stopped] += piece.amount_minor
    tx.put(TRACINGS, replace(tracing, sums=sums, asking_minor=tracing.asking_minor - piece.amount_minor))
    tx.put(PIECES, replace(piece, stop=StopKind.order_refused, fault=f"order not taken: {refusal}"))
    record(tx, setting, "order_refused", piece.participant_id, piece.piece_id, case_id=piece.case_id, reason=refusal)


def uncovered_minor(piece: Piece, children: Sequence[Piece]) -> int:
    """Return how many units have moved on from a piece without a piece of their own; 0 unless something is wrong."""
    stretches = [Interval(child.parent_from, child.parent_from + child.amount_minor) for child in children]
    return total(subtract(moved_on(piece.shares), stretches))
