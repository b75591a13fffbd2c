"""The receipt of one act of a case with its personal part, for those who may read the case."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.app.access import ACCESS_KEY
from tarazy.app.records import EVENTS
from tarazy.app.sequencing import receipt_of
from tarazy.app.store import Transaction
from tarazy.edge.console.office import Office
from tarazy.edge.console.reading import STATEMENTS_READ
from tarazy.edge.receipts import receipt_file, unknown
from tarazy.log.receipt import Receipt
from tarazy.values.ids import EventId


def console_receipt_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoint of a case's receipts."""
    origin = office.context.log_signer.origin

    @get("/cases/{case_id:str}/receipts/{event_id:str}", sync_to_thread=True, opt={ACCESS_KEY: STATEMENTS_READ})
    def receipt(case_id: str, event_id: str) -> Response[bytes] | Response[str]:
        """Return the receipt of an act of this case, with what the log only commits to."""

        def found(tx: Transaction) -> Receipt | None:
            event = tx.get(EVENTS, EventId(event_id))
            if event is None or event.case_id != case_id:
                return None
            return receipt_of(tx, event.event_id, origin, with_personal=True)

        proof = office.read(found)
        return unknown() if proof is None else receipt_file(proof, event_id)

    return [receipt]
