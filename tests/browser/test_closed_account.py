"""A whole account is closed (M8): the investigator's and the judge's page, and what its holder reads and can do."""

import os
import re
from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, Page, expect

from tarazy.app.measure_records import MOTIONS, SCHEDULE_ROWS, Motion
from tarazy.app.records import CASES
from tarazy.app.schedules import ActRefused
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.motion import LineDecision
from tarazy.simulation.closing_law import closing_pack
from tests.browser.bank_pages import AXE, FIND_FAULTS, LANGUAGES, STANDARDS, BankPages
from tests.browser.test_console import Watched, overflow
from tests.measuring import ask, court, decide, grants, registered
from tests.story_people import OFFICER
from tests.unit.edge.console.acting import WORDS, measures, new_act, registered_world
from tests.unit.edge.console.test_pages import act_as, browser_of
from tests.unit.edge.console.world import World
from tests.unit.edge.desk.bank_story import BankStory

pytestmark = pytest.mark.browser
WIDTHS = (390, 1280)
SHOTS = os.environ.get("TARAZY_SHOTS")
"""A folder that pictures of the pages are put into, where somebody wants to look at them."""


@pytest.fixture(scope="module")
def world() -> World:
    """A world whose law knows M8, and a motion for it that waits."""
    world = registered_world(closing_pack())
    with browser_of(world) as browser:
        act_as(browser, "investigator")
        assert new_act(browser, world, "close", **WORDS).status_code == 303
    world.network.settle()
    world.sequence()
    return world


@pytest.fixture(scope="module")
def console(world: World, serve: Callable[[Litestar], str]) -> str:
    return serve(world.app())


@pytest.fixture(scope="module")
def story() -> BankStory:
    """A bank whose customer Daniyar has a closed account, and was told."""
    story = BankStory(pack=closing_pack()).opened().fraud().reported()
    network = story.network
    [case] = network.rows(EXCHANGE_ID, CASES)
    registered(network, case.case_id)
    motion = ask(network, case.case_id, measure="M8", days=10)
    assert isinstance(motion, Motion), motion
    network.settle()
    court(network)
    lines = network.rows(EXCHANGE_ID, SCHEDULE_ROWS)
    granted = grants(network, motion, [LineDecision.granted] * len(lines))
    done = decide(network, motion, granted, measure="M8")
    assert not isinstance(done, ActRefused), done
    network.settle()
    story.serve_notices()
    return story


@pytest.fixture(scope="module")
def bank(story: BankStory, serve: Callable[[Litestar], str]) -> str:
    return serve(story.app("bank-c"))


@pytest.fixture
def daniyar(chromium: Browser, bank: str) -> Iterator[BankPages]:
    """Daniyar with his telephone."""
    context = chromium.new_context(viewport={"width": WIDTHS[0], "height": 844})
    pages = BankPages(context, bank, account="daniyar")
    yield pages
    context.close()
    assert pages.faults == []


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["investigator", "investigating_judge"])
@pytest.mark.parametrize("width", WIDTHS)
def test_who_asks_and_who_decides_read_what_stays_free(
    chromium: Browser, console: str, world: World, width: int, role: str, language: str
) -> None:
    [motion] = world.network.rows(EXCHANGE_ID, MOTIONS)
    context = chromium.new_context(viewport={"width": width, "height": 844})
    context.add_cookies([{"name": "console_role", "value": role, "url": console}])
    watched = Watched(context, console)
    [measure, *_] = measures(world, "M8")
    paths = {
        "motion": f"/console/motions/{motion.motion_id}",
        "measure": f"/console/measures/{measure.measure_id}",
    }
    if role == "investigator":
        paths |= {"new": f"/console/cases/{motion.case_id}/motions/new?ask=close"}
    for name, path in paths.items():
        page = watched.page
        page.goto(f"{console}{path}{'&' if '?' in path else '?'}lang={language}", wait_until="load")
        text = page.inner_text("main").replace("\u00a0", " ")
        assert re.search(r"50 851|50,851", text), text[:400]
        assert overflow(page) == 0
        page.evaluate(AXE.read_text("utf-8"))
        assert page.evaluate(FIND_FAULTS, STANDARDS) == []
        shot(page, f"console-{name}-{role}-{width}-{language}")
    context.close()
    assert watched.faults == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_holder_reads_what_stays_free_and_never_that_everything_works(daniyar: BankPages, language: str) -> None:
    daniyar.open("/app/home", language)
    text = daniyar.text()
    assert re.search(r"50 851|50,851", text), text
    assert not any(said in text for said in ("confirms with reasons", "подтвердит", "растаса"))
    assert not any(claim in text for claim in ("Everything else works", "Остальное работает", "Қалғанының бәрі"))
    assert daniyar.overflow() == 0
    assert daniyar.broken_rules() == []
    shot(daniyar.page, f"app-home-{language}")
    daniyar.open("/app/notices", language)
    daniyar.page.locator("main a.tile").first.click()
    told = daniyar.text()
    assert re.search(r"50 851|50,851", told), told
    assert daniyar.broken_rules() == []
    shot(daniyar.page, f"app-notice-{language}")


def test_the_holder_pays_to_live_and_for_a_named_purpose_and_is_told_why_not_more(
    daniyar: BankPages, story: BankStory
) -> None:
    page = daniyar.open("/app/pay")
    pays(daniyar, "60000")
    assert "payments from this account are stopped" in daniyar.text()
    assert daniyar.broken_rules() == []
    assert all("422" in fault for fault in daniyar.faults)  # the page that says no is one, for the browser too
    daniyar.faults.clear()
    shot(page, "app-declined")
    before = story.network.balance("daniyar")
    daniyar.open("/app/pay")
    pays(daniyar, "60000", purpose="taxes")
    assert story.network.balance("daniyar") == before - 60_000_00
    daniyar.open("/app/pay")
    pays(daniyar, "50000")
    assert story.network.balance("daniyar") == before - 110_000_00
    daniyar.open("/app/home")
    assert "851" in daniyar.text()
    shot(page, "app-home-used")


def pays(who: BankPages, tenge: str, *, purpose: str = "") -> None:
    """Let the holder send money to a person at another bank."""
    page = who.page
    page.locator("select[name=to_bank]").select_option("bank-a")
    page.locator("input[name=to_account]").fill("marat")
    page.locator("input[name=transfer_sum]").fill(tenge)
    page.locator("select[name=purpose]").select_option(purpose)
    shot(page, f"app-pay-{purpose or 'any'}")
    page.locator("form[action$='/pay/transfer'] button").click()
    expect(page.locator("form[action$='/pay/transfer'] input[name=step]")).to_have_count(1)
    page.locator("form[action$='/pay/transfer'] button").click()
    page.wait_for_load_state("load")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desk_says_that_an_authority_carries_it_and_offers_no_act_of_the_banks_own(
    chromium: Browser, bank: str, story: BankStory, language: str
) -> None:
    context = chromium.new_context(viewport={"width": WIDTHS[1], "height": 900})
    desk = BankPages(context, bank, officer=OFFICER)
    hold = story.hold_of("bank-c", "daniyar")
    desk.open(f"/desk/holds/{hold.hold_id}", language)
    assert desk.page.locator("#carried").count() == 1
    assert desk.page.locator("#confirm, #narrow, #release").count() == 0
    assert re.search(r"50 851|50,851", desk.page.locator("#carried").inner_text().replace("\u00a0", " "))
    assert desk.broken_rules() == []
    shot(desk.page, f"desk-hold-{language}")
    desk.open("/desk", language)
    assert desk.broken_rules() == []
    shot(desk.page, f"desk-{language}")
    context.close()
    assert desk.faults == []
