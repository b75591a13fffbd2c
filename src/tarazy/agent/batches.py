"""Taking a batch of entries that a core has sent: once, in one transaction, with an answer that is kept.

What can be booked is booked, what comes too early waits, what is known is passed over, and what cannot be booked is
named by its place in the batch. A batch of which nothing could be booked is refused whole: then nothing has changed,
and the same batch may be sent again when it is repaired.

Where the store has a faster road, that comes first: it locks the accounts and books what is simple, and the rest goes
the general road behind it. Both roads and the record of the batch end together. The key of that record settles which
of two equal batches is taken: the other's transaction is undone, and begun anew it finds the answer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import msgspec

from tarazy.agent.batch_form import SentBatch
from tarazy.agent.batch_numbers import Numbered, numbered_transfers
from tarazy.agent.booked_first import Reach, booked_first
from tarazy.agent.core_loop import BookFirst
from tarazy.agent.entries import EntryFault, apply_entries, open_accounts
from tarazy.agent.feed.fault import FeedFault
from tarazy.agent.following import ENTRIES_GUARD, locked_lines
from tarazy.agent.records import ACCOUNTS, ENTRY_BATCHES, EntryBatch
from tarazy.app.messages import INBOX, REFUSED_MESSAGES, Incoming, RefusedMessage
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.entry import AccountEntry
from tarazy.domain.line import AccountLine
from tarazy.domain.rejection import Rejection
from tarazy.protocol.message import Refused
from tarazy.protocol.wire import to_json
from tarazy.values.ids import AccountId, MessageId, ParticipantId, derived
from tarazy.values.money import MINOR_MAX

WAITED: Final = "an earlier batch"
"""Where an entry stands that had waited behind a gap and turns out not to fit now that the gap is closed."""


class BatchFault(msgspec.Struct, frozen=True, kw_only=True):
    """What of a batch could not be booked, by its place; ``reason`` is a member of `Rejection`."""

    place: str
    entry_no: int
    reason: str
    expected: str


class BehindTold(msgspec.Struct, frozen=True, kw_only=True):
    """The account of the entry at ``place`` waits for ``expected_no``; ``kept`` entries of this batch wait with it."""

    place: str
    expected_no: int
    kept: int


class BatchAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each entry: ``taken``, ``passed_over`` as known, kept waiting, or ``refused`` with a fault."""

    batch_id: str
    taken: int
    passed_over: int
    refused: int
    waiting: tuple[BehindTold, ...]
    faults: tuple[BatchFault, ...]


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """How far an account is known. An unknown account has no ``entry_no``."""

    entry_no: int | None
    is_behind: bool


@dataclass
class BatchRefused(Exception):
    """A batch is refused whole and nothing has changed: why, and what could not be booked."""

    rejection: Rejection
    detail: str
    faults: tuple[BatchFault, ...] = ()


class _Begun(NamedTuple):
    """What the faster road has done: how far its accounts were known before, and the entries of all the others."""

    before: Mapping[AccountId, Reach]
    left: Sequence[AccountEntry]


def take_batch(
    tx: Transaction,
    sent: SentBatch,
    exchange: ParticipantId,
    setting: Setting,
    book_first: BookFirst | None = None,
) -> str:
    """Take a batch and return its answer as JSON; one that was taken before gets the answer that was given then.

    Nothing was done in the transaction yet. Raises BatchRefused and FeedFault; the transaction is then to be undone.
    """
    earlier = tx.get(ENTRY_BATCHES, sent.batch_id)
    if earlier is not None:
        return _stored_answer(tx, earlier, sent, setting)
    begun = _begun(tx, sent, book_first)
    others = _named_accounts(sent) - begun.before.keys()
    tx.guard(ENTRIES_GUARD, shared=True)
    locked_lines(tx, others)
    opening_faults = open_accounts(tx, sent.opened)
    lines = _lines(tx, others)
    numbered, left = Numbered(sent.entries, sent.places), begun.left
    if sent.transfers:
        _check_document(tx, sent)
        numbered = numbered_transfers(sent, lines, setting)
        left = _each_once(numbered.entries)
    before = {**begun.before, **{account_id: Reach.of(line) for account_id, line in lines.items()}}
    _check_room(numbered, before)
    faults = apply_entries(tx, left, exchange, setting) if left else []
    answer = _answer(sent, numbered, before, _lines(tx, set(lines)), opening_faults, faults)
    if answer.faults and answer.taken == 0:
        detail = "Nothing of the batch was taken. Repair the places that are named and send the whole batch again."
        raise BatchRefused(Rejection.entry_malformed, detail, answer.faults)
    text = to_json(answer).decode()
    _keep(tx, sent, len(numbered.entries), text, setting)
    return text


def _begun(tx: Transaction, sent: SentBatch, book_first: BookFirst | None) -> _Begun:
    """Book what the faster road may. What could pass the end of any line does not go there: it is refused first."""
    once = _each_once(sent.entries)
    if book_first is None or not once or sum(entry.amount_minor for entry in once) >= MINOR_MAX:
        return _Begun({}, once)
    left = book_first(tx, once)
    return _Begun(booked_first(tx), left)


def _each_once(entries: Sequence[AccountEntry]) -> Sequence[AccountEntry]:
    """Leave out repetitions; two entries of a batch with one number are equal, see `check_entries`."""
    return list({(entry.account_id, entry.entry_no): entry for entry in entries}.values())


def positions(tx: Transaction, account_ids: Sequence[AccountId]) -> tuple[Position, ...]:
    """Return how far accounts are known, in the order asked."""
    lines = _lines(tx, set(account_ids))
    known = [lines.get(account_id) for account_id in account_ids]
    return tuple(
        Position(entry_no=None, is_behind=False)
        if line is None
        else Position(entry_no=line.entry_no, is_behind=line.is_behind)
        for line in known
    )


def note_refused(tx: Transaction, refused: Refused, setting: Setting) -> None:
    """Record that something came in the core's name which the core has not signed."""
    row = RefusedMessage(
        serial=0,
        claimed_sender=refused.sender,
        refusal=refused.refusal,
        place=refused.place,
        refused_at=setting.now,
    )
    tx.add(REFUSED_MESSAGES, row)


def _stored_answer(tx: Transaction, before: EntryBatch, sent: SentBatch, setting: Setting) -> str:
    if before.digest != sent.digest:
        detail = "A batch with this id and other content was taken. Give the new content an id of its own."
        raise BatchRefused(Rejection.batch_known_with_other_content, detail)
    kept = tx.get(INBOX, setting.me, _answer_id(sent.batch_id))
    assert kept is not None
    return kept.replies[0]


def _answer_id(batch_id: str) -> MessageId:
    return MessageId(derived("entries", batch_id))


def _document_id(digest: str) -> str:
    return derived("document", digest)


def _keep(tx: Transaction, sent: SentBatch, entries: int, answer: str, setting: Setting) -> None:
    """Keep that the batch was taken, who signed it, and what was answered."""
    tx.add(ENTRY_BATCHES, EntryBatch(batch_id=sent.batch_id, digest=sent.digest, taken_at=setting.now, entries=entries))
    incoming = Incoming(
        message_id=_answer_id(sent.batch_id),
        sender=setting.me,
        kind="entries",
        digest=sent.digest,
        text=sent.signature,
        received_at=setting.now,
        rejection=None,
        place=None,
        replies=(answer,),
    )
    tx.add(INBOX, incoming)
    if sent.transfers:
        document = EntryBatch(
            batch_id=_document_id(sent.digest), digest=sent.digest, taken_at=setting.now, entries=entries
        )
        tx.add(ENTRY_BATCHES, document)


def _named_accounts(sent: SentBatch) -> set[AccountId]:
    """Return every account that the batch may touch; those of a document are named by what it calls them."""
    named = {account.account_id for account in sent.opened} | {entry.account_id for entry in sent.entries}
    for transfer in sent.transfers:
        named |= {AccountId(one) for one in (transfer.debtor_account, transfer.creditor_account) if one is not None}
    return named


def _lines(tx: Transaction, account_ids: set[AccountId]) -> dict[AccountId, AccountLine]:
    rows = tx.get_many(ACCOUNTS, {(account_id,) for account_id in account_ids})
    return {line.account_id: line for line in rows.values()}


def _check_document(tx: Transaction, sent: SentBatch) -> None:
    """Refuse a document that was taken before: its entries would get new numbers, and be booked twice."""
    if tx.get(ENTRY_BATCHES, _document_id(sent.digest)) is not None:
        detail = "This document was taken before, under another batch id. There is nothing left to do."
        raise BatchRefused(Rejection.batch_known_with_other_content, detail)


def _check_room(numbered: Numbered, before: Mapping[AccountId, Reach]) -> None:
    """Refuse amounts that together are larger than any line can hold."""
    sums = {account_id: reach.line_end for account_id, reach in before.items()}
    for entry, place in zip(numbered.entries, numbered.places, strict=True):
        if entry.account_id in sums:
            sums[entry.account_id] += entry.amount_minor
            if sums[entry.account_id] > MINOR_MAX:
                expected = f"amounts that with all of the account's credits stay below {MINOR_MAX}"
                raise FeedFault(place=place, field="amount_minor", expected=expected)


def _answer(
    sent: SentBatch,
    numbered: Numbered,
    before: Mapping[AccountId, Reach],
    after: Mapping[AccountId, AccountLine],
    opening_faults: Sequence[EntryFault],
    entry_faults: Sequence[EntryFault],
) -> BatchAnswer:
    """Say what became of every entry, by how far its account was known before and what its line is after.

    Accounts that are known but have no line in ``after`` went the faster road: all their entries are booked.
    """
    opened_at = {account.account_id: f"opened[{index}]" for index, account in enumerate(sent.opened)}
    places: dict[tuple[AccountId, int], str] = {}
    faulty = {(fault.account_id, fault.entry_no) for fault in entry_faults}
    counts: Counter[str] = Counter()
    kept: Counter[AccountId] = Counter()
    first_at: dict[AccountId, str] = {}
    for entry, place in zip(numbered.entries, numbered.places, strict=True):
        key = entry.account_id, entry.entry_no
        is_twin = places.setdefault(key, place) != place
        first_at.setdefault(entry.account_id, place)
        if entry.account_id not in before or (key in faulty and not is_twin):
            counts["refused"] += 1
        elif is_twin or entry.entry_no <= before[entry.account_id].entry_no:
            counts["passed_over"] += 1
        elif entry.account_id not in after or entry.entry_no <= after[entry.account_id].entry_no:
            counts["taken"] += 1
        else:
            kept[entry.account_id] += 1
    waiting = tuple(
        BehindTold(place=place, expected_no=after[account_id].entry_no + 1, kept=kept[account_id])
        for account_id, place in first_at.items()
        if account_id in after and after[account_id].is_behind
    )
    faults = [_told(fault, opened_at[fault.account_id]) for fault in opening_faults]
    faults += [_told(fault, places.get((fault.account_id, fault.entry_no), WAITED)) for fault in entry_faults]
    return BatchAnswer(
        batch_id=sent.batch_id,
        taken=counts["taken"],
        passed_over=counts["passed_over"],
        refused=counts["refused"],
        waiting=waiting,
        faults=tuple(faults),
    )


def _told(fault: EntryFault, place: str) -> BatchFault:
    return BatchFault(place=place, entry_no=fault.entry_no, reason=fault.rejection, expected=fault.expected)
