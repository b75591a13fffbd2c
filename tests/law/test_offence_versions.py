"""Offences through time: which version is in force, what their marks say, and how a holder may be described."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.packs import load_pack, pack_files
from tarazy.law.node import PackFault, load
from tarazy.law.offence import FormOfGuilt, Offence
from tarazy.law.parse_offences import parse_offences
from tarazy.law.safeguards import OffenceClass
from tarazy.law.terms import Mark
from tarazy.texts.banned_words import BANNED_WORDS
from tarazy.texts.catalogue import Language

TABLE = yaml.safe_load((Path(__file__).parent / "tables" / "offences.yaml").read_text(encoding="utf-8"))
KZ_ARTICLES = {
    "147", "188", "190(1)", "190(2)(4)", "190(3)", "190(4)", "194", "195(3)(3)", "196", "205", "206", "207", "208",
    "209", "210", "211", "212", "213", "218", "232-1", "274", "317",
}  # fmt: skip


def offence(pack_id: str, offence_id: str) -> Offence:
    return load_pack(pack_id).data.offences[offence_id]


@pytest.mark.parametrize(
    ("offence_id", "day", "version_id"),
    [
        ("xx-fraud", "1999-12-31", None),
        ("xx-fraud", "2000-01-01", "xx-fraud-2000"),
        ("xx-repealed", "2026-03-31", "xx-repealed-2000"),
        ("xx-repealed", "2026-04-01", None),
        ("xx-returned", "2026-03-31", "xx-returned-2000"),
        ("xx-returned", "2026-04-01", None),
        ("xx-returned", "2026-06-30", None),
        ("xx-returned", "2026-07-01", "xx-returned-2026"),
        ("xx-softened", "2026-06-30", "xx-softened-2000"),
        ("xx-softened", "2026-07-01", "xx-softened-2026"),
    ],
)
def test_the_day_decides_which_version_is_in_force(offence_id: str, day: str, version_id: str | None) -> None:
    one = offence("xx", offence_id)
    found = one.on(date.fromisoformat(day))
    assert (None if found is None else found.version_id) == version_id
    assert one.covers(date.fromisoformat(day)) is (version_id is not None)


def test_versions_stand_in_the_order_of_their_days_however_they_are_written() -> None:
    files = pack_files("xx")["offences.yaml"]
    plain = yaml.safe_load(files)
    for one in plain["offences"]:
        one["versions"].reverse()
    again = parse_offences(load("offences.yaml", yaml.safe_dump(plain)))
    assert again == parse_offences(load("offences.yaml", files))


def test_an_offence_that_never_changed_may_stand_without_a_list_of_versions() -> None:
    text = (
        "offences:\n  - {id: aa-1, article: '1', class: minor, guilt: intent, within_purpose: yes, "
        "valid_from: 2000-01-01, source: invented, mark: background}"
    )
    one = parse_offences(load("offences.yaml", text))["aa-1"]
    assert one.on(date(2026, 1, 1)) is one.latest
    assert one.latest.version_id == "aa-1"
    assert one.latest.softer_applies_back


def test_an_offence_cannot_be_written_both_ways_at_once() -> None:
    with pytest.raises(PackFault, match=re.escape("offences.yaml: offences[0]: unknown field 'article'")):
        parse_offences(load("offences.yaml", "offences:\n  - {id: aa-1, article: '1', versions: [{id: aa-1-2000}]}"))


@pytest.mark.parametrize("row", TABLE["described"], ids=lambda row: row["offence"])
def test_the_form_of_guilt_decides_how_a_holder_may_be_described(row: dict[str, Any]) -> None:
    described = offence(row["pack"], row["offence"]).latest.holder_described
    assert described == row["holder"]
    for language in Language:
        said = load_catalogue().text(described.text_code, language).lower()
        assert not any(re.search(rf"\b{pattern}", said) for pattern in BANNED_WORDS[language].values())


def test_negligence_never_makes_a_holder_anything_but_deceived() -> None:
    for pack_id in ("kz", "xx"):
        for one in load_pack(pack_id).data.offences.values():
            for version in one.versions:
                for_reward = version.holder_described == "acting_for_reward"
                assert for_reward is (version.form_of_guilt is FormOfGuilt.intent)


def test_kz_has_the_articles_and_each_has_a_title_in_three_languages() -> None:
    offences = load_pack("kz").data.offences
    assert {one.article for one in offences.values()} == KZ_ARTICLES
    for one in offences.values():
        number = re.findall(r"\d+(?:-\d)?", one.article)[0]
        for language in Language:
            assert number in load_catalogue().text(one.title_code, language)


def test_only_what_was_read_is_marked_verified() -> None:
    found = [one.offence_id for one in load_pack("kz").data.offences.values() if one.latest.mark is Mark.verified]
    assert sorted(found) == sorted(TABLE["verified"]["kz"])


def test_a_class_that_follows_from_a_penalty_is_less_certain_than_the_penalty() -> None:
    for one in load_pack("kz").data.offences.values():
        for graded in (one.latest, *one.latest.parts):
            if graded.mark is Mark.verified and graded.offence_class is not OffenceClass.by_part:
                assert graded.weaker["class"] is Mark.background


def test_a_sum_that_nobody_verified_is_unsure_and_asks_a_question() -> None:
    data = load_pack("kz").data
    seen = set()
    for one in data.offences.values():
        for condition in (*one.latest.thresholds, *(c for part in one.latest.parts for c in part.thresholds)):
            if condition.code.endswith(("_sum", "_gain")):
                assert (condition.mark, condition.question) == (Mark.unsure, 16)
                seen.add(condition.code.rpartition(".")[2])
    assert seen == {"large_sum", "especially_large_sum", "significant_gain", "large_gain"}
    assert 16 in data.questions


def test_the_parts_of_232_1_have_the_penalties_that_were_read() -> None:
    parts = offence("kz", "kz-cc-232-1").latest.parts
    assert {part.part_id: (part.offence_class.value, part.penalty_years_max) for part in parts} == {
        "base": ("misdemeanour", 0),
        "significant_gain": ("minor", 2),
        "large_gain": ("medium", 3),
        "gravest": ("grave", 7),
    }


def test_the_textbook_case_is_outside_the_purpose_and_names_its_forum_and_its_open_question() -> None:
    version = offence("kz", "kz-cc-317").latest
    assert (version.within_purpose, version.forum) == (False, "law.forum.medical")
    assert version.form_of_guilt is FormOfGuilt.negligence
    assert (version.weaker["valid_to"], version.question) == (Mark.unsure, 22)
