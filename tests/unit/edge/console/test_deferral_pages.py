"""A notice is put off on its measure's own page, by whose step it is; refused in words; lifted early."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.agent.deferring import KEPT_DEFERRALS
from tarazy.app.deferring import DEFERRALS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.deferral import DeferralStatus
from tarazy.edge.pages.entered import write_local
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tests.unit.edge.console.acting import REASONS, begun, measures, registered_world
from tests.unit.edge.console.test_measure_pages import page
from tests.unit.edge.console.test_pages import act_as, words
from tests.unit.edge.console.world import World

COVERT: Final = "law.deferral.covert_measure"
OFFER: Final = "Sign and put off"
EARLY: Final = "Sign and have it served at once"


@pytest.fixture
def world() -> World:
    return registered_world()


@pytest.fixture
def browser(world: World) -> Iterator[TestClient[Litestar]]:
    with TestClient(world.app()) as client:
        begun(client, world)
        yield client


def path(world: World) -> str:
    return f"/console/measures/{measures(world, 'M5')[0].measure_id}"


def put_off(browser: TestClient[Litestar], world: World, days: float = 9, **fields: str) -> Any:
    browser.get(path(world))
    until = write_local(world.network.now.plus(timedelta(days=days)), world.context.pack.data.calendar.zone)
    sent = {
        "form_token": browser.cookies[TOKEN_COOKIE],
        "ground": COVERT,
        "until": until,
        "deferral_reasons": REASONS,
        **fields,
    }
    done = browser.post(f"{path(world)}/deferral?lang=en", data=sent, follow_redirects=False)
    world.network.settle()
    return done


def lift(browser: TestClient[Litestar], world: World) -> Any:
    browser.get(path(world))
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], "lift_reasons": REASONS}
    done = browser.post(f"{path(world)}/deferral/lift?lang=en", data=sent, follow_redirects=False)
    world.network.settle()
    return done


def kept(world: World) -> list[DeferralStatus]:
    return [one.status for bank in world.network.banks for one in world.network.rows(bank, KEPT_DEFERRALS)]


def test_whose_step_it_is_sees_the_form_with_the_latest_end_and_nobody_else(
    world: World, browser: TestClient[Litestar]
) -> None:
    assert OFFER not in page(browser, path(world))
    assert "Steps used 0 of 6 The next step is granted by prosecutor" in words(page(browser, path(world)))
    act_as(browser, "prosecutor")
    shown = page(browser, path(world))
    assert OFFER in shown
    latest = write_local(world.network.now.plus(timedelta(days=10)), world.context.pack.data.calendar.zone)
    assert f'value="{latest}"' in shown
    assert len(re.findall('<option value="law.deferral', shown)) == 3
    act_as(browser, "investigating_judge")
    assert OFFER not in page(browser, path(world))


def test_a_prosecutor_puts_off_then_the_judge_is_next_and_the_bank_keeps_it_back(
    world: World, browser: TestClient[Litestar]
) -> None:
    act_as(browser, "prosecutor")
    done = put_off(browser, world)
    assert done.status_code == 303, words(done.text)
    assert kept(world) == [DeferralStatus.granted]
    shown = words(page(browser, path(world)))
    assert "The notice is put off until:" in shown
    assert "Steps used 1 of 6 The next step is granted by investigating judge" in shown
    assert OFFER not in shown
    act_as(browser, "investigating_judge")
    assert OFFER in page(browser, path(world))
    assert put_off(browser, world, 30).status_code == 303
    assert kept(world) == [DeferralStatus.granted] * 2


@pytest.mark.parametrize(
    ("role", "days", "fields", "says"),
    [
        ("prosecutor", 11, {}, "The law does not allow longer"),
        ("prosecutor", 9, {"ground": "law.deferral.convenience"}, "cannot be put off on that ground"),
        ("prosecutor", 9, {"until": "soon"}, "It is too late"),
        ("prosecutor", 9, {"deferral_reasons": "no"}, "reasons"),
        ("investigating_judge", 9, {}, "At this step another body grants the deferral"),
        ("investigator", 9, {}, "Whoever took a measure does not put its notice off"),
    ],
)
def test_a_refusal_is_said_in_words_and_nothing_is_put_off(
    world: World, browser: TestClient[Litestar], role: str, days: float, fields: dict[str, str], says: str
) -> None:
    act_as(browser, role)
    done = put_off(browser, world, days, **fields)
    assert done.status_code == 422
    assert says in words(done.text)
    assert world.network.rows(EXCHANGE_ID, DEFERRALS) == []


def test_who_only_reads_signs_nothing(world: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "supervisor")
    assert put_off(browser, world).status_code == 403
    assert lift(browser, world).status_code == 403
    assert world.network.rows(EXCHANGE_ID, DEFERRALS) == []


@pytest.mark.parametrize("role", ["prosecutor", "investigating_judge"])
def test_it_is_lifted_early_by_who_granted_it_or_stands_above(
    world: World, browser: TestClient[Litestar], role: str
) -> None:
    act_as(browser, "prosecutor")
    assert put_off(browser, world).status_code == 303
    act_as(browser, "investigator")
    assert EARLY not in page(browser, path(world))
    assert lift(browser, world).status_code == 422
    act_as(browser, role)
    assert EARLY in page(browser, path(world))
    assert lift(browser, world).status_code == 303
    assert kept(world) == [DeferralStatus.lifted]
    assert "lifted early" in words(page(browser, path(world)))
