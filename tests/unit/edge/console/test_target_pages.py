"""Pages of exact addresses and numbers: proposed, decided by another body, public while in force and not after."""

import re
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.app.records import CASES
from tarazy.app.store import Condition
from tarazy.app.target_records import TARGETS, targets_in_force
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tarazy.values.replacing import replace
from tests.unit.edge.console.test_pages import act_as, browser_of, words
from tests.unit.edge.console.world import World, told_world

URL = "https://shop.example.kz/pay/card"
REASONS = "I have looked at the page myself: it asks for the figures of the card and for the code."


@pytest.fixture
def registered() -> World:
    """A world of its own for each test, its first case registered."""
    world = told_world()
    (case,) = world.network.rows(EXCHANGE_ID, CASES, Condition("case_id", "=", world.cases()[0]))
    entered = replace(case, registration="26-1", registered_at=world.network.now)
    world.network.at(EXCHANGE_ID, lambda tx, _: tx.put(CASES, entered))
    return world


def place(world: World) -> str:
    return f"/console/cases/{world.cases()[0]}/targets"


def send(browser: TestClient[Litestar], world: World, act: str, **fields: Any) -> Any:
    browser.get(place(world))
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], "act": act, "reasons": REASONS, **fields}
    return browser.post(f"{place(world)}?lang=en", data=sent, follow_redirects=False)


def propose(browser: TestClient[Litestar], world: World, **fields: Any) -> Any:
    typed = {"kind": "url", "exact": URL, "offence_id": "kz-cc-190-2-4", "fact": "site_asks_for_card_data"}
    return send(browser, world, "propose", **{**typed, "hours": "72", "others": "", "others_note": "", **fields})


def target_id(world: World) -> str:
    (row,) = world.network.rows(EXCHANGE_ID, TARGETS)
    return str(row.target_id)


def shown(browser: TestClient[Litestar]) -> set[str]:
    page = browser.get("/restrictions?lang=en")
    assert page.status_code == 200
    return set(re.findall(r'<code class="exact">([^<]+)</code>', page.text))


def in_force(world: World) -> set[str]:
    return {one.exact for one in world.network.at(EXCHANGE_ID, lambda tx, now: targets_in_force(tx, now.now))}


def test_proposed_by_one_body_ordered_by_another_and_public_while_in_force(registered: World) -> None:
    with browser_of(registered) as browser:
        act_as(browser, "investigator")
        assert propose(browser, registered).status_code == 303
        assert shown(browser) == in_force(registered) == set()
        own = send(browser, registered, "grant", target_id=target_id(registered))
        assert own.status_code == 422
        act_as(browser, "prosecutor")
        assert send(browser, registered, "grant", target_id=target_id(registered)).status_code == 303
        assert shown(browser) == in_force(registered) == {URL}
        page = words(browser.get("/restrictions?lang=en").text)
        assert "No instrument is inside this program" in page
        registered.network.now = registered.network.now.plus(timedelta(hours=72))
        assert shown(browser) == in_force(registered) == set()


def test_lifting_takes_it_out_at_once(registered: World) -> None:
    with browser_of(registered) as browser:
        act_as(browser, "investigator")
        propose(browser, registered)
        act_as(browser, "prosecutor")
        send(browser, registered, "grant", target_id=target_id(registered))
        assert send(browser, registered, "told", target_id=target_id(registered)).status_code == 303
        assert send(browser, registered, "lift", target_id=target_id(registered)).status_code == 303
        assert shown(browser) == set()
        assert "Lifted" in words(browser.get(f"{place(registered)}?lang=en").text)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"exact": "10.0.0.0/8"}, "Name one exact address"),
        ({"exact": "https://shop.example.kz/"}, "Others stand behind it"),
        ({"hours": "900"}, "There is no end, or it is beyond the longest one"),
        ({"hours": "soon"}, "write the hours in figures"),
        ({"reasons": "no"}, ""),
    ],
)
def test_what_is_no_target_is_refused_with_why_and_nothing_typed_is_lost(
    registered: World, fields: dict[str, str], said: str
) -> None:
    with browser_of(registered) as browser:
        act_as(browser, "investigator")
        page = propose(browser, registered, **fields)
        assert page.status_code == 422
        assert said in words(page.text)
        assert fields.get("exact", URL) in page.text
        assert registered.network.rows(EXCHANGE_ID, TARGETS) == []


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_both_pages_are_said_in_every_language(registered: World, language: str) -> None:
    with browser_of(registered) as browser:
        act_as(browser, "investigator")
        propose(browser, registered)
        act_as(browser, "prosecutor")
        send(browser, registered, "grant", target_id=target_id(registered))
        for path in (place(registered), "/restrictions"):
            page = browser.get(f"{path}?lang={language}")
            assert page.status_code == 200
            assert f'lang="{language}"' in page.text
