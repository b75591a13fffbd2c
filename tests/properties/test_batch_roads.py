"""Batches leave the same rows, answers and wakings on the faster road as in memory, whatever a core sends."""

from collections.abc import Sequence
from itertools import cycle
from typing import Any, Final

import psycopg
import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.postgres.ingest import book_simple_runs
from tarazy.adapters.postgres.migrations import migrate
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.agent.batch_form import SentBatch
from tarazy.agent.batches import BatchRefused, take_batch
from tarazy.agent.core_loop import BookFirst
from tarazy.agent.core_port import OpenedAccount
from tarazy.agent.feed.fault import FeedFault
from tarazy.app.store import Store, Transaction
from tarazy.domain.entry import AccountEntry, AccountKind, fault_in
from tarazy.domain.rejection import Rejection
from tarazy.values.replacing import replace
from tests.properties.test_ingest import (
    A_GAP_IS_SPENT_FIRST,
    ACCOUNT_NAMES,
    ENTRIES_COME_AGAIN,
    EXCHANGE,
    STANDING_ORDER_IS_MET,
    TWO_ACCOUNTS_CLAIM_A_CREDIT,
    WAITING_CREDIT_COMES_FIRST,
    Order,
    Step,
    emptied,
    feeds,
    follow,
    rows_in,
    setting_at,
)

pytestmark = pytest.mark.postgres

Openings = Sequence[frozenset[int]]
AT_ONCE: Final[Openings] = (frozenset(range(4)),)
"""All accounts before the first entry, and again with every batch."""
ONE_BY_ONE: Final[Openings] = (frozenset({0}), frozenset({1, 2}), frozenset(), frozenset({3, 10}), frozenset({0, 11}))
"""Numbers from ten are the same accounts in another currency."""


def opened(number: int) -> OpenedAccount:
    return OpenedAccount(
        account_id=ACCOUNT_NAMES[number % 10],
        kind=AccountKind.pooled if number % 10 == 2 else AccountKind.personal,
        currency="KZT" if number < 10 else "EUR",
        is_natural_person=number % 10 == 1,
        opening_minor=10 * (number % 10),
    )


def batch_of(number: int, entries: Sequence[AccountEntry], accounts: frozenset[int]) -> SentBatch:
    """Return a batch as it passes `check_entries`: well formed entries, and no number with two contents."""
    by_number: dict[object, AccountEntry] = {}
    fit = [
        entry
        for entry in entries
        if fault_in(entry) is None and by_number.setdefault((entry.account_id, entry.entry_no), entry) == entry
    ]
    named = {number % 10: number for number in sorted(accounts)}
    return SentBatch(
        batch_id=f"batch {number}",
        digest=f"digest {number}",
        signature="h..s",
        opened=tuple(opened(one) for one in named.values()),
        entries=tuple(fit),
        places=tuple(f"entries[{place}]" for place in range(len(fit))),
    )


class Woken:
    """Notes the channels that a store has woken since they were last asked for."""

    def __init__(self) -> None:
        self._channels: list[str] = []

    def __call__(self, channel: str) -> bool:
        self._channels.append(channel)
        return True

    def since(self) -> list[str]:
        found, self._channels = self._channels, []
        return found


class Road:
    """The faster road, and how many accounts it was given and has left."""

    def __init__(self) -> None:
        self.given = 0
        self.left = 0

    def __call__(self, tx: Transaction, entries: Sequence[AccountEntry]) -> Sequence[AccountEntry]:
        left = book_simple_runs(tx, entries)
        self.given += len({entry.account_id for entry in entries})
        self.left += len({entry.account_id for entry in left})
        return left


def outcome(store: Store, batch: SentBatch, number: int, road: BookFirst | None) -> object:
    """Return the answer as it is kept, or why the batch was refused."""
    setting = setting_at(number)
    try:
        return store.run(lambda tx: take_batch(tx, batch, EXCHANGE, setting, road))
    except BatchRefused as no:
        return no.rejection, no.faults
    except FeedFault as no:
        return str(no)


@given(feeds(), st.sampled_from([AT_ONCE, ONE_BY_ONE]))
@example(WAITING_CREDIT_COMES_FIRST, AT_ONCE)
@example(TWO_ACCOUNTS_CLAIM_A_CREDIT, AT_ONCE)
@example(STANDING_ORDER_IS_MET, AT_ONCE)
@example(ENTRIES_COME_AGAIN, AT_ONCE)
@example(A_GAP_IS_SPENT_FIRST, AT_ONCE)
@settings(
    derandomize=True,
    deadline=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_batches_are_taken_alike_on_either_road(database_url: str, steps: list[Step], openings: Openings) -> None:
    migrate(database_url, "agent")
    woken, road, memory = Woken(), Road(), MemoryStore()
    store = PostgresStore(database_url, connections_max=1, on_wake=woken)
    taken: list[tuple[SentBatch, Any]] = []
    try:
        with psycopg.connect(database_url, autocommit=True) as connection:
            emptied(connection)
        for either in (store, memory):
            outcome(either, batch_of(-1, [], openings[0]), 0, None)
        for number, (step, accounts) in enumerate(zip(steps, cycle(openings), strict=False)):
            if isinstance(step, Order):
                follow(store, step, setting_at(number))
                follow(memory, step, setting_at(number))
                assert woken.since() == memory.woken
                memory.woken.clear()
                continue
            batch = batch_of(number, step, accounts)
            expected = outcome(memory, batch, number, None)
            assert outcome(store, batch, number, road) == expected
            assert rows_in(store) == rows_in(memory)
            assert woken.since() == memory.woken
            memory.woken.clear()
            taken.append((batch, expected))
        before = rows_in(store)
        for batch, expected in taken:
            if isinstance(expected, str) and expected.startswith("{"):
                assert outcome(store, batch, 99, road) == expected
                other = outcome(store, replace(batch, digest="another"), 99, road)
                assert other == (Rejection.batch_known_with_other_content, ())
        assert rows_in(store) == before
    finally:
        store.close()
    event("some accounts fast" if road.left < road.given else "none fast")
    event("some accounts general" if road.left else "none general")
