"""What both stores promise, as `tarazy.app.store` says it."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.app.store import RUN_ATTEMPTS_MAX, Condition, Conflict, Key, Store, Transaction, Window
from tarazy.values.ids import CaseId, HoldId, MessageId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.contract.stores import (
    ANYTHING,
    MESSAGES,
    REMEMBERED,
    STRETCHES,
    Anything,
    Colour,
    Message,
    Remembered,
    Stretch,
    found,
    put_all,
    stretch,
)

ON_ONE_STORE = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Broken(Exception):
    """A fault in a use case."""


def test_a_key_without_a_row_is_none_or_left_out(store: Store) -> None:
    put_all(store, STRETCHES, [stretch("a", 0)])

    def work(transaction: Transaction) -> None:
        assert transaction.get(STRETCHES, "a", 5) is None
        keys: list[Key] = [("b", 0), ("a", 0)]
        assert transaction.get_many(STRETCHES, keys) == {("a", 0): stretch("a", 0)}
        assert transaction.lock(STRETCHES, keys) == {("a", 0): stretch("a", 0)}
        assert transaction.get_many(STRETCHES, []) == {}
        assert transaction.lock(STRETCHES, []) == {}

    store.run(work)


@pytest.mark.parametrize(
    ("condition", "accounts"),
    [
        (Condition("line_from", "=", 20), "c"),
        (Condition("line_from", "<", 20), "ab"),
        (Condition("line_from", "<=", 20), "abc"),
        (Condition("line_from", ">", 10), "cd"),
        (Condition("line_from", ">=", 10), "bcd"),
        (Condition("line_from", "in", [0, 30, 99]), "ad"),
        (Condition("account_id", ">", "b"), "cd"),
        (Condition("colour", "=", Colour.it_s_blue), "b"),
        pytest.param(Condition("colour", "in", {Colour.red, Colour.it_s_blue}), "abc", id="a set, whose order varies"),
        (Condition("colour", "in", [Colour.red, None]), "ac"),
        (Condition("colour", "in", []), ""),
        (Condition("colour", "=", None), ""),
        (Condition("colour", "<=", Colour.red), "abc"),
        (Condition("colour", "<", None), ""),
        (Condition("colour", "is_null"), "d"),
        (Condition("colour", "not_null"), "abc"),
    ],
    ids=str,
)
def test_each_condition_finds_what_meets_it(store: Store, condition: Condition, accounts: str) -> None:
    colours = [Colour.red, Colour.it_s_blue, Colour.red, None]
    put_all(store, STRETCHES, [stretch(name, 10 * i, None, colours[i]) for i, name in enumerate("abcd")])
    assert "".join(row.account_id for row in found(store, STRETCHES, condition)) == accounts
    narrower = (condition, Condition("line_to", ">", 20))
    assert "".join(row.account_id for row in found(store, STRETCHES, *narrower)) == accounts.strip("ab")


def test_moments_spans_days_and_truths_are_compared_too(store: Store) -> None:
    row = Anything(HoldId("h"), at=Instant(datetime(2026, 3, 1, tzinfo=UTC)), span=timedelta(hours=2), is_final=True)
    put_all(store, ANYTHING, [row, Anything(HoldId("i"))])
    later = Instant(datetime(2026, 3, 1, 0, 0, 0, 1, tzinfo=UTC))
    assert found(store, ANYTHING, Condition("at", "<", later), Condition("span", ">", timedelta(hours=1))) == [row]
    assert found(store, ANYTHING, Condition("is_final", "=", True)) == [row]
    assert found(store, ANYTHING, Condition("is_final", "=", False)) == []


def test_rows_come_in_order_of_the_columns_then_the_key_with_none_last(store: Store) -> None:
    colours = {"a": None, "b": Colour.red, "ö": Colour.it_s_blue, "Z": Colour.red, "z": Colour.it_s_blue}
    put_all(store, STRETCHES, [stretch(name, 0, None, colour) for name, colour in colours.items()])

    def accounts(**options: Any) -> str:
        return "".join(row.account_id for row in found(store, STRETCHES, **options))

    assert accounts() == "Zabzö"
    assert accounts(descending=True) == "özbaZ"
    assert accounts(order=["colour"]) == "zöZba"
    assert accounts(order=["colour"], descending=True) == "bZöza"
    assert accounts(order=["colour"], limit=2) == "zö"
    assert accounts(limit=0) == ""


def test_a_transaction_sees_its_own_writes(store: Store) -> None:
    put_all(store, STRETCHES, [stretch("a", 0), stretch("a", 10), stretch("a", 20)])

    def work(transaction: Transaction) -> None:
        transaction.add(STRETCHES, stretch("a", 30))
        transaction.put(STRETCHES, stretch("a", 0, 5))
        transaction.delete(STRETCHES, "a", 10)
        assert transaction.get(STRETCHES, "a", 30) == stretch("a", 30)
        assert transaction.get(STRETCHES, "a", 10) is None
        assert list(transaction.get_many(STRETCHES, [("a", 0), ("a", 10)])) == [("a", 0)]
        expected = [stretch("a", 0, 5), stretch("a", 20), stretch("a", 30)]
        assert transaction.find(STRETCHES) == expected
        transaction.put(STRETCHES, stretch("a", 0, 6))
        assert transaction.lock(STRETCHES, [("a", 0)]) == {("a", 0): stretch("a", 0, 6)}
        transaction.delete(STRETCHES, "a", 30)
        assert transaction.claim(STRETCHES, limit=9) == [stretch("a", 0, 6), stretch("a", 20)]
        transaction.put(STRETCHES, stretch("a", 20, 24))
        assert transaction.overlapping(STRETCHES, [Window("a", 22, 99)]) == [stretch("a", 20, 24)]

    store.run(work)
    assert found(store, STRETCHES) == [stretch("a", 0, 6), stretch("a", 20, 24)]


def test_a_key_may_be_written_again_and_again(store: Store) -> None:
    put_all(store, STRETCHES, [stretch("a", 0), stretch("b", 0)])

    def work(transaction: Transaction) -> None:
        transaction.delete(STRETCHES, "a", 0)
        transaction.add(STRETCHES, stretch("a", 0, 1))
        transaction.put(STRETCHES, stretch("a", 0, 2))
        transaction.put(STRETCHES, stretch("b", 0, 3))
        transaction.delete(STRETCHES, "b", 0)
        transaction.put(STRETCHES, stretch("b", 0, 4))
        transaction.add(STRETCHES, stretch("c", 0))
        transaction.delete(STRETCHES, "c", 0)
        transaction.delete(STRETCHES, "never", 0)

    store.run(work)
    assert found(store, STRETCHES) == [stretch("a", 0, 2), stretch("b", 0, 4)]


def test_an_exception_undoes_everything_and_passes_on(store: Store) -> None:
    put_all(store, STRETCHES, [stretch("a", 0), stretch("b", 0)])

    def work(transaction: Transaction) -> None:
        transaction.put(STRETCHES, stretch("a", 0, 1))
        transaction.delete(STRETCHES, "b", 0)
        transaction.add(STRETCHES, stretch("c", 0))
        assert len(transaction.find(STRETCHES)) == 2
        transaction.put(STRETCHES, stretch("d", 0))
        raise Broken

    with pytest.raises(Broken):
        store.run(work)
    assert found(store, STRETCHES) == [stretch("a", 0), stretch("b", 0)]


@pytest.mark.parametrize("before", ["nothing", "get", "add", "put", "find"])
def test_adding_a_key_that_exists_is_a_conflict(store: Store, before: str) -> None:
    if before in {"nothing", "get", "find"}:
        put_all(store, STRETCHES, [stretch("a", 0)])

    def work(transaction: Transaction) -> None:
        transaction.put(STRETCHES, stretch("z", 0))
        if before == "get":
            transaction.get(STRETCHES, "a", 0)
        if before == "find":
            transaction.find(STRETCHES)
        if before == "add":
            transaction.add(STRETCHES, stretch("a", 0))
        if before == "put":
            transaction.put(STRETCHES, stretch("a", 0))
        transaction.add(STRETCHES, stretch("a", 0, 9))

    with pytest.raises(Conflict):
        store.run(work)
    assert stretch("z", 0) not in found(store, STRETCHES)


def test_after_a_conflict_the_work_runs_again_and_only_the_last_run_counts(store: Store) -> None:
    attempts: list[int] = []

    def work(transaction: Transaction) -> str:
        attempts.append(len(attempts))
        transaction.add(STRETCHES, stretch("a", len(attempts)))
        transaction.find(STRETCHES)
        if len(attempts) < 3:
            raise Conflict("somebody was quicker")
        return "done"

    assert store.run(work) == "done"
    assert found(store, STRETCHES) == [stretch("a", 3)]


def test_a_work_that_always_meets_a_conflict_ends_with_it(store: Store) -> None:
    attempts: list[int] = []

    def work(_: Transaction) -> None:
        attempts.append(1)
        raise Conflict("always")

    with pytest.raises(Conflict, match="always"):
        store.run(work)
    assert len(attempts) == RUN_ATTEMPTS_MAX


def test_locked_rows_come_in_ascending_order_of_key(store: Store) -> None:
    put_all(store, STRETCHES, [stretch(name, place) for name in "cab" for place in (20, 0)])
    keys: list[Key] = [("c", 0), ("a", 20), ("b", 0), ("a", 0)]
    locked = store.run(lambda transaction: transaction.lock(STRETCHES, keys))
    assert list(locked) == sorted(keys)


def test_claimed_rows_come_in_order_up_to_the_limit(store: Store) -> None:
    put_all(store, STRETCHES, [stretch(name, 0, 100 - place) for place, name in enumerate("abcd")])
    condition = Condition("line_to", "<", 100)
    claimed = store.run(lambda transaction: transaction.claim(STRETCHES, condition, order=["line_to"], limit=2))
    assert [row.account_id for row in claimed] == ["d", "c"]


def test_the_store_numbers_rows_in_the_order_of_adding(store: Store) -> None:
    names = [MessageId(name) for name in "cab"]

    def work(transaction: Transaction) -> list[int]:
        for name in names:
            transaction.add(MESSAGES, Message(name, 0, "first"))
        seen = [transaction.get(MESSAGES, name) for name in names]
        transaction.add(MESSAGES, Message(MessageId("d"), 0, "first"))
        return [row.number for row in seen if row is not None]

    numbers = store.run(work)
    assert numbers == sorted(set(numbers))
    rows = found(store, MESSAGES, order=["number"])
    assert [row.message_id for row in rows] == [*names, "d"]
    assert [row.number for row in rows[:3]] == numbers


def test_a_number_once_given_stays(store: Store) -> None:
    put_all(store, MESSAGES, [Message(MessageId("a"), 0, "one"), Message(MessageId("b"), 0, "two")])
    before = found(store, MESSAGES)

    def work(transaction: Transaction) -> None:
        row = transaction.get(MESSAGES, "a")
        assert row is not None
        transaction.put(MESSAGES, row._replace(text="changed"))
        transaction.put(MESSAGES, Message(MessageId("b"), 0, "changed too"))
        transaction.put(MESSAGES, Message(MessageId("c"), 0, "new"))

    store.run(work)
    after = found(store, MESSAGES)
    assert after[:2] == [before[0]._replace(text="changed"), before[1]._replace(text="changed too")]
    assert after[2].number > before[1].number


def test_rows_whose_key_is_their_number(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        for text in ("one", "two", "three"):
            transaction.add(REMEMBERED, Remembered(0, text))
        assert [row.text for row in transaction.find(REMEMBERED)] == ["one", "two", "three"]

    store.run(work)
    first, second, third = found(store, REMEMBERED)
    assert 0 < first.number < second.number < third.number
    put_all(store, REMEMBERED, [second._replace(text="changed")])
    assert found(store, REMEMBERED) == [first, second._replace(text="changed"), third]


@ON_ONE_STORE
@given(
    cuts=st.lists(st.integers(0, 40), min_size=2, max_size=10, unique=True).map(sorted),
    windows=st.lists(st.tuples(st.sampled_from("ab"), st.integers(-5, 45), st.integers(1, 20)), max_size=4),
)
def test_overlapping_finds_each_stretch_once_in_order(
    store: Store, cuts: list[int], windows: list[tuple[str, int, int]]
) -> None:
    rows = [stretch(account, low, high) for account in "ab" for low, high in list(pairwise(cuts))[::2]]
    asked = [Window(account, start, start + length) for account, start, length in windows]

    def work(transaction: Transaction) -> list[Stretch]:
        for row in transaction.find(STRETCHES):
            transaction.delete(STRETCHES, row.account_id, row.line_from)
        for row in rows:
            transaction.put(STRETCHES, row)
        return transaction.overlapping(STRETCHES, asked)

    assert store.run(work) == [row for row in rows if any(_overlaps(row, window) for window in asked)]


def _overlaps(row: Stretch, window: Window) -> bool:
    return row.account_id == window.account_id and row.line_from < window.line_to and window.line_from < row.line_to


def test_guards_are_held_one_after_another(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        transaction.guard("feed", shared=True)
        transaction.guard("feed", shared=False)
        transaction.put(STRETCHES, stretch("a", 0))

    store.run(work)
    store.run(work)
    assert found(store, STRETCHES) == [stretch("a", 0)]


def test_memory_tells_which_channels_were_woken_once_for_each_transaction() -> None:
    heard: list[str] = []
    store = MemoryStore(on_wake=heard.append)

    def work(transaction: Transaction) -> None:
        transaction.wake("outbox")
        transaction.wake("deadlines")
        transaction.wake("outbox")
        assert heard == []

    store.run(work)
    assert heard == store.woken == ["outbox", "deadlines"]

    def broken(transaction: Transaction) -> None:
        transaction.wake("outbox")
        raise Broken

    with pytest.raises(Broken):
        store.run(broken)
    assert len(store.woken) == 2


def test_a_changed_row_is_found_under_its_new_value_only(store: Store) -> None:
    row = stretch("a", 0, None, Colour.red)
    put_all(store, STRETCHES, [row])
    assert found(store, STRETCHES, Condition("colour", "=", Colour.red)) == [row]
    assert found(store, STRETCHES, Condition("line_to", "<", 50)) == [row]
    put_all(store, STRETCHES, [row._replace(colour=None, line_to=60)])
    assert found(store, STRETCHES, Condition("colour", "=", Colour.red)) == []
    assert found(store, STRETCHES, Condition("line_to", "<", 50)) == []
    put_all(store, STRETCHES, [row])
    assert found(store, STRETCHES, Condition("colour", "=", Colour.red)) == [row]


def test_rows_of_dataclasses_are_replaced_too(store: Store) -> None:
    row = Anything(HoldId("h"), text=CaseId("one"))
    put_all(store, ANYTHING, [row])
    put_all(store, ANYTHING, [replace(row, text=None, number=7)])
    assert found(store, ANYTHING) == [Anything(HoldId("h"), number=7)]


@pytest.mark.parametrize("count", [1, 3, 40])
def test_rows_that_were_read_are_written_where_they_changed(store: Store, count: int) -> None:
    names = [f"a{number:02}" for number in range(count)]
    put_all(store, ANYTHING, [Anything(HoldId(name), number=1, names=("x",), day=date(2026, 1, 1)) for name in names])

    def work(transaction: Transaction) -> None:
        for row in transaction.find(ANYTHING):
            transaction.put(ANYTHING, replace(row, number=None, names=("y", "z"), data=b"\0"))
        transaction.find(ANYTHING)  # sees the first change, so that the second is told from it
        for row in transaction.find(ANYTHING, limit=2):
            transaction.put(ANYTHING, replace(row, number=7, data=None))

    store.run(work)
    expected = [Anything(HoldId(name), names=("y", "z"), day=date(2026, 1, 1), data=b"\0") for name in names]
    expected[:2] = [replace(row, number=7, data=None) for row in expected[:2]]
    assert found(store, ANYTHING) == expected


@pytest.mark.parametrize("count", [1, 40])
def test_numbered_rows_that_were_read_keep_their_numbers(store: Store, count: int) -> None:
    put_all(store, MESSAGES, [Message(MessageId(f"m{number:02}"), 0, "first") for number in range(count)])
    before = found(store, MESSAGES)

    def work(transaction: Transaction) -> None:
        for row in transaction.find(MESSAGES):
            transaction.put(MESSAGES, row._replace(text="second"))

    store.run(work)
    assert found(store, MESSAGES) == [row._replace(text="second") for row in before]


def test_a_change_leaves_alone_what_somebody_else_has_changed_meanwhile(on_postgres: PostgresStore) -> None:
    put_all(on_postgres, ANYTHING, [Anything(HoldId("h"), number=1, text=CaseId("old"))])
    attempts: list[Anything] = []

    def work(transaction: Transaction) -> None:
        row = transaction.get(ANYTHING, HoldId("h"))
        assert row is not None
        if not attempts:
            attempts.append(row)
            other = Thread(target=put_all, args=(on_postgres, ANYTHING, [replace(row, text=CaseId("new"))]))
            other.start()
            other.join()
        transaction.put(ANYTHING, replace(row, number=2))

    on_postgres.run(work)
    assert found(on_postgres, ANYTHING) == [Anything(HoldId("h"), number=2, text=CaseId("new"))]


def test_a_use_case_knows_its_first_try(store: Store) -> None:
    tries: list[bool] = []

    def work(transaction: Transaction) -> None:
        tries.append(transaction.is_first_try)
        if len(tries) < 3:
            raise Conflict("again")

    store.run(work)
    store.run(work)
    assert tries == [True, False, False, True]
