"""A decision on paper in the browser: entered by one officer, confirmed by another, nothing filled in beforehand."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.app.measure_records import MOTIONS, Motion
from tarazy.app.paper_records import PAPER_DECISIONS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.measure import MeasureStatus
from tarazy.domain.motion import MotionStatus
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tests.story_stores import *  # noqa: F403 - its fixtures
from tests.unit.edge.console.acting import asked, lines_of, measures, registered_world
from tests.unit.edge.console.test_pages import act_as, browser_of, words
from tests.unit.edge.console.world import World

REASONS = "The paper lies before me, with the seal of the court and the judge's signature."
FORUM = "Алматы қаласының ойдан шығарылған тергеу соты"


@pytest.fixture
def world() -> World:
    return registered_world()


@pytest.fixture
def browser(world: World) -> Iterator[TestClient[Litestar]]:
    with browser_of(world) as client:
        yield client


def enter(browser: TestClient[Litestar], world: World, motion: Motion, kind: str = "granted", **change: str) -> Any:
    path = f"/console/motions/{motion.motion_id}/paper"
    browser.get(path)
    said = {f"decision-{row.line_id}": kind for row in lines_of(world, motion)}
    fields = {"forum": FORUM, "number": "1-77/26", "decided_on": "2026-11-22", "reasons": REASONS, **said, **change}
    return browser.post(
        f"{path}?lang=en", data={"form_token": browser.cookies[TOKEN_COOKIE], **fields}, follow_redirects=False
    )


def confirm(browser: TestClient[Litestar], world: World, motion: Motion) -> Any:
    [paper] = world.network.rows(EXCHANGE_ID, PAPER_DECISIONS)
    path = f"/console/motions/{motion.motion_id}/paper"
    sent = {"form_token": browser.cookies[TOKEN_COOKIE]}
    return browser.post(f"{path}/{paper.decision_id}/confirm?lang=en", data=sent, follow_redirects=False)


def status(world: World) -> MotionStatus:
    [motion] = world.network.rows(EXCHANGE_ID, MOTIONS)
    return MotionStatus(motion.status)


def test_nothing_is_filled_in_and_the_page_is_found_from_the_motion(
    world: World, browser: TestClient[Litestar]
) -> None:
    motion = asked(browser, world)
    assert "Enter a decision on paper" in words(browser.get(f"/console/motions/{motion.motion_id}?lang=en").text)
    page = browser.get(f"/console/motions/{motion.motion_id}/paper?lang=en").text
    assert " checked" not in page.split('id="enter"')[1].split("</section>")[0]


def test_one_officer_enters_and_cannot_confirm_and_another_does(world: World, browser: TestClient[Litestar]) -> None:
    motion = asked(browser, world)
    assert enter(browser, world, motion).status_code == 422  # whoever asked reads no answer
    act_as(browser, "second_colleague")
    assert enter(browser, world, motion).status_code == 303
    page = words(browser.get(f"/console/motions/{motion.motion_id}/paper?lang=en&done=entered").text)
    assert "Entered. Now a second officer has to confirm it." in page
    assert "Waits for the second officer" in page
    refused = confirm(browser, world, motion)
    assert refused.status_code == 422
    assert status(world) is MotionStatus.filed
    act_as(browser, "investigating_judge")
    assert confirm(browser, world, motion).status_code == 422  # of another body
    assert status(world) is MotionStatus.filed
    act_as(browser, "investigator")
    shown = words(browser.get(f"/console/motions/{motion.motion_id}/paper?lang=en").text)
    assert "I have the same paper before me" not in shown
    assert confirm(browser, world, motion).status_code == 422  # who asked
    assert status(world) is MotionStatus.filed
    act_as(browser, "colleague")
    place = f"/console/motions/{motion.motion_id}/paper?lang=en"
    assert "I have the same paper before me: confirm" in words(browser.get(place).text)
    assert confirm(browser, world, motion).status_code == 303
    assert status(world) is MotionStatus.decided
    assert "Confirmed and carried out." in words(browser.get(place).text)
    assert REASONS in words(browser.get(f"/console/motions/{motion.motion_id}?lang=en").text)
    world.network.settle()
    assert {one.status for one in measures(world, "M9")} == {MeasureStatus.in_force}


@pytest.mark.parametrize(
    ("kind", "change"),
    [("", {}), ("granted", {"number": ""}), ("granted", {"decided_on": "soon"}), ("granted", {"reasons": ""})],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    world: World, browser: TestClient[Litestar], kind: str, change: dict[str, str]
) -> None:
    motion = asked(browser, world)
    refused = enter(browser, world, motion, kind, **change)
    assert refused.status_code == 422
    assert FORUM in refused.text
    assert world.network.rows(EXCHANGE_ID, PAPER_DECISIONS) == []


def test_who_only_reads_enters_nothing(world: World, browser: TestClient[Litestar]) -> None:
    motion = asked(browser, world)
    act_as(browser, "supervisor")
    assert enter(browser, world, motion).status_code == 403
    assert world.network.rows(EXCHANGE_ID, PAPER_DECISIONS) == []


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_is_said_in_every_language(world: World, browser: TestClient[Litestar], language: str) -> None:
    motion = asked(browser, world)
    enter(browser, world, motion, "struck")
    answer = browser.get(f"/console/motions/{motion.motion_id}/paper?lang={language}")
    assert answer.status_code == 200
    assert "paper.console." not in answer.text
