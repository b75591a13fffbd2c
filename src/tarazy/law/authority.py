"""Authorisation, urgency and hands: who must have said yes, for how long a measure may run before, and who is who."""

from tarazy.law.asked import NOTHING_AGAINST, Asked, Reasons
from tarazy.law.assessment import Params, Reason
from tarazy.law.codes import Code
from tarazy.law.safeguards import AuthorisationRule, CountFrom, Part, UrgentRule
from tarazy.values.instant import Instant


def begins_unauthorised(asked: Asked) -> bool:
    """Tell whether the measure would begin before anybody authorised it, although somebody must."""
    field = asked.ground.rule.authorisation
    rule = None if field is None else field.value
    if rule is None:
        return False
    given = asked.request.authorisation
    if given is not None and given.authorisation_id:
        return False
    return not rule.prior or asked.request.is_urgent


def urgent_until(asked: Asked) -> Instant | None:
    """Return how long the measure may run without an authorisation; None where none is missing or none may be."""
    urgent = _urgent(asked)
    if urgent is None or not begins_unauthorised(asked):
        return None
    return max(asked.at, asked.at.plus(urgent.longest - asked.request.extends))


def who_authorises(asked: Asked) -> Params:
    """Return the role that must authorise, as a value for a text; empty where nobody must."""
    field = asked.ground.rule.authorisation
    rule = None if field is None else field.value
    return () if rule is None else (("by", f"law.role.{rule.by}"),)


def motion_times(asked: Asked) -> tuple[Instant | None, Instant | None]:
    """Return until when the motion must be filed and decided; None where it is decided already or no time is named."""
    field, given = asked.ground.rule.authorisation, asked.request.authorisation
    rule = None if field is None else field.value
    if rule is None or (given is not None and given.authorisation_id):
        return None, None
    calendar, begun = asked.pack.data.calendar, asked.at.plus(-asked.request.extends)
    file_by = None if rule.file_within is None else calendar.end_of(rule.file_within, begun)
    if rule.decide_within is None:
        return file_by, None
    since = file_by if rule.decide_from is CountFrom.filed and file_by is not None else begun
    return file_by, calendar.end_of(rule.decide_within, since)


def authority_reasons(asked: Asked) -> Reasons:
    """Return what stands against a measure for who authorised it, who consented, and who has which part in it."""
    reasons = [*_hands_reasons(asked), *_urgency_reasons(asked)]
    field, request = asked.ground.rule.authorisation, asked.request
    rule = None if field is None else field.value
    if rule is None:
        return tuple(reasons)
    is_given = request.authorisation is not None and bool(request.authorisation.authorisation_id)
    if is_given or (rule.prior and not request.is_urgent):
        reasons += _authorisation_reasons(asked, rule)
    return tuple(reasons)


def _urgent(asked: Asked) -> UrgentRule | None:
    field = asked.ground.rule.urgent
    rule = None if field is None else field.value
    return None if rule is None or not rule.allowed else rule


def _urgency_reasons(asked: Asked) -> Reasons:
    """An urgent beginning needs a rule that allows it, and the consent that this rule asks for."""
    is_early = begins_unauthorised(asked)
    if not (is_early or asked.request.is_urgent):
        return NOTHING_AGAINST
    urgent = _urgent(asked)
    if urgent is None:
        return (Reason(Code.not_urgent_here, who_authorises(asked)),)
    consent = urgent.consent
    if is_early and consent is not None and consent.prior and not asked.request.authority_consent_id:
        return (Reason(Code.consent_of_authority_missing, (("by", f"law.role.{consent.by}"),)),)
    return NOTHING_AGAINST


def _hands_reasons(asked: Asked) -> Reasons:
    """Nobody proposes and approves, or decides on a complaint against their own act; to confirm it is no harm."""
    hands = asked.request.hands
    if len(hands) < 2:  # noqa: PLR2004 -- one hand is nobody's twice
        return NOTHING_AGAINST
    parts = {(part, who) for part, who in hands if part != Part.confirmer}
    return NOTHING_AGAINST if len({who for _, who in parts}) == len(parts) else (Reason(Code.same_hands),)


def _authorisation_reasons(asked: Asked, rule: AuthorisationRule) -> Reasons:
    """An authorisation stands if whom the rule names has given it, its time runs, and the sum is within it."""
    given, request = asked.request.authorisation, asked.request
    by = ("by", f"law.role.{rule.by}")
    if given is None or not given.authorisation_id:
        return (Reason(Code.awaits_authorisation, (by,)),)
    if given.by is not rule.by:
        return (Reason(Code.authorisation_of_another, (by, ("given_by", f"law.role.{given.by}"))),)
    if given.valid_to is not None and given.valid_to <= asked.at:
        return (Reason(Code.authorisation_has_ended, (by,)),)
    wanted = request.amount_minor or 0
    if given.covers_minor is not None and given.covers_minor < wanted:
        sums = (("asked_minor", str(wanted)), ("covers_minor", str(given.covers_minor)))
        return (Reason(Code.authorisation_too_small, (by, *sums, ("currency", request.currency))),)
    return NOTHING_AGAINST
