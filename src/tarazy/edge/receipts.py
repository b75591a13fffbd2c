"""Proof for everybody: receipts of acts, and the log's checkpoint."""

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.app.sequencing import log_head, receipt_of
from tarazy.edge.context import ExchangeContext
from tarazy.edge.http import problem
from tarazy.log.note import NoteKey, SignatureType
from tarazy.values.ids import EventId


def log_key(context: ExchangeContext) -> NoteKey:
    """Return the key that checkpoints are checked with, in the form that `tarazy verify --key` reads."""
    return NoteKey(context.log_signer.origin, SignatureType.ed25519, context.log_signer.public_key)


def receipt_routes(context: ExchangeContext) -> list[HTTPRouteHandler]:
    """Return the endpoints of the log."""
    origin = context.log_signer.origin

    @get("/v1/receipts/{event_id:str}", sync_to_thread=True)
    def receipt(event_id: str) -> Response[bytes] | Response[str]:
        """Return the receipt of one act: who has its id has read the act."""
        found = context.peer.store.run(lambda tx: receipt_of(tx, EventId(event_id), origin, with_personal=True))
        if found is None:
            detail = (
                "No act with this id stands in the log yet. A new one gets its receipt within 5 seconds: ask again."
            )
            return problem(404, "receipt_unknown", "No receipt", detail)
        headers = {"Content-Disposition": f'attachment; filename="{event_id[:40]}.json"'}
        return Response(found.text(), media_type=MediaType.JSON, headers=headers)

    @get("/v1/log/checkpoint", sync_to_thread=True)
    def checkpoint() -> Response[bytes] | Response[str]:
        """Return the newest signed head of the log."""
        head = context.peer.store.run(lambda tx: log_head(tx, origin))
        if head is None or head.checkpoint is None:
            return problem(404, "log_empty", "No checkpoint yet", "The log signs its first one in a moment: ask again.")
        return Response(head.checkpoint, media_type=MediaType.TEXT)

    @get("/v1/log/key", sync_to_thread=False)
    def key() -> Response[str]:
        """Return the log's public key."""
        return Response(log_key(context).text() + "\n", media_type=MediaType.TEXT)

    return [receipt, checkpoint, key]
