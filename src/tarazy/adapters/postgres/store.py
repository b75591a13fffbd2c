"""The store on PostgreSQL: runs use cases in transactions, from any number of threads, and tries again after a fault.

READ COMMITTED throughout: a use case locks what it decides on. Where the answer to the end of a transaction was lost,
the work runs again although it may have taken effect; the ids that callers make let it see what it has done.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from random import uniform
from threading import BoundedSemaphore, local
from typing import Any, Final, TypeVar

from tarazy.adapters.postgres.session import Session
from tarazy.adapters.postgres.statements import TableStatements
from tarazy.adapters.postgres.transaction import PostgresTransaction
from tarazy.app.store import RUN_ATTEMPTS_MAX, Conflict, StoreAway, Table, Transaction

Result = TypeVar("Result")

PAUSE_SECONDS_MIN: Final = 0.002
PAUSE_SECONDS_MAX: Final = 0.25
FREE_CONNECTION_SECONDS_MAX: Final = 30


class PostgresStore:
    """Runs use cases on at most ``connections_max`` connections at once; each is opened when first needed."""

    def __init__(self, url: str, *, connections_max: int, on_wake: Callable[[str], bool] | None = None) -> None:
        """Wake channels through ``on_wake`` where it takes them; it returns False for those of other processes."""
        assert connections_max > 0
        self._on_wake = on_wake
        self._url = url
        self._free = BoundedSemaphore(connections_max)
        self._idle: list[Session] = []
        self._is_closed = False
        self._here = local()
        self._statements: dict[Table[Any], TableStatements[Any]] = {}

    def run(self, work: Callable[[Transaction], Result]) -> Result:
        """Run ``work`` in one transaction; undo it on any exception, and run it again after a fault.

        Raises `Conflict` or `StoreAway` where the last attempt ends so.
        """
        assert not getattr(self._here, "is_running", False), "a transaction inside a transaction can wait for itself"
        if not self._free.acquire(timeout=FREE_CONNECTION_SECONDS_MAX):
            raise StoreAway(f"no connection has come free for {FREE_CONNECTION_SECONDS_MAX} s")
        self._here.is_running = True
        try:
            return self._attempts(work)
        finally:
            self._here.is_running = False
            self._free.release()

    def close(self) -> None:
        """Close the connections: those that are idle now, the others when their work has ended."""
        self._is_closed = True
        self._close_idle()

    def _attempts(self, work: Callable[[Transaction], Result]) -> Result:
        for attempt in range(1, RUN_ATTEMPTS_MAX + 1):
            try:
                return self._run_once(work, is_first_try=attempt == 1)
            except (Conflict, StoreAway):
                if attempt == RUN_ATTEMPTS_MAX:
                    raise
                time.sleep(_pause_seconds(attempt))
        raise AssertionError("the last attempt either returns or raises")

    def _run_once(self, work: Callable[[Transaction], Result], *, is_first_try: bool) -> Result:
        session = self._session()
        try:
            return self._run_on(session, work, is_first_try=is_first_try)
        finally:
            self._give_back(session)

    def _session(self) -> Session:
        try:
            return self._idle.pop()
        except IndexError:
            return Session(self._url)

    def _run_on(self, session: Session, work: Callable[[Transaction], Result], *, is_first_try: bool) -> Result:
        transaction = PostgresTransaction(session, self._statements_of, self._on_wake, is_first_try=is_first_try)
        try:
            result = work(transaction)
            transaction.commit()
        except BaseException:
            transaction.rollback()
            raise
        return result

    def _give_back(self, session: Session) -> None:
        """Keep the connection for the next, or drop all that are idle where it broke: the others did too, or will."""
        if session.is_broken or self._is_closed:
            session.close()
            self._close_idle()
        else:
            self._idle.append(session)

    def _close_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _statements_of(self, table: Table[Any]) -> TableStatements[Any]:
        statements = self._statements.get(table)
        if statements is None:
            statements = self._statements[table] = TableStatements(table)
        return statements


def _pause_seconds(attempt: int) -> float:
    """Return how long to wait before the next attempt: longer each time, and never in step with another."""
    longest = min(PAUSE_SECONDS_MAX, PAUSE_SECONDS_MIN * 2**attempt)
    return uniform(longest / 2, longest)  # noqa: S311 (spreads attempts in time; nothing secret)
