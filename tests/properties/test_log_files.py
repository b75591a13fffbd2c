"""An outsider with a log's files alone: the root comes out, old heads are continued, no flipped byte is missed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarazy.log.audit import check_continues
from tarazy.log.checkpoint import Checkpoint
from tarazy.log.refusal import Malformed, Refused, Unverified
from tarazy.log.tile import entries_path, new_tiles
from tests.unit.log.published import PublishedLog, checkpoint_of

SIZES = st.one_of(st.integers(0, 700), st.sampled_from([255, 256, 257, 511, 512, 513, 1024]))


@settings(deadline=None, max_examples=30)
@given(size=SIZES)
def test_the_files_give_the_tree_and_nothing_is_read_that_is_not_there(size):
    log = PublishedLog(list(range(size)))
    assert log.rebuild() == size


@settings(deadline=None, max_examples=40)
@given(new=SIZES, data=st.data())
def test_every_older_head_is_continued_and_no_other_tree_of_its_size(new, data):
    old = data.draw(st.integers(0, new))
    log = PublishedLog(list(range(new)))
    check_continues(checkpoint_of(range(old)), log.head, log.proven())
    if old:
        other = data.draw(st.integers(0, old - 1))
        forked = checkpoint_of([*range(other), 10_000, *range(other + 1, old)])
        with pytest.raises(Unverified, match=f"does not begin with the {old} acts"):
            check_continues(forked, log.head, log.proven())


@settings(deadline=None, max_examples=120)
@given(size=SIZES.filter(bool), data=st.data())
def test_a_flipped_bit_anywhere_is_found_and_its_file_named(size, data):
    log = PublishedLog(list(range(size)))
    path = data.draw(st.sampled_from(sorted(log.files)))
    place, bit = data.draw(st.integers(0, len(log.files[path]) - 1)), data.draw(st.integers(0, 7))
    log.flip(path, place, bit)
    with pytest.raises(Refused) as refused:
        log.rebuild()
    assert refused.value.place.startswith(path)
    if path.startswith("tile/entries/"):
        return
    if f"{path} hash" in refused.value.place:
        assert refused.value.place == f"{path} hash {place // 32}"


@settings(deadline=None, max_examples=30)
@given(size=SIZES.filter(bool), data=st.data())
def test_a_file_that_is_cut_off_or_too_long_is_named(size, data):
    log = PublishedLog(list(range(size)))
    path = data.draw(st.sampled_from(sorted(log.files)))
    log.files[path] = data.draw(st.sampled_from([log.files[path][:-1], log.files[path] + b"\0\0", b""]))
    with pytest.raises(Malformed) as refused:
        log.rebuild()
    assert refused.value.place == path


@settings(deadline=None, max_examples=40)
@given(new=st.integers(1, 700), data=st.data())
def test_a_tile_that_a_proof_rests_on_is_proven_first(new, data):
    """Damage that the question does not touch may pass; what the answer rests on may not."""
    old = data.draw(st.integers(1, new))
    log = PublishedLog(list(range(new)))
    touched: set[str] = set()
    read = log.read()
    seen = read._replace(tile=lambda tile: (touched.add(tile.path()), read.tile(tile))[1])
    log.read = lambda: seen  # type: ignore[method-assign]
    check_continues(checkpoint_of(range(old)), log.head, log.proven())
    path = data.draw(st.sampled_from(sorted(touched)))
    log.flip(path, data.draw(st.integers(0, len(log.files[path]) - 1)), 0)
    with pytest.raises(Refused) as refused:
        check_continues(checkpoint_of(range(old)), log.head, log.proven())
    assert refused.value.place.startswith(path)


def test_three_levels_of_tiles_are_read_like_two():
    size = 65_536 + 256 + 3
    log = PublishedLog(list(range(size)))
    head, old = log.head, checkpoint_of(range(65_535))
    assert {tile.level for tile in new_tiles(0, size)} == {0, 1, 2}
    check_continues(old, head, log.proven(head))
    for path in ("tile/2/000.p/1", "tile/1/000", "tile/1/001.p/1", "tile/0/255", "tile/0/257.p/3"):
        log.flip(path, 5, 3)
        with pytest.raises(Refused) as refused:
            check_continues(old, head, log.proven(head))
        assert refused.value.place.startswith(path)
        log.flip(path, 5, 3)


def test_a_head_that_none_of_the_files_lead_to_is_told_apart_from_damage():
    log = PublishedLog(list(range(300)))
    with pytest.raises(Unverified, match="agree with one another"):
        log.proven(Checkpoint(log.head.origin, 300, bytes(32)))


def test_a_shorter_log_and_one_of_another_name_continue_nothing():
    log = PublishedLog(list(range(300)))
    with pytest.raises(Unverified, match="a log of 300 acts cannot continue one of 301"):
        check_continues(checkpoint_of(range(301)), log.head, log.proven())
    with pytest.raises(Unverified, match="the older head is of elsewhere"):
        check_continues(Checkpoint("elsewhere", 300, log.head.root), log.head, log.proven())


def test_an_entry_that_hashes_well_and_cannot_be_read_is_named():
    log = PublishedLog(list(range(3)))
    path = entries_path(0, 3)
    swapped = PublishedLog([2, 1, 0])
    log.files[path] = swapped.files[path]
    with pytest.raises(Unverified) as refused:
        log.rebuild()
    assert refused.value.place == f"{path} entry 0"
