"""What the bank has told a person about their money, and what the person can answer."""

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.answering import is_live
from tarazy.agent.appeal_queries import appeals_shown
from tarazy.agent.as_told import told_hold
from tarazy.agent.consent import offer_of
from tarazy.agent.hearing_notices import hearing_notices_for
from tarazy.agent.hearing_records import HearingNotice
from tarazy.agent.pause_notices import PauseNotice, pause_notices_for
from tarazy.agent.queries import notices_for
from tarazy.agent.records import (
    HOLDER,
    HOLDS,
    LOCAL_REPORTS,
    SERVED_NOTICES,
    AgentHold,
    Holder,
    LocalReport,
    ServedNotice,
)
from tarazy.agent.replies import ReplyChoice, replies_to, reply
from tarazy.agent.report_news import REPORT_NOTICES, ReportNotice, report_notices_for
from tarazy.agent.requests import CUSTOMER_REQUESTS, request_id_of
from tarazy.agent.trace_notices import TRACE_NOTICES, TraceNotice, trace_notices_for
from tarazy.app.store import Transaction
from tarazy.domain.notice import code_shown
from tarazy.edge.bank_app.app_site import AppSite
from tarazy.edge.bank_app.appeal_words import state_of
from tarazy.edge.letters import LETTER, as_file, letter_of, receipt_for, told_under
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.forms import PageRequest, read_form, read_query
from tarazy.edge.pages.reader import Reader
from tarazy.law.ground import Pack
from tarazy.values.ids import AccountId, NoticeId
from tarazy.values.instant import Instant

ToldNotice = ServedNotice | ReportNotice | TraceNotice | PauseNotice | HearingNotice


def notice_handlers(app: AppSite) -> list[HTTPRouteHandler]:
    """Return the list of notices, one notice, and the answer to it."""

    @get("/notices", sync_to_thread=True)
    def notices(request: PageRequest) -> Response[str]:
        """Show what the bank has told, newest first."""
        holder = app.signed_in(request)
        told = app.run(lambda tx: all_notices_for(tx, holder.account_id))
        return app.page(request, holder, "notices.html", title="app.notices.title", notices=told)

    @get("/notices/{notice_id:str}", sync_to_thread=True)
    def notice(request: PageRequest, notice_id: str) -> Response[str] | Response[bytes]:
        """Show one notice, whether what it tells still stands, and what can be done; or give it as a letter."""
        if notice_id.endswith(LETTER):
            return _letter(app, request, NoticeId(notice_id.removesuffix(LETTER)))
        holder, reader = app.signed_in(request), app.site.reader(request)
        told, hold = app.run(lambda tx: _own(tx, holder, NoticeId(notice_id), reader.now))
        answers = app.run(lambda tx: replies_to(tx, [told.hold_id]))
        return app.page(
            request,
            holder,
            "notice.html",
            title="app.notices.title",
            notice=told,
            code=code_shown(told.code),
            hold=hold,
            is_held=hold is not None and is_live(hold, reader.now),
            replies=answers,
            offer=app.run(lambda tx: offer_of(tx, told.hold_id, reader.now)),
            choices=list(ReplyChoice),
            done=read_query(request).text("done") == "reply",
            full=read_query(request).text("done") == "full",
            appeals=app.run(lambda tx: _appeals_of(tx, hold, reader, app.context.pack)),
        )

    @post("/notices/{notice_id:str}/reply", sync_to_thread=True)
    def answer(request: PageRequest, notice_id: str, body: bytes) -> Response[str]:
        """Put the person's answer before the officer who decides."""
        holder, form, now = app.signed_in(request), read_form(request, body), app.context.clock.now()
        choice = form.text("choice")
        if choice not in ReplyChoice.__members__:
            raise NotThere
        kept = app.run(
            lambda tx: _answered(tx, holder, NoticeId(notice_id), ReplyChoice(choice), form.text("words"), now)
        )
        return app.site.redirect(f"/app/notices/{notice_id}?done={'reply' if kept else 'full'}")

    return [notices, notice, *_news_handlers(app), answer]


def _news_handlers(app: AppSite) -> list[HTTPRouteHandler]:
    """Return what is told to others than a hold's holder: of reports of one's own, and of trace answers."""

    @get("/news/{notice_id:str}", sync_to_thread=True)
    def news(request: PageRequest, notice_id: str) -> Response[str]:
        """Show one notice about a report of the person's own."""
        holder = app.signed_in(request)
        told, report = app.run(lambda tx: _own_news(tx, holder, NoticeId(notice_id)))
        return app.page(
            request,
            holder,
            "news.html",
            title="app.notices.title",
            notice=told,
            code=code_shown(told.code),
            request_id=request_id_of(report.transfer_ref),
            has_request=app.run(lambda tx: tx.get(CUSTOMER_REQUESTS, request_id_of(report.transfer_ref))) is not None,
        )

    @get("/traces/{notice_id:str}", sync_to_thread=True)
    def trace(request: PageRequest, notice_id: str) -> Response[str]:
        """Show one notice that the bank has answered where money of this account went."""
        holder = app.signed_in(request)
        told = app.run(lambda tx: _own_trace(tx, holder, NoticeId(notice_id)))
        return app.page(
            request, holder, "trace.html", title="app.notices.title", notice=told, code=code_shown(told.code)
        )

    return [news, trace]


def all_notices_for(tx: Transaction, account_id: AccountId) -> list[ToldNotice]:
    """Return what a person was told, newest first: of holds, hearings, pauses, their reports, answers about money."""
    told: list[ToldNotice] = [
        *notices_for(tx, account_id),
        *report_notices_for(tx, account_id),
        *trace_notices_for(tx, account_id),
        *pause_notices_for(tx, account_id),
        *hearing_notices_for(tx, account_id),
    ]
    return sorted(told, key=lambda notice: notice.served_at, reverse=True)


def _appeals_of(tx: Transaction, hold: AgentHold | None, reader: Reader, pack: Pack) -> list[list[str]]:
    """Return where each appeal about a hold stands, in sentences."""
    return [] if hold is None else [state_of(one, hold, reader) for one in appeals_shown(tx, hold, reader.now, pack)]


def _own_news(tx: Transaction, holder: Holder, notice_id: NoticeId) -> tuple[ReportNotice, LocalReport]:
    """Return a person's own notice about a report. Raises NotThere for any other."""
    told = tx.get(REPORT_NOTICES, notice_id)
    report = None if told is None else tx.get(LOCAL_REPORTS, told.report_id)
    if told is None or report is None or told.account_id != holder.account_id:
        raise NotThere
    return told, report


def _own_trace(tx: Transaction, holder: Holder, notice_id: NoticeId) -> TraceNotice:
    """Return a person's own notice of a trace answer. Raises NotThere for any other."""
    told = tx.get(TRACE_NOTICES, notice_id)
    if told is None or told.account_id != holder.account_id:
        raise NotThere
    return told


def _own(tx: Transaction, holder: Holder, notice_id: NoticeId, now: Instant) -> tuple[ServedNotice, AgentHold | None]:
    """Return a person's own notice and its hold as they were told of it. Raises NotThere for any other."""
    told = tx.get(SERVED_NOTICES, notice_id)
    if told is None or (told.account_id, told.recipient) != (holder.account_id, HOLDER):
        raise NotThere
    hold = tx.get(HOLDS, told.hold_id)
    return told, None if hold is None else told_hold(tx, hold, now)


def _answered(
    tx: Transaction, holder: Holder, notice_id: NoticeId, choice: ReplyChoice, words: str, now: Instant
) -> bool:
    told, _ = _own(tx, holder, notice_id, now)
    return reply(tx, told.hold_id, holder.account_id, choice, words, now) is not None


def _letter(app: AppSite, request: PageRequest, notice_id: NoticeId) -> Response[bytes]:
    """Return a person's own notice as a PDF: of a hold, of a payment that waits, or of what they are asked."""
    holder = app.signed_in(request)
    told = app.run(lambda tx: told_under(tx, notice_id))
    if told is None or (told.account_id, told.recipient) != (holder.account_id, HOLDER):
        raise NotThere  # also for their representative's
    receipt = receipt_for(told, app.context)
    written = app.run(lambda tx: letter_of(tx, told, app.context, receipt))
    if written is None:
        raise NotThere
    return as_file(written, notice_id)
