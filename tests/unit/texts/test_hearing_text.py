"""Golden notices of a hearing: ``python -m tests.unit.texts.write_goldens`` writes them. Read what changed."""

import pytest

from tarazy.adapters.catalogue import load_catalogue
from tarazy.domain.hearing_text import HearingFacts, render_hearing
from tarazy.domain.notice import NoticeRefused, code_shown
from tarazy.domain.notice_text import SHORT_TEXT_MAX, remedies_listed
from tarazy.texts.catalogue import Language
from tarazy.texts.formats import moment, money
from tarazy.texts.links import links_in
from tarazy.values.replacing import replace
from tests.unit.texts.hearing_stories import ASKED, HEARING_STORIES
from tests.unit.texts.notice_stories import ALMATY
from tests.unit.texts.write_goldens import golden_file, hearing_as_printed


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("story", HEARING_STORIES)
def test_the_notice_reads_as_the_golden_one(story: str, language: Language) -> None:
    golden = golden_file(story, language).read_text(encoding="utf-8")
    assert hearing_as_printed(HEARING_STORIES[story], language) == golden


@pytest.mark.parametrize("language", Language)
def test_the_notice_says_who_proposes_how_much_by_which_norm_until_when_and_where_to_appeal(language: Language) -> None:
    notice = render_hearing(ASKED, load_catalogue(), language, ALMATY)
    text, (remedies, code, _) = "\n".join(notice.body), notice.body[-3:]
    assert links_in(notice.text()) == []
    assert money(ASKED.amount.minor, "KZT", language) in text
    assert money(ASKED.usable.minor, "KZT", language) in text
    assert f"{ASKED.author.role.in_language(language)} {ASKED.author.name}" in text
    assert ASKED.legal_basis[0].in_language(language) in text
    assert moment(ASKED.answer_by, language, ALMATY) in text
    assert remedies_listed(ASKED.remedies, load_catalogue(), language, ALMATY) in remedies
    assert code_shown(ASKED.code) in code
    assert len(notice.short_text) <= SHORT_TEXT_MAX


def without(field: str) -> HearingFacts:
    return replace(ASKED, **{field: ()})


@pytest.mark.parametrize(("field", "said"), [("remedies", "no remedy"), ("legal_basis", "no legal basis")])
def test_who_is_not_told_where_to_appeal_or_by_which_norm_is_not_asked(field: str, said: str) -> None:
    with pytest.raises(NoticeRefused, match=said):
        without(field)
