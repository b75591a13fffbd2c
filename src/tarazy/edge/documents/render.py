"""Makes a PDF of a document: tagged (PDF/UA-1, PDF/A-2a), in its own language, the same bytes for the same blocks.

The words go to the typesetter as JSON, never as source. Nothing is fetched and no font of the machine is used.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import typst

from tarazy.edge.documents.glyphs import FONTS, breakable, printable
from tarazy.edge.documents.model import (
    Block,
    Callout,
    Document,
    FactRows,
    Grid,
    Heading,
    Items,
    Paragraph,
    Print,
    ReceiptCode,
    RemedyBox,
    Signature,
    texts_of,
)
from tarazy.edge.documents.receipt_qr import drawn, picture_of

TEMPLATES: Final = Path(__file__).parent / "templates"
Shown: TypeAlias = Mapping[str, object]
"""A block as the template reads it."""

_LINE_LETTERS: Final = {Print.ordinary: 46, Print.large: 32}
"""So many of the widest letters fit a line; the same for the second column of named values, and beside a picture."""
_VALUE_LETTERS: Final = {Print.ordinary: 30, Print.large: 18}
_BESIDE_LETTERS: Final = {Print.ordinary: 22, Print.large: 18}
_GRID_LETTERS: Final = 50
_WHOLE_LETTERS: Final = 1_200
"""A frame with no more fits a page in any size, so it stands on one."""
_RUNNING_LETTERS: Final = {Print.ordinary: 88, Print.large: 52}
"""The head of a page is one line: what it cuts off stands in the document."""


def render(document: Document) -> bytes:
    """Return the document as a PDF."""
    size = document.size
    shown = {
        "title": printable(document.title),
        "author": printable(document.author),
        "language": document.language.value,
        "running": _cut(printable(document.running), _RUNNING_LETTERS[size]),
        "size": size.value,
        "blocks": [_shown(piece, size) for block in document.blocks for piece in _sized(block, size)],
    }
    return typst.compile(
        TEMPLATES / "document.typ",
        root=TEMPLATES,
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(shown)},
        pdf_standards=["ua-1", "a-2a"],
        timestamp=int(document.made_at.utc.timestamp()),
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def _cut(text: str, letters_max: int) -> str:
    return text if len(text) <= letters_max else text[: letters_max - 1].rstrip() + "…"


def _words(text: str, letters_max: int) -> str:
    return breakable(printable(text), letters_max)


def _sized(block: Block, size: Print) -> tuple[Block, ...]:
    """Return a block as it fits the page: a wide table in large letters becomes a short one for each row."""
    return one_by_one(block) if isinstance(block, Grid) and size is Print.large else (block,)


def _shown(block: Block, size: Print) -> Shown:
    """Return a block as the template reads it."""
    line = _LINE_LETTERS[size]
    match block:
        case Heading():
            return {"kind": "heading", "level": block.level, "text": _words(block.text, line // 2)}
        case Paragraph():
            return {"kind": "paragraph", "text": _words(block.text, line), "strong": block.is_strong}
        case FactRows():
            return _rows(block, _VALUE_LETTERS[size])
        case Grid():
            return _grid(block)
        case Items():
            items = [_words(item, line) for item in block.items]
            return {"kind": "items", "items": items, "numbered": block.is_numbered}
        case RemedyBox():
            return _remedy(block, line)
        case Callout():
            return _callout(block, size)
        case Signature():
            return _signature(block, line)
        case ReceiptCode():
            return _receipt(block, size)


def one_by_one(grid: Grid) -> tuple[FactRows, ...]:
    """Return each row of a table as a table of its own: the first column with its value is what it is known by."""
    return tuple(
        FactRows(head=(grid.head[0], row[0]), rows=tuple(zip(grid.head[1:], row[1:], strict=True))) for row in grid.rows
    )


def _rows(block: FactRows, letters: int) -> Shown:
    return {
        "kind": "rows",
        "head": [_words(cell, letters // 2) for cell in block.head],
        "rows": [[_words(label, letters // 2), _words(value, letters)] for label, value in block.rows],
    }


def _grid(block: Grid) -> Shown:
    whole = sum(block.widths)
    letters = [max(4, _GRID_LETTERS * width // whole - 1) for width in block.widths]

    def fitted(row: tuple[str, ...]) -> list[str]:
        return [_words(cell, most) for cell, most in zip(row, letters, strict=True)]

    rows = [fitted(row) for row in block.rows]
    return {"kind": "grid", "head": fitted(block.head), "rows": rows, "widths": list(block.widths)}


def _remedy(block: RemedyBox, line: int) -> Shown:
    lines: list[Shown] = [
        {"forum": _words(one.forum, line), "until": _words(one.until, line // 2)} for one in block.lines
    ]
    return {
        "kind": "remedy",
        "title": _words(block.title, line),
        "text": _words(block.text, line),
        "lines": lines,
        "whole": sum(map(len, texts_of(block))) <= _WHOLE_LETTERS,
    }


def _callout(block: Callout, size: Print) -> Shown:
    letters = _BESIDE_LETTERS[size] if block.payload else _LINE_LETTERS[size]
    return {
        "kind": "callout",
        "title": _words(block.title, letters),
        "text": _words(block.text, letters),
        "svg": drawn(block.payload) if block.payload else None,
        "alt": printable(block.picture_text),
    }


def _signature(block: Signature, line: int) -> Shown:
    return {
        "kind": "signature",
        "name": _words(block.name, line),
        "role": _words(block.role, line),
        "labels": [_words(label, line // 2) for label in block.labels],
        "signed": None if block.signed is None else _words(block.signed, line),
    }


def _receipt(block: ReceiptCode, size: Print) -> Shown:
    return {
        "kind": "receipt",
        "svg": picture_of(block.receipt),
        "text": _words(block.text, _LINE_LETTERS[size]),
        "alt": printable(block.picture_text),
        "rows": _rows(block.rows, _BESIDE_LETTERS[size]),
    }
