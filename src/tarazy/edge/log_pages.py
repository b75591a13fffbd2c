"""The log as files for outsiders, in the form of C2SP tlog-tiles: below one address, for any monitor to read.

    /v1/log/checkpoint                      the newest signed head
    /v1/log/cosigned                        the newest head that witnesses have cosigned, if the log has any
    /v1/log/tile/LEVEL/NUMBER[.p/WIDTH]     hashes
    /v1/log/tile/entries/NUMBER[.p/WIDTH]   what the log shows of acts: type, time, participant, norms, a commitment
    /v1/log/key                             the key that signs the heads

Tiles never change, so whoever stands between may keep them. Nothing here says anything about a person.
"""

from typing import Final

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.app.log_tiles import entries_file, tile_file
from tarazy.app.sequencing import LogSigner, check_log, log_head
from tarazy.app.store import Store
from tarazy.edge.config import ConfigFault
from tarazy.edge.context import ExchangeContext
from tarazy.edge.http import problem
from tarazy.edge.pages.security import STATIC_HEADERS
from tarazy.log.note import NoteKey, SignatureType
from tarazy.log.refusal import Malformed
from tarazy.log.sequence import LogForked
from tarazy.log.tile import parse_entries_path, parse_tile_path

TILE_HEADERS: Final = {**STATIC_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
HEAD_HEADERS: Final = {**STATIC_HEADERS, "Cache-Control": "no-cache"}


def require_one_history(store: Store, signer: LogSigner) -> None:
    """Let the exchange start only with a log that is whole at its right edge. Raises ConfigFault."""
    try:
        store.run(lambda tx: check_log(tx, signer))
    except LogForked as fault:
        remedy = (
            "nothing is signed until people have looked: compare with what outsiders saved, or restore the database"
        )
        raise ConfigFault(f"the log is not one history: {fault}; {remedy}") from fault


def log_key(context: ExchangeContext) -> NoteKey:
    """Return the key that checkpoints are checked with, in the form that `tarazy verify --key` reads."""
    return NoteKey(context.log_signer.origin, SignatureType.ed25519, context.log_signer.public_key)


def log_routes(context: ExchangeContext) -> list[HTTPRouteHandler]:
    """Return the endpoints of the log's files."""
    origin = context.log_signer.origin

    @get("/v1/log/checkpoint", sync_to_thread=True)
    def checkpoint() -> Response[bytes] | Response[str]:
        """Return the newest signed head of the log."""
        head = context.peer.store.run(lambda tx: log_head(tx, origin))
        if head is None or head.checkpoint is None:
            return problem(404, "log_empty", "No checkpoint yet", "The log signs its first one in a moment: ask again.")
        return Response(head.checkpoint, media_type=MediaType.TEXT, headers=HEAD_HEADERS)

    @get("/v1/log/cosigned", sync_to_thread=True)
    def cosigned() -> Response[bytes] | Response[str]:
        """Return the newest head that witnesses have cosigned, with their signatures."""
        head = context.peer.store.run(lambda tx: log_head(tx, origin))
        if head is None or head.cosigned is None:
            return problem(404, "log_not_cosigned", "No cosigned checkpoint", "No witness has cosigned this log.")
        return Response(head.cosigned, media_type=MediaType.TEXT, headers=HEAD_HEADERS)

    @get("/v1/log/key", sync_to_thread=False)
    def key() -> Response[str]:
        """Return the log's public key."""
        return Response(log_key(context).text() + "\n", media_type=MediaType.TEXT, headers=HEAD_HEADERS)

    @get("/v1/log/tile/{rest:path}", sync_to_thread=True)
    def tile(rest: str) -> Response[bytes]:
        """Return a tile, or a bundle of entries."""
        path = f"tile{rest}"
        is_bundle = path.startswith("tile/entries/")
        try:
            wanted = parse_entries_path(path) if is_bundle else parse_tile_path(path)
        except Malformed as fault:
            return problem(404, "tile_address_unknown", "There is no such file", f"{fault.place}: {fault.reason}.")
        read = entries_file if is_bundle else tile_file
        data = context.peer.store.run(lambda tx: read(tx, origin, wanted))
        if data is None:
            detail = "The signed log does not reach so far. Read its checkpoint: what lies below it can be had."
            return problem(404, "tile_not_signed_yet", "There is no such file yet", detail)
        return Response(data, media_type="application/octet-stream", headers=TILE_HEADERS)

    return [checkpoint, cosigned, key, tile]
