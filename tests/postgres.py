"""PostgreSQL servers for tests: the embedded one, and version 15, the oldest that serves, where it is found."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from tarazy.adapters.postgres.embedded import EmbeddedServer
from tarazy.adapters.postgres.fault import ServerFault
from tarazy.adapters.postgres.installation import Installation

OWNER: Final = "tester"
EMBEDDED: Final = "embedded"
OLDEST: Final = "postgresql-15"
WITHOUT_DISK: Final = {"fsync": "off", "full_page_writes": "off"}
"""For servers whose machine will not crash under a test."""
MEMORY_FOLDER: Final = Path("/dev/shm")
MEMORY_BYTES_MIN: Final = 2 * 1024**3

_numbers = count(1)


def oldest_installation() -> Installation | None:
    """Return PostgreSQL 15 of this machine, or None."""
    on_path = shutil.which("postgres")
    roots = [Path("/usr/lib/postgresql/15"), *([Path(on_path).resolve().parents[1]] if on_path else [])]
    for installation in map(Installation, roots):
        try:
            if installation.major() == 15:
                return installation
        except ServerFault:
            continue
    return None


def memory_folder() -> Path | None:
    """Return a roomy file system in memory, or None. A database is made there five times as fast as on a busy disk."""
    is_roomy = MEMORY_FOLDER.is_dir() and shutil.disk_usage(MEMORY_FOLDER).free >= MEMORY_BYTES_MIN
    return MEMORY_FOLDER if is_roomy and os.access(MEMORY_FOLDER, os.W_OK) else None


@contextmanager
def temporary_folder(parent: Path | None = None) -> Iterator[Path]:
    """Yield a new folder that a server's account can pass through (pytest's own are closed to other accounts)."""
    with tempfile.TemporaryDirectory(prefix="tarazy-test-", dir=parent) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def running_server(installation: Installation | None = None) -> Iterator[EmbeddedServer]:
    """Yield a started server with an empty data directory, in memory where there is room."""
    with (
        temporary_folder(memory_folder()) as folder,
        EmbeddedServer(folder / "postgresql", installation=installation, settings=WITHOUT_DISK) as server,
    ):
        yield server


@contextmanager
def fresh_database(server: EmbeddedServer) -> Iterator[str]:
    """Yield the URL of a new, empty database, as its owner, who is an ordinary role; drop it afterwards."""
    name = f"test_{next(_numbers)}"
    server.create_database(name, OWNER)
    try:
        yield server.url(name, OWNER)
    finally:
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
