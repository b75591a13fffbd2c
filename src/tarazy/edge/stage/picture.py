"""The picture of one report's money: a column for each hop, a bar for each piece, every unit at one height.

A unit keeps its height from column to column, so that the picture shows at a glance how the piece splits, and the bars
of one column never lie over each other. Everything is whole numbers of the picture's own units.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tarazy.app.records import Piece, Tracing
from tarazy.domain.tracing import ShareKind

COLUMN: Final = 150
BAR: Final = 132
HEIGHT: Final = 300
TOP: Final = 22
LABEL_HEIGHT_MIN: Final = 15
ASKING: Final = "asking"
BAR_HEIGHT_MIN: Final = 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one piece in one state, as it is drawn."""

    kind: str
    detail: str
    bank: str
    amount_minor: int
    left: int
    top: int
    height: int

    @property
    def has_room(self) -> bool:
        """Whether a line of text fits into it."""
        return self.height >= LABEL_HEIGHT_MIN


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of one tracing."""

    width: int
    height: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class BarPart:
    """A part of the equation: its state, how much it is, and where it lies in a bar of a thousand."""

    kind: str
    amount_minor: int
    left: int
    width: int


def picture_of(pieces: Iterable[Piece], stolen_minor: int) -> Picture:
    """Draw the pieces of one tracing."""
    stretches = [stretch for piece in pieces for stretch in _stretches(piece, max(1, stolen_minor))]
    columns = 1 + max((stretch.left for stretch in stretches), default=0) // COLUMN
    ordered = tuple(sorted(stretches, key=lambda one: (one.left, one.top)))
    return Picture(columns * COLUMN, TOP + HEIGHT, ordered)


def bar_of(tracing: Tracing) -> tuple[BarPart, ...]:
    """Return the equation of a tracing as a bar: each state that has units, in the order of the equation."""
    amounts = [(kind.value, tracing.sums.get(kind.value, 0)) for kind in ShareKind] + [(ASKING, tracing.asking_minor)]
    parts: list[BarPart] = []
    done = 0
    for kind, amount in amounts:
        if amount:
            left = 1000 * done // tracing.stolen_minor
            done += amount
            parts.append(BarPart(kind, amount, left, 1000 * done // tracing.stolen_minor - left))
    return tuple(parts)


def _stretches(piece: Piece, stolen_minor: int) -> Sequence[Stretch]:
    if piece.stop is not None:
        return [_stretch(piece, ShareKind.stopped, piece.stop, piece.from_minor, piece.to_minor, stolen_minor)]
    if piece.answer_no == 0:
        return [_stretch(piece, ASKING, "", piece.from_minor, piece.to_minor, stolen_minor)]
    return [
        _stretch(piece, share.kind, share.detail or "", share.from_minor, share.to_minor, stolen_minor)
        for share in piece.shares
    ]


def _stretch(piece: Piece, kind: str, detail: str, from_minor: int, to_minor: int, stolen_minor: int) -> Stretch:
    start = piece.origin_from + from_minor - piece.from_minor
    top = TOP + HEIGHT * start // stolen_minor
    bottom = TOP + HEIGHT * (start + to_minor - from_minor) // stolen_minor
    return Stretch(
        kind=kind,
        detail=detail,
        bank=piece.participant_id,
        amount_minor=to_minor - from_minor,
        left=piece.depth * COLUMN,
        top=top,
        height=max(BAR_HEIGHT_MIN, bottom - top - 1),
    )
