"""How tests act on a store and look at its database from outside."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import psycopg

from tarazy.app.store import Store, Transaction
from tests.contract.stores import (
    MESSAGES,
    STRETCHES,
    Message,
)

Result = TypeVar("Result")
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


def beside(work: Callable[[], Result]) -> Result:
    """Do something as somebody else would, while a transaction of our own is open."""
    with ThreadPoolExecutor(1) as others:
        return others.submit(work).result(WAIT_SECONDS_MAX)


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
