"""Claims in a real browser, on a telephone and at a desk: nothing runs over the edge, axe, keyboard."""

from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, expect

from tarazy.agent.claim_records import LOCAL_ERRORS
from tarazy.agent.claims import LodgeClaim, lodge_claim
from tarazy.app.appeal_records import RECORDED_ERRORS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealOutcome, AppealRoad, Appellant
from tarazy.edge.console import console_routes
from tarazy.edge.pages import static_routes
from tarazy.edge.portal import portal_routes
from tarazy.edge.public import public_routes
from tests.browser.bank_pages import LANGUAGES, BankPages
from tests.browser.test_appeals import SIZES, TELEPHONE, Open
from tests.story_people import COLLEAGUE
from tests.unit.edge.console.appeal_world import appealed_world
from tests.unit.edge.console.test_error_pages import a_claim
from tests.unit.edge.console.world import World
from tests.unit.edge.desk.bank_story import BankStory
from tests.unit.edge.desk.test_appeals import decide, place

pytestmark = pytest.mark.browser


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


@pytest.fixture(scope="module")
def story() -> BankStory:
    """Olga has won her appeal and has a letter; somebody else has claimed for the same error already."""
    story = BankStory().opened().fraud().reported()
    olga = story.browser("bank-c").sign_in("olga")
    olga.get(place(story))
    olga.post(place(story), grounds=["good_faith"], words="Mine.")
    story.network.settle()
    decide(story, AppealOutcome.measure_overturned)
    story.serve_notices()
    command = LodgeClaim(
        error_id=story.network.rows("bank-c", LOCAL_ERRORS)[0].error_id,
        claimant=Appellant.other_affected,
        road=AppealRoad.phone,
        is_identified=True,
        heads=("income_lost",),
        words="I was to be paid from it.",
        amount_minor=40_000_00,
        currency="KZT",
    )
    story.network.at("bank-c", lambda tx, now: lodge_claim(tx, command, EXCHANGE_ID, now))
    story.network.settle()
    return story


@pytest.fixture(scope="module")
def world() -> World:
    world = appealed_world()
    a_claim(world)
    return world


@pytest.fixture(scope="module")
def bank(story: BankStory, serve: Callable[[Litestar], str]) -> str:
    return serve(story.app("bank-c"))


@pytest.fixture(scope="module")
def exchange(world: World, serve: Callable[[Litestar], str]) -> str:
    context = world.context
    routes = [*static_routes(), *console_routes(context), *public_routes(context), *portal_routes(context)]
    return serve(Litestar(routes))


def walked(browser_pages: Open, story: BankStory, world: World, bank: str, exchange: str) -> Iterator[BankPages]:
    """Open every page in every language."""
    error, hold = story.network.rows("bank-c", LOCAL_ERRORS)[0].error_id, story.hold_of("bank-c", "olga").hold_id
    noted = world.network.rows(EXCHANGE_ID, RECORDED_ERRORS)[0].error_id
    for base, cookies, paths in (
        (bank, {"account": "olga"}, ["/app/home", f"/app/claims/{error}"]),
        (bank, {"officer": COLLEAGUE}, [f"/desk/holds/{hold}", f"/desk/claims/new/{error}"]),
        (exchange, {"console_role": "judge"}, ["/console/errors", f"/console/errors/{noted}", "/console/duties"]),
        (exchange, {}, ["/portal/claim", "/portal/code", "/errors"]),
    ):
        pages = browser_pages(base, **cookies)
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


def test_a_claim_is_sent_by_keyboard_alone(browser_pages: Open, story: BankStory, bank: str) -> None:
    error = story.network.rows("bank-c", LOCAL_ERRORS)[0].error_id
    page = browser_pages(bank, account="olga").open(f"/app/claims/{error}")
    page.get_by_label("The sum that you claim").focus()
    page.keyboard.type("12 000")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_label("In your own words").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The claim was sent.")
    expect(page.get_by_role("main")).to_contain_text("Your claim: KZT 12,000.00")
    expect(page.get_by_role("main")).to_contain_text("the money could not be used")
