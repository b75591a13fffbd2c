"""The desk's pages of requests to join in a real browser: on a telephone and a desk, in three languages, by hand."""

from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from playwright.sync_api import Browser

from tarazy.app.records import JOIN_REQUESTS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.case import JoinStatus
from tests.browser.bank_pages import LANGUAGES, BankPages
from tests.story_people import OFFICER
from tests.unit.edge.desk.bank_story import TENGE, BankStory

pytestmark = pytest.mark.browser
WIDTHS = (390, 1280)
REASONS = "Both payers were called by the same man and paid to the same account within an hour."


@pytest.fixture
def asked() -> BankStory:
    """A story in which two reports ask to join an incident of bank A: another bank's, and one of its own."""
    story = BankStory().opened().fraud()
    network = story.network
    network.report("t1", incident="in-1")
    network.open("bank-b", second=300_000 * TENGE)
    network.open("bank-a", third=80_000 * TENGE)
    for ref, payer, minor in (("t8", "second", 300_000 * TENGE), ("t9", "third", 80_000 * TENGE)):
        network.pay(ref, payer, "timur", minor)
        network.settle()
        network.file(ref, incident="in-1")
        network.wait(minutes=1)
    return story


@pytest.fixture
def desk(
    chromium: Browser, serve: Callable[[Litestar], str], asked: BankStory, request: pytest.FixtureRequest
) -> Iterator[BankPages]:
    """An officer's browser at bank A, as wide as the test says."""
    context = chromium.new_context(viewport={"width": getattr(request, "param", WIDTHS[1]), "height": 844})
    pages = BankPages(context, serve(asked.app("bank-a")), officer=OFFICER)
    yield pages
    context.close()
    assert pages.faults == []


def requests(story: BankStory) -> list[str]:
    return [row.report_id for row in story.network.rows(EXCHANGE_ID, JOIN_REQUESTS, order=("asked_at",))]


@pytest.mark.parametrize("desk", WIDTHS, indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_fit_and_can_be_read_by_everybody(desk: BankPages, asked: BankStory, language: str) -> None:
    for path in ("/desk/inbox", "/desk/joins", *(f"/desk/joins/{one}" for one in requests(asked))):
        desk.open(path, language)
        assert desk.overflow() <= 0, path
        assert desk.broken_rules() == [], path


@pytest.mark.parametrize("desk", WIDTHS, indirect=True)
def test_an_officer_decides_from_the_inbox_on(desk: BankPages, asked: BankStory) -> None:
    page = desk.open("/desk/inbox")
    page.get_by_role("link", name="2 requests to join wait for your decision.").click()
    page.locator("th a").first.click()
    page.get_by_label("Reasons for this one case").fill(REASONS)
    page.get_by_role("button", name="Sign and accept").click()
    assert "The decision is signed." in desk.text()
    asked.network.settle()
    statuses = [row.status for row in asked.network.rows(EXCHANGE_ID, JOIN_REQUESTS, order=("asked_at",))]
    assert statuses == [JoinStatus.accepted, JoinStatus.waiting]
    desk.open(f"/desk/joins/{requests(asked)[1]}")
    assert "You signed this report yourself." in desk.text()
