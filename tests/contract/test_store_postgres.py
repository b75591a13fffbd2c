"""What the store on PostgreSQL promises where several work at once, and where the connection fails."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.postgres.declared import schema_differences
from tarazy.adapters.postgres.listener import Listener
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.app.store import Condition, Conflict, Key, Store, StoreAway, Transaction, Window
from tarazy.values.ids import MessageId
from tests.contract.relay import relayed
from tests.contract.stores import (
    EVERYTHING,
    MESSAGES,
    STRETCHES,
    TABLES,
    Colour,
    Message,
    create_tables,
    postgres_store,
    stretch,
)
from tests.postgres import temporary_folder

WAIT_SECONDS_MAX = 20
LOOKS_MAX = 20_000

TERMINATE_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
SOMEBODY_WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
NOBODY_ELSE = """
SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
"""
READ_WHOLE = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'stretches'"


@pytest.fixture
def store(database_url: str) -> Iterator[PostgresStore]:
    with postgres_store(database_url) as opened:
        yield opened


def put(store: Store, *rows: Any) -> None:
    def work(transaction: Transaction) -> None:
        for row in rows:
            transaction.put(MESSAGES if isinstance(row, Message) else STRETCHES, row)

    store.run(work)


def all_stretches(store: Store) -> list[Any]:
    return store.run(lambda transaction: transaction.find(STRETCHES))


def ask(url: str, query: str) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
        return None if row is None else row[0]


def until(url: str, query: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(LOOKS_MAX):
            row = connection.execute(query.encode()).fetchone()
            if row is not None and row[0]:
                return
    raise AssertionError(f"never true: {query}")


def test_two_threads_that_lock_a_row_take_turns(store: PostgresStore) -> None:
    put(store, stretch("a", 0, 1))

    def lengthen(_: int) -> None:
        def work(transaction: Transaction) -> None:
            row = transaction.lock(STRETCHES, [("a", 0)])["a", 0]
            transaction.put(STRETCHES, row._replace(line_to=row.line_to + 1))

        store.run(work)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lengthen, range(40)))
    assert all_stretches(store) == [stretch("a", 0, 41)]


def test_lock_shows_a_row_as_it_is_now_although_it_was_read_before(store: PostgresStore) -> None:
    put(store, stretch("a", 0, 1))

    def work(transaction: Transaction) -> None:
        assert transaction.get(STRETCHES, "a", 0) == stretch("a", 0, 1)
        put(store, stretch("a", 0, 2))
        assert transaction.lock(STRETCHES, [("a", 0)]) == {("a", 0): stretch("a", 0, 2)}
        assert transaction.get(STRETCHES, "a", 0) == stretch("a", 0, 2)

    store.run(work)


def test_others_see_nothing_before_the_end(store: PostgresStore) -> None:
    def work(transaction: Transaction) -> None:
        transaction.put(STRETCHES, stretch("a", 0))
        assert transaction.find(STRETCHES) == [stretch("a", 0)]
        assert all_stretches(store) == []

    store.run(work)
    assert all_stretches(store) == [stretch("a", 0)]


def test_claim_passes_over_what_somebody_else_has_claimed(store: PostgresStore) -> None:
    put(store, stretch("a", 0), stretch("b", 0), stretch("c", 0))

    def claim(transaction: Transaction) -> list[str]:
        return [row.account_id for row in transaction.claim(STRETCHES, limit=2)]

    def work(transaction: Transaction) -> None:
        assert claim(transaction) == ["a", "b"]
        assert store.run(claim) == ["c"]

    store.run(work)
    assert store.run(claim) == ["a", "b"]


def test_a_guard_held_alone_keeps_others_waiting_until_the_end(store: PostgresStore, database_url: str) -> None:
    order: list[str] = []
    is_held = Event()

    def first(transaction: Transaction) -> None:
        transaction.guard("feed", shared=False)
        transaction.find(STRETCHES)
        is_held.set()
        until(database_url, SOMEBODY_WAITS)
        order.append("first")

    def second(transaction: Transaction) -> None:
        transaction.guard("feed", shared=True)
        transaction.find(STRETCHES)
        order.append("second")

    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(store.run, first)
        assert is_held.wait(WAIT_SECONDS_MAX)
        store.run(second)
        done.result(WAIT_SECONDS_MAX)
    assert order == ["first", "second"]


def test_shared_guards_do_not_wait_for_each_other(store: PostgresStore) -> None:
    def work(transaction: Transaction) -> None:
        transaction.guard("feed", shared=True)
        transaction.find(STRETCHES)
        store.run(inner)

    def inner(transaction: Transaction) -> None:
        transaction.guard("feed", shared=True)
        transaction.find(STRETCHES)

    store.run(work)


def test_a_deadlock_is_tried_again(store: PostgresStore) -> None:
    put(store, stretch("a", 0, 1), stretch("b", 0, 1))
    both_hold_one = Barrier(2)
    attempts: list[str] = []

    def lengthen(first: str, second: str) -> None:
        def work(transaction: Transaction) -> None:
            attempts.append(first)
            for account in (first, second):
                row = transaction.lock(STRETCHES, [(account, 0)])[account, 0]
                transaction.put(STRETCHES, row._replace(line_to=row.line_to + 1))
                if account == first and attempts.count(first) == 1:
                    both_hold_one.wait(WAIT_SECONDS_MAX)

        store.run(work)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(lengthen, "a", "b"), threads.submit(lengthen, "b", "a")]:
            done.result(WAIT_SECONDS_MAX)
    assert len(attempts) == 3
    assert all_stretches(store) == [stretch("a", 0, 3), stretch("b", 0, 3)]


def test_a_connection_that_breaks_in_the_middle_is_replaced(store: PostgresStore, database_url: str) -> None:
    attempts: list[int] = []

    def work(transaction: Transaction) -> None:
        attempts.append(len(attempts))
        transaction.put(STRETCHES, stretch("a", len(attempts)))
        transaction.find(STRETCHES)
        if len(attempts) == 1:
            ask(database_url, TERMINATE_OTHERS)
        transaction.put(STRETCHES, stretch("b", len(attempts)))

    store.run(work)
    assert all_stretches(store) == [stretch("a", 2), stretch("b", 2)]


def test_idle_connections_that_broke_are_replaced(store: PostgresStore, database_url: str) -> None:
    store.run(lambda _: all_stretches(store))
    ask(database_url, TERMINATE_OTHERS)
    put(store, stretch("a", 0))
    assert all_stretches(store) == [stretch("a", 0)]


def test_after_a_lost_answer_to_the_end_the_work_runs_again_and_sees_what_it_did(database_url: str) -> None:
    create_tables(database_url)
    seen: list[bool] = []

    def work(transaction: Transaction) -> None:
        is_done = transaction.get(MESSAGES, "once") is not None
        seen.append(is_done)
        if not is_done:
            transaction.add(MESSAGES, Message(MessageId("once"), 0, "the marker"))

    with temporary_folder() as folder, relayed(database_url, Path(folder)) as (relay, url):
        store = PostgresStore(url, connections_max=1)
        relay.lose_answer_to(b"the marker")
        store.run(work)
        store.close()
        assert relay.lost == 1
    assert seen == [False, True]
    assert ask(database_url, "SELECT count(*) FROM messages") == 1


def test_a_server_that_cannot_be_reached_is_away() -> None:
    with temporary_folder() as folder, pytest.raises(StoreAway):
        PostgresStore(f"host={folder} dbname=nowhere", connections_max=1).run(
            lambda transaction: transaction.get(STRETCHES, "a", 0)
        )


def test_a_wrong_statement_is_a_bug_and_the_connection_goes_on(store: PostgresStore, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE everything RENAME TO elsewhere")
    with pytest.raises(psycopg.errors.UndefinedTable):
        store.run(lambda transaction: transaction.find(EVERYTHING))
    put(store, stretch("a", 0))
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE elsewhere RENAME TO everything")
    assert store.run(lambda transaction: transaction.find(EVERYTHING)) == []


def test_a_text_with_a_nul_character_is_refused_not_cut_off(store: PostgresStore) -> None:
    with pytest.raises(ValueError, match="NUL"):
        put(store, stretch("a\0b", 0))
    with pytest.raises(ValueError, match="NUL"):
        store.run(lambda transaction: transaction.get(STRETCHES, "a\0b", 0))


def test_columns_without_an_order_are_not_compared(store: PostgresStore) -> None:
    with pytest.raises(TypeError, match="names"):
        store.run(lambda transaction: transaction.find(EVERYTHING, Condition("names", "=", ("a",))))
    with pytest.raises(TypeError, match="gaps"):
        store.run(lambda transaction: transaction.find(EVERYTHING, order=["gaps"]))


def test_more_rows_than_a_socket_takes_at_once(store: PostgresStore) -> None:
    rows = [stretch(f"{number:06}" * 20, 0) for number in range(20_000)]
    put(store, *rows)
    assert all_stretches(store) == rows


def test_a_plan_made_while_the_table_was_small_still_goes_by_the_key(database_url: str) -> None:
    create_tables(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO stretches VALUES ('a', 0, 10, NULL)")
        connection.execute("VACUUM ANALYZE stretches")
    until(database_url, NOBODY_ELSE)
    before = ask(database_url, READ_WHOLE)
    store = PostgresStore(database_url, connections_max=1)

    def work(transaction: Transaction) -> None:
        transaction.get(STRETCHES, "a", 1)
        transaction.get_many(STRETCHES, [("a", number) for number in range(50)])
        transaction.lock(STRETCHES, [("a", number) for number in range(50)])
        transaction.find(STRETCHES, Condition("account_id", "=", "a"), order=["account_id", "line_from"], limit=5)
        transaction.overlapping(STRETCHES, [Window("a", 5, 25), Window("b", 0, 1)])
        transaction.delete(STRETCHES, "a", 10)

    store.run(work)
    put(store, *(stretch(account, 10 * place) for account in "abcd" for place in range(1_000)))
    store.run(work)
    store.close()
    until(database_url, NOBODY_ELSE)
    assert ask(database_url, READ_WHOLE) == before


def test_a_wake_is_heard_after_the_end_only(store: PostgresStore, database_url: str) -> None:
    listener = Listener(database_url, ["outbox", "deadlines"])
    assert listener.wait(0) == {"outbox", "deadlines"}

    def work(transaction: Transaction) -> None:
        transaction.wake("outbox")
        transaction.put(STRETCHES, stretch("a", 0))
        transaction.find(STRETCHES)
        assert listener.wait(0) == set()

    store.run(work)
    assert listener.wait(WAIT_SECONDS_MAX) == {"outbox"}
    store.run(lambda transaction: transaction.wake("deadlines"))
    assert listener.wait(WAIT_SECONDS_MAX) == {"deadlines"}
    ask(database_url, TERMINATE_OTHERS)
    with pytest.raises(StoreAway):
        listener.wait(WAIT_SECONDS_MAX)
    assert listener.wait(0) == {"outbox", "deadlines"}
    listener.close()


@pytest.mark.postgres_versions
def test_the_declared_tables_are_what_was_created(database_url: str) -> None:
    create_tables(database_url)
    with psycopg.connect(database_url) as connection:
        assert schema_differences(connection, TABLES) == []
        connection.execute("DROP TABLE everything")
        connection.execute("ALTER TABLE stretches ALTER colour SET NOT NULL, ADD more text, ALTER line_to TYPE integer")
        connection.execute("ALTER TABLE messages ALTER number DROP IDENTITY, DROP CONSTRAINT messages_pkey")
        connection.execute("CREATE COLLATION strange (provider = libc, locale = 'C')")
        connection.execute("ALTER TABLE anything DROP number, ALTER text TYPE text COLLATE strange")
        assert schema_differences(connection, TABLES) == [
            "everything: the table is missing",
            "anything.text: texts are ordered by strange, not by code point",
            "anything.number: the column is missing",
            "stretches.line_to: declared bigint, found integer",
            "stretches.colour: declared NULL, found the contrary",
            "stretches.more: is not declared",
            "messages.number: is not numbered",
            "messages: the key is declared (message_id), found ()",
        ]


@pytest.mark.postgres_versions
def test_the_oldest_server_serves_too(database_url: str) -> None:
    with postgres_store(database_url) as store:
        put(store, Message(MessageId("a"), 0, "one"), stretch("a", 0))
        assert all_stretches(store) == [stretch("a", 0)]


KEYS = st.tuples(st.sampled_from("abc"), st.sampled_from([0, 10]))
ROWS = st.builds(
    stretch, st.sampled_from("abc"), st.sampled_from([0, 10]), st.integers(11, 15), st.sampled_from(Colour)
)
ACTS = st.one_of(
    st.tuples(st.just("put"), ROWS),
    st.tuples(st.just("add"), ROWS),
    st.tuples(st.just("delete"), KEYS),
    st.tuples(st.just("get"), KEYS),
    st.tuples(st.just("find"), st.sampled_from(Colour)),
    st.tuples(st.just("lock"), st.lists(KEYS, max_size=3)),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(transactions=st.lists(st.lists(ACTS, max_size=6), max_size=4))
def test_both_stores_answer_any_acts_alike(store: PostgresStore, transactions: list[list[tuple[str, Any]]]) -> None:
    store.run(delete_all)
    memory = MemoryStore()
    for acts in transactions:
        assert answers(store, acts) == answers(memory, acts)
    assert all_stretches(store) == all_stretches(memory)


def delete_all(transaction: Transaction) -> None:
    for row in transaction.find(STRETCHES):
        transaction.delete(STRETCHES, row.account_id, row.line_from)


def answers(store: Store, acts: list[tuple[str, Any]]) -> list[Any]:
    """Return what each act answered, or only that there was a conflict: the stores may notice it at different acts."""

    def work(transaction: Transaction) -> list[Any]:
        return [act(transaction, name, value) for name, value in acts]

    try:
        return once(store, work)
    except Conflict:
        return ["conflict"]


def once(store: Store, work: Any) -> list[Any]:
    """Run the work one time only: these conflicts do not go away."""
    conflicts: list[Conflict] = []

    def attempt(transaction: Transaction) -> list[Any]:
        if conflicts:
            raise StopHere
        conflicts.append(Conflict())
        return list(work(transaction))

    try:
        return store.run(attempt)
    except StopHere as stop:
        raise conflicts[0] from stop


class StopHere(Exception):
    """Ends the attempts."""


def act(transaction: Transaction, name: str, value: Any) -> Any:
    match name:
        case "put":
            return transaction.put(STRETCHES, value)
        case "add":
            return transaction.add(STRETCHES, value)
        case "delete":
            return transaction.delete(STRETCHES, *value)
        case "get":
            return transaction.get(STRETCHES, *value)
        case "lock":
            keys: list[Key] = value
            return transaction.lock(STRETCHES, keys)
        case _:
            return transaction.find(STRETCHES, Condition("colour", "=", value))
