"""Tiles: the sizes and addresses of C2SP tlog-tiles, both ways, and proofs that read only a few of them."""

from collections import Counter

import pytest

from tarazy.log.refusal import Malformed
from tarazy.log.tile import (
    Tile,
    entries_path,
    entry_bundle,
    new_tiles,
    nodes_in_tiles,
    parse_entry_bundle,
    parse_tile_path,
)
from tarazy.log.tree import (
    consistency_proof,
    frontier_at,
    inclusion_proof,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from tests.unit.log.model import tile_bytes


def test_a_tree_of_seventy_thousand_has_the_tiles_that_the_specification_counts():
    tiles = new_tiles(0, 70_000)
    full = Counter(tile.level for tile in tiles if tile.width == 256)
    partial = {tile.level: tile.width for tile in tiles if tile.width < 256}
    assert full == {0: 273, 1: 1}
    assert partial == {0: 112, 1: 17, 2: 1}
    assert new_tiles(0, 256) == [Tile(0, 0, 256), Tile(1, 0, 1)]
    assert new_tiles(0, 0) == []


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(2, 999, 5), "tile/2/999.p/5"),
        (Tile(63, 1000, 255), "tile/63/x001/000.p/255"),
    ],
)
def test_addresses_read_both_ways(tile, path):
    assert tile.path() == path
    assert parse_tile_path(path) == tile
    assert entries_path(tile.number, tile.width) == "tile/entries/" + path.split("/", 2)[2]


@pytest.mark.parametrize(
    "path",
    [
        "tile/00/000",
        "tile/64/000",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/05",
        "tile/0/000/",
        "tile/0/٣٣٣",
        "../tile/0/000",
    ],
)
def test_other_addresses_are_refused(path):
    with pytest.raises(Malformed, match=r"^tile path"):
        parse_tile_path(path)


def test_proofs_over_many_leaves_read_a_handful_of_tiles():
    size, old = 1_000_003, 655_360 + 77
    by_level = [leaf_hash(b"")]
    for _ in range(20):
        by_level.append(node_hash(by_level[-1], by_level[-1]))
    tiles, reads = set(new_tiles(0, size)), []

    def read_tile(tile):
        assert tile in tiles
        reads.append(tile)
        return tile_bytes(tile, lambda level, _position: by_level[level])

    root = frontier_at(size, lambda level, _position: by_level[level]).root()

    for index in (0, 65_535, 655_360, size - 1):
        reads.clear()
        proof = inclusion_proof(index, size, nodes_in_tiles(size, read_tile))
        assert len(reads) <= 6
        verify_inclusion(by_level[0], index, size, proof, root)
    reads.clear()
    node_at = nodes_in_tiles(size, read_tile)
    proof = consistency_proof(old, size, node_at)
    assert len(reads) <= 6
    verify_consistency(old, size, proof, frontier_at(old, node_at).root(), root)


def test_a_growing_tree_rewrites_only_its_last_tiles():
    assert new_tiles(255, 257) == [Tile(0, 0, 256), Tile(0, 1, 1), Tile(1, 0, 1)]
    assert new_tiles(256, 300) == [Tile(0, 1, 44)]
    assert new_tiles(300, 300) == []


def test_a_tile_that_is_cut_off_is_named():
    node_at = nodes_in_tiles(5, lambda _tile: b"x" * (4 * 32 + 31))
    with pytest.raises(Malformed, match=r"^tile/0/000\.p/5: expected 5 hashes"):
        node_at(0, 4)


def test_entries_read_both_ways_and_a_cut_is_named():
    entries = [b"", b"a", b"b" * 65_535]
    data = entry_bundle(entries)
    assert parse_entry_bundle(data) == entries
    for cut in (1, 3, len(data) - 1):
        with pytest.raises(Malformed, match="of the bundle: cut off"):
            parse_entry_bundle(data[:cut])
