"""What a document consists of: blocks, in the order in which they are read. How they look is decided by `render`.

Blocks hold words that are ready to be read, in one language. An act (a notice, a motion, its schedule, a court file)
cannot be built without a block that says where to complain and until when.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from tarazy.edge.documents.receipt_qr import ReceiptLine
from tarazy.texts.catalogue import Language
from tarazy.texts.links import links_in
from tarazy.values.instant import Instant

BLOCKS_MAX: Final = 4_000
CHARACTERS_MAX: Final = 400_000
"""About two hundred pages; whoever needs more files a second document."""
COLUMNS_MAX: Final = 8
LEVELS_MAX: Final = 3
HEAD_LETTERS_MAX: Final = 100
TITLE_LETTERS_MAX: Final = 1_000
"""A file's own title and its outline are strings of a limited length."""


class DocumentRefused(ValueError):
    """These blocks do not make a document: something is missing, or there is too much of it."""


class DocumentKind(StrEnum):
    """What a document is."""

    notice = "notice"
    motion = "motion"
    schedule = "schedule"
    court_file = "court_file"
    information = "information"
    """Something to read that changes nobody's rights."""


ACTS: Final = frozenset(DocumentKind) - {DocumentKind.information}
"""What touches a person's rights: never without its remedy."""
WITHOUT_LINKS: Final = frozenset({DocumentKind.notice})
"""What goes to people whom others try to deceive: every link that they get is a forgery."""


class Print(StrEnum):
    """How large the letters are."""

    ordinary = "ordinary"
    large = "large"
    """For people who see badly: 16 points."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. Level 1 is the title that the document is known by."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences; ``is_strong`` for those that nobody may miss."""

    text: str
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class FactRows:
    """Named values, one below the other. ``head`` names the two columns for those who hear the table."""

    head: tuple[str, str]
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose rows are alike; ``widths`` are the shares of its columns."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]

    def __post_init__(self) -> None:
        columns = len(self.head)
        if not 0 < columns <= COLUMNS_MAX or len(self.widths) != columns or min(self.widths) <= 0:
            raise DocumentRefused(f"a table has 1 to {COLUMNS_MAX} columns, each with its width")
        if max(len(cell) for cell in self.head) > HEAD_LETTERS_MAX:
            raise DocumentRefused(f"a column is named in up to {HEAD_LETTERS_MAX} letters: every page repeats it")
        if any(len(row) != columns for row in self.rows):
            raise DocumentRefused("a row that does not fit its table")


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[str, ...]
    is_numbered: bool = False

    def __post_init__(self) -> None:
        if not self.items:
            raise DocumentRefused("an empty list")


@dataclass(frozen=True, slots=True)
class RemedyLine:
    """Where one can complain, and until when. Both are always said."""

    forum: str
    until: str

    def __post_init__(self) -> None:
        if not self.forum.strip() or not self.until.strip():
            raise DocumentRefused("a remedy names its forum and its time")


@dataclass(frozen=True, slots=True)
class RemedyBox:
    """Where to complain, framed so that nobody misses it."""

    title: str
    text: str
    lines: tuple[RemedyLine, ...]

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.lines:
            raise DocumentRefused("no remedy")


@dataclass(frozen=True, slots=True)
class Callout:
    """A framed sentence beside the text: a code, a state of affairs.

    ``payload`` is what a picture beside it holds for a telephone, ``picture_text`` what somebody is told who does not
    see that. It is no address: a telephone that reads it opens nothing.
    """

    title: str
    text: str
    payload: str = ""
    picture_text: str = ""

    def __post_init__(self) -> None:
        if links_in(self.payload):
            raise DocumentRefused("a picture that holds an address")
        if bool(self.payload) != bool(self.picture_text):
            raise DocumentRefused("a picture that is said in no words, or words of none")


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, and where: lines to sign on paper, or what was signed electronically.

    ``labels`` are those of the lines: for a name where nobody is named yet, for the signature and for the date.
    """

    name: str
    role: str
    labels: tuple[str, ...]
    signed: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptCode:
    """The receipt of an act as a picture that a telephone reads, and the same in words."""

    receipt: ReceiptLine
    text: str
    picture_text: str
    """What somebody is told who does not see the picture."""
    rows: FactRows


Block = Heading | Paragraph | FactRows | Grid | Items | RemedyBox | Callout | Signature | ReceiptCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document. Raises `DocumentRefused` for an act without its remedy, and for one that nobody could read.

    ``running`` stands at the head of each page: who writes, and that it is a demonstration where it is one. ``made_at``
    is the moment written into the file, so that the same blocks give the same file.
    """

    kind: DocumentKind
    language: Language
    author: str
    title: str
    running: str
    made_at: Instant
    blocks: tuple[Block, ...]
    size: Print = Print.ordinary

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.author.strip():
            raise DocumentRefused("a document has a title and an author")
        headings = (block.text for block in self.blocks if isinstance(block, Heading))
        if max(map(len, (self.title, self.author, *headings))) > TITLE_LETTERS_MAX:
            raise DocumentRefused(f"a title, an author or a heading of more than {TITLE_LETTERS_MAX} letters")
        if self.kind in ACTS and not any(isinstance(block, RemedyBox) for block in self.blocks):
            raise DocumentRefused("an act without its remedy")
        if not _is_outline([block.level for block in self.blocks if isinstance(block, Heading)]):
            raise DocumentRefused("the first heading alone is the title, and no level is skipped")
        if len(self.blocks) > BLOCKS_MAX or sum(len(text) for text in self.texts()) > CHARACTERS_MAX:
            raise DocumentRefused(f"more than {BLOCKS_MAX} blocks or {CHARACTERS_MAX} characters")
        links = [link for text in self.texts() for link in links_in(text)] if self.kind in WITHOUT_LINKS else []
        if links:
            raise DocumentRefused(f"a notice never contains a link: {', '.join(links)}")

    def texts(self) -> Iterator[str]:
        """Return every text that a person reads, in reading order; what the picture of a receipt holds is not one."""
        yield from (self.title, self.author, self.running)
        for block in self.blocks:
            yield from texts_of(block)


def _is_outline(levels: list[int]) -> bool:
    """Say whether a reader who hears the headings alone finds the way: an accessible PDF must have it so."""
    return levels[:1] == [1] and all(1 < level <= min(above + 1, LEVELS_MAX) for above, level in pairwise(levels))


def texts_of(block: Block) -> tuple[str, ...]:
    """Return the texts of a block in the order in which they are read."""
    match block:
        case Heading() | Paragraph():
            return (block.text,)
        case FactRows() | Grid():
            return (*block.head, *(cell for row in block.rows for cell in row))
        case Items():
            return block.items
        case RemedyBox():
            return (block.title, block.text, *(text for line in block.lines for text in (line.forum, line.until)))
        case Callout():
            return (block.title, block.text, *([block.picture_text] if block.payload else []))
        case Signature():
            return (block.name, block.role, *(block.labels if block.signed is None else (block.signed,)))
        case ReceiptCode():
            return (block.text, block.picture_text, *texts_of(block.rows))
