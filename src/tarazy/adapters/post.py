"""Carrying batches of signed messages to a peer over HTTP, on one connection that stays open."""

import socket
import ssl
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser

from tarazy.protocol.message import BATCH_BYTES_MAX, Batch, BatchResult, Result
from tarazy.protocol.wire import WireFault, from_json, to_json

ANSWER_SECONDS_MAX: Final = 30.0
ANSWER_BYTES_MAX: Final = 64 * 1024 * 1024
SHORTEST_SECONDS: Final = 0.001
HEAD_BYTES_MAX: Final = 64 * 1024
PIECE_BYTES: Final = 256 * 1024
PORTS: Final = {"http": 80, "https": 443}
assert ANSWER_BYTES_MAX > BATCH_BYTES_MAX


class PeerAway(Exception):
    """The peer cannot be reached, or answers what is no answer. What was sent stays queued and is sent again."""


class MessagePost:
    """One connection to one peer. Not for several threads at once."""

    def __init__(self, url: str) -> None:
        """Take the peer's address, ``http://host:port/path`` or https."""
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or PORTS.get(parts.scheme, 0)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        path = f"{parts.path.rstrip('/')}/v1/messages"
        self._head = f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        self._socket: socket.socket | None = None

    def carry(self, texts: Sequence[str]) -> tuple[Result, ...]:
        """Hand over messages and return their results. Raises PeerAway; sending the same again is always safe."""
        body = to_json(Batch(messages=tuple(texts)))
        try:
            status, data = self._once(body)
        except (HttpParserError, OSError):
            try:  # a connection that was kept may have been given up at the other end
                status, data = self._once(body)
            except (HttpParserError, OSError) as fault:
                raise PeerAway(type(fault).__name__) from fault
        if status != 200:  # noqa: PLR2004 -- OK
            raise PeerAway(f"status {status}")
        try:
            results = from_json(data, BatchResult).results
        except WireFault as fault:
            raise PeerAway(str(fault)) from fault
        if len(results) != len(texts):
            raise PeerAway(f"{len(results)} results for {len(texts)} messages")
        return results

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _once(self, body: bytes) -> tuple[int, bytes]:
        answer = _Answer()
        try:
            connection = self._connected()
            connection.sendall(f"{self._head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            until = time.monotonic() + ANSWER_SECONDS_MAX
            while not answer.is_whole:
                answer.take(connection.recv(PIECE_BYTES))
                connection.settimeout(max(SHORTEST_SECONDS, until - time.monotonic()))
        except BaseException:
            self.close()
            raise
        connection.settimeout(ANSWER_SECONDS_MAX)
        if not answer.is_kept:
            self.close()
        return answer.status, bytes(answer.body)

    def _connected(self) -> socket.socket:
        if self._socket is None:
            made = socket.create_connection((self._host, self._port), ANSWER_SECONDS_MAX)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket = made if self._tls is None else self._tls.wrap_socket(made, server_hostname=self._host)
        return self._socket

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Answer:
    """An answer while it comes. The parser calls the methods whose names begin with ``on``."""

    def __init__(self) -> None:
        self.status = 0
        self.body = bytearray()
        self.is_whole = False
        self.is_kept = False
        self._parser = HttpResponseParser(self)
        self._has_head = False
        self._taken = 0
        self._begun = 0

    def take(self, piece: bytes) -> None:
        """Take what has come. Raises OSError where it ends too soon, PeerAway where it is too long."""
        if not piece:
            raise ConnectionResetError("the answer broke off")
        self._taken += len(piece)
        self._parser.feed_data(piece)
        if len(self.body) > ANSWER_BYTES_MAX or (not self._has_head and self._taken > HEAD_BYTES_MAX):
            raise PeerAway(f"an answer of more than {ANSWER_BYTES_MAX} bytes, or {HEAD_BYTES_MAX} before it begins")

    def on_message_begin(self) -> None:
        self._begun += 1
        self.is_kept = False  # more than one answer to one question: nobody knows to which the next belongs

    def on_headers_complete(self) -> None:
        self._has_head = True

    def on_body(self, piece: bytes) -> None:
        if self._begun == 1:
            self.body += piece

    def on_message_complete(self) -> None:
        if self._begun == 1:
            self.is_whole = True
            self.status = self._parser.get_status_code()
            self.is_kept = self._parser.should_keep_alive()
