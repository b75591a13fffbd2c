"""The door that both programs open to each other, and the form in which every 'no' leaves by HTTP (RFC 9457)."""

import asyncio
from collections.abc import Mapping
from typing import Final

from litestar import MediaType, Request, Response, asgi, get
from litestar.datastructures import State
from litestar.exceptions import InternalServerException
from litestar.handlers import ASGIRouteHandler, HTTPRouteHandler
from litestar.types import Receive as ReceivePart
from litestar.types import Scope, Send

from tarazy.adapters.clock import Clock
from tarazy.app.store import Conflict, StoreAway
from tarazy.edge.door import Receive
from tarazy.protocol.message import BATCH_BYTES_MAX, BATCH_MESSAGES_MAX, Batch, BatchResult
from tarazy.protocol.wire import WireFault, from_json, to_json

PROBLEM_BASE: Final = "urn:tarazy:problem:"
PROBLEM_TYPE: Final = "application/problem+json"

HttpRequest = Request[object, object, State]


def problem(
    status: int, code: str, title: str, detail: str, more: Mapping[str, object] | None = None
) -> Response[bytes]:
    """Return a problem document: a stable type, what is wrong and where, and what to do; ``more`` extends it."""
    body = {"type": f"{PROBLEM_BASE}{code}", "title": title, "status": status, "detail": detail, **(more or {})}
    return Response(to_json(body), status_code=status, media_type=PROBLEM_TYPE)


def content_type_of(request: HttpRequest) -> str:
    """Return the media type of a request's body without its parameters, in small letters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_encoded(request: HttpRequest) -> bool:
    """Return whether the body travels compressed. It is never unpacked: a small body could become a huge one."""
    return request.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}


async def read_body(request: HttpRequest, bytes_max: int) -> bytes | None:
    """Return the body, or None as soon as it is announced or found to be larger: no more than that is ever held."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > bytes_max:
        return None
    body = bytearray()
    while True:
        event = await request.receive()
        if event["type"] != "http.request":
            raise InternalServerException("the request broke off")  # nobody is there to be answered
        body += event["body"]
        if len(body) > bytes_max:
            return None
        if not event.get("more_body", False):
            return bytes(body)


def message_routes(let_in: Receive, clock: Clock) -> list[ASGIRouteHandler | HTTPRouteHandler]:
    """Return the endpoint for messages and the one that says that the program is up.

    Messages are most of a program's traffic and need little of the framework: their requests are taken as they come.
    """

    @asgi("/v1/messages", copy_scope=False)
    async def take_messages(scope: Scope, receive: ReceivePart, send: Send) -> None:
        """Take a batch of signed messages; the answer has one result for each, in order."""
        request: HttpRequest = Request(scope, receive, send)
        await _send(await _answered(request, let_in), send)

    @get("/v1/health", sync_to_thread=False)
    def health() -> dict[str, str]:
        """Say that the program is up, and its time."""
        return {"status": "up", "now": clock.now().text()}

    return [take_messages, health]


async def _answered(request: HttpRequest, let_in: Receive) -> Response[bytes]:
    if request.method != "POST":
        answer = problem(405, "method_not_taken", "Not with this method", "Send your messages with POST.")
        answer.headers["Allow"] = "POST"
        return answer
    if content_type_of(request) != MediaType.JSON or is_encoded(request):
        return problem(
            415, "content_type_not_taken", "Only JSON is taken here", "Send application/json, not compressed."
        )
    body = await read_body(request, BATCH_BYTES_MAX)
    if body is None:
        detail = f"Send at most {BATCH_BYTES_MAX} bytes, and the other messages in another batch."
        return problem(413, "batch_too_large", "The batch is too large", detail)
    return await asyncio.get_running_loop().run_in_executor(None, _received, let_in, body)


async def _send(answer: Response[bytes], send: Send) -> None:
    headers = {"Content-Type": str(answer.media_type), "Content-Length": str(len(answer.content)), **answer.headers}
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status_code or 200, "headers": encoded})
    await send({"type": "http.response.body", "body": answer.content, "more_body": False})


def _received(let_in: Receive, body: bytes) -> Response[bytes]:
    try:
        batch = from_json(body, Batch)
    except WireFault as fault:
        form = f'Send {{"messages": ["header.payload.signature", …]}} with at most {BATCH_MESSAGES_MAX} messages.'
        return problem(400, "batch_malformed", "The batch cannot be read", f"{fault}. {form}")
    try:
        results = tuple(let_in(batch.messages))
    except (StoreAway, Conflict):
        return problem(503, "store_away", "The database is away", "Send the same messages again in a moment.")
    return Response(to_json(BatchResult(results=results)), media_type=MediaType.JSON.value)


def client_address(request: HttpRequest) -> str:
    """Return where a request comes from, for rate limits."""
    return request.client.host if request.client else ""
