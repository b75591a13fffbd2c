"""One address for all: passes requests on to the demonstration's programs, each under its own prefix.

The browser is told the same as by the programs themselves but for one thing: pages of one's own stage may show them in
a frame. A program that is dead is answered for with a page that says so.
"""

from collections.abc import Iterable
from typing import Final, cast

import urllib3
from anyio import to_thread
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from tarazy.edge.stage.scene import Scene

HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "content-length",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that belong to one connection, and those that each connection makes itself."""
FRAME_HEADER: Final = "x-frame-options"
POLICY_HEADER: Final = "content-security-policy"
ANSWER_SECONDS_MAX: Final = 60.0
CONNECTIONS_MAX: Final = 16
BODY_BYTES_MAX: Final = 1024 * 1024
"""As much as the largest form of a page, many times over; messages between programs do not come this way."""
LOCAL_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
AWAY_PATH: Final = "/away"


class OneAddress:
    """The stage's own pages, and every program's pages below ``/NAME/``. Answers on this machine's own names only."""

    def __init__(self, scene: Scene, pages: ASGIApp) -> None:
        self._scene = scene
        self._pages = pages
        self._names = frozenset(name for name in scene.network.programs if name != "cores")
        self._pool = urllib3.PoolManager(maxsize=CONNECTIONS_MAX, retries=False, timeout=ANSWER_SECONDS_MAX)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request: a stranger's name for this machine not at all, a program's path by the program."""
        if str(scope["type"]) != "http":
            await self._pages(scope, receive, send)
            return
        asked = cast("HTTPScope", scope)
        if not is_local(dict(asked["headers"]).get(b"host", b"").decode("latin-1")):
            await ASGIResponse(body=b"unknown host", status_code=421, media_type="text/plain")(scope, receive, send)
            return
        _, name, *rest = asked["raw_path"].decode("latin-1").split("/", 2)
        if name not in self._names:
            await self._pages(scope, receive, send)
            return
        url = f"{self._scene.network.programs[name].url}/{rest[0] if rest else ''}"
        body = await _body(receive)
        try:
            answer = await to_thread.run_sync(self._ask, asked, url, body)
        except urllib3.exceptions.HTTPError:
            away = {**asked, "path": AWAY_PATH, "raw_path": AWAY_PATH.encode(), "method": "GET"}
            await self._pages(cast("HTTPScope", away), receive, _framed(send))
            return
        headers = response_headers(answer.headers.items())
        await ASGIResponse(body=answer.data, status_code=answer.status, headers=headers)(scope, receive, send)

    def _ask(self, asked: HTTPScope, url: str, body: bytes) -> urllib3.BaseHTTPResponse:
        query = asked["query_string"].decode("latin-1")
        told = request_headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in asked["headers"])
        return self._pool.request(
            asked["method"],
            f"{url}?{query}" if query else url,
            body=body or None,
            headers=told,
            redirect=False,
            decode_content=False,
        )


def _framed(send: Send) -> Send:
    """Send an answer of the stage's own as one that the stage may show in a frame."""

    async def send_framed(message: Message) -> None:
        if message["type"] == "http.response.start":
            pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
            told = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response_headers(pairs)]
            message = cast("Message", {**message, "headers": told})
        await send(message)

    return send_framed


def is_local(host: str) -> bool:
    """Whether a Host header names this machine itself: another site's name that leads here is not answered."""
    name = host.removeprefix("[").partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return name in LOCAL_NAMES


async def _body(receive: Receive) -> bytes:
    """Read a request's body, whole. Raises ValueError above the limit or if it breaks off: half a form is no form."""
    chunks, size, is_more = [], 0, True
    while is_more:
        message = await receive()
        if message["type"] != "http.request":
            raise ValueError("the request broke off")
        chunks.append(message["body"])
        size += len(message["body"])
        if size > BODY_BYTES_MAX:
            raise ValueError(f"at most {BODY_BYTES_MAX} bytes are passed on")
        is_more = message["more_body"]
    return b"".join(chunks)


def request_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what a program is told of a request; of cookies with one name the first, whose path is the longest."""
    kept = {name: value for name, value in headers if name.lower() not in HOP_BY_HOP}
    return {name: _first_cookies(value) if name.lower() == "cookie" else value for name, value in kept.items()}


def response_headers(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what the browser is told of an answer; pages of the same origin may frame it."""
    told: list[tuple[str, str]] = []
    for name, value in headers:
        lower = name.lower()
        if lower == FRAME_HEADER:
            told.append((name, "SAMEORIGIN"))
        elif lower == POLICY_HEADER:
            told.append((name, value.replace("frame-ancestors 'none'", "frame-ancestors 'self'")))
        elif lower not in HOP_BY_HOP:
            told.append((name, value))
    return told


def _first_cookies(header: str) -> str:
    first: dict[str, str] = {}
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        first.setdefault(name, value)
    return "; ".join(f"{name}={value}" for name, value in first.items())
