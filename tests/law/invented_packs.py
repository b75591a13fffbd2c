"""The invented country with other offences, another table or another threshold, for tests that change them."""

from functools import cache
from typing import Any

import yaml

from tarazy.adapters.packs import pack_files
from tarazy.law.ground import Pack
from tarazy.law.parse import parse_pack

MEDIUM_OR_MORE: dict[str, Any] = {
    "classes": ["medium", "grave", "especially_grave"],
    "penalty_years_min": "none",
    "suspicion": "reasonable",
}


def penalty(years: int) -> dict[str, Any]:
    """Return a threshold of so many years of imprisonment."""
    return {"classes": "none", "penalty_years_min": years, "suspicion": "reasonable"}


THRESHOLDS = {"class": MEDIUM_OR_MORE, "penalty_3": penalty(3), "penalty_1": penalty(1)}


def with_threshold(threshold: dict[str, Any], files: dict[str, str] | None = None) -> dict[str, str]:
    """Return the files with another threshold for M5, and without the lawyer's table, which would rightly object."""
    changed = dict(files or pack_files("xx"))
    rule = yaml.safe_load(changed["measures/M5.yaml"])
    rule["threshold"] = {"value": threshold, "mark": "default"}
    changed["measures/M5.yaml"] = yaml.safe_dump(rule, allow_unicode=True)
    changed.pop("offence_table.yaml", None)
    return changed


@cache
def pack_by(name: str) -> Pack:
    """Return the pack with the threshold of this name for M5."""
    return parse_pack(with_threshold(THRESHOLDS[name]))


def changed(file: str, before: str, after: str, files: dict[str, str] | None = None) -> dict[str, str]:
    """Return the files with one text in one place replaced; it must stand there."""
    source = files or pack_files("xx")
    assert before in source[file], f"{before!r} does not stand in {file}"
    return {**source, file: source[file].replace(before, after, 1)}
