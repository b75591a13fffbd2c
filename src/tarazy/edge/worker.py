"""The threads beside the HTTP server: one lane for each peer, the core's loop, timers, the sequencer.

Each is a loop that runs when it is woken and at the latest after its own interval, so that a lost wake-up costs time
and never work. A fault of the world ends the round, not the thread.
"""

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from threading import Event, Lock, Thread
from typing import Final

import structlog

from tarazy.adapters.post import MessagePost, PeerAway
from tarazy.adapters.postgres.listener import Listener
from tarazy.agent.core_port import CoreAway
from tarazy.app.messages import LANE_CHANNEL, Outgoing
from tarazy.app.peer import Peer
from tarazy.app.store import Conflict, StoreAway
from tarazy.protocol import jws
from tarazy.protocol.message import BATCH_BYTES_MAX, BATCH_MESSAGES_MAX, Refusal, Result
from tarazy.values.ids import MessageId, ParticipantId

POLL_SECONDS: Final = 2.0
HANDED_MAX: Final = 30
"""So many messages fit one batch whatever their size; more are read, cut to what a batch may carry."""
FULL_BYTES_MIN: Final = BATCH_BYTES_MAX - 2 * jws.MESSAGE_BYTES_MAX
"""A batch that was read and has fewer bytes was not cut: another message would have fitted."""
PAUSE_SECONDS_MIN: Final = 0.05
PAUSE_SECONDS_MAX: Final = 2.0
CALM_SECONDS: Final = 0.1
"""So long after the last message its tracing goes on at other banks, or is over."""

assert HANDED_MAX * (jws.MESSAGE_BYTES_MAX + 10) < BATCH_BYTES_MAX
Settle = Callable[[Sequence[Outgoing], Sequence[Result]], None]

diagnostics = structlog.get_logger("tarazy.worker")


class Loop:
    """A thread that does one thing again and again: when it is woken, and every ``interval_s`` anyhow.

    ``work`` returns whether there may be more to do, at once or after ``rest_s``. `PeerAway`, `CoreAway` and store
    faults make it pause, each time longer.
    """

    def __init__(self, name: str, work: Callable[[], bool], interval_s: float, *, rest_s: float = 0) -> None:
        self._work = work
        self._interval_s = interval_s
        self._rest_s = rest_s
        self._woken = Event()
        self._stopped = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there is work."""
        self._woken.set()

    def stop(self) -> None:
        """End after the round that is running; wait for it."""
        self._stopped.set()
        self._woken.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        pause = PAUSE_SECONDS_MIN
        while not self._stopped.is_set():
            self._woken.clear()
            try:
                while self._work() and not self._stopped.wait(self._rest_s):
                    pass
            except (PeerAway, CoreAway, StoreAway, Conflict) as fault:
                diagnostics.warning("round_failed", loop=self._thread.name, fault=type(fault).__name__)
                self._stopped.wait(pause)
                pause = min(pause * 2, PAUSE_SECONDS_MAX)
                continue
            except Exception as bug:  # noqa: BLE001 -- a bug ends the round and is shouted about; it may not end the loop
                diagnostics.error("round_ended_by_a_bug", loop=self._thread.name, exc_info=bug)
                self._stopped.wait(pause)
                pause = min(pause * 2, PAUSE_SECONDS_MAX)
                continue
            pause = PAUSE_SECONDS_MIN
            self._woken.wait(self._interval_s)


class Traffic:
    """Knows when messages came last, for work that can wait until none do. ``seconds`` tells a time that only rises."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._came_at = -math.inf

    def came(self) -> None:
        """Note that messages have come."""
        self._came_at = self.seconds()

    @property
    def is_calm(self) -> bool:
        """Whether no messages have come for a while."""
        return self.seconds() - self._came_at >= CALM_SECONDS


def when_calm(work: Callable[[], bool], traffic: Traffic, patience_s: float) -> Callable[[], bool]:
    """Return work that waits while messages come, but no longer than ``patience_s`` from one step to the next."""
    begun_at = -math.inf

    def patient() -> bool:
        nonlocal begun_at
        if not traffic.is_calm and traffic.seconds() - begun_at < patience_s:
            return False
        begun_at = traffic.seconds()
        return work()

    return patient


class Switchboard:
    """Wakes the loops of this process by their channels; a store asks it before it asks PostgreSQL."""

    def __init__(self) -> None:
        self.loops: dict[str, Loop] = {}

    def wake(self, channel: str) -> bool:
        """Wake the loop of a channel; return False if none here listens to it."""
        loop = self.loops.get(channel)
        if loop is None:
            return False
        loop.wake()
        return True


class Lane(Loop):
    """The loop that carries everything queued for one peer: one request in flight, in order.

    ``settle`` takes what the peer has answered. What to carry is read from the outbox, but for messages that are handed
    over by whoever has just queued them: those are what the outbox would say as long as nobody else has woken the lane.
    """

    def __init__(self, peer: Peer, recipient: ParticipantId, url: str, settle: Settle) -> None:
        super().__init__(f"{LANE_CHANNEL}:{recipient}", self._carry, POLL_SECONDS)
        self._peer = peer
        self._recipient = recipient
        self._settle = settle
        self._post = MessagePost(url)
        self._lock = Lock()
        self._handed: list[Outgoing] = []
        self._is_to_read = True
        self._read: Collection[MessageId] = ()
        self._read_at = 0.0

    def wake(self) -> None:
        """Say that something was queued."""
        with self._lock:
            self._is_to_read = True
        super().wake()

    def hand_over(self, messages: Sequence[Outgoing]) -> None:
        """Say what was queued, in its order."""
        with self._lock:
            self._handed += messages
        super().wake()

    def stop(self) -> None:
        """End after the round that is running; wait for it, and hang up."""
        super().stop()
        if not self._thread.is_alive():  # otherwise the peer is still to answer, and the connection in use
            self._post.close()

    def _carry(self) -> bool:
        try:
            sent = self._next()
            if sent:
                self._settle(sent, self._carried(sent))
        except BaseException:
            self._is_to_read = True  # what was handed over and has not arrived stands in the outbox
            raise
        return self._is_to_read or bool(self._handed)

    def _carried(self, sent: Sequence[Outgoing]) -> Sequence[Result]:
        results = self._post.carry([message.text for message in sent])
        if any(result.refusal == Refusal.unknown_sender for result in results):
            raise PeerAway("not known there (yet): what is queued stays queued")
        return results

    def _next(self) -> Sequence[Outgoing]:
        """Return what to carry. Whoever handed messages over had queued them before: reading finds them too.

        However much is handed over, the outbox is read now and then: somebody's wake-up may have been lost.
        """
        with self._lock:
            handed, self._handed = self._handed, []
            is_to_read, self._is_to_read = self._is_to_read, False
        is_due = time.monotonic() - self._read_at >= POLL_SECONDS
        if is_to_read or is_due or len(handed) > HANDED_MAX:
            return self._from_outbox()
        return [message for message in handed if message.message_id not in self._read] if self._read else handed

    def _from_outbox(self) -> Sequence[Outgoing]:
        """Read what waits. What else there is goes before what is handed over meanwhile.

        What is read here may still be handed over: by somebody who has queued it and whom another's wake-up has beaten.
        """
        self._read_at = time.monotonic()
        waiting = self._peer.waiting_for(self._recipient)
        self._read = {message.message_id for message in waiting}
        if len(waiting) >= BATCH_MESSAGES_MAX or sum(len(message.text) for message in waiting) >= FULL_BYTES_MIN:
            self._is_to_read = True
        return waiting


def ears(url: str, loops: Mapping[str, Loop]) -> Loop:
    """Return the loop that listens to the database and wakes the others by their channels."""
    listener = Listener(url, list(loops))

    def work() -> bool:
        for channel in listener.wait(POLL_SECONDS):
            loops[channel].wake()
        return True

    return Loop("ears", work, 0)
