"""Every page of the console, as a browser asks for it: in each language, under a prefix, by role, and closed by law."""

import re
from collections.abc import Iterator

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.agent.consent import offer_return
from tarazy.agent.returning import ForWhom
from tarazy.app.records import CASE_HOLDS, CASES, JOIN_REQUESTS, PIECES
from tarazy.app.refund_records import REFUNDS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tarazy.edge.pages.security import CONTENT_POLICY
from tarazy.law.assessment import Lane, Measure
from tarazy.protocol.hold_bodies import RETURN_CHECKS
from tarazy.protocol.statement import Act, Statement, sign_statement
from tarazy.values.ids import OfficerId
from tests.deciding import authorised
from tests.hearing_story import everybody_answers
from tests.story_stores import *  # noqa: F403 - its fixtures
from tests.unit.edge.console.world import POLICE, World, told_world

LANGUAGES = ("kk", "ru", "en")


def browser_of(world: World) -> TestClient[Litestar]:
    return TestClient(world.app(), base_url="http://testserver.local")


@pytest.fixture(scope="module")
def told() -> World:
    return told_world()


@pytest.fixture
def browser(told: World) -> Iterator[TestClient[Litestar]]:
    with browser_of(told) as client:
        yield client


def paths(world: World) -> list[str]:
    shown = ["/", "/console", "/console/law", *(f"/console/law/{measure}" for measure in Measure)]
    for case_id in world.cases():
        case = f"/console/cases/{case_id}"
        shown += [case, f"{case}/live", f"{case}/request", f"{case}/refund", f"{case}/refund?lane=consent"]
        shown += [f"{case}/registration", f"{case}/joins", f"{case}/authorisations"]
    pieces = world.network.rows(EXCHANGE_ID, PIECES)
    return shown + [f"/console/cases/{piece.case_id}/pieces/{piece.piece_id}" for piece in pieces]


def words(text: str) -> str:
    """Return what a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text.replace("\u00a0", " "))).replace("&#39;", "'")


def act_as(browser: TestClient[Litestar], role: str) -> None:
    browser.get("/console")
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], "role": role, "back": "/console"}
    assert browser.post("/console/role", data=sent, follow_redirects=False).status_code == 303


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_said_in_every_language(told: World, browser: TestClient[Litestar], language: str) -> None:
    for path in paths(told):
        answer = browser.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer.status_code == 200, path
        assert answer.headers["content-language"] == language
        assert answer.headers["content-security-policy"] == CONTENT_POLICY
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=\"", answer.text), path
        assert not re.search(r"\b(?:console|law|pages)\.[a-z_]+\.", words(answer.text)), path


def test_every_address_of_every_page_stands_under_the_prefix() -> None:
    world = told_world(base_path="/demo/exchange")
    with browser_of(world) as browser:
        for path in paths(world):
            for address in re.findall(r'\b(?:href|src|action|hx-get)="([^"]*)"', browser.get(path).text):
                assert address.startswith(("/demo/exchange/", "#")), (path, address)


def test_every_link_leads_somewhere(told: World, browser: TestClient[Litestar]) -> None:
    found: set[str] = set()
    for path in paths(told):
        found |= set(re.findall(r'\b(?:href|src|action)="(/[^"]*)"', browser.get(path).text))
    known = {address for address in found if not address.startswith(("/v1/", "/console/role"))}
    assert len(known) > 60
    for address in known:
        assert browser.get(address.replace("&amp;", "&")).status_code == 200, address


def test_a_case_says_the_sentence_that_adds_up(told: World, browser: TestClient[Litestar]) -> None:
    page = words(browser.get(f"/console/cases/{told.cases()[0]}?lang=en").text)
    assert (
        "KZT 500,000.00 were stolen. Of these, KZT 406,000.00 are held; KZT 49,000.00 left the system "
        "(cash — KZT 40,000.00, crypto assets — KZT 9,000.00); KZT 45,000.00 are not held (pooled account)." in page
    )
    assert "The answer ends at KZT 19,000.00, the piece at KZT 20,000.00." in page
    assert "Receipt no." in page


def test_a_page_that_shows_the_newest_is_told_nothing(told: World, browser: TestClient[Litestar]) -> None:
    case = f"/console/cases/{told.cases()[0]}"
    version = re.search(r"/live\?version=([\w-]+)", browser.get(case).text)
    assert version is not None
    same = browser.get(f"{case}/live?version={version[1]}")
    assert (same.status_code, same.content) == (204, b"")
    assert same.headers["x-tarazy-now"] == told.network.now.text()
    assert browser.get(f"{case}/live?version=older").status_code == 200


ASKED = {
    "asked": "yes",
    "scope": "sum",
    "amount": "40 000",
    "at": "2026-06-30T10:00",
    "reasons": "The bank's pause ends soon and the money may leave.",
}


@pytest.fixture(scope="module")
def registered() -> World:
    """The same world, its first case registered."""
    world = told_world()
    network, case_id = world.network, world.cases()[0]
    [case] = network.rows(EXCHANGE_ID, CASES, Condition("case_id", "=", case_id))
    said = Statement(
        act=Act.register_case,
        subject_id=case_id,
        officer_id=OfficerId("investigator-1"),
        participant_id=POLICE,
        at=network.now,
        reasons="The report was entered in the unified register today.",
        terms=(),
    )
    signer = world.context.officers[POLICE].officers[said.officer_id].signer()
    entered = msgspec.structs.replace(
        case, registration="26-1", registered_at=network.now, registration_statement=sign_statement(said, signer)
    )
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(CASES, entered))
    return world


def ask(browser: TestClient[Litestar], world: World, language: str = "en", **fields: str) -> str:
    """Ask the law gate about the first case, and return the whole page."""
    path = f"/console/cases/{world.cases()[0]}/request"
    browser.get(path)
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], **ASKED, **fields}
    answer = browser.post(f"{path}?lang={language}", data=sent)
    assert (answer.status_code, "reasons" in str(answer.url)) == (200, False)
    return answer.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"scope": "whole"}, "A whole account may not be held: outgoin"),
        ({"amount": "999999999"}, "Allowed: KZT 102,000.00"),
        ({}, "Permitted"),
    ],
)
def test_the_gate_answers_an_investigator(registered: World, fields: dict[str, str], said: str) -> None:
    with browser_of(registered) as browser:
        act_as(browser, "investigator")
        page = words(ask(browser, registered, **fields))
    assert said in page.split("Answer of the law gate")[1]
    assert "The criminal case is registered as 26-1." in page
    assert "30 June 2026" in page


def test_a_registration_is_the_cases_own_and_is_not_typed_in(told: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "investigator")
    page = words(ask(browser, told, registration="26-1"))
    assert "Permitted" not in page.split("Answer of the law gate")[1]
    assert "Without a registered case an investigator can hold nothing." in page
    assert "26-1" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_of_the_gate_is_said_in_every_language(
    told: World, browser: TestClient[Litestar], language: str
) -> None:
    for scope in ("sum", "whole"):
        page = ask(browser, told, language, scope=scope)
        assert f'lang="{language}"' in page
        assert not re.search(r"\b(?:console|law|pages)\.[a-z_]+\.", words(page))


def test_what_is_asked_stands_in_no_address(told: World, browser: TestClient[Litestar]) -> None:
    page = ask(browser, told, reasons="A very own reason")
    assert "A very own reason" in page
    assert "own+reason" not in page
    assert "own%20reason" not in page
    address = f"/console/cases/{told.cases()[0]}/request"
    assert "Nothing was asked yet." in words(browser.get(f"{address}?lang=en&asked=yes&reasons=typed").text)


def test_a_question_from_elsewhere_is_not_answered(told: World, browser: TestClient[Litestar]) -> None:
    answer = browser.post(f"/console/cases/{told.cases()[0]}/request", data=ASKED)
    assert answer.status_code == 403


def test_the_gate_says_that_a_supervisor_is_no_author(told: World, browser: TestClient[Litestar]) -> None:
    page = words(ask(browser, told))
    assert "✗ not passed T1" in page
    assert "The officer who decides is not named." in page


def test_a_sum_that_cannot_be_read_is_a_fault_of_the_form(told: World, browser: TestClient[Litestar]) -> None:
    assert "Write a sum above zero in figures." in words(ask(browser, told, amount="4.000.5"))


REASONS = "The court has heard the holder and decided upon each of these holds."


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="(\w+)"', page)
    assert found is not None
    return found[1]


def order(browser: TestClient[Litestar], world: World, **fields: str):
    """Fill in the form of a refund as the page shows it, but for what is given, and send it.

    What it rests on is decided first, unless somebody else's is named.
    """
    lane = Lane(fields.get("lane", "court"))
    if lane is not Lane.consent and "authorisation" not in fields:
        fields["authorisation"] = authorised(world.network, world.cases()[1], lane)
    path = f"/console/cases/{world.cases()[1]}/refund"
    page = browser.get(path).text
    kept = {name: hidden(page, name) for name in ("refund_id", "seen")}
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], **kept, "lane": "court", "reasons": REASONS, **fields}
    return browser.post(path, data=sent, follow_redirects=False)


def test_a_refund_is_signed_divided_and_paid() -> None:
    world = told_world()
    with browser_of(world) as browser:
        act_as(browser, "investigator")
        page = words(browser.get(f"/console/cases/{world.cases()[1]}/refund?lang=en").text)
        assert "KZT 150,000.00 own = KZT 150,000.00 15000000 = 15000000" in page
        assert "KZT 125,000.00 own = KZT 125,000.00 12500000 = 12500000" in page
        done = order(browser, world)
        assert done.status_code == 303
        world.network.settle()
        page = words(browser.get(done.headers["location"]).text)
        assert "Refund ordered: KZT 275,000.00" in page
        assert "paid" in page
        (refund,) = world.network.rows(EXCHANGE_ID, REFUNDS)
        assert (refund.officer_id, refund.pot_minor) == ("investigator-1", 275_000_00)


def test_what_victims_share_is_shown_as_a_formula_on_one_line() -> None:
    world = told_world()
    network, case_id = world.network, world.cases()[1]
    hold = network.rows(EXCHANGE_ID, CASE_HOLDS, Condition("case_id", "=", case_id), order=("held_minor",))[1]
    why, officer = "I give it back of my own will.", network.officer("bank-d")
    amount = hold.held_minor
    network.at(
        "bank-d",
        lambda tx, now: offer_return(
            tx, hold.hold_id, amount, why, officer, EXCHANGE_ID, now, ForWhom.everybody, checks=RETURN_CHECKS
        ),
    )
    network.settle()
    with browser_of(world) as browser:
        page = words(browser.get(f"/console/cases/{case_id}/refund?lang=en&lane=consent").text)
    assert "KZT 150,000.00 × KZT 250,000.00 / KZT 375,000.00 = KZT 100,000.00" in page
    assert "15000000 × 12500000 / 37500000 = 5000000" in page


def test_what_has_changed_since_the_page_was_read_is_shown_anew_and_not_ordered() -> None:
    world = told_world()
    network, case_id = world.network, world.cases()[1]
    with browser_of(world) as browser:
        act_as(browser, "investigator")
        seen = hidden(browser.get(f"/console/cases/{case_id}/refund").text, "seen")
        hold = network.rows(EXCHANGE_ID, CASE_HOLDS, Condition("case_id", "=", case_id), order=("held_minor",))[1]
        network.let_go("bank-d", hold.hold_id)
        network.settle()
        refused = order(browser, world, seen=seen)
        assert refused.status_code == 422
        assert network.rows(EXCHANGE_ID, REFUNDS) == []
        assert order(browser, world).status_code == 303


def test_a_refund_without_reasons_is_not_ordered() -> None:
    world = told_world()
    with browser_of(world) as browser:
        act_as(browser, "investigator")
        refused = order(browser, world, reasons="")
        assert refused.status_code == 422
        assert world.network.rows(EXCHANGE_ID, REFUNDS) == []


def test_a_refund_that_law_refuses_is_said_in_words() -> None:
    world = told_world()
    with browser_of(world) as browser:
        act_as(browser, "investigator")
        page = words(browser.get(f"/console/cases/{world.cases()[1]}?lang=en").text)
        refused = order(browser, world, lane="investigator")
        page = words(refused.text)
        assert "The law gate did not permit it." in page
        assert "The receiver was not heard." in page
        assert world.network.rows(EXCHANGE_ID, REFUNDS) == []


@pytest.mark.parametrize("lane", [Lane.consent, Lane.court, Lane.investigator])
def test_a_prosecutor_orders_no_refund(lane: Lane) -> None:
    world = told_world()
    with browser_of(world) as browser:
        act_as(browser, "prosecutor")
        browser.get(f"/console/cases/{world.cases()[1]}/refund?lang=en")
        refused = order(browser, world, lane=lane.value)
        assert refused.status_code == 422
        assert world.network.rows(EXCHANGE_ID, REFUNDS) == []


def enter(browser: TestClient[Litestar], world: World, **fields: str):
    path = f"/console/cases/{world.cases()[1]}/registration"
    browser.get(path)
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], "number": "26-77-42", "at": "2026-11-22T10:01", **fields}
    return browser.post(f"{path}?lang=en", data={"reasons": REASONS, **sent}, follow_redirects=False)


def test_an_investigator_registers_the_case_and_the_law_gate_knows_it() -> None:
    world = told_world()
    case = f"/console/cases/{world.cases()[1]}"
    with browser_of(world) as browser:
        act_as(browser, "investigator")
        browser.get(f"{case}?lang=en")
        lane = {"lane": "investigator"}
        assert "the registration number is missing" in words(order(browser, world, **lane).text)
        done = enter(browser, world)
        assert done.status_code == 303
        page = words(browser.get(f"{done.headers['location']}&lang=en").text)
        assert "The registration was entered." in page
        assert "The criminal case is registered as 26-77-42." in page
        assert "The criminal case is registered as 26-77-42." in words(browser.get(case).text)
        assert "The criminal case is registered as 26-77-42." in words(browser.get(f"{case}/request").text)
        browser.get(f"{case}/refund?lane=investigator&lang=en")
        sent = {"form_token": browser.cookies[TOKEN_COOKIE]}
        assert browser.post(f"{case}/hearings", data=sent, follow_redirects=False).status_code == 303
        everybody_answers(world.network)
        assert order(browser, world, **lane).status_code == 303


@pytest.mark.parametrize(
    ("role", "fields", "status", "said"),
    [
        ("supervisor", {}, 403, "only read"),
        ("prosecutor", {}, 422, "This role has no power to do that."),
        ("investigator", {"number": "?"}, 422, "The number or the time cannot be read."),
        ("investigator", {"at": "yesterday"}, 422, "The number or the time cannot be read."),
        ("investigator", {"at": "2027-01-01T00:00"}, 422, "The time of the registration lies ahead."),
        ("investigator", {"reasons": ""}, 422, "Give reasons that belong to this very case."),
    ],
)
def test_a_registration_that_is_none_is_refused_in_words(
    role: str, fields: dict[str, str], status: int, said: str
) -> None:
    world = told_world()
    with browser_of(world) as browser:
        act_as(browser, role)
        refused = enter(browser, world, **fields)
        assert refused.status_code == status
        if status != 403:
            assert said in words(refused.text)
        assert world.network.rows(EXCHANGE_ID, CASES, Condition("registration", "not_null")) == []


def asking_world() -> tuple[World, str, str]:
    """Return a world in which a report asks to join a case: the world, the case's address, and the report."""
    world = told_world()
    network, case_id = world.network, world.cases()[1]
    network.open("bank-c", aru=50_000_00)
    network.pay("u3", "aru", "seventh", 50_000_00)
    network.settle()
    asking = network.file("u3", incident="in-two")
    network.settle()
    return world, f"/console/cases/{case_id}/joins", asking


def decide(browser: TestClient[Litestar], path: str, report: str, decision: str, reasons: str = REASONS):
    browser.get(f"{path}?lang=en")
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], "report": report, "decision": decision, "reasons": reasons}
    return browser.post(path, data=sent, follow_redirects=False)


@pytest.mark.parametrize(("decision", "said"), [("accept", "accepted"), ("refuse", "refused")])
def test_an_investigator_decides_who_joins_a_case(decision: str, said: str) -> None:
    world, path, asking = asking_world()
    before = len(world.cases())
    with browser_of(world) as browser:
        act_as(browser, "investigator")
        page = words(browser.get(f"{path}?lang=en").text)
        assert "KZT 50,000.00" in page
        assert " waits " in page
        assert "Requests to join (1)" in words(browser.get(path.removesuffix("/joins")).text)
        done = decide(browser, path, asking, decision)
        assert done.status_code == 303
        page = words(browser.get(done.headers["location"]).text)
        assert f" {said} " in page
        assert "investigator-1" in page
        [request] = world.network.rows(EXCHANGE_ID, JOIN_REQUESTS, Condition("report_id", "=", asking))
        assert len(world.cases()) == before - (decision == "accept")
        left = words(browser.get(f"/console/cases/{request.own_case_id}").text)
        assert ("This case has joined the case" in left) == (decision == "accept")


@pytest.mark.parametrize(
    ("role", "decision", "reasons", "status", "said"),
    [
        ("supervisor", "accept", REASONS, 403, ""),
        ("prosecutor", "accept", REASONS, 422, "This role has no power to do that."),
        ("investigator", "accept", "", 422, "Give reasons that belong to this very case."),
        ("investigator", "perhaps", REASONS, 422, "There is no such request to join."),
    ],
)
def test_a_decision_that_is_none_changes_nothing(
    role: str, decision: str, reasons: str, status: int, said: str
) -> None:
    world, path, asking = asking_world()
    before = world.cases()
    with browser_of(world) as browser:
        act_as(browser, role)
        refused = decide(browser, path, asking, decision, reasons)
        assert refused.status_code == status
        assert said in words(refused.text)
    assert world.cases() == before


def test_a_supervisor_changes_nothing(told: World, browser: TestClient[Litestar]) -> None:
    assert order(browser, told, authorisation="none").status_code == 403


def test_a_form_without_its_token_changes_nothing(told: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "investigator")
    assert order(browser, told, authorisation="none", form_token="0" * 48).status_code == 403
    assert browser.post("/console/role", data={"role": "prosecutor"}).status_code == 403


def test_the_role_is_kept_where_no_script_reads_it(browser: TestClient[Litestar]) -> None:
    browser.get("/console")
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], "role": "prosecutor", "back": "//elsewhere.example/console"}
    answer = browser.post("/console/role", data=sent, follow_redirects=False)
    assert answer.headers["location"] == "/console"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


@pytest.mark.parametrize(
    "path",
    ["/console/cases/none", "/console/law/M99", "/console/what/ever", "/console/cases/none/refund"],
)
def test_what_is_not_there_is_said_so(browser: TestClient[Litestar], path: str) -> None:
    answer = browser.get(f"{path}?lang=en")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_outside_a_demonstration_the_console_asks_who_comes_and_the_public_page_is_open() -> None:
    world = told_world(pack="kz")
    with browser_of(world) as browser:
        for path in paths(world)[1:]:
            answer = browser.get(path, params={"lang": "en"} if "?" not in path else None, follow_redirects=False)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/sign-in?back=/console"), path
        public = words(browser.get("/?lang=en").text)
        assert "Demonstration" not in public
        assert "Measures refused by law 4" in public


def test_a_hold_whose_time_is_over_does_not_stand_although_its_bank_is_silent() -> None:
    world = told_world()
    world.network.banks["bank-d"].is_away = True
    world.network.wait(hours=3)
    with browser_of(world) as browser:
        page = words(browser.get(f"/console/cases/{world.cases()[1]}?lang=en").text)
    assert "KZT 275,000.00 are not held (released)" in page
    assert "No clock is running" in page


@pytest.mark.parametrize("path", ["", "/refund", "/request", "/registration", "/joins", "/authorisations"])
def test_pages_read_the_same_from_either_store(path: str, store_for) -> None:
    pages = []
    for world in (told_world(), told_world(store_for=store_for)):
        with browser_of(world) as browser:
            page = browser.get(f"/console/cases/{world.cases()[0]}{path}?lang=ru").text
            pages.append(re.sub(r'(?:form_token|refund_id|authorisation_id)" value="\w+"|version=[\w-]+', "", page))
    assert pages[0] == pages[1]


def test_the_list_of_cases_is_paged(monkeypatch: pytest.MonkeyPatch) -> None:
    world = told_world()
    monkeypatch.setattr("tarazy.app.queries.cases.PAGE_SIZE", 1)
    seen, address = [], "/console"
    with browser_of(world) as browser:
        while address:
            page = browser.get(address).text
            seen += re.findall(r'<th scope="row"><a href="/console/cases/(\w+)"', page)
            following = re.search(r'rel="next" href="([^"]*)"', page)
            address = following[1].replace("&amp;", "&") if following else ""
    assert seen == world.cases()[::-1]


def test_holds_are_those_of_the_case(told: World) -> None:
    rows = told.network.rows(EXCHANGE_ID, CASE_HOLDS, Condition("case_id", "=", told.cases()[0]))
    assert len(rows) == 9
