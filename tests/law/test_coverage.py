"""No field of a pack without a line of a table: each value that is shipped is written down a second time."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tarazy.adapters.packs import load_pack, pack_files
from tarazy.law.assessment import Lane, Measure
from tarazy.law.ground import Pack, fields_of
from tarazy.values.instant import Instant

TABLES = Path(__file__).parent / "tables"
OVERLAYS = {"kz-demo": "kz"}
"""An overlay changes no value: what its base's tables name is named for it as well."""


def named_fields(pack_id: str) -> set[tuple[str, str]]:
    """Return every field of every rule that the tables of a pack name, as file and field."""
    tables = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(TABLES.glob("*.yaml"))]
    cases = [case for table in tables for case in (table.get("cases", []) if isinstance(table, dict) else [])]
    requests = yaml.safe_load((TABLES / "requests.yaml").read_text(encoding="utf-8"))
    of_pack = [case for case in cases if case.get("pack") == pack_id and "rule" in case.get("expect", {})]
    return {(file_of(case, requests, load_pack(pack_id)), name) for case in of_pack for name in case["expect"]["rule"]}


def file_of(case: dict[str, Any], requests: dict[str, Any], pack: Pack) -> str:
    asked = {**requests[case["from"]], **case.get("with", {})}
    at = Instant.parse(case["at"] if isinstance(case["at"], str) else case["at"].isoformat())
    lane = Lane[asked["lane"]] if asked.get("lane") else None
    ground = pack.ground(Measure[asked["measure"]], lane, pack.data.calendar.local_day(at))
    assert ground is not None
    return ground.rule.file


@pytest.mark.parametrize("pack_id", ["kz", "kz-demo", "xx"])
def test_every_field_of_every_rule_is_named_by_a_table(pack_id: str) -> None:
    named = named_fields(OVERLAYS.get(pack_id, pack_id))
    rules = load_pack(pack_id).data.rules
    shipped = {(rule.file, name) for rule in rules for name, field in fields_of(rule).items() if field is not None}
    assert sorted(shipped - named) == []


@pytest.mark.parametrize("pack_id", ["kz", "xx"])
def test_a_table_names_no_field_that_is_gone(pack_id: str) -> None:
    written = {file: yaml.safe_load(text) for file, text in pack_files(pack_id).items()}
    assert [(file, name) for file, name in sorted(named_fields(pack_id)) if name not in written[file]] == []
