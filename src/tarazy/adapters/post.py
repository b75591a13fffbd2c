"""Carrying batches of signed messages to a peer over HTTP, on one connection that stays open."""

from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from tarazy.protocol.message import BATCH_BYTES_MAX, Batch, BatchResult, Result
from tarazy.protocol.wire import WireFault, from_json, to_json

ANSWER_SECONDS_MAX: Final = 30.0
HEADERS: Final = {"Content-Type": "application/json"}
ANSWER_BYTES_MAX: Final = 64 * 1024 * 1024
assert ANSWER_BYTES_MAX > BATCH_BYTES_MAX


class PeerAway(Exception):
    """The peer cannot be reached, or answers what is no answer. What was sent stays queued and is sent again."""


class MessagePost:
    """One connection to one peer. Not for several threads at once."""

    def __init__(self, url: str) -> None:
        """Take the peer's address, ``http://host:port/path`` or https."""
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS_MAX)
        self._path = f"{parts.path.rstrip('/')}/v1/messages"

    def carry(self, texts: Sequence[str]) -> tuple[Result, ...]:
        """Hand over messages and return their results. Raises PeerAway; sending the same again is always safe."""
        body = to_json(Batch(messages=tuple(texts)))
        try:
            status, data = self._once(body)
        except (HTTPException, OSError):
            try:  # a connection that was kept may have been given up at the other end
                status, data = self._once(body)
            except (HTTPException, OSError) as fault:
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
        self._connection.close()

    def _once(self, body: bytes) -> tuple[int, bytes]:
        try:
            self._connection.request("POST", self._path, body=body, headers=HEADERS)
            answer = self._connection.getresponse()
            data = answer.read(ANSWER_BYTES_MAX + 1)
        except BaseException:
            self._connection.close()
            raise
        if len(data) > ANSWER_BYTES_MAX:
            self._connection.close()
            raise PeerAway(f"an answer of more than {ANSWER_BYTES_MAX} bytes")
        return answer.status, data

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
