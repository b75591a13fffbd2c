"""The sequencer's decision: which number each waiting leaf gets, what to store, and which checkpoint to sign then.

The order of the steps is the safety of the log. Each step is one transaction, and a crash after any of them is healed
by calling `sequence` again with the state as it was stored; there is no other recovery.

1. *Store* the numbers, the nodes and the new frontier, if the stored frontier is still ``expected_size`` and
   ``expected_root`` (compare and swap). A crash before leaves everything unnumbered; after, the leaves are numbered,
   nobody was told, and step 2 follows at the next call, even with no leaf waiting.
2. *Sign* ``checkpoint`` and store it, if the stored checkpoint is still ``expected_checkpoint`` (nothing to do where it
   ``is_signed``). From now on the log is bound. A crash before leads to the same checkpoint again, or to one that
   continues it.
3. *Publish* ``tiles``, then the checkpoint, then store its size as published: whoever sees a head can fetch all that is
   below it. A crash before leads to the same step again; tiles never change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tarazy.log.checkpoint import Checkpoint
from tarazy.log.leaf import Leaf
from tarazy.log.refusal import Unverified
from tarazy.log.tile import Tile, new_tiles
from tarazy.log.tree import (
    EMPTY_ROOT,
    Frontier,
    Node,
    NodeAt,
    consistency_proof,
    grow,
    verify_consistency,
)
from tarazy.values.ids import EventId

BATCH_LEAVES_MAX = 4096
"""As many as one short transaction writes; the rest waits for the next call."""


class LogForked(Exception):
    """What is stored is not one history: the log must stop and be looked at by people, and sign nothing until then."""


@dataclass(frozen=True, slots=True)
class LogState:
    """The log as it is stored. ``checkpoint`` is the last one signed, None before the first.

    ``published_size`` is the size of the last checkpoint that was published, None before the first. A store that serves
    tiles and checkpoint from its own rows publishes by signing: there it is the size of ``checkpoint``.
    """

    origin: str
    frontier: Frontier
    checkpoint: Checkpoint | None
    published_size: int | None

    @classmethod
    def empty(cls, origin: str) -> "LogState":
        """Return the state of a log that has yet to begin."""
        return cls(origin, Frontier.empty(), None, None)


class WaitingLeaf(NamedTuple):
    """A leaf that is committed with its event and has no number yet."""

    event_id: EventId
    leaf: Leaf


@dataclass(frozen=True, slots=True)
class NumberedLeaf:
    """A leaf with its number in the log, and its canonical bytes."""

    index: int
    event_id: EventId
    entry: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequenced:
    """What one call decided. Nothing has happened yet.

    ``checkpoint`` is the head to sign; its ``text()`` is what is signed. ``tiles`` are those that it makes necessary
    beyond the ones already published.
    """

    expected_size: int
    expected_root: bytes
    expected_checkpoint: Checkpoint | None
    leaves: tuple[NumberedLeaf, ...]
    nodes: tuple[Node, ...]
    frontier: Frontier
    checkpoint: Checkpoint
    tiles: tuple[Tile, ...]

    @property
    def is_signed(self) -> bool:
        """Tell that the head is signed already, and only its publication is due."""
        return self.checkpoint == self.expected_checkpoint

    def after(self) -> LogState:
        """Return the state once all of it has been stored, signed and published."""
        return LogState(self.checkpoint.origin, self.frontier, self.checkpoint, self.checkpoint.size)


def sequence(state: LogState, waiting: Sequence[WaitingLeaf]) -> Sequenced | None:
    """Number the waiting leaves in the order given, at most `BATCH_LEAVES_MAX` of them; None if there is nothing to do.

    There is something to do when leaves wait, when the signed checkpoint lags behind the stored tree or the published
    one behind the signed one, and for the very first checkpoint, of the empty log. Raises `LogForked` if the state is
    not one history.
    """
    _check_one_history(state)
    batch = waiting[:BATCH_LEAVES_MAX]
    assert len({each.event_id for each in batch}) == len(batch)
    signed_size = None if state.checkpoint is None else state.checkpoint.size
    if not batch and signed_size == state.published_size == state.frontier.size:
        return None
    first = state.frontier.size
    frontier, nodes = grow(state.frontier, (each.leaf.hash() for each in batch))
    return Sequenced(
        expected_size=first,
        expected_root=state.frontier.root(),
        expected_checkpoint=state.checkpoint,
        leaves=tuple(
            NumberedLeaf(index, each.event_id, each.leaf.encode()) for index, each in enumerate(batch, start=first)
        ),
        nodes=nodes,
        frontier=frontier,
        checkpoint=Checkpoint(state.origin, frontier.size, frontier.root()),
        tiles=tuple(new_tiles(state.published_size or 0, frontier.size)),
    )


def check_stored(state: LogState, node_at: NodeAt) -> None:
    """Prove from the stored nodes that the tree continues the last signed checkpoint: what a sequencer does at start.

    Raises `LogForked` if it does not.
    """
    _check_one_history(state)
    size, root = (0, EMPTY_ROOT) if state.checkpoint is None else (state.checkpoint.size, state.checkpoint.root)
    proof = consistency_proof(size, state.frontier.size, node_at)
    try:
        verify_consistency(size, state.frontier.size, proof, root, state.frontier.root())
    except Unverified as fault:
        raise LogForked(f"the stored tree does not continue the signed checkpoint of {size} leaves: {fault}") from fault


def _check_one_history(state: LogState) -> None:
    checkpoint, published_size = state.checkpoint, state.published_size
    if published_size is not None and (checkpoint is None or published_size > checkpoint.size):
        raise LogForked(f"a checkpoint of {published_size} leaves was published that is not signed here")
    if checkpoint is None:
        return
    if checkpoint.origin != state.origin:
        raise LogForked(f"the signed checkpoint belongs to {checkpoint.origin}, not to {state.origin}")
    if checkpoint.size > state.frontier.size:
        raise LogForked(f"{checkpoint.size} leaves were signed and {state.frontier.size} are stored")
    if checkpoint.size == state.frontier.size and checkpoint.root != state.frontier.root():
        raise LogForked(f"another tree of {checkpoint.size} leaves was signed than is stored")
