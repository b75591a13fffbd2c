"""The road by code in the portal: every code gets the same page, the moment is kept, and trying codes is dear."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.agent.appeals import LOCAL_APPEALS
from tarazy.agent.notices import serve_due_notices
from tarazy.agent.records import SERVED_NOTICES
from tarazy.app.appeal_records import APPEALS, CODE_PRESENTATIONS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealStatus
from tarazy.domain.notice import code_shown
from tarazy.edge.pages import static_routes
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tarazy.edge.portal import portal_routes
from tarazy.edge.portal.code_pages import COST, OF_ONE
from tarazy.edge.public import public_routes
from tests.unit.agent.test_paid_in_part import OFFICE
from tests.unit.edge.console.appeal_world import appealed_world
from tests.unit.edge.console.world import World

LANGUAGES = ("kk", "ru", "en")
WRONG = "ABCDE12345"


@pytest.fixture
def world() -> World:
    world = appealed_world()
    world.network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    world.network.settle()
    return world


@pytest.fixture
def browser(world: World) -> Iterator[TestClient[Litestar]]:
    app = Litestar([*static_routes(), *public_routes(world.context), *portal_routes(world.context)])
    with TestClient(app, base_url="http://testserver.local") as client:
        client.headers["accept-language"] = "en"
        client.get("/portal/code")
        yield client


def code_of(world: World) -> str:
    return str(world.network.rows("bank-b", SERVED_NOTICES)[0].code)


def post(browser: TestClient[Litestar], **fields: Any) -> Any:
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], "bank": "bank-b", **fields}
    return browser.post("/portal/code", data=sent)


def words(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", text.replace("\u00a0", " "))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_bank_code_grounds_words_done(world: World, browser: TestClient[Litestar], language: str) -> None:
    browser.headers["accept-language"] = language
    asked = browser.get("/portal/code")
    assert (asked.status_code, asked.headers["content-language"]) == (200, language)
    shown = code_shown(code_of(world)).lower()
    step = post(browser, code=shown, to="grounds")
    assert step.status_code == 200
    assert 'name="grounds"' in step.text
    assert "checked" not in step.text
    done = post(browser, code=shown, to="send", grounds=["money_is_mine", "nonsense"], words="Mine.")
    assert done.status_code == 200
    assert code_shown(code_of(world)) in done.text
    shown_at = world.network.now
    world.network.settle()
    [row] = world.network.rows(EXCHANGE_ID, CODE_PRESENTATIONS)
    assert (row.filed_at, row.is_answered) == (shown_at, True)
    by_code = next(one for one in world.network.rows(EXCHANGE_ID, APPEALS) if one.appeal_id == row.appeal_id)
    assert (by_code.status, by_code.grounds) == (AppealStatus.preliminary, ("money_is_mine",))
    assert "Mine." not in repr(by_code)


def test_a_wrong_code_gets_the_same_page(world: World, browser: TestClient[Litestar]) -> None:
    pages = [
        (answer.status_code, answer.text.replace(code_shown(code), "CODE"))
        for code in (code_of(world), WRONG)
        for answer in (post(browser, code=code, to="send", words="x"),)
    ]
    assert pages[0] == pages[1]
    before = len(world.network.rows("bank-b", LOCAL_APPEALS))
    world.network.settle()
    assert len(world.network.rows("bank-b", LOCAL_APPEALS)) == before + 1
    assert len(world.network.rows(EXCHANGE_ID, CODE_PRESENTATIONS)) == 2


def test_a_code_and_a_bank_that_are_none_are_said_to_be_none(world: World, browser: TestClient[Litestar]) -> None:
    for _ in range(OF_ONE.capacity):
        answer = post(browser, code="12345", to="send")
        assert answer.status_code == 422
    assert "This is no code" in words(answer.text)
    assert post(browser, bank="bank-x", code=WRONG, to="send").status_code == 422
    assert world.network.rows(EXCHANGE_ID, CODE_PRESENTATIONS) == []


def test_whoever_tries_codes_is_stopped(browser: TestClient[Litestar]) -> None:
    tries = OF_ONE.capacity // COST
    answers = [post(browser, code=f"{WRONG[:-1]}{number}", to="send").status_code for number in range(tries + 1)]
    assert answers == [200] * tries + [429]


def test_the_code_stands_in_no_address(world: World, browser: TestClient[Litestar]) -> None:
    answer = post(browser, code=code_of(world), to="send")
    assert code_of(world) not in str(answer.url)
    assert not re.search(rf'(?:href|action)="[^"]*{code_of(world)}', answer.text)


def test_words_survive_the_way_back(browser: TestClient[Litestar]) -> None:
    back = post(browser, code=WRONG, to="code", words="My <b>words</b>", grounds=["hardship"])
    assert 'value="My &lt;b&gt;words&lt;/b&gt;"' in back.text
    assert 'name="grounds" value="hardship"' in back.text
