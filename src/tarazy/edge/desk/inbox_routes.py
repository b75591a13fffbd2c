"""The inbox: customers' requests first, then the holds, most money for the least time first."""

from hashlib import sha256
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK

from tarazy.agent.appeal_queries import AppealRow, appeals_mark, appeals_to_decide
from tarazy.agent.citizen_requests import citizen_requests_mark, open_citizen_requests
from tarazy.agent.joining import joins_waiting
from tarazy.agent.notice_owed import owed_notices
from tarazy.agent.pause_appeals import open_pause_appeals
from tarazy.agent.queries import HoldRow, inbox_holds, inbox_mark
from tarazy.agent.records import HOLDERS, HOLDS, AgentHold, Holder
from tarazy.agent.requests import CustomerRequest, open_requests
from tarazy.app.access import ACCESS_KEY
from tarazy.app.store import Transaction
from tarazy.edge.desk.access import DESK_READ
from tarazy.edge.desk.citizen_routes import citizen_handlers
from tarazy.edge.desk.desk_site import DeskSite
from tarazy.edge.desk.hearing_routes import waiting_hearings
from tarazy.edge.desk.paper_routes import waiting_papers
from tarazy.edge.pages.forms import PageRequest, read_form, read_query
from tarazy.edge.pages.reader import Reader
from tarazy.values.ids import HoldId
from tarazy.values.instant import Instant

DONE: Final = frozenset({"confirm", "narrow", "release", "decline"})
MARK_DIGITS: Final = 16


def inbox_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the inbox and the piece of it that asks whether anything is new."""

    @get("/inbox", sync_to_thread=True)
    def inbox(request: PageRequest) -> Response[str]:
        """Show what waits for an officer."""
        return _inbox(desk, request, "")

    @post("/inbox", sync_to_thread=True, status_code=HTTP_200_OK, opt={ACCESS_KEY: DESK_READ})
    def find(request: PageRequest, body: bytes) -> Response[str]:
        """Show what of it somebody looks for. A person's name stands in no address."""
        return _inbox(desk, request, read_form(request, body).text("q"))

    @get("/", sync_to_thread=False)
    def to_inbox() -> Response[str]:
        """Lead to the inbox."""
        return desk.site.redirect("/desk/inbox")

    @get("/news", sync_to_thread=True)
    def news(request: PageRequest) -> Response[str]:
        """Say whether the inbox has changed since the page was made."""
        desk.signed_in(request)
        now = desk.context.clock.now()
        mark = desk.run(lambda tx: f"{inbox_mark(tx, now)} {joins_waiting(tx)} {_written(tx)}")
        if _digest(mark) == read_query(request).text("known"):
            return desk.site.unchanged()
        return desk.site.page(request, "news.html")

    return [to_inbox, inbox, find, news, *citizen_handlers(desk)]


def _inbox(desk: DeskSite, request: PageRequest, words: str) -> Response[str]:
    officer = desk.signed_in(request)
    query, reader = read_query(request), desk.site.reader(request)
    rows, requests, mark, done = desk.run(lambda tx: _read(tx, HoldId(query.text("hold")), reader.now))
    joins, citizens, written = desk.run(lambda tx: (joins_waiting(tx), open_citizen_requests(tx), _written(tx)))
    appeals: list[AppealRow] = desk.run(lambda tx: appeals_to_decide(tx, desk.context.pack))
    owed = desk.run(lambda tx: owed_notices(tx, desk.context.pack, reader.now))
    awaiting = [row for row in rows if row.awaits_confirmation]
    return desk.page(
        request,
        officer,
        "inbox.html",
        title="desk.inbox.title",
        rows=[row for row in rows if _matches(words, row.holder, row.hold.account_id)],
        requests=[pair for pair in requests if _matches(words, pair[1], pair[0].account_id)],
        joins=joins,
        overdue=[one for one in owed if one.is_overdue],
        pause_appeals=desk.run(open_pause_appeals),
        appeals=[row for row in appeals if _matches(words, row.holder, row.appeal.account_id)],
        citizens=[one for one in citizens if _fits(words, f"{one.words.name} {one.number}")],
        hearings=[one for one in desk.run(waiting_hearings) if _matches(words, one.holder, one.hearing.account_id)],
        papers=[one for one in desk.run(waiting_papers) if _matches(words, one.holder, one.hold.account_id)],
        awaiting=len(awaiting),
        at_risk=_sums(awaiting, reader),
        done=_done(query.text("done"), done, reader),
        known=_digest(f"{mark} {joins} {written}"),
        q=words,
    )


Decided = tuple[AgentHold, Holder | None] | None


def _read(
    tx: Transaction, hold_id: HoldId, now: Instant
) -> tuple[list[HoldRow], list[tuple[CustomerRequest, Holder | None]], str, Decided]:
    requests = open_requests(tx)
    holders = tx.get_many(HOLDERS, {(request.account_id,) for request in requests})
    hold = tx.get(HOLDS, hold_id)
    decided = None if hold is None else (hold, tx.get(HOLDERS, hold.account_id))
    asked = [(request, holders.get((request.account_id,))) for request in requests]
    return inbox_holds(tx, now), asked, inbox_mark(tx, now), decided


def _written(tx: Transaction) -> str:
    """Return a text that changes when somebody has written to the bank, was asked or answered, or a paper waits."""
    pauses = " ".join(one.appeal_id for one in open_pause_appeals(tx))
    heard = " ".join(f"{one.hearing.hearing_id}:{one.hearing.state}" for one in waiting_hearings(tx))
    papers = " ".join(one.paper.paper_id for one in waiting_papers(tx))
    return f"{citizen_requests_mark(tx)} {appeals_mark(tx)} {pauses} {heard} {papers}"


def _matches(words: str, holder: Holder | None, account_id: str) -> bool:
    return _fits(words, f"{holder.name if holder else ''} {account_id}")


def _fits(words: str, text: str) -> bool:
    return all(word in text.casefold() for word in words.casefold().split())


def _sums(rows: list[HoldRow], reader: Reader) -> str:
    """Return the money that waits, each currency by itself."""
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.hold.currency] = sums.get(row.hold.currency, 0) + row.at_risk_minor
    return " + ".join(reader.money(minor, currency) for currency, minor in sorted(sums.items()))


def _done(what: str, decided: Decided, reader: Reader) -> str | None:
    if what == "decline":
        return reader.t("desk.done.decline")
    if what not in DONE or decided is None:
        return None
    hold, holder = decided
    return reader.t(
        f"desk.done.{what}",
        name=holder.name if holder else hold.account_id,
        sum=reader.money(hold.claim_minor if what == "narrow" else hold.held_minor, hold.currency),
        until=reader.brief(hold.expires_at_most),
    )


def _digest(mark: str) -> str:
    return sha256(mark.encode()).hexdigest()[:MARK_DIGITS]
