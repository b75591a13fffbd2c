"""What is different between two packs: each kind of change, the days that it touches, and how the command says it."""

import json
from dataclasses import fields as fields_of_class
from dataclasses import is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tarazy.adapters.packs import load_pack, pack_files
from tarazy.edge.cli.law import app
from tarazy.law.change import Absent, Change, ChangeKind
from tarazy.law.difference import differences
from tarazy.law.pack import PackData
from tarazy.law.parse import parse_pack
from tarazy.values.replacing import replace
from tests.law.invented_packs import MEDIUM_OR_MORE, changed, with_threshold

EVERY_DAY = (None, None)

CHANGES: dict[str, tuple[str, str, str, list[tuple[str, str, object, object, tuple[str | None, str | None]]]]] = {
    "a signature": (
        "pack.yaml",
        "signed_by: null",
        "signed_by: A. Invented",
        [("signer", "pack.yaml: signed_by", None, "A. Invented", EVERY_DAY)],
    ),
    "the source of a norm": (
        "norms.yaml",
        'article: "7", valid_from: 2000-01-01, valid_to: 2026-06-30, source: "invented"',
        'article: "7", valid_from: 2000-01-01, valid_to: 2026-06-30, source: "read anew"',
        [
            (
                "evidence",
                "norms.yaml: xx-holds: xx-holds-2000: source",
                "invented",
                "read anew",
                ("2000-01-01", "2026-06-30"),
            )
        ],
    ),
    "the mark of a norm": (
        "norms.yaml",
        'source: "invented", mark: unsure, question: 1}',
        'source: "invented", mark: background, question: 1}',
        [("mark", "norms.yaml: xx-doubt: xx-doubt-2000: mark", "unsure", "background", ("2000-01-01", None))],
    ),
    "the last day of a norm": (
        "norms.yaml",
        "valid_to: 2028-12-31",
        "valid_to: 2027-12-31",
        [
            (
                "value",
                "norms.yaml: xx-holds: xx-holds-2026: valid_to",
                date(2028, 12, 31),
                date(2027, 12, 31),
                ("2028-01-01", "2028-12-31"),
            )
        ],
    ),
    "a value of a rule": (
        "measures/M5.yaml",
        "milder: {value: [M1, M4a, M4b], mark: default}",
        "milder: {value: [M1, M4b], mark: default}",
        [("value", "measures/M5.yaml: milder", ("M1", "M4a", "M4b"), ("M1", "M4b"), ("2026-01-01", None))],
    ),
    "the mark of a value": (
        "measures/M5.yaml",
        "milder: {value: [M1, M4a, M4b], mark: default}",
        "milder: {value: [M1, M4a, M4b], mark: unsure, question: 1}",
        [
            ("mark", "measures/M5.yaml: milder: mark", "default", "unsure", ("2026-01-01", None)),
            ("evidence", "measures/M5.yaml: milder: question", None, 1, ("2026-01-01", None)),
        ],
    ),
    "the first day of a rule, and of its cells": (
        "measures/M4b.yaml",
        "valid_from: 2026-01-01",
        "valid_from: 2026-02-01",
        [
            (
                "value",
                "measures/M4b.yaml: valid_from",
                date(2026, 1, 1),
                date(2026, 2, 1),
                ("2026-01-01", "2026-01-31"),
            ),
            ("cell", "xx-fraud: M4b", "carries", Absent.absent, ("2026-01-01", "2026-01-31")),
        ],
    ),
    "the penalty of an offence": (
        "offences.yaml",
        "class: medium, guilt: intent, penalty_years_max: 4",
        "class: medium, guilt: intent, penalty_years_max: 5",
        [("value", "offences.yaml: xx-fraud: xx-fraud-2000: penalty_years_max", 4, 5, ("2000-01-01", None))],
    ),
    "how certain a value of a part is": (
        "offences.yaml",
        "class: misdemeanour, penalty_years_max: 0, mark: verified}",
        "class: misdemeanour, penalty_years_max: 0, mark: verified, weaker: {class: background}}",
        [
            (
                "mark",
                "offences.yaml: xx-by-part: xx-by-part-2000, part small: weaker",
                {},
                {"class": "background"},
                ("2000-01-01", None),
            )
        ],
    ),
    "a holiday": (
        "calendar.yaml",
        "days_off: [2026-01-01, 2026-12-25]",
        "days_off: [2026-01-01, 2026-12-24]",
        [
            (
                "calendar",
                "calendar.yaml: days_off",
                {date(2026, 12, 25)},
                {date(2026, 12, 24)},
                ("2026-12-24", "2026-12-25"),
            )
        ],
    ),
    "what the lawyer expects of a measure without a rule": (
        "offence_table.yaml",
        "{offence: xx-fraud, carries: rest}",
        "{offence: xx-fraud, carries: rest, threshold_not_met: [M14, M15]}",
        [("expectation", "xx-fraud: M14, M15", Absent.absent, "threshold_not_met", EVERY_DAY)],
    ),
    "the comment of a file": ("offences.yaml", "offences:", "# Only a comment.\noffences:", []),
}


def days(change: Change) -> tuple[str | None, str | None]:
    first, last = change.days
    return None if first is None else first.isoformat(), None if last is None else last.isoformat()


def rows(found: tuple[Change, ...]) -> list[tuple[str, str, object, object, tuple[str | None, str | None]]]:
    return [(one.kind.value, one.path, one.before, one.after, days(one)) for one in found]


@pytest.mark.parametrize(("file", "before", "after", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_told_with_both_sides_and_the_days_it_touches(
    file: str, before: str, after: str, expected: list[Any]
) -> None:
    old, new = load_pack("xx").data, load_changed(file, before, after)
    found = rows(differences(old, new))
    assert [one for one in found if one in expected] == expected
    assert [one for one in found if one[0] != "cell" and one not in expected] == []
    mirrored = [(kind, path, will, was, span) for kind, path, was, will, span in found]
    assert sorted(rows(differences(new, old)), key=str) == sorted(mirrored, key=str)


def load_changed(file: str, before: str, after: str) -> PackData:
    return parse_pack(changed(file, before, after)).data


def test_a_threshold_tells_the_value_and_every_cell_that_it_changes() -> None:
    old = parse_pack(without_table(pack_files("xx"))).data
    new = parse_pack(with_threshold(MEDIUM_OR_MORE)).data
    found = [one for one in differences(old, new) if one.kind is ChangeKind.cell]
    assert rows(tuple(found)) == [
        ("cell", "xx-repealed: M5", "carries", "threshold_not_met", ("2026-01-01", "2026-03-31")),
        ("cell", "xx-softened: M5", "carries", "threshold_not_met", ("2026-07-01", None)),
        ("cell", "xx-kept: M5", "carries", "threshold_not_met", ("2026-07-01", None)),
        ("cell", "xx-returned: M5", "carries", "threshold_not_met", ("2026-01-01", "2026-03-31")),
        ("cell", "xx-by-part: M5", "carries", "unknown_part", ("2026-01-01", None)),
        ("cell", "xx-by-part, part small: M5", "carries", "threshold_not_met", ("2026-01-01", None)),
        ("cell", "xx-moved: M5", "carries", "threshold_not_met", ("2026-01-01", "2026-06-30")),
    ]
    assert [one.path for one in differences(old, new) if one.kind is ChangeKind.value] == [
        "measures/M5.yaml: threshold"
    ]


def without_table(files: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in files.items() if name != "offence_table.yaml"}


def test_a_pack_without_the_lawyers_table_says_that_it_has_gone() -> None:
    found = differences(load_pack("xx").data, parse_pack(without_table(pack_files("xx"))).data)
    assert [(one.kind, one.path, one.after) for one in found] == [
        (ChangeKind.expectation, "offence_table.yaml", Absent.absent)
    ]


@pytest.mark.parametrize(
    ("field", "key", "kind", "span"),
    [
        ("norms", "xx-doubt", ChangeKind.norm, ("2000-01-01", None)),
        ("norms", "xx-holds", ChangeKind.norm, ("2000-01-01", "2028-12-31")),
        ("offences", "xx-repealed", ChangeKind.offence, ("2000-01-01", "2026-03-31")),
        ("offences", "xx-returned", ChangeKind.offence, ("2000-01-01", None)),
        ("questions", 1, ChangeKind.question, EVERY_DAY),
    ],
)
def test_what_only_one_side_has_is_told_as_a_whole(
    field: str, key: Any, kind: ChangeKind, span: tuple[str | None, str | None]
) -> None:
    old = load_pack("xx").data
    new = replace(old, **{field: {name: one for name, one in getattr(old, field).items() if name != key}})
    gone = [one for one in differences(old, new) if one.kind is kind]
    assert [(one.path, one.before, one.after, days(one)) for one in gone] == [
        (f"{field}.yaml: {key}", getattr(old, field)[key], Absent.absent, span)
    ]
    come = [one for one in differences(new, old) if one.kind is kind]
    assert [(one.before, one.after) for one in come] == [(Absent.absent, getattr(old, field)[key])]


def test_a_rule_that_moved_to_another_file_is_the_same_rule() -> None:
    old = load_pack("xx").data
    new = replace(old, rules=tuple(replace(rule, file=f"measures/new-{rule.measure}.yaml") for rule in old.rules))
    assert differences(old, new) == ()


def test_a_rule_that_has_gone_takes_its_cells_with_it() -> None:
    old = load_pack("xx").data
    new = replace(old, rules=tuple(rule for rule in old.rules if rule.file != "measures/M4a.yaml"))
    found = differences(old, new)
    assert [(one.path, days(one)) for one in found if one.kind is ChangeKind.rule] == [
        ("measures/M4a.yaml", ("2026-01-01", None))
    ]
    assert ("cell", "xx-repealed: M4a", "not_in_force", Absent.absent, ("2026-04-01", None)) in rows(found)


@pytest.mark.parametrize("name", [one.name for one in fields_of_class(PackData)])
def test_nothing_that_a_pack_says_can_change_unseen(name: str) -> None:
    old = load_pack("kz").data
    assert differences(old, replace(old, **{name: other(getattr(old, name))})) != ()


def other(value: Any) -> Any:
    """Return something that is not ``value``, and of the same kind where its rows are looked into."""
    if isinstance(value, dict | tuple):
        return type(value)()
    if is_dataclass(value) and not isinstance(value, type):
        first = next(one for one in fields_of_class(value) if one.init and one.compare)
        return replace(value, **{first.name: None})
    return None if value is not None else "something"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    """Two packs of one's own: in the second, an offence is softened and the hold needs a graver one."""
    softened = changed(
        "offences.yaml",
        "class: medium, guilt: intent, penalty_years_max: 4, within_purpose: yes, valid_from: 2000-01-01, source",
        "class: minor, guilt: intent, penalty_years_max: 2, within_purpose: yes, valid_from: 2000-01-01, source",
        with_threshold(MEDIUM_OR_MORE),
    )
    return write(tmp_path / "old", without_table(pack_files("xx"))), write(tmp_path / "new", softened)


def write(folder: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return str(folder)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_two_folders_are_compared_so_that_a_lawyer_can_read_it(folders: tuple[str, str]) -> None:
    result = run("diff", *folders)
    assert result.exit_code == 1
    for line in (
        "offences.yaml",
        "  xx-fraud: xx-fraud-2000: penalty_years_max  [Value]  Days: 2000-01-01 …",
        "    - 4",
        "    + 2",
        "measures/M5.yaml",
        "    + classes especially_grave | grave | medium, suspicion reasonable",
        "xx-fraud",
        "  M5  [Measure and offence]  Days: 2026-01-01 …",
        "    - the measure can rest on this offence",
        "    + the offence is not grave enough for the measure",
    ):
        assert line in result.stdout.splitlines(), line


def test_the_other_language_and_the_other_format_say_the_same(folders: tuple[str, str]) -> None:
    told = run("diff", *folders, "--language", "kk").stdout
    assert "    + құқық бұзушылықтың ауырлығы бұл шараға жеткіліксіз" in told.splitlines()
    document = json.loads(run("diff", *folders, "--format", "json").stdout)
    assert {
        "kind": "value",
        "path": "offences.yaml: xx-fraud: xx-fraud-2000: penalty_years_max",
        "before": "4",
        "after": "2",
        "first_day": "2000-01-01",
        "last_day": None,
    } in document
    assert f": {len(document)}" in told.splitlines()[-1]


def test_a_pack_is_equal_to_itself_and_to_a_copy_of_it(tmp_path: Path) -> None:
    copy = write(tmp_path / "copy", pack_files("xx"))
    for new in ("xx", copy):
        result = run("diff", "xx", new)
        assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "No difference.")
        assert json.loads(run("diff", "xx", new, "--format", "json").stdout) == []


def test_the_demonstration_differs_from_its_base_in_its_head_and_in_who_signed() -> None:
    result = run("diff", "kz", "kz-demo", "--format", "json")
    assert result.exit_code == 1
    assert {change["kind"] for change in json.loads(result.stdout)} <= {"pack", "signer", "value", "evidence", "mark"}
    assert any("Fictional" in change["after"] for change in json.loads(result.stdout) if change["kind"] == "signer")


@pytest.mark.parametrize("side", [0, 1])
def test_a_pack_that_cannot_be_read_is_refused_and_named(side: int, tmp_path: Path) -> None:
    broken = write(tmp_path / "broken", changed("offences.yaml", "valid_to: 2026-03-31", "valid_to: 1999-03-31"))
    for bad, told in (("nix", "unknown pack 'nix'"), (broken, "expected valid_to on or after valid_from")):
        names = ["xx", "xx"]
        names[side] = bad
        result = run("diff", *names)
        assert (result.exit_code, result.stdout) == (2, "")
        assert told in result.stderr
        assert result.stderr.startswith(("OLD", "NEW")[side])


def test_the_offences_are_shown_as_they_stand_on_a_day() -> None:
    result = run("offences", "--pack", "kz", "--on", "2025-09-15", "--language", "ru")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert "    в этот день это не правонарушение (2025-09-16 …)" in lines
    assert any(line.startswith("  kz-cc-317") and "–" in line and "✓" not in line for line in lines)
    assert any(line.startswith("    kz-cc-232-1 base") and "✓" not in line for line in lines)
    assert any("крупный размер [не установлено, № 16]" in line for line in lines)


def test_the_same_as_a_document() -> None:
    document = json.loads(run("offences", "--pack", "xx", "--on", "2026-07-01", "--format", "json").stdout)
    answers = {(one["offence_id"], one["measure"]): one["answer"] for one in document["table"] if one["part"] is None}
    assert answers["xx-repealed", "M5"] == "not_in_force"
    assert answers["xx-moved", "M5"] == "outside_purpose"
    assert answers["xx-fraud", "M5"] == "carries"
    softened = next(one for one in document["offences"] if one["offence_id"] == "xx-softened")
    assert (softened["class"], softened["version_id"]) == ("misdemeanour", "xx-softened-2026")
    assert next(one for one in document["offences"] if one["offence_id"] == "xx-repealed")["in_force"] is False


def test_a_day_that_is_none_is_refused() -> None:
    result = run("offences", "--on", "yesterday")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--on: expected a date such as 2026-07-01, found 'yesterday'" in result.stderr
