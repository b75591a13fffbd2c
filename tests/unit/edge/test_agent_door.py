"""A quick core is asked before the exchange is answered; what goes wrong there costs a message, never the answer."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from tarazy.agent.core_port import CORE_CHANNEL, CoreAsk, CoreAway, CorePort, CoreTaken, Feed
from tarazy.agent.records import CORE_COMMANDS, HOLDS
from tarazy.agent.reference_core import BOOKED_CHANNEL, CORE_ACCOUNTS, CORE_BOOKINGS, CORE_RESERVES
from tarazy.app.store import Condition, Store, StoreAway
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import EntryKind
from tarazy.domain.hold import HoldStatus
from tarazy.edge import door
from tarazy.edge.door import QUICK_SECONDS, AgentDoor, TimedCore
from tarazy.protocol.bodies import Answer
from tarazy.protocol.message import Result
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.story import Network, robbed
from tests.story_people import START
from tests.story_stores import store_for, story_databases
from tests.unit.agent.scripted_core import ScriptedCore
from tests.unit.app.speaking import envelope_of
from tests.unit.edge.bank_core import StandingClock
from tests.unit.edge.two_ends import SECONDS_MAX, WatchedStore, join_all, together

__all__ = ["store_for", "story_databases"]

StoreFor = Callable[[str], Store]
SLOW = 2 * QUICK_SECONDS
BANK = "bank-b"


class Watched:
    """A core that does what it does, once ``before`` lets it; it counts how many are in it at the same time."""

    def __init__(self, core: CorePort) -> None:
        self.core = core
        self.before: Callable[[], None] = lambda: None
        self.asked = 0
        self.inside = 0
        self.inside_max = 0

    def ask(self, commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        self.asked += 1
        self.inside += 1
        self.inside_max = max(self.inside_max, self.inside)
        try:
            self.before()
            return self.core.ask(commands, now)
        finally:
            self.inside -= 1

    def feed(self, after: int, limit: int) -> Feed:
        return self.core.feed(after, limit)


class Stage:
    """Bank B with its door; what is woken here is woken in a list."""

    def __init__(self, store_for: StoreFor, *, own_minor: int = 0) -> None:
        self.network = robbed(lambda name: WatchedStore(store_for(name)), mule=own_minor)
        self.bank = self.network.banks[BANK]
        self.store = self.bank.agent.peer.store
        assert isinstance(self.store, WatchedStore)
        self.core = Watched(self.bank.core)
        self.timed = TimedCore(self.core)
        self.agent = replace(self.bank.agent, core=self.timed)
        self.woken: list[str] = []
        self.door = AgentDoor(self.agent, self.timed, StandingClock(), partial(self.woken.append, "core's loop"))
        self.store.on_wake = self._wake
        self.network.settle()
        self.woken.clear()

    def _wake(self, channel: str) -> None:
        if not self.door.keeps(channel):
            self.woken.append(channel)

    def orders(self, *refs: str) -> list[str]:
        """Report payments and return the orders that come of it."""
        self.bank.is_asleep = True
        for ref in refs or ("t1",):
            self.network.file(ref)
        self.network.carry("bank-a", EXCHANGE_ID)
        return [message.text for message in self.network.exchange.waiting_for(ParticipantId(BANK))]

    def statuses(self) -> list[HoldStatus]:
        return [row.status for row in self.network.rows(BANK, HOLDS)]

    def is_all_asked(self) -> bool:
        return all(row.done_at is not None for row in self.network.rows(BANK, CORE_COMMANDS))


@pytest.fixture
def stage(store_for: StoreFor) -> Stage:
    return Stage(store_for)


def replied(results: Sequence[Result]) -> list[str | None]:
    """Return what the answers say of the holds."""
    bodies = [envelope_of(reply).body for result in results for reply in result.replies]
    return [body.hold_status for body in bodies if isinstance(body, Answer)]


def core_wakings(stage: Stage) -> list[str]:
    return [name for name in stage.woken if name in {CORE_CHANNEL, BOOKED_CHANNEL, "core's loop"}]


def test_a_quick_core_is_asked_before_the_reply(stage: Stage) -> None:
    assert replied(stage.door.receive(stage.orders())) == ["placed"]
    assert core_wakings(stage) == []
    assert stage.is_all_asked()


def test_a_slow_core_is_left_to_its_loop(stage: Stage) -> None:
    stage.timed.seconds = SLOW
    assert replied(stage.door.receive(stage.orders())) == ["requested"]
    assert (stage.core.asked, core_wakings(stage)) == (0, [CORE_CHANNEL])
    done = stage.door.core_round(START)
    assert (done.asked, stage.statuses(), stage.is_all_asked()) == (1, [HoldStatus.placed], True)


def test_a_core_is_as_quick_as_it_was_last(monkeypatch: pytest.MonkeyPatch) -> None:
    core = Watched(ScriptedCore())
    timed = TimedCore(core)
    readings = iter([0.0, SLOW, 10.0, 10.0 + QUICK_SECONDS / 2, 20.0, 20.0 + SLOW])
    monkeypatch.setattr(door, "time", SimpleNamespace(monotonic=lambda: next(readings)))
    was_quick = [timed.is_quick]
    for is_away in (False, False, True):
        core.core.is_away = is_away  # type: ignore[attr-defined]
        with suppress(CoreAway):
            timed.ask([], START)
        was_quick.append(timed.is_quick)
    assert was_quick == [True, False, True, False]


def test_what_decides_nothing_for_the_core_asks_it_nothing(stage: Stage) -> None:
    orders = stage.orders()
    first = stage.door.receive(orders)
    again = stage.door.receive(orders)
    assert [one.status for one in again] == ["replayed"]
    assert replied(again) == replied(first)
    assert stage.door.receive([]) == ()
    assert (stage.core.asked, core_wakings(stage)) == (1, [])


def test_a_core_that_is_away_leaves_the_first_reply(stage: Stage) -> None:
    def go_away() -> None:
        raise CoreAway

    stage.core.before = go_away
    orders = stage.orders()
    with capture_logs() as shouted:
        assert replied(stage.door.receive(orders)) == ["requested"]
    assert shouted == []
    assert core_wakings(stage) == ["core's loop"]
    assert replied(stage.door.receive(orders)) == ["requested"]
    stage.core.before = lambda: None
    stage.door.core_round(START)
    assert stage.statuses() == [HoldStatus.placed]


def test_a_core_that_fails_otherwise_leaves_the_first_reply_too(stage: Stage) -> None:
    def fail() -> None:
        raise KeyError

    stage.core.before = fail
    orders = stage.orders()
    with capture_logs() as shouted:
        assert replied(stage.door.receive(orders)) == ["requested"]
    assert [one["bug"] for one in shouted] == ["KeyError"]
    assert "core's loop" in stage.woken


def test_a_store_that_goes_away_behind_the_core_leaves_the_first_reply(stage: Stage) -> None:
    """The core has reserved; nobody here knows it yet, and the feed will say so."""
    store = stage.store
    assert isinstance(store, WatchedStore)
    ask = stage.core.core.ask

    def go_away(commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        taken = ask(commands, now)
        store.is_away = True
        return taken

    stage.core.core.ask = go_away  # type: ignore[method-assign]
    orders = stage.orders()
    with capture_logs() as shouted:
        assert replied(stage.door.receive(orders)) == ["requested"]
    assert shouted == []
    assert core_wakings(stage) == ["core's loop"]
    store.is_away = False
    stage.core.core.ask = ask  # type: ignore[method-assign]
    assert not stage.is_all_asked()
    stage.door.core_round(START)
    assert (stage.statuses(), stage.is_all_asked()) == ([HoldStatus.placed], True)


def test_the_core_reserves_once_although_its_answer_was_lost(store_for: StoreFor) -> None:
    """The mule has money of their own beside, which a second reserve would take."""
    stage = Stage(store_for, own_minor=700_000)
    store = stage.store
    assert isinstance(store, WatchedStore)
    ask = stage.core.core.ask
    lost: list[CoreTaken] = []

    def lose_the_answer(commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        lost.extend(ask(commands, now))
        raise CoreAway

    stage.core.core.ask = lose_the_answer  # type: ignore[method-assign]
    assert replied(stage.door.receive(stage.orders())) == ["requested"]
    assert [one.amount_minor for one in lost] == [500_000]
    stage.core.core.ask = ask  # type: ignore[method-assign]
    stage.door.core_round(START)
    stage.bank.is_asleep = False
    stage.network.settle()
    [reserve] = stage.network.rows(BANK, CORE_RESERVES)
    [account] = stage.network.rows(BANK, CORE_ACCOUNTS, Condition("account_id", "=", "mule"))
    [hold] = stage.network.rows(BANK, HOLDS)
    assert (account.balance_minor, account.reserved_minor, reserve.amount_minor) == (1_200_000, 500_000, 500_000)
    assert (hold.status, hold.held_minor, hold.reserved_minor) == (HoldStatus.placed, 500_000, 500_000)
    booked = [row.entry for row in stage.network.rows(BANK, CORE_BOOKINGS) if row.entry is not None]
    assert [entry.amount_minor for entry in booked if entry.kind is EntryKind.reserve] == [500_000]


def test_a_store_that_is_away_at_first_is_told(stage: Stage) -> None:
    orders = stage.orders()
    store = stage.store
    assert isinstance(store, WatchedStore)
    store.is_away = True
    with pytest.raises(StoreAway):
        stage.door.receive(orders)
    assert (stage.core.asked, core_wakings(stage)) == (0, [])
    store.is_away = False
    assert replied(stage.door.receive(orders)) == ["placed"]


def with_two_orders(stage: Stage) -> list[str]:
    network: Network = stage.network
    network.open(BANK, other=0)
    network.open("bank-a", second=300_000)
    network.pay("t2", "second", "other", 111_000)
    network.settle()
    stage.woken.clear()
    return stage.orders("t1", "t2")


def test_what_was_let_in_before_the_store_went_away_wakes_the_core(stage: Stage) -> None:
    """After a bug messages are let in one by one: the first one's command stands, whatever becomes of the second."""
    first, second = with_two_orders(stage)
    store = stage.store
    assert isinstance(store, WatchedStore)
    handler = stage.agent.peer.handlers["follow_order"]
    alone: list[bool] = []

    def failing(tx, envelopes, setting):  # type: ignore[no-untyped-def]
        if len(envelopes) > 1:
            raise ValueError
        alone.append(True)
        store.is_away = len(alone) == 1
        return handler(tx, envelopes, setting)

    peer = replace(stage.agent.peer, handlers={**stage.agent.peer.handlers, "follow_order": failing})
    stage.door._agent = replace(stage.agent, peer=replace(peer, on_bug=lambda _: None))
    with pytest.raises(StoreAway):
        stage.door.receive([first, second])
    assert core_wakings(stage) == ["core's loop"]
    assert not stage.door.keeps(CORE_CHANNEL)
    store.is_away = False
    assert [one.status for one in stage.door.receive([first, second])] == ["replayed", "accepted"]


def test_messages_let_in_one_by_one_wake_the_core(stage: Stage) -> None:
    orders = with_two_orders(stage)
    handler = stage.agent.peer.handlers["follow_order"]

    def failing(tx, envelopes, setting):  # type: ignore[no-untyped-def]
        if len(envelopes) > 1:
            raise ValueError
        return handler(tx, envelopes, setting)

    peer = replace(stage.agent.peer, handlers={**stage.agent.peer.handlers, "follow_order": failing})
    stage.door._agent = replace(stage.agent, peer=replace(peer, on_bug=lambda _: None))
    assert replied(stage.door.receive(orders)) == ["requested"] * 2
    assert core_wakings(stage) == ["core's loop"]


def test_two_rounds_with_the_core_never_run_at_once(stage: Stage) -> None:
    first, second = with_two_orders(stage)
    is_inside, go_on = threading.Event(), threading.Event()

    def hold_up() -> None:
        is_inside.set()
        assert go_on.wait(SECONDS_MAX)

    stage.core.before = hold_up
    threads = together(lambda: stage.door.receive([first]))
    assert is_inside.wait(SECONDS_MAX)
    is_taken = threading.Event()
    stage.core.before = is_taken.set
    threads += together(lambda: stage.door.core_round(START), lambda: stage.door.receive([second]))
    assert not is_taken.wait(0.2), "a second round has met the first one"
    go_on.set()
    join_all(threads)
    assert stage.core.inside_max == 1
    assert stage.statuses() == [HoldStatus.placed] * 2
    assert stage.is_all_asked()


def test_only_what_the_core_waits_for_is_kept_and_only_here(stage: Stage) -> None:
    kept: list[bool] = []

    def look() -> None:
        kept.extend(stage.door.keeps(channel) for channel in ("lane:exchange", BOOKED_CHANNEL))
        join_all(together(lambda: kept.append(stage.door.keeps(CORE_CHANNEL))))

    stage.core.before = look
    stage.door.receive(stage.orders())
    assert kept == [False, True, False]
    assert not stage.door.keeps(CORE_CHANNEL)
