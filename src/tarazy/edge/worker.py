"""The threads beside the HTTP server: one lane for each peer, the core's loop, timers, the sequencer.

Each is a loop that runs when it is woken and at the latest after its own interval, so that a lost wake-up costs time
and never work. A fault of the world ends the round, not the thread.
"""

from collections.abc import Callable, Mapping, Sequence
from threading import Event, Thread
from typing import Final

import structlog

from tarazy.adapters.post import MessagePost, PeerAway
from tarazy.adapters.postgres.listener import Listener
from tarazy.agent.core_port import CoreAway
from tarazy.app.messages import LANE_CHANNEL, Outgoing
from tarazy.app.peer import Peer
from tarazy.app.store import Conflict, StoreAway
from tarazy.protocol.message import BATCH_MESSAGES_MAX, Refusal, Result
from tarazy.values.ids import ParticipantId

POLL_SECONDS: Final = 2.0
PAUSE_SECONDS_MIN: Final = 0.05
PAUSE_SECONDS_MAX: Final = 2.0

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
                diagnostics.error("round_ended_by_a_bug", loop=self._thread.name, bug=type(bug).__name__)
                self._stopped.wait(pause)
                pause = min(pause * 2, PAUSE_SECONDS_MAX)
                continue
            pause = PAUSE_SECONDS_MIN
            self._woken.wait(self._interval_s)


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


def lane(peer: Peer, recipient: ParticipantId, url: str, settle: Settle) -> Loop:
    """Return the loop that carries everything queued for one peer: one request in flight, in order.

    ``settle`` takes what the peer has answered.
    """
    post = MessagePost(url)

    def work() -> bool:
        sent = peer.waiting_for(recipient)
        if not sent:
            return False
        results = post.carry([message.text for message in sent])
        if any(result.refusal == Refusal.unknown_sender for result in results):
            raise PeerAway("not known there (yet): what is queued stays queued")
        settle(sent, results)
        return len(sent) >= BATCH_MESSAGES_MAX

    return Loop(f"{LANE_CHANNEL}:{recipient}", work, POLL_SECONDS)


def ears(url: str, loops: Mapping[str, Loop]) -> Loop:
    """Return the loop that listens to the database and wakes the others by their channels."""
    listener = Listener(url, list(loops))

    def work() -> bool:
        for channel in listener.wait(POLL_SECONDS):
            loops[channel].wake()
        return True

    return Loop("ears", work, 0)
