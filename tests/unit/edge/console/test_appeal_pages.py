"""Appeals and errors at the console: the bundle first, words opened by the reviewer alone and recorded, other hands."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.agent.reference_core import CORE_ACCOUNTS
from tarazy.app.appeal_records import APPEALS, RECORDED_ERRORS
from tarazy.app.records import EVENTS, PARTICIPANTS
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealOutcome, AppealStatus
from tarazy.domain.error import ErrorCause, ErrorKind, ErrorStatus
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tarazy.values.replacing import replace
from tests.story_people import OFFICER
from tests.unit.edge.console.appeal_world import WORDS, an_error, appealed_world, the_appeal, with_errors
from tests.unit.edge.console.test_pages import act_as, browser_of, words
from tests.unit.edge.console.world import World

REASONS = "The invoice and the delivery note for exactly this payment have been shown."
WHY = "The holder was told by telephone, and has said so in the appeal."
LANGUAGES = ("kk", "ru", "en")


@pytest.fixture
def world() -> World:
    return appealed_world()


@pytest.fixture
def browser(world: World) -> Iterator[TestClient[Litestar]]:
    with browser_of(world) as client:
        yield client


def place(world: World) -> str:
    appeal = the_appeal(world)
    return f"/console/cases/{appeal.case_id}/appeals/{appeal.appeal_id}"


def page(browser: TestClient[Litestar], path: str, language: str = "en") -> str:
    answer = browser.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert answer.status_code == 200, path
    return answer.text


def post(browser: TestClient[Litestar], path: str, **fields: Any) -> Any:
    browser.get("/console/appeals")
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], **fields}
    return browser.post(f"{path}?lang=en", data=sent, follow_redirects=False)


def reads(world: World) -> list[Any]:
    return world.network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "appeal_words_read"))


def reserved(world: World) -> int:
    return sum(account.reserved_minor for account in world.network.rows("bank-b", CORE_ACCOUNTS))


def test_the_queue_is_that_of_ones_own_capacity(world: World, browser: TestClient[Litestar]) -> None:
    address = place(world)
    for role, has_it in (("prosecutor", True), ("judge", False), ("investigator", False), ("supervisor", True)):
        act_as(browser, role)
        assert (address in page(browser, "/console/appeals")) is has_it, role


def test_the_bundle_stands_first_and_says_in_words_what_is_missing(world: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "prosecutor")
    text = page(browser, place(world))
    assert text.index('id="bundle"') < text.index('id="said"') < text.index('id="decide"')
    said = words(text)
    assert "The burden is on the official." in said
    assert "1 item is missing" in said
    assert "✗ missing The holder was told" in said
    assert "✓ there Signed act of the author" in said


def test_nothing_is_filled_in_beforehand(world: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "prosecutor")
    form = page(browser, place(world)).split('id="decide"')[1].split("</form>")[0]
    assert [f'value="{one}"' in form for one in AppealOutcome] == [True] * 4
    assert "checked" not in form
    assert all(not text for text in re.findall(r"<textarea[^>]*>([^<]*)</textarea>", form))


def test_the_words_are_opened_by_the_reviewer_alone_and_that_is_recorded(
    world: World, browser: TestClient[Litestar]
) -> None:
    for role in ("prosecutor", "supervisor", "judge", "investigator"):
        act_as(browser, role)
        assert "daughter" not in page(browser, place(world)), role
    for role in ("supervisor", "judge", "investigator"):
        act_as(browser, role)
        answer = post(browser, f"{place(world)}/words")
        assert answer.status_code == 403, role
        assert "daughter" not in answer.text
    assert reads(world) == []
    act_as(browser, "prosecutor")
    answer = post(browser, f"{place(world)}/words")
    assert answer.status_code == 200
    assert WORDS.replace("'", "&#39;").replace("<", "&lt;").replace(">", "&gt;") in answer.text
    [read] = reads(world)
    assert (read.subject_id, read.participant_id, read.details["officer"]) == (
        the_appeal(world).appeal_id,
        "prosecutor",
        OFFICER,
    )
    assert "daughter" not in repr(read)


def test_overturned_lets_go_at_the_bank_and_the_chain_shows_the_reasons(
    world: World, browser: TestClient[Litestar]
) -> None:
    act_as(browser, "prosecutor")
    assert post(browser, place(world), outcome="measure_overturned", reasons=REASONS).status_code == 303
    world.network.settle()
    assert reserved(world) == 0
    said = words(page(browser, f"{place(world)}?done=yes"))
    assert "Decided and signed." in said
    assert REASONS in said
    assert "This forum has answered." in said


def test_what_is_missing_must_be_answered_to_let_the_measure_stand(world: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "prosecutor")
    refused = post(browser, place(world), outcome="measure_stands", reasons=REASONS)
    assert refused.status_code == 422
    assert "Something is missing that the measure should be able to show." in words(refused.text)
    assert REASONS in refused.text
    half = post(browser, place(world), outcome="measure_stands", reasons=REASONS, why_still=WHY)
    assert half.status_code == 422
    done = post(browser, place(world), outcome="measure_stands", reasons=REASONS, why_still=WHY, missing="holder_told")
    assert done.status_code == 303
    assert the_appeal(world).outcome is AppealOutcome.measure_stands
    assert reserved(world) == 500_000


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose one of the four outcomes."),
        ({"outcome": "upheld"}, "Choose one of the four outcomes."),
        ({"outcome": "measure_narrowed", "keep": "much"}, ""),
        ({"outcome": "measure_narrowed", "keep": "5000"}, "Nobody may be worse off by their own appeal."),
        ({"outcome": "measure_overturned", "reasons": "no"}, ""),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    world: World, browser: TestClient[Litestar], fields: dict[str, str], said: str
) -> None:
    act_as(browser, "prosecutor")
    answer = post(browser, place(world), **{"reasons": REASONS, **fields})
    assert answer.status_code == 422
    assert "Not done" in words(answer.text)
    assert said in words(answer.text)
    assert the_appeal(world).status is AppealStatus.admitted


def test_another_capacity_sees_why_it_is_not_theirs(world: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "judge")
    assert "This appeal is before another forum." in words(page(browser, place(world)))
    assert post(browser, place(world), outcome="measure_overturned", reasons=REASONS).status_code == 422
    assert the_appeal(world).outcome is None
    act_as(browser, "supervisor")
    assert "You only read here" in words(page(browser, place(world)))
    assert post(browser, place(world), outcome="measure_overturned", reasons=REASONS).status_code == 403


def test_silence_shows_both_forums(world: World, browser: TestClient[Litestar]) -> None:
    world.network.wait(hours=73)
    first, second = world.network.rows(EXCHANGE_ID, APPEALS, order=("forum_no",))
    act_as(browser, "supervisor")
    text = page(browser, f"/console/cases/{second.case_id}/appeals/{second.appeal_id}")
    assert f"/appeals/{first.appeal_id}" in text
    assert "the prosecutor : carried out" in words(text).replace(":", " :").replace("  ", " ")


def test_an_appeal_of_another_case_is_not_there(world: World, browser: TestClient[Litestar]) -> None:
    appeal = the_appeal(world)
    assert browser.get(f"/console/cases/cs_none/appeals/{appeal.appeal_id}").status_code == 404
    assert browser.get(f"/console/cases/{appeal.case_id}/appeals/ap_none").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_said_in_every_language(world: World, browser: TestClient[Litestar], language: str) -> None:
    with_errors(world, an_error(1, world.network.now), an_error(2, world.network.now, kind=ErrorKind.abuse))
    for role in ("prosecutor", "supervisor"):
        act_as(browser, role)
        paths = ("/console/appeals", place(world), "/console/errors", "/console/errors/er_1", "/console/errors/er_2")
        for path in paths:
            text = page(browser, path, language)
            assert not re.search(r"\b(?:console|desk|app|public)\.[a-z_]+\.", words(text)), path


def test_an_error_is_classified_by_other_hands_and_once(world: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "prosecutor")
    post(browser, place(world), outcome="measure_unlawful", reasons=REASONS)
    [error] = world.network.rows(EXCHANGE_ID, RECORDED_ERRORS)
    path = f"/console/errors/{error.error_id}"
    assert "You had a hand in this measure" in words(page(browser, path))
    refused = post(browser, path, kind="breach_of_rule", reasons=REASONS)
    assert refused.status_code == 422
    act_as(browser, "judge")
    said = words(page(browser, path))
    assert "Unlawful from the beginning" in said
    assert "Not classified yet" in said
    assert "checked" not in page(browser, path)
    assert post(browser, path, reasons=REASONS).status_code == 422
    assert post(browser, path, kind="breach_of_rule", reasons=REASONS).status_code == 303
    [error] = world.network.rows(EXCHANGE_ID, RECORDED_ERRORS)
    assert (error.kind, error.status, error.cause) == (
        ErrorKind.breach_of_rule,
        ErrorStatus.disclosed,
        ErrorCause.unlawful_from_the_beginning,
    )
    assert "It is classified already." in words(page(browser, path))


def test_an_error_can_be_found_to_be_none(world: World, browser: TestClient[Litestar]) -> None:
    with_errors(world, an_error(1, world.network.now))
    act_as(browser, "judge")
    assert post(browser, "/console/errors/er_1", kind="none", reasons=REASONS).status_code == 303
    assert "No error" in words(page(browser, "/console/errors"))


def test_an_investigator_has_no_register(browser: TestClient[Litestar]) -> None:
    act_as(browser, "investigator")
    assert browser.get("/console/errors").status_code == 403


def test_who_only_reads_classifies_nothing(world: World, browser: TestClient[Litestar]) -> None:
    with_errors(world, an_error(1, world.network.now))
    act_as(browser, "supervisor")
    assert "You only read here" in words(page(browser, "/console/errors/er_1"))
    assert post(browser, "/console/errors/er_1", kind="abuse", reasons=REASONS).status_code == 403
    assert browser.get("/console/errors/er_none").status_code == 404


def test_the_queue_of_an_office_of_another_district_is_empty(world: World, browser: TestClient[Litestar]) -> None:
    address = place(world)
    act_as(browser, the_appeal(world).decider)
    assert address in page(browser, "/console/appeals")

    def move_away(tx: Transaction, _: Setting) -> None:
        for body in tx.find(PARTICIPANTS, Condition("kind", "in", ["police", "prosecutor", "court"])):
            tx.put(PARTICIPANTS, replace(body, places=("Almaty",) if body.kind == "police" else ("Astana",)))

    world.network.at(EXCHANGE_ID, move_away)
    assert address not in page(browser, "/console/appeals")
    assert browser.get(address).status_code == 403


@pytest.mark.parametrize(
    ("decider", "role"),
    [
        ("regional_court", "regional_judge"),
        ("supervisor", "regulator"),
        ("court", "judge"),
        ("prosecutor", "prosecutor"),
    ],
)
def test_every_forum_of_the_pack_has_somebody_who_can_decide(
    world: World, browser: TestClient[Litestar], decider: str, role: str
) -> None:
    appeal = the_appeal(world)
    world.network.at(EXCHANGE_ID, lambda tx, _: tx.put(APPEALS, replace(appeal, decider=decider)))
    act_as(browser, role)
    assert place(world) in page(browser, "/console/appeals")
    done = post(browser, place(world), outcome="measure_overturned", reasons=REASONS)
    assert done.status_code == 303, done.text
    [after] = world.network.rows(EXCHANGE_ID, APPEALS)
    assert after.outcome is AppealOutcome.measure_overturned
