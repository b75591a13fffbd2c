"""A document as plain text, to be read aloud by a machine or a person: the same blocks in the same order."""

from typing import Final

from tarazy.edge.documents.model import (
    Block,
    Callout,
    Document,
    FactRows,
    Grid,
    Heading,
    Items,
    Paragraph,
    ReceiptCode,
    RemedyBox,
    Signature,
    texts_of,
)
from tarazy.edge.documents.render import one_by_one

_ENDS: Final = (".", "!", "?", ":", "…")


def reading_text(document: Document) -> str:
    """Return the document as lines of text, a blank line between blocks. No picture, no column, no page."""
    return "\n\n".join([_sentence(document.running), *(_read(block) for block in document.blocks)]) + "\n"


def _read(block: Block) -> str:
    match block:
        case Heading() | Paragraph():
            return _sentence(block.text)
        case FactRows():
            return _rows(block)
        case Grid():
            return "\n\n".join(f"{block.head[0]}: {_sentence(one.head[1])}\n{_rows(one)}" for one in one_by_one(block))
        case Items():
            numbers = [f"{i}. " if block.is_numbered else "" for i in range(1, len(block.items) + 1)]
            return "\n".join(number + _sentence(item) for number, item in zip(numbers, block.items, strict=True))
        case RemedyBox():
            lines = [f"{one.forum}: {_sentence(one.until)}" for one in block.lines]
            return "\n".join([_sentence(block.title), *([_sentence(block.text)] if block.text else []), *lines])
        case Callout():
            return "\n".join(_sentence(text) for text in texts_of(block))
        case Signature():
            lines = [f"{label}: …" for label in block.labels] if block.signed is None else [_sentence(block.signed)]
            return "\n".join([_sentence(", ".join(part for part in (block.name, block.role) if part)), *lines])
        case ReceiptCode():
            return f"{_sentence(block.text)}\n{_sentence(block.picture_text)}\n{_rows(block.rows)}"


def _rows(block: FactRows) -> str:
    return "\n".join(f"{label}: {_sentence(value)}" for label, value in block.rows)


def _sentence(text: str) -> str:
    """End what is read with a sign to pause at."""
    return text if not text or text.endswith(_ENDS) else f"{text}."
