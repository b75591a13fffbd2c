"""The doors of a program: what peers bring, and what they answer to ours, let in together.

Several threads stand at a door: requests that arrive, lanes that come back. Each transaction has its price and most of
them would wait for the same tracing, so whoever's turn it is takes along everything that waits at that moment. What
needs no transaction, above all checking signatures, each thread does before it queues.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock, local
from typing import Final

import structlog

from tarazy.adapters.clock import Clock
from tarazy.agent.core_port import (
    CORE_CHANNEL,
    CoreAsk,
    CoreAway,
    CorePort,
    CoreTaken,
    Feed,
    PaymentGate,
    can_close,
    gate_of,
)
from tarazy.agent.entries import EntryFault
from tarazy.agent.program import Agent, CoreRound, Decided
from tarazy.agent.reference_core import BOOKED_CHANNEL
from tarazy.app.messages import LANE_CHANNEL, Answered, Checked, Outgoing
from tarazy.app.peer import Peer
from tarazy.app.store import Conflict, StoreAway
from tarazy.edge.worker import Lane, Traffic
from tarazy.protocol.message import Result
from tarazy.values.instant import Instant

TOGETHER_MAX: Final = 64
"""So many requests and answers share a transaction at most: it stays short, and a fault in it concerns few."""
QUICK_SECONDS: Final = 0.02
"""A core that answers within this is asked before the exchange is answered: one message fewer for every hold."""

CORE_CHANNELS: Final = frozenset({CORE_CHANNEL, BOOKED_CHANNEL})

diagnostics = structlog.get_logger("tarazy.door")

Receive = Callable[[Sequence[str]], Sequence[Result]]


def shout(bug: Exception) -> None:
    """Tell the operators that the program failed on a message, without its content."""
    diagnostics.error("message_met_a_bug", bug=type(bug).__name__)


@dataclass(eq=False, slots=True)
class _Waiting:
    """What one thread has brought: a batch, or a peer's answers to ours. Afterwards its results, or the fault."""

    batch: Sequence[Checked] | None = None
    answered: Answered | None = None
    results: Sequence[Result] = ()
    fault: BaseException | None = None
    is_done: bool = False


class Door:
    """Lets batches and answers in, those of several threads in one transaction.

    What the transaction has queued for peers it hands over to their lanes in ``lanes``, which need not read it.
    `keeps` is asked before a channel wakes its loop.
    """

    def __init__(self, peer: Peer, clock: Clock, lanes: Mapping[str, Lane], traffic: Traffic | None = None) -> None:
        """``lanes`` may still be filled until the first message comes. ``traffic`` is told of everything that comes."""
        self._traffic = traffic or Traffic()
        self._peer = peer
        self._clock = clock
        self._lanes = lanes
        self._here = local()
        self._turn = Lock()
        self._queue: deque[_Waiting] = deque()

    def receive(self, texts: Sequence[str]) -> Sequence[Result]:
        """Let in a batch and return its results. Raises `StoreAway` or `Conflict`: then send it again."""
        return self._through(_Waiting(batch=self._peer.checked(texts, self._clock.now())))

    def settle(self, sent: Sequence[Outgoing], results: Sequence[Result]) -> None:
        """Take a peer's results for what was sent. Raises `StoreAway` or `Conflict` as well."""
        self._through(_Waiting(answered=self._peer.answered(sent, results, self._clock.now())))

    def keeps(self, channel: str) -> bool:
        """Return whether this thread will tell the lane of a channel itself."""
        kept: set[str] | None = getattr(self._here, "kept", None)
        if kept is None or channel not in self._lanes:
            return False
        kept.add(channel)
        return True

    def _through(self, mine: _Waiting) -> Sequence[Result]:
        self._queue.append(mine)
        with self._turn:
            while not mine.is_done:
                self._take([self._queue.popleft() for _ in range(min(len(self._queue), TOGETHER_MAX))])
        if mine.fault is not None:
            raise mine.fault
        return mine.results

    def _take(self, waiting: Sequence[_Waiting]) -> None:
        batches = [one for one in waiting if one.batch is not None]
        answered = [one.answered for one in waiting if one.answered is not None]
        self._here.kept = kept = set[str]()
        self._traffic.came()
        try:
            taken, notes = self._peer.take([one.batch or () for one in batches], answered, self._clock.now())
            self._hand_over([note for note in notes if isinstance(note, Outgoing)], kept)
            for one, results in zip(batches, taken, strict=True):
                one.results = results
        except BaseException as fault:  # noqa: BLE001 -- it is raised again in every thread that it concerns
            for one in waiting:
                one.fault = fault
        finally:
            self._here.kept = None
            for channel in kept:
                self._lanes[channel].wake()
        for one in waiting:
            one.is_done = True

    def _hand_over(self, queued: Sequence[Outgoing], kept: set[str]) -> None:
        by_channel: dict[str, list[Outgoing]] = {}
        for message in queued:
            by_channel.setdefault(f"{LANE_CHANNEL}:{message.recipient}", []).append(message)
        for channel in kept & by_channel.keys():
            self._lanes[channel].hand_over(by_channel[channel])
            kept.remove(channel)


class TimedCore:
    """A core, and how long it took to answer last."""

    def __init__(self, core: CorePort) -> None:
        self._core = core
        self.seconds = 0.0

    @property
    def can_close(self) -> bool:
        """Whether the core behind can close an account."""
        return can_close(self._core)

    @property
    def payment_gate(self) -> PaymentGate | None:
        """What lets payments wait at the core behind, if anything does."""
        return gate_of(self._core)

    @property
    def is_quick(self) -> bool:
        """Whether somebody who waits for our answer can wait for the core's as well."""
        return self.seconds <= QUICK_SECONDS

    def ask(self, commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        """Pass commands on."""
        began = time.monotonic()
        try:
            return self._core.ask(commands, now)
        finally:
            self.seconds = time.monotonic() - began

    def feed(self, after: int, limit: int) -> Feed:
        """Pass the question on."""
        return self._core.feed(after, limit)


class AgentDoor:
    """Lets the exchange's messages in and, while the core is quick, replies with what the core says at once.

    `keeps` is asked before a channel wakes its loop: what this thread has just queued for the core it asks itself.
    """

    def __init__(
        self,
        agent: Agent,
        core: TimedCore,
        clock: Clock,
        wake_core: Callable[[], None],
        traffic: Traffic | None = None,
    ) -> None:
        self._traffic = traffic or Traffic()
        self._agent = agent
        self._core = core
        self._clock = clock
        self._wake_core = wake_core
        self._round = Lock()
        self._here = local()

    def receive(self, texts: Sequence[str]) -> Sequence[Result]:
        """Let in a batch and return its results. Raises `StoreAway` or `Conflict`: then send it again."""
        now = self._clock.now()
        self._traffic.came()
        self._here.kept = set() if self._core.is_quick else None
        try:
            results, decided = self._agent.receive(texts, now)
            return self._asked(results, decided, now) if self._here.kept else results
        except BaseException:
            if self._here.kept:  # some of the messages were let in alone and have decided something
                self._wake_core()
            raise
        finally:
            self._here.kept = None

    def keeps(self, channel: str) -> bool:
        """Return whether this thread will do itself what waits on a channel."""
        kept: set[str] | None = getattr(self._here, "kept", None)
        if kept is None or channel not in CORE_CHANNELS:
            return False
        kept.add(channel)
        return True

    def core_round(self, now: Instant) -> CoreRound:
        """Do a round with the core, one at a time. Raises `CoreAway`."""
        with self._round:
            return self._agent.core_round(now)

    def _asked(self, results: Sequence[Result], decided: Decided, now: Instant) -> Sequence[Result]:
        if not decided.commands or not self._round.acquire(timeout=QUICK_SECONDS):
            self._wake_core()
            return results
        self._here.kept = set()
        is_more = True
        try:
            results, done = self._agent.ask_before_replying(results, decided, now)
            tell_faults(done.faults)
            is_more = not done.is_all or CORE_CHANNEL in self._here.kept
        except (CoreAway, StoreAway, Conflict):
            pass  # what was decided is kept, so are its replies: the core's loop goes on from there
        except Exception as bug:  # noqa: BLE001 -- as above; the exchange need not hear what the core sets off here
            shout(bug)
        finally:
            self._round.release()
            if is_more:
                self._wake_core()
        return results


def tell_faults(faults: Sequence[EntryFault]) -> None:
    """Tell the operators which entries of the core could not be booked, by number and reason."""
    for fault in faults:
        diagnostics.error("entry_refused", entry_no=fault.entry_no, reason=fault.rejection, expected=fault.expected)
