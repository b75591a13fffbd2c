"""Processes that die at the worst moment, and a database that goes away: money and law stay exact."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from random import Random

import pytest

from tarazy.agent.records import HOLDS
from tarazy.app.store import Conflict, StoreAway
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import ExitKind
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.tracing import ShareKind
from tarazy.edge.delayed_core import AWAY
from tarazy.edge.demonstration.network import DemonstrationNetwork
from tarazy.edge.stage.plot import AIGUL, BANK_OF, RUSLAN, TIMUR, Spending, Transfer
from tarazy.edge.stage.scene import Scene
from tests.postgres import memory_folder, temporary_folder
from tests.processes.doors import (
    CoreSends,
    DeskSigns,
    each_report_a_month_after_the_last,
    give_core_key,
    kill_database,
    stopped,
)
from tests.processes.thefts import HELD, RUSLAN_BANK, STOLEN, TIMUR_BANK, Thefts

pytestmark = [pytest.mark.processes, pytest.mark.postgres]

A_MOMENT = timedelta(seconds=2)
REPORTS_UNDER_LOAD = 8
ATTEMPTS_MAX = 400
SEED = 20261122
KILLS = 6
AT_ONCE = "0"


@pytest.fixture(scope="module")
def network() -> Iterator[DemonstrationNetwork]:
    """The demonstration as real processes, on a new home."""
    with temporary_folder(memory_folder()) as home:
        network = DemonstrationNetwork(home)
        try:
            network.start(lambda _: None)
            give_core_key(network, TIMUR_BANK)
            each_report_a_month_after_the_last(network, BANK_OF[AIGUL])
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
    for bank in (TIMUR_BANK, RUSLAN_BANK):
        all_thefts.scene.delay_core(bank, AT_ONCE)
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


def test_core_that_is_away_in_the_middle_of_a_tracing_is_asked_again_when_it_is_back(thefts: Thefts) -> None:
    scene, theft = thefts.scene, thefts.commit()
    scene.delay_core(TIMUR_BANK, AWAY)
    thefts.report(theft)

    def only_one_core_is_awaited() -> bool:
        tracing = scene.tracing(theft)
        return tracing is not None and scene.open_minor(tracing) == HELD[TIMUR_BANK]

    scene.wait_until("everybody else to hold", only_one_core_is_awaited)
    tracing = scene.tracing(theft)
    assert tracing is not None
    assert tracing.sums[ShareKind.requested] == HELD[TIMUR_BANK]
    assert scene.account(TIMUR).reserved_minor == 0
    assert thefts.held_at_banks([theft]) == {bank: minor for bank, minor in HELD.items() if bank != TIMUR_BANK}
    scene.delay_core(TIMUR_BANK, AT_ONCE)
    thefts.insist_all_held(theft)
    assert scene.account(TIMUR).reserved_minor == HELD[TIMUR_BANK]


@pytest.mark.parametrize("is_clean", [True, False], ids=["stopped", "killed"])
def test_database_that_goes_away_under_load_loses_nothing(thefts: Thefts, *, is_clean: bool) -> None:
    scene = thefts.scene
    scene.delay_core(RUSLAN_BANK, AWAY)
    reported = [thefts.commit() for _ in range(REPORTS_UNDER_LOAD)]
    at_the_desk = thefts.commit()
    core, desk = CoreSends(scene.network, TIMUR_BANK), DeskSigns(scene, at_the_desk)
    with ThreadPoolExecutor(max_workers=3) as hands, stopped(core, desk):
        work = hands.submit(_report_stubbornly, thefts, reported)
        loops = [hands.submit(core.go_on), hands.submit(desk.go_on)]
        scene.wait_until("a tracing under way", lambda: _open_minor(scene, reported) > 0)
        scene.wait_until("both doors to be in use", lambda: _is_true(loops, core.answered > 0 < desk.answered))
        assert _open_minor(scene, reported) > 0
        if not is_clean:
            kill_database(scene.network)
            scene.wait_until("both doors to say so", lambda: _is_true(loops, core.refused > 0 < desk.refused))
        scene.network.restart_database()
        assert _open_minor(scene, reported) > 0, "nothing was under way while the database was away"
        sent, signed = core.answered, desk.answered
        scene.wait_until("both doors to work", lambda: _is_true(loops, core.answered > sent and desk.answered > signed))
        work.result(timeout=60)
        core.stop()
        desk.stop()
        for loop in loops:
            loop.result(timeout=60)
    core.insist_taken_once()
    desk.insist_signed_once()
    scene.delay_core(RUSLAN_BANK, AT_ONCE)
    thefts.insist_all_held(*reported, at_the_desk)


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


def _is_true(loops: Sequence[Future[None]], what: bool) -> bool:
    """Return what is waited for; raise what has ended a loop meanwhile."""
    for loop in loops:
        if loop.done():
            loop.result()
    return what


def _open_minor(scene: Scene, reported: list[Transfer]) -> int:
    """Return how many units of some frauds still wait for somebody's answer."""
    tracings = [scene.tracing(theft) for theft in reported]
    return sum(scene.open_minor(tracing) for tracing in tracings if tracing is not None)


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
