"""A receipt of the log small enough for a picture on paper: what is needed to find the act and to see that it is it.

The text names the log, the size of its tree, the number of the leaf, its hash and the event. It is no address: a
telephone that reads it opens nothing.
"""

import io
from dataclasses import dataclass
from typing import Final

import segno

from tarazy.log.checkpoint import parse_checkpoint
from tarazy.log.note import parse_note
from tarazy.log.receipt import Receipt
from tarazy.values.ids import EventId

PAYLOAD_BYTES_MAX: Final = 500
_FIRST_LINE: Final = "tarazy receipt 1"
_ADDRESSES: Final = ("://", "www.", "mailto:", "tel:", "smsto:", "geo:", "wifi:", "javascript:")
_QUIET_ZONE: Final = 4


class ReceiptRefused(ValueError):
    """This receipt cannot be put into a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """Where an act stands in the log: everything that the picture holds."""

    origin: str
    tree_size: int
    index: int
    leaf_hash: str
    event_id: EventId

    def __post_init__(self) -> None:
        payload = self.payload()
        if len(payload.encode()) > PAYLOAD_BYTES_MAX:
            raise ReceiptRefused(f"longer than {PAYLOAD_BYTES_MAX} bytes")
        if any(sign in payload.lower() for sign in _ADDRESSES):
            raise ReceiptRefused("a receipt is no address")
        if not all(line.isprintable() for line in payload.split("\n")[:-1]) or payload.count("\n") != len(_LINES) + 1:
            raise ReceiptRefused("expected one line for each part")
        if not 0 <= self.index < self.tree_size:
            raise ReceiptRefused("the tree does not reach this leaf")

    def payload(self) -> str:
        """Return the text of the picture, one part on each line."""
        values = (self.origin, str(self.tree_size), str(self.index), self.leaf_hash, self.event_id)
        return "".join(f"{line}\n" for line in (_FIRST_LINE, *map(" ".join, zip(_LINES, values, strict=True))))


_LINES: Final = ("log", "size", "index", "leaf", "event")


def receipt_line(receipt: Receipt, event_id: EventId) -> ReceiptLine:
    """Return the short form of a receipt: the same act, without the proof that leads to the head of the tree."""
    head = parse_checkpoint(parse_note(receipt.checkpoint).text)
    return ReceiptLine(
        origin=head.origin,
        tree_size=head.size,
        index=receipt.index,
        leaf_hash=receipt.leaf.hash().hex(),
        event_id=event_id,
    )


def picture_of(receipt: ReceiptLine) -> str:
    """Return the picture as SVG, with the room around it that a camera needs; the same text gives the same picture."""
    return drawn(receipt.payload())


def drawn(payload: str) -> str:
    """Return a text as a picture of the same kind: a telephone that reads it shows the text."""
    code = segno.make(payload, error="m", micro=False, encoding="utf-8")
    picture = io.BytesIO()
    code.save(picture, kind="svg", border=_QUIET_ZONE, xmldecl=False, svgns=True, nl=False)
    return picture.getvalue().decode()
