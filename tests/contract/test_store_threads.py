"""What the store on PostgreSQL promises where several work at once, and what its tables look like."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import psycopg
import pytest

from tarazy.adapters.postgres.declared import schema_differences
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.app.store import Transaction
from tarazy.values.ids import MessageId
from tests.contract.acting import SOMEBODY_WAITS, WAIT_SECONDS_MAX, all_stretches, beside, put, until
from tests.contract.stores import (
    STRETCHES,
    TABLES,
    Message,
    create_tables,
    postgres_store,
    stretch,
)


def test_two_threads_that_lock_a_row_take_turns(on_postgres: PostgresStore) -> None:
    put(on_postgres, stretch("a", 0, 1))

    def lengthen(_: int) -> None:
        def work(transaction: Transaction) -> None:
            row = transaction.lock(STRETCHES, [("a", 0)])["a", 0]
            transaction.put(STRETCHES, row._replace(line_to=row.line_to + 1))

        on_postgres.run(work)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lengthen, range(40)))
    assert all_stretches(on_postgres) == [stretch("a", 0, 41)]


def test_lock_shows_a_row_as_it_is_now_although_it_was_read_before(on_postgres: PostgresStore) -> None:
    put(on_postgres, stretch("a", 0, 1))

    def work(transaction: Transaction) -> None:
        assert transaction.get(STRETCHES, "a", 0) == stretch("a", 0, 1)
        beside(lambda: put(on_postgres, stretch("a", 0, 2)))
        assert transaction.lock(STRETCHES, [("a", 0)]) == {("a", 0): stretch("a", 0, 2)}
        assert transaction.get(STRETCHES, "a", 0) == stretch("a", 0, 2)

    on_postgres.run(work)


def test_others_see_nothing_before_the_end(on_postgres: PostgresStore) -> None:
    def work(transaction: Transaction) -> None:
        transaction.put(STRETCHES, stretch("a", 0))
        assert transaction.find(STRETCHES) == [stretch("a", 0)]
        assert beside(lambda: all_stretches(on_postgres)) == []

    on_postgres.run(work)
    assert all_stretches(on_postgres) == [stretch("a", 0)]


def test_claim_passes_over_what_somebody_else_has_claimed(on_postgres: PostgresStore) -> None:
    put(on_postgres, stretch("a", 0), stretch("b", 0), stretch("c", 0))

    def claim(transaction: Transaction) -> list[str]:
        return [row.account_id for row in transaction.claim(STRETCHES, limit=2)]

    def work(transaction: Transaction) -> None:
        assert claim(transaction) == ["a", "b"]
        assert beside(lambda: on_postgres.run(claim)) == ["c"]

    on_postgres.run(work)
    assert on_postgres.run(claim) == ["a", "b"]


def test_a_guard_held_alone_keeps_others_waiting_until_the_end(on_postgres: PostgresStore, database_url: str) -> None:
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
        done = threads.submit(on_postgres.run, first)
        assert is_held.wait(WAIT_SECONDS_MAX)
        on_postgres.run(second)
        done.result(WAIT_SECONDS_MAX)
    assert order == ["first", "second"]


def test_shared_guards_do_not_wait_for_each_other(on_postgres: PostgresStore) -> None:
    def work(transaction: Transaction) -> None:
        transaction.guard("feed", shared=True)
        transaction.find(STRETCHES)
        beside(lambda: on_postgres.run(inner))

    def inner(transaction: Transaction) -> None:
        transaction.guard("feed", shared=True)
        transaction.find(STRETCHES)

    on_postgres.run(work)


def test_a_transaction_inside_a_transaction_of_one_store_is_a_bug(on_postgres: PostgresStore) -> None:
    with pytest.raises(AssertionError, match="inside a transaction"):
        on_postgres.run(lambda _: on_postgres.run(lambda _: None))
    on_postgres.run(lambda _: None)


def test_a_deadlock_is_tried_again(on_postgres: PostgresStore) -> None:
    put(on_postgres, stretch("a", 0, 1), stretch("b", 0, 1))
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

        on_postgres.run(work)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(lengthen, "a", "b"), threads.submit(lengthen, "b", "a")]:
            done.result(WAIT_SECONDS_MAX)
    assert len(attempts) == 3
    assert all_stretches(on_postgres) == [stretch("a", 0, 3), stretch("b", 0, 3)]


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
