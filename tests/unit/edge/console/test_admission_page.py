"""Where a human of the forum says whether an appeal is heard: a stranger's, a representative's, a late one."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.agent.appeals import LOCAL_APPEALS
from tarazy.domain.appeal import AppealStatus, Appellant, TurnedDown
from tests.unit.edge.console.appeal_world import appealed_world, the_appeal
from tests.unit.edge.console.test_appeal_pages import page, place, post
from tests.unit.edge.console.test_pages import act_as, browser_of, words
from tests.unit.edge.console.world import World

WHY = "You have shown no account of yours and no sum of yours that this measure holds."
LANGUAGES = ("kk", "ru", "en")


@pytest.fixture
def world() -> World:
    return appealed_world(Appellant.other_affected)


@pytest.fixture
def browser(world: World) -> Iterator[TestClient[Litestar]]:
    with browser_of(world) as client:
        act_as(client, "prosecutor")
        yield client


def refused(world: World, browser: TestClient[Litestar], said: str, **fields: Any) -> None:
    answer = post(browser, f"{place(world)}/admission", **fields)
    assert answer.status_code == 422
    assert said in words(answer.text)
    assert the_appeal(world).status is AppealStatus.filed


def test_it_stands_before_the_decision_and_nothing_is_chosen(world: World, browser: TestClient[Litestar]) -> None:
    text = page(browser, place(world))
    assert text.index('id="bundle"') < text.index('id="admission"') < text.index('id="decide"')
    part = text.split('id="admission"')[1].split("</section>")[0]
    assert [f'value="{one}"' in part for one in TurnedDown] == [True, False, False]
    assert "checked" not in part
    assert "Whoever is turned down can go on to: the investigating judge." in words(part)
    assert "is it heard?" in words(page(browser, "/console/appeals"))


def test_who_wrote_it_down_and_when_it_came_is_shown(world: World, browser: TestClient[Litestar]) -> None:
    said = words(page(browser, place(world)))
    assert "by an assistant of the bank, read back to the person, and signed" in said
    assert "The bank says that it was made at" in said
    assert "Reached the exchange" in said


def test_it_is_admitted_with_one_signature(world: World, browser: TestClient[Litestar]) -> None:
    answer = post(browser, f"{place(world)}/admission", to="admit")
    assert answer.status_code == 303
    shown = page(browser, answer.headers["location"])
    assert "Admitted and signed. It is heard, and its time runs on." in words(shown)
    assert 'id="admission"' not in shown
    assert 'id="decide"' in shown
    assert the_appeal(world).status is AppealStatus.admitted


def test_it_is_turned_down_for_a_reason_and_the_person_can_go_on(world: World, browser: TestClient[Litestar]) -> None:
    fields = {"to": "turn_down", "why": "not_affected", "why_reasons": WHY}
    answer = post(browser, f"{place(world)}/admission", **fields)
    assert answer.status_code == 303
    shown = words(page(browser, answer.headers["location"]))
    assert "Turned down and signed." in shown
    assert "Why: the measure takes nothing from whoever has appealed." in shown
    assert WHY in shown
    appeal = the_appeal(world)
    assert (appeal.status, appeal.turned_down) == (AppealStatus.not_admitted, TurnedDown.not_affected)
    world.network.settle()
    [local] = world.network.rows("bank-b", LOCAL_APPEALS)
    assert (local.reasons, local.next_forum) == (WHY, "law.forum.investigating_judge")


def test_what_is_missing_is_said_and_changes_nothing(world: World, browser: TestClient[Litestar]) -> None:
    refused(world, browser, "Choose why it is not heard.", to="turn_down", why_reasons=WHY)
    refused(world, browser, "Not done", to="turn_down", why="not_affected", why_reasons="No.")
    refused(
        world,
        browser,
        "This appeal cannot be turned down for that reason.",
        to="turn_down",
        why="too_late",
        why_reasons=WHY,
    )


def test_what_was_typed_is_kept_when_it_is_refused(world: World, browser: TestClient[Litestar]) -> None:
    answer = post(browser, f"{place(world)}/admission", to="turn_down", why="too_late", why_reasons=WHY)
    assert WHY in words(answer.text)


def test_another_forum_says_nothing_of_it(world: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "judge")
    assert 'id="admission"' not in page(browser, place(world))
    refused(world, browser, "Not done", to="admit")
    act_as(browser, "supervisor")
    assert post(browser, f"{place(world)}/admission", to="admit").status_code == 403
    act_as(browser, "investigator")
    assert post(browser, f"{place(world)}/admission", to="admit").status_code in {403, 422}
    assert the_appeal(world).status is AppealStatus.filed


def test_an_appeal_of_another_case_is_not_there(world: World, browser: TestClient[Litestar]) -> None:
    path = place(world).replace(the_appeal(world).case_id, "cs_other")
    assert post(browser, f"{path}/admission", to="admit").status_code in {403, 404}
    assert the_appeal(world).status is AppealStatus.filed


@pytest.mark.parametrize("appellant", [Appellant.payer, Appellant.victim])
def test_a_party_of_the_matter_is_heard_or_nothing(appellant: Appellant) -> None:
    world = appealed_world(appellant)
    with browser_of(world) as browser:
        act_as(browser, "prosecutor")
        text = page(browser, place(world))
        assert "No reason of the law would let it be turned down." in words(text)
        assert 'name="why"' not in text


def test_the_holders_own_asks_nobody(world: World) -> None:
    own = appealed_world()
    with browser_of(own) as browser:
        act_as(browser, "prosecutor")
        assert 'id="admission"' not in page(browser, place(own))
        assert "is it heard?" not in words(page(browser, "/console/appeals"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_every_language(world: World, browser: TestClient[Litestar], language: str) -> None:
    assert page(browser, place(world), language).count('name="why"') == 1
