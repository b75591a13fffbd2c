"""The page of what a case sends abroad: proposed, authorised by another body, recalled, confirmed."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.app.records import CASES
from tarazy.app.sharing_records import SHARINGS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tarazy.values.replacing import replace
from tests.unit.edge.console.test_pages import act_as, browser_of, words
from tests.unit.edge.console.world import World, told_world

REASONS = "The trace answer of the bank shows that the money went to an account of that country."
TYPED: dict[str, Any] = {
    "to_body": "Financial police (invented)",
    "country": "Elbonia",
    "treaty_code": "mutual_assistance_treaty",
    "purpose": "To learn whether the money is still there",
    "offence_id": "kz-cc-190-2-4",
    "data": ["account_number", "name"],
    "accuracy_account_number": "confirmed_by_institution",
    "accuracy_name": "reported",
    "role": "payee_named",
    "risk_death_penalty": "none",
    "risk_torture": "none",
    "risk_political_offence": "none",
    "handling_code": "this_case_only",
    "days": "30",
}


@pytest.fixture
def world() -> World:
    world = told_world()
    (case,) = world.network.rows(EXCHANGE_ID, CASES, Condition("case_id", "=", world.cases()[0]))
    entered = replace(case, registration="26-1", registered_at=world.network.now)
    world.network.at(EXCHANGE_ID, lambda tx, _: tx.put(CASES, entered))
    return world


def place(world: World) -> str:
    return f"/console/cases/{world.cases()[0]}/sharings"


def send(browser: TestClient[Litestar], world: World, act: str, **fields: Any) -> Any:
    browser.get(place(world))
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], "act": act, "reasons": REASONS, **fields}
    return browser.post(f"{place(world)}?lang=en", data=sent, follow_redirects=False)


def key(world: World) -> str:
    (row,) = world.network.rows(EXCHANGE_ID, SHARINGS)
    return str(row.sharing_id)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_whole_life_on_the_page(world: World, language: str) -> None:
    with browser_of(world) as browser:
        act_as(browser, "investigator")
        assert send(browser, world, "propose", **TYPED).status_code == 303
        assert send(browser, world, "grant", sharing_id=key(world)).status_code == 422
        act_as(browser, "prosecutor")
        assert send(browser, world, "grant", sharing_id=key(world)).status_code == 303
        for act in ("told", "correct", "acknowledged", "recall", "erased"):
            assert send(browser, world, act, sharing_id=key(world), correction="Another sum").status_code == 303, act
            page = browser.get(f"{place(world)}?lang={language}")
            assert page.status_code == 200
            assert f'lang="{language}"' in page.text
            assert "this_case_only" in page.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"treaty_code": ""}, "only identifiers may be sent"),
        ({"risk_torture": ""}, "Answer all three questions of risk"),
        ({"risk_torture": "present"}, "While this risk stands"),
        ({"onward": "yes"}, "choose the handling code that asks for consent"),
        ({"days": "soon"}, "number of days in figures"),
    ],
)
def test_what_may_not_go_is_refused_with_why(world: World, fields: dict[str, str], said: str) -> None:
    with browser_of(world) as browser:
        act_as(browser, "investigator")
        page = send(browser, world, "propose", **{**TYPED, **fields})
        assert page.status_code == 422
        assert said in words(page.text)
        assert "Elbonia" in page.text
        assert world.network.rows(EXCHANGE_ID, SHARINGS) == []
