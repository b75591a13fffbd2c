"""Taking batches: however a stream of entries is cut, repeated and shuffled, it is booked once and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.batch_form import SentBatch, check_entries
from tarazy.agent.batches import BatchAnswer, BatchRefused, positions, take_batch
from tarazy.agent.core_port import OpenedAccount
from tarazy.agent.entries import ENTRIES_PER_BATCH_MAX
from tarazy.agent.feed.fault import FeedFault
from tarazy.agent.feed.iso20022 import parse_messages
from tarazy.agent.records import ACCOUNTS, CONSUMPTIONS, CREDITS, ENTRY_BATCHES, WAITING_ENTRIES
from tarazy.app.messages import INBOX
from tarazy.app.store import Store
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import AccountEntry, AccountKind, EntryKind, ExitKind
from tarazy.domain.rejection import Rejection
from tarazy.values.ids import AccountId, ParticipantId, TransferRef
from tarazy.values.replacing import replace
from tests.story_people import START
from tests.unit.agent.feed.documents import Payment, numbered, pacs_008
from tests.unit.edge.bank_core import ME, context_of

SETTING = context_of(MemoryStore()).setting()
NAMES = ("x", "y", "z")


def account(name: str) -> OpenedAccount:
    return OpenedAccount(
        account_id=AccountId(name),
        kind=AccountKind.personal,
        currency="KZT",
        is_natural_person=True,
        opening_minor=1_000,
    )


def entry(name: str, entry_no: int, amount: int) -> AccountEntry:
    is_credit = amount % 2 == 0
    return AccountEntry(
        account_id=AccountId(name),
        entry_no=entry_no,
        kind=EntryKind.credit if is_credit else EntryKind.debit,
        amount_minor=amount,
        currency="KZT",
        booked_at=START,
        transfer_ref=TransferRef(f"{name}/{entry_no}") if is_credit else None,
        counterparty=ParticipantId("bank-b") if is_credit else None,
        exit_kind=None if is_credit else ExitKind.cash,
    )


def sent(batch_id: str, entries: list[AccountEntry], accounts: list[OpenedAccount] | None = None) -> SentBatch:
    return SentBatch(
        batch_id=batch_id,
        digest=f"digest of {batch_id}",
        signature="h..s",
        opened=tuple(accounts or ()),
        entries=tuple(entries),
        places=tuple(f"entries[{index}]" for index in range(len(entries))),
    )


def take(store: Store, batch: SentBatch) -> BatchAnswer:
    text = store.run(lambda tx: take_batch(tx, batch, EXCHANGE_ID, SETTING))
    return msgspec.json.decode(text, type=BatchAnswer)


def taken_or_refused(store: Store, batch: SentBatch) -> BatchAnswer | BatchRefused:
    try:
        return take(store, batch)
    except BatchRefused as no:
        return no


def books(store: Store) -> list[list[Any]]:
    return [store.run(partial(_found, table)) for table in (ACCOUNTS, CREDITS, CONSUMPTIONS, WAITING_ENTRIES)]


def _found(table: Any, tx: Any) -> list[Any]:
    return list(tx.find(table))


def add_up(answer: BatchAnswer, entries: int) -> None:
    kept = sum(one.kept for one in answer.waiting)
    assert answer.taken + answer.passed_over + answer.refused + kept == entries


amounts = st.lists(st.integers(1, 400), max_size=12)


@given(st.data(), st.tuples(amounts, amounts, amounts))
@settings(max_examples=150, deadline=None)
def test_however_a_stream_is_cut_it_is_booked_once(data: st.DataObject, streams: tuple[list[int], ...]) -> None:
    stream = [
        entry(name, number, amount)
        for name, found in zip(NAMES, streams, strict=True)
        for number, amount in enumerate(found, start=1)
    ]
    whole, cut = MemoryStore(), MemoryStore()
    accounts = [account(name) for name in NAMES]
    add_up(take(whole, sent("all", stream, accounts)), len(stream))
    take(cut, sent("opening", [], accounts))
    repeated = stream + (data.draw(st.lists(st.sampled_from(stream), max_size=10)) if stream else [])
    shuffled = data.draw(st.permutations(repeated))
    number = 0
    while shuffled:
        size = data.draw(st.integers(1, len(shuffled)))
        part, shuffled = shuffled[:size], shuffled[size:]
        number += 1
        batch = sent(f"part {number}", part)
        answer = take(cut, batch)
        add_up(answer, len(part))
        assert take(cut, batch) == answer
    assert books(cut) == books(whole)
    assert not books(cut)[3]


@given(st.lists(st.tuples(st.sampled_from([*NAMES, "nobody"]), st.integers(1, 6), st.integers(0, 3)), max_size=25))
@settings(max_examples=150, deadline=None)
def test_whatever_comes_the_answer_adds_up_and_a_refusal_changes_nothing(told: list[tuple[str, int, int]]) -> None:
    store = MemoryStore()
    take(store, sent("opening", [entry("x", 1, 100)], [account(name) for name in NAMES]))
    before = books(store)
    entries = [replace(entry(name, number, 100), currency="USD" if odd == 3 else "KZT") for name, number, odd in told]
    entries = list({(one.account_id, one.entry_no): one for one in entries}.values())
    answer = taken_or_refused(store, sent("batch", entries))
    if isinstance(answer, BatchRefused):
        assert answer.faults
        assert books(store) == before
    else:
        add_up(answer, len(entries))
        assert answer.taken > 0 or not answer.faults


def test_a_batch_is_kept_with_its_answer_and_its_signature() -> None:
    store = MemoryStore()
    answer = take(store, sent("batch", [entry("x", 1, 2)], [account("x")]))
    (row,), (kept,) = store.run(lambda tx: (tx.find(ENTRY_BATCHES), tx.find(INBOX)))
    assert (row.batch_id, row.digest, row.entries) == ("batch", "digest of batch", 1)
    assert (kept.kind, kept.text, kept.sender) == ("entries", "h..s", ME)
    assert msgspec.json.decode(kept.replies[0], type=BatchAnswer) == answer


def test_an_entry_that_waited_and_does_not_fit_is_told_as_such() -> None:
    store = MemoryStore()
    twice = replace(entry("x", 2, 2), transfer_ref=TransferRef("y/1"))
    take(store, sent("1", [twice, entry("y", 1, 2)], [account("x"), account("y")]))
    answer = take(store, sent("2", [entry("x", 1, 2)]))
    assert [(one.place, one.entry_no, one.reason) for one in answer.faults] == [
        ("an earlier batch", 2, Rejection.transfer_credited_twice)
    ]
    assert answer.waiting[0].expected_no == 2


def test_more_entries_than_one_transaction_takes_are_refused() -> None:
    entries = [entry("x", number, 2) for number in range(1, ENTRIES_PER_BATCH_MAX + 2)]
    with pytest.raises(FeedFault, match="send the rest in another batch"):
        check_entries(entries, ["" for _ in entries], START)


def test_positions_come_in_the_order_asked() -> None:
    store = MemoryStore()
    take(store, sent("1", [entry("y", 1, 2)], [account("x"), account("y")]))
    asked = [AccountId("y"), AccountId("nobody"), AccountId("x"), AccountId("y")]
    found = store.run(lambda tx: positions(tx, asked))
    assert [one.entry_no for one in found] == [1, None, 0, 1]


# --- at one moment, on PostgreSQL


@pytest.fixture
def on_postgres(story_databases: Any) -> Store:
    store: Store = story_databases.empty(ME)
    return store


def test_one_batch_sent_twice_at_one_moment_is_taken_once(on_postgres: Store) -> None:
    take(on_postgres, sent("opening", [], [account(name) for name in NAMES]))
    for number in range(1, 9):
        batch = sent(f"batch {number}", [entry(name, number, 2) for name in NAMES])
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(partial(take, on_postgres), [batch, batch])
        assert first == second
        assert first.taken == len(NAMES)


def documents() -> list[SentBatch]:
    payments = numbered(Payment(debtor_bic="DALAKZKA", creditor_bic="ORDAKZKA", creditor_account="x"), range(1, 9))
    return [
        SentBatch(
            batch_id=f"document {index}",
            digest=f"digest {index}",
            signature="h..s",
            transfers=tuple(parse_messages(pacs_008(payment, created_at="2026-11-22T09:00:00+05:00"))),
            directory={"ORDAKZKA": ME},
        )
        for index, payment in enumerate(payments)
    ]


def test_documents_at_one_moment_get_numbers_of_their_own(on_postgres: Store) -> None:
    take(on_postgres, sent("opening", [], [account("x")]))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(partial(take, on_postgres), documents()))
    assert [one.taken for one in answers] == [1] * 8
    credits_booked = on_postgres.run(lambda tx: tx.find(CREDITS))
    assert sorted(one.entry_no for one in credits_booked) == list(range(1, 9))
