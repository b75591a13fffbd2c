"""What must be true of the books of an exchange and of a bank at any moment of any story."""

from collections import Counter
from collections.abc import Iterable

from tarazy.agent.records import ACCOUNTS, CONSUMPTIONS, FOLLOWS, HOLD_SEGMENTS, HOLDS, AgentHold
from tarazy.agent.reference_core import CORE_ACCOUNTS, CORE_RESERVES
from tarazy.app.answers import uncovered_minor
from tarazy.app.records import CASE_HOLDS, PIECES, TRACINGS, CaseHold, Piece
from tarazy.app.store import Condition, Store, Transaction
from tarazy.domain.hold import HOLD_TRANSITIONS, LIVE_STATUSES, HoldStatus
from tarazy.domain.tracing import ShareKind, tiling_fault
from tarazy.values.instant import Instant
from tarazy.values.interval import Interval, total, union

REACHABLE = {
    status: {
        status,
        *HOLD_TRANSITIONS[status],
        *(then for one in HOLD_TRANSITIONS[status] for then in HOLD_TRANSITIONS[one]),
    }
    for status in HoldStatus
}
"""What a hold can have become between two looks: each step of the table, and two steps."""


class Watch:
    """Remembers the lives of holds from look to look."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], HoldStatus] = {}
        self._most: dict[tuple[str, str], Instant] = {}

    def look(self, where: str, holds: Iterable[CaseHold | AgentHold]) -> None:
        """Insist that each hold has moved only as the table allows, and that the last end of a pause has not moved.

        What carries a hold on may be granted longer by an authority: how long, the lives of measures look after.
        """
        for hold in holds:
            before = self._seen.get((where, hold.hold_id), HoldStatus.requested)
            assert hold.status in REACHABLE[before], f"{hold.hold_id}: {before} became {hold.status}"
            assert hold.expires_at <= hold.expires_at_most, f"{hold.hold_id} lasts beyond its terms"
            self._seen[where, hold.hold_id] = hold.status
            if hold.carried_by is None:
                most = self._most.setdefault((where, hold.hold_id), hold.expires_at_most)
                assert most == hold.expires_at_most, f"{hold.hold_id} lasts beyond its terms"


def check_exchange(store: Store, watch: Watch) -> None:
    """Count every tracing anew from its pieces; nothing is held beyond what was stolen."""
    tracings, pieces, holds = store.run(lambda tx: (tx.find(TRACINGS), tx.find(PIECES), tx.find(CASE_HOLDS)))
    watch.look("exchange", holds)
    for tracing in tracings:
        own = [piece for piece in pieces if piece.tracing_id == tracing.tracing_id]
        sums, asking = counted(own)
        assert {kind: minor for kind, minor in tracing.sums.items() if minor} == dict(sums)
        assert tracing.asking_minor == asking
        assert sum(sums.values()) + asking == tracing.stolen_minor
        assert min(tracing.sums.values()) >= 0
        held = [hold for hold in holds if hold.tracing_id == tracing.tracing_id and hold.status in LIVE_STATUSES]
        assert sum(hold.held_minor for hold in held) <= tracing.stolen_minor


def counted(pieces: list[Piece]) -> tuple[Counter[str], int]:
    """Return how many units of these pieces are in each state, and of how many nobody has said anything yet."""
    sums: Counter[str] = Counter()
    asking = 0
    for piece in pieces:
        children = [child for child in pieces if child.parent_id == piece.piece_id]
        assert uncovered_minor(piece, children) == 0, f"{piece.piece_id}: money moved on that nobody follows"
        if piece.stop is not None:
            sums[ShareKind.stopped] += piece.amount_minor
        elif piece.answer_no == 0:
            asking += piece.amount_minor
        else:
            stretches = [Interval(share.from_minor, share.to_minor) for share in piece.shares]
            assert tiling_fault(Interval(piece.from_minor, piece.to_minor), stretches) is None
            for share in piece.shares:
                if share.kind != ShareKind.moved_on:
                    sums[share.kind] += share.to_minor - share.from_minor
    return sums, asking


def check_bank(store: Store, watch: Watch, bank: str, *, is_at_rest: bool) -> None:
    """Examine the lines, and where everything is booked, that agent and core agree to the unit."""
    watch.look(bank, store.run(lambda tx: tx.find(HOLDS)))
    store.run(_check_lines)
    if is_at_rest:
        store.run(_check_core)


def _check_lines(tx: Transaction) -> None:
    """Consumed, held and free units tile each line; what lies under each hold is what the hold says."""
    segments, consumptions = tx.find(HOLD_SEGMENTS), tx.find(CONSUMPTIONS)
    for line in tx.find(ACCOUNTS):
        held = [Interval(row.line_from, row.line_to) for row in segments if row.account_id == line.account_id]
        gone = [Interval(row.line_from, row.line_to) for row in consumptions if row.account_id == line.account_id]
        stretches = [*held, *gone, *line.free]
        assert total(stretches) == line.line_end, f"{line.account_id}: units are in no state, or in two"
        assert not stretches or union(stretches) == ((Interval(0, line.line_end),) if line.line_end else ())
        assert total(held) == line.held_minor
        assert line.debt_minor == 0 or line.free_minor == 0
    under: Counter[str] = Counter()
    for row in segments:
        under[row.hold_id] += row.line_to - row.line_from
    for hold in tx.find(HOLDS):
        assert under[hold.hold_id] == hold.held_minor, f"{hold.hold_id}: the line shows another sum"
        follow = tx.get(FOLLOWS, hold.order_id)
        assert follow is not None
        assert hold.held_minor + hold.paid_minor <= follow.to_minor - follow.from_minor


def _check_core(tx: Transaction) -> None:
    """The core's balances are the lines', and what it reserves is what stands under holds."""
    holds = {hold.hold_id: hold for hold in tx.find(HOLDS)}
    for account in tx.find(CORE_ACCOUNTS):
        line = tx.get(ACCOUNTS, account.account_id)
        assert line is not None
        if line.entry_no != account.entry_no:
            continue
        assert (line.balance_minor, line.held_minor) == (account.balance_minor, account.reserved_minor)
    for reserve in tx.find(CORE_RESERVES):
        hold = holds[reserve.hold_id]
        assert reserve.amount_minor == hold.reserved_minor == hold.held_minor
        assert reserve.expires_at <= hold.expires_at_most
    for hold in tx.find(HOLDS, Condition("status", "in", [status.value for status in LIVE_STATUSES])):
        assert hold.held_minor == hold.reserved_minor, f"{hold.hold_id}: the core reserves another sum"
