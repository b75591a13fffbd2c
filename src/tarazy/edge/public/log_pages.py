"""The log for people: where it stands, what it proves and what not, and a receipt that anybody can have checked here.

The check is that of ``tarazy verify``. Whoever does not believe this program runs that one on their own machine: the
page says so, since an answer of the exchange about itself proves little.
"""

from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.app.sequencing import log_head
from tarazy.edge.context import ExchangeContext
from tarazy.edge.log_pages import log_key
from tarazy.edge.pages.forms import PageRequest, read_form
from tarazy.edge.pages.site import Site
from tarazy.log.checkpoint import parse_checkpoint
from tarazy.log.note import parse_note
from tarazy.log.receipt import Failure, Verified, verify_receipt
from tarazy.log.receipt_document import RECEIPT_CHARACTERS_MAX

PROVES: Final = ("unaltered", "complete", "same")
NOT_PROVEN: Final = ("true", "lawful", "time", "person")


def log_page_routes(site: Site, context: ExchangeContext) -> list[HTTPRouteHandler]:
    """Return the endpoints of the log's page."""

    @get("/log", sync_to_thread=True)
    def log(request: PageRequest) -> Response[str]:
        """Show the newest signed head and the field for a receipt."""
        return _page(site, context, request, "", None)

    @post("/log", sync_to_thread=True, status_code=HTTP_200_OK)
    def check(request: PageRequest, body: bytes) -> Response[str]:
        """Check a pasted receipt. Nothing of it is kept."""
        pasted = read_form(request, body).text("receipt")
        return _page(site, context, request, pasted, _checked(pasted, context))

    return [log, check]


def _checked(pasted: str, context: ExchangeContext) -> Verified | Failure | None:
    """Return what a receipt proves with the key of this log; None where nothing was pasted."""
    return verify_receipt(pasted[: RECEIPT_CHARACTERS_MAX + 1], [log_key(context)]) if pasted else None


def _page(
    site: Site, context: ExchangeContext, request: PageRequest, pasted: str, answer: Verified | Failure | None
) -> Response[str]:
    head = context.peer.store.run(lambda tx: log_head(tx, context.log_signer.origin))
    signed = None if head is None else head.checkpoint
    participant_id = answer.receipt.leaf.participant_id if isinstance(answer, Verified) else None
    known = None if participant_id is None else context.participants.get(participant_id)
    is_sent = request.method == "POST"
    return site.page(
        request,
        "log.html",
        status=HTTP_200_OK if isinstance(answer, Verified) or not is_sent else HTTP_422_UNPROCESSABLE_ENTITY,
        signed=signed,
        checkpoint=None if signed is None else parse_checkpoint(parse_note(signed).text),
        key=log_key(context).text(),
        proves=PROVES,
        not_proven=NOT_PROVEN,
        pasted=pasted,
        is_empty=is_sent and not pasted,
        proven=answer if isinstance(answer, Verified) else None,
        failure=answer if isinstance(answer, Failure) else None,
        institution=known.name if known else participant_id,
    )
