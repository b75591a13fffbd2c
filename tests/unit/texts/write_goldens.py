"""Writes the golden notices: ``python -m tests.unit.texts.write_goldens``. Read what changed before you keep it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tarazy.adapters.catalogue import load_catalogue
from tarazy.domain.hearing_text import HearingFacts, render_hearing
from tarazy.domain.notice import NoticeFacts, NoticeKind
from tarazy.domain.notice_child import render_for_child, render_hearing_for_child, render_pause_for_child
from tarazy.domain.notice_text import RenderedNotice, render
from tarazy.domain.pause_text import PauseFacts, render_pause
from tarazy.texts.catalogue import Language
from tests.unit.texts.hearing_stories import HEARING_STORIES
from tests.unit.texts.notice_stories import ALMATY, STORIES
from tests.unit.texts.pause_stories import PAUSE_STORIES

GOLDEN: Final = Path(__file__).parents[2] / "golden" / "notices"


CHILD_STORIES: Final[Mapping[str, NoticeFacts | PauseFacts | HearingFacts]] = {
    "child_account_closed": STORIES["account_closed"],
    "child_payment_paused": STORIES["payment_paused"],
    "child_pause_time_ran_out": PAUSE_STORIES["pause_time_ran_out"],
    "child_pause_refused": PAUSE_STORIES["pause_refused"],
    "child_pause_appeal_stands": PAUSE_STORIES["pause_appeal_stands"],
    "child_hearing_asked": HEARING_STORIES["hearing_asked"],
}
"""What a child is told of its money, or of a payment that waits, and what it is asked, by the name of its file."""


def as_printed(facts: NoticeFacts, language: Language) -> str:
    """Return a notice as its golden file shows it: subject, paragraphs, and the short message under a line."""
    return _printed(render(facts, load_catalogue(), language, ALMATY))


def pause_as_printed(facts: PauseFacts, language: Language) -> str:
    """Return a notice of the end of a pause, or of an appeal's answer, as its golden file shows it."""
    return _printed(render_pause(facts, load_catalogue(), language, ALMATY))


def hearing_as_printed(facts: HearingFacts, language: Language) -> str:
    """Return what a holder is asked, as its golden file shows it."""
    return _printed(render_hearing(facts, load_catalogue(), language, ALMATY))


def for_child(facts: NoticeFacts | PauseFacts | HearingFacts, language: Language) -> RenderedNotice:
    """Return what a child is told of its money or of a payment that waits, or asked."""
    if isinstance(facts, HearingFacts):
        return render_hearing_for_child(facts, load_catalogue(), language, ALMATY)
    if isinstance(facts, NoticeFacts) and facts.kind is not NoticeKind.payment_paused:
        return render_for_child(facts, load_catalogue(), language, ALMATY)
    return render_pause_for_child(facts, load_catalogue(), language, ALMATY)


def child_as_printed(facts: NoticeFacts | PauseFacts | HearingFacts, language: Language) -> str:
    """Return what a child is told or asked, as its golden file shows it."""
    return _printed(for_child(facts, language))


def _printed(notice: RenderedNotice) -> str:
    return "\n\n".join([notice.subject, *notice.body, "----", notice.short_text]).rstrip() + "\n"


def golden_file(story: str, language: Language) -> Path:
    """Return where the golden notice of ``story`` lies."""
    return GOLDEN / f"{story}.{language}.txt"


def main() -> None:
    """Write every golden notice."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for language in Language:
        printed = {
            **{story: as_printed(facts, language) for story, facts in STORIES.items()},
            **{story: pause_as_printed(facts, language) for story, facts in PAUSE_STORIES.items()},
            **{story: hearing_as_printed(facts, language) for story, facts in HEARING_STORIES.items()},
            **{story: child_as_printed(facts, language) for story, facts in CHILD_STORIES.items()},
        }
        for story, text in printed.items():
            golden_file(story, language).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
