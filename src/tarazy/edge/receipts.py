"""Receipts of acts for everybody: the commitment, the leaf, the proof and the signed head, and nothing about a person.

The personal part is given on the console, where somebody is signed in (`tarazy.edge.console.receipt_pages`).
"""

from typing import Final

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_303_SEE_OTHER

from tarazy.app.queries.receipts import event_of_hearing, event_of_notice
from tarazy.app.sequencing import receipt_of
from tarazy.edge.context import ExchangeContext
from tarazy.edge.http import problem
from tarazy.log.receipt import Receipt
from tarazy.log.tlog_proof import tlog_proof
from tarazy.values.ids import EventId, HearingId, NoticeId

NAME_CHARACTERS_MAX: Final = 40
NO_STORE: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def receipt_routes(context: ExchangeContext) -> list[HTTPRouteHandler]:
    """Return the endpoints of receipts."""
    origin = context.log_signer.origin

    def found(event_id: str) -> Receipt | None:
        return context.peer.store.run(lambda tx: receipt_of(tx, EventId(event_id), origin, with_personal=False))

    @get("/v1/receipts/{event_id:str}", sync_to_thread=True)
    def receipt(event_id: str) -> Response[bytes] | Response[str]:
        """Return the receipt of one act without its personal part."""
        proof = found(event_id)
        return unknown() if proof is None else receipt_file(proof, event_id)

    @get("/v1/receipts/{event_id:str}/tlog-proof", sync_to_thread=True)
    def as_tlog_proof(event_id: str) -> Response[bytes] | Response[str]:
        """Return the same proof as C2SP tlog-proof, for tools that do not know Tarazy."""
        proof = found(event_id)
        if proof is None:
            return unknown()
        return Response(tlog_proof(proof).text(), media_type=MediaType.TEXT, headers=NO_STORE)

    @get("/v1/receipts/of-notice/{notice_id:str}", sync_to_thread=True)
    def of_notice(notice_id: str) -> Response[bytes]:
        """Lead to the receipt that a notice was served; whoever knows its number has the notice."""
        return leading_to(context.peer.store.run(lambda tx: event_of_notice(tx, NoticeId(notice_id))))

    @get("/v1/receipts/of-hearing/{hearing_id:str}", sync_to_thread=True)
    def of_hearing(hearing_id: str) -> Response[bytes]:
        """Lead to the receipt that a holder was told of a hearing."""
        return leading_to(context.peer.store.run(lambda tx: event_of_hearing(tx, HearingId(hearing_id))))

    return [receipt, as_tlog_proof, of_notice, of_hearing]


def leading_to(event_id: EventId | None) -> Response[bytes]:
    """Return the way to the receipt of an act, below this address whatever stands before it."""
    if event_id is None:
        return unknown()
    return Response(b"", status_code=HTTP_303_SEE_OTHER, headers={**NO_STORE, "Location": f"../{event_id}"})


def receipt_file(receipt: Receipt, event_id: str) -> Response[str]:
    """Return a receipt as a file to keep. The proof grows with the log, so it is asked for anew each time."""
    name = "".join(char for char in event_id if char.isascii() and (char.isalnum() or char in "-_"))
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name[:NAME_CHARACTERS_MAX]}.json"'}
    return Response(receipt.text(), media_type=MediaType.JSON, headers=headers)


def unknown() -> Response[bytes]:
    """Say that there is no receipt of this act yet."""
    detail = "No act with this id stands in the log yet. A new one gets its receipt within 5 seconds: ask again."
    return problem(404, "receipt_unknown", "No receipt", detail)
