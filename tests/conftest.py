"""Servers and databases for tests. A server is started when the first test asks for it, once in a session."""

import gc
from collections.abc import Iterator

import pytest

from tarazy.adapters.postgres.embedded import EmbeddedServer
from tests.postgres import EMBEDDED, OLDEST, fresh_database, oldest_installation, running_server

SERVER_FIXTURES = {"postgres_server", "oldest_postgres_server", "database_url"}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "postgres_versions: its databases are tried on PostgreSQL 15 as well")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test marked ``postgres_versions`` its ``database_url`` on each server."""
    if "database_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("postgres_versions"):
        metafunc.parametrize("database_url", [EMBEDDED, OLDEST], indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses a server, so that ``-m 'not postgres'`` is quick without anybody remembering the mark."""
    for item in items:
        if isinstance(item, pytest.Function) and SERVER_FIXTURES & set(item.fixturenames):
            item.add_marker("postgres")


def pytest_collection_finish() -> None:
    """Let the collector of garbage leave alone what is there for good: walking it takes a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedServer]:
    """The embedded server, with an empty data directory of its own."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def oldest_postgres_server() -> Iterator[EmbeddedServer]:
    """A PostgreSQL 15 under the same launcher; the test is skipped where the machine has none."""
    installation = oldest_installation()
    if installation is None:
        pytest.skip("no PostgreSQL 15 on this machine")
    with running_server(installation) as server:
        yield server


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a fresh, empty database, as its owner; dropped after the test."""
    is_oldest = getattr(request, "param", EMBEDDED) == OLDEST
    server: EmbeddedServer = request.getfixturevalue("oldest_postgres_server" if is_oldest else "postgres_server")
    with fresh_database(server) as url:
        yield url
