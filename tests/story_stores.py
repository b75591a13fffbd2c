"""Where the programs of a story keep their rows: in memory, or each in a database of its own on PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Final

import psycopg
import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.postgres.embedded import EmbeddedServer
from tarazy.adapters.postgres.migrations import migrate
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.app.store import Store
from tarazy.bootstrap import EXCHANGE_ID
from tests.postgres import fresh_database

CONNECTIONS_MAX: Final = 2
"""A reference core looks up a report's account while it books."""

EMPTY_ALL: Final = """
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations' LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
END $$
"""


class StoryDatabases:
    """One database for each program's name, made when first asked for and emptied for every story."""

    def __init__(self, server: EmbeddedServer, stack: ExitStack) -> None:
        self._server = server
        self._stack = stack
        self._stores: dict[str, tuple[psycopg.Connection, PostgresStore]] = {}

    def empty(self, name: str) -> Store:
        """Return the store of a program, with nothing in it."""
        if name not in self._stores:
            url = self._stack.enter_context(fresh_database(self._server))
            migrate(url, "exchange" if name == EXCHANGE_ID else "agent")
            store = PostgresStore(url, connections_max=CONNECTIONS_MAX)
            self._stack.callback(store.close)
            connection = self._stack.enter_context(psycopg.connect(url, autocommit=True))
            self._stores[name] = connection, store
        connection, store = self._stores[name]
        connection.execute(EMPTY_ALL.encode())
        return store


KEPT: Final = pytest.StashKey[StoryDatabases]()


@pytest.fixture(scope="session")
def story_databases(request: pytest.FixtureRequest) -> Iterator[StoryDatabases]:
    """The databases of all stories of a session.

    Every module that names this fixture has one of its own; all of them give what the first has made, which ends last.
    """
    kept = request.config.stash.get(KEPT, None)
    if kept is not None:
        yield kept
        return
    with ExitStack() as stack:
        databases = StoryDatabases(request.getfixturevalue("postgres_server"), stack)
        request.config.stash[KEPT] = databases
        yield databases
        del request.config.stash[KEPT]


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_for(request: pytest.FixtureRequest) -> Callable[[str], Store]:
    """Both kinds of stores, in turn."""
    if request.param == "memory":
        return lambda _: MemoryStore()
    databases: StoryDatabases = request.getfixturevalue("story_databases")
    return databases.empty
