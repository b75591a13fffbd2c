"""Carrying a batch on one connection: it may end at any moment, and what is no answer is not taken for one."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Final

import pytest

from tarazy.adapters import post
from tarazy.adapters.post import MessagePost, PeerAway
from tarazy.protocol.message import Batch, BatchResult, Result
from tarazy.protocol.wire import from_json, to_json

TEXTS: Final = ["one.a.b", "two.a.b"]
SECONDS_MAX: Final = 20
CUT: Final = b""


def results(*names: str) -> bytes:
    return to_json(BatchResult(results=tuple(Result(message_id=name, status="accepted") for name in names)))


def answer(body: bytes, *, status: str = "200 OK", length: int | None = None, more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body) if length is None else length}\r\n{more}\r\n"
    return head.encode() + body


GOOD: Final = answer(results("one", "two"))


class Peer:
    """A server of one thread that says what it is given, one after another; ``CUT`` ends a connection without a word.

    With ``hangs_up`` it ends each connection after one answer, which it does not announce.
    """

    def __init__(self, said: list[bytes], *, hangs_up: bool = False) -> None:
        self.said = iter(said)
        self.hangs_up = hangs_up
        self.connections = 0
        self.asked: list[tuple[str, Batch]] = []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            self.connections += 1
            connection.settimeout(SECONDS_MAX)
            with connection, connection.makefile("rb") as reading:
                while (line := reading.readline()) and self._answered(connection, reading, line) and not self.hangs_up:
                    pass

    def _answered(self, connection: socket.socket, reading: object, line: bytes) -> bool:
        length = 0
        while (header := reading.readline().strip()) != b"":  # type: ignore[attr-defined]
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        batch = from_json(reading.read(length), Batch)  # type: ignore[attr-defined]
        self.asked.append((line.split()[1].decode(), batch))
        said = next(self.said)
        connection.sendall(said)
        return said != CUT and not said.endswith(b"!")


@contextmanager
def peer(*said: bytes, hangs_up: bool = False) -> Iterator[Peer]:
    server = Peer(list(said), hangs_up=hangs_up)
    thread = Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.listening.shutdown(socket.SHUT_RDWR)
        server.listening.close()
        thread.join(SECONDS_MAX)
        assert not thread.is_alive()


def carried(carrying: MessagePost) -> list[str]:
    return [one.message_id for one in carrying.carry(TEXTS)]


def test_batches_travel_on_one_connection() -> None:
    with peer(GOOD, GOOD, GOOD) as server, MessagePost(server.url) as carrying:
        assert [carried(carrying) for _ in range(3)] == [["one", "two"]] * 3
    assert server.connections == 1
    assert server.asked == [("/v1/messages", Batch(messages=tuple(TEXTS)))] * 3


@pytest.mark.parametrize("path", ["", "/", "/bank-a", "/bank-a/"])
def test_a_peer_may_live_below_a_path(path: str) -> None:
    with peer(GOOD) as server, MessagePost(server.url + path) as carrying:
        carried(carrying)
    assert [asked for asked, _ in server.asked] == [f"{path.rstrip('/')}/v1/messages"]


def test_a_peer_that_gives_up_kept_connections_is_reached_again() -> None:
    with peer(GOOD, GOOD, GOOD, hangs_up=True) as server, MessagePost(server.url) as carrying:
        assert [carried(carrying) for _ in range(3)] == [["one", "two"]] * 3
    assert server.connections == 3


def test_a_connection_that_is_cut_once_is_made_again() -> None:
    with peer(GOOD, CUT, GOOD) as server, MessagePost(server.url) as carrying:
        assert [carried(carrying) for _ in range(2)] == [["one", "two"]] * 2
    assert len({batch.messages for _, batch in server.asked}) == 1


def test_a_peer_that_cuts_every_connection_is_away_and_reached_afterwards() -> None:
    with peer(CUT, CUT, GOOD) as server, MessagePost(server.url) as carrying:
        with pytest.raises(PeerAway):
            carrying.carry(TEXTS)
        assert carried(carrying) == ["one", "two"]


NO_ANSWERS: Final = {
    "no_json": answer(b"{"),
    "not_utf_8": answer(b'{"results": ["\xff"]}'),
    "no_results": answer(b"{}"),
    "null": answer(b"null"),
    "bottomless": answer(b"[" * 100_000),
    "one_too_few": answer(results("one")),
    "one_too_many": answer(results("one", "two", "three")),
    "nothing": answer(b""),
    "store_away": answer(results("one", "two"), status="503 Service Unavailable"),
    "created": answer(results("one", "two"), status="201 Created"),
    "elsewhere": answer(results("one", "two"), status="307 Temporary Redirect", more="Location: http://x/\r\n"),
}


@pytest.mark.parametrize("said", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_what_is_no_answer_says_that_the_peer_is_away(said: bytes) -> None:
    with peer(said, GOOD) as server, MessagePost(server.url) as carrying:
        with pytest.raises(PeerAway):
            carrying.carry(TEXTS)
        assert carried(carrying) == ["one", "two"]
    assert server.connections == 1
    assert len(server.asked) == 2


NO_HTTP: Final = {
    "no_http": b"good day\r\n\r\n!",
    "half_an_answer": answer(results("one", "two")[:20] + b"!", length=500),
    "half_a_head": b"HTTP/1.1 200 OK\r\nContent-!",
    "endless_head": b"HTTP/1.1 200 OK\r\n" + b"x" * 70_000 + b"!",
    "many_heads": b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 20_000 + b"!",
    "one_long_head": b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000 + b"!",
    "no_chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n!",
}


@pytest.mark.parametrize("said", NO_HTTP.values(), ids=NO_HTTP)
def test_a_peer_that_speaks_no_http_is_away_and_reached_afterwards(said: bytes) -> None:
    with peer(said, said, GOOD) as server, MessagePost(server.url) as carrying:
        while len(server.asked) < 2:
            with pytest.raises(PeerAway):
                carrying.carry(TEXTS)
        assert carried(carrying) == ["one", "two"]
    assert server.connections == 3


def test_an_answer_beyond_the_limit_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "ANSWER_BYTES_MAX", len(GOOD))
    large = answer(results("one", "two") + b" " * len(GOOD))
    with peer(large, GOOD) as server, MessagePost(server.url) as carrying:
        with pytest.raises(PeerAway, match="more than"):
            carrying.carry(TEXTS)
        assert carried(carrying) == ["one", "two"]
    assert server.connections == 2


def test_a_second_answer_to_one_question_is_nobodys() -> None:
    with peer(GOOD + answer(results("three", "four")), GOOD) as server, MessagePost(server.url) as carrying:
        assert [carried(carrying) for _ in range(2)] == [["one", "two"]] * 2
    assert server.connections == 2


def test_a_peer_that_says_that_it_hangs_up_is_not_asked_on_that_connection() -> None:
    last = answer(results("one", "two"), more="Connection: close\r\n")
    with peer(last, GOOD) as server, MessagePost(server.url) as carrying:
        assert [carried(carrying) for _ in range(2)] == [["one", "two"]] * 2
    assert server.connections == 2
    assert len(server.asked) == 2


def test_nobody_listens() -> None:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        with MessagePost(f"http://127.0.0.1:{place.getsockname()[1]}") as carrying, pytest.raises(PeerAway):
            carrying.carry(TEXTS)
