"""The nine tests, one function each: what was asked goes in, the reasons against it come out (none: passed).

A test of something that the rule does not say (its field is missing) gives `NOT_EXAMINED`: what cannot be tested is not
passed.
"""

from collections.abc import Callable, Mapping
from typing import Final

from tarazy.law.asked import NOT_EXAMINED, NOTHING_AGAINST, Asked, Reasons, has_counting, said
from tarazy.law.assessment import ActorRole, AssertionKind, Fact, Reason, TestId
from tarazy.law.authority import authority_reasons
from tarazy.law.codes import Code
from tarazy.law.offence import Offence, OffenceAnswer
from tarazy.law.offence_table import answer_for
from tarazy.law.pack import Basis
from tarazy.law.proportionality import examine_proportionality, report_limits
from tarazy.law.rule_fields import FOLLOWING, REPORT_ONLY
from tarazy.values.ids import NormId
from tarazy.values.replacing import replace

WEAK_KINDS: Final = frozenset({AssertionKind.score, AssertionKind.list_hit})

AUTHORITIES: Final = frozenset(
    {
        ActorRole.investigator,
        ActorRole.prosecutor,
        ActorRole.investigating_judge,
        ActorRole.court,
        ActorRole.regional_court,
        ActorRole.supervisor,
        ActorRole.communications_body,
        ActorRole.data_protection,
    }
)
"""Bodies of the state: what is one's is not another's."""


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
        reasons += _not_the_author(request.actor_role, rule.author.value)
    if asked.basis.mandate and not request.has_mandate:
        reasons.append(Reason(Code.no_mandate))
    return tuple(reasons)


def _not_the_author(role: ActorRole, authors: tuple[ActorRole, ...]) -> Reasons:
    """Say that somebody else may take the measure, and of an authority also that another authority is competent."""
    allowed = ",".join(f"law.role.{author}" for author in authors)
    named = (("role", f"law.role.{role}"), ("allowed", allowed))
    if role in AUTHORITIES and not AUTHORITIES.isdisjoint(authors):
        return Reason(Code.role_not_allowed, named), Reason(Code.other_body_competent, named)
    return (Reason(Code.role_not_allowed, named),)


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
    version = None if offence is None else offence.on(asked.day) or offence.latest
    if offence is not None and version is not None and not version.within_purpose:
        forum = version.forum or ""
        reasons.append(Reason(Code.outside_purpose, (("offence", offence.title_code), ("forum", forum))))
    return tuple(reasons)


def examine_facts(asked: Asked) -> Reasons:
    """T4: at least one sourced assertion that counts, the papers that the rule names, an offence grave enough."""
    request, basis = asked.request, asked.basis
    if basis is None or TestId.T4 in asked.ground.untested:
        return NOT_EXAMINED
    reasons = []
    if not has_counting(request.facts, basis):
        reasons.append(_no_fact(request.facts))
    if request.locked_sources:
        reasons += _locked(asked)
    if request.exculpatory and not request.exculpatory_answered:
        reasons.append(Reason(Code.exculpatory_unanswered, (("count", str(len(request.exculpatory))),)))
    if basis.signed_report and not request.report_signed:
        reasons.append(Reason(Code.report_unsigned))
    if basis.registration and not request.case_registration:
        reasons.append(Reason(Code.no_registration))
    least = asked.pack.data.general.reasons.value
    if basis.hiding_risk and len(request.hiding_risk.strip()) < least:
        reasons.append(Reason(Code.no_hiding_risk, (("letters", str(least)),)))
    if request.is_automatic and request.measure not in FOLLOWING:
        reasons += _repeated(asked)
    offence = _offence_reason(asked, basis)
    return (*reasons, offence) if offence is not None else tuple(reasons)


def _locked(asked: Asked) -> Reasons:
    """Nothing may rest on what an unlawful measure brought to light."""
    request = asked.request
    used = dict.fromkeys(fact.source for fact in (*request.facts, *request.new_facts))
    locked = [source for source in used if source in request.locked_sources]
    return (Reason(Code.fact_locked, (("sources", ", ".join(locked)),)),) if locked else NOTHING_AGAINST


def _repeated(asked: Asked) -> Reasons:
    """The same payer, or the same pair, again and again carries nothing automatic any more: a human looks at it."""
    limits, request = report_limits(asked), asked.request
    if limits is None:
        return NOT_EXAMINED
    if request.reports_by_payer < limits.per_payer_max and request.reports_of_pair < limits.per_pair_max:
        return NOTHING_AGAINST
    counts = (("by_payer", str(request.reports_by_payer)), ("of_pair", str(request.reports_of_pair)))
    return (Reason(Code.repeated_report, (*counts, ("days", str(limits.per_payer_days)))),)


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
    return _too_slight(offence, asked)


def _too_slight(offence: Offence, asked: Asked) -> Reason | None:
    """Return why the offence is not grave enough for the measure; None where it is, or where the rule asks nothing."""
    field = asked.ground.rule.threshold
    threshold = None if field is None else field.value
    if threshold is None:
        return None
    answer = answer_for(offence, asked.request.offence_part, threshold, asked.day)
    named = (("offence", offence.title_code),)
    if answer is OffenceAnswer.unknown_part:
        return Reason(Code.part_not_named, named)
    if answer is OffenceAnswer.not_in_force:
        return Reason(Code.offence_not_in_force, (*named, ("date", asked.day.isoformat())))
    if answer is not OffenceAnswer.threshold_not_met:
        return None
    classes_alone = replace(threshold, penalty_years_min=None)
    if answer_for(offence, asked.request.offence_part, classes_alone, asked.day) is OffenceAnswer.threshold_not_met:
        return Reason(Code.class_not_enough, named)
    return Reason(Code.penalty_not_enough, (*named, ("years", str(threshold.penalty_years_min))))


def examine_suitability(asked: Asked) -> Reasons:
    """T5: it is said in words how the measure reaches its aim."""
    return said(asked, asked.request.suitability, Code.suitability_missing)


def examine_necessity(asked: Asked) -> Reasons:
    """T6: of every milder measure it is said why it is not enough."""
    if asked.ground.rule.milder is None:
        return NOT_EXAMINED
    least = asked.pack.data.general.reasons.value
    answered = {answer.rung for answer in asked.request.alternatives if len(answer.why.strip()) >= least}
    open_rungs = [rung for rung in asked.ground.rungs if rung not in answered]
    if not open_rungs:
        return NOTHING_AGAINST
    rungs = ",".join(f"law.measure.{rung}" for rung in open_rungs)
    return (Reason(Code.milder_unanswered, (("rungs", rungs), ("letters", str(least)))),)


def examine_safeguards(asked: Asked) -> Reasons:
    """T8: a named author, the authorisation or an urgent beginning, the hearing, a notice, a remedy, an end."""
    basis = asked.basis
    if basis is None or TestId.T8 in asked.ground.untested:
        return NOT_EXAMINED
    unnamed = basis.named_officer and not asked.request.officer_named
    officer = (Reason(Code.no_named_officer),) if unnamed else NOTHING_AGAINST
    return (*officer, *asked.ground.lacking, *_hearing_reasons(asked), *authority_reasons(asked))


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
