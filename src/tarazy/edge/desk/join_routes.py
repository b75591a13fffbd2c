"""Requests to join the incident of one of the bank's own reports: the list, one request, and the signed decision."""

from functools import partial

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.joining import JoinSheet, SayJoin, asked_join, asked_joins, say_join
from tarazy.domain.rejection import Rejection
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.edge.pages.reader import Reader
from tarazy.values.ids import ReportId


def join_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the list of requests, one request, and the decision upon it."""
    exchange = desk.context.agent.exchange

    @get("/joins", sync_to_thread=True)
    def joins(request: PageRequest) -> Response[str]:
        """Show the requests: those that wait first."""
        officer, reader, me = desk.signed_in(request), desk.site.reader(request), desk.setting().me
        sheets = desk.run(lambda tx: asked_joins(tx, me, exchange))
        return desk.page(
            request,
            officer,
            "joins.html",
            title="desk.joins.title",
            sheets=sheets,
            state_of=lambda sheet: state_of(sheet, reader),
        )

    def decide(request: PageRequest, report_id: str, form: Form) -> Response[str] | Rejection | Unread:
        """Sign the decision; the exchange gets it with the next message."""
        officer, decision = desk.signed_in(request), form.text("decision")
        if decision not in {"accept", "refuse"}:
            return Unread("desk.joins.no_decision")
        reasons = form.text("reasons")
        command = SayJoin(report_id=ReportId(report_id), is_accepted=decision == "accept", reasons=reasons)
        setting = desk.setting()
        rejection = desk.run(lambda tx: say_join(tx, command, desk.at_desk(officer), exchange, setting))
        return rejection or desk.site.redirect(f"/desk/joins/{report_id}?done=yes")

    return [joins, *form_page("/joins/{subject:str}", partial(_page, desk), decide, status_of=status_of)]


def state_of(sheet: JoinSheet, reader: Reader) -> str:
    """Return in words how a request stands, as far as this bank knows."""
    if sheet.join.state != "waiting":
        return reader.t(f"desk.joins.state.{sheet.join.state}")
    if sheet.sent is not None and sheet.sent.refusal is not None:
        return reader.t("desk.joins.state.not_taken")
    if sheet.sent is not None:
        return reader.t("desk.joins.state.on_its_way")
    return reader.t("desk.joins.state.first_ended" if sheet.first_has_ended else "desk.joins.state.waiting")


def offence_title(desk: DeskSite, offence_id: str, reader: Reader) -> str:
    """Return what an offence is called; one that the pack does not have, by its id."""
    offence = desk.context.pack.data.offences.get(offence_id)
    return offence_id if offence is None else reader.t(offence.title_code)


def _fact_text(fact: str, reader: Reader) -> str:
    code = f"desk.fact.{fact}"
    return reader.t(code) if reader.has(code) else fact


def _refusal_text(sheet: JoinSheet, reader: Reader) -> str | None:
    if sheet.sent is None or sheet.sent.refusal is None:
        return None
    code = f"desk.rejection.{sheet.sent.refusal}"
    return reader.t(code) if reader.has(code) else sheet.sent.refusal


def _page(desk: DeskSite, request: PageRequest, report_id: str, tried: Tried) -> Response[str]:
    """Show both reports as far as this bank knows them, and the form of the decision."""
    officer, reader, me = desk.signed_in(request), desk.site.reader(request), desk.setting().me
    sheet = desk.run(lambda tx: asked_join(tx, ReportId(report_id), me, desk.context.agent.exchange))
    if sheet is None:
        raise NotThere
    is_own = sheet.asking is not None and sheet.asking.report.officer_id == officer.officer_id
    return desk.form_page(
        request,
        officer,
        "join.html",
        tried,
        title="desk.joins.page",
        sheet=sheet,
        is_own=is_own,
        state=state_of(sheet, reader),
        refusal=_refusal_text(sheet, reader),
        fact_text=lambda fact: _fact_text(fact, reader),
        offence_title=lambda offence_id: offence_title(desk, offence_id, reader),
        typed=tried.typed("reasons"),
        done=reader.t("desk.done.join") if tried.form.text("done") else None,
    )
