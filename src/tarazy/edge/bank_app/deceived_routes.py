"""“I was deceived”: one's own payment, what happened in a few taps, a safe contact, a check, and then an officer."""

from dataclasses import dataclass
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.agent.desk import report_id_of
from tarazy.agent.queries import report_signed
from tarazy.agent.records import LOCAL_REPORTS, Holder, LocalReport
from tarazy.agent.reference_core import CORE_PAYMENTS, Payment
from tarazy.agent.report_news import report_notices_on
from tarazy.agent.requests import (
    CUSTOMER_REQUESTS,
    CustomerRequest,
    RequestId,
    SafeContact,
    Told,
    file_request,
    note_report,
    request_id_of,
)
from tarazy.app.store import Transaction
from tarazy.domain.rejection import Rejection
from tarazy.edge.bank_app.app_site import AppSite
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.forms import Form, PageRequest, read_form
from tarazy.values.ids import TransferRef
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

PAYMENTS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a person has tapped so far."""

    told: tuple[Told, ...] = ()
    contact: SafeContact | None = None
    phone: str = ""


def deceived_handlers(app: AppSite) -> list[HTTPRouteHandler]:
    """Return the pages from the list of payments to what became of the request."""

    @get("/deceived", sync_to_thread=True)
    def choose_payment(request: PageRequest) -> Response[str]:
        """Show a person's own payments."""
        holder = app.signed_in(request)
        payments = app.context.core.payments_of(holder.account_id, PAYMENTS_SHOWN)
        own = [payment for payment in payments if payment.for_report is None]
        keys = {(request_id_of(payment.payment_id),) for payment in own}
        asked = app.run(lambda tx: tx.get_many(CUSTOMER_REQUESTS, keys))
        shown = [(payment, asked.get((request_id_of(payment.payment_id),))) for payment in own]
        return app.page(request, holder, "deceived.html", title="app.deceived.title", payments=shown)

    @get("/deceived/{payment_id:str}", sync_to_thread=True)
    def what_happened(request: PageRequest, payment_id: str) -> Response[str]:
        """Ask what happened and how the person can be reached."""
        holder = app.signed_in(request)
        return _form(app, request, holder, _own_payment(app, holder, payment_id), Answers(), None)

    @post("/deceived/{payment_id:str}", sync_to_thread=True)
    def check_or_send(request: PageRequest, payment_id: str, body: bytes) -> Response[str]:
        """Show what will be sent; after the person's word, put it before the bank's officers."""
        holder, form = app.signed_in(request), read_form(request, body)
        payment, answers = _own_payment(app, holder, payment_id), _answers(form)
        fault = _fault_in(answers)
        if fault is not None or answers.contact is None or form.text("step") == "back":
            return _form(app, request, holder, payment, answers, None if form.text("step") == "back" else fault)
        if form.text("step") != "send":
            return app.page(
                request, holder, "deceived_check.html", title="app.deceived.check", payment=payment, answers=answers
            )
        contact, now = answers.contact, app.context.clock.now()
        phone = answers.phone if contact is SafeContact.call_other_number else ""
        filed = app.run(lambda tx: _filed(app, tx, payment, replace(answers, phone=phone), contact, now))
        if isinstance(filed, Rejection):
            raise NotThere
        return app.site.redirect(f"/app/requests/{filed.request_id}")

    @get("/requests/{request_id:str}", sync_to_thread=True)
    def sent(request: PageRequest, request_id: str) -> Response[str]:
        """Show the request's number, whom to call, and what is known of it."""
        holder = app.signed_in(request)
        asked, payment, report, is_taken = app.run(lambda tx: _state(app, tx, holder, RequestId(request_id)))
        return app.page(
            request,
            holder,
            "request.html",
            title="app.request.title",
            asked=asked,
            payment=payment,
            report=report,
            is_taken=is_taken,
            news=[] if report is None else app.run(lambda tx: report_notices_on(tx, report.report_id)),
        )

    return [choose_payment, what_happened, check_or_send, sent]


def _own_payment(app: AppSite, holder: Holder, payment_id: str) -> Payment:
    """Return a person's own payment. Raises NotThere for any other."""
    payment = app.run(lambda tx: tx.get(CORE_PAYMENTS, TransferRef(payment_id)))
    if payment is None or payment.from_account != holder.account_id or payment.for_report is not None:
        raise NotThere
    return payment


def _answers(form: Form) -> Answers:
    tapped = frozenset(form.all("told"))
    contact = form.text("contact")
    return Answers(
        told=tuple(one for one in Told if one.value in tapped),
        contact=SafeContact(contact) if contact in SafeContact.__members__ else None,
        phone=form.text("phone"),
    )


def _fault_in(answers: Answers) -> str | None:
    if not answers.told:
        return "app.deceived.nothing_told"
    if answers.contact is None:
        return "app.deceived.no_contact"
    if answers.contact is SafeContact.call_other_number and not answers.phone:
        return "app.deceived.no_phone"
    return None


def _filed(
    app: AppSite, tx: Transaction, payment: Payment, answers: Answers, contact: SafeContact, now: Instant
) -> CustomerRequest | Rejection:
    """File the request; where an officer has signed a report on this payment already, that is its answer."""
    filed = file_request(tx, payment, answers.told, contact, answers.phone or None, now)
    report = tx.get(LOCAL_REPORTS, report_id_of(app.context.keyring.participant_id, payment))
    if report is not None:
        note_report(tx, payment.payment_id, report.report_id, report.officer_id, now)
    return filed


def _state(
    app: AppSite, tx: Transaction, holder: Holder, request_id: RequestId
) -> tuple[CustomerRequest, Payment, LocalReport | None, bool]:
    """Return a person's own request, its payment, the report if there is one, and whether the exchange has taken it."""
    asked = tx.get(CUSTOMER_REQUESTS, request_id)
    payment = None if asked is None else tx.get(CORE_PAYMENTS, asked.transfer_ref)
    if asked is None or payment is None or asked.account_id != holder.account_id:
        raise NotThere
    me, exchange = app.context.keyring.participant_id, app.context.agent.exchange
    report = tx.get(LOCAL_REPORTS, report_id_of(me, payment))
    row = None if report is None else report_signed(tx, report.report_id, me, exchange)
    message = None if row is None else row.message
    is_taken = message is not None and message.done_at is not None and message.refusal is None
    return asked, payment, report, is_taken


def _form(
    app: AppSite, request: PageRequest, holder: Holder, payment: Payment, answers: Answers, fault: str | None
) -> Response[str]:
    return app.page(
        request,
        holder,
        "deceived_form.html",
        title="app.deceived.title",
        status=HTTP_200_OK if fault is None else HTTP_422_UNPROCESSABLE_ENTITY,
        payment=payment,
        answers=answers,
        all_told=list(Told),
        all_contacts=list(SafeContact),
        fault=fault,
    )
