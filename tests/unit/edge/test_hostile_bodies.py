"""What must not hurt either door: bodies without end, JSON without bottom, and messages that are none."""

import asyncio
import json
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.batch_form import BatchMedia
from tarazy.app.store import Store
from tarazy.edge.context import AgentContext
from tarazy.protocol import jws
from tarazy.protocol.message import BATCH_BYTES_MAX, BATCH_MESSAGES_MAX
from tarazy.protocol.wire import to_json
from tests.story_people import keyring
from tests.story_stores import store_for, story_databases
from tests.unit.edge.bank_core import BankCore, app_of, check_document, check_problem, context_of, credit, opened, rows

__all__ = ["store_for", "story_databases"]

MEBIBYTE = 1024 * 1024
HUNDRED_MEGABYTES = 100 * MEBIBYTE


class Asked:
    """One request to an application, whose body is made as it is asked for."""

    def __init__(self, app: Litestar, path: str, headers: dict[str, str], bytes_max: int = 0) -> None:
        self.app = app
        self.path = path
        self.headers = headers
        self.bytes_max = bytes_max
        self.handed_over = 0
        self.status = 0
        self.body = b""
        self.content_type = b""
        self.peak = 0

    def run(self) -> "Asked":
        tracemalloc.start()
        try:
            asyncio.run(self._run())
            self.peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        return self

    async def _run(self) -> None:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in self.headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }
        await self.app(scope, self._receive, self._send)  # type: ignore[arg-type]

    async def _receive(self) -> dict[str, Any]:
        chunk = b"[" * MEBIBYTE
        self.handed_over += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": self.handed_over < HUNDRED_MEGABYTES}

    async def _send(self, event: Any) -> None:
        self.status = event.get("status", self.status)
        self.body += event.get("body", b"")
        self.content_type = dict(event.get("headers", ())).get(b"content-type", self.content_type)


@pytest.fixture
def store(store_for: Callable[[str], Store]) -> Store:
    return store_for("bank-a")


def filled(store: Store) -> AgentContext:
    """Return the program of a bank that keeps something already."""
    context = context_of(store)
    assert BankCore(context).send("b-0000", [opened(opening=50)], [credit(1), credit(3)]).status_code == 200
    return context


def signed_beside() -> str:
    return BankCore(context_of(MemoryStore())).beside("b-0001", b"")


def check_too_large(asked: Asked) -> None:
    """Examine that the sender is told how much may be sent, and what to do with the rest."""
    assert asked.status == 413
    assert asked.content_type == b"application/problem+json"
    check_document(json.loads(asked.body), asked.path, 413, "batch_too_large")
    assert f"at most {asked.bytes_max} bytes" in json.loads(asked.body)["detail"]


DOORS = [
    ("/v1/messages", "application/json", BATCH_BYTES_MAX),
    ("/v1/entries", "application/jose", BatchMedia.jose.bytes_max),
    ("/v1/entries", "text/csv", BatchMedia.csv.bytes_max),
    ("/v1/entries", "application/xml", BatchMedia.xml.bytes_max),
]


@pytest.mark.parametrize(("path", "media", "bytes_max"), DOORS)
def test_a_body_without_end_is_refused_at_the_limit(store: Store, path: str, media: str, bytes_max: int) -> None:
    context = filled(store)
    before = rows(store)
    headers = {"Content-Type": media, "Tarazy-Signature": signed_beside()}
    asked = Asked(app_of(context), path, headers, bytes_max).run()
    check_too_large(asked)
    assert asked.handed_over <= bytes_max + MEBIBYTE
    assert asked.peak < 2 * bytes_max + 8 * MEBIBYTE
    assert rows(store) == before


@pytest.mark.parametrize(("path", "media", "bytes_max"), DOORS)
def test_a_body_announced_too_large_is_not_read_at_all(store: Store, path: str, media: str, bytes_max: int) -> None:
    context = filled(store)
    before = rows(store)
    for announced in (str(bytes_max + 1), str(HUNDRED_MEGABYTES), "9" * 40):
        headers = {"Content-Type": media, "Tarazy-Signature": signed_beside(), "Content-Length": announced}
        asked = Asked(app_of(context), path, headers, bytes_max).run()
        check_too_large(asked)
        assert asked.handed_over == 0
    assert rows(store) == before


@pytest.mark.parametrize("media", ["text/csv", "application/xml"])
def test_a_stranger_cannot_make_the_agent_hold_a_file(store: Store, media: str) -> None:
    context = filled(store)
    before = rows(store)
    stranger = BankCore(context_of(MemoryStore()), key_id="stranger#core").beside("b-0001", b"")
    for headers in ({}, {"Tarazy-Signature": stranger}):
        asked = Asked(app_of(context), "/v1/entries", {"Content-Type": media, **headers}).run()
        assert (asked.status, asked.handed_over) == (403, 0)
        check_document(json.loads(asked.body), "/v1/entries", 403, "signature_refused")
    assert rows(store) == before


@pytest.fixture
def served() -> Iterator[tuple[int, Store]]:
    """The port of a real server on loopback, and its store."""
    store = MemoryStore()
    config = uvicorn.Config(app_of(filled(store)), port=0, log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()[1], store
    server.should_exit = True
    thread.join()
    listening.close()


def answer_of(connection: socket.socket) -> tuple[bytes, dict[str, Any]]:
    """Return the head and the document of an answer that a server gives, read as far as it says."""
    with connection.makefile("rb") as stream:
        lines = list(iter(stream.readline, b"\r\n"))
        length = next(int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:"))
        return b"".join(lines), json.loads(stream.read(length))


@pytest.mark.parametrize("framing", [f"Content-Length: {HUNDRED_MEGABYTES}", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize(("path", "media", "bytes_max"), DOORS)
def test_a_real_server_answers_long_before_a_hundred_megabytes_have_come(
    served: tuple[int, Store], framing: str, path: str, media: str, bytes_max: int
) -> None:
    port, store = served
    before = rows(store)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: agent\r\nContent-Type: {media}\r\n"
        f"Tarazy-Signature: {signed_beside()}\r\n{framing}\r\n\r\n"
    )
    piece = b"[" * MEBIBYTE
    chunk = b"%x\r\n" % len(piece) + piece + b"\r\n" if "chunked" in framing else piece
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head.encode())
        with suppress(ConnectionError):
            for _ in range(bytes_max // MEBIBYTE + 1):
                connection.sendall(chunk)
        answer, document = answer_of(connection)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"application/problem+json" in answer
    check_document(document, path, 413, "batch_too_large")
    assert rows(store) == before


# --- messages


def post(store: Store, body: bytes, media: str = "application/json") -> Any:
    client: TestClient[Litestar] = TestClient(app_of(context_of(store)))
    return client.post("/v1/messages", content=body, headers={"Content-Type": media} if media else {})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"messages": "x"}',
        b'{"messages": [1]}',
        b'{"messages": [null]}',
        b'{"messages": [], "more": 1}',
        b'{"messages": ["\xff"]}',
        b'{"messages": ["\\ud800"]}',
        b"[" * 1_000_000,
        b'{"messages":' * 100_000,
        to_json({"messages": ["x"] * 1_000}),
        to_json({"messages": ["x"] * (BATCH_MESSAGES_MAX + 1)}),
    ],
    ids=range(16),
)
def test_a_batch_that_is_none_changes_nothing(store: Store, body: bytes) -> None:
    before = rows(store)
    check_problem(post(store, body), 400, "batch_malformed")
    assert rows(store) == before


@pytest.mark.parametrize("media", ["", "text/plain", "application/jose", "application/x-www-form-urlencoded"])
def test_messages_come_as_json_only(store: Store, media: str) -> None:
    check_problem(post(store, b'{"messages": []}', media), 415, "content_type_not_taken")


def test_messages_are_posted_and_nothing_else(store: Store) -> None:
    client: TestClient[Litestar] = TestClient(app_of(context_of(store)))
    answer = client.get("/v1/messages")
    check_problem(answer, 405, "method_not_taken")
    assert answer.headers["allow"] == "POST"


def test_messages_that_are_none_are_refused_one_by_one(store: Store) -> None:
    texts = ["", ".", "..", "...", "a.b.c", "x" * 300_000, "é.é.é", "\u0000", "W10.W10.W10", "e30.e30.e30"]
    before = rows(store)
    response = post(store, to_json({"messages": texts}))
    assert response.status_code == 200
    results = response.json()["results"]
    assert [one["status"] for one in results] == ["refused"] * len(texts)
    assert all(one["place"] for one in results)
    assert rows(store) == before


def signed(payload: bytes) -> str:
    ring = keyring("exchange")
    return jws.sign(payload, ring.key_id, ring.signing.signer())


ENVELOPE = '{"message_id":"msg_1","sender":"exchange","recipient":"bank-a","issued_at":"%s","body":%s}'


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "null",
        "[" * 100_000,
        ENVELOPE % ("2026-11-22T05:00:00Z", "null"),
        ENVELOPE % ("2026-11-22T05:00:00Z", '{"kind":"nothing"}'),
        ENVELOPE % ("2026-11-22T05:00:00Z", '{"kind":' * 20_000),
        ENVELOPE % ("yesterday", '{"kind":"follow_order"}'),
        ENVELOPE % ("0001-01-01T00:00:00+14:00", '{"kind":"follow_order"}'),
    ],
    ids=range(8),
)
def test_signed_nonsense_is_refused(store: Store, payload: str) -> None:
    before = rows(store)
    response = post(store, to_json({"messages": [signed(payload.encode())]}))
    assert response.status_code == 200
    assert response.json()["results"][0]["refusal"] == "malformed"
    assert rows(store) == before
