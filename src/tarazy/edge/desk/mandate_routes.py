"""Standing mandates: the list, signing one, and one with the way to end it."""

import re
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Final, NamedTuple

from babel.numbers import list_currencies
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.mandates import (
    MANDATE_DAYS_MAX,
    MandateSheet,
    SignMandate,
    end_mandate,
    hours_allowed,
    mandate_sheet,
    mandate_sheets,
    measures_by_mandate,
    sign_mandate,
)
from tarazy.domain.rejection import Rejection
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.entered import read_local, read_sum
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.edge.pages.reader import Reader
from tarazy.law.assessment import Measure
from tarazy.law.ground import Ground
from tarazy.values.ids import MandateId, NormId
from tarazy.values.instant import Instant

ID_BYTES: Final = 12
DONE: Final = frozenset({"mandate", "mandate_end"})
_HOURS: Final = re.compile(r"[1-9]\d{0,3}", re.ASCII)
_NEW_ID: Final = re.compile(r"md_[0-9a-f]{24}")


class NormChoice(NamedTuple):
    """A norm on which a mandate may rest: its id, its title, and whether it is ticked."""

    norm_id: NormId
    title: str
    is_ticked: bool


def mandate_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the list of mandates, the page on which one is signed, and the page of one."""
    exchange = desk.context.agent.exchange

    @get("/mandates", sync_to_thread=True)
    def mandates(request: PageRequest) -> Response[str]:
        """Show the bank's mandates, the latest to begin first."""
        officer, setting = desk.signed_in(request), desk.setting()
        sheets = desk.run(lambda tx: mandate_sheets(tx, exchange, setting))
        return desk.page(
            request,
            officer,
            "mandates.html",
            title="desk.mandates.title",
            sheets=sheets,
            signatories=_signatories(desk),
        )

    @get("/mandates/new", sync_to_thread=True)
    def new(request: PageRequest) -> Response[str]:
        """Go to the page of a mandate that does not exist yet. Its id makes that it is signed once."""
        desk.signed_in(request)
        return desk.site.redirect(f"/desk/mandates/md_{secrets.token_hex(ID_BYTES)}/sign")

    def sign(request: PageRequest, mandate_id: str, form: Form) -> Response[str] | Rejection | Unread:
        """Sign the mandate; the exchange gets it with the next message."""
        officer, setting = desk.signed_in(request), desk.setting()
        _require_new_id(mandate_id)
        if not officer.signs_mandates:
            return Rejection.officer_not_entitled
        command = _command(form, MandateId(mandate_id), desk.site.reader(request), setting.now)
        if isinstance(command, Unread):
            return command
        rejection = desk.run(lambda tx: sign_mandate(tx, command, desk.at_desk(officer), exchange, setting))
        return rejection or desk.site.redirect(f"/desk/mandates/{mandate_id}?done=mandate")

    def end(request: PageRequest, mandate_id: str, form: Form) -> Response[str] | Rejection:
        """Sign that the mandate ends now."""
        officer, setting, reasons = desk.signed_in(request), desk.setting(), form.text("reasons")
        if not officer.signs_mandates:
            return Rejection.officer_not_entitled
        by, subject = desk.at_desk(officer), MandateId(mandate_id)
        rejection = desk.run(lambda tx: end_mandate(tx, subject, reasons, by, exchange, setting))
        return rejection or desk.site.redirect(f"/desk/mandates/{mandate_id}?done=mandate_end")

    signing = form_page("/mandates/{subject:str}/sign", partial(_sign_page, desk), sign, status_of=status_of)
    one = form_page("/mandates/{subject:str}", partial(_page, desk), end, status_of=status_of, sent_to="/end")
    return [mandates, new, *signing, *one]


def _signatories(desk: DeskSite) -> list[str]:
    return [officer.name for officer in desk.officers if officer.signs_mandates]


def _require_new_id(mandate_id: str) -> None:
    """Raise NotThere for an id that this page has not made."""
    if not _NEW_ID.fullmatch(mandate_id):
        raise NotThere


def _command(form: Form, mandate_id: MandateId, reader: Reader, now: Instant) -> SignMandate | Unread:
    """Return what the officer has entered. A mandate without a beginning begins at once."""
    currency = form.text("currency").upper()
    if currency not in list_currencies():
        return Unread("desk.mandates.currency_not_read")
    ceiling, hours = read_sum(form.text("ceiling"), currency), form.text("hours")
    if ceiling is None:
        return Unread("desk.sum_not_read")
    if not _HOURS.fullmatch(hours):
        return Unread("desk.mandates.hours_not_read")
    valid_from = read_local(form.text("from"), reader.timezone) if form.text("from") else now
    valid_to = read_local(form.text("to"), reader.timezone)
    if valid_from is None or valid_to is None or not now <= valid_from < valid_to:
        return Unread("desk.mandates.span_not_read")
    if form.text("measure") not in Measure.__members__ or not form.all("norm"):
        return Unread("desk.mandates.no_norm")
    return SignMandate(
        mandate_id=mandate_id,
        measure=Measure(form.text("measure")),
        norms=tuple(NormId(norm) for norm in dict.fromkeys(form.all("norm"))),
        currency=currency,
        ceiling_minor=ceiling,
        hours=int(hours),
        valid_from=valid_from,
        valid_to=valid_to,
        reasons=form.text("reasons"),
    )


def _sign_page(desk: DeskSite, request: PageRequest, mandate_id: str, tried: Tried) -> Response[str]:
    """Show the form of a mandate; one that is signed already is shown instead."""
    officer, reader, setting = desk.signed_in(request), desk.site.reader(request), desk.setting()
    _require_new_id(mandate_id)
    known = desk.run(lambda tx: mandate_sheet(tx, MandateId(mandate_id), desk.context.agent.exchange, setting))
    if known is not None and not tried.is_refused:
        return desk.site.redirect(f"/desk/mandates/{mandate_id}")
    choices = measures_by_mandate(desk.context.pack, setting.now)
    chosen = tried.typed("measure") or next(iter(choices), "")
    today = desk.context.pack.data.calendar.local_day(setting.now)
    return desk.form_page(
        request,
        officer,
        "mandate_form.html",
        tried,
        title="desk.mandates.sign_title",
        mandate_id=mandate_id,
        signatories=_signatories(desk),
        measures=[(measure, reader.said(f"law.measure.{measure}")) for measure in choices],
        measure=chosen,
        has_effect=all(desk.context.pack.works(measure, today) for measure in choices),
        norms=[one for ground in choices.values() for one in _norm_choices(ground, reader, desk, tried)],
        hours_max=max((hours_allowed(ground) or 0 for ground in choices.values()), default=0),
        days_max=MANDATE_DAYS_MAX,
        currency=_usual_currency(choices),
        typed=tried.typed,
    )


def _usual_currency(choices: Mapping[Measure, Ground]) -> str:
    """Return the currency in which the law pack counts protected money; none where it does not."""
    return next((ground.floor.currency for ground in choices.values() if ground.floor is not None), "")


def _norm_choices(ground: Ground, reader: Reader, desk: DeskSite, tried: Tried) -> list[NormChoice]:
    """Return the norms on which a measure itself rests today: all of them ticked until somebody takes one away."""
    pack = desk.context.pack
    today = pack.data.calendar.local_day(reader.now)
    versions = [version for norm_id in ground.rule.norms if (version := pack.norm_on(norm_id, today)) is not None]
    ticked = set(tried.form.all("norm")) if tried.is_refused else {version.norm_id for version in versions}
    return [NormChoice(one.norm_id, reader.t(one.title_code), one.norm_id in ticked) for one in versions]


def _norm_titles(desk: DeskSite, sheet: MandateSheet, reader: Reader) -> list[str]:
    """Return what the norms of a mandate were called when it began; a norm that the pack has not, by its id."""
    if sheet.signed is None:
        return []
    pack = desk.context.pack
    day = pack.data.calendar.local_day(sheet.mandate.valid_from)
    versions = [(norm_id, pack.norm_on(norm_id, day)) for norm_id in sheet.signed.norms]
    return [norm_id if version is None else reader.t(version.title_code) for norm_id, version in versions]


def _refusal_text(sheet: MandateSheet, reader: Reader) -> str | None:
    if sheet.sent is None or sheet.sent.refusal is None:
        return None
    code = f"desk.rejection.{sheet.sent.refusal}"
    return reader.t(code) if reader.has(code) else sheet.sent.refusal


def _page(desk: DeskSite, request: PageRequest, mandate_id: str, tried: Tried) -> Response[str]:
    """Show one mandate, and the form to end it."""
    officer, reader, setting = desk.signed_in(request), desk.site.reader(request), desk.setting()
    sheet = desk.run(lambda tx: mandate_sheet(tx, MandateId(mandate_id), desk.context.agent.exchange, setting))
    if sheet is None:
        raise NotThere
    done = tried.form.text("done")
    return desk.form_page(
        request,
        officer,
        "mandate.html",
        tried,
        title="desk.mandates.page",
        sheet=sheet,
        norms=_norm_titles(desk, sheet, reader),
        refusal=_refusal_text(sheet, reader),
        signatories=_signatories(desk),
        typed=tried.typed("reasons"),
        done=reader.t(f"desk.done.{done}") if done in DONE else None,
    )
