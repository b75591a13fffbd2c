"""A pack that loses a norm, a date or a field turns what rested on it into a refusal that names the fault."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tarazy.adapters.packs import load_pack
from tarazy.law.assessment import Assessment, Mark, NormVersion, Request, TestId, Verdict
from tarazy.law.codes import Code
from tarazy.law.gate import assess
from tarazy.law.ground import Ground, Pack, cited_norms, fields_of, index
from tarazy.law.pack import Evidence, MeasureRule, PackData
from tarazy.law.rule_fields import REPORT_ONLY, TOLD_ONLY, required_fields
from tarazy.values.ids import NormId
from tarazy.values.instant import Instant
from tests.law.requests import LAWFUL, NOW

NOW_THERE = Instant.parse("2026-05-04T00:00:00Z")
QUESTION = 1


def pack_of(name: str) -> tuple[Pack, Instant]:
    """Return where a request is lawful, and when."""
    return (load_pack("xx"), NOW_THERE) if name.startswith("xx_") else (load_pack("kz-demo"), NOW)


def ground_of(name: str) -> Ground:
    pack, at = pack_of(name)
    request = LAWFUL[name]
    ground = pack.ground(request.measure, request.lane, pack.data.calendar.local_day(at))
    assert ground is not None
    return ground


def asked_under(data: PackData, name: str) -> Assessment:
    return assess(LAWFUL[name], index(data), pack_of(name)[1])


def reasons(answer: Assessment, test: TestId) -> dict[str, dict[str, str]]:
    outcome = answer.tests[list(TestId).index(test)]
    every = [(outcome.code, outcome.params), *outcome.more]
    return {str(code): dict(params) for code, params in every} if not outcome.passed else {}


def cases_of_norms() -> Iterator[tuple[str, NormId]]:
    for name in sorted(LAWFUL):
        pack, _ = pack_of(name)
        yield from ((name, norm_id) for norm_id in cited_norms(ground_of(name).rule, pack.data))


def with_version(data: PackData, norm_id: NormId, version: NormVersion) -> PackData:
    norm = replace(data.norms[norm_id], versions=(version,))
    return replace(data, norms={**data.norms, norm_id: norm})


@pytest.mark.parametrize("name", sorted(LAWFUL))
def test_it_is_lawful_before_anything_is_changed(name: str) -> None:
    assert asked_under(pack_of(name)[0].data, name).verdict is Verdict.permitted


@pytest.mark.parametrize(("name", "norm_id"), list(cases_of_norms()))
def test_without_the_norm_it_is_refused_and_the_norm_named(name: str, norm_id: NormId) -> None:
    pack, at = pack_of(name)
    day = pack.data.calendar.local_day(at)
    version = pack.data.norms[norm_id].on(day)
    assert version is not None
    gone = replace(pack.data, norms={one: norm for one, norm in pack.data.norms.items() if one != norm_id})
    later = with_version(pack.data, norm_id, replace(version, valid_from=day + timedelta(days=1), valid_to=None))
    over = with_version(pack.data, norm_id, replace(version, valid_to=day - timedelta(days=1)))
    for data, named in ((gone, norm_id), (later, version.title_code), (over, version.title_code)):
        answer = asked_under(data, name)
        assert answer.verdict is Verdict.refused
        assert reasons(answer, TestId.T1)[Code.no_norm_in_force] == {"norm": named, "date": day.isoformat()}


@pytest.mark.parametrize(("name", "norm_id"), list(cases_of_norms()))
def test_a_norm_in_doubt_names_its_question(name: str, norm_id: NormId) -> None:
    pack, at = pack_of(name)
    version = pack.data.norms[norm_id].on(pack.data.calendar.local_day(at))
    assert version is not None
    doubted = replace(version, mark=Mark.unsure, question=QUESTION, confirmed_by=None)
    answer = asked_under(with_version(pack.data, norm_id, doubted), name)
    check_doubt(answer, LAWFUL[name])


def check_doubt(answer: Assessment, request: Request) -> None:
    if request.measure in REPORT_ONLY:
        assert answer.verdict is Verdict.permitted
        return
    assert answer.verdict is Verdict.refused
    assert str(QUESTION) in reasons(answer, TestId.T2)[Code.value_unsure]["questions"].split(", ")


def cases_of_fields(*, required: bool) -> Iterator[tuple[str, str]]:
    for name in sorted(LAWFUL):
        rule = ground_of(name).rule
        there = [field for field, value in fields_of(rule).items() if value is not None and field not in TOLD_ONLY]
        yield from ((name, field) for field in (required_fields(rule) if required else there))


def with_rule(name: str, **changes: Any) -> PackData:
    pack, _ = pack_of(name)
    rule = ground_of(name).rule
    rules = tuple(replace(one, **changes) if one is rule else one for one in pack.data.rules)
    assert rules != pack.data.rules
    return replace(pack.data, rules=rules)


@pytest.mark.parametrize(("name", "field"), list(cases_of_fields(required=True)))
def test_without_a_field_it_is_refused_and_the_field_named(name: str, field: str) -> None:
    answer = asked_under(with_rule(name, **{field: None}), name)
    if LAWFUL[name].measure in REPORT_ONLY:
        return
    assert answer.verdict is Verdict.refused
    named = reasons(answer, TestId.T2)[Code.value_missing]["fields"].split(", ")
    assert f"{ground_of(name).rule.file}:{field}" in named


@pytest.mark.parametrize("name", sorted(LAWFUL))
def test_what_a_rule_must_have_is_not_what_the_engine_says_of_itself(name: str) -> None:
    rule = ground_of(name).rule
    assert rule.basis is not None
    wanted = {"author", "basis", "milder", "cap", "protected_barred", "duration", "confirmation", "authorisation"}
    wanted |= {"hearing", "notice", "deferral", "remedies", "duties"}
    if LAWFUL[name].measure.value not in {"M1", "M2"}:
        wanted |= {"branch", "urgent", "lapse", "review"}
        wanted |= {"threshold"} if rule.basis.value.offence else set()
    if rule.urgent is not None and rule.urgent.value is not None and rule.urgent.value.allowed:
        wanted.add("urgent_ends")
    assert wanted <= set(required_fields(rule))


@pytest.mark.parametrize(("name", "field"), list(cases_of_fields(required=False)))
def test_a_field_in_doubt_names_its_question(name: str, field: str) -> None:
    doubt = Evidence(mark=Mark.unsure, norms=(), source=None, question=QUESTION, confirmed_by=None)
    before = fields_of(ground_of(name).rule)[field]
    assert before is not None
    evidence = replace(doubt, norms=before.evidence.norms)
    check_doubt(asked_under(with_rule(name, **{field: replace(before, evidence=evidence)}), name), LAWFUL[name])


@pytest.mark.parametrize("name", sorted(LAWFUL))
def test_without_the_rule_it_is_refused(name: str) -> None:
    pack, _ = pack_of(name)
    gone: MeasureRule = ground_of(name).rule
    answer = asked_under(replace(pack.data, rules=tuple(rule for rule in pack.data.rules if rule is not gone)), name)
    assert answer.verdict is Verdict.refused
    assert Code.no_rule in reasons(answer, TestId.T1)


@pytest.mark.parametrize("name", ["pause_credited"])
def test_a_pack_without_limits_of_reports_carries_nothing_automatic(name: str) -> None:
    pack, _ = pack_of(name)
    answer = asked_under(replace(pack.data, general=replace(pack.data.general, reports=None)), name)
    assert answer.verdict is Verdict.refused
    assert answer.failed == (TestId.T4, TestId.T7)
