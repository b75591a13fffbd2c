"""Whether a pack agrees with itself: no gap, no overlap that disagrees, no norm or question that is not there."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import combinations, pairwise

from tarazy.law.ground import cited_norms, fields_of
from tarazy.law.node import PackFault
from tarazy.law.pack import DatedFloor, MeasureRule, Norm, PackData
from tarazy.law.safeguard_coherence import check_kind, check_safeguards
from tarazy.values.replacing import replace


def check_coherence(data: PackData) -> None:
    """Raise `PackFault` at the first place where the pack contradicts itself."""
    for norm in data.norms.values():
        _check_versions(norm)
    _check_version_ids(data)
    check_kind(data)
    _check_floors(data.general.floors.value)
    for rule in data.rules:
        _check_rule(rule, data)
        check_safeguards(rule, data)
    for first, second in combinations(data.rules, 2):
        _check_agreement(first, second)


def _check_versions(norm: Norm) -> None:
    where = f"norms.yaml: {norm.norm_id}"
    if not norm.versions:
        raise PackFault(f"{where}: expected at least one version")
    for version in norm.versions:
        if version.valid_to is not None and version.valid_to < version.valid_from:
            raise PackFault(f"{where}: {version.version_id}: expected valid_to on or after valid_from")
    for earlier, later in pairwise(norm.versions):
        if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
            raise PackFault(f"{where}: versions {earlier.version_id} and {later.version_id} overlap")
        if later.valid_from != earlier.valid_to + timedelta(days=1):
            raise PackFault(f"{where}: a gap between versions {earlier.version_id} and {later.version_id}")


def _check_version_ids(data: PackData) -> None:
    seen: set[str] = set()
    for norm in data.norms.values():
        for version in norm.versions:
            if version.version_id in seen:
                raise PackFault(f"norms.yaml: {version.version_id}: expected an id that stands once")
            seen.add(version.version_id)
            _check_question(version.question, f"norms.yaml: {version.version_id}", data)


def _check_floors(floors: Iterable[DatedFloor]) -> None:
    for first, second in combinations(floors, 2):
        if _overlap(first, second):
            raise PackFault("general.yaml: protected_floor: two values for one day")


def _check_rule(rule: MeasureRule, data: PackData) -> None:
    for norm_id in cited_norms(rule, data):
        if norm_id not in data.norms:
            raise PackFault(f"{rule.file}: expected a norm of norms.yaml, found {norm_id!r}")
    for name, field in fields_of(rule).items():
        if field is not None:
            _check_question(field.evidence.question, f"{rule.file}: {name}", data)
    for question in rule.caveats:
        _check_question(question, f"{rule.file}: caveats", data)
    if rule.deferral is not None and rule.deferral.value and (rule.notice is None or rule.notice.value is None):
        raise PackFault(f"{rule.file}: deferral: expected a notice that could be put off")
    if rule.remedies is not None:
        for remedy in rule.remedies.value:
            if remedy.norm_id is not None and remedy.norm_id not in rule.remedies.evidence.norms:
                raise PackFault(f"{rule.file}: remedies: expected {remedy.norm_id!r} among the field's norms as well")


def _check_question(question: int | None, where: str, data: PackData) -> None:
    if question is not None and question not in data.questions:
        raise PackFault(f"{where}: expected a question of questions.yaml, found {question}")


def _check_agreement(first: MeasureRule, second: MeasureRule) -> None:
    """Two rules of one measure may both hold on a day only if they say the same."""
    if (first.measure, first.lane) != (second.measure, second.lane) or not _overlap(first, second):
        return
    alike = replace(second, file=first.file, valid_from=first.valid_from, valid_to=first.valid_to)
    if alike != first:
        raise PackFault(f"{first.file} and {second.file}: rules for {first.measure} overlap and disagree")


def _overlap(first: DatedFloor | MeasureRule, second: DatedFloor | MeasureRule) -> bool:
    return max(first.valid_from, second.valid_from) <= min(first.valid_to or date.max, second.valid_to or date.max)
