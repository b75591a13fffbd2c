"""How acts upon holds are put into words: facts, requests in two sentences, and the nine tests with both sides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tarazy.app.queries.case import People
from tarazy.app.queries.motions import ScheduleView, SignedLine
from tarazy.domain.closure import closes_account, kept_free
from tarazy.domain.motion import MotionAsk
from tarazy.edge.pages.reader import Reader
from tarazy.law.assessment import Assessment, Measure, NormVersion, TestId, TestOutcome, Verdict
from tarazy.law.ground import Pack
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant


def fact(code: str, reader: Reader) -> str:
    """Return what a fact says."""
    own, of_report = f"console.fact.{code}", f"desk.fact.{code}"
    if reader.has(own):
        return reader.t(own)
    return reader.t(of_report) if reader.has(of_report) else code


def source(text: str, people: People, reader: Reader) -> str:
    """Return from what a fact is known; of a report of a bank in the reader's language."""
    if text.startswith("report ") and ", signed by an officer of " in text:
        return reader.t("console.fact.from_report", bank=people.name(ParticipantId(text.rpartition(" ")[2])))
    return text


def rejection(code: str, reader: Reader) -> str:
    """Return why an act was not carried out."""
    name = f"console.rejection.{code}"
    return reader.t(name) if reader.has(name) else code


def moment_of(text: str, reader: Reader) -> str:
    """Return a moment of an event as the reader sees moments."""
    return reader.brief(Instant.parse(text))


def officer(role: str | None, reader: Reader) -> str:
    """Return what an official is called by what they act as."""
    return reader.t(f"law.role.{role}")


def total(lines: Iterable[SignedLine], reader: Reader) -> str:
    """Return what the lines of an act come to, one sum for each currency."""
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.row.currency] = sums.get(line.row.currency, 0) + line.row.cap_minor
    return "; ".join(reader.money(minor, currency) for currency, minor in sums.items())


def latest(lines: Iterable[SignedLine]) -> Instant:
    """Return the latest end that is asked for."""
    return max(line.row.until for line in lines)


def closes_said(measure: str, currency: str, at: Instant, pack: Pack, reader: Reader) -> str:
    """Return in one sentence that a measure closes accounts and what stays free of them; nothing for all others."""
    ground = pack.ground(Measure(measure), None, pack.data.calendar.local_day(at)) if closes_account(measure) else None
    kept = None if ground is None else kept_free(ground.rule, ground.floor, currency)
    if kept is None:
        return ""
    living = reader.money(kept.living_minor, currency)
    free = [reader.t("console.motion.closes_living", living=living, days=kept.living_days)] if kept.living_minor else []
    free += [reader.t(f"law.exclusion.{one}") for one in kept.purposes]
    return reader.t("console.motion.closes", free="; ".join(free))


def request_of(view: ScheduleView, pack: Pack, reader: Reader) -> str:
    """Return an act in two sentences: what is asked or begun, and what happens if nobody acts.

    Where accounts are to be closed a sentence between says so, and what stays free.
    """
    schedule, motion = view.schedule, view.motion
    values = {
        "body": view.people.name(schedule.participant_id),
        "measure": reader.t(f"law.measure.{schedule.measure}"),
        "lines": reader.n("console.motion.lines", len(view.lines)),
        "sum": total(view.lines, reader),
        "until": reader.moment(latest(view.lines)),
    }
    if motion is None:
        return reader.t("console.motion.begun", **values)
    ask = "extend" if motion.ask is MotionAsk.extend else "authorise"
    first = reader.t(f"console.motion.asks_{ask}", **values, to=officer(motion.to, reader))
    closes = closes_said(schedule.measure, view.case.currency, schedule.signed_at, pack, reader)
    first = f"{first} {closes}".strip()
    if motion.decide_by is None:
        return first
    then = f"console.motion.if_nobody_{ask}"
    return f"{first} {reader.t(then, at=reader.moment(motion.decide_by))}"


class Mark(StrEnum):
    """How a test looks to whoever decides."""

    passed = "passed"
    weigh = "weigh"
    """Nothing refuses it, and something stands against it that a human has to weigh; or the decision itself lacks."""
    failed = "failed"


SIGNS: Final = {Mark.passed: "✓", Mark.weigh: "?", Mark.failed: "✗"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSides:
    """One of the nine tests over all lines of an act: what the author says, and what stands against it."""

    __test__ = False  # the name begins as pytest's own classes do

    test: TestId
    mark: Mark
    why: str
    speaks_for: tuple[str, ...]
    against: tuple[str, ...]
    doubts: tuple[NormVersion, ...]

    @property
    def sign(self) -> str:
        """The sign that stands beside the word."""
        return SIGNS[self.mark]


def nine_tests(view: ScheduleView, pack: Pack, reader: Reader) -> tuple[TestSides, ...]:
    """Return the nine tests as whoever decides needs them: mark, reason, and both sides beside each other."""
    return tuple(_sides(view, test, pack, reader) for test in TestId)


def _sides(view: ScheduleView, test: TestId, pack: Pack, reader: Reader) -> TestSides:
    outcomes = [(line, outcome_of(line.answer, test)) for line in view.lines]
    failed = [(line, outcome) for line, outcome in outcomes if not outcome.passed]
    first = failed[0][1] if failed else outcomes[0][1]
    against = _against_lines(failed, reader)
    if test is TestId.T4:
        against += [fact(one.code, reader) for one in view.of_holder(is_for_holder=True)]
    doubts = {norm.version_id: norm for _, outcome in outcomes for norm in outcome.norms if norm.mark != "verified"}
    if test is TestId.T2:
        numbers = sorted({number for line in view.lines for number in line.answer.caveats})
        against += [f"№ {number}: {reader.t(pack.data.questions[number].text_code)}" for number in numbers]
    is_refused = any(line.answer.verdict is Verdict.refused for line, _ in failed)
    mark = Mark.failed if is_refused else Mark.weigh if against or doubts else Mark.passed
    return TestSides(
        test=test,
        mark=mark,
        why="" if failed else _said(first, reader),
        speaks_for=tuple(_speaks_for(view, test, reader)),
        against=tuple(dict.fromkeys(against)),
        doubts=tuple(doubts.values()),
    )


def outcome_of(answer: Assessment, test: TestId) -> TestOutcome:
    """Return the outcome of one test."""
    return next(outcome for outcome in answer.tests if outcome.test is test)


def _said(outcome: TestOutcome, reader: Reader) -> str:
    more = [reader.said(reason.code, reason.params) for reason in outcome.more]
    return " ".join([reader.said(outcome.code, outcome.params), *more])


def _against_lines(failed: Sequence[tuple[SignedLine, TestOutcome]], reader: Reader) -> list[str]:
    """Return what the law has against lines, each reason once with the lines that it is about."""
    together: dict[str, list[int]] = {}
    for line, outcome in failed:
        together.setdefault(_said(outcome, reader), []).append(line.row.number)
    return [
        reader.t("console.motion.line_says", number=", ".join(map(str, numbers)), why=why)
        for why, numbers in together.items()
    ]


def _speaks_for(view: ScheduleView, test: TestId, reader: Reader) -> list[str]:
    """Return what the author has put forward for a test: their own words and the facts of the case."""
    words = view.schedule.words
    match test:
        case TestId.T3:
            return [reader.t(f"law.aim.{words.aim}") if reader.has(f"law.aim.{words.aim}") else words.aim]
        case TestId.T4:
            return facts_for(view, reader)
        case TestId.T5:
            return [words.suitability, words.hiding_risk] if words.hiding_risk else [words.suitability]
        case TestId.T6:
            return [f"{reader.t(f'law.measure.{rung}')}: {why}" for rung, why in words.alternatives]
        case TestId.T7:
            return [words.impact]
        case _:
            return []


def facts_for(view: ScheduleView, reader: Reader) -> list[str]:
    """Return the facts that speak for a measure, each once with where it is from."""
    said = {(one.code, one.source) for line in view.lines for one in line.facts}
    said |= {(one.code, one.source) for one in view.of_holder(is_for_holder=False)}
    return [f"{fact(code, reader)} — {source(where, view.people, reader)}" for code, where in sorted(said)]
