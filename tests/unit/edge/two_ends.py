"""Two ends of a conversation on loopback: the exchange with its door and its lane, and bank A behind a real server.

What bank B tells the exchange, the exchange tells bank A. The messages say little; all that carries them is real.
"""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Condition as Signal
from threading import RLock, Thread
from typing import Any, Final, TypeVar, cast

import uvicorn
from litestar import Litestar

from tarazy.adapters.keys import Trust
from tarazy.adapters.packs import load_pack
from tarazy.app.messages import LANE_CHANNEL, OUTBOX, Handled, Outgoing, queue
from tarazy.app.peer import Peer, SettingAt
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Store, StoreAway, Table, Transaction
from tarazy.bootstrap import EXCHANGE_ID, setting_for
from tarazy.edge.door import Door, Receive
from tarazy.edge.http import message_routes
from tarazy.edge.worker import Lane, Switchboard
from tarazy.protocol.bodies import ReportWithdrawn
from tarazy.protocol.message import Envelope, Result, sealed_message
from tarazy.values.ids import ParticipantId, ReportId
from tests.story_people import START, keyring, participant
from tests.unit.app.speaking import envelope_of
from tests.unit.edge.bank_core import StandingClock

Returned = TypeVar("Returned")

KIND: Final = "report_withdrawn"
BANK: Final = ParticipantId("bank-a")
TELLER: Final = ParticipantId("bank-b")
LANE: Final = f"{LANE_CHANNEL}:{BANK}"
SECONDS_MAX: Final = 20
"""Longer than anything here takes. A test that waits for it fails."""


class WatchedStore:
    """A store for several threads that wakes channels through ``on_wake``, counts, and can be away."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.on_wake: Callable[[str], object] = lambda _: None
        self.is_away = False
        self.after_run: Callable[[], None] = lambda: None
        self.runs = 0
        self.outbox_reads = 0
        self.settlings = 0
        self._one_at_a_time = RLock()
        self._changed = Signal()

    def run(self, work: Callable[[Transaction], Returned]) -> Returned:
        """Run ``work`` in the store, unless it is away."""
        self.changed("runs")
        if self.is_away:
            raise StoreAway("planted")
        channels: dict[str, None] = {}

        def watched(tx: Transaction) -> Returned:
            channels.clear()
            return work(cast("Transaction", _Watched(tx, self, channels)))

        with self._one_at_a_time:
            returned = self.store.run(watched)
        self.after_run()
        for channel in channels:
            self.on_wake(channel)
        with self._changed:
            self._changed.notify_all()
        return returned

    def look(self, work: Callable[[Transaction], Returned]) -> Returned:
        """Run ``work`` unnoticed."""
        with self._one_at_a_time:
            return self.store.run(work)

    def changed(self, count: str) -> None:
        """Count one more, and tell whoever waits."""
        with self._changed:
            setattr(self, count, getattr(self, count) + 1)
            self._changed.notify_all()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that comes of a transaction."""
        with self._changed:
            assert self._changed.wait_for(is_so, SECONDS_MAX), "this never came to be"


class _Watched:
    """A transaction that tells its store of reads of the outbox, and keeps back whom to wake."""

    def __init__(self, tx: Transaction, store: WatchedStore, channels: dict[str, None]) -> None:
        self._tx = tx
        self._store = store
        self._channels = channels

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    def find(self, table: Table[Any], *conditions: Condition, **more: Any) -> list[Any]:
        if table is OUTBOX and any(one.column == "recipient" for one in conditions):
            self._store.changed("outbox_reads")
        return self._tx.find(table, *conditions, **more)

    def wake(self, channel: str) -> None:
        self._channels[channel] = None


def known(*names: str) -> Trust:
    return Trust([participant(name, "L2") for name in names], [])


def circumstances(me: str, trust: Trust) -> SettingAt:
    return setting_for(keyring(me), trust, load_pack("kz-demo"))


def envelope(number: int, sender: str, recipient: str, text: str = "") -> Envelope:
    body = ReportWithdrawn(report_id=ReportId(f"rep-{number:04}"), is_refuted=False, checks=(), statement=text)
    message_id = f"{sender}:{number:04}"
    return Envelope(message_id=message_id, sender=sender, recipient=recipient, issued_at=START, body=body)


def told(number: int) -> str:
    """Return what bank B tells the exchange."""
    ring = keyring(TELLER)
    return sealed_message(envelope(number, TELLER, EXCHANGE_ID), ring.key_id, ring.signing.signer())


def number_of(text: str | Envelope) -> int:
    """Return the number that a message bears."""
    name = envelope_of(text).message_id if isinstance(text, str) else text.message_id
    return int(name.rpartition(":")[2])


class Centre:
    """The exchange's end: a door, and one lane, which `started` starts."""

    def __init__(self, store: Store, url: str = "http://127.0.0.1:9") -> None:
        self.store = WatchedStore(store)
        self.store.on_wake = lambda channel: self.door.keeps(channel) or self.board.wake(channel)
        self.taken: list[list[int]] = []
        self.before: Callable[[list[int]], None] = lambda _: None
        self.bugs: list[Exception] = []
        trust = known(BANK, TELLER, EXCHANGE_ID)
        self.peer = Peer(self.store, {KIND: self._pass_on}, circumstances(EXCHANGE_ID, trust), on_bug=self.bugs.append)
        self.lanes: dict[str, Lane] = {}
        self.door = Door(self.peer, StandingClock(), self.lanes)
        self.lanes[LANE] = self.lane = Lane(self.peer, BANK, url, self._settle)
        self.board = Switchboard()
        self.board.loops = {**self.lanes}
        self.settled: list[int] = []

    @contextmanager
    def started(self) -> Iterator[None]:
        """Let the lane run, past its first look into the outbox."""
        self.lane.start()
        self.store.wait_until(lambda: self.store.outbox_reads > 0)
        try:
            yield
        finally:
            self.lane.stop()

    def queue(self, *numbers: int, text: str = "") -> None:
        """Queue messages for bank A past the door, as a timer or an officer's desk does."""
        setting = self.peer.setting_at(START)

        def work(tx: Transaction) -> None:
            for number in numbers:
                queue(tx, envelope(number, EXCHANGE_ID, BANK, text), setting)

        self.store.run(work)

    def wait_for_rest(self, *numbers: int) -> None:
        """Wait until exactly these were carried and answered, in this order, and nothing waits."""
        self.store.wait_until(lambda: len(self.settled) >= len(numbers))
        assert self.settled == list(numbers)
        assert self.waiting() == []

    def waiting(self) -> list[int]:
        """Return the numbers of the messages that bank A has not answered."""
        rows = self.store.look(lambda tx: tx.find(OUTBOX, Condition("done_at", "is_null"), order=("serial",)))
        return [number_of(row.text) for row in rows]

    def _settle(self, sent: Sequence[Outgoing], results: Sequence[Result]) -> None:
        self.door.settle(sent, results)
        self.settled += [number_of(message.text) for message in sent]
        self.store.changed("settlings")

    def _pass_on(self, tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> Sequence[Handled]:
        numbers = [number_of(one) for one in envelopes]
        self.before(numbers)
        self.taken.append(numbers)
        for number in numbers:
            queue(tx, envelope(number, EXCHANGE_ID, BANK), setting)
        return [Handled((envelope(number, EXCHANGE_ID, TELLER, "heard"),)) for number in numbers]


class BankEnd:
    """Bank A's end: what it was told, in order; ``before`` is called with each batch and may raise."""

    def __init__(self, store: Store, *joined: str) -> None:
        self.store = WatchedStore(store)
        self.trust = known(BANK, *joined)
        self.peer = Peer(self.store, {KIND: self._hear}, circumstances(BANK, self.trust))
        self.batches: list[list[int]] = []
        self.heard: list[int] = []
        self.before: Callable[[], None] = lambda: None

    def receive(self, texts: Sequence[str]) -> Sequence[Result]:
        self.batches.append([number_of(text) for text in texts])
        self.before()
        results = self.peer.receive(texts, START)
        pairs = zip(texts, results, strict=True)
        self.heard += [number_of(text) for text, result in pairs if result.status == "accepted"]
        self.store.changed("settlings")
        return results

    def wait_for(self, *numbers: int) -> None:
        """Wait until exactly these were told."""
        self.store.wait_until(lambda: len(self.heard) >= len(numbers))
        assert self.heard == list(numbers)

    def _hear(self, tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> Sequence[Handled]:
        return [Handled() for _ in envelopes]


@contextmanager
def served(let_in: Receive, listening: socket.socket | None = None) -> Iterator[str]:
    """Yield the URL of a real server that takes messages."""
    app = Litestar(message_routes(let_in, StandingClock()), openapi_config=None)
    listening = listening or socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on", ws="none"))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def together(*works: Callable[[], object]) -> list[Thread]:
    """Start a thread for each."""
    threads = [Thread(target=work, daemon=True) for work in works]
    for thread in threads:
        thread.start()
    return threads


def join_all(threads: Sequence[Thread]) -> None:
    for thread in threads:
        thread.join(SECONDS_MAX)
        assert not thread.is_alive(), "a thread is left behind"
