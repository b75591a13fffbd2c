"""The tree against the vectors that everybody who builds such a log uses, and against RFC 6962 read literally."""

import pytest

from tarazy.log.refusal import Malformed, Unverified
from tarazy.log.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    frontier_at,
    inclusion_proof,
    leaf_hash,
    new_nodes,
    node_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CONSISTENCY_6_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
CONSISTENCY_2_5 = [
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
]
INCLUSION_0_8 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
HASHES = [leaf_hash(each) for each in LEAVES]


def stored(hashes):
    nodes = {(node.level, node.position): node.hash for node in new_nodes(Frontier.empty(), hashes)}
    return lambda level, position: nodes[level, position]


def literal_root(hashes):
    """RFC 6962, 2.1, word for word."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(literal_root(hashes[:split]), literal_root(hashes[split:]))


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_classic_eight_leaves(size):
    assert root_hash(HASHES[:size]).hex() == ROOTS[size]


def test_proofs_are_those_of_the_classic_eight_leaves():
    node_at = stored(HASHES)
    assert [each.hex() for each in inclusion_proof(0, 8, node_at)] == INCLUSION_0_8
    assert [each.hex() for each in inclusion_proof(2, 3, node_at)] == [ROOTS[2]]
    assert inclusion_proof(0, 1, node_at) == []
    assert [each.hex() for each in consistency_proof(6, 8, node_at)] == CONSISTENCY_6_8
    assert [each.hex() for each in consistency_proof(2, 5, node_at)] == CONSISTENCY_2_5
    assert consistency_proof(1, 1, node_at) == []


def test_classic_proofs_verify_and_lead_to_no_other_root():
    proof = [bytes.fromhex(each) for each in CONSISTENCY_6_8]
    root_6, root_8, root_5 = (bytes.fromhex(ROOTS[size]) for size in (6, 8, 5))
    verify_consistency(6, 8, proof, root_6, root_8)
    with pytest.raises(Unverified, match=r"^old root: "):
        verify_consistency(6, 8, proof, root_5, root_8)
    with pytest.raises(Unverified, match=r"^new root: "):
        verify_consistency(6, 8, proof, root_6, root_5)


@pytest.mark.parametrize("size", [*range(70), 255, 256, 257, 1000])
def test_root_is_the_recursive_definition(size):
    hashes = [leaf_hash(number.to_bytes(2, "big")) for number in range(size)]
    assert root_hash(hashes) == literal_root(hashes)


def equal_leaves(level_max=41):
    """The nodes of a tree whose leaves are all alike: one hash a level, so that its size costs nothing."""
    hashes = [HASHES[0]]
    for _ in range(level_max):
        hashes.append(node_hash(hashes[-1], hashes[-1]))
    return hashes


@pytest.mark.parametrize("size", [1_000_003, 2**20 - 1, 2**40 + 2**39 + 1])
def test_proofs_over_a_million_leaves_read_few_nodes(size):
    by_level = equal_leaves()
    reads = []

    def node_at(level, position):
        assert (position + 1) << level <= size
        reads.append((level, position))
        return by_level[level]

    root = frontier_at(size, node_at).root()
    for index in (0, size // 3, 524_287, 524_288, size - 1):
        reads.clear()
        proof = inclusion_proof(index, size, node_at)
        assert len(reads) <= 2 * size.bit_length()
        verify_inclusion(HASHES[0], index, size, proof, root)
    for old in (1, 524_288, size // 3, size - 1):
        old_root = frontier_at(old, node_at).root()
        reads.clear()
        proof = consistency_proof(old, size, node_at)
        assert len(reads) <= 2 * size.bit_length()
        verify_consistency(old, size, proof, old_root, root)


def test_an_append_writes_fewer_than_two_nodes_a_leaf():
    assert len(new_nodes(Frontier.empty(), [HASHES[0]] * 1000)) < 2000


@pytest.mark.parametrize(
    ("index", "size", "proof", "place"),
    [
        (8, 8, 3, "index"),
        (-1, 8, 3, "index"),
        (0, 0, 0, "index"),
        (3, 8, 2, "inclusion proof"),
        (3, 8, 4, "inclusion proof"),
    ],
)
def test_inclusion_says_where_it_fails(index, size, proof, place):
    with pytest.raises(Unverified) as refused:
        verify_inclusion(HASHES[0], index, size, [HASHES[0]] * proof, bytes.fromhex(ROOTS[8]))
    assert refused.value.place == place


def test_a_short_proof_element_is_named():
    proof = [bytes.fromhex(each) for each in INCLUSION_0_8]
    proof[1] = proof[1][:-1]
    with pytest.raises(Unverified) as refused:
        verify_inclusion(HASHES[0], 0, 8, proof, bytes.fromhex(ROOTS[8]))
    assert refused.value.place == "inclusion proof element 2"


def test_consistency_needs_no_proof_only_from_nothing_and_to_itself():
    root_8 = bytes.fromhex(ROOTS[8])
    verify_consistency(0, 8, [], EMPTY_ROOT, root_8)
    verify_consistency(8, 8, [], root_8, root_8)
    for old, old_root in ((0, root_8), (8, EMPTY_ROOT), (9, root_8)):
        with pytest.raises(Unverified):
            verify_consistency(old, 8, [], old_root, root_8)
    with pytest.raises(Unverified, match="expected 0 elements"):
        verify_consistency(0, 8, HASHES[:1], EMPTY_ROOT, root_8)


def test_an_inner_node_never_passes_for_a_leaf():
    inner = node_hash(HASHES[0], HASHES[1])
    assert leaf_hash(HASHES[0] + HASHES[1]) != inner


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 7, b"\0" * 8 + b"x" * 32, (3).to_bytes(8, "big") + b"x" * 32, b"\xff" * 8]
)
def test_a_frontier_that_cannot_be_is_refused(data):
    with pytest.raises(Malformed, match=r"^frontier"):
        Frontier.decode(data)
