"""The published files of the log, made from its rows: tiles of hashes and bundles of entries, up to the signed head.

A file holds nothing but hashes, or what the log shows of acts to everybody. It never changes once it can be had.
"""

from tarazy.app.eventing import leaf_of
from tarazy.app.records import EVENTS
from tarazy.app.sequencing import signed_head, stored_hashes
from tarazy.app.store import Condition, Transaction
from tarazy.log.tile import TILE_HEIGHT, TILE_WIDTH, Tile, entry_bundle


def tile_file(tx: Transaction, origin: str, tile: Tile) -> bytes | None:
    """Return the hashes of a tile; None where the signed log does not reach so far."""
    if not _is_signed(tx, origin, tile):
        return None
    hashes = stored_hashes(tx, TILE_HEIGHT * tile.level, tile.number * TILE_WIDTH, tile.width)
    assert len(hashes) == tile.width, f"the log has not all hashes of {tile.path()}"
    return b"".join(hashes)


def entries_file(tx: Transaction, origin: str, tile: Tile) -> bytes | None:
    """Return the bundle of entries of a level-0 tile; None where the signed log does not reach so far."""
    assert tile.level == 0
    if not _is_signed(tx, origin, tile):
        return None
    first = tile.number * TILE_WIDTH
    inside = (Condition("log_index", ">=", first), Condition("log_index", "<", first + tile.width))
    return entry_bundle(leaf_of(event).encode() for event in tx.find(EVENTS, *inside, order=("log_index",)))


def _is_signed(tx: Transaction, origin: str, tile: Tile) -> bool:
    head = signed_head(tx, origin)
    return head is not None and tile.number * TILE_WIDTH + tile.width <= head.size >> TILE_HEIGHT * tile.level
