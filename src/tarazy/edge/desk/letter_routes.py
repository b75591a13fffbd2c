"""The letter of a notice, to be printed for whoever stands at the desk, and for whoever represents a child."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.app.store import Transaction
from tarazy.edge.desk.desk_site import DeskSite
from tarazy.edge.documents.model import Document
from tarazy.edge.letters import LETTER, as_file, letter_of, told_under
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.forms import PageRequest
from tarazy.values.ids import NoticeId


def letter_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the endpoint of the letters."""

    @get("/notices/{notice_file:str}", sync_to_thread=True)
    def letter(request: PageRequest, notice_file: str) -> Response[bytes]:
        """Give any notice of this bank that can be had as a letter, as a PDF."""
        desk.signed_in(request)
        notice_id = NoticeId(notice_file.removesuffix(LETTER))
        if notice_id == notice_file:
            raise NotThere
        return as_file(desk.run(lambda tx: _written(tx, desk, notice_id)), notice_id)

    return [letter]


def _written(tx: Transaction, desk: DeskSite, notice_id: NoticeId) -> Document:
    told = told_under(tx, notice_id)
    written = None if told is None else letter_of(tx, told, desk.context)
    if written is None:
        raise NotThere
    return written
