"""The bank's own reports: what the exchange has said of each, and the way to take one back."""

from dataclasses import dataclass
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.agent.desk import withdraw_report
from tarazy.agent.queries import ReportRow, report_signed, reports_signed
from tarazy.app.messages import Outgoing
from tarazy.domain.rejection import Rejection
from tarazy.edge.context import OfficerProfile
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.forms import PageRequest, read_form, read_query
from tarazy.edge.pages.reader import Reader
from tarazy.values.ids import ReportId

CHECKLIST: Final = ("called_on_record", "alone", "own_words", "knows_the_end")
"""What a call-back must have shown before a report is withdrawn: nobody stood behind the customer."""
DONE: Final = frozenset({"signed", "withdraw", "refute"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What an officer tried with a report, and what came of it."""

    act: str = ""
    typed: str = ""
    ticked: frozenset[str] = frozenset()
    rejection: Rejection | None = None
    fault: str | None = None


def reports_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the list of reports, one report, and its withdrawal."""
    exchange = desk.context.agent.exchange

    @get("/reports", sync_to_thread=True)
    def reports(request: PageRequest) -> Response[str]:
        """Show the bank's reports, newest first."""
        officer, reader = desk.signed_in(request), desk.site.reader(request)
        me = desk.setting().me
        rows = desk.run(lambda tx: reports_signed(tx, me, exchange))
        return desk.page(
            request,
            officer,
            "reports.html",
            title="desk.reports.title",
            rows=rows,
            state_of=lambda row: state_of(row, reader),
        )

    @get("/reports/{report_id:str}", sync_to_thread=True)
    def report(request: PageRequest, report_id: str) -> Response[str]:
        """Show one report and what is known of it."""
        officer = desk.signed_in(request)
        return _page(desk, request, officer, ReportId(report_id), Tried())

    @post("/reports/{report_id:str}/withdraw", sync_to_thread=True)
    def withdraw(request: PageRequest, report_id: str, body: bytes) -> Response[str]:
        """Take a report back after the call-back, or refute it by a reasoned decision."""
        officer, form = desk.signed_in(request), read_form(request, body)
        is_refuted = form.text("how") == "refute"
        ticked = frozenset(check for check in CHECKLIST if form.is_ticked(check))
        tried = Tried(act="refute" if is_refuted else "withdraw", typed=form.text("reasons"), ticked=ticked)
        if not is_refuted and len(ticked) < len(CHECKLIST):
            return _again(desk, request, officer, ReportId(report_id), tried, None)
        setting = desk.setting()
        rejection = desk.run(
            lambda tx: withdraw_report(
                tx,
                ReportId(report_id),
                tried.typed,
                desk.at_desk(officer),
                exchange,
                setting,
                is_refuted=is_refuted,
            )
        )
        if rejection is not None:
            return _again(desk, request, officer, ReportId(report_id), tried, rejection)
        return desk.site.redirect(f"/desk/reports/{report_id}?done={tried.act}")

    return [reports, report, withdraw]


def state_of(row: ReportRow, reader: Reader) -> str:
    """Return in words what is known of a report at this bank."""
    if row.report.withdrawn_at is not None:
        return reader.t("desk.state.withdrawn")
    if row.message is None or row.message.done_at is None:
        return reader.t("desk.state.waiting")
    if row.message.refusal is not None:
        return reader.t("desk.state.refused")
    return reader.t("desk.state.taken", at=reader.brief(row.message.done_at))


def refusal_text(message: Outgoing, reader: Reader) -> str:
    """Return why the exchange did not take a report; a refusal of the message itself is told by its name."""
    code = f"desk.rejection.{message.refusal}"
    return reader.t(code) if reader.has(code) else reader.t("desk.report.refused_message", refusal=str(message.refusal))


def _again(
    desk: DeskSite,
    request: PageRequest,
    officer: OfficerProfile,
    report_id: ReportId,
    tried: Tried,
    rejection: Rejection | None,
) -> Response[str]:
    if rejection is Rejection.report_unknown:
        raise NotThere
    fault = None if rejection else desk.site.reader(request).t("desk.withdraw.unchecked")
    shown = Tried(act=tried.act, typed=tried.typed, ticked=tried.ticked, rejection=rejection, fault=fault)
    status = status_of(rejection) if rejection else HTTP_422_UNPROCESSABLE_ENTITY
    return _page(desk, request, officer, report_id, shown, status=status)


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
    row = desk.run(lambda tx: report_signed(tx, report_id, me, desk.context.agent.exchange))
    if row is None:
        raise NotThere
    done = read_query(request).text("done")
    return desk.page(
        request,
        officer,
        "report.html",
        title="desk.report.page",
        status=status,
        row=row,
        state_of=lambda one: state_of(one, reader),
        refusal_text=lambda message: refusal_text(message, reader),
        checklist=CHECKLIST,
        ticked=tried.ticked,
        act=tried.act,
        typed=tried.typed,
        rejection=tried.rejection,
        fault=tried.fault,
        done=reader.t(f"desk.done.{done}") if done in DONE else None,
    )
