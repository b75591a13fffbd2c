"""Every code that an assessment under a pack can carry to a person: what the texts must have."""

from collections.abc import Iterable
from itertools import chain

from tarazy.law.assessment import ActorRole, Lane, Mark, Measure, TestId, Verdict
from tarazy.law.codes import Code, Instead, ReadinessCode
from tarazy.law.offence import FormOfGuilt, HolderDescription, Offence, OffenceAnswer
from tarazy.law.pack import MeasureRule, PackData
from tarazy.law.safeguards import Exclusion, OffenceClass


def codes_of(data: PackData) -> frozenset[str]:
    """Return the codes of all texts that the gate can need under a pack."""
    return frozenset(chain(_own_codes(), _named_codes(data), *(_rule_codes(rule) for rule in data.rules)))


def _own_codes() -> Iterable[str]:
    yield from chain(Code, Instead, ReadinessCode)
    yield from (f"law.measure.{measure}" for measure in Measure)
    yield from (f"law.role.{role}" for role in ActorRole)
    yield from (f"law.lane.{lane}" for lane in Lane)
    yield from (f"law.test.{test}" for test in TestId)
    yield from (f"law.verdict.{verdict}" for verdict in Verdict)
    yield from (f"law.mark.{mark}" for mark in Mark)
    yield from (f"law.offence_class.{grade}" for grade in OffenceClass)
    yield from (f"law.guilt.{guilt}" for guilt in FormOfGuilt)
    yield from (one.text_code for one in HolderDescription)
    yield from (one.text_code for one in OffenceAnswer)
    yield from (f"law.exclusion.{one}" for one in Exclusion)


def _named_codes(data: PackData) -> Iterable[str]:
    versions = [version for norm in data.norms.values() for version in norm.versions]
    yield from (version.title_code for version in versions)
    yield from (version.act_code for version in versions)
    for offence in data.offences.values():
        yield from _offence_codes(offence)
    for question in data.questions.values():
        yield question.text_code
        yield question.signer
    yield from (f"law.feature.{feature}" for feature in data.general.denied_features.value)
    yield from (f"law.aim.{aim}" for aim in data.general.aims.value)
    if data.general.compensation is not None:
        yield data.general.compensation.value.forum


def _offence_codes(offence: Offence) -> Iterable[str]:
    yield offence.title_code
    yield from (offence.part_title_code(part_id) for part_id in offence.part_ids)
    for version in offence.versions:
        if version.forum is not None:
            yield version.forum
        parts = (part.thresholds for part in version.parts)
        yield from (condition.code for condition in chain(version.thresholds, *parts))


def _rule_codes(rule: MeasureRule) -> Iterable[str]:
    if rule.duties is not None:
        yield from (duty.code for duty in rule.duties.value)
    if rule.remedies is not None:
        yield from (remedy.forum for remedy in rule.remedies.value)
    if rule.notice is not None and rule.notice.value is not None:
        yield rule.notice.value.to
    if rule.deferral is not None and rule.deferral.value is not None:
        yield from rule.deferral.value.grounds
    if rule.deferral_grounds is not None:
        yield from rule.deferral_grounds.value
    if rule.statutory_effect is not None and rule.statutory_effect.value is not None:
        yield rule.statutory_effect.value
