"""Errors at the console: who is shown them, and the claims for compensation that are answered on their pages."""

import re
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.agent.claims import LodgeClaim, lodge_claim
from tarazy.app.access import Role, Visitor, Who
from tarazy.app.appeal_records import CLAIMS, Claim
from tarazy.app.errors import note_error
from tarazy.app.records import CASE_HOLDS, EVENTS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealRoad, Appellant
from tarazy.domain.error import ErrorCause, FoundBy
from tarazy.edge.console.reading import readable_errors
from tarazy.values.ids import MeasureId, ParticipantId
from tests.story_people import OFFICER
from tests.unit.edge.console.appeal_world import an_error, appealed_world, with_errors
from tests.unit.edge.console.test_appeal_pages import page, post
from tests.unit.edge.console.test_pages import act_as, browser_of, words
from tests.unit.edge.console.world import World

REASONS = "The invoice and the delivery note for exactly this payment have been shown."
LANGUAGES = ("kk", "ru", "en")


@pytest.fixture
def world() -> World:
    return appealed_world()


@pytest.fixture
def browser(world: World) -> Iterator[TestClient[Litestar]]:
    with browser_of(world) as client:
        yield client


def test_the_list_of_errors_is_for_overseers_and_each_error_for_whom_the_policies_name(
    world: World, browser: TestClient[Litestar]
) -> None:
    with_errors(world, an_error(1, world.network.now))
    for role, status in (("supervisor", 200), ("prosecutor", 200), ("judge", 200), ("investigator", 403)):
        act_as(browser, role)
        assert browser.get("/console/errors/er_1").status_code == status, role
        assert browser.get("/console/errors").status_code == status, role


@pytest.mark.parametrize(
    ("role", "body", "may"),
    [
        (Role.supervisor, "supervisor", True),
        (Role.data_protection, "privacy", True),
        (Role.prosecutor, "prosecutor", True),
        (Role.court, "court", True),
        (Role.investigating_judge, "court", True),
        (Role.court, "another-court", False),
        (Role.prosecutor, "another-prosecutor", False),
        (Role.investigator, "police", False),
        (Role.analyst, "bank-b", False),
        (Role.head, "bank-b", True),
        (Role.head, "bank-a", False),
    ],
)
def test_who_is_shown_an_error(world: World, role: Role, body: str, may: bool) -> None:
    error = an_error(1, world.network.now)
    visitor = Visitor(who=Who.officer, role=role, participant_id=ParticipantId(body), officer_id=OFFICER)
    shown = world.network.at(EXCHANGE_ID, lambda tx, _: readable_errors(tx, visitor, [error]))
    assert shown == ([error] if may else [])


def a_claim(world: World) -> str:
    """Let somebody claim 250 tenge for an error that nobody has classified, and return the page of the error."""
    [hold] = world.network.rows(EXCHANGE_ID, CASE_HOLDS)
    cause, by = ErrorCause.late_notice, FoundBy.notice
    measure_id = MeasureId(hold.hold_id)
    error = world.network.at(EXCHANGE_ID, lambda tx, now: note_error(tx, measure_id, hold, cause, by, now))
    world.network.settle()
    command = LodgeClaim(
        error_id=error.error_id,
        claimant=Appellant.holder,
        road=AppealRoad.app,
        is_identified=True,
        heads=("income_lost",),
        words="I lost a <day>'s work.",
        amount_minor=250_00,
        currency="KZT",
    )
    world.network.at("bank-b", lambda tx, now: lodge_claim(tx, command, EXCHANGE_ID, now))
    world.network.settle()
    return f"/console/errors/{error.error_id}"


def the_claim(world: World) -> Claim:
    [claim] = world.network.rows(EXCHANGE_ID, CLAIMS)
    assert isinstance(claim, Claim)
    return claim


def test_a_claim_is_answered_on_the_page_of_its_error_and_then_paid(
    world: World, browser: TestClient[Litestar]
) -> None:
    path, claim = a_claim(world), the_claim(world)
    act_as(browser, "judge")
    said = words(page(browser, path))
    assert "KZT 250.00" in said
    assert "income was lost" in said
    assert "day" not in said.split("Claims for compensation")[1]
    form = {"to": "claim", "claim": claim.claim_id, "reasons": REASONS}
    for wrong in ({"outcome": ""}, {"outcome": "accepted", "sum": "x"}, {"outcome": "accepted", "sum": "251"}):
        assert post(browser, path, **form, **wrong).status_code == 422
    assert post(browser, path, **form, outcome="accepted", sum="200").status_code == 303
    after = the_claim(world)
    assert (after.status, after.accepted_minor, after.forum) == ("accepted", 200_00, "law.forum.court")
    assert "a court" in words(page(browser, path))
    assert post(browser, path, **form, outcome="settled").status_code == 303
    assert the_claim(world).status == "settled"
    assert "I lost" not in page(browser, path)


def test_the_words_of_a_claim_are_opened_once_for_whoever_answers(world: World, browser: TestClient[Litestar]) -> None:
    path = a_claim(world)
    act_as(browser, "judge")
    opened = post(browser, path, to="words", claim=the_claim(world).claim_id)
    assert opened.status_code == 200
    assert "I lost a &lt;day&gt;" in opened.text
    kinds = [one.kind for one in world.network.rows(EXCHANGE_ID, EVENTS)]
    assert kinds.count("claim_words_read") == 1
    act_as(browser, "supervisor")
    assert "Open the person" not in page(browser, path)
    assert post(browser, path, to="words", claim=the_claim(world).claim_id).status_code == 403


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_claim_is_said_in_every_language(world: World, browser: TestClient[Litestar], language: str) -> None:
    path = a_claim(world)
    act_as(browser, "judge")
    assert not re.search(r"\b(?:console|desk|app|public|claim)\.[a-z_]+\.", words(page(browser, path, language)))
