"""T7, proportionality: no more than the sum, no longer than the time, no protected money."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from tarazy.law.asked import NOT_EXAMINED, NOTHING_AGAINST, Asked, Reasons, has_counting, said
from tarazy.law.assessment import Params, Reason, Request, TestId
from tarazy.law.authority import urgent_until, who_authorises
from tarazy.law.codes import Code
from tarazy.law.ground import Ground
from tarazy.law.pack import CapPart, DurationRule
from tarazy.law.rule_fields import FOLLOWING
from tarazy.law.safeguards import ReportLimits
from tarazy.values.instant import Instant

HOUR: Final = timedelta(hours=1)
ZERO: Final = timedelta(0)


def examine_proportionality(asked: Asked) -> Reasons:
    """T7: no more than the sum, no longer than the time, no protected money, the impact weighed."""
    impact = said(asked, asked.request.impact, Code.impact_missing)
    if impact == NOT_EXAMINED:
        return NOT_EXAMINED
    if TestId.T7 in asked.ground.untested:
        return NOT_EXAMINED
    return (*_sum_reasons(asked), *_trifling(asked), *_exclusion_reasons(asked), *_time_reasons(asked), *impact)


def report_limits(asked: Asked) -> ReportLimits | None:
    """Return where a report carries nothing automatic any more; None where the pack does not say."""
    field = asked.pack.data.general.reports
    return None if field is None else field.value


def _trifling(asked: Asked) -> Reasons:
    """A claim below the least sum carries nothing automatic: a human may still ask for a hold."""
    limits, request = report_limits(asked), asked.request
    if not request.is_automatic or request.measure in FOLLOWING:
        return NOTHING_AGAINST
    if limits is None:
        return NOT_EXAMINED
    claim = request.amount_minor if request.claim_minor is None else request.claim_minor
    if claim is None or request.currency != limits.currency or claim >= limits.least_sum_minor:
        return NOTHING_AGAINST
    sums = (("claim_minor", str(claim)), ("least_minor", str(limits.least_sum_minor)), ("currency", request.currency))
    return (Reason(Code.trifling_sum, sums),)


def _exclusion_reasons(asked: Asked) -> Reasons:
    """What the rule keeps free must be kept free by the request."""
    field = asked.ground.rule.exclusions
    if field is None or not field.value:
        return NOTHING_AGAINST
    missing = [one for one in field.value if one not in asked.request.exclusions]
    if not missing:
        return NOTHING_AGAINST
    return (Reason(Code.exclusions_missing, (("exclusions", ",".join(f"law.exclusion.{one}" for one in missing)),)),)


def _sum_reasons(asked: Asked) -> Reasons:
    request, rule = asked.request, asked.ground.rule
    if rule.cap is None or rule.protected_barred is None:
        return NOT_EXAMINED
    if not rule.cap.value:
        return NOTHING_AGAINST
    reasons = []
    if request.whole_account:
        reasons.append(Reason(Code.whole_account, _sums(asked)))
    elif request.amount_minor is None or request.amount_minor <= 0:
        reasons.append(Reason(Code.no_amount))
    for part, absent, above in _PARTS:
        limit = _LIMITS[part](request)
        if limit is None:
            if part in rule.cap.value:
                reasons.append(Reason(absent))
        elif not request.whole_account and request.amount_minor is not None and request.amount_minor > limit:
            reasons.append(Reason(above, _sums(asked)))
    if rule.protected_barred.value and request.protected_minor > 0:
        protected = (("protected_minor", str(request.protected_minor)), ("currency", request.currency))
        reasons.append(Reason(Code.protected_money, protected))
    return tuple(reasons)


_PARTS: Final = (
    (CapPart.traced, Code.no_traced_sum, Code.above_traced),
    (CapPart.claim, Code.no_claim, Code.above_claim),
    (CapPart.mandate, Code.no_ceiling, Code.above_ceiling),
)

_LIMITS: Final[Mapping[CapPart, Callable[[Request], int | None]]] = {
    CapPart.traced: lambda request: request.traced_minor,
    CapPart.claim: lambda request: request.claim_minor,
    CapPart.mandate: lambda request: request.mandate_ceiling_minor,
}


def _sums(asked: Asked) -> Params:
    request = asked.request
    asked_minor = 0 if request.amount_minor is None else request.amount_minor
    cap = cap_minor(request, asked.ground)
    return (("asked_minor", str(asked_minor)), ("cap_minor", str(cap or 0)), ("currency", request.currency))


def cap_minor(request: Request, ground: Ground) -> int | None:
    """Return the most that may be taken; None where the measure touches no money.

    It is the least of the traced sum, the claim, the mandate's ceiling where the rule names it, and the asked sum less
    what of it is protected.
    """
    rule = ground.rule
    if rule.cap is None or not rule.cap.value:
        return None
    limits = [request.traced_minor, request.claim_minor]
    if CapPart.mandate in rule.cap.value:
        limits.append(request.mandate_ceiling_minor)
    known = [limit for limit in limits if limit is not None]
    if not known or any(_LIMITS[part](request) is None for part in rule.cap.value):
        return 0
    cap = max(0, min(known))
    barred = rule.protected_barred is None or rule.protected_barred.value
    if not barred or request.protected_minor <= 0:
        return cap
    asked = cap if request.amount_minor is None else request.amount_minor
    return max(0, min(cap, asked - request.protected_minor))


def _time_reasons(asked: Asked) -> Reasons:
    field = asked.ground.rule.duration
    if field is None:
        return NOT_EXAMINED
    rule, request = field.value, asked.request
    latest = latest_end(rule, request, asked)
    if latest is None:
        return (Reason(Code.calendar_ends),)
    if not rule.asked:
        none_left = Reason(Code.no_more_extensions, (("extensions", str(rule.extensions)),))
        return (none_left,) if request.extends > ZERO else NOTHING_AGAINST
    if request.duration is None or request.duration <= ZERO:
        return (Reason(Code.no_duration),)
    if request.extends > ZERO:
        return _extension_reasons(rule, asked, latest, asked.at.plus(request.duration))
    if asked.at.plus(request.duration) > latest:
        return (Reason(Code.above_duration, _hours(latest.since(asked.at))),)
    return _urgent_reasons(asked, asked.at.plus(request.duration))


def _urgent_reasons(asked: Asked, end: Instant) -> Reasons:
    """Before it is authorised a measure runs no longer than its urgent window."""
    until = urgent_until(asked)
    if until is None or end <= until:
        return NOTHING_AGAINST
    return (Reason(Code.beyond_urgent_window, (*_hours(until.since(asked.at)), *who_authorises(asked))),)


def _extension_reasons(rule: DurationRule, asked: Asked, latest: Instant, end: Instant) -> Reasons:
    request, reasons = asked.request, []
    if request.extensions_used >= rule.extensions:
        reasons.append(Reason(Code.no_more_extensions, (("extensions", str(rule.extensions)),)))
    basis = asked.basis
    if rule.new_fact and (basis is None or not has_counting(request.new_facts, basis)):
        reasons.append(Reason(Code.no_new_fact))
    if end > latest:
        reasons.append(Reason(Code.above_total, _hours(latest.since(asked.at))))
    return tuple(reasons) or _urgent_reasons(asked, end)


def latest_end(rule: DurationRule, request: Request, asked: Asked) -> Instant | None:
    """Return the latest end that may be asked for now; None where the calendar does not reach so far."""
    calendar = asked.pack.data.calendar
    if request.extends <= ZERO:
        first = calendar.end_of(rule.first, asked.at)
        total = first if rule.total == rule.first else calendar.end_of(rule.total, asked.at)
        return None if first is None or total is None else min(first, total)
    total = calendar.end_of(rule.total, asked.at.plus(-request.extends))
    step = None if rule.extension is None else calendar.end_of(rule.extension, asked.at)
    if total is None:
        return None
    return max(asked.at, min(total, step or asked.at))


def _hours(span: timedelta) -> Params:
    return (("max_hours", str(max(0, span // HOUR))),)
