"""The desk's pages of standing mandates in a real browser: on a telephone and a desk, in three languages, by hand."""

from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, expect

from tarazy.agent.records import MANDATES
from tarazy.app.records import MANDATES as KNOWN_MANDATES
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tests.browser.bank_pages import LANGUAGES, BankPages
from tests.story_people import COLLEAGUE, OFFICER
from tests.unit.edge.desk.bank_story import TENGE, BankStory

pytestmark = pytest.mark.browser
WIDTHS = (390, 1280)
REASONS = "Our customers lose up to this sum at a time; the board has decided so on 20 November."


@pytest.fixture
def story() -> BankStory:
    story = BankStory().opened()
    story.network.wait(minutes=10)
    return story


@pytest.fixture
def desk(
    chromium: Browser, serve: Callable[[Litestar], str], story: BankStory, request: pytest.FixtureRequest
) -> Iterator[BankPages]:
    """The browser of an officer who signs mandates, at bank B, as wide as the test says."""
    context = chromium.new_context(viewport={"width": getattr(request, "param", WIDTHS[1]), "height": 844})
    pages = BankPages(context, serve(story.app("bank-b")), officer=COLLEAGUE)
    yield pages
    context.close()
    assert pages.faults == []


def signed(desk: BankPages) -> str:
    """Sign a mandate by hand, from the list on; return the address of its page."""
    page = desk.open("/desk/mandates")
    page.get_by_role("link", name="Sign a standing mandate").click()
    page.get_by_label("Ceiling of one hold").fill("150 000")
    page.get_by_label("Hours of one hold").fill("12")
    page.get_by_label("In force until").fill("2027-05-22T10:00")
    page.get_by_label("Why the bank needs this mandate").fill(REASONS)
    page.get_by_role("button", name="Sign the mandate").click()
    expect(page.get_by_role("status")).to_contain_text("The mandate is signed.")
    return page.url.removeprefix(desk.base).partition("?")[0]


@pytest.mark.parametrize("desk", WIDTHS, indirect=True)
def test_an_officer_signs_a_mandate_and_ends_it_by_hand(desk: BankPages, story: BankStory) -> None:
    path = signed(desk)
    story.network.settle()
    mine = Condition("participant_id", "=", "bank-b")
    kept = {one.mandate_id: one for one in story.network.rows(EXCHANGE_ID, KNOWN_MANDATES, mine)}
    mandate = kept[path.rpartition("/")[2]]
    assert (mandate.officer_id, mandate.ceiling_minor, mandate.hours) == (COLLEAGUE, 150_000 * TENGE, 12)
    page = desk.open(path)
    page.get_by_label("Why it ends").fill(f"Withdrawn. {REASONS}")
    page.get_by_role("button", name="Sign and end").click()
    expect(page.get_by_role("status")).to_contain_text("The end of the mandate is signed.")


@pytest.mark.parametrize("desk", WIDTHS, indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_fit_and_can_be_read_by_everybody(desk: BankPages, story: BankStory, language: str) -> None:
    path = signed(desk)
    story.network.settle()
    for opened in ("/desk/mandates", "/desk/mandates/new", path):
        desk.open(opened, language)
        assert desk.overflow() <= 0, opened
        assert desk.broken_rules() == [], opened


def test_what_was_typed_stays_when_it_cannot_be_signed(desk: BankPages, story: BankStory) -> None:
    page = desk.open("/desk/mandates/new")
    page.get_by_label("Ceiling of one hold").fill("150 000")
    page.get_by_label("Hours of one hold").fill("100")
    page.get_by_label("In force until").fill("2027-05-22T10:00")
    page.get_by_label("Why the bank needs this mandate").fill(REASONS)
    page.get_by_role("button", name="Sign the mandate").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Why the bank needs this mandate")).to_have_value(REASONS)
    expect(page.get_by_label("In force until")).to_have_value("2027-05-22T10:00")
    desk.faults = [fault for fault in desk.faults if "422" not in fault]
    assert story.network.rows("bank-b", MANDATES) == []


def test_who_does_not_sign_mandates_is_told_who_does(desk: BankPages) -> None:
    desk.page.context.add_cookies([{"name": "officer", "value": OFFICER, "url": desk.base}])
    page = desk.open("/desk/mandates/new")
    expect(page.get_by_role("button", name="Sign the mandate")).to_have_count(0)
    assert "Mandates of this bank are signed by: Анна Ли." in desk.text()
