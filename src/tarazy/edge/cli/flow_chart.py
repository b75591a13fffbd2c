"""A tracing as a flow by account and depth: what a Sankey diagram draws, small enough for a page.

Money is turned into shares of the start here, in whole millionths for the drawing alone; every amount that a person
reads is text made from the exact number.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tarazy.index.tracing import EXIT_KINDS, End, EndKind, Piece, Tracing

DEPTHS_MAX: Final = 24
"""Deeper columns carry crumbs, and no page is wide enough."""

ACCOUNTS_PER_DEPTH_MAX: Final = 16
"""More bars than this in one column cannot be told apart; the rest are drawn as one."""

SHARE: Final = 1_000_000


class Place(NamedTuple):
    """An account at a depth. No account stands for all small ones of that depth; the payer of the start is at -1."""

    depth: int
    account_id: str | None


@dataclass(slots=True)
class FlowNode:
    """What came to a place, and what became of it there: ``amount = holdable + exited + stopped + moved on``."""

    place: Place
    participant_id: str
    accounts: set[str] = field(default_factory=set)
    amount_minor: int = 0
    holdable_minor: int = 0
    exited_minor: int = 0
    stopped_minor: int = 0


class FlowLink(NamedTuple):
    """What moved from one place to another, as positions in the list of nodes."""

    source: int
    target: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class FlowChart:
    """Nodes and the links between them. ``is_folded`` where not every account or depth has a bar of its own."""

    nodes: tuple[FlowNode, ...]
    links: tuple[FlowLink, ...]
    is_folded: bool


def chart_of(tracing: Tracing) -> FlowChart:
    """Return the flow of a tracing, its largest accounts of each depth by name and the others together."""
    drawn = [piece for piece in tracing.pieces if piece.depth < DEPTHS_MAX]
    named = _named_places(drawn)
    start = tracing.start
    first = Place(-1, start.payer.account_id)
    nodes = {first: FlowNode(first, start.payer.participant_id, {start.payer.account_id}, tracing.stolen_minor)}
    moved: defaultdict[tuple[Place, Place], int] = defaultdict(int)
    for piece in drawn:
        payer, payee = piece.transfer.payer, piece.transfer.payee
        source = first if piece.depth == 0 else _place(named, piece.depth - 1, payer.account_id)
        target = _place(named, piece.depth, payee.account_id)
        node = nodes.setdefault(target, FlowNode(target, payee.participant_id if target.account_id else ""))
        node.accounts.add(payee.account_id)
        node.amount_minor += piece.amount_minor
        moved[source, target] += piece.amount_minor
    for end in tracing.ends:
        if end.depth < DEPTHS_MAX:
            _settle(nodes[_place(named, end.depth, end.account.account_id)], end)
    order = {place: position for position, place in enumerate(nodes)}
    links = tuple(FlowLink(order[source], order[target], amount) for (source, target), amount in moved.items())
    is_folded = len(drawn) < len(tracing.pieces) or any(place.account_id is None for place in nodes)
    return FlowChart(tuple(nodes.values()), links, is_folded)


def share(part_minor: int, whole_minor: int) -> int:
    """Return the share in millionths, at least 1 for what is not nothing: for drawing, never for counting."""
    return max(1, part_minor * SHARE // whole_minor) if part_minor else 0


def _named_places(pieces: Iterable[Piece]) -> frozenset[Place]:
    """Return the places that get a bar of their own: at each depth the largest, by what came to them."""
    columns: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for piece in pieces:
        columns[piece.depth][piece.transfer.payee.account_id] += piece.amount_minor
    named = []
    for depth, column in columns.items():
        largest = sorted(column, key=lambda account_id: (-column[account_id], account_id))
        kept = largest if len(largest) <= ACCOUNTS_PER_DEPTH_MAX else largest[: ACCOUNTS_PER_DEPTH_MAX - 1]
        named += [Place(depth, account_id) for account_id in kept]
    return frozenset(named)


def _place(named: frozenset[Place], depth: int, account_id: str) -> Place:
    place = Place(depth, account_id)
    return place if place in named else Place(depth, None)


def _settle(node: FlowNode, end: End) -> None:
    if end.kind is EndKind.holdable:
        node.holdable_minor += end.amount_minor
    elif end.kind in EXIT_KINDS:
        node.exited_minor += end.amount_minor
    else:
        node.stopped_minor += end.amount_minor
