"""What officials do in the browser with measures: forms filled in as their pages show them, and sent."""

import re
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from tarazy.app.measure_records import CASE_MEASURES, MOTIONS, SCHEDULE_ROWS, CaseMeasure, Motion, ScheduleRow
from tarazy.app.records import CASES
from tarazy.app.registering import RegisterCase, register_case
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.rejection import Rejection
from tarazy.edge.console.person import Signatory
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tarazy.law.ground import Pack
from tarazy.protocol.statement import Act
from tarazy.values.ids import OfficerId
from tarazy.values.replacing import replace
from tests.unit.edge.console.test_pages import act_as
from tests.unit.edge.console.world import POLICE, PROSECUTORS, World, told_world

INVESTIGATOR = OfficerId("investigator-1")
REGISTRATION = "267500031000123"
WORDS = {
    "exculpatory": "Such payments came from another payer; this one followed a call that the payer has described.",
    "suitability": "The sum can only be kept for the payer where it lies now, on this account.",
    "impact": "Nothing but the traced sum is out of use; wages and everything else stay usable.",
    "hiding_risk": "Two payments to other banks were entered within minutes of the arrival.",
}
MILDER = "It would not keep the sum where it is until a court can decide on it."
REASONS = "The money of the payer lies on these accounts and may leave them at any moment."
FORUM = "Алматы қаласының ойдан шығарылған тергеу соты"


def registered_world(pack: str | Pack = "kz-demo") -> World:
    """Return the world with several cases, the first of them registered by an investigator."""
    world = told_world(pack)
    world.network.banks["bank-b"].is_away = False
    world.network.settle()
    case_id = world.cases()[0]
    ring = world.context.officers[POLICE]
    signatory = Signatory(POLICE, INVESTIGATOR, ring.officers[INVESTIGATOR].signer())
    command = RegisterCase(
        case_id=case_id,
        participant_id=POLICE,
        registration=REGISTRATION,
        registered_at=world.network.now,
        statement="",
    )
    signed = signatory.statement(Act.register_case, case_id, REASONS, world.network.now, command.terms())
    done = world.network.at(EXCHANGE_ID, lambda tx, now: register_case(tx, replace(command, statement=signed), now))
    assert not isinstance(done, Rejection), done
    assert world.network.rows(EXCHANGE_ID, CASES, Condition("case_id", "=", case_id))[0].registration == REGISTRATION
    return world


def fields_of(page: str) -> dict[str, Any]:
    """Return the fields of a new act as its page fills them in: hidden ones, sums and ends."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]*)"', tag)
        if name and value and (kind is None or kind[1] not in {"checkbox", "radio"}):
            found[name[1]] = value[1]
    found |= dict.fromkeys(re.findall(r'<textarea [^>]*name="(milder-[^"]*)"', page), MILDER)
    for field in ("offence", "aim"):
        select = re.search(rf'<select [^>]*name="{field}">(.*?)</select>', page, re.DOTALL)
        chosen = None if select is None else re.search(r'value="([^"]*)" selected', select[1])
        if chosen is not None:
            found[field] = chosen[1]
    return found


def new_act(
    browser: TestClient[Litestar],
    world: World,
    ask: str = "begin",
    *,
    do: str = "sign",
    lang: str = "en",
    **fields: Any,
) -> Any:
    """Open the page of a new act with all lawful lines ticked, fill it in but for what is given, and send it."""
    path = f"/console/cases/{world.cases()[0]}/motions/new"
    page = browser.get(f"{path}?ask={ask}&all=yes&lang={lang}").text
    ticked = re.findall(r'name="hold" type="checkbox" value="(\w+)" checked', page)
    sent = {**fields_of(page), "form_token": browser.cookies[TOKEN_COOKIE], "hold": ticked, "do": do, **WORDS, **fields}
    return browser.post(f"{path}?lang={lang}", data=sent, follow_redirects=False)


def begun(browser: TestClient[Litestar], world: World) -> None:
    """Let an investigator begin M5 upon everything that the first case holds."""
    act_as(browser, "investigator")
    assert new_act(browser, world).status_code == 303
    world.network.settle()


def asked(browser: TestClient[Litestar], world: World) -> Motion:
    """Let an investigator begin M5 and ask for M9 in time; return the motion."""
    begun(browser, world)
    assert new_act(browser, world, "authorise").status_code == 303
    world.network.settle()
    world.sequence()
    [motion] = world.network.rows(EXCHANGE_ID, MOTIONS)
    assert isinstance(motion, Motion)
    return motion


def lines_of(world: World, motion: Motion) -> list[ScheduleRow]:
    """Return the lines of a motion, in order."""
    mine = Condition("schedule_id", "=", motion.motion_id)
    return world.network.rows(EXCHANGE_ID, SCHEDULE_ROWS, mine, order=("number",))


def measures(world: World, kind: str) -> list[CaseMeasure]:
    """Return the measures of a kind."""
    return world.network.rows(EXCHANGE_ID, CASE_MEASURES, Condition("measure", "=", kind), order=("hold_id",))


def decision(browser: TestClient[Litestar], world: World, motion: Motion, **fields: Any) -> Any:
    """Grant every line but for what is given, and send the decision."""
    path = f"/console/motions/{motion.motion_id}"
    browser.get(f"{path}?lang=en")
    sent: dict[str, Any] = {
        "form_token": browser.cookies[TOKEN_COOKIE],
        **{f"decision-{row.line_id}": "granted" for row in lines_of(world, motion)},
        "forum": FORUM,
        "number": "1-77/26",
        "decided_on": "2026-11-22",
        "reasons": REASONS,
        **fields,
    }
    return browser.post(f"{path}/decision?lang=en", data=sent, follow_redirects=False)


def add(browser: TestClient[Litestar], world: World, fact: str, **fields: Any) -> Any:
    """Let an investigator add a fact to the first case."""
    act_as(browser, "investigator")
    path = f"/console/cases/{world.cases()[0]}/facts"
    browser.get(path)
    sent = {
        "form_token": browser.cookies[TOKEN_COOKIE],
        "fact": fact,
        "kind": "fact",
        "grade": "confirmed_by_institution",
        "source": "answer no. 12 of the holder's bank",
        **fields,
    }
    return browser.post(f"{path}?lang=en", data=sent, follow_redirects=False)


def register_elsewhere(world: World) -> None:
    """Let the first case be one that another authority has registered."""
    officer_id = OfficerId("prosecutor-1")
    signatory = Signatory(PROSECUTORS, officer_id, world.context.officers[PROSECUTORS].officers[officer_id].signer())
    case_id = world.cases()[0]
    signed = signatory.statement(Act.register_case, case_id, REASONS, world.network.now)
    [case] = world.network.rows(EXCHANGE_ID, CASES, Condition("case_id", "=", case_id))
    other = replace(case, registration_statement=signed)
    world.network.at(EXCHANGE_ID, lambda tx, _: tx.put(CASES, other))
