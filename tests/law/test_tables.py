"""The tables that a lawyer reads, run line by line: article, date, what was asked, what must come out."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tarazy.adapters.packs import load_pack, pack_files
from tarazy.law.assessment import Assessment, Mark, TestId
from tarazy.law.calendar import Window
from tarazy.law.gate import assess
from tarazy.law.ground import fields_of
from tarazy.law.node import Node
from tarazy.law.request_file import parse_request
from tarazy.values.instant import Instant

TABLES = Path(__file__).parent / "tables"
REQUESTS = yaml.safe_load((TABLES / "requests.yaml").read_text(encoding="utf-8"))
EXPECTATIONS = {
    "verdict", "failed", "codes", "params", "cap_minor", "end", "max_duration", "confirm_within", "authorisation_by",
    "authorisation_within", "notice_within", "deferral_grounds", "deferral_max", "duties", "remedies", "instead",
    "questions", "caveats", "norms", "not_norms", "norms_of", "outcome_of", "is_demonstration", "rule",
    "rule_norms", "general", "versions", "offences", "branch", "urgent_until", "file_by", "decide_by",
}  # fmt: skip

MOMENTS = {"end", "urgent_until", "file_by", "decide_by"}


def all_cases() -> list[Any]:
    cases = []
    for path in sorted(TABLES.glob("*.yaml")):
        if path.name in {"requests.yaml", "marks.yaml", "clocks.yaml"}:
            continue
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        asked = {**REQUESTS, **own_requests(table)}
        for case in table["cases"]:
            plain = {**asked[case["from"]], **case.get("with", {})}
            cases.append(pytest.param(case, plain, id=f"{path.stem}: {case['name']}"))
    return cases


def own_requests(table: dict[str, Any]) -> dict[str, Any]:
    """Return the lawful requests of one table: each says from which of the common ones it differs, and in what."""
    own = table.get("requests", {})
    return {name: {**REQUESTS[changed["from"]], **changed["with"]} for name, changed in own.items()}


@pytest.mark.parametrize(("case", "plain"), all_cases())
def test_the_table_says_so(case: dict[str, Any], plain: dict[str, Any]) -> None:
    request = parse_request(Node("requests.yaml", "", plain))
    answer = assess(request, load_pack(case["pack"]), instant(case["at"]))
    expected = case["expect"]
    assert set(expected) <= EXPECTATIONS, "the table asks for something that nobody checks"
    assert {key: seen(answer, key, expected[key]) for key in expected} == {
        key: instant(value) if key in MOMENTS and value else value for key, value in expected.items()
    }
    check_always(answer)
    if answer.verdict == "permitted":
        assert expected.get("failed", []) == []
    else:
        assert "failed" in expected, "a refusal must say which tests fail"


def seen(answer: Assessment, key: str, wanted: Any) -> Any:
    """Return what the answer says about one expectation, in the table's own words."""
    match key:
        case "verdict":
            return answer.verdict.value
        case "failed":
            return [test.value for test in answer.failed]
        case "codes":
            return [str(code) for code, _ in reasons(answer)]
        case "params":
            found = {name: value for _, params in reasons(answer) for name, value in params}
            return {name: found.get(name) for name in wanted}
        case "end":
            return answer.expires_at
        case "max_duration" | "confirm_within" | "authorisation_within":
            return in_words(getattr(answer, key), wanted)
        case "notice_within":
            return in_words(answer.notice.within if answer.notice else None, wanted)
        case "deferral_max":
            return in_words(answer.notice.deferral_max if answer.notice else None, wanted)
        case "deferral_grounds":
            return list(answer.notice.deferral_grounds) if answer.notice else []
        case "duties":
            within = {duty.code: duty.within for duty in answer.duties}
            return {code: in_words(within[code], span) for code, span in wanted.items() if code in within}
        case "remedies":
            spans = {r.forum: (r.file_within, r.decide_within) for r in answer.remedies}
            return {f: [in_words(a, b) for a, b in zip(spans[f], w, strict=True)] for f, w in wanted.items()}
        case "instead":
            return [
                " ".join(str(part) for part in (step.code, step.measure, step.amount_minor) if part is not None)
                for step in answer.lawful_instead
            ]
        case "questions":
            return list(answer.open_questions)
        case "caveats":
            return list(answer.caveats)
        case "norms":
            return [version for version in wanted if version in answer.norm_versions]
        case "not_norms":
            return [version for version in wanted if version not in answer.norm_versions]
        case "norms_of":
            cited = {o.test.value: {version.version_id for version in o.norms} for o in answer.tests}
            return {test: [version for version in ids if version in cited[test]] for test, ids in wanted.items()}
        case "rule" | "rule_norms" | "general" | "versions" | "offences":
            return as_written(answer, key, wanted)
        case "outcome_of":
            return {o.test.value: str(o.code) for o in answer.tests if o.test.value in wanted}
        case _:
            return getattr(answer, key)


def as_written(answer: Assessment, part: str, wanted: Any) -> Any:
    """Return what the pack says about things that no answer shows, as its files write it."""
    data = load_pack(answer.pack_id).data
    match part:
        case "rule":
            return values_of(rule_file(answer), wanted, answer.pack_id)
        case "rule_norms":
            written = yaml.safe_load(pack_files(answer.pack_id)[rule_file(answer)])
            return {name: written[name].get("norms", []) for name in wanted}
        case "general":
            return values_of("general.yaml", wanted, answer.pack_id)
        case "versions":
            every = [version for norm in data.norms.values() for version in norm.versions]
            found: dict[str, list[Any]] = {v.version_id: [v.valid_from, v.valid_to] for v in every}
        case _:
            offences = [version for offence in data.offences.values() for version in offence.versions]
            found = {v.version_id: [v.valid_from, v.valid_to, v.penalty_years_max] for v in offences}
    return {version: found.get(version) for version in wanted}


def rule_file(answer: Assessment) -> str:
    pack = load_pack(answer.pack_id)
    ground = pack.ground(answer.measure, answer.lane, pack.data.calendar.local_day(answer.at))
    assert ground is not None, "no rule answered"
    return ground.rule.file


def values_of(file: str, wanted: Any, pack_id: str) -> dict[str, Any]:
    """Return the values of fields without their marks; a field that is not there is ``left out``."""
    written = yaml.safe_load(pack_files(pack_id)[file])
    plain = {name: written.get(name, "left out") for name in wanted}
    return {name: field["value"] if isinstance(field, dict) else field for name, field in plain.items()}


MARKS = yaml.safe_load((TABLES / "marks.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("pack_id", sorted(MARKS["packs"]))
def test_nothing_else_is_marked_verified(pack_id: str) -> None:
    found = {
        Path(rule.file).stem: [
            name for name, field in fields_of(rule).items() if field and field.evidence.mark is Mark.verified
        ]
        for rule in load_pack(pack_id).data.rules
    }
    assert found == MARKS["packs"][pack_id]


def check_always(answer: Assessment) -> None:
    assert [outcome.test for outcome in answer.tests] == list(TestId)
    assert (answer.verdict == "permitted") == (not answer.failed)
    assert (answer.expires_at is None) == (answer.verdict == "refused")


def reasons(answer: Assessment) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    failed = [outcome for outcome in answer.tests if not outcome.passed]
    every = [pair for o in failed for pair in ((o.code, o.params), *o.more)]
    examined = [pair for pair in every if pair[0] != "law.not_examined"]
    return every if len(examined) > 1 else examined


def instant(text: Any) -> Instant:
    return Instant.parse(text if isinstance(text, str) else text.isoformat())


def in_words(span: timedelta | None, wanted: str | None) -> str | None:
    """Return the span in the unit that the table uses."""
    if span is None or wanted is None:
        return None if span is None else str(span)
    return wanted if Window.parse(wanted).fixed == span else str(span)
