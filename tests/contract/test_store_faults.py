"""What the store on PostgreSQL promises where connections fail, tables grow and callers are wrong."""

from pathlib import Path

import psycopg
import pytest

from tarazy.adapters.postgres.listener import Listener
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.app.store import Condition, StoreAway, Transaction, Window
from tarazy.values.ids import MessageId
from tests.contract.acting import (
    NOBODY_ELSE,
    READ_WHOLE,
    TERMINATE_OTHERS,
    WAIT_SECONDS_MAX,
    all_stretches,
    ask,
    beside,
    put,
    until,
)
from tests.contract.relay import relayed
from tests.contract.stores import (
    EVERYTHING,
    MESSAGES,
    STRETCHES,
    Message,
    create_tables,
    stretch,
)
from tests.postgres import temporary_folder


def test_a_connection_that_breaks_in_the_middle_is_replaced(on_postgres: PostgresStore, database_url: str) -> None:
    attempts: list[int] = []

    def work(transaction: Transaction) -> None:
        attempts.append(len(attempts))
        transaction.put(STRETCHES, stretch("a", len(attempts)))
        transaction.find(STRETCHES)
        if len(attempts) == 1:
            ask(database_url, TERMINATE_OTHERS)
        transaction.put(STRETCHES, stretch("b", len(attempts)))

    on_postgres.run(work)
    assert all_stretches(on_postgres) == [stretch("a", 2), stretch("b", 2)]


def test_idle_connections_that_broke_are_replaced(on_postgres: PostgresStore, database_url: str) -> None:
    on_postgres.run(lambda _: beside(lambda: all_stretches(on_postgres)))
    ask(database_url, TERMINATE_OTHERS)
    put(on_postgres, stretch("a", 0))
    assert all_stretches(on_postgres) == [stretch("a", 0)]


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


def test_a_wrong_statement_is_a_bug_and_the_connection_goes_on(on_postgres: PostgresStore, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE everything RENAME TO elsewhere")
    with pytest.raises(psycopg.errors.UndefinedTable):
        on_postgres.run(lambda transaction: transaction.find(EVERYTHING))
    put(on_postgres, stretch("a", 0))
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE elsewhere RENAME TO everything")
    assert on_postgres.run(lambda transaction: transaction.find(EVERYTHING)) == []


def test_a_text_with_a_nul_character_is_refused_not_cut_off(on_postgres: PostgresStore) -> None:
    with pytest.raises(ValueError, match="NUL"):
        put(on_postgres, stretch("a\0b", 0))
    with pytest.raises(ValueError, match="NUL"):
        on_postgres.run(lambda transaction: transaction.get(STRETCHES, "a\0b", 0))


def test_columns_without_an_order_are_not_compared(on_postgres: PostgresStore) -> None:
    with pytest.raises(TypeError, match="names"):
        on_postgres.run(lambda transaction: transaction.find(EVERYTHING, Condition("names", "=", ("a",))))
    with pytest.raises(TypeError, match="gaps"):
        on_postgres.run(lambda transaction: transaction.find(EVERYTHING, order=["gaps"]))


def test_more_rows_than_a_socket_takes_at_once(on_postgres: PostgresStore) -> None:
    rows = [stretch(f"{number:06}" * 20, 0) for number in range(20_000)]
    put(on_postgres, *rows)
    assert all_stretches(on_postgres) == rows


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


def test_a_wake_is_heard_after_the_end_only(on_postgres: PostgresStore, database_url: str) -> None:
    listener = Listener(database_url, ["outbox", "deadlines"])
    assert listener.wait(0) == {"outbox", "deadlines"}

    def work(transaction: Transaction) -> None:
        transaction.wake("outbox")
        transaction.put(STRETCHES, stretch("a", 0))
        transaction.find(STRETCHES)
        assert listener.wait(0) == set()

    on_postgres.run(work)
    assert listener.wait(WAIT_SECONDS_MAX) == {"outbox"}
    on_postgres.run(lambda transaction: transaction.wake("deadlines"))
    assert listener.wait(WAIT_SECONDS_MAX) == {"deadlines"}
    ask(database_url, TERMINATE_OTHERS)
    with pytest.raises(StoreAway):
        listener.wait(WAIT_SECONDS_MAX)
    assert listener.wait(0) == {"outbox", "deadlines"}
    listener.close()
