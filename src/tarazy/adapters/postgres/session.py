"""One connection to PostgreSQL, spoken in pipelines: any number of statements for one round trip.

psycopg opens the connection and converts what is read. The statements go to libpq directly: a transaction here is a
handful of prepared statements whose parameters are ready as text, so nothing need be decided for each of them.
"""

import select
from collections.abc import Sequence
from typing import Final

import psycopg
from psycopg import errors
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult
from psycopg.types.numeric import Int8BinaryLoader
from psycopg.types.string import ByteaBinaryLoader

from tarazy.adapters.postgres.statements import Call
from tarazy.app.store import Conflict, StoreAway

STATEMENT_SECONDS_MAX: Final = 60
"""No use case needs a statement that runs longer; one that does is ended by the server, and its transaction undone."""
REPLY_SECONDS_MAX: Final = STATEMENT_SECONDS_MAX + 15
"""A server that is silent for longer than its own limit is away."""
CONNECT_SECONDS_MAX: Final = 10
PREPARED_MAX: Final = 1_000
"""Statements kept prepared. There is one for each shape of question, so this is never reached; beyond, none is kept."""

SETTINGS: Final = f"""
    SET default_transaction_isolation = 'read committed';
    SET timezone = 'UTC';
    SET statement_timeout = '{STATEMENT_SECONDS_MAX}s';
    SET idle_in_transaction_session_timeout = '{STATEMENT_SECONDS_MAX}s';
    SET plan_cache_mode = force_generic_plan;
    SET enable_seqscan = off;
    SET enable_hashjoin = off;
    SET enable_mergejoin = off;
    SET jit = off;
"""
"""A plan is made once, often while the table is still small, and must stay good when it holds millions of rows: keys
are always looked up in the index. What no index answers is still read whole."""

UNDONE_STATES: Final = frozenset({"23505", "40001", "40P01", "55P03"})
"""A key exists already, serialization failure, deadlock, lock not available: running again may help."""
AWAY_STATES: Final = ("08", "25P03", "53", "57P", "58")
"""How these states begin: no connection, idle transaction given up, out of resources, shutting down, disk fault."""


class Session:
    """One connection. A fault that `is_broken` shows means that it can only be closed."""

    def __init__(self, url: str) -> None:
        """Connect. Raises `StoreAway` where there is nobody to connect to."""
        connection = _connected(url)
        for kind in ("jsonb", "int8multirange"):
            connection.adapters.register_loader(kind, ByteaBinaryLoader)
        connection.adapters.register_loader("timestamptz", Int8BinaryLoader)
        self.is_broken = False
        self._connection = connection
        self._wire = connection.pgconn
        self._wire.enter_pipeline_mode()
        self._transformer = Transformer(connection)
        self._poll = select.poll()
        self._poll.register(self._wire.socket, select.POLLIN)
        self._prepared: dict[str, bytes] = {}
        self._prepared_count = 0

    def exchange(self, calls: Sequence[Call]) -> list[PGresult]:
        """Send all statements, wait for all answers and return them in order.

        Raises the first fault: `Conflict` where running again may help, `StoreAway` where the connection is gone,
        psycopg's own error where the statement is wrong. The statements after a fault have not run.
        """
        try:
            results = self._exchange(calls)
        except psycopg.OperationalError as fault:
            self.is_broken = True
            raise StoreAway(str(fault)) from fault
        except BaseException:  # whatever it was, answers may be left unread
            self.is_broken = True
            raise
        for result in results:
            if result.status not in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
                raise self._fault(result)
        return results

    def read(self, result: PGresult) -> list[tuple[object, ...]]:
        """Return the rows of an answer, with jsonb, multiranges and times as they are on the wire."""
        if not result.ntuples:
            return []
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    def close(self) -> None:
        """Hang up; the server undoes whatever had not ended."""
        self.is_broken = True
        self._connection.close()

    def _exchange(self, calls: Sequence[Call]) -> list[PGresult]:
        wire = self._wire
        preparing: list[str | None] = []
        for sql, parameters in calls:
            name = self._prepared.get(sql)
            if name is None and self._prepared_count < PREPARED_MAX:
                self._prepared_count += 1
                name = self._prepared[sql] = b"s%d" % self._prepared_count
                wire.send_prepare(name, sql.encode())
                preparing.append(sql)
            if name is None:
                wire.send_query_params(sql.encode(), parameters, result_format=Format.BINARY)
            else:
                wire.send_query_prepared(name, parameters, result_format=Format.BINARY)
            preparing.append(None)
        wire.pipeline_sync()
        if wire.flush():
            self._flush()
        results = self._results()
        return results if len(preparing) == len(calls) else self._without_prepared(preparing, results)

    def _flush(self) -> None:
        """Send the rest, also reading where the server must be heard before it can take more."""
        self._poll.modify(self._wire.socket, select.POLLIN | select.POLLOUT)
        try:
            self._wait()
            self._wire.consume_input()
            while self._wire.flush():
                self._wait()
                self._wire.consume_input()
        finally:
            self._poll.modify(self._wire.socket, select.POLLIN)

    def _results(self) -> list[PGresult]:
        """Collect every answer up to the end of the pipeline."""
        results: list[PGresult] = []
        while True:
            while self._wire.is_busy():
                self._wait()
                self._wire.consume_input()
            result = self._wire.get_result()
            if result is None:
                continue
            if result.status == ExecStatus.PIPELINE_SYNC:
                return results
            results.append(result)

    def _wait(self) -> None:
        if not self._poll.poll(REPLY_SECONDS_MAX * 1000):
            raise psycopg.OperationalError(f"no answer for {REPLY_SECONDS_MAX} s")

    def _without_prepared(self, preparing: list[str | None], results: list[PGresult]) -> list[PGresult]:
        """Leave out the answers to preparations, forgetting those that failed; a failed one stays as the fault."""
        answers = []
        for sql, result in zip(preparing, results, strict=True):
            if sql is None:
                answers.append(result)
            elif result.status != ExecStatus.COMMAND_OK:
                del self._prepared[sql]
                answers.append(result)
        return answers

    def _fault(self, result: PGresult) -> Exception:
        """Return the exception that a failed answer stands for, without the details: they quote rows."""
        fault = errors.error_from_result(result)
        state, text = fault.sqlstate or "", fault.diag.message_primary or str(fault)
        if state in UNDONE_STATES:
            return Conflict(text)
        if not state or state.startswith(AWAY_STATES):
            self.is_broken = True
            return StoreAway(text)
        return type(fault)(text)


def _connected(url: str) -> psycopg.Connection:
    """Connect and settle the session. Raises `StoreAway`."""
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS_MAX)
    except psycopg.OperationalError as fault:
        raise StoreAway(str(fault)) from fault
    try:
        connection.execute(SETTINGS)
    except psycopg.OperationalError as fault:
        connection.close()
        raise StoreAway(str(fault)) from fault
    return connection
