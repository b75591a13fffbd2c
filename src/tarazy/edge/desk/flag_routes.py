"""How a holder is told: set by an officer for a time, kept at this bank alone, and never whether they are told."""

from datetime import date, timedelta
from functools import partial
from typing import Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from tarazy.agent.holder_flags import (
    CHANNELS_OF_REPRESENTATIVES,
    FLAGS_LAST_MAX,
    HOLDER_FLAGS,
    NAME_LENGTH_MAX,
    HolderFlags,
    set_flags,
)
from tarazy.agent.notice_office import BRANCH
from tarazy.agent.records import ACCOUNTS, HOLDERS, Holder
from tarazy.app.store import Transaction
from tarazy.domain.line import AccountLine
from tarazy.domain.rejection import Rejection
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.entered import read_local
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest
from tarazy.texts.links import links_in
from tarazy.values.ids import AccountId
from tarazy.values.instant import Instant

TICKS: Final = ("under_16", "safety", "tipping_off", "large_print")
USUAL: Final = timedelta(days=365)


def flag_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the page on which an officer says how a holder is told."""

    def set_now(request: PageRequest, account_id: str, form: Form) -> Response[str] | Rejection | Unread:
        """Keep how the holder is told from now on."""
        officer, setting = desk.signed_in(request), desk.setting()
        desk.at_desk(officer)
        desk.run(lambda tx: _line(tx, account_id))
        until = _until(desk, form.text("until"))
        if until is None or not setting.now < until <= setting.now.plus(FLAGS_LAST_MAX):
            return Unread("flags.until_unread")
        flags = _read(form, AccountId(account_id))
        if links_in(flags.representative):
            return Unread("flags.name_unread")
        desk.run(lambda tx: set_flags(tx, flags, officer.officer_id, until, setting.now))
        return desk.site.redirect(f"/desk/holders/{account_id}?done=set")

    return form_page("/holders/{subject:str}", partial(_page, desk), set_now, status_of=status_of)


def _line(tx: Transaction, account_id: str) -> tuple[AccountLine, Holder | None]:
    """Return an account of this bank and whose it is. Raises NotThere for any other."""
    line = tx.get(ACCOUNTS, AccountId(account_id))
    if line is None:
        raise NotThere
    return line, tx.get(HOLDERS, line.account_id)


def _until(desk: DeskSite, text: str) -> Instant | None:
    """Return the end of a day as it was typed: the first moment of the next."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return (
        None
        if day >= date.max
        else read_local(f"{day + timedelta(days=1)}T00:00", desk.context.pack.data.calendar.zone)
    )


def _read(form: Form, account_id: AccountId) -> HolderFlags:
    channel = form.text("channel")
    return HolderFlags(
        account_id=account_id,
        under_16=form.is_ticked("under_16"),
        safety=form.is_ticked("safety"),
        tipping_off=form.is_ticked("tipping_off"),
        large_print=form.is_ticked("large_print"),
        representative=form.text("representative")[:NAME_LENGTH_MAX],
        representative_channel=channel if channel in CHANNELS_OF_REPRESENTATIVES else BRANCH,
        representative_involved=form.is_ticked("guardianship"),
    )


def _page(desk: DeskSite, request: PageRequest, account_id: str, tried: Tried) -> Response[str]:
    officer, setting = desk.signed_in(request), desk.setting()
    line, holder = desk.run(lambda tx: _line(tx, account_id))
    kept = desk.run(lambda tx: tx.get(HOLDER_FLAGS, line.account_id))
    calendar = desk.context.pack.data.calendar
    shown = _read(tried.form, line.account_id) if tried.is_refused else kept or HolderFlags(account_id=line.account_id)
    usual = calendar.local_day(setting.now.plus(USUAL))
    return desk.form_page(
        request,
        officer,
        "flags.html",
        tried,
        title="flags.title",
        holder=holder,
        account_id=line.account_id,
        is_person=line.is_natural_person,
        kept=kept,
        is_over=kept is not None and kept.until is not None and kept.until <= setting.now,
        flags=shown,
        ticks=TICKS,
        channels=[(one, one == shown.representative_channel) for one in CHANNELS_OF_REPRESENTATIVES],
        name_max=NAME_LENGTH_MAX,
        until=tried.typed("until") or usual.isoformat(),
        day_max=calendar.local_day(setting.now.plus(FLAGS_LAST_MAX)),
        done=not tried.is_refused and tried.form.text("done") == "set",
    )
