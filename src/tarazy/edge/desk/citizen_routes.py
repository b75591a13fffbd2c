"""A request that somebody wrote in the portal: what it says, whom to call, and what the officer says became of it.

Nothing here signs a report: that is done on the payment, as for every customer, once it is known who has written.
"""

from functools import partial
from typing import Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.citizen_requests import CITIZEN_REQUESTS, AnswerRequest, ReceivedRequest, answer_citizen_request
from tarazy.agent.queries import ReportRow, reports_signed
from tarazy.agent.requests import Told
from tarazy.app.store import Transaction
from tarazy.domain.notice import code_shown
from tarazy.domain.rejection import Rejection
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.edge.pages.language import LANGUAGE_NAMES
from tarazy.edge.pages.reader import Reader
from tarazy.protocol.citizen_bodies import TELLING, CitizenState, RequestNumber, WhyNoReport
from tarazy.values.ids import ReportId

REPORTS_OFFERED: Final = 20
"""So many of the newest reports can be named as the answer: it was signed a moment ago."""


def citizen_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the page of one request, and the acts on it."""

    def say(request: PageRequest, number: str, form: Form) -> Response[str] | Rejection | Unread:
        """Say what was done; whoever has the number sees the state with the next message."""
        officer, state, why = desk.signed_in(request), form.text("state"), form.text("why")
        if state not in TELLING:
            return Unread("portal.desk.unread")
        is_no = state == CitizenState.not_signed
        command = AnswerRequest(
            number=RequestNumber(number),
            state=CitizenState(state),
            officer_id=officer.officer_id,
            why=WhyNoReport(why) if is_no and why in WhyNoReport.__members__ else None,
            reasons=form.text("reasons") if is_no else "",
            report_id=ReportId(form.text("report")) if state == CitizenState.report_signed else None,
        )
        setting, exchange = desk.setting(), desk.context.agent.exchange
        rejection = desk.run(lambda tx: answer_citizen_request(tx, command, exchange, setting))
        return rejection or desk.site.redirect(f"/desk/citizen-requests/{number}?done=yes")

    return form_page("/citizen-requests/{subject:str}", partial(_page, desk), say, status_of=status_of)


def _page(desk: DeskSite, request: PageRequest, number: str, tried: Tried) -> Response[str]:
    """Show a request as it was written, and the ways to answer it."""
    officer, reader, me = desk.signed_in(request), desk.site.reader(request), desk.setting().me

    def read(tx: Transaction) -> tuple[ReceivedRequest | None, list[ReportRow]]:
        received = tx.get(CITIZEN_REQUESTS, number)
        return received, [] if received is None else reports_signed(tx, me, desk.context.agent.exchange)

    received, rows = desk.run(read)
    if received is None:
        raise NotThere
    standing = [row for row in rows if row.report.withdrawn_at is None][:REPORTS_OFFERED]
    return desk.form_page(
        request,
        officer,
        "citizen_request.html",
        tried,
        title="portal.desk.title",
        received=received,
        number=code_shown(received.number),
        told=[_told_text(code, reader) for code in received.words.told],
        contact=_contact_text(received, reader),
        language=LANGUAGE_NAMES[received.language],
        reports=[(row.report.report_id, _report_text(row, reader)) for row in standing],
        causes=[
            ("", reader.t("desk.report.choose")),
            *((why, reader.t(f"portal.desk.why.{why}")) for why in WhyNoReport),
        ],
        why=tried.typed("why"),
        typed=tried.typed("reasons"),
        done=reader.t("portal.desk.done") if tried.form.text("done") else None,
    )


def _told_text(code: str, reader: Reader) -> str:
    """Return what was ticked; a code that this program does not know is shown as it came."""
    return reader.t(f"app.told.{code}") if code in Told.__members__ else code


def _contact_text(received: ReceivedRequest, reader: Reader) -> str:
    code = f"app.contact.{received.words.contact}"
    said = reader.t(code) if reader.has(code) else received.words.contact
    return f"{said}: {received.words.phone}" if received.words.phone else said


def _report_text(row: ReportRow, reader: Reader) -> str:
    who = row.holder.name if row.holder else row.report.account_id
    return f"{who}, {reader.money(row.report.claim_minor, row.report.currency)}, {reader.brief(row.report.signed_at)}"
