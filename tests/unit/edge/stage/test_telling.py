"""Everything that the stage can say has a text in three languages, and facts are said in words."""

import re
from importlib import resources
from zoneinfo import ZoneInfo

import pytest

from tarazy.adapters.catalogue import load_catalogue
from tarazy.edge.stage.plot import DANIYAR
from tarazy.edge.stage.roles import ROLES, SEEN_BY
from tarazy.edge.stage.story import STEPS, Record
from tarazy.edge.stage.table import story_rows
from tarazy.edge.stage.telling import Fact, Teller, fact
from tarazy.texts.catalogue import Language

CATALOGUE = load_catalogue()


def sources() -> dict[str, str]:
    """Return the stage's modules and templates as texts."""
    folder = resources.files("tarazy.edge.stage")
    files = [*folder.iterdir(), *(folder / "templates").iterdir()]
    return {file.name: file.read_text(encoding="utf-8") for file in files if file.name.endswith((".py", ".html"))}


def teller(language: Language) -> Teller:
    return Teller(CATALOGUE, language, ZoneInfo("Asia/Almaty"))


def test_every_step_has_a_title_and_a_text() -> None:
    for step in STEPS:
        assert CATALOGUE.has(step.title_code)
        assert CATALOGUE.has(step.text_code)


def test_every_fact_that_is_told_has_a_text() -> None:
    codes = {code for text in sources().values() for code in re.findall(r'\bfact\(\s*"([a-z_.0-9]+)"', text)}
    assert len(codes) > 25
    assert [code for code in codes if not CATALOGUE.has(f"story.fact.{code}")] == []


def test_every_text_that_a_page_names_is_there() -> None:
    codes = {code for text in sources().values() for code in re.findall(r'"(story\.[a-z_.0-9]+[a-z_0-9])"', text)}
    codes -= {"story.json"}
    assert [code for code in codes if not CATALOGUE.has(code) and not CATALOGUE.has(f"{code}.title")] == []


def test_every_role_of_the_stage_has_a_name() -> None:
    assert [role.code for role in ROLES if not CATALOGUE.has(role.code)] == []


def test_a_played_step_is_seen_by_a_role_of_the_stage() -> None:
    assert set(SEEN_BY) <= {step.key for step in STEPS}
    assert set(SEEN_BY.values()) <= {role.key for role in ROLES}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (Language.en, "Held at Ertis Bank: KZT\xa040,000.00."),
        (Language.ru, "Удержано, Иртыш Банк: 40\xa0000,00\xa0₸."),
        (Language.kk, "Ұсталды, Ертіс Банк: 40\xa0000,00\xa0₸."),
    ],
)
def test_fact_is_said_with_names_and_sums_as_people_write_them(language: Language, expected: str) -> None:
    told = fact("held_at", bank="bank-ertis", amount_minor=4_000_000)
    assert teller(language).sentence(told) == expected


def test_moment_of_a_fact_is_said_in_local_time() -> None:
    told = fact("clock_moved", until="2026-11-22T13:00:00.000000Z")
    assert "22 Nov 2026 18:00 (UTC+5)" in teller(Language.en).sentence(told)


def test_table_of_a_story_that_was_not_played_is_empty() -> None:
    rows = story_rows(Record(), teller(Language.en))
    assert {cell for _, cells in rows for cell in cells} == {""}


def test_fact_gives_its_values_by_name() -> None:
    told = Fact("story.fact.usable", (("person", DANIYAR), ("amount_minor", "12"), ("currency", "KZT")))
    assert (told.values["person"], told.minor("amount")) == (DANIYAR, 12)
