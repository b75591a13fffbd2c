"""Reports: finding a customer's payment, signing a report on it, taking one back; and a customer's request about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK

from tarazy.agent.desk import SignReport, report_id_of, sign_report
from tarazy.agent.queries import find_holders, report_signed
from tarazy.agent.records import CREDIT_PLACES, HOLDERS, LOCAL_REPORTS, Holder, LocalReport
from tarazy.agent.reference_core import CORE_PAYMENTS, Payment
from tarazy.agent.report_sent import can_sign_anew, filed_in
from tarazy.agent.requests import (
    CUSTOMER_REQUESTS,
    CustomerRequest,
    RequestId,
    decline_request,
    note_report,
    request_id_of,
)
from tarazy.app.access import ACCESS_KEY
from tarazy.app.messages import Outgoing
from tarazy.app.store import Transaction
from tarazy.domain.facts import FACTS
from tarazy.domain.rejection import Rejection
from tarazy.edge.context import OfficerProfile
from tarazy.edge.desk.access import DESK_READ
from tarazy.edge.desk.desk_site import DeskSite, status_of
from tarazy.edge.desk.facts import suggested
from tarazy.edge.desk.reports_list import refusal_text, reports_handlers
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.entered import read_sum, typed_sum
from tarazy.edge.pages.form_page import Tried, Unread, form_page
from tarazy.edge.pages.forms import Form, PageRequest, read_form
from tarazy.edge.pages.reader import Reader
from tarazy.values.ids import AccountId, ReportId, TransferRef
from tarazy.values.replacing import replace

PAYMENTS_SHOWN: Final = 50
KNOWN_ALREADY: Final = frozenset({Rejection.report_known_with_other_facts, Rejection.report_has_ended})
"""Rejections that another report on the payment stands behind: the page leads to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a report would be about: the payment, its payer, and the payer's own request if there is one."""

    payment: Payment
    holder: Holder | None
    request: CustomerRequest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the officer has typed so far."""

    claim: str
    offence: str = ""
    facts: frozenset[str] = frozenset()
    reasons: str = ""
    act: str = ""


def report_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the pages from a customer's name to a signed report."""

    @get("/payments", sync_to_thread=True)
    def payments(request: PageRequest) -> Response[str]:
        """Show where a customer is looked for."""
        return _search_page(desk, request, Form({}))

    @post("/payments", sync_to_thread=True, status_code=HTTP_200_OK, opt={ACCESS_KEY: DESK_READ})
    def find(request: PageRequest, body: bytes) -> Response[str]:
        """Find a customer, then one of their payments. Whom somebody looks for stands in no address."""
        return _search_page(desk, request, read_form(request, body))

    def sign(request: PageRequest, payment_id: str, form: Form) -> Response[str] | Rejection | Unread:
        """Sign the report; the exchange gets it with the next message."""
        officer, subject, typed = desk.signed_in(request), _subject(desk, payment_id), _typed(form)
        if isinstance(subject, Rejection):
            return subject
        claim = read_sum(typed.claim, subject.payment.currency)
        code = _form_fault(desk, typed)
        if code is not None or claim is None:
            return Unread(code or "desk.sum_not_read")
        outcome = _sign(desk, officer, subject.payment, claim, typed)
        if isinstance(outcome, Rejection):
            return outcome
        return desk.site.redirect(f"/desk/reports/{outcome}?done=signed")

    @post("/requests/{request_id:str}/decline", sync_to_thread=True)
    def decline(request: PageRequest, request_id: str, body: bytes) -> Response[str]:
        """Tell the customer why no report is signed."""
        officer, form = desk.signed_in(request), read_form(request, body)
        reasons, now = form.text("reasons"), desk.context.clock.now()
        asked = desk.run(lambda tx: tx.get(CUSTOMER_REQUESTS, request_id))
        if asked is None:
            raise NotThere
        rejection = desk.run(lambda tx: decline_request(tx, RequestId(request_id), reasons, officer.officer_id, now))
        if rejection is None:
            return desk.site.redirect("/desk/inbox?done=decline")
        subject = _subject(desk, asked.transfer_ref)
        assert isinstance(subject, Subject), f"{asked.request_id} is about no payment of a customer"
        typed = replace(_suggested(subject), reasons=reasons, act="decline")
        tried = Tried(form=form, rejection=rejection, status=status_of(rejection))
        return _form(desk, request, officer, subject, typed, tried)

    signing = form_page("/payments/{subject:str}/report", partial(_page, desk), sign, status_of=status_of)
    return [payments, find, *signing, decline, *reports_handlers(desk)]


def _search_page(desk: DeskSite, request: PageRequest, form: Form) -> Response[str]:
    officer = desk.signed_in(request)
    who, account_id = form.text("who"), form.text("account")
    found = desk.run(lambda tx: _found(tx, who, account_id))
    holder = found[0] if len(found) == 1 else None
    return desk.page(
        request,
        officer,
        "payments.html",
        title="desk.payments.title",
        who=who,
        found=found,
        holder=holder,
        payments=_payments(desk, holder) if holder else [],
    )


def _found(tx: Transaction, who: str, account_id: str) -> list[Holder]:
    if not account_id:
        return find_holders(tx, who)
    holder = tx.get(HOLDERS, AccountId(account_id))
    return [holder] if holder else []


def _payments(desk: DeskSite, holder: Holder) -> list[tuple[Payment, LocalReport | None]]:
    payments = desk.context.core.payments_of(holder.account_id, PAYMENTS_SHOWN)
    me = desk.setting().me
    keys = {(report_id_of(me, payment),) for payment in payments}
    reports = desk.run(lambda tx: tx.get_many(LOCAL_REPORTS, keys))
    return [(payment, reports.get((report_id_of(me, payment),))) for payment in payments]


def _subject(desk: DeskSite, payment_id: str) -> Subject | Rejection:
    """Return what the report would be about; for money that has come to this bank, or that it pays back, why not.

    Raises NotThere for a payment that nobody here has made or received.
    """

    def read(tx: Transaction) -> Subject | Rejection | None:
        payment = tx.get(CORE_PAYMENTS, TransferRef(payment_id))
        if payment is None:
            has_come = tx.get(CREDIT_PLACES, TransferRef(payment_id)) is not None
            return Rejection.transfer_not_outgoing if has_come else None
        if payment.from_account is None or payment.for_report is not None:
            return Rejection.transfer_not_outgoing
        holder = tx.get(HOLDERS, payment.from_account)
        request = tx.get(CUSTOMER_REQUESTS, request_id_of(payment.payment_id))
        return Subject(payment=payment, holder=holder, request=request)

    subject = desk.run(read)
    if subject is None:
        raise NotThere
    return subject


def _suggested(subject: Subject) -> Typed:
    """Return what is most likely meant before anything is typed: all of the payment, and what the customer has told."""
    claim = typed_sum(subject.payment.amount_minor, subject.payment.currency)
    return Typed(claim=claim, facts=suggested(subject.request.told) if subject.request else frozenset())


def _typed(form: Form) -> Typed:
    facts = frozenset(form.all("fact")) & frozenset(FACTS)
    return Typed(
        claim=form.text("claim"), offence=form.text("offence"), facts=facts, reasons=form.text("reasons"), act="report"
    )


def _offences(desk: DeskSite, reader: Reader) -> list[tuple[str, str]]:
    """Return the offences in force today that fit the purpose of the exchange, the empty choice first."""
    data = desk.context.pack.data
    today = data.calendar.local_day(reader.now)
    fitting = [one for one in data.offences.values() if one.within_purpose and one.covers(today)]
    return [("", reader.t("desk.report.choose")), *((one.offence_id, reader.t(one.title_code)) for one in fitting)]


def _form_fault(desk: DeskSite, typed: Typed) -> str | None:
    offence = desk.context.pack.data.offences.get(typed.offence)
    if offence is None or not offence.within_purpose:
        return "desk.report.no_offence"
    return None if typed.facts else "desk.report.no_facts"


def _sign(desk: DeskSite, officer: OfficerProfile, payment: Payment, claim: int, typed: Typed) -> ReportId | Rejection:
    """Sign, and answer the customer's request in the same transaction."""
    setting, exchange = desk.setting(), desk.context.agent.exchange
    facts: Sequence[str] = [fact for fact in FACTS if fact in typed.facts]
    command = SignReport(
        payment=payment,
        claim_minor=claim,
        offence_id=typed.offence,
        facts=tuple(facts),
        reasons=typed.reasons,
    )

    def work(tx: Transaction) -> ReportId | Rejection:
        outcome = sign_report(tx, command, desk.at_desk(officer), exchange, setting)
        if not isinstance(outcome, Rejection):
            note_report(tx, payment.payment_id, outcome, officer.officer_id, setting.now)
        return outcome

    return desk.run(work)


def _page(desk: DeskSite, request: PageRequest, payment_id: str, tried: Tried) -> Response[str]:
    """Show the form of a report on a payment, with the facts that the customer's request suggests."""
    officer, subject = desk.signed_in(request), _subject(desk, payment_id)
    if isinstance(subject, Rejection):
        return desk.site.message(request, "desk.not_outgoing", status=status_of(subject))
    if tried.is_refused:
        return _form(desk, request, officer, subject, _typed(tried.form), tried)
    me, exchange = desk.setting().me, desk.context.agent.exchange
    known = desk.run(lambda tx: report_signed(tx, report_id_of(me, subject.payment), me, exchange))
    if known is None:
        return _form(desk, request, officer, subject, _suggested(subject), tried)
    if known.message is None or not can_sign_anew(known.report, known.message):
        return desk.site.redirect(f"/desk/reports/{known.report.report_id}")
    return _form(desk, request, officer, subject, _as_filed(known.message), tried, refused=known.message)


def _as_filed(sent: Outgoing) -> Typed:
    """Return what a report said that the exchange has refused, to be put right. Reasons are given anew."""
    filed = filed_in(sent)
    claim = typed_sum(filed.claim_minor, filed.currency)
    return Typed(claim=claim, offence=filed.offence_id, facts=frozenset(filed.facts))


def _form(
    desk: DeskSite,
    request: PageRequest,
    officer: OfficerProfile,
    subject: Subject,
    typed: Typed,
    tried: Tried,
    *,
    refused: Outgoing | None = None,
) -> Response[str]:
    reader = desk.site.reader(request)
    return desk.form_page(
        request,
        officer,
        "report_form.html",
        tried,
        title="desk.report.title",
        payment=subject.payment,
        report_id=report_id_of(desk.setting().me, subject.payment),
        holder=subject.holder,
        is_known=tried.rejection in KNOWN_ALREADY,
        refusal=None if refused is None else refusal_text(refused, reader),
        request=subject.request,
        offences=_offences(desk, reader),
        offence=typed.offence,
        fact_choices=[(code, reader.t(f"desk.fact.{code}")) for code in FACTS],
        facts=typed.facts,
        claim=typed.claim,
        typed=typed.reasons,
        act=typed.act,
    )
