"""The first acts: money flows, two people report, every unit is answered for, and named officers confirm."""

import time
from typing import Final

from tarazy.agent.requests import Told
from tarazy.app.records import CaseHold, Tracing
from tarazy.domain.hold import HoldStatus
from tarazy.domain.tracing import ShareKind
from tarazy.edge.stage import spoken
from tarazy.edge.stage.plot import AIGUL, LYUDMILA, ONWARD, ORDINARY, SECOND_THEFT, THEFT, Transfer
from tarazy.edge.stage.scene import Scene
from tarazy.edge.stage.telling import Fact, fact, milliseconds
from tarazy.texts.catalogue import Language
from tarazy.texts.formats import money
from tarazy.values.ids import ParticipantId

QUICK_CORE: Final = "50"
SLOW_CORE: Final = "2000"
SLOW_BANK: Final = ParticipantId("bank-karatau")


def money_flows(scene: Scene) -> tuple[Fact, ...]:
    """Let ordinary payments happen, then the two that were made under deceit, and what becomes of that money."""
    scene.wait_until("the exchange to know every mandate", scene.mandates_known)
    scene.play(ORDINARY)
    scene.play((THEFT, SECOND_THEFT, *ONWARD))
    scene.settle()
    return (
        fact("flow", count=len(ORDINARY) + len(ONWARD) + 2, banks=len(scene.network.banks)),
        fact("deceived", person=AIGUL, amount_minor=THEFT.amount_minor),
        fact("deceived", person=LYUDMILA, amount_minor=SECOND_THEFT.amount_minor),
    )


def aigul_reports(scene: Scene) -> tuple[Fact, ...]:
    """Aigul picks the payment on her phone, the officer signs, and the piece is followed; every core takes 50 ms."""
    for bank in scene.network.banks:
        scene.delay_core(bank.participant_id, QUICK_CORE)
    scene.ask_bank(THEFT, (Told.bank_or_police_call, Told.pressed_to_pay))
    reasons = spoken.CALLED_BACK
    started = time.perf_counter()
    scene.sign(THEFT, reasons)
    tracing = traced(scene, THEFT)
    seen_ms = round((time.perf_counter() - started) * 1000)
    return (
        fact("asked", person=AIGUL, amount_minor=THEFT.amount_minor),
        fact("signed", bank=THEFT.payer_bank),
        stopwatch(scene, THEFT, tracing, QUICK_CORE, seen_ms),
        *held_at_banks(scene, THEFT),
        equation(tracing),
    )


def lyudmila_reports(scene: Scene) -> tuple[Fact, ...]:
    """A second victim of the same callers reports while one bank's core takes two seconds."""
    scene.delay_core(SLOW_BANK, SLOW_CORE)
    scene.ask_bank(SECOND_THEFT, (Told.bank_or_police_call,))
    reasons = spoken.SAME_CALLER
    started = time.perf_counter()
    scene.sign_into(scene.known_report(THEFT).incident_id, SECOND_THEFT, reasons)
    tracing = traced(scene, SECOND_THEFT)
    seen_ms = round((time.perf_counter() - started) * 1000)
    scene.delay_core(SLOW_BANK, QUICK_CORE)
    scene.settle()
    scene.accept_join(SECOND_THEFT, spoken.ONE_FRAUD)
    return (
        fact("asked", person=LYUDMILA, amount_minor=SECOND_THEFT.amount_minor),
        fact("same_incident"),
        stopwatch(scene, SECOND_THEFT, tracing, SLOW_CORE, seen_ms),
        *held_at_banks(scene, SECOND_THEFT),
        equation(tracing),
    )


def officers_confirm(scene: Scene) -> tuple[Fact, ...]:
    """At each bank a named officer takes each hold upon themselves, with reasons for that hold; otherwise it ends."""
    holds = _placed(scene)
    for number, hold in enumerate(holds, start=1):
        reasons = spoken.READ_WITH_MOVEMENTS.format(number=number, amount=_written(hold))
        _confirm(scene, hold, reasons)
    scene.wait_until("the exchange to know every confirmation", lambda: _all_confirmed(scene))
    until = min(hold.expires_at for hold in _placed(scene))
    return (fact("confirmed", count=len(holds), until=until.text()),)


def traced(scene: Scene, transfer: Transfer) -> Tracing:
    """Wait until a report's money is answered for to the unit, and return its tracing."""
    scene.wait_until(f"the tracing of {transfer.key}", lambda: scene.is_traced(transfer))
    tracing = scene.tracing(transfer)
    assert tracing is not None
    return tracing


def stopwatch(scene: Scene, transfer: Transfer, tracing: Tracing, delay: str, seen_ms: int) -> Fact:
    """Return the time from the officer's signature to the last hold, as the programs have written both down."""
    assert tracing.last_hold_at is not None
    span = tracing.last_hold_at.since(scene.known_report(transfer).signed_at)
    return fact(f"stopwatch.{delay}", report=transfer.key, ms=milliseconds(span), seen_ms=seen_ms)


def held_at_banks(scene: Scene, transfer: Transfer) -> list[Fact]:
    """Return how much of a report's money is held at each bank, in the order of the banks."""
    holds = scene.case_holds(transfer)
    sums = {
        bank.participant_id: sum(hold.held_minor for hold in holds if hold.participant_id == bank.participant_id)
        for bank in scene.network.banks
    }
    return [fact("held_at", bank=bank, amount_minor=minor) for bank, minor in sums.items() if minor]


def equation(tracing: Tracing) -> Fact:
    """Return how a report's money adds up: held + exits + untouched = stolen."""
    parts = {"held": ShareKind.held, "exits": ShareKind.exited, "untouched": ShareKind.stopped}
    sums = {f"{name}_minor": tracing.sums[kind] for name, kind in parts.items()}
    assert sum(sums.values()) == tracing.stolen_minor, tracing.sums
    return fact("equation", **sums, stolen_minor=tracing.stolen_minor)


def _confirm(scene: Scene, hold: CaseHold, reasons: str) -> None:
    scene.desk(hold.participant_id).send(f"/desk/holds/{hold.hold_id}/confirm", [("reasons", reasons)])


def _written(hold: CaseHold) -> str:
    return money(hold.held_minor, hold.currency, Language.kk)


def _placed(scene: Scene) -> list[CaseHold]:
    """Return the holds of both reports under which money lies."""
    holds = [hold for report in (THEFT, SECOND_THEFT) for hold in scene.case_holds(report)]
    return [hold for hold in holds if hold.status is HoldStatus.placed]


def _all_confirmed(scene: Scene) -> bool:
    return all(hold.confirmed_by is not None for hold in _placed(scene))
