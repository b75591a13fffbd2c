"""A driver who is asked whether 40,000 tenge that are held on his account may be paid back: once, and once more."""

from collections.abc import Mapping
from typing import Final

from tarazy.domain.hearing_text import HearingFacts
from tarazy.domain.notice import FilingUnit, FilingWindow, NoticeAuthor, Remedy
from tarazy.texts.catalogue import Wording
from tarazy.values.instant import Instant
from tarazy.values.money import Money
from tarazy.values.replacing import replace
from tests.unit.texts.notice_stories import BANK_ANALYST, TAXI_DRIVER

BODY: Final = "Департамент полиции города Алматы"
OFFICER: Final = NoticeAuthor(
    body=Wording(kk=f"тергеу органы «{BODY}»", ru=f"орган расследования «{BODY}»", en=f"investigating body “{BODY}”"),
    role=Wording(kk="тергеуші, нөмірі", ru="следователь под номером", en="investigator with the number"),
    name="officer-12",
)
ASKED: Final = HearingFacts(
    times=1,
    amount=Money(40_000_00, "KZT"),
    usable=Money(572_000_00, "KZT"),
    bank=BANK_ANALYST.body,
    authority=BODY,
    author=OFFICER,
    answer_by=Instant.parse("2026-12-02T00:00:00+05:00"),
    legal_basis=(
        Wording(
            kk="Қылмыстық-процестік кодекс, 118-1-бап",
            ru="Уголовно-процессуальный кодекс, статья 118-1",
            en="Code of Criminal Procedure, Article 118-1",
        ),
    ),
    remedies=(
        Remedy(forum="law.forum.prosecutor", file_within=None),
        Remedy(forum="law.forum.investigating_judge", file_within=FilingWindow(15, FilingUnit.day)),
    ),
    contact=TAXI_DRIVER.contact,
    code="K7QW29M4XT",
    is_demonstration=True,
)
HEARING_STORIES: Final[Mapping[str, HearingFacts]] = {
    "hearing_asked": ASKED,
    "hearing_asked_again": replace(ASKED, times=2, is_demonstration=False),
}
"""What a holder is asked, by the name of its golden file."""
