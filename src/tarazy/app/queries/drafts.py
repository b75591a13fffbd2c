"""What is being written: each hold that could be a line, and what the law gate answers before anybody signs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from tarazy.app.measure_law import left_free
from tarazy.app.measure_records import CaseFact, Words
from tarazy.app.measure_request import facts_of_case, line_request
from tarazy.app.queries.case import People, people_of
from tarazy.app.queries.forecast import Carried, forecast_of
from tarazy.app.records import CASES, REPORTS, Case, CaseHold, Report
from tarazy.app.store import Transaction
from tarazy.domain.hands import Hand
from tarazy.domain.measure import MeasureStatus
from tarazy.domain.motion import MotionAsk
from tarazy.law.assessment import ActorRole, Assessment, Measure, Request, Verdict
from tarazy.law.gate import assess_for_each
from tarazy.law.ground import Pack
from tarazy.law.safeguards import Part, at_least
from tarazy.protocol.schedule import ScheduleLine
from tarazy.values.ids import CaseId, HoldId, LineId, ReportId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

MAY_BE_ASKED: Final = frozenset({Verdict.permitted, Verdict.needs_authorisation})
ANY_WORDS: Final = "As many words as the law wants, whichever they will be."
"""Put in place of an officer's words to learn what the law has against a line that no words would change."""


class Proposal(NamedTuple):
    """What an officer would sign of one hold: so much of it, until then."""

    cap_minor: int
    until: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is being written, by whom: everything but the signature. ``offence_ids`` are one or more, none twice."""

    case_id: CaseId
    measure: Measure
    is_urgent: bool
    offence_ids: tuple[str, ...]
    words: Words
    proposals: Mapping[HoldId, Proposal]
    capacity: ActorRole
    hand: Hand
    extends: MotionAsk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePreview:
    """One hold that could be a line, and what the law gate answers to it as it is written now.

    ``at_best`` is its answer to the most that may be asked with whatever words; where even that is refused the line is
    barred.
    """

    carried: Carried
    hold: CaseHold
    report: Report
    proposal: Proposal
    room_minor: int
    answer: Assessment
    at_best: Assessment
    is_lawful: bool
    is_barred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """Everything that the page of a new act shows."""

    case: Case
    lines: tuple[LinePreview, ...]
    facts: tuple[CaseFact, ...]
    reports: tuple[Report, ...]
    milder: tuple[Measure, ...]
    people: People

    @property
    def for_holder(self) -> tuple[CaseFact, ...]:
        """The facts that must be answered."""
        return tuple(fact for fact in self.facts if fact.is_for_holder)


def milder_than(measure: Measure, pack: Pack, now: Instant) -> tuple[Measure, ...]:
    """Return the milder measures that must be answered by the law of the day."""
    ground = pack.ground(measure, None, pack.data.calendar.local_day(now))
    return () if ground is None else ground.rungs


def longest(measure: Measure, pack: Pack, now: Instant, *, is_extension: bool) -> timedelta:
    """Return for how long the law of the day lets a measure be asked at once."""
    ground = pack.ground(measure, None, pack.data.calendar.local_day(now))
    duration = None if ground is None or ground.rule.duration is None else ground.rule.duration.value
    if duration is None:
        return timedelta(days=1)
    window = duration.extension if is_extension and duration.extension is not None else duration.first
    return at_least(window)


def draft_view(tx: Transaction, draft: Draft, pack: Pack, now: Instant) -> DraftView | None:
    """Ask the law gate about each line of what is being written, as it will be asked when it is signed."""
    case = tx.get(CASES, draft.case_id)
    if case is None:
        return None
    carried = [one for one in forecast_of(tx, draft.case_id, now) if _fits(one, draft)]
    reports = tx.get_many(REPORTS, {(one.hold.report_id,) for one in carried})
    facts = facts_of_case(tx, case)
    taken: dict[ReportId, int] = {}
    lines = []
    for one in carried:
        report = reports[one.hold.report_id,]
        line = _preview(one, report, taken.get(report.report_id, 0), case, facts, draft, pack, now)
        lines.append(line)
        if one.hold.hold_id in draft.proposals:
            taken[report.report_id] = taken.get(report.report_id, 0) + line.proposal.cap_minor
    named = {one.hold.participant_id for one in carried} | {one.author_participant_id for one in carried}
    named |= {fact.participant_id for fact in facts} | {report.participant_id for report in reports.values()}
    return DraftView(
        case=case,
        lines=tuple(lines),
        facts=tuple(facts),
        reports=tuple(sorted(reports.values(), key=lambda report: report.signed_at)),
        milder=milder_than(draft.measure, pack, now),
        people=people_of(tx, named),
    )


def _fits(one: Carried, draft: Draft) -> bool:
    """Return whether a hold can be a line: not what the same measure carries, and to extend only what it carries."""
    if draft.extends is MotionAsk.extend:
        in_force = one.carrier is not None and one.carrier.status is MeasureStatus.in_force
        return in_force and one.measure == draft.measure
    return one.measure != draft.measure and (one.waiting is None or one.waiting.measure != draft.measure)


def _preview(
    one: Carried,
    report: Report,
    before_minor: int,
    case: Case,
    facts: Sequence[CaseFact],
    draft: Draft,
    pack: Pack,
    now: Instant,
) -> LinePreview:
    hold = one.hold
    missing = report.claim_minor - report.returned_minor - before_minor
    room = max(0, min(hold.held_minor, missing))
    is_extension = draft.extends is MotionAsk.extend
    best = Proposal(max(room, 1), now.plus(longest(draft.measure, pack, now, is_extension=is_extension)))
    proposal = draft.proposals.get(hold.hold_id, best)
    free = left_free(draft.measure, now, pack)

    def answer_to(asked: Proposal, words: Words) -> Assessment:
        line = ScheduleLine(
            line_id=LineId(""),  # nothing is signed: the law gate reads no id
            hold_id=hold.hold_id,
            participant_id=hold.participant_id,
            currency=hold.currency,
            cap_minor=asked.cap_minor,
            until=asked.until,
            salt="",
        )
        request = line_request(
            draft.measure, draft.offence_ids[0], words, line, hold, report, before_minor, case, facts, free
        )
        return assess_for_each(_asked_by(request, one, draft, asked.until, now), draft.offence_ids, pack, now)

    at_best, answer = answer_to(best, _any_words(draft, pack, now)), answer_to(proposal, draft.words)
    may = frozenset({Verdict.permitted}) if draft.is_urgent else MAY_BE_ASKED
    return LinePreview(
        carried=one,
        hold=hold,
        report=report,
        proposal=proposal,
        room_minor=room,
        answer=answer,
        at_best=at_best,
        is_lawful=answer.verdict in may,
        is_barred=at_best.verdict not in may or not room,
    )


def _any_words(draft: Draft, pack: Pack, now: Instant) -> Words:
    rungs = milder_than(draft.measure, pack, now)
    return Words(
        aim=draft.words.aim,
        suitability=ANY_WORDS,
        impact=ANY_WORDS,
        hiding_risk=ANY_WORDS,
        alternatives=tuple((rung.value, ANY_WORDS) for rung in rungs),
        exculpatory=ANY_WORDS,
    )


def _asked_by(request: Request, one: Carried, draft: Draft, until: Instant, now: Instant) -> Request:
    """Put in who asks and for how long; of an extension also how long it stands, as whoever decides will ask."""
    is_more = draft.extends is MotionAsk.extend and one.carrier is not None
    return replace(
        request,
        actor_role=draft.capacity,
        duration=until.since(now),
        is_urgent=draft.is_urgent,
        hands=((Part.proposer, f"{draft.hand.participant_id}/{draft.hand.officer_id}"),),
        extends=now.since(one.carrier.begins_at) if is_more and one.carrier is not None else request.extends,
        extensions_used=one.carrier.extensions if is_more and one.carrier is not None else request.extensions_used,
    )
