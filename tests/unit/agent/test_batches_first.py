"""Batches on the faster road, on PostgreSQL: at one moment, and when something fails between booking and recording."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import msgspec
import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.postgres.ingest import book_simple_runs
from tarazy.agent.batch_form import SentBatch
from tarazy.agent.batches import BatchAnswer, BatchRefused, take_batch
from tarazy.agent.core_loop import BookFirst
from tarazy.agent.feed.fault import FeedFault
from tarazy.agent.records import ACCOUNTS, AGENT_TABLES, CREDITS, ENTRY_BATCHES
from tarazy.app.store import Store, StoreAway, Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import AccountEntry
from tarazy.domain.rejection import Rejection
from tarazy.edge.entries_api import FAST_BATCH_MIN
from tarazy.values.money import MINOR_MAX
from tarazy.values.replacing import replace
from tests.unit.agent.test_batches import SETTING, account, entry, sent
from tests.unit.edge.bank_core import ME, BankCore, context_of

pytestmark = pytest.mark.postgres
NAMES = tuple(f"a{number}" for number in range(20))
TOGETHER_SECONDS = 20


class Meeting:
    """The faster road, which ``parties`` transactions enter at one moment: each has seen that its batch is unknown."""

    def __init__(self, parties: int = 2) -> None:
        self.entered = 0
        self._parties = parties
        self._barrier = Barrier(parties)

    def __call__(self, tx: Transaction, entries: Sequence[AccountEntry]) -> Sequence[AccountEntry]:
        self.entered += 1
        if self.entered <= self._parties:
            self._barrier.wait(TOGETHER_SECONDS)
        return book_simple_runs(tx, entries)


class Failing:
    """The faster road, behind which the store is away as long as ``is_failing``."""

    is_failing = True

    def __call__(self, tx: Transaction, entries: Sequence[AccountEntry]) -> Sequence[AccountEntry]:
        left = book_simple_runs(tx, entries)
        tx.find(CREDITS, limit=1)
        if self.is_failing:
            raise StoreAway
        return left


@pytest.fixture
def store(story_databases: Any) -> Store:
    store: Store = story_databases.empty(ME)
    take(store, sent("opening", [], [account(name) for name in NAMES]))
    return store


def take(store: Store, batch: SentBatch, road: BookFirst | None = book_simple_runs) -> BatchAnswer:
    text = store.run(lambda tx: take_batch(tx, batch, EXCHANGE_ID, SETTING, road))
    return msgspec.json.decode(text, type=BatchAnswer)


def taken_or_refused(store: Store, road: BookFirst, batch: SentBatch) -> BatchAnswer | BatchRefused:
    try:
        return take(store, batch, road)
    except BatchRefused as no:
        return no


def both_at_once(store: Store, road: BookFirst, *batches: SentBatch) -> list[BatchAnswer | BatchRefused]:
    with ThreadPoolExecutor(len(batches)) as threads:
        return list(threads.map(partial(taken_or_refused, store, road), batches))


def credits_of(*names: str, numbers: Sequence[int] = (1,)) -> list[AccountEntry]:
    return [entry(name, number, 2 * number) for name in names for number in numbers]


def rows(store: Store) -> dict[str, list[Any]]:
    return {table.name: store.run(lambda tx, table=table: tx.find(table)) for table in AGENT_TABLES}  # type: ignore[misc]


def in_turn(*batches: SentBatch) -> dict[str, list[Any]]:
    """Return the rows of a store in memory that took these batches one after the other."""
    memory = MemoryStore()
    for batch in (sent("opening", [], [account(name) for name in NAMES]), *batches):
        take(memory, batch, None)
    return rows(memory)


@pytest.mark.parametrize("numbers", [(1, 2, 3), (1, 3)], ids=["all_fast", "with_gaps"])
def test_equal_batches_at_one_moment_are_booked_once(store: Store, numbers: tuple[int, ...]) -> None:
    batch = sent("batch", [*credits_of(*NAMES[:10], numbers=(1, 2)), *credits_of(*NAMES[10:], numbers=numbers)])
    road = Meeting()
    first, second = both_at_once(store, road, batch, batch)
    assert isinstance(first, BatchAnswer)
    assert first == second
    assert first.taken == 20 + 10 * (3 if len(numbers) == 3 else 1)
    assert road.entered == 2, "the one that came second began anew and found the answer"
    assert rows(store) == in_turn(batch)


@pytest.mark.parametrize("accounts", [NAMES[10:], NAMES[:10]], ids=["other_accounts", "same_accounts"])
def test_one_id_with_two_contents_at_one_moment_is_taken_once(store: Store, accounts: tuple[str, ...]) -> None:
    one = sent("batch", credits_of(*NAMES[:10]))
    other = replace(sent("batch", credits_of(*accounts, numbers=(1, 2))), digest="another")
    answers = both_at_once(store, Meeting(), one, other)
    (no,) = [answer for answer in answers if isinstance(answer, BatchRefused)]
    assert no.rejection is Rejection.batch_known_with_other_content
    assert rows(store) == in_turn(other if answers[0] is no else one)


def test_entries_under_two_ids_at_one_moment_are_booked_once(store: Store) -> None:
    entries = credits_of(*NAMES, numbers=(1, 2))
    first, second = both_at_once(store, Meeting(), sent("one", entries), sent("two", entries[::-1]))
    assert isinstance(first, BatchAnswer)
    assert isinstance(second, BatchAnswer)
    assert sorted([(first.taken, first.passed_over), (second.taken, second.passed_over)]) == [(0, 40), (40, 0)]
    assert len(store.run(lambda tx: tx.find(CREDITS))) == 40


def test_a_stream_cut_in_two_at_one_moment_is_whole(store: Store) -> None:
    """Whichever is first, the other's entries are known, follow on, or wait and are fetched."""
    early, late = credits_of(*NAMES, numbers=(1, 2)), credits_of(*NAMES, numbers=(2, 3))
    both_at_once(store, Meeting(), sent("early", early), sent("late", late))
    lines = store.run(lambda tx: tx.find(ACCOUNTS))
    assert [(line.entry_no, line.line_end, line.is_behind) for line in lines] == [(3, 1_012, False)] * len(NAMES)


def test_batches_that_wait_for_each_other_are_both_taken(store: Store) -> None:
    """Each has booked on one account and tells the other's as opened again: one of them begins anew."""
    barrier, entered = Barrier(2), []

    def road(tx: Transaction, entries: Sequence[AccountEntry]) -> Sequence[AccountEntry]:
        left = book_simple_runs(tx, entries)
        entered.append(entries)
        if len(entered) <= 2:
            barrier.wait(TOGETHER_SECONDS)
        return left

    crosswise = (
        sent("one", credits_of("a0"), [account("a1")]),
        sent("two", credits_of("a1"), [account("a0")]),
    )
    both_at_once(store, road, *crosswise)
    assert len(entered) == 3
    assert rows(store) == in_turn(*crosswise)


def test_what_fails_behind_the_booking_leaves_nothing(store: Store) -> None:
    batch = sent("batch", credits_of(*NAMES), [account("new")])
    before, road = rows(store), Failing()
    with pytest.raises(StoreAway):
        take(store, batch, road)
    assert rows(store) == before
    road.is_failing = False
    assert take(store, batch, road).taken == len(NAMES)
    assert take(store, batch, road).taken == len(NAMES)
    assert rows(store) == in_turn(batch)


def test_a_batch_that_is_refused_behind_the_booking_leaves_nothing(store: Store) -> None:
    take(store, sent("large", [entry("a0", 1, MINOR_MAX // 2)]))
    before = rows(store)
    too_large = [entry("a1", 1, 2), entry("a0", 2, MINOR_MAX // 2)]
    with pytest.raises(FeedFault) as no:
        take(store, sent("batch", too_large))
    assert (no.value.place, no.value.field) == ("entries[1]", "amount_minor")
    assert rows(store) == before


def test_amounts_beyond_every_number_are_refused_before_the_booking(store: Store) -> None:
    before = rows(store)
    too_large = [entry("a0", number, MINOR_MAX) for number in range(1, 5)]
    with pytest.raises(FeedFault) as no:
        take(store, sent("batch", too_large))
    assert no.value.place == "entries[0]"
    assert rows(store) == before


def test_what_an_account_owes_takes_room_on_its_line(store: Store) -> None:
    take(store, sent("overdrawn", [entry("a0", 1, MINOR_MAX // 2 + 1)]))
    with pytest.raises(FeedFault, match="amount_minor"):
        take(store, sent("batch", [entry("a1", 1, 2), entry("a0", 2, MINOR_MAX // 4 * 3 - 2)]))


def test_repetitions_within_a_batch_keep_it_on_the_faster_road(store: Store) -> None:
    left: list[AccountEntry] = []

    def road(tx: Transaction, entries: Sequence[AccountEntry]) -> Sequence[AccountEntry]:
        left.extend(book_simple_runs(tx, entries))
        return left

    twice = credits_of(*NAMES, numbers=(1, 2)) * 2
    answer = take(store, sent("batch", twice), road)
    assert (answer.taken, answer.passed_over, left) == (40, 40, [])
    assert store.run(lambda tx: tx.get(ENTRY_BATCHES, "batch")) is not None


def test_a_transaction_that_has_begun_is_not_for_the_faster_road(store: Store) -> None:
    def late(tx: Transaction) -> None:
        tx.lock(ACCOUNTS, {("a0",)})
        book_simple_runs(tx, credits_of("a0"))

    with pytest.raises(AssertionError, match="nothing was locked or written"):
        store.run(late)


def test_only_large_batches_take_the_faster_road(store: Store) -> None:
    given: list[int] = []

    def road(tx: Transaction, entries: Sequence[AccountEntry]) -> Sequence[AccountEntry]:
        given.append(len(entries))
        return book_simple_runs(tx, entries)

    context = context_of(store)
    core = BankCore(replace(context, agent=replace(context.agent, book_first=road)))
    few = FAST_BATCH_MIN - 1
    assert core.send("few-1", [], credits_of("a0", numbers=range(1, 1 + few))).json()["taken"] == few
    assert given == []
    many = credits_of("a0", numbers=range(1 + few, 1 + few + FAST_BATCH_MIN))
    assert core.csv("many-1", many).json()["taken"] == FAST_BATCH_MIN
    assert given == [FAST_BATCH_MIN]
