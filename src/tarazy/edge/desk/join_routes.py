"""Requests to join the incident of one of the bank's own reports: the list, one request, and the signed decision."""

from dataclasses import dataclass, replace

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.agent.joining import JoinSheet, SayJoin, asked_join, asked_joins, say_join
from tarazy.domain.rejection import Rejection
from tarazy.edge.context import OfficerProfile
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.forms import PageRequest, read_form, read_query
from tarazy.edge.pages.reader import Reader
from tarazy.values.ids import ReportId


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What an officer tried with a request, and what came of it."""

    decision: str = ""
    typed: str = ""
    rejection: Rejection | None = None
    fault: str | None = None


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

    @get("/joins/{report_id:str}", sync_to_thread=True)
    def join(request: PageRequest, report_id: str) -> Response[str]:
        """Show both reports as far as this bank knows them."""
        return _page(desk, request, desk.signed_in(request), ReportId(report_id), Tried())

    @post("/joins/{report_id:str}", sync_to_thread=True)
    def decide(request: PageRequest, report_id: str, body: bytes) -> Response[str]:
        """Sign the decision; the exchange gets it with the next message."""
        officer, form = desk.signed_in(request), read_form(request, body)
        tried = Tried(decision=form.text("decision"), typed=form.text("reasons"))
        if tried.decision not in {"accept", "refuse"}:
            fault = desk.site.reader(request).t("desk.joins.no_decision")
            tried = replace(tried, fault=fault)
            status = HTTP_422_UNPROCESSABLE_ENTITY
            return _page(desk, request, officer, ReportId(report_id), tried, status=status)
        command = SayJoin(report_id=ReportId(report_id), is_accepted=tried.decision == "accept", reasons=tried.typed)
        setting = desk.setting()
        rejection = desk.run(lambda tx: say_join(tx, command, desk.at_desk(officer), exchange, setting))
        if rejection is not None:
            tried = replace(tried, rejection=rejection)
            return _page(desk, request, officer, ReportId(report_id), tried, status=status_of(rejection))
        return desk.site.redirect(f"/desk/joins/{report_id}?done=yes")

    return [joins, join, decide]


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


def _page(
    desk: DeskSite,
    request: PageRequest,
    officer: OfficerProfile,
    report_id: ReportId,
    tried: Tried,
    *,
    status: int = HTTP_200_OK,
) -> Response[str]:
    reader, me = desk.site.reader(request), desk.setting().me
    sheet = desk.run(lambda tx: asked_join(tx, report_id, me, desk.context.agent.exchange))
    if sheet is None:
        raise NotThere
    is_own = sheet.asking is not None and sheet.asking.report.officer_id == officer.officer_id
    return desk.page(
        request,
        officer,
        "join.html",
        title="desk.joins.page",
        status=status,
        sheet=sheet,
        is_own=is_own,
        state=state_of(sheet, reader),
        refusal=_refusal_text(sheet, reader),
        fact_text=lambda fact: _fact_text(fact, reader),
        offence_title=lambda offence_id: offence_title(desk, offence_id, reader),
        typed=tried.typed,
        rejection=tried.rejection,
        fault=tried.fault,
        done=reader.t("desk.done.join") if read_query(request).text("done") else None,
    )
