"""A log in memory: the three stored things and the three steps of the sequencer, each of which can fail either way."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tarazy.log.checkpoint import sign_checkpoint, verify_checkpoint
from tarazy.log.leaf import Leaf, commitment
from tarazy.log.note import NoteKey, SignatureType
from tarazy.log.receipt import PersonalPart, Receipt
from tarazy.log.sequence import LogState, NumberedLeaf, Sequenced, WaitingLeaf, check_stored, sequence
from tarazy.log.tile import TILE_HEIGHT, TILE_WIDTH, Tile, new_tiles, nodes_in_tiles
from tarazy.log.tree import NodeAt, inclusion_proof, leaf_hash, root_hash
from tarazy.values.ids import EventId, NormId, ParticipantId
from tarazy.values.instant import Instant

ORIGIN = "log.tarazy.example/kz-demo"
START = Instant.parse("2026-11-22T10:00:00+00:00")


class Signer:
    """A key pair made from its name, so that every run signs the same bytes."""

    def __init__(self, name: str, kind: SignatureType = SignatureType.ed25519) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())
        self.public = self._private.public_key().public_bytes_raw()
        self.key = NoteKey(name, kind, self.public)
        self.signed: list[bytes] = []

    def sign(self, message: bytes) -> bytes:
        self.signed.append(message)
        return self._private.sign(message)


def tile_bytes(tile: Tile, node_at: NodeAt) -> bytes:
    """Return a tile's hashes, one after the other, from single nodes."""
    first = tile.number * TILE_WIDTH
    return b"".join(node_at(TILE_HEIGHT * tile.level, first + offset) for offset in range(tile.width))


def personal_part(number: int) -> PersonalPart:
    return PersonalPart(salt=sha256(b"salt %d" % number).digest(), content=f"account KZ{number:018d}".encode())


def leaf(number: int) -> Leaf:
    part = personal_part(number)
    return Leaf(
        type="hold_placed",
        at=START,
        participant_id=ParticipantId(f"bank_{number % 3}"),
        norm_ids=(NormId("kz.upk.163"), NormId("kz.banks.50-2"))[: number % 3],
        personal_commitment=commitment(part.salt, part.content).hex(),
    )


def waiting(numbers: Iterable[int]) -> list[WaitingLeaf]:
    return [WaitingLeaf(EventId(f"event_{number}"), leaf(number)) for number in numbers]


class CrashError(Exception):
    """The sequencer died here."""


@dataclass
class MemoryLog:
    """What a store keeps. ``crash`` names a step and whether it still took effect."""

    signer: Signer = field(default_factory=lambda: Signer(ORIGIN))
    queue: list[WaitingLeaf] = field(default_factory=list)
    numbered: list[NumberedLeaf] = field(default_factory=list)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)
    state: LogState = field(default_factory=lambda: LogState.empty(ORIGIN))
    signed: str = ""
    tiles: dict[str, bytes] = field(default_factory=dict)
    published: str = ""
    node_reads: int = 0

    def node_at(self, level: int, position: int) -> bytes:
        self.node_reads += 1
        return self.nodes[level, position]

    def run(self, crash: tuple[str, bool] | None = None, batch: int = 4096) -> Sequenced | None:
        decided = sequence(self.state, self.queue[:batch])
        for name, step in (("store", self.store), ("sign", self.sign), ("publish", self.publish)):
            if crash == (name, False):
                raise CrashError(name)
            if decided is not None:
                step(decided)
            if crash == (name, True):
                raise CrashError(name)
        return decided

    def store(self, decided: Sequenced) -> bool:
        """Step 1, compare and swap: False if another sequencer was faster."""
        if (self.state.frontier.size, self.state.frontier.root()) != (decided.expected_size, decided.expected_root):
            return False
        done = {each.event_id for each in decided.leaves}
        self.queue = [each for each in self.queue if each.event_id not in done]
        self.numbered += decided.leaves
        self.nodes |= {(node.level, node.position): node.hash for node in decided.nodes}
        self.state = replace(self.state, frontier=decided.frontier)
        return True

    def sign(self, decided: Sequenced) -> bool:
        """Step 2, compare and swap."""
        if self.state.checkpoint != decided.expected_checkpoint or self.state.frontier != decided.frontier:
            return False
        if not decided.is_signed:
            self.signed = sign_checkpoint(decided.checkpoint, self.signer.sign, self.signer.public)
            self.state = replace(self.state, checkpoint=decided.checkpoint)
        return True

    def publish(self, decided: Sequenced) -> None:
        """Step 3: tiles first."""
        self.tiles |= {tile.path(): tile_bytes(tile, self.node_at) for tile in decided.tiles}
        self.published = self.signed
        self.state = replace(self.state, published_size=decided.checkpoint.size)
        assert self.state == decided.after()

    def receipt(self, index: int) -> Receipt:
        checkpoint, _ = verify_checkpoint(self.signed, [self.signer.key])
        numbers = [int(each.event_id.removeprefix("event_")) for each in self.numbered]
        proof = inclusion_proof(index, checkpoint.size, self.node_at)
        number = numbers[index]
        return Receipt(
            leaf=leaf(number),
            index=index,
            proof=tuple(proof),
            checkpoint=self.signed,
            personal=personal_part(number),
        )

    def read_tile(self, tile: Tile) -> bytes:
        return self.tiles[tile.path()]

    def check(self) -> None:
        """Verify the whole log as an outsider would: numbers, entries, root, signature, tiles."""
        checkpoint, _ = verify_checkpoint(self.published, [self.signer.key])
        assert [each.index for each in self.numbered] == list(range(len(self.numbered)))
        assert len({each.event_id for each in self.numbered}) == len(self.numbered)
        hashes = [leaf_hash(each.entry) for each in self.numbered[: checkpoint.size]]
        assert root_hash(hashes) == checkpoint.root
        assert {tile.path() for tile in new_tiles(0, checkpoint.size)} <= self.tiles.keys()
        node_at = nodes_in_tiles(checkpoint.size, self.read_tile)
        assert [node_at(0, index) for index in range(checkpoint.size)] == hashes
        check_stored(self.state, self.node_at)
