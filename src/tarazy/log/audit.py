"""What an outsider proves from the published files alone: that the log is whole, and that it continues an older head.

Every tile is proven before it is used. The partial tiles, one a level, together give the root of the checkpoint; every
full tile gives one hash of a tile on the level above. So damage is found at the first file that has it, and is told
apart from a fork, which is a log whose files all agree and which yet does not begin as an older checkpoint says.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tarazy.log.checkpoint import Checkpoint
from tarazy.log.leaf import parse_leaf
from tarazy.log.refusal import Malformed, Refused, Unverified
from tarazy.log.text import HASH_BYTES
from tarazy.log.tile import (
    TILE_HEIGHT,
    TILE_WIDTH,
    ReadTile,
    Tile,
    edge_tiles,
    entries_path,
    nodes_in_tiles,
    parse_entry_bundle,
)
from tarazy.log.tree import Frontier, frontier_at, leaf_hash, root_hash


class LogFiles(NamedTuple):
    """How the published files are read: tiles of hashes, and the bundle of entries of a level-0 tile."""

    tile: ReadTile
    entries: Callable[[Tile], bytes]


class ProvenTiles:
    """The tiles below one checkpoint, whose signature somebody has checked. Reads only what is asked for.

    Making one, and every read, raises `Unverified` or `Malformed` naming the file, and the hash or entry in it.
    """

    def __init__(self, checkpoint: Checkpoint, files: LogFiles) -> None:
        self._files = files
        self._size = checkpoint.size
        self._edge = {tile: self._fetched(tile) for tile in edge_tiles(checkpoint.size)}
        self._kept: dict[int, tuple[Tile, bytes]] = {}
        edge_node_at = nodes_in_tiles(checkpoint.size, self._edge.__getitem__)
        if frontier_at(checkpoint.size, edge_node_at).root() != checkpoint.root:
            raise self._edge_fault()

    def read(self, tile: Tile) -> bytes:
        """Return the hashes of a tile of this tree, proven; the last one of each level is kept at hand."""
        if tile in self._edge:
            return self._edge[tile]
        kept, data = self._kept.get(tile.level, (None, b""))
        if kept == tile:
            return data
        data, parent = self._fetched(tile), self._parent(tile)
        if _tile_root(data) != _hash_in(self.read(parent), tile.number % TILE_WIDTH):
            raise Unverified(tile.path(), f"is not the tile that {parent.path()} commits to")
        self._kept[tile.level] = tile, data
        return data

    def entries(self, tile: Tile) -> list[bytes]:
        """Return the entries of a level-0 tile, proven, each a leaf that can be read."""
        hashes, entries = self.read(tile), self._bundle(tile)
        for offset, entry in enumerate(entries):
            if leaf_hash(entry) != _hash_in(hashes, offset):
                raise Unverified(_entry_place(tile, offset), f"is not the entry that {tile.path()} commits to")
            try:
                parse_leaf(entry)
            except Refused as refused:
                raise Malformed(_entry_place(tile, offset), str(refused)) from refused
        return entries

    def root_at(self, size: int) -> bytes:
        """Return the root of the first ``size`` leaves."""
        assert size <= self._size
        return frontier_at(size, nodes_in_tiles(self._size, self.read)).root()

    def bottom(self) -> Iterator[Tile]:
        """Return the level-0 tiles in order."""
        for first in range(0, self._size, TILE_WIDTH):
            yield Tile(0, first // TILE_WIDTH, min(TILE_WIDTH, self._size - first))

    def _parent(self, tile: Tile) -> Tile:
        level, number = tile.level + 1, tile.number // TILE_WIDTH
        return Tile(level, number, min(TILE_WIDTH, (self._size >> TILE_HEIGHT * level) - number * TILE_WIDTH))

    def _fetched(self, tile: Tile) -> bytes:
        data = self._files.tile(tile)
        if len(data) != tile.width * HASH_BYTES:
            raise Malformed(tile.path(), f"expected {tile.width} hashes, {tile.width * HASH_BYTES} bytes")
        return data

    def _bundle(self, tile: Tile) -> list[bytes]:
        path = entries_path(tile.number, tile.width)
        try:
            entries = list(parse_entry_bundle(self._files.entries(tile)))
        except Malformed as fault:
            raise Malformed(path, str(fault)) from fault
        if len(entries) != tile.width:
            raise Malformed(path, f"expected {tile.width} entries, found {len(entries)}")
        return entries

    def _edge_fault(self) -> Refused:
        """Say which hash of the partial tiles does not follow from what is below it: only they can be at fault."""
        for tile, data in self._edge.items():
            for offset, below in enumerate(self._hashes_below(tile)):
                if below != _hash_in(data, offset):
                    return Unverified(f"{tile.path()} hash {offset}", "does not follow from what is below it")
        return Unverified("checkpoint.root", "the files agree with one another, and lead to another root")

    def _hashes_below(self, tile: Tile) -> Iterator[bytes]:
        if tile.level == 0:
            yield from (leaf_hash(entry) for entry in self._bundle(tile))
            return
        for offset in range(tile.width):
            yield _tile_root(self._fetched(Tile(tile.level - 1, tile.number * TILE_WIDTH + offset)))


def check_continues(old: Checkpoint, new: Checkpoint, proven: ProvenTiles) -> None:
    """Prove from the tiles below ``new`` that its log begins with the one of ``old``. Raises `Unverified`.

    Both heads are signed: where this fails and no file is damaged, the two together are the evidence of a fork.
    """
    if old.origin != new.origin:
        raise Unverified("checkpoint.origin", f"the older head is of {old.origin}, the newer of {new.origin}")
    if old.size > new.size:
        raise Unverified("checkpoint.size", f"a log of {new.size} acts cannot continue one of {old.size}")
    if proven.root_at(old.size) != old.root:
        raise Unverified("checkpoint.root", f"the log does not begin with the {old.size} acts of the older head")


def rebuilt(checkpoint: Checkpoint, proven: ProvenTiles) -> Iterator[int]:
    """Prove every file below a checkpoint and make its root anew from the entries; say after each bundle how far.

    Raises `Unverified` or `Malformed` at the first file that does not belong.
    """
    frontier = Frontier.empty()
    for tile in proven.bottom():
        frontier = frontier.extend(leaf_hash(entry) for entry in proven.entries(tile))
        yield frontier.size
    if frontier.root() != checkpoint.root:
        raise Unverified("checkpoint.root", "the entries lead to another root")


def tiles_proven(proven: ProvenTiles) -> Iterator[int]:
    """Prove every tile below a checkpoint, without the entries; say after each how many acts are below it.

    Raises `Unverified` or `Malformed` at the first file that does not belong.
    """
    for tile in proven.bottom():
        proven.read(tile)
        yield tile.number * TILE_WIDTH + tile.width


def _hash_in(data: bytes, offset: int) -> bytes:
    return data[offset * HASH_BYTES : (offset + 1) * HASH_BYTES]


def _tile_root(data: bytes) -> bytes:
    return root_hash([data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)])


def _entry_place(tile: Tile, offset: int) -> str:
    return f"{entries_path(tile.number, tile.width)} entry {tile.number * TILE_WIDTH + offset}"
