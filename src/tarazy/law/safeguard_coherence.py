"""Whether a rule's safeguards agree: steps within their total, forums with a next, an end for all."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from tarazy.law.ground import fields_of
from tarazy.law.node import PackFault
from tarazy.law.pack import MeasureRule, PackData, PackKind
from tarazy.law.preparing import NOBODY
from tarazy.law.rule_fields import REPORT_ONLY, TOLD_ONLY
from tarazy.law.safeguards import Exclusion, RemedyFrom, Silence, at_least
from tarazy.law.terms import ActorRole, Branch, Measure

FICTIONAL: Final = "Fictional"
JUDGES: Final = frozenset({ActorRole.investigating_judge, ActorRole.court, ActorRole.regional_court})


def check_kind(data: PackData) -> None:
    """Raise `PackFault` where a pack says that it is law and is not, or is a demonstration and does not say so."""
    if data.kind is PackKind.demonstration and not data.is_demonstration:
        raise PackFault("pack.yaml: kind: expected is_demonstration: yes beside kind demonstration, found no")
    if data.kind is PackKind.law and data.is_demonstration:
        raise PackFault("pack.yaml: kind: expected is_demonstration: no beside kind law, found yes")
    if data.kind is not PackKind.law:
        return
    for where, name in _names(data):
        if name is not None and name.startswith(FICTIONAL):
            raise PackFault(f"{where}: expected a real name in a pack of kind law, found {name!r}")


def _names(data: PackData) -> Iterable[tuple[str, str | None]]:
    yield "pack.yaml: signed_by", data.signed_by
    for norm in data.norms.values():
        yield from ((f"norms.yaml: {version.version_id}", version.confirmed_by) for version in norm.versions)
    for rule in data.rules:
        fields = fields_of(rule).items()
        yield from (
            (f"{rule.file}: {name}", field.evidence.confirmed_by) for name, field in fields if field is not None
        )


def check_safeguards(rule: MeasureRule, data: PackData) -> None:
    """Raise `PackFault` at the first safeguard of a rule that contradicts another one."""
    _check_told_norms(rule, data)
    _check_deferral(rule)
    _check_urgent(rule)
    _check_remedies(rule)
    _check_effect(rule)
    if rule.measure is Measure.M8:
        _check_whole_account(rule, data)
    is_shown_only = data.kind is PackKind.comparison
    if rule.measure not in REPORT_ONLY and not is_shown_only and rule.notice is not None and rule.notice.value is None:
        raise PackFault(f"{rule.file}: notice: expected somebody who is told of {rule.measure}, found none")


def _check_whole_account(rule: MeasureRule, data: PackData) -> None:
    """A whole account is closed by a judge, beforehand, with something free whose sum is known; or not at all."""
    free = () if rule.exclusions is None else rule.exclusions.value
    if not free:
        raise PackFault(f"{rule.file}: exclusions: expected what stays free of a whole account, found nothing")
    if Exclusion.living in free and not data.general.floors.value:
        raise PackFault(f"{rule.file}: exclusions: expected a `protected_floor` that says how much is for living")
    authorisation = None if rule.authorisation is None else rule.authorisation.value
    if authorisation is None or authorisation.by not in JUDGES or not authorisation.prior:
        raise PackFault(f"{rule.file}: authorisation: expected a judge's beforehand of a whole account")
    if rule.urgent is not None and rule.urgent.value is not None and rule.urgent.value.allowed:
        raise PackFault(f"{rule.file}: urgent: expected no urgent beginning of a whole account, found one")


def _check_told_norms(rule: MeasureRule, data: PackData) -> None:
    fields = fields_of(rule)
    for name in TOLD_ONLY:
        field = fields[name]
        for norm_id in () if field is None else field.evidence.norms:
            if norm_id not in data.norms:
                raise PackFault(f"{rule.file}: {name}: expected a norm of norms.yaml, found {norm_id!r}")


def _check_deferral(rule: MeasureRule) -> None:
    deferral = None if rule.deferral is None else rule.deferral.value
    if deferral is None:
        return
    where = f"{rule.file}: deferral"
    if deferral.grounds and rule.deferral_grounds is not None and rule.deferral_grounds.value:
        raise PackFault(f"{where}: expected its grounds once, found them in `deferral_grounds` as well")
    longest = sum((step.longest for step in deferral.steps), timedelta(0))
    if longest > at_least(deferral.total):
        raise PackFault(f"{where}: expected steps of {deferral.total.text()} at most, found {longest.days} days in all")
    judge_came = False
    for step in deferral.steps:
        if judge_came and step.by not in JUDGES:
            raise PackFault(f"{where}: expected a judge's step after that of {step.by}, found it before")
        judge_came = judge_came or step.by in JUDGES


def _check_urgent(rule: MeasureRule) -> None:
    urgent = None if rule.urgent is None else rule.urgent.value
    if urgent is None or not urgent.allowed or rule.duration is None:
        return
    if urgent.longest > at_least(rule.duration.value.total):
        total = rule.duration.value.total.text()
        raise PackFault(f"{rule.file}: urgent: expected longest within the duration's total of {total}")


def _check_remedies(rule: MeasureRule) -> None:
    remedies = () if rule.remedies is None else rule.remedies.value
    branch = None if rule.branch is None else rule.branch.value
    for i, remedy in enumerate(remedies):
        where = f"{rule.file}: remedies: {remedy.forum}"
        after = {remedy.since, *remedy.again_from} - {RemedyFrom.learned}
        if after and i == 0:
            raise PackFault(f"{where}: expected an earlier forum that refused or was silent, found none")
        if remedy.silence is Silence.next_forum and i == len(remedies) - 1:
            raise PackFault(f"{where}: expected a forum after it where silence leads to the next, found none")
        if remedy.silence is Silence.releases and branch is not Branch.private:
            raise PackFault(f"{where}: expected silence to release in the private branch only, found branch {branch}")
        if remedy.forum_kind in NOBODY:
            raise PackFault(f"{where}: expected a body that decides, found {remedy.forum_kind}")
        if remedy.is_suspensive and branch is Branch.criminal and remedy.norm_id is None:
            raise PackFault(f"{where}: expected a norm by which a complaint suspends a measure of criminal procedure")


def _check_effect(rule: MeasureRule) -> None:
    effect = rule.statutory_effect
    if effect is not None and effect.value is not None and not effect.evidence.norms:
        raise PackFault(
            f"{rule.file}: statutory_effect: expected the norm that gives the measure its effect, found none"
        )
