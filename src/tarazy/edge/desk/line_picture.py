"""Turns the stretch of a line around a piece into the shapes that the page draws, a thousand wide."""

from dataclasses import dataclass
from typing import Final

from tarazy.agent.stretches import LinePicture, PartKind
from tarazy.values.interval import Interval

WIDTH: Final = 1000
PART_WIDTH_MIN: Final = 3
"""A held tenge beside a million is still seen."""


@dataclass(frozen=True, slots=True)
class DrawnPart:
    """One shape."""

    kind: PartKind
    x: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLine:
    """What the page draws, and the sums of the piece that it writes beside the drawing."""

    parts: tuple[DrawnPart, ...]
    ticks: tuple[int, ...]
    piece_x: int
    piece_width: int
    held_minor: int
    elsewhere_minor: int
    spent_minor: int
    free_minor: int


def drawn(picture: LinePicture) -> DrawnLine:
    """Return the shapes; parts too narrow to be seen are drawn a little wider, the sums stay exact."""
    frame = picture.frame

    def shape(units: Interval) -> tuple[int, int]:
        start, end = _place(units.start, frame), _place(units.end, frame)
        return min(start, WIDTH - PART_WIDTH_MIN), max(PART_WIDTH_MIN, end - start)

    piece_x, piece_width = shape(picture.piece)
    edges = {edge for credit in picture.credits for edge in credit if frame.start < edge < frame.end}
    return DrawnLine(
        parts=tuple(DrawnPart(part.kind, *shape(part.units)) for part in picture.parts),
        ticks=tuple(sorted(_place(edge, frame) for edge in edges)),
        piece_x=piece_x,
        piece_width=piece_width,
        held_minor=picture.sum_of(PartKind.held_here),
        elsewhere_minor=picture.sum_of(PartKind.held_elsewhere),
        spent_minor=picture.sum_of(PartKind.spent),
        free_minor=picture.sum_of(PartKind.free),
    )


def _place(unit: int, frame: Interval) -> int:
    return (unit - frame.start) * WIDTH // max(1, frame.length)
