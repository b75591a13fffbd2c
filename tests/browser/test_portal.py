"""The portal and the public pages as people use them: telephone, no scripts, keyboard, three languages."""

from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, Page

from tarazy.agent.citizen_requests import CITIZEN_REQUESTS, AnswerRequest, answer_citizen_request
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.pages import static_routes
from tarazy.edge.portal import portal_routes
from tarazy.edge.public import public_routes
from tarazy.protocol.citizen_bodies import CitizenState, RequestNumber
from tests.browser.bank_pages import LANGUAGES, BankPages
from tests.story_people import OFFICER
from tests.unit.edge.console.world import World, told_world

pytestmark = pytest.mark.browser

PATHS = (
    "/portal",
    "/portal/number",
    "/portal/number/ABCDE12345",
    "/portal/help",
    "/first-minutes",
    "/law",
    "/law/kz",
    "/law/kz/questions",
    "/law/kz/M4b",
    "/law/kz-demo/M16",
    "/law/kz/norms/kz-credited-pause",
    "/log",
)
NARROW = {"viewport": {"width": 320, "height": 640}}
TWICE = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}
"""A window of 1280 pixels at 200 % is 640 pixels wide for the page."""
TARGET_PIXELS_MIN = 24


@pytest.fixture(scope="module")
def world() -> World:
    return told_world()


@pytest.fixture
def base(world: World, serve: Callable[[Litestar], str]) -> str:
    """Serve the pages anew for each test: what was tried in one must not count in another."""
    return serve(Litestar([*static_routes(), *public_routes(world.context), *portal_routes(world.context)]))


@pytest.fixture
def pages(chromium: Browser, base: str, request: pytest.FixtureRequest) -> Iterator[BankPages]:
    """A fresh browser; options of its context by parameter. A form that is not carried out is answered with 422."""
    context = chromium.new_context(**getattr(request, "param", {}))
    opened = BankPages(context, base)
    yield opened
    context.close()
    assert [fault for fault in opened.faults if "422" not in fault] == []


def steps(pages: BankPages, language: str) -> Iterator[str]:
    """Walk through every step as somebody fills it in; the name of each page comes when it is shown."""
    page = pages.open("/portal", language)
    yield "bank"
    page.select_option("#bank", "bank-a")
    go_on(page, "payment")
    go_on_wrongly(page)
    yield "payment with faults"
    page.fill("#sum", "150 000")
    page.fill("#recipient", "Тимур А.")
    go_on(page, "told")
    yield "told"
    page.check("#told-bank_or_police_call")
    go_on(page, "contact")
    yield "contact"
    page.check("#contact-call")
    go_on(page, "check")
    yield "check"


def go_on(page: Page, to: str) -> None:
    page.locator(f"main form button[value={to}]").last.click()
    page.wait_for_load_state()


def go_on_wrongly(page: Page) -> None:
    """Send a step with something missing, past what the browser itself would ask for."""
    page.eval_on_selector("main form", "form => { form.noValidate = true; }")
    go_on(page, "told")


@pytest.mark.parametrize("pages", [NARROW, TWICE], indirect=True, ids=["320 pixels", "200 %"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_runs_over_the_edge(pages: BankPages, language: str) -> None:
    for path in PATHS:
        pages.open(path, language)
        assert pages.overflow() <= 0, path
    for step in steps(pages, language):
        assert pages.overflow() <= 0, step


@pytest.mark.parametrize(
    ("pages", "language"),
    [({"color_scheme": "light"}, "ru"), ({"color_scheme": "dark"}, "kk"), ({"color_scheme": "light", **NARROW}, "en")],
    indirect=["pages"],
)
def test_accessibility_rules_are_kept(pages: BankPages, language: str) -> None:
    for path in PATHS:
        pages.open(path, language)
        assert pages.broken_rules() == [], path
    for step in steps(pages, language):
        assert pages.broken_rules() == [], step


@pytest.mark.parametrize("pages", [{"java_script_enabled": False, **NARROW}], indirect=True)
def test_a_request_reaches_the_bank_without_scripts_and_its_number_shows_what_became_of_it(
    world: World, pages: BankPages
) -> None:
    page = pages.open("/portal", "en")
    page.select_option("#bank", "bank-a")
    go_on(page, "payment")
    page.fill("#sum", "150 000")
    page.fill("#recipient", "Тимур А.")
    go_on(page, "told")
    page.check("#told-bank_or_police_call")
    go_on(page, "contact")
    page.check("#contact-call")
    go_on(page, "check")
    assert "KZT 150,000.00" in pages.text()
    page.locator("button[value=send]").click()
    number = RequestNumber(page.inner_text(".number-big").replace("-", ""))
    assert "No news yet" in pages.text()
    world.network.settle()
    assert number in {one.number for one in world.network.rows("bank-a", CITIZEN_REQUESTS)}
    command = AnswerRequest(number=number, state=CitizenState.not_reached, officer_id=OFFICER)
    world.network.at("bank-a", lambda tx, setting: answer_citizen_request(tx, command, EXCHANGE_ID, setting))
    world.network.settle()
    page = pages.open("/portal/number", "en")
    page.fill("#number", f"{number[:5]} {number[5:]}".lower())
    page.locator("main form button").click()
    assert "The bank could not reach you" in pages.text()


def test_the_keyboard_alone_goes_through_a_step(pages: BankPages) -> None:
    page = pages.open("/portal", "en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("#bank").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#recipient")
    page.fill("#sum", "150 000")
    page.fill("#recipient", "Тимур А.")
    page.locator("#recipient").press("Enter")
    page.wait_for_selector("#words")
    assert "Step 3 of 5" in pages.text()


def test_one_can_go_back_and_nothing_is_asked_again(pages: BankPages) -> None:
    for step in steps(pages, "en"):
        if step == "check":
            pages.page.locator("button.link[value=payment]").click()
            pages.page.wait_for_selector("#recipient")
    assert pages.page.input_value("#recipient") == "Тимур А."
    go_on(pages.page, "told")
    assert pages.page.is_checked("#told-bank_or_police_call")


@pytest.mark.parametrize("pages", [NARROW], indirect=True)
def test_help_stands_in_the_same_place_and_is_large_enough_to_touch(pages: BankPages) -> None:
    places = set()
    for path in (*PATHS[:3], *PATHS[4:]):
        box = pages.open(path, "ru").locator(".help-line").bounding_box()
        assert box is not None
        places.add((round(box["x"]), round(box["y"])))
        link = pages.page.locator(".help-line a").bounding_box()
        assert link is not None
        assert link["height"] >= TARGET_PIXELS_MIN
    assert len(places) == 1
