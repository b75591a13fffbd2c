"""Whether a measure that was lawful still is, offence by offence: the lines of the lawyer's table, and the edges."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.packs import load_pack
from tarazy.law.assessment import Verdict
from tarazy.law.gate import assess
from tarazy.law.ground import Pack
from tarazy.law.reexamine import applicable, still_lawful
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.law.invented_packs import pack_by
from tests.law.requests import NOW, lawful

TABLE = yaml.safe_load((Path(__file__).parent / "tables" / "offences.yaml").read_text(encoding="utf-8"))


def noon(day: Any, pack: Pack) -> Instant:
    return Instant.parse(datetime.combine(day, time(12), pack.data.calendar.zone).isoformat())


@pytest.mark.parametrize("row", TABLE["reexamined"], ids=lambda row: row["name"])
def test_a_hold_asked_anew_stands_or_falls_as_the_table_says(row: dict[str, Any]) -> None:
    pack = pack_by(row.get("by", "class"))
    answer = still_lawful(
        lawful("xx_hold"),
        row["offences"],
        pack,
        noon(row["at"], pack),
        committed_on=row.get("done"),
        parts=row.get("parts"),
    )
    assert list(answer.carrying) == row.get("carrying", [])
    assert {one.offence_id: str(one.code) for one in answer.dropped} == row.get("dropped", {})
    assert answer.is_lawful is bool(answer.carrying)
    assert all(load_catalogue().has(one.code) for one in answer.dropped)
    if "refused" in row:
        assert row["refused"] in [outcome.code for outcome in answer.assessment.tests]


def test_a_measure_that_rests_on_no_offence_is_asked_once_without_one() -> None:
    pack = load_pack("kz-demo")
    request = lawful("pause_credited")
    answer = still_lawful(request, [], pack, NOW)
    assert answer.is_lawful
    assert answer.carrying == ()
    assert answer.assessment == assess(replace(request, offence_id=None), pack, NOW)


def test_a_pause_that_names_a_repealed_offence_falls_with_it() -> None:
    answer = still_lawful(lawful("xx_pause"), ["xx-repealed"], load_pack("xx"), Instant.parse("2026-04-01T12:00:00Z"))
    assert not answer.is_lawful
    assert [str(one.code) for one in answer.dropped] == ["law.T4.offence_not_in_force"]


def test_the_assessment_is_the_one_of_the_first_offence_that_carries() -> None:
    pack = pack_by("class")
    at = Instant.parse("2026-07-01T12:00:00Z")
    answer = still_lawful(lawful("xx_hold"), ["xx-softened", "xx-fraud"], pack, at)
    assert answer.assessment == assess(lawful("xx_hold"), pack, at)


def test_a_measure_that_waits_for_its_authorisation_is_not_dropped_and_the_verdict_says_so() -> None:
    answer = still_lawful(lawful("xx_hold", authorisation=None), ["xx-fraud"], pack_by("class"), NOW)
    assert answer.is_lawful
    assert answer.assessment.verdict is Verdict.needs_authorisation


def test_what_else_became_unlawful_drops_every_offence_and_is_said() -> None:
    answer = still_lawful(lawful("xx_hold", aim=None), ["xx-fraud", "xx-by-part"], pack_by("penalty_3"), NOW)
    assert not answer.is_lawful
    assert [(one.offence_id, str(one.code)) for one in answer.dropped] == [
        ("xx-fraud", "law.T3.no_aim"),
        ("xx-by-part", "law.T4.part_not_named"),
    ]


def test_the_part_in_the_request_belongs_to_its_own_offence() -> None:
    request = lawful("xx_hold", offence_id="xx-by-part", offence_part="large")
    at = Instant.parse("2026-05-01T12:00:00Z")
    answer = still_lawful(request, ["xx-by-part", "xx-fraud"], pack_by("class"), at)
    assert answer.carrying == ("xx-by-part", "xx-fraud")


def test_the_other_offences_of_the_pack_and_the_pack_itself_stay_as_they_were() -> None:
    pack = pack_by("class")
    before = dict(pack.data.offences)
    still_lawful(lawful("xx_hold"), ["xx-kept"], pack, noon(date(2026, 7, 1), pack), committed_on=date(2026, 2, 1))
    assert dict(pack.data.offences) == before


@pytest.mark.parametrize(
    ("offence_id", "done", "today", "version_id"),
    [
        ("xx-softened", "2026-02-01", "2026-06-30", "xx-softened-2000"),
        ("xx-softened", "2026-02-01", "2026-07-01", "xx-softened-2026"),
        ("xx-softened", "2026-07-01", "2026-07-01", "xx-softened-2026"),
        ("xx-kept", "2026-06-30", "2026-07-01", "xx-kept-2000"),
        ("xx-repealed", "2026-03-31", "2026-03-31", "xx-repealed-2000"),
        ("xx-repealed", "2026-03-31", "2026-04-01", None),
        ("xx-returned", "2026-03-31", "2026-08-01", None),
        ("xx-returned", "2026-08-01", "2026-08-01", "xx-returned-2026"),
        ("xx-moved", "2026-02-01", "2026-07-01", "xx-moved-2026"),
        ("xx-fraud", "1999-12-31", "2026-07-01", None),
    ],
)
def test_an_act_is_judged_by_the_law_of_its_day_or_by_a_milder_one(
    offence_id: str, done: str, today: str, version_id: str | None
) -> None:
    offence = load_pack("xx").data.offences[offence_id]
    found = applicable(offence, None, date.fromisoformat(done), date.fromisoformat(today))
    assert (None if found is None else found.version_id) == version_id


def test_harsher_law_without_a_gap_does_not_apply_back() -> None:
    offence = load_pack("xx").data.offences["xx-softened"]
    first, second = offence.versions
    stiffened = replace(
        offence,
        versions=(
            replace(first, offence_class=second.offence_class, penalty_years_max=0),
            replace(second, offence_class=first.offence_class, penalty_years_max=7),
        ),
    )
    found = applicable(stiffened, None, date(2026, 2, 1), date(2026, 8, 1))
    assert found is stiffened.versions[0]
