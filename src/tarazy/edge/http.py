"""The door that both programs open to each other, and the form in which every 'no' leaves by HTTP (RFC 9457)."""

from collections.abc import Mapping
from typing import Final

from litestar import MediaType, Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK

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
    async for chunk in request.stream():
        if len(body) + len(chunk) > bytes_max:
            return None
        body += chunk
    return bytes(body)


def message_routes(receive: Receive, clock: Clock) -> list[HTTPRouteHandler]:
    """Return the endpoint for messages and the one that says that the program is up."""

    @post("/v1/messages", status_code=HTTP_200_OK, media_type=MediaType.JSON, request_max_body_size=None)
    async def take_messages(request: HttpRequest) -> Response[bytes]:
        """Take a batch of signed messages; the answer has one result for each, in order."""
        if content_type_of(request) != MediaType.JSON or is_encoded(request):
            detail = "Send application/json, not compressed."
            return problem(415, "content_type_not_taken", "Only JSON is taken here", detail)
        body = await read_body(request, BATCH_BYTES_MAX)
        if body is None:
            detail = f"Send at most {BATCH_BYTES_MAX} bytes, and the other messages in another batch."
            return problem(413, "batch_too_large", "The batch is too large", detail)
        return await sync_to_thread(_received, receive, body)

    @get("/v1/health", sync_to_thread=False)
    def health() -> dict[str, str]:
        """Say that the program is up, and its time."""
        return {"status": "up", "now": clock.now().text()}

    return [take_messages, health]


def _received(receive: Receive, body: bytes) -> Response[bytes]:
    try:
        batch = from_json(body, Batch)
    except WireFault as fault:
        form = f'Send {{"messages": ["header.payload.signature", …]}} with at most {BATCH_MESSAGES_MAX} messages.'
        return problem(400, "batch_malformed", "The batch cannot be read", f"{fault}. {form}")
    try:
        results = tuple(receive(batch.messages))
    except (StoreAway, Conflict):
        return problem(503, "store_away", "The database is away", "Send the same messages again in a moment.")
    return Response(to_json(BatchResult(results=results)), media_type=MediaType.JSON)


def client_address(request: HttpRequest) -> str:
    """Return where a request comes from, for rate limits."""
    return request.client.host if request.client else ""
