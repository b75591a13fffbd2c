"""What the law gate is asked about a pause of one payment, and the times that follow from its answer."""

from datetime import timedelta
from typing import Final, NamedTuple

from tarazy.app.setting import Setting
from tarazy.domain.pause import CALL_BACK_DEFAULT, SIGNS
from tarazy.law.assessment import Alternative, AssertionKind, Assessment, Fact, Measure, Request
from tarazy.law.gate import assess
from tarazy.law.pack import DurationRule
from tarazy.law.safeguards import Part
from tarazy.values.ids import OfficerId
from tarazy.values.instant import Instant

AIM: Final = "rights_of_others"
SUITABILITY: Final = "While the payment waits, the payer can be called and asked, and can stop it."
IMPACT: Final = "One payment waits; everything else on the account stays usable."
LOWER_RUNGS: Final = (
    Alternative(rung=Measure.M1, why="After execution the money can be gone in minutes; a report comes too late."),
)
CALL_BACK: Final = "law.duty.call_back"
NOBODY_ANSWERS: Final = timedelta(0)


class PauseAsked(NamedTuple):
    """One payment, what is seen in it, and the officer who would let it wait."""

    amount_minor: int
    currency: str
    facts: tuple[str, ...]
    officer_id: OfficerId


def assess_pause(asked: PauseAsked, setting: Setting) -> Assessment:
    """Ask whether this officer may let the payment wait now, for as long as the law lets it at first."""
    rule = duration_on(setting)
    first = None if rule is None else rule.first.fixed
    return assess(_request(asked, first, timedelta(0), 0, (), setting), setting.pack, setting.now)


def assess_extension(
    asked: PauseAsked, new: tuple[str, ...], begins_at: Instant, extensions: int, setting: Setting
) -> Assessment:
    """Ask whether the payment may wait longer, for as long as the law still lets it."""
    rule, run = duration_on(setting), setting.now.since(begins_at)
    longer = None
    if rule is not None and rule.extension is not None and rule.extension.fixed is not None:
        left = NOBODY_ANSWERS if rule.total.fixed is None else rule.total.fixed - run
        longer = min(rule.extension.fixed, left)
    return assess(_request(asked, longer, run, extensions, new, setting), setting.pack, setting.now)


def duration_on(setting: Setting) -> DurationRule | None:
    """Return how long a payment may wait by the law of this day; None where the pack has no such rule."""
    ground = setting.pack.ground(Measure.M4a, None, setting.pack.data.calendar.local_day(setting.now))
    return None if ground is None or ground.rule.duration is None else ground.rule.duration.value


def total_end(first_end: Instant, begins_at: Instant, setting: Setting) -> Instant:
    """Return the moment that no extension passes."""
    rule = duration_on(setting)
    total = None if rule is None else rule.total.fixed
    return first_end if total is None else begins_at.plus(total)


def call_back_by(assessment: Assessment, begins_at: Instant) -> Instant:
    """Return until when the payer must have been called."""
    spans = [duty.within for duty in assessment.duties if duty.code == CALL_BACK and duty.within is not None]
    return begins_at.plus(min(spans, default=CALL_BACK_DEFAULT))


def _request(
    asked: PauseAsked,
    duration: timedelta | None,
    run: timedelta,
    extensions: int,
    new: tuple[str, ...],
    setting: Setting,
) -> Request:
    source = f"seen in the payment by {asked.officer_id} of {setting.me}"
    return Request(
        measure=Measure.M4a,
        actor_role=setting.officer_capacity(setting.me, asked.officer_id),
        officer_named=True,
        currency=asked.currency,
        amount_minor=asked.amount_minor,
        traced_minor=None,
        claim_minor=asked.amount_minor,
        offence_id=None,
        aim=AIM,
        facts=tuple(Fact(kind=SIGNS[code], code=code, source=source) for code in asked.facts),
        suitability=SUITABILITY,
        alternatives=LOWER_RUNGS,
        impact=IMPACT,
        features_used=(),
        duration=duration,
        has_mandate=False,
        mandate_ceiling_minor=None,
        case_registration=None,
        report_signed=False,
        protected_minor=0,
        whole_account=False,
        extends=run,
        extensions_used=extensions,
        exculpatory=(),
        exculpatory_answered=False,
        is_urgent=False,
        is_automatic=False,
        hands=((Part.proposer, f"{setting.me}/{asked.officer_id}"),),
        locked_sources=frozenset(),
        reports_by_payer=0,
        reports_of_pair=0,
        new_facts=tuple(Fact(kind=AssertionKind.fact, code=code, source=source) for code in new),
    )
