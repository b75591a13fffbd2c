"""Paying by card and by transfer: typed, checked by the payer, and only then done.

A hold never stands in the way of the rest of the money.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.agent.records import Holder
from tarazy.agent.reference_core import CORE_PAYMENTS, AccountClosed, Payment, PaymentDeclined
from tarazy.domain.entry import ExitKind
from tarazy.edge.bank_app.app_site import AppSite
from tarazy.edge.pages.entered import read_sum
from tarazy.edge.pages.forms import Form, PageRequest, read_form, read_query
from tarazy.edge.pages.reader import Reader
from tarazy.law.safeguards import Exclusion
from tarazy.values.ids import AccountId, ParticipantId, TransferRef

SHOPS: Final = ("groceries", "pharmacy", "fuel")
NAME_LENGTH_MAX: Final = 80
ACCOUNT_LENGTH_MAX: Final = 60
PAYMENT_ID_BYTES: Final = 16
PURPOSES: Final = frozenset(Exclusion) - {Exclusion.living}
"""What a payment can be for that a closed account may let out whatever its sum."""
DONE: Final = frozenset({"card", "transfer", "entered"})
LISTED: Final = frozenset({AccountId("demo-listed")})
"""Payees of an invented list: in a demonstration a payment to one of them waits a little before it is executed."""
WAITS: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A payment as it was typed. ``way`` is ``card`` or ``transfer``."""

    way: str
    typed: str
    amount_minor: int | None
    shop: str = ""
    bank: str = ""
    account: str = ""
    name: str = ""
    payment_id: str = ""
    purpose: str = ""


def pay_handlers(app: AppSite) -> list[HTTPRouteHandler]:
    """Return the page that pays, and its two ways."""

    @get("/pay", sync_to_thread=True)
    def pay(request: PageRequest) -> Response[str]:
        """Show what can be paid, and how much money there is for it."""
        holder = app.signed_in(request)
        done = read_query(request).text("done")
        return _page(app, request, holder, None, done=f"app.pay.done_{done}" if done in DONE else None)

    @post("/pay/card", sync_to_thread=True)
    def card(request: PageRequest, body: bytes) -> Response[str]:
        """Pay in a shop."""
        return _pay_card(app, request, app.signed_in(request), read_form(request, body))

    @post("/pay/transfer", sync_to_thread=True)
    def transfer(request: PageRequest, body: bytes) -> Response[str]:
        """Send money to an account."""
        return _pay_transfer(app, request, app.signed_in(request), read_form(request, body))

    return [pay, card, transfer]


def _pay_card(app: AppSite, request: PageRequest, holder: Holder, form: Form) -> Response[str]:
    currency = _currency(app, holder)
    shop, typed = form.text("shop"), form.text("card_sum")
    wanted = Wanted(
        way="card",
        typed=typed,
        amount_minor=read_sum(typed, currency),
        shop=shop if shop in SHOPS else SHOPS[0],
    )
    if wanted.amount_minor is None:
        return _page(app, request, holder, wanted, fault="app.pay.sum_not_read")
    if form.text("step") != "do":
        return _check(app, request, holder, wanted, currency)
    try:
        app.context.core.spend(holder.account_id, wanted.amount_minor, ExitKind.card, app.context.clock.now())
    except PaymentDeclined as no:
        return _page(app, request, holder, wanted, fault=_declined(no))
    return app.site.redirect("/app/pay?done=card")


def _pay_transfer(app: AppSite, request: PageRequest, holder: Holder, form: Form) -> Response[str]:
    currency = _currency(app, holder)
    wanted = _transfer_typed(form, currency)
    fault = _transfer_fault(app, holder, wanted)
    if fault is not None or wanted.amount_minor is None:
        return _page(app, request, holder, wanted, fault=fault or "app.pay.sum_not_read")
    if form.text("step") != "do":
        return _check(app, request, holder, wanted, currency)
    if not _is_payment_id(wanted.payment_id):
        return _page(app, request, holder, wanted, fault="app.pay.not_paid")
    payment = _payment(app, holder, wanted, wanted.amount_minor, currency)
    if app.context.is_demonstration and payment.to_account in LISTED:
        return _enter(app, request, holder, wanted, payment)
    try:
        app.context.core.pay(payment, holder.account_id, payment.sent_at)
    except PaymentDeclined as no:
        return _page(app, request, holder, wanted, fault=_declined(no))
    if not _was_paid(app, payment, holder):
        return _page(app, request, holder, wanted, fault="app.pay.not_paid")
    return app.site.redirect("/app/pay?done=transfer")


def _enter(app: AppSite, request: PageRequest, holder: Holder, wanted: Wanted, payment: Payment) -> Response[str]:
    """Enter a payment that is executed in a while; until then an officer of the bank may let it wait longer."""
    now = payment.sent_at
    try:
        app.context.core.payment_gate.enter(payment, holder.account_id, now.plus(WAITS), now)
    except PaymentDeclined as no:
        return _page(app, request, holder, wanted, fault=_declined(no))
    return app.site.redirect("/app/pay?done=entered")


def _declined(no: PaymentDeclined) -> str:
    return "app.pay.declined_closed" if isinstance(no, AccountClosed) else "app.pay.declined"


def _currency(app: AppSite, holder: Holder) -> str:
    return app.money_of(holder, app.context.clock.now()).account.currency


def _transfer_typed(form: Form, currency: str) -> Wanted:
    return Wanted(
        way="transfer",
        typed=form.text("transfer_sum"),
        amount_minor=read_sum(form.text("transfer_sum"), currency),
        bank=form.text("to_bank"),
        account=form.text("to_account")[:ACCOUNT_LENGTH_MAX],
        name=form.text("to_name")[:NAME_LENGTH_MAX],
        payment_id=form.text("payment_id"),
        purpose=form.text("purpose") if form.text("purpose") in PURPOSES else "",
    )


def _transfer_fault(app: AppSite, holder: Holder, wanted: Wanted) -> str | None:
    if wanted.amount_minor is None:
        return "app.pay.sum_not_read"
    if wanted.bank not in {one for one, _ in _banks(app)} or not wanted.account:
        return "app.pay.no_payee"
    if (wanted.bank, wanted.account) == (app.context.keyring.participant_id, holder.account_id):
        return "app.pay.to_oneself"
    return None


def _payment(app: AppSite, holder: Holder, wanted: Wanted, amount_minor: int, currency: str) -> Payment:
    return Payment(
        payment_id=TransferRef(wanted.payment_id),
        serial=0,
        from_participant=app.context.keyring.participant_id,
        to_participant=ParticipantId(wanted.bank),
        to_account=AccountId(wanted.account),
        for_report=None,
        amount_minor=amount_minor,
        currency=currency,
        is_protected=False,
        sent_at=app.context.clock.now(),
        original_ref=None,
        done_at=None,
        from_account=holder.account_id,
        to_name=wanted.name or None,
        purpose=Exclusion(wanted.purpose) if wanted.purpose else None,
    )


def _was_paid(app: AppSite, payment: Payment, holder: Holder) -> bool:
    """Say whether the payment under this id is the one that was meant: a form sent twice pays once."""
    kept = app.run(lambda tx: tx.get(CORE_PAYMENTS, payment.payment_id))
    if kept is None:
        return False
    return (kept.from_account, kept.amount_minor, kept.to_account) == (
        holder.account_id,
        payment.amount_minor,
        payment.to_account,
    )


def _is_payment_id(text: str) -> bool:
    return text.startswith("pm_") and len(text) == len("pm_") + 2 * PAYMENT_ID_BYTES and text[3:].isalnum()


def _banks(app: AppSite) -> list[tuple[str, str]]:
    """Return the banks that money can be sent to, one's own first."""
    me = app.context.keyring.participant_id
    banks = [one for one in app.context.participants.values() if one.kind == "bank" and one.is_active]
    ordered = sorted(banks, key=lambda one: (one.participant_id != me, one.name))
    return [(one.participant_id, one.name) for one in ordered]


def _purposes(closed: AccountClosed, reader: Reader) -> list[tuple[str, str]]:
    named = [(one.value, reader.t(f"law.exclusion.{one}")) for one in closed.purposes]
    return [("", reader.t("app.pay.purpose_any")), *named] if named else []


def _check(app: AppSite, request: PageRequest, holder: Holder, wanted: Wanted, currency: str) -> Response[str]:
    """Show what is about to be paid, as the program has understood it."""
    return app.page(
        request,
        holder,
        "pay_check.html",
        title="app.pay.check",
        wanted=wanted,
        currency=currency,
        payment_id=f"pm_{secrets.token_hex(PAYMENT_ID_BYTES)}",
    )


def _page(
    app: AppSite,
    request: PageRequest,
    holder: Holder,
    wanted: Wanted | None,
    *,
    fault: str | None = None,
    done: str | None = None,
) -> Response[str]:
    reader = app.site.reader(request)
    money = app.money_of(holder, reader.now)
    return app.page(
        request,
        holder,
        "pay.html",
        title="app.pay.title",
        status=HTTP_200_OK if fault is None else HTTP_422_UNPROCESSABLE_ENTITY,
        money=money,
        shops=[(shop, reader.t(f"app.shop.{shop}")) for shop in SHOPS],
        banks=_banks(app),
        purposes=[] if money.closed is None else _purposes(money.closed, reader),
        wanted=wanted,
        fault=fault,
        done=done,
    )
