"""Which server is used, and what a server outside is asked for."""

from pathlib import Path

import psycopg
import pytest

from tarazy.adapters.postgres.embedded import EmbeddedServer
from tarazy.adapters.postgres.fault import ServerFault
from tarazy.adapters.postgres.server import OutsideServer, server_from_environment
from tests.postgres import OWNER


def test_without_a_url_the_server_is_embedded(tmp_path: Path) -> None:
    server = server_from_environment(tmp_path / "postgresql", {})
    assert isinstance(server, EmbeddedServer)
    assert server.data_dir == tmp_path / "postgresql"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            "postgresql://u:p@db.example:6432/main?sslmode=require",
            "postgresql://u:p@db.example:6432/desk?sslmode=require",
        ),
        ("postgres://u@a:1,b:2/main", "postgresql://u@a:1,b:2/desk"),
        ("postgresql:///main?host=%2Frun%2Fpg", "postgresql:///desk?host=%2Frun%2Fpg"),
        ("postgresql://db.example", "postgresql://db.example/desk"),
    ],
)
def test_outside_url_keeps_all_but_the_database(given: str, expected: str) -> None:
    server = server_from_environment(environment={"TARAZY_DATABASE_URL": given})
    assert server.url("desk", "somebody") == expected


@pytest.mark.parametrize("given", ["host=db.example", "mysql://db.example/main", "postgresql:db"])
def test_other_urls_are_refused(given: str) -> None:
    with pytest.raises(ServerFault, match="TARAZY_DATABASE_URL: expected postgresql://"):
        server_from_environment(environment={"TARAZY_DATABASE_URL": given})


def test_outside_server_makes_databases_where_it_may(postgres_server: EmbeddedServer) -> None:
    told: list[str] = []
    with OutsideServer(postgres_server.url("postgres")) as server:
        server.start(told.append)
        server.create_database("outside_desk", "ignored")
        server.create_database("outside_desk", "ignored")
        with psycopg.connect(server.url("outside_desk")) as connection:
            assert connection.info.dbname == "outside_desk"
    assert told == ["connecting to the database server"]


def test_outside_server_says_what_to_ask_for_where_it_may_not(
    postgres_server: EmbeddedServer, database_url: str
) -> None:
    with (
        OutsideServer(database_url) as server,
        pytest.raises(ServerFault, match=r"CREATE DATABASE elsewhere.*CREATEDB"),
    ):
        server.create_database("elsewhere", OWNER)


def test_outside_server_that_is_away_is_a_fault(tmp_path: Path) -> None:
    server = OutsideServer(f"postgresql://u:secret@/main?host={tmp_path}")
    with pytest.raises(ServerFault, match="does not answer") as caught:
        server.start()
    assert "secret" not in str(caught.value)
