"""The sequencer: numbers, order, and every crash, each in two versions: before it took effect, and after."""

from dataclasses import replace

import pytest

from tarazy.log.checkpoint import Checkpoint
from tarazy.log.sequence import BATCH_LEAVES_MAX, LogForked, LogState, check_stored, sequence
from tarazy.log.tree import Frontier
from tests.unit.log.model import ORIGIN, CrashError, MemoryLog, leaf, waiting

CRASHES = [(step, took_effect) for step in ("store", "sign", "publish") for took_effect in (False, True)]


def undisturbed(count):
    log = MemoryLog(queue=waiting(range(count)))
    log.run()
    return log


def test_leaves_are_numbered_in_their_order():
    log = undisturbed(5)
    assert [(each.index, each.event_id) for each in log.numbered] == [(i, f"event_{i}") for i in range(5)]
    assert [each.entry for each in log.numbered] == [leaf(i).encode() for i in range(5)]
    log.check()


def test_the_empty_log_signs_its_first_checkpoint_and_then_rests():
    log = MemoryLog()
    assert log.run() is not None
    assert log.state.checkpoint.size == 0
    log.check()
    assert log.run() is None


def test_running_again_changes_nothing():
    log = undisturbed(300)
    before = (log.state, log.signed, dict(log.tiles), list(log.numbered))
    assert log.run() is None
    assert (log.state, log.signed, log.tiles, log.numbered) == before


@pytest.mark.parametrize("crash", CRASHES)
@pytest.mark.parametrize("before", [0, 100])
def test_a_crash_at_any_step_is_healed_by_the_next_call_without_any_new_leaf(crash, before):
    log = MemoryLog(queue=waiting(range(before)))
    log.run()
    log.queue += waiting(range(before, 300))
    with pytest.raises(CrashError):
        log.run(crash)
    log.run()
    assert log.run() is None
    log.check()
    whole = undisturbed(300)
    assert log.numbered == whole.numbered
    assert log.nodes == whole.nodes
    assert log.state == whole.state
    assert log.published == whole.published


@pytest.mark.parametrize("crash", CRASHES)
def test_a_crash_of_the_very_first_call_is_healed(crash):
    log = MemoryLog(queue=waiting(range(7)))
    with pytest.raises(CrashError):
        log.run(crash)
    log.run()
    log.check()
    assert log.published == undisturbed(7).published


def test_a_head_is_signed_once_even_if_its_publication_is_repeated():
    log = MemoryLog(queue=waiting(range(7)))
    with pytest.raises(CrashError):
        log.run(("sign", True))
    log.run()
    log.run()
    assert len(log.signer.signed) == 1


def test_two_sequencers_at_once_give_one_log():
    log = MemoryLog(queue=waiting(range(10)))
    first, second = sequence(log.state, log.queue[:6]), sequence(log.state, log.queue)
    assert log.store(first)
    assert not log.store(second)
    assert log.sign(first)
    assert not log.sign(second)
    log.publish(first)
    log.run()
    log.check()
    assert log.numbered == undisturbed(10).numbered


def test_a_checkpoint_is_not_signed_over_a_newer_one():
    log = MemoryLog(queue=waiting(range(3)))
    slow = sequence(log.state, log.queue)
    assert log.store(slow)
    log.queue += waiting(range(3, 5))
    log.run()
    signed = log.signed
    assert not log.sign(slow)
    assert log.signed == signed


def test_a_batch_has_a_limit():
    decided = sequence(LogState.empty(ORIGIN), waiting(range(BATCH_LEAVES_MAX + 1)))
    assert len(decided.leaves) == BATCH_LEAVES_MAX == decided.checkpoint.size


def test_the_same_leaf_twice_in_a_batch_is_a_bug():
    with pytest.raises(AssertionError):
        sequence(LogState.empty(ORIGIN), waiting([1, 1]))


def test_a_forked_store_signs_nothing():
    state = undisturbed(5).state
    for forked in (
        replace(state, frontier=Frontier.empty()),
        replace(state, published_size=6),
        replace(state, checkpoint=None),
        replace(state, checkpoint=Checkpoint(ORIGIN, 5, bytes(32))),
        replace(state, checkpoint=replace(state.checkpoint, origin="other.example")),
    ):
        with pytest.raises(LogForked):
            sequence(forked, waiting(range(5, 6)))


def test_a_start_proves_that_the_stored_tree_continues_the_signed_one():
    log = undisturbed(5)
    old = log.state.checkpoint
    log.queue = waiting(range(5, 9))
    log.run()
    check_stored(replace(log.state, checkpoint=old, published_size=5), log.node_at)
    check_stored(replace(log.state, checkpoint=None, published_size=None), log.node_at)
    with pytest.raises(LogForked, match="does not continue the signed checkpoint of 5 leaves"):
        check_stored(replace(log.state, checkpoint=replace(old, root=bytes(32)), published_size=5), log.node_at)
    log.nodes[2, 0] = bytes(32)
    with pytest.raises(LogForked):
        check_stored(replace(log.state, checkpoint=old, published_size=5), log.node_at)
