"""The letter says what the notice said, word for word, and until when one can complain."""

import pytest

from tarazy.agent.notice_law import ANY_TIME_AT_THE_BANK
from tarazy.domain.notice import FilingUnit, FilingWindow, Remedy
from tarazy.edge.documents.glyphs import covered, printable
from tarazy.edge.documents.model import DocumentRefused, Print, ReceiptCode, RemedyBox
from tarazy.edge.documents.notice import (
    TAIL,
    last_moment,
    notice_document,
    remedies_told,
    told_of_facts,
    told_of_record,
)
from tarazy.edge.documents.receipt_qr import PAYLOAD_BYTES_MAX, ReceiptRefused, picture_of
from tarazy.edge.documents.render import render
from tarazy.texts.catalogue import Language
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.unit.edge.documents.paper_stories import CALENDAR, CATALOGUE, HEAD, RECEIPT, SERVICE, letter, served
from tests.unit.edge.documents.pdf_reading import opened, packed, spoken_of, text_of
from tests.unit.edge.documents.qr_reading import read_in
from tests.unit.texts.notice_stories import PLACED_AT, STORIES, TO_THE_COURT
from tests.unit.texts.test_notice_text import every_facts

OF_CODE = f"tarazy notice 1\nnotice {SERVICE.notice_id}\ncode K7QW2-9M4XT\n"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("story", ["hold_placed", "hold_confirmed", "trace_answered", "refund_paid_by_court"])
def test_the_letter_says_what_was_told_word_for_word(story: str, language: Language) -> None:
    facts = STORIES[story]
    record = served(facts, language)
    told = told_of_record(record, "KZT", HEAD)
    paper = notice_document(told, remedies_told(told, facts.remedies, HEAD), SERVICE, HEAD)
    text = packed(text_of(render(paper)))
    for sentence in (record.subject, *record.paragraphs):
        assert packed(printable(sentence)) in text
    assert packed(SERVICE.recipient) in text
    assert SERVICE.notice_id in text


@pytest.mark.parametrize("language", Language)
def test_the_framed_paragraph_is_the_one_with_the_remedies(language: Language) -> None:
    for facts in every_facts():
        told = told_of_facts(facts, language, HEAD)
        assert remedies_told(told, facts.remedies, HEAD) == facts.remedies
        assert facts.code[:5] in told.paragraphs[1 - TAIL]


def test_a_remedy_that_the_person_was_not_told_of_is_not_printed() -> None:
    told = told_of_facts(STORIES["hold_placed"], Language.en, HEAD)
    assert remedies_told(told, (TO_THE_COURT,), HEAD) == ANY_TIME_AT_THE_BANK


def test_the_last_day_is_counted_from_service() -> None:
    said = {
        FilingWindow(48, FilingUnit.hour): "2026-11-26T09:40:00+05:00",
        FilingWindow(15, FilingUnit.day): "2026-12-09T09:40:00+05:00",
        FilingWindow(16, FilingUnit.working_day): "2026-12-18T00:00:00+05:00",
        FilingWindow(3, FilingUnit.month): "2027-02-25T00:00:00+05:00",
    }
    for window, last in said.items():
        assert last_moment(window, PLACED_AT, CALENDAR) == Instant.parse(last), window
    assert last_moment(FilingWindow(90, FilingUnit.working_day), PLACED_AT, CALENDAR) is None
    box = next(block for block in letter(Language.en).blocks if isinstance(block, RemedyBox))
    assert box.lines[1].until == "within 15 days, at the latest 9 December 2026, 09:40 (Astana and Almaty time, UTC+5)"
    monthly = replace(
        STORIES["hold_placed"], remedies=(Remedy(forum="court", file_within=FilingWindow(3, FilingUnit.month)),)
    )
    box = next(block for block in letter(Language.en, monthly).blocks if isinstance(block, RemedyBox))
    assert box.lines[0].until == "within 3 months, the last day is 24 February 2027"


def test_without_a_receipt_the_letter_says_so_and_has_the_picture_of_its_code_alone() -> None:
    for language in Language:
        paper = letter(language, service=replace(SERVICE, receipt=None))
        file = render(paper)
        assert spoken_of(file) == [printable(CATALOGUE.text("document.notice.code_picture", language))]
        assert read_in(opened(file)) == [OF_CODE]
        assert printable(CATALOGUE.text("document.receipt.none", language)) in text_of(file)


def test_the_picture_holds_the_receipt_and_no_address() -> None:
    code = next(block for block in letter(Language.kk).blocks if isinstance(block, ReceiptCode))
    assert code.receipt.payload().split("\n")[1:] == [
        "log tarazy-demonstration/log",
        "size 48213",
        "index 48190",
        "leaf " + "5f0c" * 16,
        "event ev_" + "7a" * 16,
        "",
    ]
    assert len(code.receipt.payload().encode()) <= PAYLOAD_BYTES_MAX
    assert picture_of(code.receipt).startswith("<svg")
    assert picture_of(code.receipt) != picture_of(replace(RECEIPT, index=48_191))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("size", Print)
def test_a_reader_finds_the_code_and_the_receipt_in_the_printed_pictures(language: Language, size: Print) -> None:
    assert read_in(opened(render(letter(language, size=size)))) == [OF_CODE, RECEIPT.payload()]


@pytest.mark.parametrize(("tree_size", "index"), [(1, 0), (10**12, 10**12 - 1)])
def test_small_and_large_receipts_are_read_back_too(tree_size: int, index: int) -> None:
    receipt = replace(RECEIPT, tree_size=tree_size, index=index, origin="x" * tree_size if tree_size < 9 else "y" * 300)
    paper = letter(Language.kk, service=replace(SERVICE, receipt=receipt))
    assert read_in(opened(render(paper))) == [OF_CODE, receipt.payload()]


@pytest.mark.parametrize(
    "origin", ["https://tarazy.example", "www.tarazy.example", "tarazy\nleaf 00", "a" * 500, "mailto:a"]
)
def test_a_receipt_that_is_an_address_or_does_not_fit_is_refused(origin: str) -> None:
    with pytest.raises(ReceiptRefused):
        replace(RECEIPT, origin=origin)


def test_a_letter_holds_no_link_and_no_letter_is_without_a_remedy() -> None:
    told = told_of_facts(STORIES["hold_placed"], Language.en, HEAD)
    bad = replace(told, rows=(("a", "https://tarazy.example"),))
    with pytest.raises(DocumentRefused, match="never contains a link"):
        notice_document(bad, ANY_TIME_AT_THE_BANK, SERVICE, HEAD)
    with pytest.raises(DocumentRefused, match="no remedy"):
        notice_document(told, (), SERVICE, HEAD)
    shown = notice_document(told, ANY_TIME_AT_THE_BANK, replace(SERVICE, recipient="http://a.example"), HEAD)
    assert "the holder of the account" in list(shown.texts())


def test_every_text_of_the_documents_can_be_printed() -> None:
    for language in Language:
        texts = {code: text for code, text in CATALOGUE.entries[language].items() if code.startswith("document.")}
        assert len(texts) > 80
        assert not {sign for text in texts.values() for sign in text if ord(sign) not in covered()}
