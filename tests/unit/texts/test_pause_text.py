"""Golden notices of the end of a pause: ``python -m tests.unit.texts.write_goldens`` writes them. Read what changed."""

import pytest

from tarazy.adapters.catalogue import load_catalogue
from tarazy.domain.appeal import AppealOutcome
from tarazy.domain.notice import NoticeRefused, code_shown
from tarazy.domain.notice_text import SHORT_TEXT_MAX, remedies_listed
from tarazy.domain.pause import STATUS_AFTER, PauseEnd, PauseStatus
from tarazy.domain.pause_text import SENT, PauseFacts, PauseNews, render_pause
from tarazy.texts.catalogue import Language
from tarazy.texts.formats import money
from tarazy.texts.links import links_in
from tarazy.values.replacing import replace
from tests.unit.texts.notice_stories import ALMATY
from tests.unit.texts.pause_stories import PAUSE_STORIES, STANDS
from tests.unit.texts.pause_stories import SENT as SENT_PAYMENT
from tests.unit.texts.write_goldens import golden_file, pause_as_printed

OUTCOMES = (AppealOutcome.measure_stands, AppealOutcome.measure_overturned, AppealOutcome.measure_unlawful)


def every_facts() -> list[PauseFacts]:
    """Every end, and every answer to an appeal about a payment that waits, went out, or was not made."""
    ends = [replace(SENT_PAYMENT, news=SENT[STATUS_AFTER[end] is PauseStatus.executed], end=end) for end in PauseEnd]
    heard = [STANDS, *(replace(one, ended_at=one.at) for one in ends)]
    answered = [replace(one, news=PauseNews.appeal_answered, outcome=outcome) for one in heard for outcome in OUTCOMES]
    unanswered = [replace(one, news=PauseNews.appeal_unanswered, outcome=None) for one in heard]
    return [*ends, *answered, *unanswered]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("story", PAUSE_STORIES)
def test_the_notice_reads_as_the_golden_one(story: str, language: Language) -> None:
    golden = golden_file(story, language).read_text(encoding="utf-8")
    assert pause_as_printed(PAUSE_STORIES[story], language) == golden


@pytest.mark.parametrize("language", Language)
def test_every_notice_names_amount_officer_basis_code_and_has_no_link(language: Language) -> None:
    for facts in every_facts():
        notice = render_pause(facts, load_catalogue(), language, ALMATY)
        text = "\n".join(notice.body)
        assert links_in(notice.text()) == []
        assert money(facts.amount.minor, "KZT", language) in text
        assert facts.author.name in text
        assert facts.legal_basis[0].in_language(language) in text
        assert (code_shown(facts.code) in text, code_shown(facts.code) in notice.short_text) == (True, True)
        assert len(notice.short_text) <= SHORT_TEXT_MAX


@pytest.mark.parametrize("end", PauseEnd)
def test_what_was_not_sent_is_never_told_as_sent(end: PauseEnd) -> None:
    is_sent = STATUS_AFTER[end] is PauseStatus.executed
    with pytest.raises(AssertionError, match="sent is told as sent"):
        replace(SENT_PAYMENT, news=SENT[not is_sent], end=end)


@pytest.mark.parametrize("end", PauseEnd)
@pytest.mark.parametrize(("field", "said"), [("remedies", "no remedy"), ("legal_basis", "no legal basis")])
def test_no_end_is_told_without_a_remedy_or_a_norm(end: PauseEnd, field: str, said: str) -> None:
    ended = replace(SENT_PAYMENT, news=SENT[STATUS_AFTER[end] is PauseStatus.executed], end=end)
    with pytest.raises(NoticeRefused, match=said):
        replace(ended, **{field: ()})


@pytest.mark.parametrize("language", Language)
def test_a_notice_ends_with_where_to_appeal_its_code_and_a_warning(language: Language) -> None:
    for facts in every_facts():
        remedies, code, _ = render_pause(facts, load_catalogue(), language, ALMATY).body[-3:]
        assert remedies_listed(facts.remedies, load_catalogue(), language, ALMATY) in remedies
        assert code_shown(facts.code) in code
