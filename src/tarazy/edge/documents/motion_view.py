"""What a motion, its schedule and a court file are made of: words that are ready to be read, and figures.

Each view refuses what must not be missing on paper: an author by name, an authority, norms, facts, what speaks for the
holder (or that nothing is known), nine tests for every line, and a remedy.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tarazy.edge.documents.model import DocumentRefused, RemedyLine
from tarazy.edge.documents.receipt_qr import ReceiptLine
from tarazy.law.terms import Measure, TestId, Verdict
from tarazy.texts.catalogue import Language
from tarazy.values.ids import CaseId
from tarazy.values.instant import Instant
from tarazy.values.money import Money

LINES_MAX: Final = 200
"""As many as one motion may have; a larger case files a second one."""


class FactGrade(StrEnum):
    """How far a fact is made certain."""

    reported = "reported"
    confirmed_by_institution = "confirmed_by_institution"
    authorised = "authorised"
    decided_by_court = "decided_by_court"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialView:
    """Somebody who acts or decides: name, role, body. A body that is addressed may have no name yet."""

    name: str
    role: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """A fact, where it comes from, and how certain it is. Without a source it does not count."""

    text: str
    source: str
    grade: FactGrade

    def __post_init__(self) -> None:
        if not self.text.strip() or not self.source.strip():
            raise DocumentRefused("a fact without its source")


@dataclass(frozen=True, slots=True, kw_only=True)
class MilderView:
    """A milder measure that was considered, and why it is not enough."""

    measure: Measure
    answer: str

    def __post_init__(self) -> None:
        if not self.answer.strip():
            raise DocumentRefused("a milder measure without an answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class TestView:
    """One of the nine tests of a line: whether it is passed, and why (or why not) in words."""

    __test__ = False  # the name begins as pytest's own classes do

    test: TestId
    is_passed: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line of the schedule: what is asked of one bank, and what the law says of it."""

    number: int
    bank: str
    hold: str
    amount: Money
    until: Instant
    verdict: Verdict
    tests: tuple[TestView, ...]

    def __post_init__(self) -> None:
        if self.amount.minor <= 0 or not self.bank.strip():
            raise DocumentRefused("a line names its bank and its sum")
        if tuple(one.test for one in self.tests) != tuple(TestId):
            raise DocumentRefused("a line answers all nine tests, in order")

    @property
    def failed(self) -> tuple[TestView, ...]:
        """The tests that this line does not pass."""
        return tuple(one for one in self.tests if not one.is_passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastView:
    """What ends by itself, when, and what alone prevents it."""

    what: str
    at: Instant
    unless: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NormView:
    """A norm in the version of the day of the act."""

    title: str
    version: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionView:
    """One motion with its schedule. ``law_day`` is the local day by which the versions of its norms are chosen.

    ``request`` is what is asked for, in two sentences; ``for_holder`` the facts that speak for the holders, and
    ``for_holder_answer`` what the author says to them, or that none are known. ``signed`` is empty on paper that is
    still to be signed by hand.
    """

    motion_id: str
    case_id: CaseId
    registration: str
    language: Language
    author: OfficialView
    authority: OfficialView
    measure: Measure
    offences: tuple[str, ...]
    aim: str
    request: str
    facts: tuple[FactView, ...]
    for_holder: tuple[FactView, ...]
    for_holder_answer: str
    suitability: str
    impact: str
    milder: tuple[MilderView, ...]
    lines: tuple[LineView, ...]
    forecast: tuple[ForecastView, ...]
    law_day: date
    norms: tuple[NormView, ...]
    remedies: tuple[RemedyLine, ...]
    drawn_at: Instant
    signed: str | None
    receipt: ReceiptLine | None
    is_demonstration: bool

    def __post_init__(self) -> None:
        missing = [sentence for sentence, is_so in self._faults() if is_so]
        if missing:
            raise DocumentRefused("; ".join(missing))

    def _faults(self) -> tuple[tuple[str, bool], ...]:
        numbers = [line.number for line in self.lines]
        named = (self.author.name, self.author.role, self.author.body, self.authority.role, self.authority.body)
        return (
            ("an author or an authority without a name", not all(part.strip() for part in named)),
            ("nothing is asked, or it is not said what for", not self.request.strip() or not self.aim.strip()),
            ("no facts", not self.facts),
            ("nothing is said of what speaks for the holders", not self.for_holder_answer.strip()),
            ("it is not said how the measure serves its aim", not self.suitability.strip()),
            ("it is not said what it does to the holders", not self.impact.strip()),
            ("no lines", not self.lines),
            (f"more than {LINES_MAX} lines", len(self.lines) > LINES_MAX),
            ("lines that are not numbered from 1", numbers != list(range(1, len(numbers) + 1))),
            ("no norms", not self.norms),
            ("a norm that is not in force that day", not all(self._is_in_force(norm) for norm in self.norms)),
            ("it is not said what happens if nobody acts", not self.forecast),
            ("no remedy", not self.remedies),
        )

    def _is_in_force(self, norm: NormView) -> bool:
        return norm.valid_from <= self.law_day and (norm.valid_to is None or self.law_day <= norm.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One act of the case: when, what, by whom, and where it stands in the log, if it does by now."""

    at: Instant
    what: str
    who: str
    receipt: ReceiptLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnclosureView:
    """A paper of the file: what it is, from whom, of which day; its hash, so that it cannot be exchanged."""

    title: str
    source: str
    day: date
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtFileView:
    """Everything that whoever decides has before them: the motion, what happened so far, what holders said, papers."""

    motion: MotionView
    events: tuple[EventView, ...]
    replies: tuple[FactView, ...]
    enclosures: tuple[EnclosureView, ...]

    def __post_init__(self) -> None:
        moments = [event.at for event in self.events]
        if not moments or moments != sorted(moments):
            raise DocumentRefused("a file tells what happened, in order of time")
