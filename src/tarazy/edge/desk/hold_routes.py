"""One hold: what an officer must see before deciding, and the acts, each with reasons for this one case."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.agent import desk as acts
from tarazy.agent.answering import is_live
from tarazy.agent.queries import HoldSheet, hold_sheet
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.hold import HoldStatus
from tarazy.domain.rejection import Rejection
from tarazy.edge.context import OfficerProfile
from tarazy.edge.desk.desk_site import DeskSite, NoSuchThing, status_of
from tarazy.edge.desk.line_picture import drawn
from tarazy.edge.desk.typed_sum import read_sum
from tarazy.edge.pages.forms import Form, PageRequest, read_form, read_query
from tarazy.edge.pages.reader import Reader
from tarazy.texts.catalogue import Language
from tarazy.values.ids import HoldId
from tarazy.values.instant import Instant

RETURN_CHECKS: Final = ("identified", "informed", "free_will")
Act = Callable[[Transaction, Setting], Rejection | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What an officer tried on this page and what came of it, so that nothing has to be typed twice."""

    act: str = ""
    typed: str = ""
    kept: str = ""
    rejection: Rejection | None = None
    fault: str | None = None


NOTHING_TRIED: Final = Tried()


def hold_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the page of a hold and its acts."""
    exchange = desk.context.agent.exchange

    @get("/holds/{hold_id:str}", sync_to_thread=True)
    def hold_page(request: PageRequest, hold_id: str) -> Response[str]:
        """Show everything about one hold."""
        officer = desk.signed_in(request)
        return _page(desk, request, officer, HoldId(hold_id), NOTHING_TRIED)

    @post("/holds/{hold_id:str}/confirm", sync_to_thread=True)
    def confirm(request: PageRequest, hold_id: str, body: bytes) -> Response[str]:
        """Take the hold upon oneself."""
        officer, form = desk.signed_in(request), read_form(request, body)
        tried = Tried(act="confirm", typed=form.text("reasons"))
        return _done(
            desk,
            request,
            officer,
            HoldId(hold_id),
            tried,
            lambda tx, now: acts.confirm_hold(tx, HoldId(hold_id), tried.typed, desk.at_desk(officer), exchange, now),
        )

    @post("/holds/{hold_id:str}/release", sync_to_thread=True)
    def release(request: PageRequest, hold_id: str, body: bytes) -> Response[str]:
        """Let go of the hold."""
        officer, form = desk.signed_in(request), read_form(request, body)
        tried = Tried(act="release", typed=form.text("reasons"))
        return _done(
            desk,
            request,
            officer,
            HoldId(hold_id),
            tried,
            lambda tx, now: acts.release_hold(tx, HoldId(hold_id), tried.typed, desk.at_desk(officer), exchange, now),
        )

    @post("/holds/{hold_id:str}/narrow", sync_to_thread=True)
    def narrow(request: PageRequest, hold_id: str, body: bytes) -> Response[str]:
        """Keep a part of the hold."""
        officer, form = desk.signed_in(request), read_form(request, body)
        tried = Tried(act="narrow", typed=form.text("reasons"), kept=form.text("keep"))
        keep = _sum(desk, HoldId(hold_id), tried.kept)
        if keep is None:
            return _faulty(desk, request, officer, HoldId(hold_id), tried, "desk.sum_not_read")
        return _done(
            desk,
            request,
            officer,
            HoldId(hold_id),
            tried,
            lambda tx, now: acts.narrow_hold_to(
                tx, HoldId(hold_id), keep, tried.typed, desk.at_desk(officer), exchange, now
            ),
        )

    @post("/holds/{hold_id:str}/return", sync_to_thread=True)
    def offer_return(request: PageRequest, hold_id: str, body: bytes) -> Response[str]:
        """Record that the holder gives money back, identified, informed and of their own will."""
        officer, form = desk.signed_in(request), read_form(request, body)
        tried = Tried(act="return", typed=form.text("reasons"), kept=form.text("amount"))
        amount = _sum(desk, HoldId(hold_id), tried.kept)
        fault = _return_fault(form, amount, tried)
        if fault is not None or amount is None:
            return _faulty(desk, request, officer, HoldId(hold_id), tried, fault or "desk.sum_not_read")
        return _done(
            desk,
            request,
            officer,
            HoldId(hold_id),
            tried,
            lambda tx, now: acts.record_return(
                tx, HoldId(hold_id), amount, tried.typed, desk.at_desk(officer), exchange, now
            ),
        )

    return [hold_page, confirm, release, narrow, offer_return]


def _return_fault(form: Form, amount: int | None, tried: Tried) -> str | None:
    if amount is None:
        return "desk.sum_not_read"
    if not all(form.is_ticked(check) for check in RETURN_CHECKS):
        return "desk.return.unchecked"
    if len(tried.typed) < acts.REASONS_LENGTH_MIN:
        return "desk.rejection.reasons_missing"
    return None


def _sum(desk: DeskSite, hold_id: HoldId, typed: str) -> int | None:
    hold = desk.run(lambda tx: hold_sheet(tx, hold_id, desk.context.clock.now()))
    if hold is None:
        raise NoSuchThing
    return read_sum(typed, hold.hold.currency)


def _done(
    desk: DeskSite, request: PageRequest, officer: OfficerProfile, hold_id: HoldId, tried: Tried, act: Act
) -> Response[str]:
    """Do the act; back to the inbox for the next hold, or to this page with the lawful 'no'."""
    setting = desk.setting()
    rejection = desk.run(lambda tx: act(tx, setting))
    if rejection is None and tried.act == "return":
        return desk.site.redirect(f"/desk/holds/{hold_id}?done=return")
    if rejection is None:
        return desk.site.redirect(f"/desk/inbox?done={tried.act}&hold={hold_id}")
    if rejection is Rejection.hold_unknown:
        raise NoSuchThing
    refused = Tried(act=tried.act, typed=tried.typed, kept=tried.kept, rejection=rejection)
    return _page(desk, request, officer, hold_id, refused, status=status_of(rejection))


def _faulty(
    desk: DeskSite, request: PageRequest, officer: OfficerProfile, hold_id: HoldId, tried: Tried, code: str
) -> Response[str]:
    text = desk.site.reader(request).t(code)
    faulty = Tried(act=tried.act, typed=tried.typed, kept=tried.kept, fault=text)
    return _page(desk, request, officer, hold_id, faulty, status=HTTP_422_UNPROCESSABLE_ENTITY)


def _page(
    desk: DeskSite,
    request: PageRequest,
    officer: OfficerProfile,
    hold_id: HoldId,
    tried: Tried,
    *,
    status: int = HTTP_200_OK,
) -> Response[str]:
    reader = desk.site.reader(request)
    sheet = desk.run(lambda tx: hold_sheet(tx, hold_id, reader.now))
    if sheet is None:
        raise NoSuchThing
    live = is_live(sheet.hold, reader.now)
    return desk.page(
        request,
        officer,
        "hold.html",
        title="desk.hold.page",
        status=status,
        sheet=sheet,
        drawn=drawn(sheet.picture),
        live=live,
        can_act=live and sheet.hold.status is HoldStatus.placed,
        history=history_of(desk, sheet, reader),
        consent=_consent(desk, sheet),
        done=reader.t("desk.done.return") if read_query(request).text("done") == "return" else None,
        act=tried.act,
        typed=tried.typed,
        kept=tried.kept,
        rejection=tried.rejection,
        fault=tried.fault,
    )


def history_of(desk: DeskSite, sheet: HoldSheet, reader: Reader) -> list[tuple[Instant, str]]:
    """Return what has happened to a hold, oldest first, each in one sentence."""
    hold = sheet.hold
    told = [
        (hold.received_at, reader.t("desk.history.received", sum=reader.money(hold.claim_minor, hold.currency))),
        *((notice.served_at, reader.t(f"desk.told.{notice.notice_kind}")) for notice in sheet.notices),
        *((reply.replied_at, reader.t(f"desk.reply.{reply.choice}")) for reply in sheet.replies),
    ]
    if hold.confirmed_at is not None and hold.confirmed_by is not None:
        name = desk.officer_name(hold.confirmed_by)
        told.append((hold.confirmed_at, reader.t("desk.history.confirmed", name=name)))
    if hold.ended_at is not None and hold.end is not None:
        told.append((hold.ended_at, reader.t(f"desk.end.{hold.end}")))
    return sorted(told, key=lambda one: one[0])


def _consent(desk: DeskSite, sheet: HoldSheet) -> list[tuple[Language, str]]:
    """Return the text of informed consent, the holder's own language first."""
    own = Language(sheet.holder.language) if sheet.holder else Language.kk
    languages = sorted(Language, key=lambda language: language is not own)
    return [(language, desk.context.catalogue.text("desk.return.consent", language)) for language in languages]
