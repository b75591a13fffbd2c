"""What follows from a rule alone, worked out once for each period and not with every request."""

from collections.abc import Iterable
from typing import Final

from tarazy.law.assessment import ActorRole, Measure, NoticePlan, Reason
from tarazy.law.codes import Code
from tarazy.law.pack import MeasureRule
from tarazy.law.rule_fields import REPORT_ONLY

NOBODY: Final = frozenset({ActorRole.other, ActorRole.citizen})
"""Capacities in which nobody decides on a complaint."""


def notice_plan(rule: MeasureRule) -> NoticePlan | None:
    """Return who is told and by when, and how that may be put off: never, where the rule does not say."""
    told = None if rule.notice is None else rule.notice.value
    if told is None:
        return None
    deferral = None if rule.deferral is None else rule.deferral.value
    if deferral is None:
        return NoticePlan(
            to=told.to,
            within=told.within,
            deferral_grounds=(),
            deferral_by=None,
            deferral_max=None,
            since=told.since,
        )
    grounds = () if rule.deferral_grounds is None else rule.deferral_grounds.value
    return NoticePlan(
        to=told.to,
        within=told.within,
        deferral_grounds=deferral.grounds or grounds,
        deferral_by=deferral.steps[0].by,
        deferral_max=deferral.steps[0].longest,
        since=told.since,
        steps=deferral.steps,
        deferral_total=deferral.total,
    )


def safeguards_lacking(rule: MeasureRule) -> tuple[Reason, ...]:
    """Return what T8 has against a measure whatever is asked: no notice, no remedy, a forum without a body, no end."""
    if rule.measure in REPORT_ONLY:
        return ()
    reasons = []
    if rule.notice is not None and rule.notice.value is None:
        reasons.append(Reason(Code.no_notice_rule))
    if rule.remedies is not None and not rule.remedies.value:
        reasons.append(Reason(Code.no_remedy_rule))
    if rule.remedies is not None:
        bodiless = [one.forum for one in rule.remedies.value if one.forum_kind is None or one.forum_kind in NOBODY]
        reasons += [Reason(Code.forum_without_body, (("forums", ",".join(bodiless)),))] if bodiless else []
    if rule.lapse is not None and rule.lapse.value is None:
        reasons.append(Reason(Code.no_lapse_rule))
    return tuple(reasons)


def rungs_off(rule: MeasureRule, in_force: Iterable[Measure]) -> tuple[Measure, ...]:
    """Return the milder measures for which the pack has no rule: nobody can be asked why they are not enough."""
    known = frozenset(in_force)
    return () if rule.milder is None else tuple(rung for rung in rule.milder.value if rung not in known)
