"""Carrying batches of signed messages to a peer over HTTP, on one connection that stays open."""

from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

import urllib3

from tarazy.protocol.message import BATCH_BYTES_MAX, Batch, BatchResult, Result
from tarazy.protocol.wire import WireFault, from_json, to_json

ANSWER_SECONDS_MAX: Final = 30.0
ANSWER_BYTES_MAX: Final = 64 * 1024 * 1024
assert ANSWER_BYTES_MAX > BATCH_BYTES_MAX


class PeerAway(Exception):
    """The peer cannot be reached, or answers what is no answer. What was sent stays queued and is sent again."""


class MessagePost:
    """One connection to one peer. Not for several threads at once."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/v1/messages"
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=1, retries=False)

    def carry(self, texts: Sequence[str]) -> tuple[Result, ...]:
        """Hand over messages and return their results. Raises PeerAway; sending the same again is always safe."""
        body = to_json(Batch(messages=tuple(texts)))
        try:
            status, data = self._once(body)
        except urllib3.exceptions.HTTPError:
            try:
                status, data = self._once(body)
            except urllib3.exceptions.HTTPError as fault:
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
        self._pool.clear()

    def _once(self, body: bytes) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"}
        answer = self._pool.request(
            "POST", self._url, body=body, headers=headers, timeout=ANSWER_SECONDS_MAX, preload_content=False
        )
        try:
            data = answer.read(ANSWER_BYTES_MAX + 1, decode_content=False)
        finally:
            answer.release_conn()
        if len(data) > ANSWER_BYTES_MAX:
            raise PeerAway(f"an answer of more than {ANSWER_BYTES_MAX} bytes")
        return answer.status, data

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
