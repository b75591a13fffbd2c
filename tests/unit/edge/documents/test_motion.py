"""A motion on paper refuses what must not be missing, and its schedule adds up."""

from dataclasses import replace
from datetime import date

import pytest

from tarazy.edge.documents.model import DocumentRefused, Grid
from tarazy.edge.documents.motion import motion_document, schedule_document
from tarazy.edge.documents.motion_view import FactGrade, FactView, MilderView
from tarazy.edge.documents.render import render
from tarazy.law.terms import Measure, TestId
from tarazy.values.money import Money
from tests.unit.edge.documents.paper_stories import CATALOGUE, FILE, MOTION, line
from tests.unit.edge.documents.pdf_reading import packed, text_of
from tests.unit.texts.notice_stories import ALMATY

MISSING = {
    "no remedy": {"remedies": ()},
    "no lines": {"lines": ()},
    "no norms": {"norms": ()},
    "no facts": {"facts": ()},
    "what speaks for the holders": {"for_holder_answer": " "},
    "if nobody acts": {"forecast": ()},
    "without a name": {"author": replace(MOTION.author, name="")},
    "not in force that day": {"law_day": date(2020, 1, 1)},
    "numbered from 1": {"lines": (line(2, 100),)},
    "more than 200 lines": {"lines": tuple(line(number, 100) for number in range(1, 202))},
}


@pytest.mark.parametrize("reason", MISSING)
def test_a_motion_without_what_it_needs_cannot_be_built(reason: str) -> None:
    with pytest.raises(DocumentRefused, match=reason):
        replace(MOTION, **MISSING[reason])


def test_a_line_answers_all_nine_tests_and_names_its_sum() -> None:
    with pytest.raises(DocumentRefused, match="nine tests"):
        replace(MOTION.lines[0], tests=MOTION.lines[0].tests[:8])
    with pytest.raises(DocumentRefused, match="its sum"):
        replace(MOTION.lines[0], amount=Money(0, "KZT"))
    with pytest.raises(DocumentRefused, match="without its source"):
        FactView(text="a", source="", grade=FactGrade.reported)
    with pytest.raises(DocumentRefused, match="without an answer"):
        MilderView(measure=Measure.M5, answer="")
    with pytest.raises(DocumentRefused, match="order of time"):
        replace(FILE, events=FILE.events[::-1])


def test_the_sum_is_that_of_the_lines_for_each_currency() -> None:
    euros = replace(line(4, 12_34), amount=Money(12_34, "EUR"))
    paper = motion_document(replace(MOTION, lines=(*MOTION.lines, euros)), CATALOGUE, ALMATY)
    assert packed("Сумма по всем строкам: 111 500,50 ₸; 12,34 €") in packed(text_of(render(paper)))


def test_a_test_that_is_not_passed_is_named_with_its_line_and_reason() -> None:
    text = text_of(render(motion_document(MOTION, CATALOGUE, ALMATY)))
    assert "не пройдены: T7" in text
    assert "Строка 3, T7 (Соразмерность): сумма строки больше прослеженной суммы" in text
    clean = replace(MOTION, lines=(line(1, 100),))
    assert "не пройдены" not in text_of(render(motion_document(clean, CATALOGUE, ALMATY)))
    assert line(1, 100, against=TestId.T4).failed[0].test is TestId.T4


def test_the_three_decisions_have_the_same_room_and_nothing_is_filled_in() -> None:
    grids = [block for block in schedule_document(MOTION, CATALOGUE, ALMATY).blocks if isinstance(block, Grid)]
    decisions = next(grid for grid in grids if len(grid.head) == 5)
    assert len(set(decisions.widths[1:4])) == 1
    assert all(len(set(row[1:4])) == 1 and not row[4] for row in decisions.rows)


def test_a_motion_of_two_hundred_lines_is_printed() -> None:
    many = replace(MOTION, lines=tuple(line(number, 100, against=TestId.T7) for number in range(1, 201)))
    assert render(motion_document(many, CATALOGUE, ALMATY)).startswith(b"%PDF")
