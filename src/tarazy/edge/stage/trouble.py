"""What happens when machines fail: a bank is away while money is followed, the exchange dies before a hold ends."""

import time
from datetime import timedelta
from typing import Final

from tarazy.agent.requests import Told
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import LIVE_STATUSES, HoldEnd, HoldStatus
from tarazy.edge.stage import spoken
from tarazy.edge.stage.opening import equation, held_at_banks, stopwatch, traced
from tarazy.edge.stage.plot import MARAT, ONWARD_THIRD, THIRD_THEFT
from tarazy.edge.stage.scene import Scene
from tarazy.edge.stage.telling import Fact, fact, milliseconds
from tarazy.values.ids import HoldId, ParticipantId

AWAY_BANK: Final = ParticipantId("bank-karatau")
A_MOMENT: Final = timedelta(seconds=5)
"""As much as the clock is set beyond the end of a hold."""


def one_bank_is_away(scene: Scene) -> tuple[Fact, ...]:
    """A third payment is reported while one bank's agent is dead: the others hold at once, that one when it is back."""
    scene.play((THIRD_THEFT, *ONWARD_THIRD))
    scene.settle()
    scene.program(AWAY_BANK).kill()
    scene.ask_bank(THIRD_THEFT, (Told.investment_promised,))
    started = time.perf_counter()
    scene.sign(THIRD_THEFT, spoken.BROKER)
    absent = sum(row.amount_minor for row in ONWARD_THIRD)
    scene.wait_until("the other banks to answer", lambda: _open_minor(scene) == absent)
    seen_ms = round((time.perf_counter() - started) * 1000)
    tracing = scene.tracing(THIRD_THEFT)
    assert tracing is not None
    first = stopwatch(scene, THIRD_THEFT, tracing, "away", seen_ms)
    scene.program(AWAY_BANK).start()
    scene.program(AWAY_BANK).wait_until_up()
    after = traced(scene, THIRD_THEFT)
    assert after.last_hold_at is not None
    late = after.last_hold_at.since(scene.known_report(THIRD_THEFT).signed_at)
    return (
        fact("away", bank=AWAY_BANK),
        fact("asked", person=MARAT, amount_minor=THIRD_THEFT.amount_minor),
        first,
        fact("waiting", bank=AWAY_BANK, amount_minor=absent),
        fact("back", bank=AWAY_BANK, ms=milliseconds(late)),
        *held_at_banks(scene, THIRD_THEFT),
        equation(after),
    )


def exchange_dies(scene: Scene) -> tuple[Fact, ...]:
    """Kill the exchange, let the time for confirmation run out: the banks let go alone, and it is told afterwards."""
    scene.settle()
    holds = [hold for hold in scene.case_holds(THIRD_THEFT) if hold.status is HoldStatus.placed]
    scene.program(EXCHANGE_ID).kill()
    scene.network.clock.set_to(max(hold.confirm_by for hold in holds).plus(A_MOMENT))
    banks = {hold.participant_id for hold in holds}
    ids = {hold.hold_id for hold in holds}
    scene.wait_until(
        "the banks to let go by themselves", lambda: not any(_standing(scene, bank, ids) for bank in banks)
    )
    is_dead = not scene.program(EXCHANGE_ID).is_running
    assert is_dead, "the exchange must be dead while the banks let go"
    scene.program(EXCHANGE_ID).start()
    scene.program(EXCHANGE_ID).wait_until_up()
    scene.wait_until("the exchange to learn of it", lambda: _all_ended(scene))
    scene.settle()
    ended = [hold for hold in scene.case_holds(THIRD_THEFT) if hold.hold_id in ids]
    assert {hold.end for hold in ended} == {HoldEnd.not_confirmed}
    return (
        fact("exchange_killed"),
        fact("clock_moved", until=scene.now().text()),
        *(fact("let_go_alone", bank=hold.participant_id, amount_minor=hold.held_minor) for hold in holds),
        fact("exchange_back"),
    )


def _open_minor(scene: Scene) -> int | None:
    tracing = scene.tracing(THIRD_THEFT)
    return None if tracing is None else scene.open_minor(tracing)


def _standing(scene: Scene, bank: ParticipantId, ids: set[HoldId]) -> bool:
    return any(hold.hold_id in ids for hold in scene.live_holds(bank))


def _all_ended(scene: Scene) -> bool:
    return not any(hold.status in LIVE_STATUSES for hold in scene.case_holds(THIRD_THEFT))
