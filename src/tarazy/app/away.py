"""Banks that do not come back: what they have not answered for ends at the exchange, some time after its own end.

An order to follow a piece names its end, and a bank that lives tells then where the units were. One that is silent a
day longer is taken to be away: what waits for its word is counted as stopped for that reason, so that no tracing waits
for ever. Nothing is decided against anybody by it. Should the bank come back, its answer is taken as it is: what it
saw in time is told, and where money went on nobody is asked any more, since the time of the tracing is over.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from tarazy.app.eventing import record
from tarazy.app.records import CASE_HOLDS, PIECES, TRACINGS, CaseHold, Piece, Tracing
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hold import LIVE_STATUSES
from tarazy.domain.tracing import ShareKind, StopKind
from tarazy.protocol.bodies import ShareTold
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

SILENT_MAX: Final = timedelta(days=1)
"""So long after the end of a piece its bank's last word may be on its way: clocks differ, and programs start again."""
TRACINGS_PER_RUN_MAX: Final = 20
PIECES_PER_RUN_MAX: Final = 200
"""The rest is left to the next round, which comes at once: answers wait for the tracings of these."""
ON_A_HOLD: Final = frozenset({ShareKind.held, ShareKind.requested})
OWED: Final = ON_A_HOLD | {ShareKind.waiting}
"""What a bank says of units of which it has still to say how it ended."""


def closing_at(ends_at: Instant) -> Instant:
    """Return when a tracing that ends then is looked at for pieces whose bank is away."""
    return ends_at.plus(SILENT_MAX)


def end_away_pieces(tx: Transaction, setting: Setting) -> int:
    """End what banks owe an answer about in tracings whose time is long over; return how many tracings that were.

    A piece whose hold may still stand is left until that has ended, here by `end_overdue_holds`.
    """
    closing = Condition("closes_at", "<=", setting.now)
    due = tx.claim(TRACINGS, closing, order=("closes_at",), limit=TRACINGS_PER_RUN_MAX)
    room = PIECES_PER_RUN_MAX
    for tracing in due:
        room -= _close(tx, tracing, room, setting)
    return len(due)


def _close(tx: Transaction, tracing: Tracing, room: int, setting: Setting) -> int:
    """End at most ``room`` pieces of a tracing; return how many. When none is left, nobody looks at it any more."""
    followed = Condition("tracing_id", "=", tracing.tracing_id), Condition("stop", "is_null")
    owed = [piece for piece in tx.find(PIECES, *followed, order=("piece_id",)) if _is_owed(piece)]
    holds = tx.get_many(CASE_HOLDS, {(piece.hold_id,) for piece in owed if piece.hold_id is not None})
    until = {piece.piece_id: _may_stand_until(piece, holds.get((piece.hold_id,)), setting.now) for piece in owed}
    ending = [piece for piece in owed if until[piece.piece_id] is None]
    for piece in ending[:room]:
        tracing = _without(tx, tracing, piece, setting)
    if len(ending) <= room:
        last = max((end for end in until.values() if end is not None), default=None)
        tracing = replace(tracing, closes_at=None if last is None else closing_at(last))
    tx.put(TRACINGS, tracing)
    return min(room, len(ending))


def _may_stand_until(piece: Piece, hold: CaseHold | None, now: Instant) -> Instant | None:
    """Return until when a hold of the piece may stand at its bank; None where none does any more.

    A bank that was allowed to hold may have placed a hold of which it has not told.
    """
    if hold is not None:
        return hold.expires_at_most if hold.status in LIVE_STATUSES else None
    is_possible = piece.terms is not None and piece.terms.expires_at > now
    return piece.terms.expires_at if piece.terms is not None and is_possible else None


def _is_owed(piece: Piece) -> bool:
    return piece.answer_no == 0 or any(share.kind in OWED for share in piece.shares)


def _without(tx: Transaction, tracing: Tracing, piece: Piece, setting: Setting) -> Tracing:
    """End one piece whose bank is away; return the tracing with its sums brought up to date."""
    if piece.answer_no == 0:
        tx.put(PIECES, replace(piece, stop=StopKind.participant_away))
        ended = {ShareKind.stopped.value: piece.amount_minor}
        asking = tracing.asking_minor - piece.amount_minor
    else:
        tx.put(PIECES, replace(piece, shares=tuple(_at_rest(share) for share in piece.shares)))
        ended, asking = _moved(piece.shares), tracing.asking_minor
    record(
        tx,
        setting,
        "participant_away",
        piece.participant_id,
        piece.piece_id,
        case_id=piece.case_id,
        amount_minor=ended[ShareKind.stopped],
    )
    sums = {kind: minor + ended.get(kind, 0) for kind, minor in tracing.sums.items()}
    return replace(tracing, sums=sums, asking_minor=asking)


def _moved(shares: Sequence[ShareTold]) -> dict[str, int]:
    """Return by how much each sum changes when what is owed is counted as stopped."""
    changes = {kind.value: 0 for kind in (*OWED, ShareKind.stopped)}
    for share in shares:
        if share.kind in OWED:
            changes[share.kind] -= share.to_minor - share.from_minor
            changes[ShareKind.stopped] += share.to_minor - share.from_minor
    return changes


def _at_rest(share: ShareTold) -> ShareTold:
    """Return a share without what is owed. What was on a hold was let go with it, as everybody has read meanwhile."""
    if share.kind not in OWED:
        return share
    detail = StopKind.released if share.kind in ON_A_HOLD else StopKind.participant_away
    return replace(share, kind=ShareKind.stopped.value, detail=detail.value)
