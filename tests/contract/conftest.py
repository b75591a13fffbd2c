"""The stores under contract: each with every kind of column, empty."""

from collections.abc import Iterator

import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.app.store import Store
from tests.contract.stores import postgres_store


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Each of the two stores."""
    if request.param == "memory":
        yield MemoryStore()
        return
    with postgres_store(request.getfixturevalue("database_url")) as opened:
        yield opened


@pytest.fixture
def on_postgres(database_url: str) -> Iterator[PostgresStore]:
    """The store on PostgreSQL, for what one thread alone cannot show."""
    with postgres_store(database_url) as opened:
        yield opened
