"""Measures in the console: written on one page, decided line by line, lifted; nothing typed gets lost on a refusal."""

import re
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.app.measure_records import CASE_FACTS, MEASURE_DECISIONS, MOTIONS, SCHEDULES
from tarazy.app.records import EVENTS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.measure import MeasureEnd, MeasureStatus
from tarazy.domain.motion import LineDecision, MotionStatus
from tarazy.edge.console.motion_form import ANSWER_MAX, LINES_PER_ACT_MAX, WORDS_MAX
from tarazy.edge.pages.forms import FIELDS_MAX, FORM_BYTES_MAX, TOKEN_COOKIE
from tarazy.edge.pages.security import CONTENT_POLICY
from tests.unit.edge.console.acting import (
    REASONS,
    WORDS,
    add,
    asked,
    begun,
    decision,
    lines_of,
    measures,
    new_act,
    register_elsewhere,
    registered_world,
)
from tests.unit.edge.console.test_pages import LANGUAGES, act_as, browser_of, words
from tests.unit.edge.console.world import World

BYTES_OF_A_LETTER = 6
"""A Cyrillic letter as a form sends it."""


@pytest.fixture
def world() -> World:
    return registered_world()


@pytest.fixture
def browser(world: World) -> Iterator[TestClient[Litestar]]:
    with browser_of(world) as client:
        yield client


def page(browser: TestClient[Litestar], path: str, language: str = "en") -> str:
    answer = browser.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert answer.status_code == 200, path
    return answer.text


def test_every_page_is_said_in_every_language(world: World, browser: TestClient[Litestar]) -> None:
    add(browser, world, "holder/usual_for_account")
    motion = asked(browser, world)
    case = f"/console/cases/{world.cases()[0]}"
    of_measures = [f"/console/measures/{measures(world, kind)[0].measure_id}" for kind in ("M5", "M9")]
    acts = [f"{case}/motions/new?ask={ask}" for ask in ("begin", "authorise", "extend")]
    acts += [f"/console/cases/{world.cases()[1]}/motions/new?ask=begin"]
    paths = ["/console/duties", "/console/motions", case, f"{case}/facts", *acts, *of_measures]
    paths += [f"/console/motions/{motion.motion_id}", f"/console/motions/{measures(world, 'M5')[0].schedule_id}"]
    for role in ("investigator", "investigating_judge", "supervisor"):
        act_as(browser, role)
        for language in LANGUAGES:
            for path in paths:
                answer = browser.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
                assert (answer.status_code, answer.headers["content-language"]) == (200, language), path
                assert answer.headers["content-security-policy"] == CONTENT_POLICY
                assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=\"", answer.text), path
                assert not re.search(r"\b(?:console|law|pages)\.[a-z_]+\.", words(answer.text)), path


def test_an_investigator_begins_and_sees_what_was_signed(world: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "investigator")
    done = new_act(browser, world)
    assert done.status_code == 303
    world.network.settle()
    assert {one.status for one in measures(world, "M5")} == {MeasureStatus.urgent}
    shown = words(page(browser, done.headers["location"]))
    assert "has begun M5" in shown
    for said in (WORDS["suitability"], WORDS["impact"], WORDS["hiding_risk"]):
        assert said in shown
    assert "9 holds: KZT 406,000.00" in shown
    duties = words(page(browser, "/console/duties"))
    assert "file the motion for 9 holds" in duties
    assert "If nobody acts: the measure lapses and the money is let go" in duties
    case = words(page(browser, f"/console/cases/{world.cases()[0]}"))
    assert "if each step comes in time, at most until" in case


def test_an_act_that_is_sent_twice_is_done_once(world: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "investigator")
    first = new_act(browser, world, schedule_id="mo_sent_twice")
    again = new_act(browser, world, schedule_id="mo_sent_twice")
    assert (first.status_code, again.status_code) == (303, 303)
    assert again.headers["location"].endswith("done=known")
    assert len(world.network.rows(EXCHANGE_ID, SCHEDULES)) == 1


def test_what_the_law_says_is_shown_before_anybody_signs(world: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "investigator")
    shown = new_act(browser, world, do="show", suitability="too short")
    assert shown.status_code == 200
    text = words(shown.text)
    assert "Nothing is signed yet." in text
    assert "Not lawful as it is written" in text
    assert "T5 Suitability: not passed" in text
    assert world.network.rows(EXCHANGE_ID, SCHEDULES) == []
    assert "Permitted" in words(new_act(browser, world, do="show").text)


def test_a_line_that_the_law_refuses_cannot_be_ticked(world: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "investigator")
    unregistered = page(browser, f"/console/cases/{world.cases()[1]}/motions/new?ask=begin&all=yes")
    boxes = re.findall(r'<input id="tick-[^>]*>', unregistered)
    assert boxes
    assert all(" disabled" in box and " checked" not in box for box in boxes)
    assert "The law refuses this line" in words(unregistered)
    registered = page(browser, f"/console/cases/{world.cases()[0]}/motions/new?ask=begin")
    assert not re.findall(r'<input id="tick-[^>]* (?:disabled|checked)', registered)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"hold": []}, "No line is ticked."),
        ({"impact": "short"}, "The law gate did not permit it."),
        ({"suitability": "short"}, "Give reasons that belong to this very case."),
        ({"milder-M4b": ""}, "The law gate did not permit it."),
        ({"offence": "kz-cc-none"}, "Choose the offence."),
    ],
)
def test_a_refusal_is_said_in_words_and_loses_nothing(
    world: World, browser: TestClient[Litestar], fields: dict[str, str], said: str
) -> None:
    act_as(browser, "investigator")
    refused = new_act(browser, world, **fields)
    assert refused.status_code == 422
    assert "Not signed, nothing was changed." in words(refused.text)
    assert said in words(refused.text)
    assert WORDS["hiding_risk"] in refused.text
    assert refused.text.count("It would not keep the sum where it is") >= 3
    if not fields.keys() & {"hold", "offence"}:
        assert refused.text.count(" checked") == 9
    assert world.network.rows(EXCHANGE_ID, SCHEDULES) == []


def test_a_sum_that_cannot_be_read_is_kept_as_it_was_typed(world: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "investigator")
    text = page(browser, f"/console/cases/{world.cases()[0]}/motions/new?ask=begin")
    name = re.findall(r'name="(sum-\w+)"', text)[0]
    refused = new_act(browser, world, **{name: "about a hundred"})
    assert refused.status_code == 422
    assert "could not be read" in words(refused.text)
    assert 'value="about a hundred"' in refused.text


def test_more_than_is_held_is_refused_with_the_test_that_says_so(world: World, browser: TestClient[Litestar]) -> None:
    act_as(browser, "investigator")
    text = page(browser, f"/console/cases/{world.cases()[0]}/motions/new?ask=begin")
    name = re.findall(r'name="(sum-\w+)"', text)[0]
    refused = new_act(browser, world, **{name: "300 000"})
    assert refused.status_code == 422
    assert "T7 Proportionality" in words(refused.text)
    assert measures(world, "M5") == []


def test_what_speaks_for_the_holder_must_be_answered(world: World, browser: TestClient[Litestar]) -> None:
    assert add(browser, world, "holder/usual_for_account").status_code == 303
    [fact] = world.network.rows(EXCHANGE_ID, CASE_FACTS)
    assert fact.is_for_holder
    [event] = world.network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "fact_added"))
    assert "answer no. 12" not in str(event.details)
    case = words(page(browser, f"/console/cases/{world.cases()[0]}"))
    assert "Speaks for the holder Such a payment is usual for this account" in case
    refused = new_act(browser, world, exculpatory="")
    assert refused.status_code == 422
    assert "A fact that speaks for the holder is not answered." in words(refused.text)
    assert new_act(browser, world).status_code == 303


@pytest.mark.parametrize(
    ("fact", "fields"),
    [("", {}), ("holder/payer_pressed", {}), ("holder/deceived_too", {"source": ""}), ("x", {"kind": "rumour"})],
)
def test_a_fact_without_side_or_source_is_not_taken(
    world: World, browser: TestClient[Litestar], fact: str, fields: dict[str, str]
) -> None:
    assert add(browser, world, fact, **fields).status_code == 422
    assert world.network.rows(EXCHANGE_ID, CASE_FACTS) == []


def test_a_judge_grants_narrows_and_strikes(world: World, browser: TestClient[Litestar]) -> None:
    motion = asked(browser, world)
    act_as(browser, "investigating_judge")
    assert "406,000.00" in words(page(browser, "/console/motions"))
    first, second, *_ = lines_of(world, motion)
    fields = {
        f"decision-{first.line_id}": "narrowed",
        f"sum-{first.line_id}": "1 000",
        f"decision-{second.line_id}": "struck",
        f"unlawful-{second.line_id}": "yes",
    }
    assert decision(browser, world, motion, **fields).status_code == 303
    world.network.settle()
    rows = lines_of(world, motion)
    assert [row.decision for row in rows[:3]] == [LineDecision.narrowed, LineDecision.struck, LineDecision.granted]
    assert rows[0].granted_minor == 1_000_00
    shown = words(page(browser, f"/console/motions/{motion.motion_id}"))
    assert "narrowed KZT 1,000.00" in shown
    assert "Found to be unlawful from the beginning" in shown
    assert "Sign the decision" not in shown


def test_nothing_is_chosen_beforehand_and_an_open_line_is_refused(world: World, browser: TestClient[Litestar]) -> None:
    motion = asked(browser, world)
    act_as(browser, "investigating_judge")
    shown = page(browser, f"/console/motions/{motion.motion_id}")
    assert shown.count('type="radio"') == 3 * len(lines_of(world, motion))
    assert " checked" not in shown
    for name in ("forum", "number", "decided_on"):
        assert f'name="{name}" type="{"date" if name == "decided_on" else "text"}" value=""' in shown
    row = lines_of(world, motion)[4]
    refused = decision(browser, world, motion, **{f"decision-{row.line_id}": ""})
    assert refused.status_code == 422
    assert "A line is not decided yet" in words(refused.text)
    assert 'id="fault-5"' in refused.text
    assert 'id="fault-4"' not in refused.text
    assert refused.text.count(" checked") == 8
    assert REASONS in refused.text
    assert world.network.rows(EXCHANGE_ID, MEASURE_DECISIONS) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"decision": "narrowed"}, "name less money or a shorter time"),
        ({"decision": "narrowed", "sum": "9 000 000"}, "A decision can give no more than was asked"),
        ({"decision": "narrowed", "until": "2026-11-01T10:00"}, "A decision can give no more than was asked"),
        ({"decision": "narrowed", "sum": "much"}, "could not be read"),
        ({"decision": "granted", "unlawful": "yes"}, "Only a line that is struck"),
    ],
)
def test_what_is_no_decision_is_said_in_words(
    world: World, browser: TestClient[Litestar], typed: dict[str, str], said: str
) -> None:
    motion = asked(browser, world)
    act_as(browser, "investigating_judge")
    row = lines_of(world, motion)[0]
    refused = decision(browser, world, motion, **{f"{name}-{row.line_id}": text for name, text in typed.items()})
    assert refused.status_code == 422
    assert said in words(refused.text)
    assert world.network.rows(EXCHANGE_ID, MEASURE_DECISIONS) == []


@pytest.mark.parametrize("role", ["investigator", "colleague", "prosecutor", "judge", "supervisor"])
def test_only_the_capacity_that_is_asked_has_controls(world: World, browser: TestClient[Litestar], role: str) -> None:
    motion = asked(browser, world)
    act_as(browser, role)
    shown = page(browser, f"/console/motions/{motion.motion_id}")
    assert 'type="radio"' not in shown
    assert "Decided by the investigating judge" in words(shown)
    refused = decision(browser, world, motion)
    assert refused.status_code in {403, 422}
    assert world.network.rows(EXCHANGE_ID, MEASURE_DECISIONS) == []


def test_the_papers_are_made_in_every_language(world: World, browser: TestClient[Litestar]) -> None:
    add(browser, world, "holder/usual_for_account")
    motion = asked(browser, world)
    for language in LANGUAGES:
        for paper in ("motion", "schedule", "file"):
            answer = browser.get(f"/console/motions/{motion.motion_id}/papers/{paper}.pdf?lang={language}")
            assert answer.status_code == 200, (paper, language)
            assert answer.content.startswith(b"%PDF")
    assert browser.get(f"/console/motions/{motion.motion_id}/papers/else.pdf").status_code == 404


def test_its_author_takes_a_motion_back(world: World, browser: TestClient[Litestar]) -> None:
    motion = asked(browser, world)
    path = f"/console/motions/{motion.motion_id}"
    assert "Take the motion back" in words(page(browser, path))
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], "reasons": REASONS}
    act_as(browser, "investigating_judge")
    assert "Take the motion back" not in words(page(browser, path))
    assert browser.post(f"{path}/withdrawal", data=sent, follow_redirects=False).status_code == 422
    act_as(browser, "investigator")
    assert browser.post(f"{path}/withdrawal", data=sent, follow_redirects=False).status_code == 303
    [after] = world.network.rows(EXCHANGE_ID, MOTIONS)
    assert after.status is MotionStatus.withdrawn


def test_an_author_lifts_a_measure_and_its_life_says_so(world: World, browser: TestClient[Litestar]) -> None:
    begun(browser, world)
    path = f"/console/measures/{measures(world, 'M5')[0].measure_id}"
    assert "Sign and lift" in words(page(browser, path))
    sent = {"form_token": browser.cookies[TOKEN_COOKIE], "reasons": "no"}
    assert browser.post(f"{path}/end?lang=en", data=sent, follow_redirects=False).status_code == 422
    assert measures(world, "M5")[0].status is MeasureStatus.urgent
    done = browser.post(f"{path}/end?lang=en", data={**sent, "reasons": REASONS}, follow_redirects=False)
    assert done.status_code == 303
    assert measures(world, "M5")[0].end is MeasureEnd.lifted_by_author
    world.sequence()
    shown = page(browser, path)
    assert "Its author lifted it." in words(shown)
    assert "/receipts/" in shown
    assert "Sign and lift" not in words(shown)


def test_of_another_authoritys_case_neither_lists_nor_pages_say_anything(
    world: World, browser: TestClient[Litestar]
) -> None:
    motion = asked(browser, world)
    pages = [f"/console/motions/{motion.motion_id}", f"/console/measures/{measures(world, 'M5')[0].measure_id}"]
    pages.append(f"{pages[0]}/papers/motion.pdf")
    assert [browser.get(path).status_code for path in pages] == [200, 200, 200]
    assert "406,000.00" in words(page(browser, "/console/motions"))
    assert "decide the motion" in words(page(browser, "/console/duties"))
    register_elsewhere(world)
    assert [browser.get(path).status_code for path in pages] == [403, 403, 403]
    assert "406,000.00" not in words(page(browser, "/console/motions"))
    assert "decide the motion" not in words(page(browser, "/console/duties"))
    for path in ("/console/motions/mo_none", "/console/measures/ms_none"):
        assert browser.get(path).status_code == 404


def test_a_full_form_can_be_read() -> None:
    words_sent = 4 * WORDS_MAX + 5 * ANSWER_MAX
    lines_sent = LINES_PER_ACT_MAX * 200
    assert words_sent * BYTES_OF_A_LETTER + lines_sent < FORM_BYTES_MAX
    assert 4 * LINES_PER_ACT_MAX + 20 < FIELDS_MAX
