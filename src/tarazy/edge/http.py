"""The door that both programs open to each other, and the form in which every 'no' leaves by HTTP (RFC 9457)."""

from typing import Final

from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK

from tarazy.adapters.clock import Clock
from tarazy.app.peer import Peer
from tarazy.app.store import StoreAway
from tarazy.protocol.message import BATCH_BYTES_MAX, Batch, BatchResult
from tarazy.protocol.wire import WireFault, from_json, to_json

PROBLEM_BASE: Final = "urn:tarazy:problem:"
PROBLEM_TYPE: Final = "application/problem+json"


def problem(status: int, code: str, title: str, detail: str) -> Response[bytes]:
    """Return a problem document: a stable type, what is wrong and where, and what to do."""
    body = {"type": f"{PROBLEM_BASE}{code}", "title": title, "status": status, "detail": detail}
    return Response(to_json(body), status_code=status, media_type=PROBLEM_TYPE)


def message_routes(peer: Peer, clock: Clock) -> list[HTTPRouteHandler]:
    """Return the endpoint for messages and the one that says that the program is up."""

    @post("/v1/messages", status_code=HTTP_200_OK, sync_to_thread=True, media_type=MediaType.JSON)
    def take_messages(body: bytes) -> Response[bytes]:
        """Take a batch of signed messages; the answer has one result for each, in order."""
        if len(body) > BATCH_BYTES_MAX:
            return problem(413, "batch_too_large", "The batch is too large", f"Send at most {BATCH_BYTES_MAX} bytes.")
        try:
            batch = from_json(body, Batch)
        except WireFault as fault:
            detail = f'{fault}. Send {{"messages": ["header.payload.signature", …]}}.'
            return problem(400, "batch_malformed", "The batch cannot be read", detail)
        try:
            results = peer.receive(batch.messages, clock.now())
        except StoreAway:
            return problem(503, "store_away", "The database is away", "Send the same messages again in a moment.")
        return Response(to_json(BatchResult(results=results)), media_type=MediaType.JSON)

    @get("/v1/health", sync_to_thread=False)
    def health() -> dict[str, str]:
        """Say that the program is up, and its time."""
        return {"status": "up", "now": clock.now().text()}

    return [take_messages, health]


def client_address(request: Request[object, object, State]) -> str:
    """Return where a request comes from, for rate limits."""
    return request.client.host if request.client else ""
