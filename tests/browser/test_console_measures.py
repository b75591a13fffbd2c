"""The pages of measures in a real browser: on a telephone and a desk, in three languages, without scripts."""

from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, BrowserContext, Page

from tarazy.app.measure_records import MOTIONS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.motion import MotionStatus
from tests.browser.test_console import AXE, FIND_FAULTS, LANGUAGES, STANDARDS, Watched, in_language, overflow
from tests.unit.edge.console.acting import FORUM, REASONS, add, asked, lines_of, measures, registered_world
from tests.unit.edge.console.test_pages import browser_of
from tests.unit.edge.console.world import World

pytestmark = pytest.mark.browser
WIDTHS = (390, 1280)
ROLES = ("investigator", "investigating_judge", "supervisor")


@pytest.fixture(scope="module")
def world() -> World:
    """A world in which M5 carries what the first case holds, a motion waits, and a fact speaks for the holder."""
    world = registered_world()
    with browser_of(world) as browser:
        add(browser, world, "measure/account_opened_lately")
        add(browser, world, "holder/usual_for_account")
        asked(browser, world)
    return world


@pytest.fixture(scope="module")
def base(world: World, serve: Callable[[Litestar], str]) -> str:
    return serve(world.app())


@pytest.fixture
def opened(chromium: Browser, base: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A browser of the given width with the given role."""
    width, role = getattr(request, "param", (WIDTHS[1], ROLES[0]))
    context = chromium.new_context(viewport={"width": width, "height": 844})
    watched = sign_in(context, base, role)
    yield watched
    context.close()
    assert watched.faults == []


def sign_in(context: BrowserContext, base: str, role: str) -> Watched:
    context.add_cookies([{"name": "console_role", "value": role, "url": base}])
    return Watched(context, base)


def paths(world: World) -> list[str]:
    [motion] = world.network.rows(EXCHANGE_ID, MOTIONS)
    first, second = (f"/console/cases/{one}" for one in world.cases()[:2])
    return [
        "/console/duties",
        "/console/motions",
        first,
        f"{first}/facts",
        f"{first}/motions/new?ask=extend",
        f"{second}/motions/new?ask=begin",
        f"/console/motions/{motion.motion_id}",
        f"/console/motions/{measures(world, 'M5')[0].schedule_id}",
        f"/console/measures/{measures(world, 'M5')[0].measure_id}",
    ]


def faults_of(page: Page) -> list[str]:
    page.evaluate((AXE / "axe.min.js").read_text("utf-8"))
    found: list[str] = page.evaluate(FIND_FAULTS, STANDARDS)
    return found


@pytest.mark.parametrize("opened", [(width, role) for width in WIDTHS for role in ROLES[:2]], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_fit_and_can_be_read_by_everybody(opened: Watched, world: World, language: str) -> None:
    for path in paths(world):
        page = opened.open(in_language(path, language))
        assert overflow(page) <= 0, path
        assert faults_of(page) == [], path


@pytest.mark.parametrize("opened", [(320, ROLES[1])], indirect=True)
def test_nothing_runs_over_at_three_hundred_and_twenty_pixels(opened: Watched, world: World) -> None:
    for path in paths(world):
        assert overflow(opened.open(in_language(path, "kk"))) <= 0, path


def test_an_investigator_and_a_judge_go_the_whole_way_without_scripts(
    chromium: Browser, serve: Callable[[Litestar], str]
) -> None:
    world = registered_world()
    with browser_of(world) as browser:
        motion = asked(browser, world)
    base = serve(world.app())
    context = chromium.new_context(java_script_enabled=False)
    judge = sign_in(context, base, "investigating_judge")
    page = judge.open("/console/duties?lang=en")
    page.get_by_role("link", name="Go there").first.click()
    page.get_by_role("button", name="Sign the decision").wait_for()
    for row in lines_of(world, motion)[1:]:
        page.locator(f"#granted-{row.number}").check()
    page.get_by_label("Who decided").fill(FORUM)
    page.get_by_label("Number of the decision").fill("1-77/26")
    page.get_by_label("Date of the decision").fill("2026-11-22")
    page.get_by_label("Reasons").fill(REASONS)
    page.get_by_role("button", name="Sign the decision").click()
    assert "A line is not decided yet" in page.inner_text("main")
    page.locator("#struck-1").check()
    page.get_by_role("button", name="Sign the decision").click()
    assert "The decision is signed" in page.inner_text("main")
    [decided] = world.network.rows(EXCHANGE_ID, MOTIONS)
    assert decided.status is MotionStatus.decided
    context.close()
    assert [fault for fault in judge.faults if "422" not in fault] == []
