"""One hold: what an officer must see before deciding, and the acts, each with reasons for this one case."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.agent import desk as acts
from tarazy.agent.answering import is_live
from tarazy.agent.claims import errors_upon
from tarazy.agent.confirming import RefusedConfirmation, refused_confirmation
from tarazy.agent.consent import OfferView, offer_of, offer_return, take_back
from tarazy.agent.desk import OfficerAtDesk
from tarazy.agent.holder_flags import needs_representative
from tarazy.agent.measure_records import HOLD_MEASURES, HoldMeasure
from tarazy.agent.queries import HoldSheet, hold_sheet
from tarazy.agent.records import HOLDS
from tarazy.agent.returning import ForWhom
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.hold import HoldStatus
from tarazy.domain.rejection import Rejection
from tarazy.edge.context import OfficerProfile
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.desk.line_picture import drawn
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.entered import read_sum
from tarazy.edge.pages.forms import Form, PageRequest, read_form, read_query
from tarazy.edge.pages.reader import Reader
from tarazy.protocol.hold_bodies import REPRESENTED, RETURN_CHECKS
from tarazy.protocol.statement import are_reasons
from tarazy.texts.catalogue import Language
from tarazy.values.ids import ID_LENGTH_MAX, HoldId, ParticipantId, ReportId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

OTHER_REPORT: Final = "other_report"
Act = Callable[[Transaction, OfficerAtDesk, ParticipantId, Setting], Rejection | None]
"""What an officer does: in a transaction, as whom, telling which exchange, in what circumstances."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What an officer tried on this page and what came of it, so that nothing has to be typed twice."""

    act: str = ""
    typed: str = ""
    kept: str = ""
    for_whom: str = ""
    for_report: str = ""
    rejection: Rejection | None = None
    fault: str | None = None


NOTHING_TRIED: Final = Tried()


@dataclass(frozen=True, slots=True)
class Visit:
    """An officer before one hold."""

    desk: DeskSite
    request: PageRequest
    officer: OfficerProfile
    hold_id: HoldId

    def done(self, tried: Tried, act: Act) -> Response[str]:
        """Do the act; back to the inbox for the next hold, or to this page with the lawful 'no'."""
        desk, setting = self.desk, self.desk.setting()
        by, exchange = desk.at_desk(self.officer), desk.context.agent.exchange
        rejection = desk.run(lambda tx: act(tx, by, exchange, setting))
        if rejection is None and tried.act == "return":
            return desk.site.redirect(f"/desk/holds/{self.hold_id}?done=return")
        if rejection is None:
            return desk.site.redirect(f"/desk/inbox?done={tried.act}&hold={self.hold_id}")
        if rejection is Rejection.hold_unknown:
            raise NotThere
        return self.page(replace(tried, rejection=rejection), status=status_of(rejection))

    def faulty(self, tried: Tried, code: str) -> Response[str]:
        """Show the page again with what cannot be read or is missing in the form."""
        text = self.desk.site.reader(self.request).t(code)
        return self.page(replace(tried, fault=text), status=HTTP_422_UNPROCESSABLE_ENTITY)

    def sum_of(self, typed: str) -> int | None:
        """Return a typed sum in the currency of the hold. Raises NotThere for an unknown hold."""
        hold = self.desk.run(lambda tx: tx.get(HOLDS, self.hold_id))
        if hold is None:
            raise NotThere
        return read_sum(typed, hold.currency)

    def page(self, tried: Tried, *, status: int = HTTP_200_OK) -> Response[str]:
        """Show everything about the hold, and what was tried. Raises NotThere for an unknown hold."""
        reader = self.desk.site.reader(self.request)
        sheet = self.desk.run(lambda tx: hold_sheet(tx, self.hold_id, reader.now))
        if sheet is None:
            raise NotThere
        offer = self.desk.run(lambda tx: offer_of(tx, self.hold_id, reader.now))
        refused = self.desk.run(lambda tx: refused_confirmation(tx, self.hold_id))
        live = is_live(sheet.hold, reader.now)
        returned = read_query(self.request).text("done") == "return"
        return self.desk.page(
            self.request,
            self.officer,
            "hold.html",
            title="desk.hold.page",
            status=status,
            sheet=sheet,
            drawn=drawn(sheet.picture),
            live=live,
            can_act=live and sheet.hold.status is HoldStatus.placed,
            carrier=_carrier(self.desk, sheet) if live else None,
            history=history_of(self.desk, sheet, offer, refused, reader),
            turned_down=_turned_down(self.desk, sheet, refused, reader),
            offer=offer,
            is_child=self.desk.run(lambda tx: needs_representative(tx, sheet.hold.account_id, reader.now)),
            consent=_consent(self.desk, sheet),
            done=reader.t("desk.done.return") if returned else None,
            act=tried.act,
            typed=tried.typed,
            kept=tried.kept,
            for_whom=_for_whom_choices(sheet, reader),
            chosen=tried.for_whom,
            for_report=tried.for_report,
            refusal=_refusal_text(offer, reader),
            errors=self.desk.run(lambda tx: errors_upon(tx, self.hold_id)),
            rejection=tried.rejection,
            fault=tried.fault,
        )


def _carrier(desk: DeskSite, sheet: HoldSheet) -> HoldMeasure | None:
    """Return the authority's measure that carries a hold; None for the bank's own pause."""
    hold = sheet.hold
    if hold.carried_by is None:
        return None
    carried_by = hold.carried_by
    return desk.run(lambda tx: tx.get(HOLD_MEASURES, hold.hold_id, carried_by))


def hold_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the page of a hold and its acts."""

    def visit(request: PageRequest, hold_id: str) -> Visit:
        return Visit(desk, request, desk.signed_in(request), HoldId(hold_id))

    @get("/holds/{hold_id:str}", sync_to_thread=True)
    def hold_page(request: PageRequest, hold_id: str) -> Response[str]:
        """Show everything about one hold."""
        return visit(request, hold_id).page(NOTHING_TRIED)

    @post("/holds/{hold_id:str}/confirm", sync_to_thread=True)
    def confirm(request: PageRequest, hold_id: str, body: bytes) -> Response[str]:
        """Take the hold upon oneself."""
        return _confirm(visit(request, hold_id), read_form(request, body))

    @post("/holds/{hold_id:str}/release", sync_to_thread=True)
    def release(request: PageRequest, hold_id: str, body: bytes) -> Response[str]:
        """Let go of the hold."""
        return _release(visit(request, hold_id), read_form(request, body))

    @post("/holds/{hold_id:str}/narrow", sync_to_thread=True)
    def narrow(request: PageRequest, hold_id: str, body: bytes) -> Response[str]:
        """Keep a part of the hold."""
        return _narrow(visit(request, hold_id), read_form(request, body))

    @post("/holds/{hold_id:str}/return", sync_to_thread=True)
    def give_back(request: PageRequest, hold_id: str, body: bytes) -> Response[str]:
        """Record that the holder gives money back, identified, informed and of their own will."""
        return _offer_return(visit(request, hold_id), read_form(request, body))

    @post("/holds/{hold_id:str}/return/take-back", sync_to_thread=True)
    def take_return_back(request: PageRequest, hold_id: str, body: bytes) -> Response[str]:
        """Take the return back on the holder's word, by telephone or at the branch: no reason is asked for."""
        at = visit(request, hold_id)
        read_form(request, body)
        setting, exchange = desk.setting(), desk.context.agent.exchange
        if desk.run(lambda tx: take_back(tx, at.hold_id, exchange, setting)) is None:
            raise NotThere
        return desk.site.redirect(f"/desk/holds/{hold_id}")

    return [hold_page, confirm, release, narrow, give_back, take_return_back]


def _confirm(visit: Visit, form: Form) -> Response[str]:
    tried = Tried(act="confirm", typed=form.text("reasons"))
    hold_id = visit.hold_id
    return visit.done(tried, lambda tx, by, to, now: acts.confirm_hold(tx, hold_id, tried.typed, by, to, now))


def _release(visit: Visit, form: Form) -> Response[str]:
    tried = Tried(act="release", typed=form.text("reasons"))
    hold_id = visit.hold_id
    return visit.done(tried, lambda tx, by, to, now: acts.release_hold(tx, hold_id, tried.typed, by, to, now))


def _narrow(visit: Visit, form: Form) -> Response[str]:
    tried = Tried(act="narrow", typed=form.text("reasons"), kept=form.text("keep"))
    keep, hold_id = visit.sum_of(tried.kept), visit.hold_id
    if keep is None:
        return visit.faulty(tried, "desk.sum_not_read")
    return visit.done(tried, lambda tx, by, to, now: acts.narrow_hold_to(tx, hold_id, keep, tried.typed, by, to, now))


def _offer_return(visit: Visit, form: Form) -> Response[str]:
    tried = Tried(
        act="return",
        typed=form.text("reasons"),
        kept=form.text("amount"),
        for_whom=form.text("for_whom") or ForWhom.own_report,
        for_report=form.text("for_report").strip(),
    )
    amount, hold_id = visit.sum_of(tried.kept), visit.hold_id
    if amount is None:
        return visit.faulty(tried, "desk.sum_not_read")
    if not all(form.is_ticked(check) for check in RETURN_CHECKS):
        return visit.faulty(tried, "desk.return.unchecked")
    if not are_reasons(tried.typed):
        return visit.faulty(tried, "desk.rejection.reasons_missing")
    checks = (*RETURN_CHECKS, REPRESENTED) if form.is_ticked(REPRESENTED) else RETURN_CHECKS
    whom = _whom(tried)
    if whom is None:
        return visit.faulty(tried, "desk.return.report_not_named")

    def act(tx: Transaction, by: OfficerAtDesk, to: ParticipantId, now: Setting) -> Rejection | None:
        return offer_return(tx, hold_id, amount, tried.typed, by, to, now, whom, checks=checks)

    return visit.done(tried, act)


def _whom(tried: Tried) -> ForWhom | ReportId | None:
    """Return for whom the holder gives back; None where a report was to be named and was not."""
    if tried.for_whom in ForWhom.__members__:
        return ForWhom(tried.for_whom)
    is_id = 0 < len(tried.for_report) <= ID_LENGTH_MAX and tried.for_report.isprintable()
    return ReportId(tried.for_report) if tried.for_whom == OTHER_REPORT and is_id else None


def _for_whom_choices(sheet: HoldSheet, reader: Reader) -> list[tuple[str, str]]:
    own = reader.t("desk.return.own_report", report=sheet.hold.terms.report_id)
    return [
        (ForWhom.own_report.value, own),
        (OTHER_REPORT, reader.t("desk.return.other_report")),
        (ForWhom.everybody.value, reader.t("desk.return.everybody")),
    ]


def _refusal_text(offer: OfferView | None, reader: Reader) -> str | None:
    """Return why the exchange did not take a return that was recorded here."""
    return None if offer is None or offer.refusal is None else _why(offer.refusal, reader)


def _why(refusal: str, reader: Reader) -> str:
    code = f"desk.rejection.{refusal}"
    return reader.t(code) if reader.has(code) else refusal


def _turned_down(
    desk: DeskSite, sheet: HoldSheet, refused: RefusedConfirmation | None, reader: Reader
) -> tuple[str, ...]:
    """Return that the exchange did not take a confirmation, why, and what to do, while it counts; else nothing."""
    hold = sheet.hold
    if refused is None or not hold.awaits_confirmation:
        return ()
    said = reader.t("desk.confirm.turned_down", name=desk.officer_name(refused.officer_id))
    if not is_live(hold, reader.now):
        return said, _why(refused.refusal, reader)
    to_do = reader.t("desk.confirm.turned_down_do", until=reader.brief(hold.expires_at))
    return said, _why(refused.refusal, reader), to_do


def history_of(
    desk: DeskSite, sheet: HoldSheet, offer: OfferView | None, refused: RefusedConfirmation | None, reader: Reader
) -> list[tuple[Instant, str]]:
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
    if refused is not None:
        name = desk.officer_name(refused.officer_id)
        told.append((refused.refused_at, reader.t("desk.confirm.turned_down", name=name)))
    if offer is not None:
        given = reader.money(offer.offer.amount_minor, offer.offer.currency)
        told.append((offer.offer.offered_at, reader.t("app.return.desk_offered", sum=given)))
        if offer.offer.taken_back_at is not None:
            told.append((offer.offer.taken_back_at, reader.t("app.return.desk_taken_back")))
    if hold.ended_at is not None and hold.end is not None:
        told.append((hold.ended_at, reader.t(f"desk.end.{hold.end}")))
    return sorted(told, key=lambda one: one[0])


def _consent(desk: DeskSite, sheet: HoldSheet) -> list[tuple[Language, str]]:
    """Return the text of informed consent, the holder's own language first."""
    own = Language(sheet.holder.language) if sheet.holder else Language.kk
    languages = sorted(Language, key=lambda language: language is not own)
    return [(language, desk.context.catalogue.text("desk.return.consent", language)) for language in languages]
