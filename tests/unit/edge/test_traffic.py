"""What can wait, waits while messages come, but never for longer than its patience."""

from collections.abc import Callable
from typing import cast

import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.core_port import CorePort
from tarazy.agent.program import Agent
from tarazy.app.store import StoreAway
from tarazy.edge.door import AgentDoor, Door, TimedCore
from tarazy.edge.worker import CALM_SECONDS, Traffic, when_calm
from tests.unit.edge.bank_core import StandingClock
from tests.unit.edge.two_ends import Centre, told

PATIENCE = 2.0


class Bench:
    """Work whose steps are counted, beside traffic, at a time that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0
        self.steps = 0
        self.has_more = False
        self.traffic = Traffic(lambda: self.now)
        self.work: Callable[[], bool] = when_calm(self._step, self.traffic, PATIENCE)

    def _step(self) -> bool:
        self.steps += 1
        return self.has_more


def test_it_goes_on_without_a_break_while_nothing_comes() -> None:
    bench = Bench()
    bench.has_more = True
    assert [bench.work() for _ in range(3)] == [True] * 3
    assert bench.steps == 3


def test_it_waits_while_messages_come_and_says_that_it_has_nothing_to_do() -> None:
    bench = Bench()
    bench.has_more = True
    bench.traffic.came()
    assert bench.work(), "the first step is owed"
    assert not bench.work()
    bench.now += CALM_SECONDS * 0.9
    assert not bench.work()
    bench.now += CALM_SECONDS * 0.2
    assert bench.work()
    assert bench.steps == 2


def test_messages_without_end_put_a_step_off_no_longer_than_its_patience() -> None:
    bench = Bench()
    for _ in range(100):
        bench.traffic.came()
        bench.work()
        bench.now += CALM_SECONDS / 2
    assert bench.steps == 1 + int(99 * CALM_SECONDS / 2 / PATIENCE)


def test_the_exchanges_door_tells_that_messages_come() -> None:
    centre, traffic = Centre(MemoryStore()), Traffic(lambda: 100.0)
    door = Door(centre.peer, StandingClock(), {}, traffic)
    assert traffic.is_calm
    door.receive([told(1)])
    assert not traffic.is_calm


def test_an_agents_door_tells_it_before_it_does_anything() -> None:
    class Away:
        def receive(self, *_: object) -> None:
            raise StoreAway("planted")

    traffic = Traffic(lambda: 100.0)
    core = TimedCore(cast("CorePort", None))
    door = AgentDoor(cast("Agent", Away()), core, StandingClock(), lambda: None, traffic)
    with pytest.raises(StoreAway):
        door.receive([])
    assert not traffic.is_calm
