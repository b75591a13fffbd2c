"""A published log as a dictionary of files, made without the code that serves or audits one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tarazy.log.audit import LogFiles, ProvenTiles, rebuilt
from tarazy.log.checkpoint import Checkpoint, sign_checkpoint
from tarazy.log.tile import entries_path, entry_bundle, new_tiles
from tarazy.log.tree import Frontier, Node, grow, leaf_hash, root_hash
from tests.unit.log.model import ORIGIN, Signer, leaf, tile_bytes


@cache
def entry(number: int) -> bytes:
    return leaf(number).encode()


@cache
def entry_hash(number: int) -> bytes:
    return leaf_hash(entry(number))


def checkpoint_of(numbers: Iterable[int]) -> Checkpoint:
    hashes = [entry_hash(number) for number in numbers]
    return Checkpoint(ORIGIN, len(hashes), root_hash(hashes))


@dataclass
class PublishedLog:
    """The files of the log whose acts have these numbers, and its head."""

    numbers: list[int]
    files: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        nodes: dict[tuple[int, int], bytes] = {}
        made: tuple[Node, ...] = grow(Frontier.empty(), map(entry_hash, self.numbers))[1]
        nodes |= {(node.level, node.position): node.hash for node in made}
        for tile in new_tiles(0, len(self.numbers)):
            self.files[tile.path()] = tile_bytes(tile, lambda level, position: nodes[level, position])
            if tile.level == 0:
                first = tile.number * 256
                inside = self.numbers[first : first + tile.width]
                self.files[entries_path(tile.number, tile.width)] = entry_bundle(map(entry, inside))

    @property
    def head(self) -> Checkpoint:
        return checkpoint_of(self.numbers)

    def read(self) -> LogFiles:
        return LogFiles(
            lambda tile: self.files[tile.path()], lambda tile: self.files[entries_path(tile.number, tile.width)]
        )

    def proven(self, head: Checkpoint | None = None) -> ProvenTiles:
        return ProvenTiles(head or self.head, self.read())

    def rebuild(self) -> int:
        """Prove all files; return how many acts they hold."""
        return max(rebuilt(self.head, self.proven()), default=0)

    def flip(self, path: str, place: int, bit: int) -> None:
        data = bytearray(self.files[path])
        data[place] ^= 1 << bit
        self.files[path] = bytes(data)

    def write(self, folder: Path, signer: Signer) -> None:
        """Write the log as a folder, with its head signed."""
        for path, data in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        folder.mkdir(exist_ok=True)
        (folder / "checkpoint").write_text(sign_checkpoint(self.head, signer.sign, signer.public), encoding="utf-8")


__all__ = ["PublishedLog", "checkpoint_of", "entry", "entry_hash"]
