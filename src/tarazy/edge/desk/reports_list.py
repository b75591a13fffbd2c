"""The bank's own reports: what the exchange has said of each, and the way to take one back."""

from functools import partial
from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.desk import withdraw_report
from tarazy.agent.queries import ReportRow, report_signed, reports_signed
from tarazy.agent.report_sent import can_sign_anew
from tarazy.app.messages import Outgoing
from tarazy.domain.rejection import Rejection
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.edge.pages.reader import Reader
from tarazy.protocol.report_bodies import CALL_BACK_CHECKS
from tarazy.values.ids import ReportId

DONE: Final = frozenset({"signed", "withdraw", "refute"})


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

    def withdraw(request: PageRequest, report_id: str, form: Form) -> Response[str] | Rejection | Unread:
        """Take a report back after the call-back, or refute it by a reasoned decision."""
        officer, act = desk.signed_in(request), _act(form)
        if act == "withdraw" and len(_ticked(form)) < len(CALL_BACK_CHECKS):
            return Unread("desk.withdraw.unchecked")
        setting = desk.setting()
        rejection = desk.run(
            lambda tx: withdraw_report(
                tx,
                ReportId(report_id),
                form.text("reasons"),
                desk.at_desk(officer),
                exchange,
                setting,
                is_refuted=act == "refute",
                checks=_ticked(form) if act == "withdraw" else (),
            )
        )
        return rejection or desk.site.redirect(f"/desk/reports/{report_id}?done={act}")

    show = partial(_page, desk)
    return [reports, *form_page("/reports/{subject:str}", show, withdraw, status_of=status_of, sent_to="/withdraw")]


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


def _refusal(row: ReportRow, reader: Reader) -> str | None:
    return None if row.message is None or row.message.refusal is None else refusal_text(row.message, reader)


def _act(form: Form) -> str:
    return "refute" if form.text("how") == "refute" else "withdraw"


def _ticked(form: Form) -> tuple[str, ...]:
    return tuple(check for check in CALL_BACK_CHECKS if form.is_ticked(check))


def _page(desk: DeskSite, request: PageRequest, report_id: str, tried: Tried) -> Response[str]:
    """Show one report and what is known of it, and the forms to take it back."""
    officer, reader, me = desk.signed_in(request), desk.site.reader(request), desk.setting().me
    row = desk.run(lambda tx: report_signed(tx, ReportId(report_id), me, desk.context.agent.exchange))
    if row is None:
        raise NotThere
    done = tried.form.text("done")
    return desk.form_page(
        request,
        officer,
        "report.html",
        tried,
        title="desk.report.page",
        row=row,
        state_of=lambda one: state_of(one, reader),
        refusal=_refusal(row, reader),
        can_sign_anew=can_sign_anew(row.report, row.message),
        checklist=CALL_BACK_CHECKS,
        ticked=_ticked(tried.form) if tried.is_refused else (),
        act=_act(tried.form) if tried.is_refused else "",
        typed=tried.typed("reasons"),
        done=reader.t(f"desk.done.{done}") if done in DONE else None,
    )
