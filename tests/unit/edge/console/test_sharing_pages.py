"""The page of what a case sends abroad: proposed, authorised by another body, recalled, confirmed."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.adapters.catalogue import load_catalogue
from tarazy.app.locking import lock_material, of_pause
from tarazy.app.measure_records import CASE_FACTS, CaseFact
from tarazy.app.records import CASE_HOLDS, CASES
from tarazy.app.sharing_records import SHARINGS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.measure import MeasureEnd
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tarazy.texts.catalogue import Language
from tarazy.values.ids import OfficerId, ParticipantId
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


def said(code: str, language: str, **values: int) -> str:
    return load_catalogue().text(code, Language(language), **values)


def opened(world: World) -> str:
    """Put a fact into the case, and return the id of the pause upon the money."""
    network, case_id = world.network, world.cases()[0]
    fact = CaseFact(
        fact_id="fa-1",
        case_id=case_id,
        kind="fact",
        code="account_opened_lately",
        source="paper 7 of the case",
        grade="reported",
        is_for_holder=False,
        participant_id=ParticipantId("police"),
        officer_id=OfficerId("officer-1"),
        statement="",
        added_at=network.now,
    )
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(CASE_FACTS, fact))
    holds = network.rows(EXCHANGE_ID, CASE_HOLDS, Condition("case_id", "=", case_id))
    return str(next(hold.hold_id for hold in holds if hold.placed_at is not None))


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_what_was_found_unlawful_is_named_and_what_came_of_it_is_called_back_on_every_page(
    world: World, language: str
) -> None:
    hold_id, case = opened(world), f"/console/cases/{world.cases()[0]}"
    (hold,) = world.network.rows(EXCHANGE_ID, CASE_HOLDS, Condition("hold_id", "=", hold_id))
    with browser_of(world) as browser:
        act_as(browser, "investigator")
        assert f'name="came_of" value="{hold_id}"' in browser.get(place(world)).text
        assert send(browser, world, "propose", **TYPED, came_of=hold_id, rests_on="fa-1").status_code == 303
        act_as(browser, "prosecutor")
        assert send(browser, world, "grant", sharing_id=key(world)).status_code == 303
        end = MeasureEnd.overturned_on_appeal
        world.network.at(EXCHANGE_ID, lambda tx, now: lock_material(tx, of_pause(hold), end, now))
        page = words(browser.get(f"{place(world)}?lang={language}").text)
        assert said("console.sharings.fell_for.material_locked", language) in page
        assert said("console.sharings.locked", language) in page
        assert f'name="came_of" value="{hold_id}"' not in browser.get(place(world)).text, "it is offered no more"
        assert 'name="came_of" value="fa-1"' in browser.get(place(world)).text
        of_case = words(browser.get(f"{case}?lang={language}").text)
        assert said("console.sharings.called_back", language, number=1) in of_case
        assert said("console.event.kind.sharing_recalled", language) in of_case
        act_as(browser, "investigator")
        duties = browser.get(f"/console/duties?lang={language}")
        assert said("console.duty.confirm_erasure", language) in words(duties.text)
        assert f"{case}/sharings" in duties.text
        assert send(browser, world, "erased", sharing_id=key(world)).status_code == 303
        of_case = words(browser.get(f"{case}?lang={language}").text)
        assert said("console.sharings.called_back", language, number=1) not in of_case


def test_what_was_locked_while_the_page_was_open_is_refused_with_why(world: World) -> None:
    hold_id = opened(world)
    (hold,) = world.network.rows(EXCHANGE_ID, CASE_HOLDS, Condition("hold_id", "=", hold_id))
    with browser_of(world) as browser:
        act_as(browser, "investigator")
        end = MeasureEnd.overturned_on_appeal
        world.network.at(EXCHANGE_ID, lambda tx, now: lock_material(tx, of_pause(hold), end, now))
        page = send(browser, world, "propose", **TYPED, came_of=hold_id)
        assert page.status_code == 422
        assert "it is locked and nothing may rest on it" in words(page.text)
        assert world.network.rows(EXCHANGE_ID, SHARINGS) == []
