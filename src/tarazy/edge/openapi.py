"""What programs may ask of a program, as OpenAPI 3.1 at ``/openapi.json``: messages, entries, the log, health.

The addresses are listed here and their bodies are taken from the types that read them, so that neither can be described
as something else; a test compares the list with what is served. Pages are for people and stand in no such list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.batch_form import BatchMedia, BatchTold, FileSigned, PositionsAsked
from tarazy.agent.batches import BatchAnswer
from tarazy.edge.entries_api import SIGNATURE_HEADER, PositionsTold
from tarazy.edge.http import PROBLEM_TYPE
from tarazy.protocol.message import Batch, BatchResult, Envelope
from tarazy.protocol.wire import to_json
from tarazy.values.instant import Instant

OPENAPI_VERSION: Final = "3.1.0"
JSON: Final = "application/json"
TEXT: Final = "text/plain"
OCTETS: Final = "application/octet-stream"
SCHEMA_PREFIX: Final = "#/components/schemas/"

Json = Mapping[str, object]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Every 'no' (RFC 9457): ``type`` is stable, ``detail`` says what to do; some kinds have more fields."""

    type: str
    title: str
    status: int
    detail: str


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """That the program is up, and its time."""

    status: str
    now: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One address with one method. ``takes`` and ``gives`` are schemas by media type."""

    method: str
    path: str
    summary: str
    takes: Mapping[str, Json]
    gives: Mapping[str, Json]
    headers: Mapping[str, str]


def _of(body: type[msgspec.Struct]) -> Json:
    return {"$ref": f"{SCHEMA_PREFIX}{body.__name__}"}


def _jws_of(body: type[msgspec.Struct]) -> Json:
    """Return a compact signature (header.payload.signature, EdDSA) whose payload is ``body``."""
    return {"type": "string", "contentMediaType": JSON, "contentEncoding": "base64url", "contentSchema": _of(body)}


def _operation(
    method: str,
    path: str,
    summary: str,
    gives: Mapping[str, Json],
    *,
    takes: Mapping[str, Json] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Operation:
    return Operation(method=method, path=path, summary=summary, takes=takes or {}, gives=gives, headers=headers or {})


_TEXT: Final[Json] = {"type": "string"}
_SIGNED_FILE: Final = "Beside a file: the compact signature of FileSigned. A JSON batch is signed itself."
_SIGNED_QUESTION: Final = "The compact signature of PositionsAsked, so that no address names an account."
BOTH: Final = (
    _operation(
        "post",
        "/v1/messages",
        "Take a batch of signed messages; each is the compact signature of an Envelope, and gets one result, in order.",
        {JSON: _of(BatchResult)},
        takes={JSON: _of(Batch)},
    ),
    _operation("get", "/v1/health", "Say that the program is up, and its time.", {JSON: _of(Health)}),
)
AGENT: Final = (
    *BOTH,
    _operation(
        "post",
        "/v1/entries",
        "Take a signed batch of entries from the bank's own core; the answer says what became of each.",
        {JSON: _of(BatchAnswer)},
        takes={BatchMedia.jose: _jws_of(BatchTold), BatchMedia.csv: _TEXT, BatchMedia.xml: _TEXT},
        headers={SIGNATURE_HEADER: _SIGNED_FILE},
    ),
    _operation(
        "get",
        "/v1/entries/position",
        "Say how far accounts are known, in the order of the question.",
        {JSON: _of(PositionsTold)},
        headers={SIGNATURE_HEADER: _SIGNED_QUESTION},
    ),
)
EXCHANGE: Final = (
    *BOTH,
    _operation(
        "get",
        "/v1/receipts/{event_id}",
        "Return the receipt of one act without its personal part.",
        {JSON: {"type": "object"}},
    ),
    _operation("get", "/v1/receipts/{event_id}/tlog-proof", "Return it as C2SP tlog-proof.", {TEXT: _TEXT}),
    _operation("get", "/v1/receipts/of-notice/{notice_id}", "Lead to the receipt that a notice was served.", {}),
    _operation("get", "/v1/receipts/of-hearing/{hearing_id}", "Lead to the receipt that a holder was asked.", {}),
    _operation("get", "/v1/log/checkpoint", "Return the newest signed head of the log.", {TEXT: _TEXT}),
    _operation("get", "/v1/log/cosigned", "Return the newest head that witnesses have cosigned.", {TEXT: _TEXT}),
    _operation("get", "/v1/log/key", "Return the key that checks the heads.", {TEXT: _TEXT}),
    _operation("get", "/v1/log/tile/{rest}", "Return a tile of the log (C2SP tlog-tiles).", {OCTETS: {}}),
)
BODIES: Final = (
    Batch,
    BatchResult,
    Envelope,
    BatchTold,
    FileSigned,
    PositionsAsked,
    PositionsTold,
    BatchAnswer,
    Health,
    Problem,
)


def document(operations: tuple[Operation, ...], title: str) -> bytes:
    """Return the description of a program; with it go the schemas of every body."""
    paths: dict[str, dict[str, object]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return to_json(
        {
            "openapi": OPENAPI_VERSION,
            "info": {"title": title, "version": version("tarazy"), "license": {"name": "see LICENSE"}},
            "paths": paths,
            "components": {"schemas": _schemas()},
        }
    )


def openapi_routes(operations: tuple[Operation, ...], title: str) -> list[HTTPRouteHandler]:
    """Return the endpoint of the description."""
    text = document(operations, title)

    @get("/openapi.json", sync_to_thread=False, include_in_schema=False)
    def described() -> Response[bytes]:
        """Return the description of what programs may ask."""
        return Response(text, media_type=JSON)

    return [described]


def _described(operation: Operation) -> Json:
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _names_in(operation.path)
    ]
    parameters += [
        {"name": name, "in": "header", "description": what, "schema": {"type": "string"}}
        for name, what in operation.headers.items()
    ]
    problem = {"description": "Why not, and what to do.", "content": {PROBLEM_TYPE: {"schema": _of(Problem)}}}
    said: dict[str, object] = {
        "summary": operation.summary,
        "operationId": f"{operation.method}{operation.path.translate(_AS_ID)}",
        "responses": {"200": {"description": "Done.", "content": _content(operation.gives)}, "default": problem},
    }
    if parameters:
        said["parameters"] = parameters
    if operation.takes:
        said["requestBody"] = {"required": True, "content": _content(operation.takes)}
    return said


_AS_ID: Final = str.maketrans({"/": "_", "{": None, "}": None, "-": "_"})


def _names_in(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _content(schemas: Mapping[str, Json]) -> Json:
    return {str(media): {"schema": schema} for media, schema in schemas.items()}


def _schemas() -> Json:
    _, found = msgspec.json.schema_components(
        BODIES, schema_hook=_instant_schema, ref_template=f"{SCHEMA_PREFIX}{{name}}"
    )
    return found


def _instant_schema(kind: type) -> dict[str, object]:
    if kind is Instant:
        return {"type": "string", "format": "date-time"}
    raise NotImplementedError(kind)
