"""Brings a database to the schema that the program expects, by numbered SQL files applied once and never changed.

``migrations/<program>/NNNN_title.sql``: numbers from 0001 without gaps; each file is one transaction.
"""

import re
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final, Literal, NamedTuple

import psycopg

Program = Literal["exchange", "agent"]

FILE_NAME: Final = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
LOCK_KEY: Final = int.from_bytes(sha256(b"tarazy schema_migrations").digest()[:8], signed=True)
"""Of the advisory lock under which one program at a time migrates a database."""

CREATE_TABLE: Final = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number     integer PRIMARY KEY CHECK (number > 0),
    title      text NOT NULL,
    sha256     text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


class MigrationFault(Exception):
    """A database cannot be brought to the program's schema; the text names the file and what is wrong."""


class Migration(NamedTuple):
    """One numbered file."""

    number: int
    title: str
    text: str

    @property
    def sha256(self) -> str:
        """The hash by which a later change of the file is found out."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.number:04}_{self.title}.sql"


class Applied(NamedTuple):
    """What a database remembers of a migration."""

    number: int
    title: str
    sha256: str


def migrate(url: str, program: Program) -> list[str]:
    """Apply what is missing in the database at ``url`` and return the names of the files applied now.

    Several programs may call this at the same time. What was applied before a fault stays.
    Raises MigrationFault for a gap, a file changed after it was applied, or one that fails.
    """
    return apply(url, migrations_in(files("tarazy.adapters.postgres").joinpath("migrations", program)))


def check_schema(url: str, program: Program) -> None:
    """Look, and change nothing. Raises MigrationFault where the database is not at the program's schema."""
    known = migrations_in(files("tarazy.adapters.postgres").joinpath("migrations", program))
    with psycopg.connect(url, autocommit=True) as connection:
        is_migrated = connection.execute("SELECT to_regclass('schema_migrations') IS NOT NULL").fetchone() == (True,)
        applied = _read_applied(connection) if is_migrated else []
    _check_applied(applied, known)
    if len(applied) < len(known):
        raise MigrationFault(f"the database lacks {known[len(applied)].name}")


def migrations_in(folder: Traversable) -> list[Migration]:
    """Read a folder's migrations, in order. Raises MigrationFault for a gap, a number used twice or a strange name."""
    if not folder.is_dir():
        raise MigrationFault(f"no migrations: {folder} is not a folder")
    found = sorted(_read(file) for file in folder.iterdir() if not file.name.startswith(("__", ".")))
    for expected, migration in enumerate(found, start=1):
        if migration.number < expected:
            raise MigrationFault(f"{migration.name}: the number {migration.number:04} is used twice")
        if migration.number > expected:
            raise MigrationFault(f"{migration.name}: number {expected:04} is missing before it")
    return found


def _read(file: Traversable) -> Migration:
    parts = FILE_NAME.fullmatch(file.name)
    if parts is None:
        raise MigrationFault(f"{file.name}: expected a name like 0001_title.sql")
    return Migration(int(parts[1]), parts[2], file.read_text(encoding="utf-8"))


def apply(url: str, migrations: list[Migration]) -> list[str]:
    """Apply those of ``migrations`` that the database does not have, each in a transaction of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute("SET statement_timeout = 0")
        with connection.transaction():
            _check_applied(_lock_and_read(connection), migrations)
        return [migration.name for migration in migrations if _apply_one(connection, migration)]


def _lock_and_read(connection: psycopg.Connection) -> list[Applied]:
    """Keep other programs from migrating until the transaction ends, and return what has been applied."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])
    connection.execute(CREATE_TABLE)
    return _read_applied(connection)


def _read_applied(connection: psycopg.Connection) -> list[Applied]:
    rows = connection.execute("SELECT number, title, sha256 FROM schema_migrations ORDER BY number")
    return [Applied(*row) for row in rows]


def _check_applied(applied: list[Applied], migrations: list[Migration]) -> None:
    for expected, done in enumerate(applied, start=1):
        if done.number != expected:
            raise MigrationFault(f"the database has migration {done.number:04} ({done.title}) but not {expected:04}")
        if expected > len(migrations):
            raise MigrationFault(
                f"the database has migration {done.number:04} ({done.title}), which this program does not know: "
                "it belongs to a newer version or to another program"
            )
        migration = migrations[expected - 1]
        if done.sha256 != migration.sha256:
            raise MigrationFault(
                f"{migration.name} is not what was applied as {done.number:04} ({done.title}): "
                "put the file back as it was, and write the change as a new migration"
            )


def _apply_one(connection: psycopg.Connection, migration: Migration) -> bool:
    """Apply one migration unless somebody has in the meantime; return whether it was applied here."""
    with connection.transaction():
        if any(done.number == migration.number for done in _lock_and_read(connection)):
            return False
        try:
            connection.execute(migration.text.encode())
        except psycopg.Error as error:
            raise MigrationFault(f"{_place(migration, error)}: {error.diag.message_primary or error}") from error
        if connection.info.transaction_status is not psycopg.pq.TransactionStatus.INTRANS:
            raise MigrationFault(f"{migration.name}: must not end its transaction (COMMIT or ROLLBACK)")
        connection.execute(
            "INSERT INTO schema_migrations (number, title, sha256) VALUES (%s, %s, %s)",
            [migration.number, migration.title, migration.sha256],
        )
    return True


def _place(migration: Migration, error: psycopg.Error) -> str:
    position = error.diag.statement_position
    if position is None:
        return migration.name
    return f"{migration.name}, line {migration.text[: int(position)].count(chr(10)) + 1}"
