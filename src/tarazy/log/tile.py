"""C2SP tlog-tiles: the tree and its entries as files that never change, for anybody to fetch and to prove from.

A tile of level L holds up to 256 consecutive nodes of tree level 8 L. A *partial* tile (fewer than 256) ends the row
for a tree of a given size; only the nodes of full tiles appear on the level above.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from tarazy.log.refusal import Malformed
from tarazy.log.text import HASH_BYTES
from tarazy.log.tree import NodeAt, root_hash

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_LEVEL_MAX = 63
ENTRY_BYTES_MAX = (1 << 16) - 1
"""An entry's length is two bytes in a bundle."""
_GROUP = 1000
"""Tile numbers are written in groups of three digits, so that no folder grows beyond a thousand names."""

_ENTRIES = "tile/entries/"
_TILE_PATH = re.compile(
    r"tile/(?P<level>0|[1-9][0-9]?)/(?P<number>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class Tile(NamedTuple):
    """Which tile: its level, its number in the level, and how many of its hashes are there (256 = full)."""

    level: int
    number: int
    width: int = TILE_WIDTH

    def path(self) -> str:
        """Return the tile's address below the prefix of the log."""
        return f"tile/{self.level}/{_numbered(self.number, self.width)}"


ReadTile = Callable[[Tile], bytes]
"""A look-up of a tile's bytes. A reader may answer a partial tile from the full one: the beginning is the same."""


def parse_tile_path(path: str) -> Tile:
    """Read what `Tile.path` wrote. Raises `Malformed` for anything else."""
    match = _TILE_PATH.fullmatch(path)
    if not match:
        raise Malformed("tile path", "expected tile/LEVEL/NUMBER or tile/LEVEL/NUMBER.p/WIDTH")
    number = int(match["number"].replace("x", "").replace("/", ""))
    tile = Tile(int(match["level"]), number, int(match["width"] or TILE_WIDTH))
    if tile.level > TILE_LEVEL_MAX or tile.path() != path:
        raise Malformed("tile path", "expected a level up to 63, a width up to 255 and no needless zeroes")
    return tile


def entries_path(number: int, width: int = TILE_WIDTH) -> str:
    """Return the address of the bundle of entries that belongs to level-0 tile ``number``."""
    return f"{_ENTRIES}{_numbered(number, width)}"


def parse_entries_path(path: str) -> Tile:
    """Read what `entries_path` wrote; return the level-0 tile to which the bundle belongs. Raises `Malformed`."""
    prefix, rest = path[: len(_ENTRIES)], path[len(_ENTRIES) :]
    if prefix != _ENTRIES:
        raise Malformed("entries path", "expected tile/entries/NUMBER or tile/entries/NUMBER.p/WIDTH")
    return parse_tile_path(f"tile/0/{rest}")


def new_tiles(old: int, new: int) -> list[Tile]:
    """Return the tiles to publish when the tree grows from ``old`` to ``new`` leaves: the full ones and the last.

    From 0 these are all tiles of a tree of ``new`` leaves, level by level.
    """
    assert 0 <= old <= new
    tiles: list[Tile] = []
    level = 0
    while new >> TILE_HEIGHT * level:
        before, after = old >> TILE_HEIGHT * level, new >> TILE_HEIGHT * level
        if before < after:
            first, last = before // TILE_WIDTH, (after - 1) // TILE_WIDTH
            tiles += [
                Tile(level, number, min(TILE_WIDTH, after - number * TILE_WIDTH)) for number in range(first, last + 1)
            ]
        level += 1
    return tiles


def edge_tiles(size: int) -> list[Tile]:
    """Return the partial tiles, one a level at most: together with the size they give the root."""
    levels = range((max(size.bit_length() - 1, 0) // TILE_HEIGHT) + 1)
    rows = [(level, *divmod(size >> TILE_HEIGHT * level, TILE_WIDTH)) for level in levels]
    return [Tile(level, number, width) for level, number, width in rows if width]


def nodes_in_tiles(size: int, read_tile: ReadTile) -> NodeAt:
    """Return a look-up of nodes that reads only tiles of the tree of ``size`` leaves, each at most once.

    With it a proof over a million leaves reads a handful of tiles. Raises `Malformed` for a tile that is too short.
    """
    seen: dict[Tile, bytes] = {}

    def node_at(level: int, position: int) -> bytes:
        tile_level, height = divmod(level, TILE_HEIGHT)
        number, offset = divmod(position << height, TILE_WIDTH)
        width = min(TILE_WIDTH, (size >> TILE_HEIGHT * tile_level) - number * TILE_WIDTH)
        assert offset + (1 << height) <= width
        tile = Tile(tile_level, number, width)
        if tile not in seen:
            seen[tile] = read_tile(tile)
        hashes = seen[tile][offset * HASH_BYTES : (offset + (1 << height)) * HASH_BYTES]
        if len(hashes) != HASH_BYTES << height:
            raise Malformed(tile.path(), f"expected {width} hashes")
        return root_hash([hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)])

    return node_at


def entry_bundle(entries: Iterable[bytes]) -> bytes:
    """Return entries one after the other, each behind its length in two bytes."""
    parts = []
    for entry in entries:
        assert len(entry) <= ENTRY_BYTES_MAX
        parts.append(len(entry).to_bytes(2, "big") + entry)
    return b"".join(parts)


def parse_entry_bundle(data: bytes) -> Sequence[bytes]:
    """Read what `entry_bundle` wrote. Raises `Malformed` naming the entry that is cut off."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise Malformed(f"entry {len(entries)} of the bundle", "cut off")
        entries.append(data[at + 2 : end])
        at = end
    return entries


def _numbered(number: int, width: int) -> str:
    assert 1 <= width <= TILE_WIDTH
    groups = [f"{number % _GROUP:03d}"]
    while number := number // _GROUP:
        groups.append(f"x{number % _GROUP:03d}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return "/".join(reversed(groups)) + partial
