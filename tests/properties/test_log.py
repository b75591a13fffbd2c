"""Laws of the log, for every small tree and for drawn ones."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarazy.log.checkpoint import Checkpoint, parse_checkpoint
from tarazy.log.leaf import Leaf, commitment, parse_leaf
from tarazy.log.note import Note, Signature, parse_key, parse_note
from tarazy.log.receipt import Failure, PersonalPart, Receipt, Verified, parse_receipt, verify_receipt
from tarazy.log.refusal import Refused
from tarazy.log.tile import Tile, new_tiles, nodes_in_tiles, parse_tile_path
from tarazy.log.tlog_proof import parse_tlog_proof
from tarazy.log.tree import (
    Frontier,
    consistency_proof,
    frontier_at,
    grow,
    inclusion_proof,
    leaf_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)
from tarazy.values.ids import NormId, ParticipantId
from tarazy.values.instant import Instant
from tests.unit.log.model import CrashError, MemoryLog, Signer, tile_bytes, waiting

SIZE_MAX = 64
HASHES = [leaf_hash(bytes([number])) for number in range(SIZE_MAX)]
NODES = {(node.level, node.position): node.hash for node in grow(Frontier.empty(), HASHES)[1]}
ROOTS = [root_hash(HASHES[:size]) for size in range(SIZE_MAX + 1)]


def node_at(level, position):
    return NODES[level, position]


def within(size):
    """Look up nodes and notice a proof that reads outside its own tree."""

    def read(level, position):
        assert (position + 1) << level <= size
        return NODES[level, position]

    return read


@pytest.mark.parametrize("size", range(1, SIZE_MAX + 1))
def test_every_leaf_of_every_small_tree_has_a_proof(size):
    for index in range(size):
        proof = inclusion_proof(index, size, within(size))
        verify_inclusion(HASHES[index], index, size, proof, ROOTS[size])
        for other in (index - 1, index + 1):
            with pytest.raises(Refused):
                verify_inclusion(HASHES[index], other, size, proof, ROOTS[size])


@pytest.mark.parametrize("new", range(SIZE_MAX + 1))
def test_every_two_small_trees_are_proven_consistent(new):
    for old in range(new + 1):
        proof = consistency_proof(old, new, within(new))
        verify_consistency(old, new, proof, ROOTS[old], ROOTS[new])
        for number in range(len(proof)):
            broken = [*proof]
            broken[number] = bytes([broken[number][0] ^ 1]) + broken[number][1:]
            with pytest.raises(Refused):
                verify_consistency(old, new, broken, ROOTS[old], ROOTS[new])
        for other in range(SIZE_MAX + 1):
            if other != old:
                with pytest.raises(Refused):
                    verify_consistency(old, new, proof, ROOTS[other], ROOTS[new])
            if other != new and old > 0:  # the empty tree is the beginning of every tree
                with pytest.raises(Refused):
                    verify_consistency(old, new, proof, ROOTS[old], ROOTS[other])


def test_small_inclusion_proofs_hold_for_no_flipped_byte():
    for size in (1, 2, 3, 7, 8, 33, 64):
        for index in {0, size // 2, size - 1}:
            proof = inclusion_proof(index, size, node_at)
            whole = b"".join((HASHES[index], ROOTS[size], *proof))
            for place in range(len(whole)):
                data = bytearray(whole)
                data[place] ^= 1 << place % 8
                leaf, root, *broken = (bytes(data[at : at + 32]) for at in range(0, len(data), 32))
                with pytest.raises(Refused):
                    verify_inclusion(leaf, index, size, broken, root)


def in_batches(sizes):
    """Append in batches of these sizes, each from the encoded frontier, as after a restart."""
    frontier, nodes, tiles, at = Frontier.empty(), [], {}, 0
    for size in sizes:
        before = Frontier.decode(frontier.encode())
        frontier, new = grow(before, (leaf_hash(number.to_bytes(4, "big")) for number in range(at, at + size)))
        nodes += new
        by_place = {(node.level, node.position): node.hash for node in nodes}
        for tile in new_tiles(at, at + size):
            tiles[tile] = tile_bytes(tile, lambda level, position: by_place[level, position])  # noqa: B023 - used at once
        at += size
    return frontier, nodes, tiles


@settings(deadline=None, max_examples=40)
@given(sizes=st.lists(st.integers(0, 300), max_size=6))
def test_appending_in_batches_gives_the_same_tree_nodes_and_tiles(sizes):
    total = sum(sizes)
    frontier, nodes, tiles = in_batches(sizes)
    at_once, nodes_at_once, tiles_at_once = in_batches([total])
    assert frontier == at_once
    assert nodes == nodes_at_once
    assert len({(node.level, node.position) for node in nodes}) == len(nodes)
    assert {tile: tiles[tile] for tile in new_tiles(0, total)} == tiles_at_once
    by_place = {(node.level, node.position): node.hash for node in nodes}
    assert frontier_at(total, lambda level, position: by_place[level, position]) == frontier
    from_tiles = nodes_in_tiles(total, lambda tile: tiles[tile])
    assert all(from_tiles(node.level, node.position) == node.hash for node in nodes)


@given(count=st.integers(0, 200))
def test_a_frontier_reads_both_ways_and_appends_one_by_one(count):
    hashes = [leaf_hash(bytes([number])) for number in range(count)]
    one_by_one = Frontier.empty()
    for each in hashes:
        one_by_one = one_by_one.append(each)
    assert one_by_one == Frontier.empty().extend(hashes)
    assert one_by_one.root() == root_hash(hashes)
    assert Frontier.decode(one_by_one.encode()) == one_by_one


WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
LEAVES = st.builds(
    Leaf,
    type=WORDS,
    at=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)).map(  # noqa: DTZ001 - made UTC here
        lambda moment: Instant(moment.replace(tzinfo=UTC))
    ),
    participant_id=WORDS.map(ParticipantId),
    norm_ids=st.lists(WORDS.map(NormId), max_size=5).map(tuple),
    personal_commitment=st.binary(min_size=32, max_size=32).map(bytes.hex),
)


@given(leaf=LEAVES, other=LEAVES)
def test_leaves_read_both_ways_and_different_ones_hash_differently(leaf, other):
    assert parse_leaf(leaf.encode()) == leaf
    assert (leaf == other) == (leaf.hash() == other.hash())


@given(
    origin=WORDS,
    size=st.integers(0, 2**63 - 1),
    root=st.binary(min_size=32, max_size=32),
    names=st.lists(WORDS.filter(lambda name: "+" not in name), min_size=1, max_size=4),
    blob=st.binary(min_size=5, max_size=80),
)
def test_checkpoints_and_notes_read_both_ways(origin, size, root, names, blob):
    checkpoint = Checkpoint(origin, size, root)
    assert parse_checkpoint(checkpoint.text()) == checkpoint
    note = Note(checkpoint.text(), tuple(Signature(name, blob[:4], blob[4:]) for name in names))
    assert parse_note(note.encode()) == note


@given(level=st.integers(0, 63), number=st.integers(0, 2**55), width=st.integers(1, 256))
def test_tile_addresses_read_both_ways(level, number, width):
    tile = Tile(level, number, width)
    assert parse_tile_path(tile.path()) == tile


@settings(deadline=None, max_examples=30)
@given(leaf=LEAVES, part=st.binary(max_size=60), salt=st.binary(min_size=16, max_size=40), data=st.data())
def test_receipts_read_both_ways_and_hold_for_no_flipped_bit(leaf, part, salt, data):
    log = MemoryLog(queue=waiting(range(data.draw(st.integers(1, 20)))))
    log.run()
    shown = Leaf(
        type=leaf.type,
        at=leaf.at,
        participant_id=leaf.participant_id,
        norm_ids=leaf.norm_ids,
        personal_commitment=commitment(salt, part).hex(),
    )
    log.queue = [waiting([99])[0]._replace(leaf=shown)]
    log.run()
    index = len(log.numbered) - 1
    proof = tuple(inclusion_proof(index, index + 1, log.node_at))
    personal = PersonalPart(salt=salt, content=part)
    receipt = Receipt(leaf=shown, index=index, proof=proof, checkpoint=log.signed, personal=personal)
    text = receipt.text()
    assert parse_receipt(text) == receipt
    assert isinstance(verify_receipt(text, [log.signer.key]), Verified)
    raw = bytearray(text.encode())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        flipped = raw.decode()
    except UnicodeDecodeError:
        return
    assert isinstance(verify_receipt(flipped, [log.signer.key]), Failure)


@settings(deadline=None, max_examples=100)
@given(text=st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_no_text_makes_a_reader_fall_over(text):
    assert isinstance(verify_receipt(text, [Signer("log.example").key]), Failure)
    readers = (
        parse_note,
        parse_key,
        parse_checkpoint,
        parse_tile_path,
        parse_tlog_proof,
        lambda each: parse_leaf(each.encode("utf-8", "replace")),
        lambda each: Frontier.decode(each.encode("utf-8", "replace") + b"1"),
    )
    for read in readers:
        with pytest.raises(Refused):
            read(text)


CRASHES = st.none() | st.tuples(st.sampled_from(["store", "sign", "publish"]), st.booleans())


@settings(deadline=None, max_examples=60)
@given(runs=st.lists(st.tuples(st.integers(0, 40), CRASHES), max_size=8))
def test_no_order_of_crashes_changes_the_log(runs):
    log, count = MemoryLog(), 0
    for arriving, crash in runs:
        log.queue += waiting(range(count, count + arriving))
        count += arriving
        try:
            log.run(crash)
        except CrashError:
            continue
    log.run()
    assert log.run() is None
    whole = MemoryLog(queue=waiting(range(count)))
    whole.run()
    assert log.numbered == whole.numbered
    assert log.nodes == whole.nodes
    assert log.state == whole.state
    assert log.published == whole.published
    log.check()
