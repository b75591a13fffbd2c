"""What a customer asks of their bank in the app: look at this payment of mine, I was deceived.

A request holds nothing and traces nothing. It brings the payment and what happened before an officer, who signs a
report with reasons of their own or says why not; either way the customer is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NewType

from tarazy.agent.reference_core import Payment
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.rejection import Rejection
from tarazy.protocol.statement import are_reasons
from tarazy.values.ids import AccountId, OfficerId, ReportId, TransferRef, derived
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

RequestId = NewType("RequestId", str)
OPEN_REQUESTS_MAX: Final = 200
"""As many open requests as one page of the desk can carry; the oldest come first."""
PHONE_LENGTH_MAX: Final = 20


class Told(StrEnum):
    """What a customer says happened, in a few taps. An officer turns it into facts, or does not."""

    bank_or_police_call = "bank_or_police_call"
    relative_in_trouble = "relative_in_trouble"
    goods_never_came = "goods_never_came"
    investment_promised = "investment_promised"
    code_given_away = "code_given_away"
    screen_shared = "screen_shared"
    not_my_payment = "not_my_payment"
    pressed_to_pay = "pressed_to_pay"


class SafeContact(StrEnum):
    """How the bank can reach the customer without somebody else hearing or reading it."""

    call = "call"
    call_other_number = "call_other_number"
    app_only = "app_only"
    will_come = "will_come"


class RequestAnswer(StrEnum):
    """What the officer did with a request."""

    report_signed = "report_signed"
    not_signed = "not_signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRequest:
    """A customer's request about one payment of theirs, and the officer's answer once there is one."""

    request_id: RequestId
    account_id: AccountId
    transfer_ref: TransferRef
    amount_minor: int
    currency: str
    told: tuple[Told, ...]
    contact: SafeContact
    contact_phone: str | None
    filed_at: Instant
    answer: RequestAnswer | None
    answered_by: OfficerId | None
    answered_at: Instant | None
    answer_reasons: str | None
    report_id: ReportId | None

    @property
    def number(self) -> str:
        """The number that the customer can read out on the telephone."""
        digits = self.request_id.removeprefix("rq_")[:8].upper()
        return f"{digits[:4]}-{digits[4:]}"


CUSTOMER_REQUESTS = Table("customer_requests", CustomerRequest, ("request_id",))


def request_id_of(payment_id: TransferRef) -> RequestId:
    """Return the id of the request about a payment: one payment, one request."""
    return RequestId(derived("rq", payment_id))


def file_request(
    tx: Transaction,
    payment: Payment,
    told: Sequence[Told],
    contact: SafeContact,
    contact_phone: str | None,
    now: Instant,
) -> CustomerRequest | Rejection:
    """Bring a payment before the bank's officers. One that waits already, or is reported, stays as it is."""
    if payment.from_account is None:
        return Rejection.transfer_not_outgoing
    request_id = request_id_of(payment.payment_id)
    before = tx.get(CUSTOMER_REQUESTS, request_id)
    if before is not None and before.answer is not RequestAnswer.not_signed:
        return before
    request = CustomerRequest(
        request_id=request_id,
        account_id=payment.from_account,
        transfer_ref=payment.payment_id,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        told=tuple(told),
        contact=contact,
        contact_phone=contact_phone[:PHONE_LENGTH_MAX] if contact_phone else None,
        filed_at=now,
        answer=None,
        answered_by=None,
        answered_at=None,
        answer_reasons=None,
        report_id=None,
    )
    tx.put(CUSTOMER_REQUESTS, request)
    return request


def open_requests(tx: Transaction) -> list[CustomerRequest]:
    """Return the requests that nobody has answered, oldest first."""
    unanswered = Condition("answer", "is_null")
    return tx.find(CUSTOMER_REQUESTS, unanswered, order=("filed_at",), limit=OPEN_REQUESTS_MAX)


def requests_of(tx: Transaction, account_id: AccountId) -> list[CustomerRequest]:
    """Return what a customer has asked, newest first."""
    mine = Condition("account_id", "=", account_id)
    return tx.find(CUSTOMER_REQUESTS, mine, order=("filed_at",), descending=True, limit=OPEN_REQUESTS_MAX)


def note_report(
    tx: Transaction, payment_id: TransferRef, report_id: ReportId, officer_id: OfficerId, now: Instant
) -> None:
    """Answer the request about a payment, if there is one, with the report that an officer has signed."""
    request = tx.get(CUSTOMER_REQUESTS, request_id_of(payment_id))
    if request is None or request.answer is RequestAnswer.report_signed:
        return
    answered = replace(
        request, answer=RequestAnswer.report_signed, answered_by=officer_id, answered_at=now, report_id=report_id
    )
    tx.put(CUSTOMER_REQUESTS, answered)


def decline_request(
    tx: Transaction, request_id: RequestId, reasons: str, officer_id: OfficerId, now: Instant
) -> Rejection | None:
    """Say to the customer, with reasons that they will read, why no report is signed."""
    request = tx.lock(CUSTOMER_REQUESTS, {(request_id,)}).get((request_id,))
    if request is None:
        return Rejection.report_unknown
    if request.answer is not None:
        return Rejection.report_has_ended
    if not are_reasons(reasons):
        return Rejection.reasons_missing
    declined = replace(
        request,
        answer=RequestAnswer.not_signed,
        answered_by=officer_id,
        answered_at=now,
        answer_reasons=reasons.strip(),
    )
    tx.put(CUSTOMER_REQUESTS, declined)
    return None
