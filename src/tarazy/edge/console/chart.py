"""The graph of a case as a drawing: a band for each bank, time from left to right, each piece a bar.

The taller a bar, the larger its sum. Only places and sizes are computed here, in whole pixels; the template draws them
as SVG, so that the graph is sharp at any size, is there without a script, and every bar is a link that a keyboard
reaches.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import isqrt
from typing import Final, NamedTuple

from tarazy.app.queries.equation import OPEN_KINDS, Term, terms_of
from tarazy.app.records import Piece
from tarazy.values.ids import HoldId, ParticipantId, PieceId
from tarazy.values.instant import Instant

WIDTH_MIN: Final = 1180
COLUMN_WIDTH: Final = 200
COLUMN_WIDTH_MAX: Final = 380
COLUMNS_MAX: Final = 24
LEFT: Final = 16
TOP: Final = 34
BAND_HEAD: Final = 26
BAND_GAP: Final = 8
BAR_WIDTH: Final = 20
BAR_MIN: Final = 12
BAR_MAX: Final = 60
LINE: Final = 15
LINES_MAX: Final = 3
SLOT_GAP: Final = 10
LINK_MAX: Final = 14


class Part(NamedTuple):
    """A stretch of a bar: a state of the equation (None: moved on), and where it is drawn."""

    term: Term | None
    y: int
    height: int
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One piece as it is drawn. ``shown`` are the terms that have room beside it, ``hidden`` how many have not."""

    piece: Piece
    x: int
    y: int
    height: int
    parts: tuple[Part, ...]
    shown: tuple[Term, ...]
    hidden: int
    is_open: bool


class Link(NamedTuple):
    """The way from a piece to the one that its units moved on to, as a curve."""

    path: str
    width: int
    is_open: bool


class Band(NamedTuple):
    """The stretch of the drawing that belongs to one bank."""

    participant_id: ParticipantId
    y: int
    height: int


class Column(NamedTuple):
    """A moment: where it is drawn, and how long it is after the first signature."""

    x: int
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The drawing: its size and everything on it."""

    width: int
    height: int
    bands: tuple[Band, ...]
    columns: tuple[Column, ...]
    bars: tuple[Bar, ...]
    links: tuple[Link, ...]


def chart_of(pieces: Sequence[Piece], standing: Collection[HoldId], start: Instant) -> Chart:
    """Return the drawing of these pieces; ``start`` is when the first report was signed."""
    groups = _columns(pieces)
    width = column_width(len(groups))
    largest = max((piece.amount_minor for piece in pieces), default=1)
    column_of = {piece.piece_id: number for number, group in enumerate(groups) for piece in group}
    bands, bars, y = [], [], TOP
    for participant_id in dict.fromkeys(piece.participant_id for group in groups for piece in group):
        own = [piece for piece in pieces if piece.participant_id == participant_id]
        placed, height = _band(own, column_of, width, y + BAND_HEAD, largest, standing)
        bands.append(Band(participant_id, y, height + BAND_HEAD))
        bars += placed
        y += height + BAND_HEAD + BAND_GAP
    columns = tuple(
        Column(LEFT + number * width, max(timedelta(0), group[0].asked_at.since(start)))
        for number, group in enumerate(groups)
    )
    return Chart(
        width=max(WIDTH_MIN, LEFT * 2 + width * len(groups)),
        height=y,
        bands=tuple(bands),
        columns=columns,
        bars=tuple(bars),
        links=tuple(_links({bar.piece.piece_id: bar for bar in bars}, largest)),
    )


def column_width(columns: int) -> int:
    """Return how far apart columns stand: few of them fill the page, many stay far enough apart for their labels."""
    return max(COLUMN_WIDTH, min(COLUMN_WIDTH_MAX, (WIDTH_MIN - 2 * LEFT) // max(1, columns)))


def _columns(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Group pieces by time, so that what follows from a piece stands to the right of it and columns stay few."""
    groups: list[list[Piece]] = []
    column_of: dict[PieceId, int] = {}
    last_at: Instant | None = None
    ordered = sorted(pieces, key=lambda piece: (piece.asked_at, piece.depth, piece.piece_id))
    span = ordered[-1].asked_at.since(ordered[0].asked_at) if ordered else timedelta(0)
    for piece in ordered:
        after_parent = column_of.get(piece.parent_id, -1) + 1 if piece.parent_id is not None else 0
        is_later = last_at is not None and piece.asked_at.since(last_at) * COLUMNS_MAX > span > timedelta(0)
        number = max(after_parent, len(groups) - (0 if is_later else 1), 0)
        number = min(number, max(after_parent, COLUMNS_MAX - 1))
        while number >= len(groups):
            groups.append([])
        groups[number].append(piece)
        column_of[piece.piece_id] = number
        last_at = piece.asked_at
    return [group for group in groups if group]


def _band(
    pieces: Iterable[Piece],
    column_of: Mapping[PieceId, int],
    width: int,
    top: int,
    largest: int,
    standing: Collection[HoldId],
) -> tuple[list[Bar], int]:
    """Stack the bars of one bank in each column; return them and the height of the tallest stack."""
    filled: dict[int, int] = {}
    bars = []
    for piece in pieces:
        column = column_of[piece.piece_id]
        y = filled.get(column, top)
        bar = _bar(piece, LEFT + column * width, y, largest, standing)
        bars.append(bar)
        lines = 1 + len(bar.shown)
        filled[column] = y + max(bar.height, lines * LINE) + SLOT_GAP
    return bars, max(filled.values(), default=top) - top


def _bar(piece: Piece, x: int, y: int, largest: int, standing: Collection[HoldId]) -> Bar:
    height = BAR_MIN + (BAR_MAX - BAR_MIN) * isqrt(piece.amount_minor * 10_000 // largest) // 100
    terms = sorted(terms_of(piece, standing), key=lambda term: -term.amount_minor)
    room = LINES_MAX - 1
    return Bar(
        piece=piece,
        x=x,
        y=y,
        height=height,
        parts=_parts(piece, y, height, standing),
        shown=tuple(terms[:room]),
        hidden=max(0, len(terms) - room),
        is_open=any(term.kind in OPEN_KINDS for term in terms),
    )


def _parts(piece: Piece, y: int, height: int, standing: Collection[HoldId]) -> tuple[Part, ...]:
    """Divide a bar in proportion to its terms; what moved on is the rest at its foot."""
    parts, done = [], 0
    for term in terms_of(piece, standing):
        start = height * done // piece.amount_minor
        done += term.amount_minor
        end = height * done // piece.amount_minor
        parts.append(Part(term, y + start, max(end - start, 1), term.kind in OPEN_KINDS))
    if done < piece.amount_minor:
        start = height * done // piece.amount_minor
        parts.append(Part(None, y + start, max(height - start, 1), is_open=False))
    return tuple(parts)


def _links(bars: Mapping[PieceId, Bar], largest: int) -> Iterable[Link]:
    for bar in bars.values():
        parent = bars.get(bar.piece.parent_id) if bar.piece.parent_id is not None else None
        if parent is None:
            continue
        x1, y1 = parent.x + BAR_WIDTH, parent.y + parent.height // 2
        x2, y2 = bar.x, bar.y + bar.height // 2
        bend = max((x2 - x1) // 2, 30)
        width = max(1, LINK_MAX * isqrt(bar.piece.amount_minor * 10_000 // largest) // 100)
        yield Link(f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}", width, bar.is_open)
