"""A PDF that everybody can read: tagged, titled, in its language; and that nobody can write into."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarazy.edge.documents.glyphs import printable
from tarazy.edge.documents.model import (
    Callout,
    Document,
    DocumentKind,
    DocumentRefused,
    FactRows,
    Grid,
    Heading,
    Items,
    Paragraph,
    Print,
    ReceiptCode,
    RemedyBox,
    RemedyLine,
    Signature,
    texts_of,
)
from tarazy.edge.documents.reading import reading_text
from tarazy.edge.documents.render import one_by_one, render
from tarazy.texts.catalogue import Language
from tarazy.values.replacing import replace
from tests.unit.edge.documents.paper_stories import MOTION, RECEIPT, papers
from tests.unit.edge.documents.pdf_reading import annotations_of, opened, packed, spoken_of, tags_of, text_of

PAGES = {size: papers(size) for size in Print}
NAMES = sorted(PAGES[Print.ordinary])
LETTERS = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
MARKUP = (
    '#import "x": y; #panic("no") #read("/etc/passwd")',
    "$ a^2 $ *strong* _lean_ `raw` ~ -- --- ...",
    "@label <label> = Heading",
    "= Heading\n- item\n+ item\n/ term: x",
    "\\u{41} \\# \"double\" 'single' [content] {code} // comment /* comment */",
    "a\n\nb\tc",
    "sys.inputs.document #sys.inputs",
)
SHOWN_TAGS = frozenset({"/H1", "/H2", "/H3", "/Table", "/L", "/Figure"})


def saying(*words: str, size: Print = Print.ordinary) -> Document:
    """Return a document that says ``words`` in every kind of block."""
    first, *_ = words
    return Document(
        kind=DocumentKind.information,
        language=Language.kk,
        author="Алатау Банк",
        title=f"Title {first}"[:200],
        running=first,
        made_at=MOTION.drawn_at,
        blocks=(
            Heading(f"Title {first}"[:200], 1),
            *(Paragraph(text) for text in words),
            Paragraph(first, is_strong=True),
            FactRows((first, first), ((first, first),)),
            Grid(("a", "b", "c"), ((first, first, first),), (1, 2, 1)),
            Items((first,)),
            RemedyBox(f"Remedy {first}"[:200], first, (RemedyLine(f"Forum {first}", f"Until {first}"),)),
            Callout(first, first),
            Callout(first, first, "tarazy notice 1", f"Picture {first}"[:200]),
            Signature(first, first, (first,), None),
            Signature(first, first, (), first),
            ReceiptCode(RECEIPT, first, f"Picture {first}"[:200], FactRows(("a", "b"), ((first, first),))),
        ),
        size=size,
    )


@pytest.mark.parametrize("size", Print)
@pytest.mark.parametrize("name", NAMES)
def test_every_paper_is_tagged_titled_and_in_its_language(name: str, size: Print) -> None:
    paper = PAGES[size][name]
    file = render(paper)
    root = opened(file).root_object
    assert root["/Lang"] == paper.language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert opened(file).metadata.title == printable(paper.title)
    assert opened(file).metadata.author == paper.author
    about = root["/Metadata"].get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in about
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in about


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_the_tags_is_the_order_of_the_blocks(name: str) -> None:
    paper = PAGES[Print.ordinary][name]
    expected: list[str] = []
    for block in paper.blocks:
        match block:
            case Heading():
                expected.append(f"/H{block.level}")
            case FactRows() | Grid():
                expected.append("/Table")
            case Items():
                expected.append("/L")
            case RemedyBox():
                expected += ["/H2", "/L"]
            case Callout() if block.payload:
                expected.append("/Figure")
            case ReceiptCode():
                expected += ["/Figure", "/Table"]
            case _:
                pass
    assert [tag for tag in tags_of(render(paper)) if tag in SHOWN_TAGS] == expected


@pytest.mark.parametrize("size", Print)
@pytest.mark.parametrize("name", NAMES)
def test_everything_that_a_document_says_is_on_paper_in_its_order(name: str, size: Print) -> None:
    paper = PAGES[size][name]
    said, at = "".join(text_of(render(paper)).split()), 0
    for block in paper.blocks:
        pieces = one_by_one(block) if isinstance(block, Grid) and size is Print.large else (block,)
        unseen = block.picture_text if isinstance(block, ReceiptCode | Callout) else None
        for text in (text for piece in pieces for text in texts_of(piece) if text != unseen):
            found = said.find("".join(printable(text).split()), at)
            assert found >= at, text
            at = found


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_has_its_words_and_nothing_is_a_link(name: str) -> None:
    paper = PAGES[Print.ordinary][name]
    file = render(paper)
    pictures = [block.picture_text for block in paper.blocks if isinstance(block, ReceiptCode | Callout)]
    assert spoken_of(file) == pictures
    assert not [one for one in annotations_of(file) if "http" in one or "/URI" in one]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_blocks_give_the_same_file(name: str) -> None:
    paper = PAGES[Print.ordinary][name]
    assert render(paper) == render(papers()[name])
    later = replace(paper, made_at=MOTION.lines[0].until)
    assert render(later) != render(paper)


def test_a_letter_is_small_and_holds_no_font_of_the_machine() -> None:
    for name in NAMES:
        file = render(PAGES[Print.ordinary][name])
        assert len(file) < 150_000, name
        fonts = {
            str(font.get_object()["/BaseFont"]).partition("+")[2]
            for page in opened(file).pages
            for font in page["/Resources"]["/Font"].values()
        }
        assert fonts <= {"NotoSans-Regular", "NotoSans-Bold"}


def test_pages_are_numbered() -> None:
    pages = opened(render(PAGES[Print.ordinary]["court_file"])).pages
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert page.extract_text().strip().endswith(f"{number} / {len(pages)}")


def test_large_print_is_larger() -> None:
    def letters_on_first_page(size: Print) -> int:
        return len(opened(render(PAGES[size]["letter.ru"])).pages[0].extract_text())

    assert letters_on_first_page(Print.large) < 0.55 * letters_on_first_page(Print.ordinary)


def test_kazakh_letters_come_out_as_they_are() -> None:
    assert text_of(render(saying(LETTERS))).count(LETTERS) >= 10


@pytest.mark.parametrize("size", Print)
@pytest.mark.parametrize("text", MARKUP)
def test_what_people_write_is_never_markup(text: str, size: Print) -> None:
    shown = packed(printable(text))
    file = render(saying(text, size=size))
    assert packed(text_of(file)).count(shown) >= 10
    assert shown in packed(str(opened(file).metadata.title))
    assert tags_of(file).count("/H1") == 1


def test_what_cannot_be_printed_is_printed_as_its_number() -> None:
    text = text_of(render(saying("李 \u202eabc\x00 \U0001f600 \ud800 e\u0301 ж\u0301 q\u0303")))
    assert "[U+674E] [U+202E]abc[U+0000] [U+1F600] [U+D800] é ж" in text


@pytest.mark.parametrize("letter", ["W", "щ", "a"])
def test_a_word_without_end_is_broken_and_stays_on_the_paper(letter: str) -> None:
    file = render(saying(letter * 400))
    assert letter * 400 in packed(text_of(file))
    lines = [line.strip() for page in opened(file).pages for line in page.extract_text().split("\n")[1:]]
    assert max(len(line) for line in lines if set(line) == {letter}) <= 92


@pytest.mark.parametrize("text", ["W" * 4_000, "a" + "\u0301" * 4_000, "\u202e" * 4_000])
def test_four_thousand_letters_are_printed(text: str) -> None:
    assert 100_000 < len(render(saying(text))) < 5_000_000


@given(text=st.text(max_size=60))
@settings(max_examples=20, deadline=None)
def test_every_text_can_be_printed(text: str) -> None:
    assert render(saying(text)).startswith(b"%PDF-1.7")


def test_an_act_without_its_remedy_cannot_be_built() -> None:
    for name in NAMES:
        paper = PAGES[Print.ordinary][name]
        without = tuple(block for block in paper.blocks if not isinstance(block, RemedyBox))
        with pytest.raises(DocumentRefused, match="without its remedy"):
            replace(paper, blocks=without)
    with pytest.raises(DocumentRefused, match="no remedy"):
        RemedyBox("Where to complain", "", ())
    with pytest.raises(DocumentRefused, match="forum and its time"):
        RemedyLine("to the court", " ")


def test_a_document_that_nobody_could_follow_is_refused() -> None:
    paper = PAGES[Print.ordinary]["motion"]
    with pytest.raises(DocumentRefused, match="no level is skipped"):
        replace(paper, blocks=(Heading("a", 1), Heading("b", 3), *paper.blocks[1:]))
    with pytest.raises(DocumentRefused, match="the first heading"):
        replace(paper, blocks=paper.blocks[1:])
    with pytest.raises(DocumentRefused, match="characters"):
        replace(paper, blocks=(*paper.blocks, Paragraph("a" * 400_001)))
    with pytest.raises(DocumentRefused, match="does not fit"):
        Grid(("a", "b"), (("1",),), (1, 1))
    with pytest.raises(DocumentRefused, match="empty list"):
        Items(())


@pytest.mark.parametrize("name", NAMES)
def test_the_text_to_be_read_aloud_says_the_same_in_the_same_order(name: str) -> None:
    paper = PAGES[Print.ordinary][name]
    said, at = reading_text(paper), 0
    for block in paper.blocks:
        pieces = one_by_one(block) if isinstance(block, Grid) else (block,)
        head = () if isinstance(block, FactRows | ReceiptCode) else None
        for piece in pieces:
            texts = texts_of(piece) if head is None else [text for row in _rows(block) for text in row]
            for text in texts:
                found = said.find(text, at)
                assert found >= at, text
                at = found


def _rows(block: object) -> tuple[tuple[str, str], ...]:
    if isinstance(block, ReceiptCode):
        return block.rows.rows
    assert isinstance(block, FactRows)
    return block.rows
