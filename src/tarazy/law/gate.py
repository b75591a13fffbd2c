"""The law gate: one request, one pack, one moment; nine tests and what follows from them.

Pure. The norm version is chosen by the local date of the act, so an old decision can always be examined again under
the law of its day.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from tarazy.law.asked import Asked, Reasons
from tarazy.law.assessment import (
    Assessment,
    LawfulStep,
    Measure,
    Reason,
    Request,
    TestId,
    TestOutcome,
    Verdict,
)
from tarazy.law.authority import motion_times, urgent_until
from tarazy.law.codes import Code
from tarazy.law.ground import Ground, Pack
from tarazy.law.instead import WAYS_ROUND, lawful_instead
from tarazy.law.nine_tests import NINE_TESTS
from tarazy.law.proportionality import cap_minor, latest_end
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

_TESTS: Final = tuple(NINE_TESTS.items())


def assess(request: Request, pack: Pack, at: Instant) -> Assessment:
    """Return whether ``request`` would be lawful at ``at`` under ``pack``: always nine tests, always the reasons.

    Refused unless all nine tests are passed; *needs authorisation* where nothing else stands against it.
    """
    day = pack.data.calendar.local_day(at)
    ground = pack.ground(request.measure, request.lane, day)
    if ground is None:
        return _without_rule(request, pack, at)
    asked = Asked(request, ground, pack, at, day)
    tests: list[TestOutcome] = []
    against: list[Reason] = []
    for test, examine in _TESTS:
        reasons = examine(asked)
        if reasons:
            against.extend(reasons)
            tests.append(_failed(test, ground, reasons))
        else:
            tests.append(ground.passed[test])
    if request.insistence_id and _is_paid_unheard(request, ground):
        tests[7] = _unheard(tests[7])
    verdict = _verdict(against)
    steps = lawful_instead(against, asked) if against else ()
    return _assessment(asked, verdict, tuple(tests), steps)


def _failed(test: TestId, ground: Ground, reasons: Reasons) -> TestOutcome:
    first = reasons[0]
    return TestOutcome(
        test=test, passed=False, norms=ground.norms[test], code=first.code, params=first.params, more=reasons[1:]
    )


def _is_paid_unheard(request: Request, ground: Ground) -> bool:
    """Tell whether a refund rests on a prosecutor's second demand although the receiver was not heard or objects."""
    hearing = ground.rule.hearing
    if hearing is None or hearing.value is None or not hearing.value.heard:
        return False
    return request.receiver_heard is not True or request.receiver_objects is not False


def _unheard(outcome: TestOutcome) -> TestOutcome:
    """A valid act is obeyed, and the record says openly that the receiver was not heard."""
    if not outcome.passed:
        return outcome
    return TestOutcome(
        test=outcome.test, passed=True, norms=outcome.norms, code=Code.paid_without_hearing, params=(), more=()
    )


def _verdict(against: Iterable[Reason]) -> Verdict:
    codes = {reason.code for reason in against}
    if not codes:
        return Verdict.permitted
    return Verdict.needs_authorisation if codes == {Code.awaits_authorisation} else Verdict.refused


def _assessment(
    asked: Asked, verdict: Verdict, tests: tuple[TestOutcome, ...], steps: tuple[LawfulStep, ...]
) -> Assessment:
    request, ground, pack, at, _ = asked
    rule = ground.rule
    latest = None if rule.duration is None else latest_end(rule.duration.value, request, asked)
    unauthorised = urgent_until(asked)
    if unauthorised is not None and latest is not None:
        latest = min(latest, unauthorised)
    file_by, decide_by = (None, None) if verdict is Verdict.refused else motion_times(asked)
    review = None if rule.review is None else rule.review.value
    authorisation = None if rule.authorisation is None else rule.authorisation.value
    confirmation = None if rule.confirmation is None else rule.confirmation.value
    return Assessment(
        pack_id=pack.data.pack_id,
        pack_version=pack.data.version,
        is_demonstration=pack.data.is_demonstration,
        measure=request.measure,
        lane=request.lane,
        at=at,
        verdict=verdict,
        tests=tests,
        norm_ids=ground.norm_ids,
        norm_versions=ground.norm_versions,
        cap_minor=cap_minor(request, ground),
        max_duration=None if latest is None else latest.since(at),
        expires_at=None if verdict is Verdict.refused else _end(asked, latest),
        confirm_within=None if confirmation is None else confirmation.fixed,
        authorisation_by=None if authorisation is None else authorisation.by,
        authorisation_within=None if authorisation is None else authorisation.within,
        notice=ground.notice,
        remedies=() if rule.remedies is None else rule.remedies.value,
        lawful_instead=steps,
        duties=() if rule.duties is None else rule.duties.value,
        open_questions=ground.open_questions,
        caveats=ground.caveats,
        protected_floor=ground.floor,
        tracing_method=pack.data.general.tracing_method,
        branch=None if rule.branch is None else rule.branch.value,
        urgent_until=None if verdict is Verdict.refused else unauthorised,
        file_by=file_by,
        decide_by=decide_by,
        review_every=None if review is None else review.every,
    )


def _end(asked: Asked, latest: Instant | None) -> Instant | None:
    """Return the end of what is permitted: what was asked for, or the end that the rule itself sets."""
    rule, request = asked.ground.rule.duration, asked.request
    if latest is None or rule is None or not rule.value.asked or request.duration is None:
        return latest
    end = asked.at.plus(request.duration)
    assert end <= latest
    return end


def assess_for_each(request: Request, offence_ids: Sequence[str], pack: Pack, at: Instant) -> Assessment:
    """Assess ``request`` once for each of ``offence_ids``, all of which it is to rest on: one that is none stops it.

    Return the answer for the first that is refused, or else for the first of all. The part of an article in the request
    belongs to the first offence only; without any offence it is a request that names none.
    """
    first = assess(replace(request, offence_id=next(iter(offence_ids), None)), pack, at)
    others = (assess(replace(request, offence_id=one, offence_part=None), pack, at) for one in offence_ids[1:])
    if first.verdict is Verdict.refused:
        return first
    return next((answer for answer in others if answer.verdict is Verdict.refused), first)


def _without_rule(request: Request, pack: Pack, at: Instant) -> Assessment:
    """Refuse a measure for which the pack has no rule that day: what cannot be tested is not passed."""
    day = pack.data.calendar.local_day(at)
    unnamed = request.measure is Measure.M16 and request.lane is None
    first = Reason(Code.lane_not_named if unnamed else Code.no_rule, _measure_and_day(request, day.isoformat()))
    tests = tuple(_unexamined(test, first if test is TestId.T1 else Reason(Code.not_examined)) for test in TestId)
    ways = [way for way in WAYS_ROUND.get(request.measure, ()) if way.measure is None or pack.works(way.measure, day)]
    return Assessment(
        pack_id=pack.data.pack_id,
        pack_version=pack.data.version,
        is_demonstration=pack.data.is_demonstration,
        measure=request.measure,
        lane=request.lane,
        at=at,
        verdict=Verdict.refused,
        tests=tests,
        norm_ids=(),
        norm_versions=(),
        cap_minor=0 if request.amount_minor is not None else None,
        max_duration=timedelta(0),
        expires_at=None,
        confirm_within=None,
        authorisation_by=None,
        authorisation_within=None,
        notice=None,
        remedies=(),
        lawful_instead=tuple(
            LawfulStep(code=way.code, params=(), amount_minor=None, measure=way.measure) for way in ways
        ),
        duties=(),
        open_questions=(),
        caveats=(),
        protected_floor=None,
        tracing_method=pack.data.general.tracing_method,
        branch=None,
        urgent_until=None,
        file_by=None,
        decide_by=None,
        review_every=None,
    )


def _measure_and_day(request: Request, day: str) -> tuple[tuple[str, str], ...]:
    return (("measure", f"law.measure.{request.measure}"), ("date", day))


def _unexamined(test: TestId, reason: Reason) -> TestOutcome:
    return TestOutcome(test=test, passed=False, norms=(), code=reason.code, params=reason.params, more=())
