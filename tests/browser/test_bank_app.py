"""The bank's app on a telephone: from being deceived to an officer in a few taps, and one's own money at any time."""

from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, expect

from tarazy.agent.records import SERVED_NOTICES
from tarazy.agent.requests import CUSTOMER_REQUESTS
from tests.browser.bank_pages import LANGUAGES, BankPages
from tests.unit.edge.desk.bank_story import PHONE, TENGE, BankStory
from tests.unit.edge.desk.test_paper_notices import asked, of_hearing, of_pause, paused

pytestmark = pytest.mark.browser
TELEPHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture(scope="module")
def story() -> BankStory:
    story = BankStory().opened().fraud().reported()
    aigul = story.browser("bank-a").sign_in("aigul")
    aigul.post("/app/deceived/t1", told=["goods_never_came"], contact="call", step="send")
    return story


@pytest.fixture(scope="module")
def bases(story: BankStory, serve: Callable[[Litestar], str]) -> dict[str, str]:
    return {bank: serve(story.app(bank)) for bank in ("bank-a", "bank-c")}


@pytest.fixture
def phone(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[[str, str], BankPages]]:
    """Return what opens the app of a person of a bank; options of the browser by parameter."""
    context = chromium.new_context(**getattr(request, "param", TELEPHONE))
    opened: list[BankPages] = []

    def sign_in(base: str, account: str) -> BankPages:
        opened.append(BankPages(context, base, account=account))
        return opened[-1]

    yield sign_in
    context.close()
    assert [fault for pages in opened for fault in pages.faults if "422" not in fault] == []


def paths_of(story: BankStory, bank: str, account: str) -> list[str]:
    """Return every page of a person's app."""
    notices = [one.notice_id for one in story.network.rows(bank, SERVED_NOTICES) if one.account_id == account]
    requests = [one.request_id for one in story.network.rows("bank-a", CUSTOMER_REQUESTS) if one.account_id == account]
    return [
        "/app/sign-in",
        "/app/home",
        "/app/pay",
        "/app/notices",
        *(f"/app/notices/{notice}" for notice in notices),
        "/app/deceived",
        *(f"/app/requests/{request}" for request in requests),
        *(["/app/deceived/t1"] if account == "aigul" else []),
    ]


PEOPLE = (("bank-a", "aigul"), ("bank-c", "daniyar"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("bank", "account"), PEOPLE)
def test_nothing_runs_over_the_edge_of_a_telephone(
    phone: Callable[[str, str], BankPages],
    story: BankStory,
    bases: dict[str, str],
    bank: str,
    account: str,
    language: str,
) -> None:
    app = phone(bases[bank], account)
    for path in paths_of(story, bank, account):
        app.open(path, language)
        assert app.overflow() <= 0, path


@pytest.mark.parametrize(
    "phone", [{"viewport": {"width": 320, "height": 500}, "device_scale_factor": 2}], indirect=True
)
def test_a_small_telephone_at_twice_its_size_still_fits(
    phone: Callable[[str, str], BankPages], story: BankStory, bases: dict[str, str]
) -> None:
    app = phone(bases["bank-c"], "daniyar")
    for path in paths_of(story, "bank-c", "daniyar"):
        app.open(path, "kk")
        assert app.overflow() <= 0, path


@pytest.mark.parametrize(
    ("phone", "language"),
    [(TELEPHONE, "kk"), ({**TELEPHONE, "color_scheme": "dark"}, "ru"), ({"color_scheme": "light"}, "en")],
    indirect=["phone"],
)
@pytest.mark.parametrize(("bank", "account"), PEOPLE)
def test_accessibility_rules_are_kept(
    phone: Callable[[str, str], BankPages],
    story: BankStory,
    bases: dict[str, str],
    bank: str,
    account: str,
    language: str,
) -> None:
    app = phone(bases[bank], account)
    for path in paths_of(story, bank, account):
        app.open(path, language)
        assert app.broken_rules() == [], path


def test_from_being_deceived_to_the_officer_in_six_taps(
    phone: Callable[[str, str], BankPages], serve: Callable[[Litestar], str]
) -> None:
    story = BankStory().opened().fraud()
    app = phone(serve(story.app("bank-a")), "aigul")
    page = app.open("/app/home")
    page.get_by_role("main").get_by_role("link", name="I was deceived").tap()
    page.get_by_role("link", name="Balkash Bank").tap()
    page.get_by_label("Somebody called as if from the bank or the police").tap()
    page.get_by_label("Call the number that the bank has").tap()
    page.get_by_role("button", name="Check").tap()
    page.get_by_role("button", name="Send to the bank").tap()
    page.wait_for_url("**/app/requests/**")
    (request,) = story.network.rows("bank-a", CUSTOMER_REQUESTS)
    assert f"Request {request.number}" in app.text()
    call = page.get_by_role("link", name=f"Call your bank: {PHONE}")
    expect(call).to_have_attribute("href", "tel:+77000000000")


def test_groceries_are_paid_beside_a_hold_and_held_money_is_not(
    phone: Callable[[str, str], BankPages], serve: Callable[[Litestar], str]
) -> None:
    story = BankStory().opened().fraud().reported()
    app = phone(serve(story.app("bank-c")), "daniyar")
    page = app.open("/app/pay")
    page.locator("#card_sum").fill("8500")
    page.get_by_role("button", name="Next").first.tap()
    page.get_by_role("button", name="Pay KZT").tap()
    page.wait_for_url("**done=card")
    assert story.network.balance("daniyar") == 653_500 * TENGE
    page.locator("#card_sum").fill("600000")
    page.get_by_role("button", name="Next").first.tap()
    page.get_by_role("button", name="Pay KZT").tap()
    expect(page.get_by_role("alert")).to_contain_text("Not paid")
    assert "is held until 23 Nov 2026 10:06 (UTC+5) at the latest. Everything else works." in app.text()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("phone", [TELEPHONE, {"viewport": {"width": 320, "height": 500}}], indirect=True)
def test_a_pause_and_a_hearing_fit_the_telephone_and_their_letter_is_one_tap_away(
    phone: Callable[[str, str], BankPages], serve: Callable[[Litestar], str], language: str
) -> None:
    waits, is_asked = paused(language, under_16=True), asked(language)
    for story, bank, account, path, notice in (
        (waits, "bank-a", "aigul", f"/app/pauses/{of_pause(waits).pause_id}", of_pause(waits)),
        (is_asked, "bank-c", "olga", f"/app/hearings/{of_hearing(is_asked).hearing_id}", of_hearing(is_asked)),
    ):
        app = phone(serve(story.app(bank)), account)
        page = app.open(path, language)
        assert app.overflow() <= 0, path
        assert app.broken_rules() == [], path
        link = page.locator(f'a[href$="{notice.notice_id}.pdf"]')
        link.scroll_into_view_if_needed()
        with page.expect_download() as awaited:
            link.click()
        assert awaited.value.path().read_bytes().startswith(b"%PDF-1.7")
