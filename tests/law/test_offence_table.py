"""Which measure can rest on which offence on which day: the lawyer's tables, the gate, and what stops a load."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tarazy.adapters.packs import load_pack, pack_files, pack_ids
from tarazy.law.codes import Code
from tarazy.law.gate import assess
from tarazy.law.ground import Pack
from tarazy.law.node import PackFault
from tarazy.law.offence import OffenceAnswer
from tarazy.law.offence_table import Cell, change_days, declared, derived, expected_on
from tarazy.law.parse import parse_pack
from tarazy.law.terms import Lane, Measure, TestId
from tarazy.values.instant import Instant
from tests.law.invented_packs import MEDIUM_OR_MORE, changed, pack_by, with_threshold
from tests.law.requests import lawful

TABLE = yaml.safe_load((Path(__file__).parent / "tables" / "offences.yaml").read_text(encoding="utf-8"))
WITH_TABLE = tuple(pack_id for pack_id in pack_ids() if "offence_table.yaml" in pack_files(pack_id))
NOT_MEASURES = {"article", "pack", "day", "offence", "part"}

MEANING = {
    Code.offence_not_in_force: OffenceAnswer.not_in_force,
    Code.outside_purpose: OffenceAnswer.outside_purpose,
    Code.part_not_named: OffenceAnswer.unknown_part,
    Code.class_not_enough: OffenceAnswer.threshold_not_met,
    Code.penalty_not_enough: OffenceAnswer.threshold_not_met,
}
"""What the gate says of an offence, in the words of the table."""


def cell(row: dict[str, Any], name: str) -> Cell:
    measure, _, lane = name.partition("-")
    return Cell(row["offence"], row.get("part"), Measure(measure), Lane(lane) if lane else None)


@pytest.mark.parametrize("row", TABLE["answers"], ids=lambda row: f"{row['pack']} {row['article']}")
def test_a_measure_can_rest_on_an_offence_as_the_table_says(row: dict[str, Any]) -> None:
    expected = {name: answer for name, answer in row.items() if name not in NOT_MEASURES}
    table = derived(load_pack(row["pack"]).data, row["day"])
    assert {name: table[cell(row, name)] for name in expected} == expected


@pytest.mark.parametrize("row", TABLE["thresholds"], ids=lambda row: row["article"])
def test_a_threshold_is_met_or_not_as_the_table_says(row: dict[str, Any]) -> None:
    packs = {"by_class": pack_by("class"), "by_penalty": pack_by("penalty_3")}
    assert {name: derived(pack.data, row["day"])[cell(row, "M5")] for name, pack in packs.items()} == {
        name: row[name] for name in packs
    }


@pytest.mark.parametrize("pack_id", WITH_TABLE)
def test_the_lawyers_table_is_what_follows_from_the_rules_on_every_day(pack_id: str) -> None:
    data = load_pack(pack_id).data
    expectations = declared(data)
    for day in change_days(data):
        found = derived(data, day)
        assert found == {one: expected_on(expectations[one], day)[0].answer for one in found}


def test_the_packs_that_may_drive_a_measure_have_a_table() -> None:
    assert {"kz", "kz-demo", "xx"} <= set(WITH_TABLE)


@pytest.mark.parametrize(
    "pack",
    [
        pytest.param(load_pack("kz-demo"), id="kz-demo"),
        pytest.param(load_pack("xx"), id="xx"),
        pytest.param(pack_by("class"), id="by class"),
        pytest.param(pack_by("penalty_3"), id="by penalty"),
    ],
)
def test_the_gate_says_of_an_offence_what_the_table_says(pack: Pack) -> None:
    seen = set()
    for day in change_days(pack.data):
        for one, answer in derived(pack.data, day).items():
            assert said_by_the_gate(pack, one, day) is answer, f"{one.text()}, {day}"
            seen.add(answer)
    assert {OffenceAnswer.carries, OffenceAnswer.outside_purpose, OffenceAnswer.not_in_force} <= seen


def said_by_the_gate(pack: Pack, one: Cell, day: date) -> OffenceAnswer:
    """Ask the gate for the measure of a cell at noon, and return what it says of the offence, whatever else it says."""
    request = lawful(
        "hold", measure=one.measure, lane=one.lane, offence_id=one.offence_id, offence_part=one.part_id, currency="XXX"
    )
    noon = datetime.combine(day, time(12), pack.data.calendar.zone)
    answer = assess(request, pack, Instant.parse(noon.isoformat()))
    about = [outcome for outcome in answer.tests if outcome.test in {TestId.T3, TestId.T4} and not outcome.passed]
    codes = {str(code) for outcome in about for code in (outcome.code, *(reason.code for reason in outcome.more))}
    assert Code.not_examined not in codes
    return next((meaning for code, meaning in MEANING.items() if code in codes), OffenceAnswer.carries)


FAULTS = {
    "two versions on one day": (
        "offences.yaml",
        "valid_from: 2000-01-01, valid_to: 2026-06-30, source",
        "valid_from: 2000-01-01, valid_to: 2026-07-01, source",
        "offences.yaml: xx-softened: versions xx-softened-2000 and xx-softened-2026 overlap on 2026-07-01",
    ),
    "a version without an end before another": (
        "offences.yaml",
        "valid_from: 2000-01-01, valid_to: 2026-06-30, source",
        "valid_from: 2000-01-01, source",
        "offences.yaml: xx-softened: versions xx-softened-2000 and xx-softened-2026 overlap on 2026-07-01",
    ),
    "an end before the beginning": (
        "offences.yaml",
        "valid_to: 2026-03-31",
        "valid_to: 1999-12-31",
        "offences.yaml: xx-repealed: xx-repealed-2000: expected valid_to on or after valid_from",
    ),
    "no version at all": (
        "offences.yaml",
        "  - id: xx-fraud\n    versions:\n      - {",
        "  - id: xx-fraud\n    versions: []\n  - {id: xx-other, versions: []}\n  - {",
        "offences.yaml: offences[0].versions: expected at least one version",
    ),
    "a version's id twice": (
        "offences.yaml",
        "id: xx-kept-2000",
        "id: xx-softened-2000",
        "offences.yaml: xx-softened-2000: expected an id that stands once",
    ),
    "a class beside the classes of the parts": (
        "offences.yaml",
        "class: by_part",
        "class: grave",
        "offences.yaml: xx-by-part-2000: class: expected by_part where the parts have their own, found grave",
    ),
    "a part without a class of its own": (
        "offences.yaml",
        "{part: small, class: misdemeanour",
        "{part: small, class: by_part",
        "parts[0].class: expected a class: a part has one",
    ),
    "a part twice": (
        "offences.yaml",
        "{part: large",
        "{part: small",
        "parts[1].part: expected a part that stands once",
    ),
    "a part graver than the article": (
        "offences.yaml",
        "penalty_years_max: 9, mark: background",
        "penalty_years_max: 12, mark: background",
        "offences.yaml: xx-by-part-2000: penalty_years_max: expected at least 12, that of its gravest part",
    ),
    "an unsure sum without a question": (
        "offences.yaml",
        "mark: unsure, question: 1",
        "mark: unsure",
        "thresholds[0]: expected the number of the open question behind what is marked unsure",
    ),
    "a question that nobody asks": (
        "offences.yaml",
        "mark: unsure, question: 1",
        "mark: unsure, question: 77",
        "law.condition.large_sum: expected a question of questions.yaml, found 77",
    ),
    "a project default": (
        "offences.yaml",
        'source: "invented", mark: verified',
        'source: "invented", mark: default',
        "mark: expected verified, background or unsure: an offence is no project default",
    ),
    "less certain than itself": (
        "offences.yaml",
        "mark: background, source",
        "mark: background, weaker: {class: verified}, source",
        "weaker.class: expected a mark weaker than background, that of the whole",
    ),
    "the rules carry what the lawyer does not expect": (
        "offence_table.yaml",
        "{offence: xx-fraud, carries: rest}",
        "{offence: xx-fraud, carries: rest, threshold_not_met: [M5]}",
        "xx-fraud, M5, on 2026-01-01: the table says threshold_not_met (offence_table.yaml: rows[0]), and the rules",
    ),
    "a day too long in the lawyer's table": (
        "offence_table.yaml",
        "{offence: xx-repealed, to: 2026-03-31, carries: rest}\n  - {offence: xx-repealed, from: 2026-04-01,",
        "{offence: xx-repealed, to: 2026-04-01, carries: rest}\n  - {offence: xx-repealed, from: 2026-04-02,",
        "xx-repealed, M1, on 2026-04-01: the table says carries (offence_table.yaml: rows[1]), and the rules say not_",
    ),
    "a day too long in the offence": (
        "offences.yaml",
        "valid_to: 2026-03-31",
        "valid_to: 2026-04-01",
        "xx-repealed, M1, on 2026-04-01: the table says not_in_force (offence_table.yaml: rows[2]), and the rules say",
    ),
    "a cell that no line speaks of": (
        "offence_table.yaml",
        "  - {offence: xx-by-part, part: large, carries: rest}\n",
        "",
        "xx-by-part, part large, M1, on 2026-01-01: no line speaks of it, and the rules say carries",
    ),
    "a cell of which two lines speak": (
        "offence_table.yaml",
        "  - {offence: xx-fraud, carries: rest}\n",
        "  - {offence: xx-fraud, carries: rest}\n  - {offence: xx-fraud, from: 2026-07-01, carries: [M4b]}\n",
        "xx-fraud, M4b, on 2026-07-01: two lines speak of it (offence_table.yaml: rows[0], offence_table.yaml: rows[1]",
    ),
    "a line about an offence that is not there": (
        "offence_table.yaml",
        "offence: xx-careless",
        "offence: xx-carless",
        "rows[3]: expected an offence of offences.yaml, found 'xx-carless'",
    ),
    "a line about a part that is not there": (
        "offence_table.yaml",
        "part: large",
        "part: huge",
        "expected a part of xx-by-part (small, large), found 'huge'",
    ),
    "a line that says a measure twice": (
        "offence_table.yaml",
        "{offence: xx-fraud, carries: rest}",
        "{offence: xx-fraud, carries: [M5], unknown_part: [M5]}",
        "rows[0].unknown_part[0]: expected a measure that stands once in a line, found 'M5'",
    ),
    "a line with the rest twice": (
        "offence_table.yaml",
        "{offence: xx-fraud, carries: rest}",
        "{offence: xx-fraud, carries: rest, not_in_force: rest}",
        "rows[0].not_in_force: expected 'rest' once in a line",
    ),
    "a line that says nothing": (
        "offence_table.yaml",
        "{offence: xx-fraud, carries: rest}",
        "{offence: xx-fraud}",
        "rows[0]: expected an answer: carries, threshold_not_met",
    ),
}


@pytest.mark.parametrize(("file", "before", "after", "told"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_stops_the_load_and_says_where(file: str, before: str, after: str, told: str) -> None:
    with pytest.raises(PackFault) as fault:
        parse_pack(changed(file, before, after))
    assert told in str(fault.value)


def test_a_slip_in_a_threshold_stops_the_load() -> None:
    table = pack_files("xx")["offence_table.yaml"]
    with pytest.raises(PackFault) as fault:
        parse_pack({**with_threshold(MEDIUM_OR_MORE), "offence_table.yaml": table})
    told = "xx-repealed, M5, on 2026-01-01: the table says carries (offence_table.yaml: rows[1]), and the rules say "
    assert told + "threshold_not_met" in str(fault.value)


def test_a_covert_measure_for_a_fine_or_an_arrest_stops_the_load_of_kz() -> None:
    files = changed("measures/M13.yaml", "penalty_years_min: 2", "penalty_years_min: none", pack_files("kz"))
    with pytest.raises(PackFault) as fault:
        parse_pack(files)
    assert "offence_table.yaml: kz-cc-" in str(fault.value)
    assert "M13" in str(fault.value)


def test_a_lawyer_may_expect_something_of_a_measure_that_has_no_rule_yet() -> None:
    line = "{offence: xx-fraud, carries: rest, threshold_not_met: [M15]}"
    pack = parse_pack(changed("offence_table.yaml", "{offence: xx-fraud, carries: rest}", line))
    wanted = Cell("xx-fraud", None, Measure.M15, None)
    assert [one.answer for one in declared(pack.data)[wanted]] == [OffenceAnswer.threshold_not_met]
    assert wanted not in derived(pack.data, date(2026, 5, 1))
