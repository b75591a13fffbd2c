"""A paper of a court or an authority that lets go of held money: entered by one officer, confirmed by another."""

import secrets
from datetime import date
from functools import partial
from typing import Final, NamedTuple

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.answering import is_live
from tarazy.agent.paper import ENDS, NAME_LENGTH_MAX, EnterPaper, confirm_paper, enter_paper, papers_on, papers_waiting
from tarazy.agent.paper_records import RELEASE_PAPERS, ReleasePaper
from tarazy.agent.records import HOLDERS, HOLDS, AgentHold, Holder
from tarazy.app.store import Transaction
from tarazy.domain.rejection import Rejection
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.entered import read_sum
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest, read_form
from tarazy.values.ids import HoldId, PaperId

ID_BYTES: Final = 16
NOTHING: Final = frozenset({"0", "0.00", "0,00"})
"""How one writes that nothing stays held."""


class PaperRow(NamedTuple):
    """A paper that waits for its second reader, its hold, and whose it is."""

    paper: ReleasePaper
    hold: AgentHold
    holder: Holder | None


def paper_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the page of the papers upon a hold, and the confirmation."""

    @post("/papers/{paper_id:str}/confirm", sync_to_thread=True)
    def confirm(request: PageRequest, paper_id: str, body: bytes) -> Response[str]:
        """Confirm a paper as its second reader; what it lets go of is let go at once."""
        officer, form, setting = desk.signed_in(request), read_form(request, body), desk.setting()
        paper = desk.run(lambda tx: tx.get(RELEASE_PAPERS, paper_id))
        if paper is None:
            raise NotThere
        reasons, exchange = form.text("reasons"), desk.context.agent.exchange
        outcome = desk.run(
            lambda tx: confirm_paper(tx, PaperId(paper_id), reasons, desk.at_desk(officer), exchange, setting)
        )
        if isinstance(outcome, Rejection):
            tried = Tried(form=form, rejection=outcome, status=status_of(outcome))
            return _page(desk, request, paper.hold_id, tried)
        return desk.site.redirect(f"/desk/holds/{paper.hold_id}/papers?done=confirmed")

    pages = form_page("/holds/{subject:str}/papers", partial(_page, desk), partial(_enter, desk), status_of=status_of)
    return [*pages, confirm]


def waiting_papers(tx: Transaction) -> list[PaperRow]:
    """Return the papers that wait for a second reader, for the inbox."""
    found = papers_waiting(tx)
    holds = tx.get_many(HOLDS, {(one.hold_id,) for one in found})
    holders = tx.get_many(HOLDERS, {(hold.account_id,) for hold in holds.values()})
    rows = [(one, holds[one.hold_id,]) for one in found]
    return [PaperRow(one, hold, holders.get((hold.account_id,))) for one, hold in rows]


def _page(desk: DeskSite, request: PageRequest, hold_id: str, tried: Tried) -> Response[str]:
    officer, reader = desk.signed_in(request), desk.site.reader(request)
    hold = desk.run(lambda tx: tx.get(HOLDS, hold_id))
    if hold is None:
        raise NotThere
    done = "" if tried.is_refused else tried.form.text("done")
    return desk.form_page(
        request,
        officer,
        "paper.html",
        tried,
        title="paper.desk.title",
        hold=hold,
        holder=desk.run(lambda tx: tx.get(HOLDERS, hold.account_id)),
        papers=desk.run(lambda tx: papers_on(tx, [HoldId(hold_id)])),
        live=is_live(hold, reader.now),
        paper_id=tried.typed("paper_id") or f"pp_{secrets.token_hex(ID_BYTES)}",
        whose=[("", "—"), *((name, reader.t(f"paper.desk.by.{name}")) for name in ENDS)],
        name_length_max=NAME_LENGTH_MAX,
        typed=tried.typed,
        me=officer.officer_id,
        done=done if done in {"entered", "confirmed"} else "",
    )


def _enter(desk: DeskSite, request: PageRequest, hold_id: str, form: Form) -> Response[str] | Rejection | Unread:
    """Enter what stands on a paper, under the officer's signature."""
    officer, setting = desk.signed_in(request), desk.setting()
    hold = desk.run(lambda tx: tx.get(HOLDS, hold_id))
    if hold is None:
        raise NotThere
    typed, day = form.text("keep").strip(), _day(form.text("decided_on"))
    keep = 0 if typed in NOTHING else read_sum(typed, hold.currency)
    if keep is None or day is None:
        return Unread("paper.console.unread")
    command = EnterPaper(
        paper_id=PaperId(form.text("paper_id")[:NAME_LENGTH_MAX]),
        hold_id=hold.hold_id,
        by=form.text("by"),
        forum=form.text("forum"),
        decision_no=form.text("number"),
        decided_on=day,
        keep_minor=keep,
        reasons=form.text("reasons"),
    )
    outcome = desk.run(lambda tx: enter_paper(tx, command, desk.at_desk(officer), setting))
    return (
        outcome if isinstance(outcome, Rejection) else desk.site.redirect(f"/desk/holds/{hold_id}/papers?done=entered")
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
