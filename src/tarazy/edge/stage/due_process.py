"""What follows a bank's pause: an investigator carries it on, a judge decides, the one who is touched appeals.

All of it goes through the pages of those who act: the console of the authorities, and the bank's page for whoever has
nothing but the code of a letter.
"""

import time
from datetime import timedelta
from typing import Final

from tarazy.agent.notice_office import ZONE
from tarazy.app.appeal_records import APPEALS, RECORDED_ERRORS, Appeal
from tarazy.app.measure_records import CASE_MEASURES, MOTIONS, SCHEDULE_ROWS, CaseMeasure, Motion, ScheduleRow
from tarazy.app.records import CASE_HOLDS, CaseHold
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealGround, AppealOutcome, AppealStatus
from tarazy.domain.measure import MeasureStatus
from tarazy.domain.motion import LineDecision
from tarazy.edge.pages.entered import write_local
from tarazy.edge.stage import spoken
from tarazy.edge.stage.plot import BANK_OF, DANIYAR, THEFT
from tarazy.edge.stage.rights import REGISTRATION
from tarazy.edge.stage.scene import OFFENCE, Scene, typed
from tarazy.edge.stage.telling import Fact, fact
from tarazy.edge.stage.visitor import Visitor
from tarazy.values.ids import CaseId
from tarazy.values.instant import Instant

JUDGE_FORUM: Final = "Ойдан шығарылған тергеу соты"
JUDGE_NUMBER: Final = "1-1/26"
DAYS_BEGUN: Final = timedelta(days=9)
DAYS_ASKED: Final = timedelta(days=60)
RUNGS: Final = ("M1", "M2", "M2t", "M3", "M4a", "M4b", "M5")


def investigator_carries_on(scene: Scene) -> tuple[Fact, ...]:
    """Register the criminal case and begin M5 upon everything that the banks hold: one signature, one order a hold."""
    case_id = scene.known_report(THEFT).case_id
    number = [("number", REGISTRATION), ("at", write_local(scene.now(), ZONE))]
    console = scene.console("investigator")
    console.send(f"/console/cases/{case_id}/registration", [*number, ("reasons", spoken.REGISTERED)])
    holds = _standing(scene, case_id)
    _sign(console, case_id, "begin", holds, scene.now().plus(DAYS_BEGUN))
    scene.wait_until("every bank to take the measure", lambda: all(one.taken_at for one in _measures(scene, case_id)))
    begun = _measures(scene, case_id)
    assert len(begun) == len(holds)
    return (
        fact("registered", registration=REGISTRATION),
        fact("carried_on", amount_minor=sum(one.held_minor for one in begun), holds=len(begun)),
        fact("ends_without_motion", until=min(one.expires_at for one in begun).text()),
    )


def judge_decides(scene: Scene) -> tuple[Fact, ...]:
    """Ask for the attachment of all but Daniyar's piece; an investigating judge grants it on one page, line by line."""
    case_id = scene.known_report(THEFT).case_id
    own = scene.hold_on(DANIYAR).hold_id
    holds = [hold for hold in _standing(scene, case_id) if hold.hold_id != own]
    _sign(scene.console("investigator"), case_id, "authorise", holds, scene.now().plus(DAYS_ASKED))
    motion = _motion(scene, case_id)
    assert motion.decide_by is not None
    rows = scene.at(EXCHANGE_ID, lambda tx, _: tx.find(SCHEDULE_ROWS, _of_schedule(motion)))
    decided = [
        *((f"decision-{row.line_id}", LineDecision.granted.value) for row in rows),
        ("forum", JUDGE_FORUM),
        ("number", JUDGE_NUMBER),
        ("decided_on", scene.now().utc.astimezone(ZONE).date().isoformat()),
        ("reasons", spoken.TO_THE_UNIT),
    ]
    scene.console("investigating_judge").send(f"/console/motions/{motion.motion_id}/decision", decided)
    scene.wait_until("every bank to take the attachment", lambda: _all_attached(scene, case_id, rows))
    granted = [one for one in _measures(scene, case_id) if one.status is MeasureStatus.in_force]
    return (
        fact("asked_judge", holds=len(rows), until=motion.decide_by.text()),
        fact("judge_granted", decision=f"{JUDGE_FORUM}, № {JUDGE_NUMBER}", holds=len(granted)),
        fact("attached", amount_minor=sum(one.held_minor for one in granted), until=granted[0].expires_at.text()),
    )


def daniyar_appeals(scene: Scene) -> tuple[Fact, ...]:
    """Daniyar appeals with nothing but the code of his letter; the prosecutor overturns, and his bank lets go."""
    bank, hold = BANK_OF[DANIYAR], scene.hold_on(DANIYAR)
    code = scene.notices(DANIYAR)[-1].code
    at_bank = Visitor(scene.network.url(bank))
    at_bank.get("/appeal")
    fields = [("code", code), ("grounds", AppealGround.good_faith.value), ("words", spoken.RIDE), ("to", "send")]
    at_bank.fill("/appeal", fields)
    appeal = scene.wait("the appeal to reach the exchange", lambda: _appeal(scene, hold.hold_id))
    assert appeal.due_at is not None
    decision = [
        ("outcome", AppealOutcome.measure_overturned.value),
        ("reasons", spoken.GOOD_FAITH),
    ]
    path = f"/console/cases/{appeal.case_id}/appeals/{appeal.appeal_id}"
    prosecutor = scene.console("prosecutor")
    started = time.perf_counter()
    prosecutor.send(path, decision)
    scene.wait_until("the bank to say that it has let go", lambda: _is_executed(scene, appeal))
    spent_ms = round((time.perf_counter() - started) * 1000)
    scene.wait_until("the core to let go", lambda: scene.account(DANIYAR).reserved_minor == 0)
    errors = scene.at(EXCHANGE_ID, lambda tx, _: tx.find(RECORDED_ERRORS, Condition("case_id", "=", appeal.case_id)))
    assert errors
    return (
        fact("appealed_by_code", person=DANIYAR, until=appeal.due_at.text()),
        fact("overturned", person=DANIYAR, amount_minor=hold.held_minor, ms=spent_ms),
        fact("usable", person=DANIYAR, amount_minor=scene.account(DANIYAR).spendable_minor),
        fact("error_noted", number=len(errors)),
    )


def _sign(console: Visitor, case_id: CaseId, ask: str, holds: list[CaseHold], until: Instant) -> None:
    """Fill in the page of an act upon these holds as an officer does, and sign it."""
    end = write_local(until, ZONE)
    lines = [
        field
        for hold in holds
        for field in (
            ("hold", hold.hold_id),
            (f"sum-{hold.hold_id}", typed(hold.held_minor)),
            (f"until-{hold.hold_id}", end),
        )
    ]
    fields = [
        ("ask", ask),
        ("offence", OFFENCE),
        ("suitability", f"{_why(ask)} {spoken.WHERE_IT_IS}"),
        ("impact", spoken.IMPACT),
        ("hiding_risk", spoken.MOVES_ON),
        *((f"milder-{rung}", spoken.ENOUGH) for rung in RUNGS),
        *lines,
        ("do", "sign"),
    ]
    console.send(f"/console/cases/{case_id}/motions/new", fields)


def _why(ask: str) -> str:
    return spoken.PAUSES_END if ask == "begin" else spoken.WEEKS


def _standing(scene: Scene, case_id: CaseId) -> list[CaseHold]:
    now = scene.now()
    rows = scene.at(EXCHANGE_ID, lambda tx, _: tx.find(CASE_HOLDS, Condition("case_id", "=", case_id)))
    return [one for one in rows if one.placed_at is not None and not one.status.is_final and one.expires_at > now]


def _measures(scene: Scene, case_id: CaseId) -> list[CaseMeasure]:
    return scene.at(EXCHANGE_ID, lambda tx, _: tx.find(CASE_MEASURES, Condition("case_id", "=", case_id)))


def _motion(scene: Scene, case_id: CaseId) -> Motion:
    found = scene.at(EXCHANGE_ID, lambda tx, _: tx.find(MOTIONS, Condition("case_id", "=", case_id)))
    return found[-1]


def _of_schedule(motion: Motion) -> Condition:
    return Condition("schedule_id", "=", motion.motion_id)


def _all_attached(scene: Scene, case_id: CaseId, rows: list[ScheduleRow]) -> bool:
    ids = {row.measure_id for row in rows}
    return all(one.taken_at is not None for one in _measures(scene, case_id) if one.measure_id in ids)


def _appeal(scene: Scene, hold_id: str) -> Appeal | None:
    found = scene.at(EXCHANGE_ID, lambda tx, _: tx.find(APPEALS, Condition("hold_id", "=", hold_id)))
    return found[0] if found else None


def _is_executed(scene: Scene, appeal: Appeal) -> bool:
    row = scene.at(EXCHANGE_ID, lambda tx, _: tx.get(APPEALS, appeal.appeal_id))
    return row is not None and row.status is AppealStatus.executed
