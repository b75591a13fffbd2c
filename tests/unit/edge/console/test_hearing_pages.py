"""The refund page: whether the receivers are heard, the question to them, their words, and what is still missing."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.app.hearing_records import HEARINGS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hearing import HearingState
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tests.hearing_story import everybody_answers, round_of
from tests.story_stores import *  # noqa: F403 - its fixtures
from tests.unit.edge.console.test_pages import act_as, browser_of, words
from tests.unit.edge.console.world import World, told_world

SAID = "This is my wage."


@pytest.fixture
def world() -> World:
    return told_world()


@pytest.fixture
def browser(world: World) -> Iterator[TestClient[Litestar]]:
    with browser_of(world) as client:
        act_as(client, "investigator")
        yield client


def page(browser: TestClient[Litestar], world: World, lane: str = "investigator", language: str = "en") -> str:
    return words(browser.get(f"/console/cases/{world.cases()[1]}/refund?lane={lane}&lang={language}").text)


def ask(browser: TestClient[Litestar], world: World) -> str:
    page(browser, world)
    sent = {"form_token": browser.cookies[TOKEN_COOKIE]}
    answer = browser.post(f"/console/cases/{world.cases()[1]}/hearings", data=sent, follow_redirects=True)
    return words(answer.text)


def test_an_investigator_asks_and_sees_the_clock_and_the_answer(world: World, browser: TestClient[Litestar]) -> None:
    before = page(browser, world)
    assert "not asked" in before
    assert "Ask the receiver" in before
    after = ask(browser, world)
    assert "The question was sent to the receiver's bank." in after
    assert "the bank is to ask" in after
    assert "Answer by" in after
    assert "Ask the receiver" not in after
    for bank in world.network.banks:
        round_of(world.network, bank)
    assert "told once" in page(browser, world)
    for hearing in world.network.rows(EXCHANGE_ID, HEARINGS):
        assert hearing.state is HearingState.told


def test_nothing_of_it_stands_where_a_court_decides(world: World, browser: TestClient[Litestar]) -> None:
    assert "Is the receiver heard" not in page(browser, world, "court")


def test_an_objection_is_shown_to_who_decides_and_to_nobody_else(world: World, browser: TestClient[Litestar]) -> None:
    ask(browser, world)
    assert everybody_answers(world.network, HearingState.objected, SAID) > 0
    shown = page(browser, world)
    assert SAID in shown
    assert "There is no consent: take it to court" in shown
    act_as(browser, "supervisor")
    assert SAID not in page(browser, world)


def test_who_may_only_read_asks_nobody(world: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "supervisor")
    assert "This is not open to you" in ask(browser, world)
    act_as(browser, "prosecutor")
    assert "This role has no power to do that." in ask(browser, world)
    assert world.network.rows(EXCHANGE_ID, HEARINGS) == []


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_what_remains_to_be_collected_stands_on_one_line(
    world: World, browser: TestClient[Litestar], language: str
) -> None:
    shown = page(browser, world, "court", language)
    assert {"kk": "Әлі жиналуы керек", "ru": "Осталось собрать", "en": "Still to be collected"}[language] in shown


def test_a_second_demand_can_only_be_entered_in_its_lane(world: World, browser: TestClient[Litestar]) -> None:
    path = f"/console/cases/{world.cases()[1]}/authorisations?lang=en&lane="
    assert "This is a second written demand" in words(browser.get(f"{path}investigator").text)
    assert "This is a second written demand" not in words(browser.get(f"{path}court").text)


def test_the_public_page_counts_what_was_paid_without_hearing(browser: TestClient[Litestar]) -> None:
    assert "Paid without hearing, on a prosecutor's second written demand 0" in words(browser.get("/?lang=en").text)
