"""Reads a PDF back: its text, its language and title, its tags in order, and the pictures' other words."""

import io
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject


def opened(file: bytes) -> PdfReader:
    """Return the file, opened."""
    return PdfReader(io.BytesIO(file))


def text_of(file: bytes) -> str:
    """Return all text without the heads and numbers of pages, one space for each space or line end."""
    pages = ("\n".join(page.extract_text().strip().split("\n")[1:-1]) for page in opened(file).pages)
    return " ".join("\n".join(pages).replace("\N{ZERO WIDTH SPACE}", "").split())


def packed(text: str) -> str:
    """Return a text without its spaces: where a line ends is the printer's affair."""
    return "".join(text.split())


def tags_of(file: bytes) -> list[str]:
    """Return the kinds of the tags, in reading order."""
    return [str(tag["/S"]) for tag in _tags(opened(file))]


def spoken_of(file: bytes) -> list[str]:
    """Return what is said instead of the pictures, in reading order."""
    return [str(tag["/Alt"]) for tag in _tags(opened(file)) if "/Alt" in tag]


def annotations_of(file: bytes) -> list[str]:
    """Return every annotation of every page, as written."""
    return [repr(one.get_object()) for page in opened(file).pages for one in page.get("/Annots", ArrayObject())]


def _tags(reader: PdfReader) -> Iterator[DictionaryObject]:
    root = reader.root_object["/StructTreeRoot"].get_object()
    assert isinstance(root, DictionaryObject)
    yield from _below(root)


def _below(tag: DictionaryObject) -> Iterator[DictionaryObject]:
    children = tag.get("/K", ArrayObject())
    for child in children if isinstance(children, ArrayObject) else [children]:
        found: PdfObject | None = child.get_object() if isinstance(child, IndirectObject) else child
        if isinstance(found, DictionaryObject) and "/S" in found:
            yield found
            yield from _below(found)
