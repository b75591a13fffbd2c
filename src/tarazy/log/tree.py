"""The Merkle tree of RFC 6962 and RFC 9162: hashes, roots, and the two proofs, made and checked.

A *node* ``(level, position)`` is the root of a perfect subtree: of the ``1 << level`` leaves from
``position << level``. It never changes once its last leaf is there. Only such nodes are stored; all else is computed:

    root of any size, inclusion proof, consistency proof     O(log size) nodes read
    append of n leaves                                       about 2n nodes written, none read (see `Frontier`)
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from typing import NamedTuple

from tarazy.log.refusal import Malformed, Unverified
from tarazy.log.text import HASH_BYTES

EMPTY_ROOT = sha256(b"").digest()
SIZE_BYTES = 8
TREE_SIZE_MAX = (1 << 63) - 1
"""The largest tree that a checkpoint may name: sizes fit a signed 64-bit column."""

NodeAt = Callable[[int, int], bytes]
"""A look-up of the stored hash of node ``(level, position)``. It is only asked for nodes inside the tree."""


class Node(NamedTuple):
    """The hash of one perfect subtree, as it is stored."""

    level: int
    position: int
    hash: bytes


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf: the 0x00 before it keeps a leaf from ever passing for an inner node."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node over its two children."""
    assert len(left) == HASH_BYTES
    assert len(right) == HASH_BYTES
    return sha256(b"\x01" + left + right).digest()


def root_hash(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root of the tree over ``leaf_hashes``; of no leaves, the hash of nothing."""
    return Frontier.empty().extend(leaf_hashes).root()


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that an append needs to know of the tree: the roots of its perfect subtrees, the largest (leftmost) first.

    There is one hash for each bit that is set in ``size``. A frontier is never changed: appending returns a new one.
    """

    size: int
    hashes: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.size <= TREE_SIZE_MAX:
            raise Malformed("frontier.size", "expected a whole number from 0 to 2^63 - 1")
        if len(self.hashes) != self.size.bit_count() or any(len(each) != HASH_BYTES for each in self.hashes):
            raise Malformed("frontier.hashes", f"expected {self.size.bit_count()} hashes for {self.size} leaves")

    @classmethod
    def empty(cls) -> "Frontier":
        """Return the frontier of the tree without leaves."""
        return cls(0, ())

    def append(self, leaf_hash: bytes) -> "Frontier":
        """Return the frontier after one more leaf."""
        return self.extend((leaf_hash,))

    def extend(self, leaf_hashes: Iterable[bytes]) -> "Frontier":
        """Return the frontier after these leaves, appended in their order."""
        return grow(self, leaf_hashes)[0]

    def root(self) -> bytes:
        """Return the root hash of the tree."""
        return _joined(self.hashes)

    def encode(self) -> bytes:
        """Return the size in eight bytes, then the hashes."""
        return self.size.to_bytes(SIZE_BYTES, "big") + b"".join(self.hashes)

    @classmethod
    def decode(cls, data: bytes) -> "Frontier":
        """Read what `encode` wrote. Raises `Malformed` for anything else."""
        if len(data) < SIZE_BYTES or (len(data) - SIZE_BYTES) % HASH_BYTES:
            raise Malformed("frontier", "expected eight bytes of size and whole hashes")
        hashes = tuple(data[at : at + HASH_BYTES] for at in range(SIZE_BYTES, len(data), HASH_BYTES))
        return cls(int.from_bytes(data[:SIZE_BYTES], "big"), hashes)


def grow(frontier: Frontier, leaf_hashes: Iterable[bytes]) -> tuple[Frontier, tuple[Node, ...]]:
    """Return the frontier after these leaves and each node that their append completes, children before parents."""
    size, hashes, nodes = frontier.size, list(frontier.hashes), []
    for leaf in leaf_hashes:
        assert len(leaf) == HASH_BYTES
        level, position, current = 0, size, leaf
        nodes.append(Node(level, position, current))
        while position & 1:
            current = node_hash(hashes.pop(), current)
            level, position = level + 1, position >> 1
            nodes.append(Node(level, position, current))
        hashes.append(current)
        size += 1
    return Frontier(size, tuple(hashes)), tuple(nodes)


def new_nodes(frontier: Frontier, leaf_hashes: Iterable[bytes]) -> tuple[Node, ...]:
    """Return what a store must add when these leaves are appended to the tree of ``frontier``."""
    return grow(frontier, leaf_hashes)[1]


def frontier_at(size: int, node_at: NodeAt) -> Frontier:
    """Return the frontier of the first ``size`` leaves, read from stored nodes: how a lost one is made again."""
    return Frontier(size, tuple(node_at(level, position) for level, position in _cover(0, size)))


def inclusion_proof(index: int, size: int, node_at: NodeAt) -> list[bytes]:
    """Return the audit path of leaf ``index`` in the tree of the first ``size`` leaves, the leaf's sibling first."""
    assert 0 <= index < size
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_subtree(middle, end, node_at))
            end = middle
        else:
            path.append(_subtree(start, middle, node_at))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node_at: NodeAt) -> list[bytes]:
    """Return the proof that the tree of ``old`` leaves is the beginning of that of ``new``; empty where none is needed.

    None is needed from the empty tree and from a tree to itself.
    """
    assert 0 <= old <= new
    path: list[bytes] = []
    if old in (0, new):
        return path
    start, end = 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_subtree(middle, end, node_at))
            end = middle
        else:
            path.append(_subtree(start, middle, node_at))
            start = middle
    if start > 0:  # else the old tree is one perfect subtree, whose root the reader of the proof knows
        path.append(_subtree(start, end, node_at))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash ``leaf`` is number ``index`` of the tree with this size and root (RFC 9162, 2.1.3.2).

    Raises `Unverified` naming the place: the index, the number of elements, or the root that is not reached.
    """
    if not 0 <= index < size:
        raise Unverified("index", f"leaf {index} does not exist in a tree of {size} leaves")
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    _check_proof(proof, inner + border, "inclusion proof")
    current = leaf
    for level, sibling in enumerate(proof[:inner]):
        current = node_hash(sibling, current) if index >> level & 1 else node_hash(current, sibling)
    for sibling in proof[inner:]:
        current = node_hash(sibling, current)
    if current != root:
        raise Unverified("inclusion proof", "the leaf and the proof do not lead to the root of the checkpoint")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that the tree ``new_root`` of ``new`` leaves begins with the tree ``old_root`` of ``old`` leaves.

    RFC 9162, 2.1.4.2. Raises `Unverified` naming the place.
    """
    if old > new or old < 0:
        raise Unverified("size", f"a tree of {new} leaves cannot continue one of {old}")
    if old in (0, new):
        _check_proof(proof, 0, "consistency proof")
        if (old == new and old_root != new_root) or (old == 0 and old_root != EMPTY_ROOT):
            raise Unverified("old root", "two different trees of the same size" if old else "not the empty tree's root")
        return
    # The climb starts at the last perfect subtree of the old tree; if that is the whole old tree, its root is known.
    shift = (old & -old).bit_length() - 1
    start, last = (old - 1) >> shift, (new - 1) >> shift
    inner = (start ^ last).bit_length()
    border = (start >> inner).bit_count()
    is_perfect = old == 1 << shift
    _check_proof(proof, inner + border + (not is_perfect), "consistency proof")
    seed, path = (old_root, proof) if is_perfect else (proof[0], proof[1:])
    old_seen = new_seen = seed
    for level, sibling in enumerate(path[:inner]):
        if start >> level & 1:
            old_seen, new_seen = node_hash(sibling, old_seen), node_hash(sibling, new_seen)
        else:
            new_seen = node_hash(new_seen, sibling)
    for sibling in path[inner:]:
        old_seen, new_seen = node_hash(sibling, old_seen), node_hash(sibling, new_seen)
    if old_seen != old_root:
        raise Unverified("old root", "the proof does not lead to the root of the older tree")
    if new_seen != new_root:
        raise Unverified("new root", "the proof does not lead to the root of the newer tree")


def _check_proof(proof: Sequence[bytes], length: int, place: str) -> None:
    if len(proof) != length:
        raise Unverified(place, f"expected {length} elements, found {len(proof)}")
    for number, element in enumerate(proof, start=1):
        if len(element) != HASH_BYTES:
            raise Unverified(f"{place} element {number}", f"expected {HASH_BYTES} bytes")


def _split(size: int) -> int:
    """Return the largest power of two below ``size``: where RFC 6962 divides a tree into left and right."""
    return 1 << (size - 1).bit_length() - 1


def _cover(start: int, end: int) -> list[tuple[int, int]]:
    """Return the perfect subtrees of ``[start, end)``, largest first; ``start`` is where such a subtree may begin."""
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def _subtree(start: int, end: int, node_at: NodeAt) -> bytes:
    """Return the root of the leaves ``[start, end)``, a subtree of RFC 6962 (perfect, or at the tree's right edge)."""
    return _joined([node_at(level, position) for level, position in _cover(start, end)])


def _joined(hashes: Sequence[bytes]) -> bytes:
    """Return the root over perfect subtrees given largest first: the smallest two are joined until one is left."""
    if not hashes:
        return EMPTY_ROOT
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes))
