"""Messages in and out, the same at both ends: nothing is lost, nothing is done twice, nothing waits for a peer.

In: the batch is checked and handled in one transaction, and each message's answer is kept with it. A message that comes
again gets the kept answer; one with a known id and other content is refused and recorded.
Out: a use case writes what it has to say into the outbox, in the same transaction as its effect. The worker's lane for
that peer carries everything queued, in order, and the peer's results end it in one more transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from msgspec import Struct

from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Key, Read, Table, Transaction
from tarazy.domain.rejection import Rejection
from tarazy.protocol.message import (
    BATCH_BYTES_MAX,
    BATCH_MESSAGES_MAX,
    Envelope,
    Opened,
    Refusal,
    Refused,
    Result,
    is_repeat,
    kind_of,
    open_message,
    sealed_message,
)
from tarazy.values.ids import MessageId, ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace


class Incoming(Struct, frozen=True, kw_only=True):
    """A message that was let in, as it came, and what was replied."""

    message_id: MessageId
    sender: ParticipantId
    kind: str
    digest: str
    text: str
    received_at: Instant
    rejection: Rejection | None
    place: str | None
    replies: tuple[str, ...]


class Outgoing(Struct, frozen=True, kw_only=True):
    """A message that has to reach a peer. ``done_at`` is set when the peer has answered it, well or not."""

    message_id: MessageId
    serial: int
    recipient: ParticipantId
    kind: str
    text: str
    queued_at: Instant
    done_at: Instant | None
    refusal: str | None
    place: str | None


class RefusedMessage(Struct, frozen=True, kw_only=True):
    """A message that was not let in: what it claimed to be, why not, and where the fault is. Never its content."""

    serial: int
    claimed_sender: str | None
    refusal: str
    place: str
    refused_at: Instant


INBOX = Table("inbox", Incoming, ("sender", "message_id"))
OUTBOX = Table("outbox", Outgoing, ("message_id",), serial="serial")
REFUSED_MESSAGES = Table("refused_messages", RefusedMessage, ("serial",), serial="serial")

NO_READS: Mapping[str, "ReadsFor"] = {}
NO_REFUSALS: Mapping[str, "WhenRefused"] = {}
BYTES_AROUND_A_TEXT = 3
BYTES_AROUND_A_BATCH = 100
Checked = Opened | Refused
"""A message after the checks that need no transaction."""
LANE_CHANNEL = "lane"
"""Woken with a peer's id behind a colon: ``lane:bank-a``."""


class Answered(NamedTuple):
    """Messages of ours that a peer has answered, with one result for each, in order, and the replies in them."""

    sent: Sequence[Outgoing]
    results: Sequence[Result]
    replies: Sequence[Checked]


@dataclass(frozen=True, slots=True)
class Handled:
    """What came of one message: replies, or the lawful 'no' that its sender gets."""

    replies: tuple[Envelope, ...] = ()
    rejection: Rejection | None = None
    place: str | None = None


Handler = Callable[[Transaction, Sequence[Envelope], Setting], Sequence[Handled]]
"""Takes messages of one kind from one batch, in order, and returns one outcome for each."""


ReadsFor = Callable[[Sequence[Envelope], Setting], list[Read[Any]]]
"""Says what the handler of a kind will read first, so that it is read together with the inbox."""


WhenRefused = Callable[[Transaction, Outgoing, str, Setting], None]
"""Does what follows from a message of ours that its recipient did not take."""


def queue(tx: Transaction, envelope: Envelope, setting: Setting) -> None:
    """Write a message to the outbox, signed, and wake the lane of its recipient."""
    recipient = ParticipantId(envelope.recipient)
    outgoing = Outgoing(
        message_id=MessageId(envelope.message_id),
        serial=0,
        recipient=recipient,
        kind=kind_of(envelope.body),
        text=sealed_message(envelope, setting.key_id, setting.sign),
        queued_at=setting.now,
        done_at=None,
        refusal=None,
        place=None,
    )
    tx.add(OUTBOX, outgoing)
    tx.note(outgoing)
    tx.wake(f"{LANE_CHANNEL}:{recipient}")


def check_all(texts: Sequence[str], setting: Setting) -> list[Checked]:
    """Check form, signature, sender and addressee of messages: no transaction should wait for that."""
    return [open_message(text, setting.me, setting.key_of, setting.only_from) for text in texts]


def receive(
    tx: Transaction,
    opened: Sequence[Checked],
    handlers: Mapping[str, Handler],
    setting: Setting,
    reads: Mapping[str, ReadsFor] = NO_READS,
) -> tuple[Result, ...]:
    """Let in a batch of checked messages and return one result for each, in order."""
    known = _known(tx, [one for one in opened if isinstance(one, Opened)], reads, setting)
    results: list[Result | None] = [None] * len(opened)
    fresh: dict[Key, tuple[int, Opened]] = {}
    for index, one in enumerate(opened):
        if isinstance(one, Refused):
            results[index] = _refuse(tx, one, "", setting)
            continue
        name = _name(one)
        stored, twin = known.get(name), fresh.get(name)
        first_digest = stored.digest if stored else twin[1].digest if twin else None
        if first_digest is None:
            fresh[name] = (index, one)
        elif not is_repeat(one, first_digest):
            refused = Refused(Refusal.same_id_other_content, "message_id", one.envelope.sender)
            results[index] = _refuse(tx, refused, one.envelope.message_id, setting)
        elif stored:
            results[index] = _told(stored, "replayed")
    for name, incoming in _handle(tx, list(fresh.values()), handlers, setting).items():
        results[fresh[name][0]] = _told(incoming, "accepted")
    for index, one in enumerate(opened):
        if results[index] is None and isinstance(one, Opened):
            results[index] = results[fresh[_name(one)][0]]
    return tuple(result for result in results if result is not None)


def _known(
    tx: Transaction, opened: Sequence[Opened], reads: Mapping[str, ReadsFor], setting: Setting
) -> dict[Key, Incoming]:
    """Read which of the messages are known, and with it what their handlers will ask for first.

    A first try takes them all for new: one that comes again cannot be added, and then it is looked up.
    """
    by_kind: dict[str, list[Envelope]] = {}
    for one in opened:
        by_kind.setdefault(kind_of(one.envelope.body), []).append(one.envelope)
    first = [read for kind, envelopes in by_kind.items() if kind in reads for read in reads[kind](envelopes, setting)]
    if tx.is_first_try:
        tx.gather(*first)
        return {}
    rows, *_ = tx.gather(Read(INBOX, keys={_name(one) for one in opened}), *first)
    return {(row.sender, row.message_id): row for row in rows}


def _name(opened: Opened) -> Key:
    """Return what a message is known by: ids are the sender's own, so nobody can use up another's."""
    return (opened.envelope.sender, opened.envelope.message_id)


def _handle(
    tx: Transaction, fresh: Sequence[tuple[int, Opened]], handlers: Mapping[str, Handler], setting: Setting
) -> dict[Key, Incoming]:
    """Hand runs of messages of one kind to their handler, in the order of the batch, and keep what came of each."""
    done: dict[Key, Incoming] = {}
    start = 0
    while start < len(fresh):
        kind = kind_of(fresh[start][1].envelope.body)
        end = start
        while end < len(fresh) and kind_of(fresh[end][1].envelope.body) == kind:
            end += 1
        run = [opened for _, opened in fresh[start:end]]
        handler = handlers.get(kind)
        outcomes = (
            handler(tx, [opened.envelope for opened in run], setting)
            if handler
            else [Handled(rejection=Rejection.kind_not_taken_here, place="body.kind")] * len(run)
        )
        assert len(outcomes) == len(run)
        for opened, outcome in zip(run, outcomes, strict=True):
            incoming = _kept(opened, outcome, setting)
            tx.add(INBOX, incoming)
            tx.note(incoming)
            done[_name(opened)] = incoming
        start = end
    return done


def _kept(opened: Opened, outcome: Handled, setting: Setting) -> Incoming:
    envelope = opened.envelope
    return Incoming(
        message_id=MessageId(envelope.message_id),
        sender=ParticipantId(envelope.sender),
        kind=kind_of(envelope.body),
        digest=opened.digest,
        text=opened.text,
        received_at=setting.now,
        rejection=outcome.rejection,
        place=outcome.place,
        replies=tuple(sealed_message(reply, setting.key_id, setting.sign) for reply in outcome.replies),
    )


def _told(incoming: Incoming, status: str) -> Result:
    if incoming.rejection is not None:
        return Result(
            message_id=incoming.message_id, status="rejected", refusal=incoming.rejection, place=incoming.place
        )
    return Result(message_id=incoming.message_id, status=status, replies=incoming.replies)


def _refuse(tx: Transaction, refused: Refused, message_id: str, setting: Setting) -> Result:
    row = RefusedMessage(
        serial=0,
        claimed_sender=refused.sender,
        refusal=refused.refusal,
        place=refused.place[:200],
        refused_at=setting.now,
    )
    tx.add(REFUSED_MESSAGES, row)
    return Result(message_id=message_id, status="refused", refusal=refused.refusal, place=refused.place)


def next_batch(tx: Transaction, recipient: ParticipantId) -> list[Outgoing]:
    """Return what waits for a peer, oldest first, as much as one batch may carry (at least one message).

    Only one lane carries to a peer, so nothing is locked.
    """
    waiting = tx.find(
        OUTBOX,
        Condition("recipient", "=", recipient),
        Condition("done_at", "is_null"),
        order=("serial",),
        limit=BATCH_MESSAGES_MAX,
    )
    sizes = accumulate(len(outgoing.text) + BYTES_AROUND_A_TEXT for outgoing in waiting)
    fitting = sum(1 for size in sizes if size <= BATCH_BYTES_MAX - BYTES_AROUND_A_BATCH)
    return waiting[: max(1, fitting)]


def end_answered(
    tx: Transaction, answered: Answered, setting: Setting, refused: Mapping[str, WhenRefused] = NO_REFUSALS
) -> None:
    """End the messages that a peer has answered. Its replies are messages of their own.

    ``refused`` says what follows where the peer does not take a message of some kind.
    """
    tx.recall(OUTBOX, answered.sent)
    for outgoing, result in zip(answered.sent, answered.results, strict=True):
        refusal = result.refusal if result.status in {"refused", "rejected"} else None
        tx.put(OUTBOX, replace(outgoing, done_at=setting.now, refusal=refusal, place=result.place))
        if refusal is not None and outgoing.kind in refused:
            refused[outgoing.kind](tx, outgoing, refusal, setting)


def reply_instead(tx: Transaction, incoming: Incoming, reply: Envelope, setting: Setting) -> None:
    """Put a newer reply in the place of those that a message has been given and nobody has heard yet.

    Whoever asks again is told the newer one as well.
    """
    tx.recall(INBOX, [incoming])
    replied = replace(incoming, replies=(sealed_message(reply, setting.key_id, setting.sign),))
    tx.put(INBOX, replied)
    tx.note(replied)


def refuse_for_a_fault_here(tx: Transaction, opened: Checked, setting: Setting) -> Result:
    """Refuse a message on which our own program fails: it is shown, and holds up no other message."""
    if isinstance(opened, Refused):
        return _refuse(tx, opened, "", setting)
    refused = Refused(Refusal.fault_here, "message", opened.envelope.sender)
    return _refuse(tx, refused, opened.envelope.message_id, setting)
