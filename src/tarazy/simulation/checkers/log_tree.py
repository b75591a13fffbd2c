"""A second opinion on the log: a Merkle tree of its own, by RFC 6962 section 2.1, over leaves read from the events."""

from base64 import b64decode
from hashlib import sha256
from random import Random
from typing import NamedTuple

from tarazy.app.eventing import leaf_of
from tarazy.app.records import EVENTS, Event
from tarazy.app.sequencing import LOG_HEADS, LogHead, LogSigner, receipt_of
from tarazy.app.store import Condition
from tarazy.log.note import NoteKey, SignatureType
from tarazy.log.receipt import Verified, verify_receipt
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Program
from tarazy.values.ids import EventId

NAME = "log"
RECEIPTS_TRIED = 5


class SecondTree:
    """Leaves in order; gives the root over all of them. It keeps one hash for each full subtree, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._full: list[tuple[int, bytes]] = []

    def add(self, data: bytes) -> None:
        """Append a leaf."""
        leaves, digest = 1, sha256(b"\x00" + data).digest()
        while self._full and self._full[-1][0] == leaves:
            _, left = self._full.pop()
            leaves, digest = 2 * leaves, sha256(b"\x01" + left + digest).digest()
        self._full.append((leaves, digest))
        self.size += 1

    def root(self) -> bytes:
        """Return the hash over all leaves."""
        if not self._full:
            return sha256(b"").digest()
        digest = self._full[-1][1]
        for _, left in reversed(self._full[:-1]):
            digest = sha256(b"\x01" + left + digest).digest()
        return digest


class Signed(NamedTuple):
    """What a checkpoint says."""

    size: int
    root: bytes


class LogChecker:
    """Looks at the exchange's log whenever its head has changed."""

    def __init__(self, exchange: Program, signer: LogSigner) -> None:
        self._disc = exchange.disc
        self._origin = signer.origin
        self._key = NoteKey(signer.origin, SignatureType.ed25519, signer.public_key)
        self._tree = SecondTree()
        self._leaves: list[bytes] = []
        self._numbers: dict[EventId, int] = {}
        self._serial = 0
        self._head: LogHead | None = None
        self._signed: list[Signed] = []

    def check(self) -> None:
        """Check what was numbered and signed since the last time."""
        head = self._disc.run(lambda tx: tx.get(LOG_HEADS, self._origin))
        if head is None or head is self._head:
            return
        before, self._head = self._head, head
        here = Condition("log_index", ">=", self._tree.size)
        for event in rows(self._disc, EVENTS, here, order=("log_index",)):
            self._take(event)
        demand(NAME, head.size == self._tree.size, f"says {head.size} events, {self._tree.size} are numbered")
        if head.checkpoint is not None and (before is None or before.checkpoint != head.checkpoint):
            self._check_checkpoint(head.checkpoint)

    def check_quiet(self) -> None:
        """Check everything from the first leaf on, once no event waits."""
        self.check()
        events = rows(self._disc, EVENTS, order=("serial",))
        demand(NAME, [event.log_index for event in events] == list(range(len(events))), "an event has no number")
        for event in events:
            is_same = leaf_of(event).encode() == self._leaves[self._numbers[event.event_id]]
            demand(NAME, is_same, f"{event.event_id}: changed since it was numbered")
        self._check_history()
        if events:
            demand(NAME, self._signed[-1].size == len(events), f"{self._signed[-1].size} of {len(events)} are signed")
        random = Random(len(events))  # noqa: S311 -- which receipts are tried; no secret hangs on it
        for event in random.sample(events, min(len(events), RECEIPTS_TRIED)):
            self._check_receipt(event, with_personal=random.random() < 0.5)  # noqa: PLR2004 -- a coin

    def _take(self, event: Event) -> None:
        where = f"{event.kind} {event.event_id}"
        demand(NAME, event.log_index == self._tree.size, f"{where}: number {event.log_index} after {self._tree.size}")
        demand(NAME, event.event_id not in self._numbers, f"{where}: twice in the log")
        demand(NAME, event.serial > self._serial, f"{where}: numbered after a later one")
        data = leaf_of(event).encode()
        self._numbers[event.event_id] = self._tree.size
        self._leaves.append(data)
        self._serial = event.serial
        self._tree.add(data)

    def _check_checkpoint(self, text: str) -> None:
        origin, size, root = text.split("\n\n", maxsplit=1)[0].split("\n")[:3]
        signed = Signed(int(size), b64decode(root))
        demand(NAME, origin == self._origin, f"a checkpoint of {origin}")
        demand(NAME, signed.size <= self._tree.size, f"{signed.size} signed, {self._tree.size} are numbered")
        if self._signed:
            demand(NAME, signed.size >= self._signed[-1].size, f"{signed.size} signed after {self._signed[-1].size}")
        if signed.size == self._tree.size:
            demand(NAME, signed.root == self._tree.root(), f"the root over {signed.size} leaves is another")
        self._signed.append(signed)

    def _check_history(self) -> None:
        """Check that every checkpoint that was ever signed is a beginning of the log as it is now."""
        wanted = {signed.size: signed.root for signed in self._signed}
        for signed in self._signed:
            demand(NAME, wanted[signed.size] == signed.root, f"two roots were signed over {signed.size} leaves")
        tree = SecondTree()
        for size in range(len(self._leaves) + 1):
            if size in wanted:
                demand(NAME, wanted[size] == tree.root(), f"what was signed over {size} leaves is not in the log")
            if size < len(self._leaves):
                tree.add(self._leaves[size])

    def _check_receipt(self, event: Event, *, with_personal: bool) -> None:
        receipt = self._disc.run(lambda tx: receipt_of(tx, event.event_id, self._origin, with_personal=with_personal))
        demand(NAME, receipt is not None, f"{event.kind} {event.event_id}: no receipt")
        assert receipt is not None
        proved = verify_receipt(receipt.text(), [self._key])
        demand(NAME, isinstance(proved, Verified), f"{event.kind} {event.event_id}: {proved}")
