"""Which database server a program uses: the one named by TARAZY_DATABASE_URL, else an embedded one of its own."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

import psycopg

from tarazy.adapters.postgres.database import ensure_database
from tarazy.adapters.postgres.embedded import EmbeddedServer
from tarazy.adapters.postgres.fault import ServerFault
from tarazy.adapters.postgres.installation import MAJOR_MIN, default_data_home

DATABASE_URL_VARIABLE: Final = "TARAZY_DATABASE_URL"
URL_SCHEMES: Final = ("postgresql", "postgres")


class DatabaseServer(Protocol):
    """A server that holds databases for Tarazy's programs. Used in a ``with`` statement it is started and stopped."""

    def start(self, progress: Callable[[str], None] | None = None) -> object:
        """Make the server answer. Raises ServerFault, which names the remedy."""
        ...

    def stop(self) -> None:
        """Let go of the server."""
        ...

    def url(self, database: str, user: str | None = None) -> str:
        """Return the connection URL of a database."""
        ...

    def create_database(self, name: str, owner: str) -> None:
        """Make a database, unless it exists."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class OutsideServer:
    """A PostgreSQL server that somebody else runs, reached by one URL.

    All databases are used as the URL's own role: roles on that server are its keeper's business.
    """

    def __init__(self, url: str) -> None:
        scheme, separator, rest = url.partition("://")
        if scheme not in URL_SCHEMES or not separator:
            raise ServerFault(f"{DATABASE_URL_VARIABLE}: expected postgresql://user:password@host:port/database")
        place, question, self._parameters = rest.partition("?")
        self._authority, _, self._database = place.partition("/")
        self._question = question

    def start(self, progress: Callable[[str], None] | None = None) -> None:
        """See that the server answers and is new enough. Raises ServerFault."""
        if progress is not None:
            progress("connecting to the database server")
        try:
            with psycopg.connect(self.url(self._database)) as connection:
                version = connection.info.server_version
        except psycopg.OperationalError as error:
            raise ServerFault(f"the server of {DATABASE_URL_VARIABLE} does not answer: {error}") from error
        if version < MAJOR_MIN * 10_000:
            raise ServerFault(
                f"the server of {DATABASE_URL_VARIABLE} is too old: it must be PostgreSQL {MAJOR_MIN} or newer"
            )

    def stop(self) -> None:
        """Do nothing: the server is not ours."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, database: str, user: str | None = None) -> str:  # noqa: ARG002 -- one role for all, see the class
        """Return the URL with another database in it."""
        return f"postgresql://{self._authority}/{database}{self._question}{self._parameters}"

    def create_database(self, name: str, owner: str) -> None:  # noqa: ARG002 -- one role for all, see the class
        """Make the database ``name`` for the URL's role, unless it exists. Raises ServerFault if it may not."""
        ensure_database(self.url(self._database), name, None)


def server_from_environment(
    data_dir: Path | None = None, environment: Mapping[str, str] = os.environ
) -> DatabaseServer:
    """Return the server to use, not started yet; ``data_dir`` (by default in the data home) is an embedded one's."""
    url = environment.get(DATABASE_URL_VARIABLE, "")
    if url:
        return OutsideServer(url)
    return EmbeddedServer(data_dir or default_data_home() / "postgresql")
