"""How ``tarazy law`` writes its answers for people: plain lines, in the language that was asked for."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from tarazy.law.assessment import Assessment, LawfulStep, Mark, NormVersion, NoticePlan, Remedy, TestOutcome, Verdict
from tarazy.law.codes import ReadinessCode
from tarazy.law.ground import Pack
from tarazy.law.pack import PackKind
from tarazy.law.readiness import Readiness
from tarazy.texts.catalogue import Catalogue, Language
from tarazy.texts.formats import moment, money, span
from tarazy.texts.said import said
from tarazy.texts.sources import source_said
from tarazy.values.instant import Instant

PASSED = "✓"
FAILED = "✗"
WAITS = "…"
ABSENT = "–"


class Voice(NamedTuple):
    """The texts and the language in which they are said."""

    catalogue: Catalogue
    language: Language

    def say(self, code: str, params: Iterable[tuple[str, str]] = ()) -> str:
        """Return the text ``code`` with its values in words."""
        return said(self.catalogue, code, params, self.language)

    def source(self, text: str) -> str:
        """Return where a value comes from: in words of the reader, or as the pack has it."""
        return source_said(self.catalogue, text, self.language) or text

    def heading(self, name: str) -> str:
        """Return a heading of this command."""
        return self.say(f"law.heading.{name}")

    def span(self, length: timedelta | None) -> str:
        """Return a span in words; none at all as such, and nothing at once."""
        if length is None:
            return ""
        return self.heading("at_once") if length == timedelta(0) else span(length, self.language)


def standing_lines(pack: Pack, voice: Voice) -> list[str]:
    """Return what everybody must know of a pack before they read on: whose it is, and that it is no law."""
    lines = [f"{voice.heading('pack')}: {pack.pack_id} {pack.version}"]
    if pack.is_demonstration:
        lines.append(voice.say("law.pack.demonstration"))
    if pack.data.kind is PackKind.comparison:
        lines.append(voice.say("law.pack.comparison"))
    if pack.data.signed_by is None:
        lines.append(voice.say("law.pack.unsigned"))
    return lines


def assessment_lines(answer: Assessment, pack: Pack, currency: str, voice: Voice) -> list[str]:
    """Return the whole answer: nine tests with their norms, the verdict, and what follows."""
    lane = f" ({voice.say(f'law.lane.{answer.lane}')})" if answer.lane is not None else ""
    lines = [
        voice.say(f"law.measure.{answer.measure}") + lane,
        *standing_lines(pack, voice),
        f"{voice.heading('at')}: {moment(answer.at, voice.language, pack.data.calendar.zone)}",
        "",
    ]
    for outcome in answer.tests:
        lines += _test_lines(outcome, voice)
    lines += ["", f"{voice.heading('verdict')}: {voice.say(f'law.verdict.{answer.verdict}')}"]
    return [*lines, *_consequence_lines(answer, pack, currency, voice)]


def _test_lines(outcome: TestOutcome, voice: Voice) -> list[str]:
    mark = PASSED if outcome.passed else FAILED
    name = voice.say(f"law.test.{outcome.test}")
    lines = [f"{mark} {outcome.test} {name}: {voice.say(outcome.code, outcome.params)}"]
    lines += [f"       {voice.say(reason.code, reason.params)}" for reason in outcome.more]
    if not outcome.passed:
        return lines + [f"       § {voice.say(norm.title_code)}{_doubt(norm, voice)}" for norm in outcome.norms]
    articles = [f"{voice.say(norm.act_code)} {norm.article}{_doubt(norm, voice)}" for norm in outcome.norms]
    return [*lines, f"       § {'; '.join(articles)}"] if articles else lines


def _doubt(norm: NormVersion, voice: Voice) -> str:
    """Return what a reader must know of a norm that was not read in its source, or that a person vouches for."""
    if norm.confirmed_by is not None:
        return f" ({voice.heading('confirmed_by')}: {norm.confirmed_by})"
    return "" if norm.mark is Mark.verified else f" ({voice.say(f'law.mark.{norm.mark}')})"


def _consequence_lines(answer: Assessment, pack: Pack, currency: str, voice: Voice) -> list[str]:
    lines: list[str] = []

    def add(heading: str, text: str) -> None:
        if text:
            lines.append(f"{voice.heading(heading)}: {text}")

    add("cap", "" if answer.cap_minor is None else money(answer.cap_minor, currency, voice.language))
    add("end", _end(answer.expires_at, pack, voice))
    if answer.verdict is not Verdict.refused:
        add("confirm_within", voice.span(answer.confirm_within))
        add("authorisation", _authorisation(answer, voice))
        add("notice", _notice(answer.notice, voice))
        lines += _listed("remedies", [_remedy(remedy, voice) for remedy in answer.remedies], voice)
        lines += _listed("duties", [_due(f"law.role.{d.who}", d.code, d.within, voice) for d in answer.duties], voice)
    lines += _listed("instead", [_step(step, voice) for step in answer.lawful_instead], voice)
    lines += _listed("questions", _questions(answer.open_questions, pack, voice), voice)
    return lines + _listed("caveats", _questions(answer.caveats, pack, voice), voice)


def _listed(heading: str, items: list[str], voice: Voice) -> list[str]:
    return [f"{voice.heading(heading)}:", *(f"  - {item}" for item in items)] if items else []


def _end(end: Instant | None, pack: Pack, voice: Voice) -> str:
    return "" if end is None else moment(end, voice.language, pack.data.calendar.zone)


def _authorisation(answer: Assessment, voice: Voice) -> str:
    if answer.authorisation_by is None:
        return ""
    by = voice.say(f"law.role.{answer.authorisation_by}")
    return by if answer.authorisation_within is None else f"{by}, {voice.span(answer.authorisation_within)}"


def _notice(plan: NoticePlan | None, voice: Voice) -> str:
    return "" if plan is None else f"{voice.say(plan.to)}, {voice.span(plan.within)}"


def _remedy(remedy: Remedy, voice: Voice) -> str:
    spans = [voice.span(span) for span in (remedy.file_within, remedy.decide_within) if span is not None]
    return voice.say(remedy.forum) + (f" ({' → '.join(spans)})" if spans else "")


def _due(who: str, code: str, within: timedelta | None, voice: Voice) -> str:
    due = f" ({voice.span(within)})" if within is not None else ""
    return f"{voice.say(who)}: {voice.say(code)}{due}"


def _step(step: LawfulStep, voice: Voice) -> str:
    measure = f" [{step.measure}]" if step.measure is not None else ""
    return voice.say(step.code, step.params) + measure


def _questions(numbers: tuple[int, ...], pack: Pack, voice: Voice) -> list[str]:
    return [f"№ {number}: {voice.say(pack.data.questions[number].text_code)}" for number in numbers]


def readiness_lines(rows: Iterable[Readiness], pack: Pack, voice: Voice) -> list[str]:
    """Return one line for each measure, and below it what stops it and who must sign."""
    lines = [*standing_lines(pack, voice), ""]
    for row in rows:
        lane = f" ({voice.say(f'law.lane.{row.lane}')})" if row.lane is not None else ""
        mark = {ReadinessCode.works: PASSED, ReadinessCode.blocked: WAITS, ReadinessCode.absent: ABSENT}[row.state]
        lines.append(f"{mark} {voice.say(f'law.measure.{row.measure}')}{lane}: {voice.say(row.state)}")
        numbers = zip(row.questions, row.question_codes, strict=True)
        lines += [f"       № {number}: {voice.say(code)}" for number, code in numbers]
        if row.signers:
            lines.append(f"       {voice.heading('signers')}: {', '.join(voice.say(code) for code in row.signers)}")
        if row.not_in_force:
            lines.append(f"       {voice.heading('blocked_at')}: {', '.join(row.not_in_force)}")
        if row.confirmed_by:
            lines.append(f"       {voice.heading('confirmed_by')}: {', '.join(row.confirmed_by)}")
        if row.caveats:
            lines.append(f"       {voice.heading('caveats')}: {', '.join(f'№ {number}' for number in row.caveats)}")
    return lines
