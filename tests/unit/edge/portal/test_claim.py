"""Claiming by a letter's code in the portal: the same page for every code, and the claim at the bank. All invented."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.agent.claim_records import LOCAL_CLAIMS
from tarazy.agent.records import SERVED_NOTICES
from tarazy.app.appeal_records import CLAIMS
from tarazy.app.errors import note_error
from tarazy.app.records import CASE_HOLDS, EVENTS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.error import ErrorCause, FoundBy
from tarazy.edge.pages import static_routes
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tarazy.edge.portal import portal_routes
from tarazy.edge.public import public_routes
from tarazy.values.ids import MeasureId
from tests.unit.edge.console.world import World
from tests.unit.edge.portal.test_code import WRONG, world

__all__ = ["world"]

LANGUAGES = ("kk", "ru", "en")


@pytest.fixture
def browser(world: World) -> Iterator[TestClient[Litestar]]:
    app = Litestar([*static_routes(), *public_routes(world.context), *portal_routes(world.context)])
    with TestClient(app, base_url="http://testserver.local") as client:
        client.headers["accept-language"] = "en"
        client.get("/portal/claim")
        yield client


def code_of(world: World) -> str:
    return str(world.network.rows("bank-b", SERVED_NOTICES)[0].code)


def with_error(world: World) -> None:
    [hold] = world.network.rows(EXCHANGE_ID, CASE_HOLDS)
    cause, by = ErrorCause.late_notice, FoundBy.notice
    world.network.at(EXCHANGE_ID, lambda tx, now: note_error(tx, MeasureId(hold.hold_id), hold, cause, by, now))
    world.network.settle()


def post(browser: TestClient[Litestar], **fields: Any) -> Any:
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], "bank": "bank-b", "sum": "900", "currency": "KZT", **fields}
    return browser.post("/portal/claim", data=sent)


@pytest.mark.parametrize("language", LANGUAGES)
def test_bank_code_sum_done(world: World, browser: TestClient[Litestar], language: str) -> None:
    with_error(world)
    browser.headers["accept-language"] = language
    asked = browser.get("/portal/claim")
    assert (asked.status_code, asked.headers["content-language"]) == (200, language)
    assert "checked" not in asked.text
    done = post(browser, code=code_of(world).lower(), heads=["suffering", "x"], words="A secret of mine.")
    assert done.status_code == 200
    assert 'role="status"' in done.text
    world.network.settle()
    [claim] = world.network.rows(EXCHANGE_ID, CLAIMS)
    assert (claim.amount_minor, claim.currency, claim.heads) == (90_000, "KZT", ("suffering",))
    assert "secret" not in repr(claim) + repr(world.network.rows(EXCHANGE_ID, EVENTS))


def test_a_wrong_code_gets_the_same_page_and_claims_nothing(world: World, browser: TestClient[Litestar]) -> None:
    with_error(world)
    pages = [(one.status_code, one.text) for code in (code_of(world), WRONG) for one in (post(browser, code=code),)]
    assert pages[0] == pages[1]
    world.network.settle()
    assert len(world.network.rows("bank-b", LOCAL_CLAIMS)) == 1


def test_where_no_error_is_recorded_nothing_is_claimed_and_nobody_can_see_that(
    world: World, browser: TestClient[Litestar]
) -> None:
    assert post(browser, code=code_of(world)).status_code == 200
    world.network.settle()
    assert world.network.rows("bank-b", LOCAL_CLAIMS) == []
    assert world.network.rows(EXCHANGE_ID, CLAIMS) == []


@pytest.mark.parametrize("wrong", [{"code": "12345"}, {"bank": "bank-none"}, {"sum": "much"}, {"sum": "-5"}])
def test_what_cannot_be_read_is_said(world: World, browser: TestClient[Litestar], wrong: dict[str, str]) -> None:
    answer = post(browser, **{"code": code_of(world), "words": "Mine.", **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "Mine." in answer.text
