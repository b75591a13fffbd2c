"""The pages of authorisations: a judge signs their own, and what is on paper takes two officers to stand."""

import re
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.app.refund_records import AUTHORISATIONS, REFUNDS, EnteredAuthorisation
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tests.story_stores import *  # noqa: F403 - its fixtures
from tests.unit.edge.console.test_pages import act_as, browser_of, hidden, order, words
from tests.unit.edge.console.world import World, told_world

REASONS = "The decision lies before me, and the particulars are taken from it."
FORUM = "Алматы қаласының ойдан шығарылған соты"


def place(world: World) -> str:
    return f"/console/cases/{world.cases()[1]}/authorisations"


def enter(browser: TestClient[Litestar], world: World, **fields: Any) -> Any:
    """Fill in the form as the page shows it, but for what is given, and send it."""
    page = browser.get(f"{place(world)}?lang=en").text
    sent = {
        "form_token": browser.cookies[TOKEN_COOKIE],
        "authorisation_id": hidden(page, "authorisation_id"),
        "lane": "court",
        "forum": FORUM,
        "number": "2-4711/26",
        "decided_on": "2026-11-20",
        "amount": "275 000",
        "hold": re.findall(r'name="hold" type="checkbox" value="(\w+)"', page),
        "valid_to": "2026-12-02T10:00",
        "reasons": REASONS,
        **fields,
    }
    return browser.post(place(world), data=sent, follow_redirects=False)


def kept(world: World) -> list[EnteredAuthorisation]:
    return world.network.rows(EXCHANGE_ID, AUTHORISATIONS)


def confirm(browser: TestClient[Litestar], world: World) -> Any:
    browser.get(place(world))
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], "reasons": REASONS}
    path = f"{place(world)}/{kept(world)[0].authorisation_id}/confirm"
    return browser.post(f"{path}?lang=en", data=sent, follow_redirects=False)


def test_a_judge_signs_and_the_investigator_orders_the_refund_upon_it() -> None:
    world = told_world()
    with browser_of(world) as browser:
        act_as(browser, "judge")
        assert "This is your own decision" in words(browser.get(f"{place(world)}?lang=en").text)
        done = enter(browser, world)
        assert done.status_code == 303
        page = words(browser.get(f"{done.headers['location']}&lang=en").text)
        assert "The decision is entered." in page
        assert FORUM in page
        assert "signed by whoever decided" in page
        [one] = kept(world)
        assert (one.entered_by, one.decision.on_paper, one.decision.amount_minor) == ("judge-1", False, 275_000_00)
        act_as(browser, "investigator")
        refund = browser.get(f"/console/cases/{world.cases()[1]}/refund?lang=en").text
        assert f"{FORUM}, No. 2-4711/26 of 20 Nov 2026, up to KZT 275,000.00" in words(refund)
        assert order(browser, world, authorisation=one.authorisation_id).status_code == 303
        world.network.settle()
        assert "of it KZT 275,000.00 is ordered" in words(browser.get(f"{place(world)}?lang=en").text)


def test_a_paper_is_entered_by_one_investigator_and_stands_when_another_confirms_it() -> None:
    world = told_world()
    with browser_of(world) as browser:
        act_as(browser, "investigator")
        assert "Enter a decision from paper" in words(browser.get(f"{place(world)}?lang=en").text)
        done = enter(browser, world)
        page = words(browser.get(f"{done.headers['location']}&lang=en").text)
        assert "Until a second officer confirms it, nothing is paid on it." in page
        assert "Sign and confirm" not in page
        assert order(browser, world, authorisation=kept(world)[0].authorisation_id).status_code == 422
        refused = confirm(browser, world)
        assert refused.status_code == 422
        assert "Another officer must confirm" in words(refused.text)
        for stranger in ("prosecutor", "judge", "supervisor"):
            act_as(browser, stranger)
            assert "Sign and confirm" not in words(browser.get(f"{place(world)}?lang=en").text)
            assert confirm(browser, world).status_code in {403, 422}
        assert not kept(world)[0].is_in_full
        act_as(browser, "colleague")
        assert "Sign and confirm" in words(browser.get(f"{place(world)}?lang=en").text)
        assert confirm(browser, world).status_code == 303
        [one] = kept(world)
        assert (one.entered_by, one.confirmed_by) == ("investigator-1", "investigator-2")
        assert order(browser, world, authorisation=one.authorisation_id).status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"amount": "much"}, "The sum could not be read."),
        ({"decided_on": "yesterday"}, "The date or the end could not be read."),
        ({"valid_to": ""}, "The date or the end could not be read."),
        ({"hold": []}, "No hold is ticked."),
        ({"hold": ["hd_none"]}, "hold"),
        ({"forum": ""}, "The name, number or date of the decision cannot be right"),
        ({"decided_on": "2026-12-24"}, "The name, number or date of the decision cannot be right"),
        ({"valid_to": "2026-11-01T10:00"}, "The time of the decision has run out."),
        ({"reasons": "so"}, "reasons"),
    ],
)
def test_what_is_no_decision_is_said_in_words_and_kept_in_the_form(fields: dict[str, Any], said: str) -> None:
    world = told_world()
    with browser_of(world) as browser:
        act_as(browser, "judge")
        refused = enter(browser, world, **fields)
        assert refused.status_code == 422
        assert said in words(refused.text)
        assert "2-4711/26" in refused.text
        assert kept(world) == []


def test_whoever_only_reads_enters_nothing_and_an_unsigned_refund_is_ordered_upon_nothing() -> None:
    world = told_world()
    with browser_of(world) as browser:
        act_as(browser, "supervisor")
        assert enter(browser, world).status_code == 403
        act_as(browser, "investigator")
        refused = order(browser, world, authorisation="Decision 2-4711/26 of the court")
        assert refused.status_code == 422
        assert "An authorisation must come first" in words(refused.text)
        assert world.network.rows(EXCHANGE_ID, REFUNDS) == []


def test_nothing_of_a_decision_is_filled_in_beforehand() -> None:
    world = told_world()
    with browser_of(world) as browser:
        act_as(browser, "judge")
        page = browser.get(f"{place(world)}?lang=en").text
        refund = browser.get(f"/console/cases/{world.cases()[1]}/refund?lang=en").text
        registration = browser.get(f"/console/cases/{world.cases()[0]}/registration?lang=en").text
    assert 'name="hold" type="checkbox"' in page
    assert not re.search(r"<input[^>]* checked", page)
    (amount,) = re.findall(r'<input[^>]*name="amount"[^>]*>', page)
    assert not re.search(r'value="[^"]', amount)
    for one in (page, refund, registration):
        assert re.findall(r"<textarea[^>]*>([^<]*)</textarea>", one) == [""]
        assert "For example: " in one
