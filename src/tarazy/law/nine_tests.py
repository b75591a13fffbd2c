"""The nine tests, one function each: what was asked goes in, the reasons against it come out (none: passed).

A test of something that the rule does not say (its field is missing) gives `NOT_EXAMINED`: what cannot be tested is not
passed.
"""

from collections.abc import Callable, Mapping
from typing import Final

from tarazy.law.asked import NOT_EXAMINED, NOTHING_AGAINST, Asked, Reasons, has_counting, said
from tarazy.law.assessment import AssertionKind, Fact, Reason, TestId
from tarazy.law.codes import Code
from tarazy.law.ground import REPORT_ONLY
from tarazy.law.pack import Basis
from tarazy.law.proportionality import examine_proportionality
from tarazy.law.safeguards import AuthorisationRule
from tarazy.values.ids import NormId

WEAK_KINDS: Final = frozenset({AssertionKind.score, AssertionKind.list_hit})


def examine_legality(asked: Asked) -> Reasons:
    """T1: norms in force that day, this measure, this body."""
    request, rule = asked.request, asked.ground.rule
    reasons = [
        Reason(Code.no_norm_in_force, (("norm", _title(norm_id, asked)), ("date", asked.day.isoformat())))
        for norm_id in asked.ground.not_in_force
    ]
    if rule.author is None or asked.basis is None:
        return (*reasons, *NOT_EXAMINED)
    if request.actor_role not in rule.author.value:
        allowed = ",".join(f"law.role.{role}" for role in rule.author.value)
        reasons.append(
            Reason(Code.role_not_allowed, (("role", f"law.role.{request.actor_role}"), ("allowed", allowed)))
        )
    if asked.basis.mandate and not request.has_mandate:
        reasons.append(Reason(Code.no_mandate))
    return tuple(reasons)


def _title(norm_id: NormId, asked: Asked) -> str:
    """Return the code of a norm's title, whichever version has one; the norm's id where it has no version at all."""
    norm = asked.pack.data.norms.get(norm_id)
    return norm_id if norm is None or not norm.versions else norm.versions[0].title_code


def examine_quality(asked: Asked) -> Reasons:
    """T2: nothing intrusive rests on a value that is missing, or unsure and signed by nobody."""
    ground = asked.ground
    if ground.rule.measure in REPORT_ONLY or not ground.blockers:
        return NOTHING_AGAINST
    reasons = []
    missing = [blocker.path for blocker in ground.blockers if blocker.question is None]
    if ground.open_questions:
        numbers = ", ".join(str(number) for number in ground.open_questions)
        signers = dict.fromkeys(asked.pack.data.questions[number].signer for number in ground.open_questions)
        reasons.append(Reason(Code.value_unsure, (("questions", numbers), ("signers", ",".join(signers)))))
    if missing:
        reasons.append(Reason(Code.value_missing, (("fields", ", ".join(missing)),)))
    return tuple(reasons)


def examine_aim(asked: Asked) -> Reasons:
    """T3: an aim for which rights may be limited, and an offence that the exchange exists for."""
    request, basis = asked.request, asked.basis
    aims = asked.pack.data.general.aims.value
    reasons = []
    if request.aim is None:
        if basis is None or basis.reasons:
            reasons.append(Reason(Code.no_aim))
    elif request.aim not in aims:
        reasons.append(Reason(Code.aim_not_listed, (("aim", request.aim),)))
    offence = asked.pack.data.offences.get(request.offence_id or "")
    if offence is not None and not offence.within_purpose:
        forum = offence.forum or ""
        reasons.append(Reason(Code.outside_purpose, (("offence", offence.title_code), ("forum", forum))))
    return tuple(reasons)


def examine_facts(asked: Asked) -> Reasons:
    """T4: at least one sourced assertion that counts, and the papers that the rule names."""
    request, basis = asked.request, asked.basis
    if basis is None:
        return NOT_EXAMINED
    reasons = []
    if not has_counting(request.facts, basis):
        reasons.append(_no_fact(request.facts))
    if basis.signed_report and not request.report_signed:
        reasons.append(Reason(Code.report_unsigned))
    if basis.registration and not request.case_registration:
        reasons.append(Reason(Code.no_registration))
    least = asked.pack.data.general.reasons.value
    if basis.hiding_risk and len(request.hiding_risk.strip()) < least:
        reasons.append(Reason(Code.no_hiding_risk, (("letters", str(least)),)))
    offence = _offence_reason(asked, basis)
    return (*reasons, offence) if offence is not None else tuple(reasons)


def _no_fact(facts: tuple[Fact, ...]) -> Reason:
    if not facts:
        return Reason(Code.no_facts)
    if all(fact.kind in WEAK_KINDS for fact in facts):
        return Reason(Code.only_scores)
    return Reason(Code.no_counting_fact)


def _offence_reason(asked: Asked, basis: Basis) -> Reason | None:
    offence_id = asked.request.offence_id
    if offence_id is None:
        return Reason(Code.no_offence) if basis.offence else None
    offence = asked.pack.data.offences.get(offence_id)
    if offence is None:
        return Reason(Code.offence_unknown, (("offence", offence_id),))
    if not offence.covers(asked.day):
        return Reason(Code.offence_not_in_force, (("offence", offence.title_code), ("date", asked.day.isoformat())))
    return None


def examine_suitability(asked: Asked) -> Reasons:
    """T5: it is said in words how the measure reaches its aim."""
    return said(asked, asked.request.suitability, Code.suitability_missing)


def examine_necessity(asked: Asked) -> Reasons:
    """T6: of every milder measure it is said why it is not enough."""
    milder = asked.ground.rule.milder
    if milder is None:
        return NOT_EXAMINED
    least = asked.pack.data.general.reasons.value
    answered = {answer.rung for answer in asked.request.alternatives if len(answer.why.strip()) >= least}
    open_rungs = [rung for rung in milder.value if rung not in answered]
    if not open_rungs:
        return NOTHING_AGAINST
    rungs = ",".join(f"law.measure.{rung}" for rung in open_rungs)
    return (Reason(Code.milder_unanswered, (("rungs", rungs), ("letters", str(least)))),)


def examine_safeguards(asked: Asked) -> Reasons:
    """T8: a named author, the authorisation where it comes first, the hearing, a notice, a remedy."""
    request, rule, basis = asked.request, asked.ground.rule, asked.basis
    if basis is None or rule.notice is None or rule.remedies is None or rule.authorisation is None:
        return NOT_EXAMINED
    if rule.deferral is None or rule.hearing is None or rule.confirmation is None or rule.duties is None:
        return NOT_EXAMINED
    reasons = []
    if basis.named_officer and not request.officer_named:
        reasons.append(Reason(Code.no_named_officer))
    if rule.measure not in REPORT_ONLY:
        reasons += [Reason(Code.no_notice_rule)] if rule.notice.value is None else []
        reasons += [Reason(Code.no_remedy_rule)] if not rule.remedies.value else []
    reasons += _hearing_reasons(asked)
    if rule.authorisation.value is not None and rule.authorisation.value.prior:
        reasons += _authorisation_reasons(asked, rule.authorisation.value)
    return tuple(reasons)


def _authorisation_reasons(asked: Asked, rule: AuthorisationRule) -> list[Reason]:
    """An authorisation stands if whom the rule names has given it, its time runs, and the sum is within it."""
    given, request = asked.request.authorisation, asked.request
    by = ("by", f"law.role.{rule.by}")
    if given is None or not given.authorisation_id:
        return [Reason(Code.awaits_authorisation, (by,))]
    if given.by is not rule.by:
        return [Reason(Code.authorisation_of_another, (by, ("given_by", f"law.role.{given.by}")))]
    if given.valid_to is not None and given.valid_to <= asked.at:
        return [Reason(Code.authorisation_has_ended, (by,))]
    wanted = request.amount_minor or 0
    if given.covers_minor is not None and given.covers_minor < wanted:
        sums = (("asked_minor", str(wanted)), ("covers_minor", str(given.covers_minor)))
        return [Reason(Code.authorisation_too_small, (by, *sums, ("currency", request.currency)))]
    return []


def _hearing_reasons(asked: Asked) -> list[Reason]:
    """The receiver agrees or is heard; an objection goes to court. A valid second demand in writing is obeyed."""
    request, field = asked.request, asked.ground.rule.hearing
    hearing = None if field is None else field.value
    if hearing is None:
        return []
    if hearing.consent and not request.consent:
        return [Reason(Code.consent_missing)]
    if request.insistence_id and request.authorisation and not hearing.consent:
        return []
    if hearing.heard and request.receiver_heard is not True:
        return [Reason(Code.receiver_not_heard)]
    if hearing.objection_goes_to_court and request.receiver_objects is not False:
        return [Reason(Code.receiver_objects)]
    return []


def examine_equality(asked: Asked) -> Reasons:
    """T9: nothing rests on a feature that may not be used."""
    denied = asked.pack.data.general.denied_features.value
    used = sorted(denied.intersection(feature.strip().lower() for feature in asked.request.features_used))
    if not used:
        return NOTHING_AGAINST
    return (Reason(Code.denied_feature, (("features", ",".join(f"law.feature.{name}" for name in used)),)),)


NINE_TESTS: Final[Mapping[TestId, Callable[[Asked], Reasons]]] = {
    TestId.T1: examine_legality,
    TestId.T2: examine_quality,
    TestId.T3: examine_aim,
    TestId.T4: examine_facts,
    TestId.T5: examine_suitability,
    TestId.T6: examine_necessity,
    TestId.T7: examine_proportionality,
    TestId.T8: examine_safeguards,
    TestId.T9: examine_equality,
}
