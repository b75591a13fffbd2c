"""A relay between a client and a PostgreSQL server that can lose an answer, as a network does."""

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Final

from psycopg.conninfo import conninfo_to_dict, make_conninfo

BYTES_MAX: Final = 65_536
SOCKET_NAME: Final = ".s.PGSQL.5432"


class Relay:
    """Passes bytes both ways. After `lose_answer_to` it hangs up instead of passing on what answers that request."""

    def __init__(self, server_path: Path, folder: Path) -> None:
        self._server_path = server_path
        self._marker: bytes | None = None
        self.lost = 0
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / SOCKET_NAME))
        self._listening.listen()
        self._thread = Thread(target=self._accept, daemon=True)
        self._thread.start()

    def lose_answer_to(self, marker: bytes) -> None:
        """Lose the answer to the next request that holds ``marker``. The server still carries the request out."""
        self._marker = marker

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._server_path))
            Thread(target=self._pass_on, args=(client, server), daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        loses = False
        with client, server:
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    data = ready.recv(BYTES_MAX)
                    if not data or (loses and ready is server):
                        self.lost += loses
                        return
                    if ready is client and self._marker is not None and self._marker in data:
                        loses, self._marker = True, None
                    (server if ready is client else client).sendall(data)


@contextmanager
def relayed(url: str, folder: Path) -> Iterator[tuple[Relay, str]]:
    """Yield a relay before the server at ``url``, and the URL that goes through it."""
    parts = conninfo_to_dict(url)
    relay = Relay(Path(str(parts["host"])) / f".s.PGSQL.{parts.get('port') or 5432}", folder)
    try:
        yield relay, make_conninfo(url, host=str(folder), port="5432")
    finally:
        relay.close()
