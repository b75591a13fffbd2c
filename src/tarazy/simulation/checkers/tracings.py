"""Conservation at the exchange: every tracing adds up to what was stolen, counted anew from pieces and answers."""

from collections import Counter

from tarazy.adapters.memory import MemoryStore
from tarazy.app.records import CASE_HOLDS, PIECES, TRACINGS, CaseHold, Piece, Tracing
from tarazy.domain.hold import HoldStatus
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.values.ids import PieceId, TracingId

NAME = "tracings"
LIVE = frozenset({HoldStatus.requested, HoldStatus.placed})


class TracingsChecker:
    """Counts each tracing that has changed."""

    def __init__(self, disc: MemoryStore) -> None:
        self._disc = disc
        self._seen: dict[TracingId, tuple[object, ...]] = {}

    def check(self) -> None:
        """Check what has changed since the last time."""
        pieces: dict[TracingId, list[Piece]] = {}
        for piece in rows(self._disc, PIECES):
            pieces.setdefault(piece.tracing_id, []).append(piece)
        for tracing in rows(self._disc, TRACINGS):
            own = pieces.get(tracing.tracing_id, [])
            state = (tracing, *own)
            before = self._seen.get(tracing.tracing_id, ())
            if len(before) != len(state) or any(one is not other for one, other in zip(before, state, strict=True)):
                _check_tracing(tracing, own)
                self._seen[tracing.tracing_id] = state
        for hold in rows(self._disc, CASE_HOLDS):
            _check_hold(hold)


def _check_tracing(tracing: Tracing, pieces: list[Piece]) -> None:
    where = f"{tracing.tracing_id}"
    said = sum(tracing.sums.values()) + tracing.asking_minor
    demand(NAME, said == tracing.stolen_minor, f"{where}: {said} of {tracing.stolen_minor} accounted for")
    sums: Counter[str] = Counter()
    asking = 0
    children: dict[PieceId, list[tuple[int, int]]] = {}
    for piece in pieces:
        if piece.parent_id is not None:
            stretch = (piece.parent_from, piece.parent_from + piece.to_minor - piece.from_minor)
            children.setdefault(piece.parent_id, []).append(stretch)
    for piece in pieces:
        length = piece.to_minor - piece.from_minor
        if piece.stop is not None:
            sums["stopped"] += length
        elif piece.answer_no == 0:
            asking += length
        else:
            _check_shares(piece, children.get(piece.piece_id, []))
            for share in piece.shares:
                if share.kind != "moved_on":
                    sums[share.kind] += share.to_minor - share.from_minor
    counted = {kind: minor for kind, minor in sums.items() if minor}
    told = {kind: minor for kind, minor in tracing.sums.items() if minor}
    demand(NAME, counted == told, f"{where}: says {told}, its pieces say {counted}")
    demand(NAME, asking == tracing.asking_minor, f"{where}: asking {tracing.asking_minor}, pieces say {asking}")


def _check_shares(piece: Piece, children: list[tuple[int, int]]) -> None:
    reached = piece.from_minor
    moved: list[tuple[int, int]] = []
    for share in piece.shares:
        in_order = share.from_minor == reached and share.to_minor > share.from_minor
        demand(NAME, in_order, f"{piece.piece_id}: shares do not tile it at {share.from_minor}")
        reached = share.to_minor
        if share.kind == "moved_on":
            moved.append((share.from_minor, share.to_minor))
    demand(NAME, reached == piece.to_minor, f"{piece.piece_id}: shares end at {reached}, the piece at {piece.to_minor}")
    followed, left = _joined(children), _joined(moved)
    demand(NAME, followed == left, f"{piece.piece_id}: {left} moved on, {followed} is followed")


def _joined(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for low, high in sorted(stretches):
        if joined and joined[-1][1] == low:
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined


def _check_hold(hold: CaseHold) -> None:
    where = f"{hold.hold_id} at {hold.participant_id}"
    demand(NAME, bool(hold.officer_id and hold.norms and hold.mandate_id), f"{where}: no author or no norm")
    demand(NAME, hold.expires_at <= hold.expires_at_most, f"{where}: ends after its terms")
    # What a measure leaves of a hold is told before its core has let go of the rest.
    most = hold.asked_minor if hold.carried_by is None else max(hold.asked_minor, hold.held_minor)
    demand(NAME, 0 <= hold.held_minor <= most, f"{where}: holds {hold.held_minor} of {hold.asked_minor}")
    if hold.status in LIVE:
        demand(NAME, hold.end is None and hold.ended_at is None, f"{where}: stands and has ended")
    else:
        demand(NAME, hold.end is not None and hold.ended_at is not None, f"{where}: over without a reason")
