"""What would be lawful instead: from the reasons against a request to the steps that remain open."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from tarazy.law.asked import Asked
from tarazy.law.assessment import Lane, LawfulStep, Measure, Params, Reason
from tarazy.law.codes import Code, Instead
from tarazy.law.proportionality import cap_minor


class Way(NamedTuple):
    """A step, the measure that it leads to (None: the same one, put right), and whether it names the allowed sum."""

    code: Instead
    measure: Measure | None = None
    names_sum: bool = False


ALLOWED_SUM: Final = Way(Instead.allowed_sum, None, names_sum=True)
TO_JUDGE: Final = Way(Instead.motion_to_judge, Measure.M9)
REGISTER: Final = Way(Instead.register_case, Measure.M5)

WAYS: Final[Mapping[str, tuple[Way, ...]]] = {
    Code.lane_not_named: (Way(Instead.ask_consent),),
    Code.no_norm_in_force: (Way(Instead.complete_pack),),
    Code.role_not_allowed: (Way(Instead.right_role),),
    Code.no_mandate: (Way(Instead.sign_mandate), REGISTER),
    Code.value_unsure: (Way(Instead.confirm_value),),
    Code.value_missing: (Way(Instead.complete_pack),),
    Code.no_aim: (Way(Instead.name_aim),),
    Code.aim_not_listed: (Way(Instead.name_aim),),
    Code.outside_purpose: (Way(Instead.other_forum),),
    Code.no_facts: (Way(Instead.add_fact),),
    Code.only_scores: (Way(Instead.add_fact),),
    Code.no_counting_fact: (Way(Instead.add_fact),),
    Code.report_unsigned: (Way(Instead.sign_report),),
    Code.no_offence: (Way(Instead.name_offence),),
    Code.offence_unknown: (Way(Instead.name_offence),),
    Code.offence_not_in_force: (Way(Instead.name_offence),),
    Code.no_registration: (Way(Instead.register_case),),
    Code.no_hiding_risk: (Way(Instead.name_risk),),
    Code.suitability_missing: (Way(Instead.give_reasons),),
    Code.impact_missing: (Way(Instead.give_reasons),),
    Code.milder_unanswered: (Way(Instead.answer_milder),),
    Code.no_amount: (Way(Instead.name_sum_and_period),),
    Code.no_traced_sum: (Way(Instead.name_sum_and_period),),
    Code.no_claim: (Way(Instead.name_sum_and_period),),
    Code.no_ceiling: (Way(Instead.sign_mandate),),
    Code.no_duration: (Way(Instead.name_sum_and_period),),
    Code.whole_account: (ALLOWED_SUM, TO_JUDGE),
    Code.above_traced: (ALLOWED_SUM,),
    Code.above_claim: (ALLOWED_SUM,),
    Code.above_ceiling: (ALLOWED_SUM, REGISTER),
    Code.protected_money: (ALLOWED_SUM,),
    Code.above_duration: (Way(Instead.shorter), TO_JUDGE),
    Code.above_total: (Way(Instead.shorter), REGISTER, TO_JUDGE),
    Code.no_more_extensions: (REGISTER, TO_JUDGE),
    Code.no_new_fact: (Way(Instead.add_fact),),
    Code.calendar_ends: (Way(Instead.complete_pack),),
    Code.no_named_officer: (Way(Instead.name_officer),),
    Code.no_notice_rule: (Way(Instead.complete_pack),),
    Code.no_remedy_rule: (Way(Instead.complete_pack),),
    Code.awaits_authorisation: (Way(Instead.ask_authorisation),),
    Code.authorisation_of_another: (Way(Instead.ask_authorisation),),
    Code.authorisation_has_ended: (Way(Instead.ask_authorisation),),
    Code.authorisation_too_small: (Way(Instead.ask_authorisation),),
    Code.consent_missing: (Way(Instead.ask_consent), Way(Instead.refund_by_court, Measure.M16)),
    Code.receiver_not_heard: (Way(Instead.hear_receiver),),
    Code.receiver_objects: (Way(Instead.refund_by_court, Measure.M16),),
    Code.denied_feature: (Way(Instead.drop_feature),),
    Code.other_body_competent: (Way(Instead.right_role),),
    Code.class_not_enough: (Way(Instead.name_offence),),
    Code.penalty_not_enough: (Way(Instead.name_offence),),
    Code.part_not_named: (Way(Instead.name_part),),
    Code.fact_locked: (Way(Instead.add_fact),),
    Code.exculpatory_unanswered: (Way(Instead.answer_exculpatory),),
    Code.repeated_report: (Way(Instead.human_decides), REGISTER),
    Code.trifling_sum: (Way(Instead.human_decides), REGISTER),
    Code.exclusions_missing: (Way(Instead.keep_free),),
    Code.beyond_urgent_window: (Way(Instead.shorter), Way(Instead.ask_authorisation)),
    Code.not_urgent_here: (Way(Instead.ask_authorisation),),
    Code.consent_of_authority_missing: (Way(Instead.ask_consent_of_authority),),
    Code.same_hands: (Way(Instead.other_officer),),
    Code.forum_without_body: (Way(Instead.complete_pack),),
    Code.no_lapse_rule: (Way(Instead.complete_pack),),
}
"""For each reason the steps that remain, in the order in which they should be tried."""

WAYS_ROUND: Final[Mapping[Measure, tuple[Way, ...]]] = {
    Measure.M2t: (Way(Instead.data_request),),
    Measure.M4b: (Way(Instead.pause_unexecuted, Measure.M4a), REGISTER),
    Measure.M8: (REGISTER, TO_JUDGE),
    Measure.M16: (Way(Instead.keep_until_decision, Measure.M9),),
}
"""Where the pack itself stops a measure: what can be done without it."""

STOPPED: Final = frozenset({Code.no_rule, Code.no_norm_in_force, Code.value_unsure, Code.value_missing})


def lawful_instead(reasons: Iterable[Reason], asked: Asked) -> tuple[LawfulStep, ...]:
    """Return the steps that remain, each once. A measure that the pack itself stops is never recommended."""
    steps: dict[tuple[str, Measure | None], LawfulStep] = {}
    for reason in reasons:
        for way in _ways(reason, asked):
            if not _is_open(way, reason, asked):
                continue
            named = asked.request.measure if way.names_sum else way.measure
            steps.setdefault((way.code, named), _step(way, named, reason, asked))
    return tuple(steps.values())


def _is_open(way: Way, reason: Reason, asked: Asked) -> bool:
    """Tell whether a step is one: it allows something, leads elsewhere, and the pack does not stop it."""
    request = asked.request
    if way.names_sum:
        return not asked.ground.stops and _allowed_minor(asked) > 0
    if way.code is Instead.shorter:
        return dict(reason.params).get("max_hours") != "0"
    if way.code is Instead.ask_authorisation:
        return any(name == "by" for name, _ in reason.params)
    if way.measure is None:
        return True
    if way.measure is request.measure and (request.measure is not Measure.M16 or request.lane is Lane.court):
        return False
    return asked.pack.works(way.measure, asked.day)


def _ways(reason: Reason, asked: Asked) -> tuple[Way, ...]:
    round_it = WAYS_ROUND.get(asked.request.measure, ()) if reason.code in STOPPED else ()
    return (*WAYS.get(reason.code, ()), *round_it)


def _step(way: Way, measure: Measure | None, reason: Reason, asked: Asked) -> LawfulStep:
    if not way.names_sum:
        return LawfulStep(code=way.code, params=reason.params, amount_minor=None, measure=measure)
    allowed = _allowed_minor(asked)
    params: Params = (("amount_minor", str(allowed)), ("currency", asked.request.currency))
    return LawfulStep(code=way.code, params=params, amount_minor=allowed, measure=measure)


def _allowed_minor(asked: Asked) -> int:
    """Return the sum to advise: what the law allows, and never more than was asked for."""
    cap, wanted = cap_minor(asked.request, asked.ground) or 0, asked.request.amount_minor
    return cap if wanted is None else min(cap, wanted)
