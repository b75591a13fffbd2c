"""Giving events their numbers in the log, signing its head, and making receipts.

Two steps, each one transaction: *store* numbers, nodes and frontier if the log is still as it was read; then *sign*.
A crash between them is healed by the next call, which is the same code. Before the first call `check_log` looks at
what is stored.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tarazy.app.eventing import leaf_of, personal_part
from tarazy.app.records import EVENTS, Event
from tarazy.app.store import Condition, Store, Table, Transaction
from tarazy.log.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint, verify_checkpoint
from tarazy.log.note import NoteKey, SignatureType, parse_note
from tarazy.log.receipt import PersonalPart, Receipt
from tarazy.log.refusal import Refused
from tarazy.log.sequence import LogForked, LogState, Sequenced, WaitingLeaf, check_stored, sequence
from tarazy.log.tree import EMPTY_ROOT, Frontier, frontier_at, inclusion_proof, node_hash
from tarazy.protocol import jws
from tarazy.values.ids import EventId
from tarazy.values.replacing import replace

LOG_GUARD = "log"
TILE_HEIGHT = 8
EVENTS_PER_STEP_MAX = 500
"""A step is over soon: the program that numbers events also lets messages in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHead:
    """The log as it is stored: how far it is numbered, and the last checkpoint that was signed.

    ``cosigned`` is the newest checkpoint that witnesses have cosigned, with their signatures; None before the first.
    """

    origin: str
    size: int
    frontier: bytes
    checkpoint: str | None
    cosigned: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNode:
    """One stored hash of the tree, at every eighth level above the leaves. A node never changes.

    What lies between is computed from at most 256 hashes: the leaves' own come from their events.
    """

    level: int
    position: int
    node_hash: bytes


LOG_HEADS = Table("log_heads", LogHead, ("origin",))
LOG_NODES = Table("log_nodes", LogNode, ("level", "position"))


@dataclass(frozen=True, slots=True)
class LogSigner:
    """Under which name the log speaks, and its key."""

    origin: str
    sign: jws.Sign
    public_key: bytes


class NodeMissing(Exception):
    """A hash of the tree, or the event that it is made of, is not stored."""


class HeadMoved(Exception):
    """Another sequencer has moved the log in between; nothing was signed, the next call goes on from there."""


def sequence_events(store: Store, signer: LogSigner) -> int:
    """Number the events that wait and sign the new head; return how many got their numbers."""
    decided = store.run(lambda tx: _store_numbers(tx, signer))
    if decided is None:
        return 0
    if not decided.is_signed:
        signed = sign_checkpoint(decided.checkpoint, signer.sign, signer.public_key)
        store.run(lambda tx: _store_checkpoint(tx, signer, decided, signed))
    return len(decided.leaves)


def log_head(tx: Transaction, origin: str) -> LogHead | None:
    """Return the log's head, None before the first checkpoint."""
    return tx.get(LOG_HEADS, origin)


def signed_head(tx: Transaction, origin: str) -> Checkpoint | None:
    """Return what the last signed checkpoint says, None before the first."""
    head = tx.get(LOG_HEADS, origin)
    return None if head is None or head.checkpoint is None else parsed_head(head.checkpoint)


def check_log(tx: Transaction, signer: LogSigner) -> None:
    """Look at the stored log before anything is added: its signature, its way from the signed head, its right edge.

    The edge is the few hundred hashes that give the root, the last acts' own among them; what lies further back is
    proven by whoever reads all tiles. Raises `LogForked`, after which people must look.
    """
    head = tx.get(LOG_HEADS, signer.origin)
    if head is None:
        return
    key, reader = NoteKey(signer.origin, SignatureType.ed25519, signer.public_key), node_reader(tx)
    try:
        state = _state_of(head, signer.origin)
        if head.checkpoint is not None:
            verify_checkpoint(head.checkpoint, [key])
        is_whole = frontier_at(state.frontier.size, reader) == state.frontier
    except (Refused, NodeMissing) as fault:
        raise LogForked(f"the stored log: {fault}") from fault
    if not is_whole or head.size != state.frontier.size:
        raise LogForked(f"the stored hashes and acts are not those of the tree of {head.size} acts that was made")
    check_stored(state, reader)


def receipt_of(tx: Transaction, event_id: EventId, origin: str, *, with_personal: bool) -> Receipt | None:
    """Return the proof that an event stands in the log; None while it waits for its number."""
    event = tx.get(EVENTS, event_id)
    head = tx.get(LOG_HEADS, origin)
    if event is None or head is None or head.checkpoint is None or event.log_index is None:
        return None
    signed = _best_head(head.checkpoint, head.cosigned, event.log_index)
    size = parsed_head(signed).size
    if event.log_index >= size:
        return None
    personal = PersonalPart(salt=event.salt, content=_content(event)) if with_personal else None
    return Receipt(
        leaf=leaf_of(event),
        index=event.log_index,
        proof=tuple(inclusion_proof(event.log_index, size, node_reader(tx))),
        checkpoint=signed,
        personal=personal,
    )


def _best_head(signed: str, cosigned: str | None, log_index: int) -> str:
    """Return the head that witnesses have cosigned, where it covers the act, else the newest one."""
    return cosigned if cosigned is not None and parsed_head(cosigned).size > log_index else signed


def _content(event: Event) -> bytes:
    return personal_part(event.subject_id, event.case_id, event.details)


def node_reader(tx: Transaction) -> Callable[[int, int], bytes]:
    """Return what gives any complete node of the tree, from stored nodes and from the events below them."""

    def node_at(level: int, position: int) -> bytes:
        floor = level - level % TILE_HEIGHT
        span = 1 << (level - floor)
        hashes = stored_hashes(tx, floor, position * span, span)
        if len(hashes) != span:
            raise NodeMissing(f"there is no node {level}/{position}")
        while len(hashes) > 1:
            hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    return node_at


def stored_hashes(tx: Transaction, level: int, start: int, count: int) -> list[bytes]:
    """Return ``count`` hashes of one stored level, the leaves' level among them."""
    if level == 0:
        inside = (Condition("log_index", ">=", start), Condition("log_index", "<", start + count))
        return [leaf_of(event).hash() for event in tx.find(EVENTS, *inside, order=("log_index",))]
    nodes = tx.get_many(LOG_NODES, {(level, position) for position in range(start, start + count)})
    return [nodes[key].node_hash for key in sorted(nodes)]


def parsed_head(signed: str) -> Checkpoint:
    """Return what a signed head says that is our own."""
    return parse_checkpoint(parse_note(signed).text)


def _state_of(head: LogHead | None, origin: str) -> LogState:
    if head is None:
        return LogState.empty(origin)
    checkpoint = parsed_head(head.checkpoint) if head.checkpoint else None
    published = checkpoint.size if checkpoint else None
    return LogState(origin, Frontier.decode(head.frontier), checkpoint, published)


def _store_numbers(tx: Transaction, signer: LogSigner) -> Sequenced | None:
    tx.guard(LOG_GUARD, shared=False)
    head = tx.get(LOG_HEADS, signer.origin)
    waiting = tx.find(EVENTS, Condition("log_index", "is_null"), order=("serial",), limit=EVENTS_PER_STEP_MAX)
    state = _state_of(head, signer.origin)
    decided = sequence(state, [WaitingLeaf(event.event_id, leaf_of(event)) for event in waiting])
    if decided is None:
        return None
    assert (head.size if head else 0) == decided.expected_size
    assert decided.expected_size or decided.expected_root == EMPTY_ROOT
    for event, leaf in zip(waiting, decided.leaves, strict=True):
        tx.put(EVENTS, replace(event, log_index=leaf.index))
    for node in decided.nodes:
        if node.level == 0 or node.level % TILE_HEIGHT:
            continue
        tx.add(LOG_NODES, LogNode(level=node.level, position=node.position, node_hash=node.hash))
    after = LogHead(
        origin=signer.origin,
        size=decided.frontier.size,
        frontier=decided.frontier.encode(),
        checkpoint=head.checkpoint if head else None,
        cosigned=head.cosigned if head else None,
    )
    tx.put(LOG_HEADS, after)
    return decided


def _store_checkpoint(tx: Transaction, signer: LogSigner, decided: Sequenced, signed: str) -> None:
    """Keep the signed head if the last signed one is still the one that was continued (compare and swap)."""
    head = tx.lock(LOG_HEADS, {(signer.origin,)})[signer.origin,]
    stored = parsed_head(head.checkpoint) if head.checkpoint else None
    if stored != decided.expected_checkpoint:
        raise HeadMoved
    tx.put(LOG_HEADS, replace(head, checkpoint=signed))
