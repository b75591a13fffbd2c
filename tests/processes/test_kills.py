"""Processes that die at the worst moment, and a database that goes away: money and law stay exact."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

import pytest

from tarazy.agent.records import HOLDS
from tarazy.app.store import Conflict, StoreAway
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import ExitKind
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.edge.demonstration.network import DemonstrationNetwork
from tarazy.edge.stage.plot import RUSLAN, Spending, Transfer
from tarazy.edge.stage.scene import Scene
from tests.postgres import memory_folder, temporary_folder
from tests.processes.thefts import HELD, RUSLAN_BANK, STOLEN, TIMUR_BANK, Thefts

pytestmark = [pytest.mark.processes, pytest.mark.postgres]

A_MOMENT = timedelta(seconds=2)
REPORTS_UNDER_LOAD = 8
ATTEMPTS_MAX = 400
SEED = 20261122
KILLS = 6


@pytest.fixture(scope="module")
def network() -> Iterator[DemonstrationNetwork]:
    """The demonstration as real processes, on a new home."""
    with temporary_folder(memory_folder()) as home:
        network = DemonstrationNetwork(home)
        try:
            network.start(lambda _: None)
            yield network
        finally:
            network.stop()


@pytest.fixture(scope="module")
def all_thefts(network: DemonstrationNetwork) -> Thefts:
    scene = Scene(network)
    scene.wait_until("the exchange to know every mandate", scene.mandates_known)
    return Thefts(scene)


@pytest.fixture
def thefts(all_thefts: Thefts) -> Iterator[Thefts]:
    """Frauds to commit; afterwards everything is alive again and the books balance."""
    all_thefts.drain()
    yield all_thefts
    all_thefts.revive()
    all_thefts.insist_on_books()


def test_exchange_killed_in_the_middle_of_a_tracing_ends_it_as_if_nothing_had_happened(thefts: Thefts) -> None:
    scene, theft = thefts.scene, thefts.commit()
    scene.program(RUSLAN_BANK).kill()
    thefts.report(theft)
    waiting = STOLEN - HELD[TIMUR_BANK]

    def is_in_the_middle() -> bool:
        tracing = scene.tracing(theft)
        return tracing is not None and scene.open_minor(tracing) == waiting

    scene.wait_until("the first bank's answer", is_in_the_middle)
    scene.program(EXCHANGE_ID).kill()
    thefts.revive()
    thefts.insist_all_held(theft)


def test_core_lets_go_at_the_end_while_its_agent_is_dead_and_the_agent_catches_up(thefts: Thefts) -> None:
    scene, theft = thefts.scene, thefts.commit()
    thefts.report(theft)
    thefts.insist_all_held(theft)
    hold = scene.hold_on(RUSLAN)
    scene.program(RUSLAN_BANK).kill()
    scene.network.clock.set_to(hold.expires_at.plus(A_MOMENT))
    scene.wait_until("the core to let go", lambda: scene.account(RUSLAN).reserved_minor == 0)
    scene.spend(Spending(account=RUSLAN, amount_minor=hold.held_minor, exit_kind=ExitKind.card))
    asleep = scene.at(RUSLAN_BANK, lambda tx, _: tx.get(HOLDS, hold.hold_id))
    assert asleep is not None
    assert asleep.status is HoldStatus.placed
    thefts.revive()
    scene.wait_until("the agent to catch up", lambda: scene.hold(RUSLAN_BANK, hold.hold_id).status.is_final)
    scene.settle(60)
    after = scene.hold(RUSLAN_BANK, hold.hold_id)
    assert (after.status, after.end) == (HoldStatus.released, HoldEnd.not_confirmed)
    assert (after.held_minor, after.reserved_minor) == (0, 0)


def test_database_restarted_under_load_loses_nothing(thefts: Thefts) -> None:
    reported = [thefts.commit() for _ in range(REPORTS_UNDER_LOAD)]
    with ThreadPoolExecutor(max_workers=1) as signers:
        work = signers.submit(_report_stubbornly, thefts, reported)
        thefts.scene.wait_until("the first report to arrive", lambda: thefts.scene.report(reported[0]) is not None)
        thefts.scene.network.restart_database()
        work.result(timeout=60)
    thefts.insist_all_held(*reported)


def test_random_kills_while_reports_run_leave_every_unit_where_it_belongs(thefts: Thefts) -> None:
    random, scene = Random(SEED), thefts.scene
    reported = [thefts.commit() for _ in range(KILLS)]
    names = sorted(scene.network.programs)
    for theft in reported:
        thefts.report(theft)
        scene.program(random.choice(names)).kill()
        if random.random() < 0.5:
            thefts.revive()
    thefts.revive()
    thefts.insist_all_held(*reported)


def _report_stubbornly(thefts: Thefts, reported: list[Transfer]) -> None:
    """Sign each report, again and again where the database is away meanwhile: the same report is filed once."""
    for theft in reported:
        for _ in range(ATTEMPTS_MAX):
            try:
                thefts.report(theft)
                break
            except (StoreAway, Conflict):
                continue
        else:
            raise AssertionError(f"the database has not come back for {theft.key}")
