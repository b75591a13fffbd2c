"""The stretch of an account's line around one piece, cut into parts of one kind each: what the picture shows."""

from dataclasses import dataclass
from enum import StrEnum

from tarazy.agent.records import CONSUMPTIONS, CREDITS, HOLD_SEGMENTS
from tarazy.app.store import Transaction, Window
from tarazy.domain.line import AccountLine, Credit
from tarazy.values.ids import HoldId
from tarazy.values.interval import Interval, subtract


class PartKind(StrEnum):
    """What became of a part of the line."""

    spent = "spent"
    held_here = "held_here"
    held_elsewhere = "held_elsewhere"
    free = "free"


@dataclass(frozen=True, slots=True)
class LinePart:
    """A stretch of the line of one kind."""

    units: Interval
    kind: PartKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePicture:
    """What there is to draw: ``frame`` cut into ``parts``, where credits begin and end, and the piece."""

    frame: Interval
    parts: tuple[LinePart, ...]
    credits: tuple[Interval, ...]
    piece: Interval

    def sum_of(self, kind: PartKind) -> int:
        """Return how many units of the piece are of a kind."""
        cuts = (_cut(part.units, self.piece) for part in self.parts if part.kind is kind)
        return sum(cut.length for cut in cuts if cut is not None)


def picture_of(tx: Transaction, line: AccountLine, credit: Credit, piece: Interval, hold_id: HoldId) -> LinePicture:
    """Return the line around a credit: as much before and after it as it is long, where there is that much."""
    length = credit.line_to - credit.line_from
    frame = Interval(max(0, credit.line_from - length), min(line.line_end, credit.line_to + length))
    window = Window(line.account_id, frame.start, frame.end)
    taken = [(row.line_from, row.line_to, PartKind.spent) for row in tx.overlapping(CONSUMPTIONS, [window])]
    for row in tx.overlapping(HOLD_SEGMENTS, [window]):
        kind = PartKind.held_here if row.hold_id == hold_id else PartKind.held_elsewhere
        taken.append((row.line_from, row.line_to, kind))
    cuts = ((_cut(Interval(start, end), frame), kind) for start, end, kind in taken)
    parts = [LinePart(cut, kind) for cut, kind in cuts if cut is not None]
    free = subtract((frame,), [part.units for part in parts])
    parts += [LinePart(stretch, PartKind.free) for stretch in free]
    spans = (_cut(Interval(row.line_from, row.line_to), frame) for row in tx.overlapping(CREDITS, [window]))
    return LinePicture(
        frame=frame,
        parts=tuple(sorted(parts, key=lambda part: part.units)),
        credits=tuple(span for span in spans if span is not None),
        piece=piece,
    )


def _cut(stretch: Interval, frame: Interval) -> Interval | None:
    low, high = max(stretch.start, frame.start), min(stretch.end, frame.end)
    return Interval(low, high) if low < high else None
