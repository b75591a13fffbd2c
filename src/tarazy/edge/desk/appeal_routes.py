"""Appeals at the desk: the list with its clocks, one appeal with what the pause rests on, and the bank's decision.

Four outcomes of equal weight, and none is chosen beforehand. Who had a hand in the pause sees why they cannot decide.
"""

from functools import partial

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.appeal_queries import AppealSheet, WayOn, appeal_sheet, appeals_at_desk, way_on_from
from tarazy.agent.appeals import OPEN_STATES, DecideLocalAppeal, decide_local_appeal
from tarazy.domain.appeal import AppealOutcome
from tarazy.domain.rejection import Rejection
from tarazy.edge.bank_app.appeal_words import if_silent
from tarazy.edge.bank_app.appeal_words import way_on as way_words
from tarazy.edge.context import OfficerProfile
from tarazy.edge.desk.appeal_entry import entry_handlers
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.entered import read_sum
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest, read_query
from tarazy.values.ids import AppealId


def appeal_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the list of appeals, the page of one, and the page on which an assistant writes one down."""

    @get("/appeals", sync_to_thread=True)
    def appeals(request: PageRequest) -> Response[str]:
        """Show the bank's appeals, those that must be answered soonest first."""
        officer, pack = desk.signed_in(request), desk.context.pack
        rows = desk.run(lambda tx: appeals_at_desk(tx, pack))
        done = read_query(request).text("done")
        return desk.page(
            request,
            officer,
            "appeals.html",
            title="desk.appeals.title",
            opened=[row for row in rows if row.appeal.state in OPEN_STATES],
            over=[row for row in rows if row.appeal.state not in OPEN_STATES],
            done=done if done in {"decided", "entered", "completed"} else "",
        )

    one = form_page("/appeals/{subject:str}", partial(_page, desk), partial(_decide, desk), status_of=status_of)
    return [appeals, *one, *entry_handlers(desk)]


def _decide(desk: DeskSite, request: PageRequest, appeal_id: str, form: Form) -> Response[str] | Rejection | Unread:
    """Decide the appeal as the officer has chosen; nothing is chosen for them."""
    officer, sheet = desk.signed_in(request), _sheet(desk, AppealId(appeal_id))
    if form.text("outcome") not in AppealOutcome.__members__:
        return Unread("desk.appeal.no_outcome")
    outcome, keep = AppealOutcome(form.text("outcome")), 0
    if outcome is AppealOutcome.measure_narrowed:
        typed = read_sum(form.text("keep"), sheet.row.hold.currency)
        if typed is None:
            return Unread("desk.sum_not_read")
        keep = typed
    if not sheet.row.is_decided_here:
        return Rejection.officer_not_entitled
    command = DecideLocalAppeal(
        appeal_id=AppealId(appeal_id), outcome=outcome, keep_minor=keep, reasons=form.text("reasons")
    )
    setting, by, exchange = desk.setting(), desk.at_desk(officer), desk.context.agent.exchange
    outcome_of = desk.run(lambda tx: decide_local_appeal(tx, command, by, exchange, setting))
    if isinstance(outcome_of, Rejection):
        return outcome_of
    return desk.site.redirect(f"/desk/appeals/{appeal_id}?done=yes")


def _page(desk: DeskSite, request: PageRequest, appeal_id: str, tried: Tried) -> Response[str]:
    """Show the person's words, what the pause rests on, and the ways to decide."""
    officer, reader, sheet = desk.signed_in(request), desk.site.reader(request), _sheet(desk, AppealId(appeal_id))
    forum, way = sheet.forum, _way_on(desk, sheet)
    return desk.form_page(
        request,
        officer,
        "appeal.html",
        tried,
        title="desk.appeal.page",
        sheet=sheet,
        is_open=sheet.row.appeal.state in OPEN_STATES,
        barred=_barred(officer, sheet),
        silence="" if forum is None else if_silent(forum.silence, forum.next_forum, reader),
        outcomes=list(AppealOutcome),
        chosen=tried.typed("outcome"),
        kept=tried.typed("keep"),
        typed=tried.typed("reasons"),
        done=tried.form.text("done") == "yes" and not tried.is_refused,
        way=way_words(way, reader),
        goes_on=way is not None and way.ahead is not None,
    )


def _way_on(desk: DeskSite, sheet: AppealSheet) -> WayOn | None:
    """Return the forum after that of an answered appeal that has not gone on yet; None where there is no such way."""
    appeal, now, pack = sheet.row.appeal, desk.context.clock.now(), desk.context.pack
    way = desk.run(lambda tx: way_on_from(tx, appeal.appeal_id, now, pack))
    return None if way is None or way.ahead is None or sheet.has_gone_on else way


def _barred(officer: OfficerProfile, sheet: AppealSheet) -> tuple[str, ...]:
    """Return the codes of what this officer has done in the pause; empty for one who had no hand in it."""
    hold = sheet.row.hold
    had = {
        "author": hold.terms.author.officer_id,
        "confirmed": hold.confirmed_by,
        "decided": None if hold.decided_by == hold.confirmed_by else hold.decided_by,
    }
    return tuple(f"desk.appeal.barred.{what}" for what, who in had.items() if who == officer.officer_id)


def _sheet(desk: DeskSite, appeal_id: AppealId) -> AppealSheet:
    """Return one appeal. Raises NotThere for an unknown one."""
    now, pack = desk.context.clock.now(), desk.context.pack
    sheet = desk.run(lambda tx: appeal_sheet(tx, appeal_id, now, pack))
    if sheet is None:
        raise NotThere
    return sheet
