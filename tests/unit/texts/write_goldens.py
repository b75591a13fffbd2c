"""Writes the golden notices: ``python -m tests.unit.texts.write_goldens``. Read what changed before you keep it."""

from pathlib import Path
from typing import Final

from tarazy.adapters.catalogue import load_catalogue
from tarazy.domain.notice import NoticeFacts
from tarazy.domain.notice_text import render
from tarazy.domain.pause_text import PauseFacts, render_pause
from tarazy.texts.catalogue import Language
from tests.unit.texts.notice_stories import ALMATY, STORIES
from tests.unit.texts.pause_stories import PAUSE_STORIES

GOLDEN: Final = Path(__file__).parents[2] / "golden" / "notices"


def as_printed(facts: NoticeFacts, language: Language) -> str:
    """Return a notice as its golden file shows it: subject, paragraphs, and the short message under a line."""
    notice = render(facts, load_catalogue(), language, ALMATY)
    return "\n\n".join([notice.subject, *notice.body, "----", notice.short_text]) + "\n"


def pause_as_printed(facts: PauseFacts, language: Language) -> str:
    """Return a notice of the end of a pause, or of an appeal's answer, as its golden file shows it."""
    notice = render_pause(facts, load_catalogue(), language, ALMATY)
    return "\n\n".join([notice.subject, *notice.body, "----", notice.short_text]) + "\n"


def golden_file(story: str, language: Language) -> Path:
    """Return where the golden notice of ``story`` lies."""
    return GOLDEN / f"{story}.{language}.txt"


def main() -> None:
    """Write every golden notice."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for story, facts in STORIES.items():
        for language in Language:
            golden_file(story, language).write_text(as_printed(facts, language), encoding="utf-8")
    for story, waited in PAUSE_STORIES.items():
        for language in Language:
            golden_file(story, language).write_text(pause_as_printed(waited, language), encoding="utf-8")


if __name__ == "__main__":
    main()
