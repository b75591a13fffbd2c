"""The portal as somebody on a telephone meets it: step by step, nothing asked twice, a number that tells nothing."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from itertools import pairwise

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.agent.citizen_requests import CITIZEN_REQUESTS as RECEIVED
from tarazy.agent.citizen_requests import AnswerRequest, answer_citizen_request
from tarazy.agent.requests import SafeContact, Told
from tarazy.app.citizen_requests import CITIZEN_REQUESTS as SENT
from tarazy.app.messages import OUTBOX
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.pages import static_routes
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tarazy.edge.pages.security import CONTENT_POLICY
from tarazy.edge.pages.static import static_files
from tarazy.edge.portal import portal_routes
from tarazy.edge.portal.draft import FIELDS, Step
from tarazy.edge.portal.tries import CLIENTS_MAX, Buckets, Limits, client_of
from tarazy.edge.public import public_routes
from tarazy.protocol.citizen_bodies import CitizenState, RequestNumber, WhyNoReport
from tarazy.texts.catalogue import Language
from tarazy.values.instant import Instant
from tests.story_people import OFFICER
from tests.unit.edge.console.world import World, world_of

LANGUAGES = tuple(Language)
BYTES_MAX = 100_000
REASONS = "The customer was called back on the number that the bank has and identified herself."
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
ENTERED: dict[Step, dict[str, str | list[str]]] = {
    Step.bank: {"bank": "bank-a"},
    Step.payment: {"day": "2026-11-20", "sum": "150 000", "currency": "KZT", "recipient": "Тимур А."},
    Step.told: {"told": ["bank_or_police_call", "pressed_to_pay"], "words": "Олар <b>банктен</b> деді"},
    Step.contact: {"contact": "call_other_number", "phone": "+7 700 111 22 33", "name": "Айгүл"},
    Step.check: {},
}


@pytest.fixture
def world() -> World:
    return world_of()


@pytest.fixture
def browser(world: World) -> Iterator[TestClient[Litestar]]:
    app = Litestar([*static_routes(), *public_routes(world.context), *portal_routes(world.context)])
    with TestClient(app, base_url="http://testserver.local") as client:
        client.headers["accept-language"] = "en"
        yield client


def words(text: str) -> str:
    bare = re.sub(r"<[^>]*>", " ", text.replace("\u00a0", " "))
    return re.sub(r"\s+", " ", unescape(bare))


def hidden(page: str) -> dict[str, list[str]]:
    """Return what a page carries on."""
    fields: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(page):
        fields.setdefault(name, []).append(unescape(value))
    return fields


def post(browser: TestClient[Litestar], page: str, entered: dict[str, str | list[str]], to: str) -> tuple[int, str]:
    answer = browser.post("/portal/report", data={**hidden(page), **entered, "to": to}, follow_redirects=False)
    return answer.status_code, answer.headers.get("location", answer.text)


def walk(browser: TestClient[Litestar], up_to: Step = Step.check) -> str:
    """Fill in step after step, each from the page before, and return the page of a step."""
    page, steps = browser.get("/portal").text, list(Step)
    for step, following in pairwise(steps):
        if step is up_to:
            break
        status, page = post(browser, page, ENTERED[step], following)
        assert status == 200, words(page)
    return page


def send(browser: TestClient[Litestar]) -> RequestNumber:
    status, where = post(browser, walk(browser), {}, "send")
    assert status == 303
    return RequestNumber(re.fullmatch(r"/portal/number/(\w{10})\?sent=yes", where)[1])  # type: ignore[index] # the test fails there


def answered(world: World, number: RequestNumber, state: CitizenState, why: WhyNoReport | None = None) -> None:
    world.network.settle()
    command = AnswerRequest(number=number, state=state, officer_id=OFFICER, why=why, reasons=REASONS if why else "")
    assert (
        world.network.at("bank-a", lambda tx, setting: answer_citizen_request(tx, command, EXCHANGE_ID, setting))
        is None
    )
    world.network.settle()


def state_page(browser: TestClient[Litestar], number: str, language: str = "en") -> str:
    answer = browser.get(f"/portal/number/{number}?lang={language}")
    assert answer.status_code == 200
    return answer.text


def test_what_was_entered_reaches_the_bank_and_no_address(world: World, browser: TestClient[Litestar]) -> None:
    number = send(browser)
    world.network.settle()
    [received] = world.network.rows("bank-a", RECEIVED)
    told = received.words
    assert (received.number, told.amount_minor, told.currency, str(told.paid_on)) == (
        number,
        150_000_00,
        "KZT",
        "2026-11-20",
    )
    assert (told.recipient, told.name, told.phone) == ("Тимур А.", "Айгүл", "+7 700 111 22 33")
    assert told.told == (Told.bank_or_police_call, Told.pressed_to_pay)
    assert told.contact == SafeContact.call_other_number
    assert told.words == "Олар <b>банктен</b> деді"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_is_said_in_every_language_and_small(browser: TestClient[Litestar], language: Language) -> None:
    weight = sum(
        len(static_files()[name].content)
        for name in ("tarazy.css", "citizen.css", "tarazy.js", "vendor/htmx/htmx.min.js")
    )
    browser.get(f"/portal?lang={language}")
    pages = [walk(browser, step) for step in Step]
    pages += [browser.get(path).text for path in ("/portal/number", "/portal/help", "/portal/number/0123456789")]
    for page in pages:
        assert f'<html lang="{language}"' in page
        assert len(page.encode()) + weight <= BYTES_MAX
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=\"", page)
        assert not re.search(r"\b(?:portal|public|app|pages)\.[a-z_]+\.", words(page))


def test_nothing_is_asked_twice(browser: TestClient[Litestar]) -> None:
    """A page asks for its own fields and carries on those that were asked before, whichever way one goes."""
    for step in Step:
        page = walk(browser, step)
        carried = set(hidden(page)) - {"form_token", "nonce"}
        assert carried.isdisjoint(FIELDS[step])
        before = [name for one in Step if list(Step).index(one) < list(Step).index(step) for name in FIELDS[one]]
        assert set(before) <= carried, step
    status, back = post(browser, walk(browser), {}, "payment")
    assert status == 200
    assert 'value="Тимур А."' in back
    assert {"contact", "phone", "told", "bank"} <= set(hidden(back))


@pytest.mark.parametrize(
    ("step", "entered", "said"),
    [
        (Step.bank, {"bank": ""}, "Choose the bank."),
        (Step.bank, {"bank": "bank-of-nobody"}, "Choose the bank."),
        (Step.payment, {"day": "tomorrow"}, "Give the day."),
        (Step.payment, {"day": "2999-01-01"}, "This day is still to come."),
        (Step.payment, {"sum": "much"}, "Write the sum in digits"),
        (Step.payment, {"recipient": " "}, "Write whom you paid."),
        (Step.told, {"told": [], "words": ""}, "Tick a line or write what happened."),
        (Step.contact, {"contact": ""}, "Choose how you can be reached."),
        (Step.contact, {"contact": "app_only"}, "Choose how you can be reached."),
        (Step.contact, {"phone": "12"}, "Write the whole number"),
    ],
)
def test_what_is_missing_is_said_where_it_is_missing(
    world: World, browser: TestClient[Litestar], step: Step, entered: dict[str, str | list[str]], said: str
) -> None:
    page = walk(browser, step)
    for to in ("check", "send"):
        status, answer = post(browser, page, {**ENTERED[step], **entered}, to)
        assert status == 422
        assert said in words(answer)
        assert 'role="alert"' in answer
    assert world.network.rows(EXCHANGE_ID, SENT) == []


def test_a_form_sent_twice_is_one_request(world: World, browser: TestClient[Litestar]) -> None:
    page = walk(browser)
    assert post(browser, page, {}, "send") == post(browser, page, {}, "send")
    assert len(world.network.rows(EXCHANGE_ID, SENT)) == 1
    assert post(browser, walk(browser), {}, "send")[1] != post(browser, page, {}, "send")[1]


def test_a_form_without_the_pages_own_secret_is_shown_again(world: World, browser: TestClient[Litestar]) -> None:
    status, page = post(browser, walk(browser), {"nonce": "1"}, "send")
    assert status == 200
    assert "Only this bank can read it" in words(page)
    assert world.network.rows(EXCHANGE_ID, SENT) == []


def test_a_form_of_another_site_is_refused(world: World, browser: TestClient[Litestar]) -> None:
    page = walk(browser)
    fields = {name: value for name, value in hidden(page).items() if name != "form_token"}
    assert browser.post("/portal/report", data={**fields, "to": "send"}).status_code == 403
    assert world.network.rows(EXCHANGE_ID, SENT) == []


def test_a_wrong_number_looks_like_a_right_one_without_news(browser: TestClient[Litestar]) -> None:
    number = send(browser)
    for language in LANGUAGES:
        right = state_page(browser, number, language)
        wrong = state_page(browser, "ABCDE12345", language)
        shown = f"{number[:5]}-{number[5:]}"
        assert right.replace(shown, "x").replace(number, "x") == wrong.replace("ABCDE-12345", "x").replace(
            "ABCDE12345", "x"
        )


@pytest.mark.parametrize(
    ("state", "why", "said"),
    [
        (CitizenState.in_hand, None, "Somebody at the bank is dealing with it"),
        (CitizenState.not_reached, None, "The bank could not reach you"),
        (CitizenState.not_signed, WhyNoReport.other_bank, "The payment was made from another bank"),
    ],
)
def test_the_number_alone_shows_what_the_bank_says(
    world: World, browser: TestClient[Litestar], state: CitizenState, why: WhyNoReport | None, said: str
) -> None:
    number = send(browser)
    answered(world, number, state, why)
    page = words(state_page(browser, f"{number[:5]}-{number[5:]}".lower()))
    assert said in page
    for secret in ("Тимур", "Айгүл", "150 000", "111 22 33", "bank-a", "Алатау", REASONS):
        assert secret not in page, secret


def test_wrong_numbers_cost_more_than_right_ones_and_come_back_with_time(
    world: World, browser: TestClient[Litestar]
) -> None:
    number = send(browser)
    wrong = [browser.get(f"/portal/number/{place}BCDE12345").status_code for place in range(6)]
    assert wrong == [200] * 4 + [429] * 2
    assert "the number on the back of your card" in words(browser.get(f"/portal/number/{number}").text)
    world.network.now = world.network.now.plus(timedelta(hours=2))
    assert [browser.get(f"/portal/number/{number}").status_code for _ in range(16)] == [200] * 16


def test_requests_are_limited_too(world: World, browser: TestClient[Litestar]) -> None:
    for _ in range(10):
        send(browser)
    status, page = post(browser, walk(browser), {}, "send")
    assert status == 429
    assert "Too many tries" in page
    assert len(world.network.rows(EXCHANGE_ID, SENT)) == 10


@pytest.mark.parametrize("typed", ["7k2mp 04xqa", "7K2MP-O4XQA", " 7K2MP04XQA "])
def test_a_number_is_read_however_it_was_written_down(browser: TestClient[Litestar], typed: str) -> None:
    browser.get("/portal/number")
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], "number": typed}
    answer = browser.post("/portal/number", data=sent, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/portal/number/7K2MP04XQA")


@pytest.mark.parametrize("typed", ["", "7K2MP", "7K2MP-04XQ?", "<script>alert(1)</script>"])
def test_what_is_no_number_is_told_so(browser: TestClient[Litestar], typed: str) -> None:
    browser.get("/portal/number")
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], "number": typed}
    answer = browser.post("/portal/number", data=sent)
    assert answer.status_code == 422
    assert "This is no number of a request" in words(answer.text)
    assert "<script>alert" not in answer.text


def test_the_first_words_are_to_call_the_bank_and_no_number_is_invented(browser: TestClient[Litestar]) -> None:
    page = browser.get("/portal").text
    assert page.index("Call your bank now") < page.index("write to your bank")
    assert not re.search(r"\+?\d[\d ()-]{8,}\d", words(page).split("Step 1")[0].split("Call your bank now")[1])


def test_the_pages_keep_to_the_policy_and_keep_nothing(browser: TestClient[Litestar]) -> None:
    for path in ("/portal", "/portal/number", "/portal/help", "/portal/number/ABCDE12345"):
        answer = browser.get(path)
        assert answer.headers["content-security-policy"] == CONTENT_POLICY
        assert answer.headers["cache-control"] == "no-store"
        assert set(answer.cookies) <= {TOKEN_COOKIE}


def test_nothing_waits_for_any_bank_but_the_chosen_one(world: World, browser: TestClient[Litestar]) -> None:
    send(browser)
    waiting = world.network.rows(EXCHANGE_ID, OUTBOX, Condition("done_at", "is_null"))
    assert [one.recipient for one in waiting] == ["bank-a"]


NOW = Instant.parse("2026-11-22T05:00:00Z")


def test_buckets_fill_up_again_and_never_above_the_brim() -> None:
    buckets = Buckets(Limits(capacity=10, per_hour=60), for_all=Limits(capacity=100, per_hour=600))
    buckets.spend("a", 10, NOW)
    assert not buckets.may_try("a", 1, NOW)
    assert buckets.may_try("b", 10, NOW)
    assert buckets.may_try("a", 5, NOW.plus(timedelta(minutes=5)))
    assert not buckets.may_try("a", 6, NOW.plus(timedelta(minutes=5)))
    assert not buckets.may_try("a", 11, NOW.plus(timedelta(days=5)))
    assert not buckets.may_try("a", 1, NOW.plus(timedelta(hours=-1)))


def test_all_together_are_limited_as_well() -> None:
    buckets = Buckets(Limits(capacity=10, per_hour=60), for_all=Limits(capacity=100, per_hour=600))
    for client in range(10):
        buckets.spend(str(client), 10, NOW)
    assert not buckets.may_try("new", 1, NOW)


def test_only_so_many_clients_are_remembered() -> None:
    buckets = Buckets(Limits(capacity=10, per_hour=1), for_all=Limits(capacity=10**9, per_hour=1))
    for client in range(CLIENTS_MAX + 1):
        buckets.spend(str(client), 10, NOW)
    assert buckets.may_try("0", 10, NOW)
    assert not buckets.may_try(str(CLIENTS_MAX), 1, NOW)


def test_a_line_is_one_client_whatever_address_it_takes() -> None:
    assert client_of("2001:db8:1:2::1") == client_of("2001:db8:1:2:ffff::9")
    assert client_of("2001:db8:1:2::1") != client_of("2001:db8:1:3::1")
    assert client_of("192.0.2.1") != client_of("192.0.2.2")
    assert client_of("testclient") == "testclient"
