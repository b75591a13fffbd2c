"""What a child is told of a payment that waits, and what it is asked: plain words, and all that it needs to answer."""

import pytest

from tarazy.adapters.catalogue import load_catalogue
from tarazy.domain.hearing_text import HearingFacts
from tarazy.domain.notice import NoticeFacts, Remedy, code_shown
from tarazy.domain.pause_text import PauseFacts
from tarazy.texts.catalogue import Language
from tarazy.texts.formats import money
from tarazy.texts.links import links_in
from tests.unit.texts.hearing_stories import HEARING_STORIES
from tests.unit.texts.notice_stories import STORIES
from tests.unit.texts.test_pause_text import every_facts
from tests.unit.texts.write_goldens import CHILD_STORIES, child_as_printed, for_child, golden_file

Facts = NoticeFacts | PauseFacts | HearingFacts
OF_LAWYERS = {
    Language.kk: ("құқықтық негіз", "бап", "кодекс", "қаулы", "тарап", "мойындау", "уәкілетті", "шара"),
    Language.ru: (
        "правовое основание",
        "стать",
        "кодекс",
        "постановлен",
        "ходатайств",
        "правонаруш",
        "признани",
        "мера",
    ),
    Language.en: (
        "legal basis",
        "article",
        "criminal procedure",
        "resolution",
        "motion",
        "party",
        "admission",
        "pursuant",
        "measure",
    ),
}
"""Words of the notices for grown-ups that a child need not know."""


def everything() -> list[Facts]:
    return [STORIES["payment_paused"], *every_facts(), *HEARING_STORIES.values()]


def forums_of(remedies: tuple[Remedy, ...], language: Language) -> list[str]:
    codes = [f"notice.forum.{one.forum.removeprefix('law.forum.')}" for one in remedies]
    return [load_catalogue().text(code, language) for code in codes]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("story", CHILD_STORIES)
def test_the_childs_letter_reads_as_the_golden_one(story: str, language: Language) -> None:
    golden = golden_file(story, language).read_text(encoding="utf-8")
    assert child_as_printed(CHILD_STORIES[story], language) == golden


@pytest.mark.parametrize("language", Language)
def test_a_child_is_told_how_much_and_how_it_is_heard_and_no_short_message_goes_out(language: Language) -> None:
    for facts in everything():
        said = for_child(facts, language)
        text, (heard, code, _) = "\n".join(said.body), said.body[-3:]
        assert money(facts.amount.minor, "KZT", language) in text
        assert facts.contact.phone in heard
        assert all(forum in heard for forum in forums_of(facts.remedies, language))
        assert code_shown(facts.code) in code
        assert said.short_text == ""
        assert links_in(said.text()) == []


@pytest.mark.parametrize("language", Language)
def test_a_childs_letter_names_no_officer_and_no_norm_and_has_no_word_of_lawyers(language: Language) -> None:
    for facts in everything():
        text = for_child(facts, language).text()
        assert facts.author is not None
        assert facts.author.name not in text
        assert facts.author.role.in_language(language) not in text
        assert all(title.in_language(language) not in text for title in facts.legal_basis)
        stated = None if isinstance(facts, HearingFacts) else facts.stated_reasons
        assert stated is None or stated not in text
        plain = text.casefold()
        assert [word for word in OF_LAWYERS[language] if f" {word}" in plain] == []
