"""The letter of a notice, to be printed for whoever stands at the desk, and for whoever represents a child."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.edge.desk.desk_site import DeskSite
from tarazy.edge.letters import LETTER, as_file, letter_of, receipt_for, told_under
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
        told = desk.run(lambda tx: told_under(tx, notice_id))
        if told is None:
            raise NotThere
        receipt = receipt_for(told, desk.context)
        written = desk.run(lambda tx: letter_of(tx, told, desk.context, receipt))
        if written is None:
            raise NotThere
        return as_file(written, notice_id)

    return [letter]
