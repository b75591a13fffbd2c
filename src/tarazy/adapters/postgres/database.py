"""Databases and roles of a server: made once, found again."""

import re
from contextlib import suppress
from typing import Final

import psycopg
from psycopg import sql

from tarazy.adapters.postgres.fault import ServerFault

NAME_PATTERN: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")


def ensure_role(url: str, name: str, password: str) -> None:
    """Make the role ``name`` that may log in with ``password``, or give it that password if it exists."""
    _check_name(name)
    attributes = sql.SQL("{} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
        sql.Identifier(name), sql.Literal(password)
    )
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchone() is None:
            with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):  # made in this very moment
                connection.execute(sql.SQL("CREATE ROLE {}").format(attributes))
        connection.execute(sql.SQL("ALTER ROLE {}").format(attributes))


def ensure_database(url: str, name: str, owner: str | None) -> None:
    """Make the UTF-8 database ``name``, unless it exists; only ``owner`` (None: who connects) may connect to it.

    Raises ServerFault where the connecting role may not make databases, or an existing one is of another encoding.
    """
    _check_name(name)
    database = sql.Identifier(name)
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s", [name])
        encoding = found.fetchone()
        if encoding is not None:
            _check_encoding(name, encoding[0])
            return
        owned_by = sql.SQL("OWNER {}").format(sql.Identifier(owner)) if owner else sql.SQL("")
        try:
            connection.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0 {}").format(database, owned_by)
            )
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return  # made by somebody else in this very moment
        except psycopg.errors.InsufficientPrivilege as error:
            raise ServerFault(
                f"the database {name} does not exist, and the role of TARAZY_DATABASE_URL may not make it: "
                f"have it made (CREATE DATABASE {name} ENCODING 'UTF8' OWNER that role), or allow CREATEDB"
            ) from error
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))


def _check_encoding(name: str, encoding: str) -> None:
    if encoding != "UTF8":
        raise ServerFault(f"the database {name} is of encoding {encoding}: make it anew with ENCODING 'UTF8'")


def _check_name(name: str) -> None:
    if NAME_PATTERN.fullmatch(name) is None:
        raise ServerFault(f"not a name for a database or role: {name!r} (expected {NAME_PATTERN.pattern})")
