"""Appeals in a real browser, on a telephone and at a desk: nothing runs over the edge, axe, keyboard, no scripts."""

from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, Page, expect

from tarazy.agent.appeals import LOCAL_APPEALS
from tarazy.agent.records import SERVED_NOTICES
from tarazy.app.store import Condition
from tarazy.domain.appeal import Appellant
from tarazy.domain.error import ErrorCause, ErrorKind
from tarazy.edge.console import console_routes
from tarazy.edge.pages import static_routes
from tarazy.edge.portal import portal_routes
from tarazy.edge.public import public_routes
from tests.browser.bank_pages import LANGUAGES, BankPages
from tests.story_people import COLLEAGUE
from tests.unit.edge.console.appeal_world import an_error, appealed_world, the_appeal, with_errors
from tests.unit.edge.console.world import World
from tests.unit.edge.desk.bank_story import OWN_REASONS, BankStory

pytestmark = pytest.mark.browser
TELEPHONE = {"viewport": {"width": 390, "height": 844}}
DESK = {"viewport": {"width": 1280, "height": 900}}
SIZES = pytest.mark.parametrize("browser_pages", [TELEPHONE, DESK], indirect=True, ids=["390", "1280"])
Open = Callable[..., BankPages]


@pytest.fixture(scope="module")
def story() -> BankStory:
    """Daniyar has appealed, and Olga has not yet."""
    story = BankStory().opened().fraud().reported()
    daniyar = story.browser("bank-c").sign_in("daniyar")
    path = f"/app/appeals/{story.hold_of('bank-c', 'daniyar').hold_id}"
    daniyar.get(path)
    daniyar.post(path, grounds=["protected_money", "hardship"], words="Бұл менің жалақым. Балаларым бар.")
    story.network.settle()
    return story


@pytest.fixture(scope="module")
def world() -> World:
    world = appealed_world()
    now = world.network.now
    several = (an_error(number, now, kind=ErrorKind.breach_of_rule) for number in range(6))
    few = (an_error(50 + number, now, cause=ErrorCause.overturned_on_appeal) for number in range(2))
    with_errors(world, *several, *few)
    return world


@pytest.fixture(scope="module")
def bank(story: BankStory, serve: Callable[[Litestar], str]) -> str:
    return serve(story.app("bank-c"))


@pytest.fixture
def exchange(world: World, serve: Callable[[Litestar], str]) -> str:
    """Serve the pages anew for each test: what was tried in one must not count in another."""
    context = world.context
    routes = [*static_routes(), *console_routes(context), *public_routes(context), *portal_routes(context)]
    return serve(Litestar(routes))


@pytest.fixture
def browser_pages(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Open]:
    context = chromium.new_context(**getattr(request, "param", TELEPHONE))
    opened: list[BankPages] = []

    def begin(base: str, **cookies: str) -> BankPages:
        opened.append(BankPages(context, base, **cookies))
        return opened[-1]

    yield begin
    context.close()
    assert [fault for pages in opened for fault in pages.faults if "422" not in fault] == []


def bank_paths(story: BankStory) -> dict[str, list[str]]:
    """Return the pages of each person of the bank."""
    olga, daniyar = (story.hold_of("bank-c", name).hold_id for name in ("olga", "daniyar"))
    appeal = story.network.rows("bank-c", LOCAL_APPEALS)[0].appeal_id
    told = story.network.rows("bank-c", SERVED_NOTICES, Condition("account_id", "=", "olga"))[0].notice_id
    return {
        "olga": [f"/app/appeals/{olga}", f"/app/notices/{told}", "/appeal"],
        "daniyar": [f"/app/appeals/{daniyar}"],
        COLLEAGUE: ["/desk/inbox", "/desk/appeals", f"/desk/appeals/{appeal}", f"/desk/appeals/new/{olga}", "/"],
    }


def exchange_paths(world: World) -> dict[str, list[str]]:
    one = the_appeal(world)
    place = f"/console/cases/{one.case_id}/appeals/{one.appeal_id}"
    return {
        "prosecutor": ["/console/appeals", place, "/console/errors", "/console/errors/er_50"],
        "supervisor": ["/console/appeals", place, "/console/errors/er_1", "/errors", "/portal/code"],
    }


def walked(browser_pages: Open, story: BankStory, world: World, bank: str, exchange: str) -> Iterator[BankPages]:
    """Open every page in every language."""
    for who, paths in bank_paths(story).items():
        pages = browser_pages(bank, **({"officer": who} if who == COLLEAGUE else {"account": who}))
        for path in paths:
            for language in LANGUAGES:
                pages.open(path, language)
                yield pages
    for role, paths in exchange_paths(world).items():
        pages = browser_pages(exchange, console_role=role)
        for path in paths:
            for language in LANGUAGES:
                pages.open(path, language)
                yield pages


@SIZES
def test_nothing_runs_over_the_edge_and_axe_finds_nothing(
    browser_pages: Open, story: BankStory, world: World, bank: str, exchange: str
) -> None:
    for pages in walked(browser_pages, story, world, bank, exchange):
        assert pages.overflow() <= 0, pages.page.url
        assert pages.broken_rules() == [], pages.page.url


@SIZES
def test_whether_an_appeal_is_heard_is_said_on_every_size(
    browser_pages: Open, serve: Callable[[Litestar], str]
) -> None:
    world = appealed_world(Appellant.other_affected)
    one = the_appeal(world)
    base = serve(Litestar([*static_routes(), *console_routes(world.context), *public_routes(world.context)]))
    pages = browser_pages(base, console_role="prosecutor")
    for language in LANGUAGES:
        for path in ("/console/appeals", f"/console/cases/{one.case_id}/appeals/{one.appeal_id}"):
            pages.open(path, language)
            assert pages.overflow() <= 0, pages.page.url
            assert pages.broken_rules() == [], pages.page.url
    page = pages.open(f"/console/cases/{one.case_id}/appeals/{one.appeal_id}", "en")
    page.check("#why-not_affected")
    page.fill("#why-reasons", OWN_REASONS)
    page.get_by_role("button", name="It is not heard: sign").click()
    expect(page.get_by_role("status")).to_contain_text("Turned down and signed.")
    assert pages.overflow() <= 0


@SIZES
def test_the_steps_by_code_are_whole_on_every_size(
    browser_pages: Open, story: BankStory, bank: str, exchange: str
) -> None:
    code = story.network.rows("bank-c", SERVED_NOTICES, Condition("account_id", "=", "olga"))[0].code
    for base, path in ((bank, "/appeal"), (exchange, "/portal/code")):
        pages = browser_pages(base)
        for _ in steps(pages, path, code):
            assert pages.overflow() <= 0, pages.page.url
            assert pages.broken_rules() == [], pages.page.url


def steps(pages: BankPages, path: str, code: str) -> Iterator[Page]:
    """Walk from the code to the end: a wrong text first, as people do."""
    page = pages.open(path, "kk")
    if path == "/portal/code":
        page.select_option("#bank", "bank-b")
    page.fill("#code", "7K3MA")
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    yield page
    page.fill("#code", code)
    page.locator("main form button").first.click()
    expect(page.locator("#words")).to_be_visible()
    yield page
    page.check("#ground-money_is_mine")
    page.locator("main form button").first.click()
    expect(page.get_by_role("status")).to_be_visible()
    yield page


@pytest.mark.parametrize("browser_pages", [{**TELEPHONE, "java_script_enabled": False}], indirect=True)
def test_an_appeal_is_sent_by_thumb_without_scripts(browser_pages: Open, story: BankStory, bank: str) -> None:
    app = browser_pages(bank, account="olga")
    page = app.open(f"/app/appeals/{story.hold_of('bank-c', 'olga').hold_id}")
    page.get_by_label("I got it honestly and knew nothing of a fraud.").check()
    page.get_by_label("In your own words").fill("For lessons.")
    page.get_by_role("button", name="Send the appeal").click()
    # The other tests of this story have shown the code of the same notice: then this completes that.
    assert any(said in app.text() for said in ("Sent.", "Completed. It stays one appeal"))
    assert page.get_by_role("button", name="Send the appeal").count() == 0


@pytest.mark.parametrize("browser_pages", [DESK], indirect=True)
def test_the_reviewer_decides_with_the_keyboard_alone(browser_pages: Open, story: BankStory, bank: str) -> None:
    desk = browser_pages(bank, officer=COLLEAGUE)
    appeal = next(one for one in story.network.rows("bank-c", LOCAL_APPEALS) if one.account_id == "daniyar")
    page = desk.open(f"/desk/appeals/{appeal.appeal_id}")
    assert page.locator("input[name=outcome]:checked").count() == 0
    page.locator("#outcome-measure_stands").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator("#outcome-measure_overturned").is_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(OWN_REASONS)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=yes")
    expect(page.get_by_role("status")).to_contain_text("Decided and signed.")
