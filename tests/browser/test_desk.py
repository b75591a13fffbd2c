"""The desk as analysts use it: by keyboard first, on a telephone, without scripts, in three languages, in the dark."""

from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, expect

from tarazy.agent.records import LOCAL_REPORTS
from tests.browser.bank_pages import LANGUAGES, ZOOMED_FOUR_TIMES, ZOOMED_TWICE, BankPages
from tests.story_people import OFFICER
from tests.unit.edge.desk.bank_story import OWN_REASONS, BankStory

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def story() -> BankStory:
    """A story that its tests only read."""
    return BankStory().opened().fraud().reported()


@pytest.fixture(scope="module")
def bases(story: BankStory, serve: Callable[[Litestar], str]) -> dict[str, str]:
    return {bank: serve(story.app(bank)) for bank in ("bank-a", "bank-c")}


@pytest.fixture
def desk(chromium: Browser, bases: dict[str, str], request: pytest.FixtureRequest) -> Iterator[BankPages]:
    """An officer's browser at bank C; options of its context by parameter."""
    context = chromium.new_context(**getattr(request, "param", {}))
    pages = BankPages(context, bases["bank-c"], officer=OFFICER)
    yield pages
    context.close()
    assert pages.faults == []


@pytest.fixture
def own(chromium: Browser, serve: Callable[[Litestar], str]) -> Iterator[tuple[BankStory, BankPages]]:
    """A story of its own for a test that acts, and the officer's browser."""
    story = BankStory().opened().fraud().reported()
    context = chromium.new_context()
    pages = BankPages(context, serve(story.app("bank-c")), officer=OFFICER)
    yield story, pages
    context.close()
    assert pages.faults == []


def paths(story: BankStory) -> list[str]:
    """Return every page of the desk at bank C."""
    return [
        "/",
        "/desk/sign-in",
        "/desk/inbox",
        *(f"/desk/holds/{story.hold_of('bank-c', account).hold_id}" for account in ("daniyar", "taxi", "olga")),
        "/desk/payments",
        "/desk/refused",
        "/desk/reports",
    ]


def report_paths(story: BankStory) -> list[str]:
    """Return the pages of a report at bank A."""
    (report,) = story.network.rows("bank-a", LOCAL_REPORTS)
    return [
        f"/desk/reports/{report.report_id}",
        "/desk/reports",
        "/desk/payments/wage/report",
    ]


@pytest.mark.parametrize("desk", [{"viewport": {"width": 390, "height": 844}}], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_runs_over_the_edge_of_a_telephone(
    desk: BankPages, story: BankStory, bases: dict[str, str], language: str
) -> None:
    for base, opened in ((bases["bank-c"], paths(story)), (bases["bank-a"], report_paths(story))):
        desk.base = base
        for path in opened:
            desk.open(path, language)
            assert desk.overflow() <= 0, path


@pytest.mark.parametrize("desk", [ZOOMED_TWICE, ZOOMED_FOUR_TIMES], indirect=True, ids=["200 %", "400 %"])
def test_a_page_at_twice_its_size_still_fits(desk: BankPages, story: BankStory) -> None:
    for path in paths(story):
        desk.open(path, "ru")
        assert desk.overflow() <= 0, path


@pytest.mark.parametrize(
    ("desk", "language"),
    [({"color_scheme": "light"}, "ru"), ({"color_scheme": "dark"}, "kk"), ({"color_scheme": "light"}, "en")],
    indirect=["desk"],
)
def test_accessibility_rules_are_kept(desk: BankPages, story: BankStory, bases: dict[str, str], language: str) -> None:
    for base, opened in ((bases["bank-c"], paths(story)), (bases["bank-a"], report_paths(story))):
        desk.base = base
        for path in opened:
            desk.open(path, language)
            assert desk.broken_rules() == [], path


def test_a_hold_is_confirmed_with_two_keys_and_the_reasons(own: tuple[BankStory, BankPages]) -> None:
    story, desk = own
    page = desk.open("/desk/inbox")
    page.keyboard.press("c")
    page.wait_for_url("**/desk/holds/**")
    expect(page.locator("#confirm-reasons")).to_be_focused()
    page.keyboard.type(OWN_REASONS)
    expect(page.locator("#confirm-reasons-count")).to_have_text(f"Characters: {len(OWN_REASONS)}.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/inbox?done=confirm**")
    assert "Confirmed: Olga Weber" in desk.text()
    assert story.hold_of("bank-c", "olga").confirmed_by == OFFICER


def test_keys_move_through_the_inbox_and_open_the_other_acts(desk: BankPages) -> None:
    page = desk.open("/desk/inbox")
    for key, name in (
        ("j", "Olga Weber"),
        ("j", "Ертіс Такси ЖШС"),
        ("j", "Данияр Төлегенов"),
        ("k", "Ертіс Такси ЖШС"),
    ):
        page.keyboard.press(key)
        expect(page.get_by_role("link", name=name)).to_be_focused()
    page.keyboard.press("n")
    page.wait_for_url("**#keep")
    expect(page.locator("#keep")).to_be_focused()


def test_the_filter_hides_rows_as_one_types(desk: BankPages) -> None:
    page = desk.open("/desk/inbox")
    page.keyboard.press("/")
    page.keyboard.type("такси")
    expect(page.locator("[data-row]:visible")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.wait_for_url("**#release-reasons")
    expect(page.get_by_role("heading", level=1)).to_contain_text("120,000")


def test_single_keys_can_be_turned_off(desk: BankPages) -> None:
    page = desk.open("/desk/inbox")
    page.get_by_text("Keys", exact=True).click()
    page.get_by_label("Single-letter keys are on").uncheck()
    page = desk.open("/desk/inbox")
    page.keyboard.press("j")
    page.keyboard.press("c")
    assert page.url.endswith("/desk/inbox?lang=en")


def test_a_refusal_is_read_out_first_and_what_was_typed_is_kept(own: tuple[BankStory, BankPages]) -> None:
    story, desk = own
    page = desk.open(f"/desk/holds/{story.hold_of('bank-c', 'olga').hold_id}")
    page.locator("#keep").fill("200000")
    page.locator("#narrow-reasons").fill(OWN_REASONS)
    page.get_by_role("button", name="Sign and narrow").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#narrow-reasons")).to_have_value(OWN_REASONS)
    desk.faults = [fault for fault in desk.faults if "422" not in fault]


@pytest.mark.parametrize("desk", [{"java_script_enabled": False}], indirect=True)
def test_the_desk_works_without_scripts(desk: BankPages) -> None:
    page = desk.open("/desk/inbox")
    page.get_by_role("searchbox").or_(page.locator("#find")).fill("Weber")
    page.get_by_role("button", name="Find", exact=True).click()
    assert "Weber" not in page.url
    assert page.locator("[data-row]").count() == 1
    page.get_by_role("link", name="Release", exact=True).click()
    page.wait_for_url("**#release-reasons")
    assert page.locator("#release-reasons").count() == 1
    assert "1 hour 54 minutes left" in desk.text() or "2 hours left" in desk.text()


def test_the_inbox_says_when_something_is_new(own: tuple[BankStory, BankPages]) -> None:
    story, desk = own
    page = desk.open("/desk/inbox")
    story.network.confirm("bank-c", story.hold_of("bank-c", "taxi").hold_id)
    expect(page.get_by_role("link", name="There is something new. Show it")).to_be_visible(timeout=15_000)


def test_whatever_one_may_do_with_a_hold_weighs_the_same(desk: BankPages, story: BankStory) -> None:
    """No choice is drawn as the one to take, and no reason is written beforehand."""
    look = "(all) => all.map((one) => { const s = getComputedStyle(one); return [s.backgroundColor, s.fontWeight]; })"
    page = desk.open("/desk/inbox")
    acts = page.locator("[data-act]").evaluate_all(look)
    assert len(acts) >= 3
    assert acts == [acts[0]] * len(acts)
    hold = story.hold_of("bank-c", "olga")
    page = desk.open(f"/desk/holds/{hold.hold_id}")
    buttons = [page.locator(f"form[action$='/{act}'] button") for act in ("confirm", "narrow", "release")]
    drawn = [button.evaluate_all(look) for button in buttons]
    assert len(drawn[0]) == 1
    assert drawn == [drawn[0]] * 3
    assert page.locator("textarea").evaluate_all("(all) => all.map((one) => one.value)") == [""] * 4
