"""One payment or return inside a message: which elements say what, and what is refused."""

import re
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

from tarazy.agent.feed.currency_digits import scaled
from tarazy.agent.feed.fault import FeedFault
from tarazy.agent.feed.hardened_xml import Node
from tarazy.agent.feed.transfer_message import HEAD_OFFICE, Agent, TransferKind, TransferMessage
from tarazy.values.currency import DIGITS_OF
from tarazy.values.ids import TransferRef
from tarazy.values.instant import Instant
from tarazy.values.money import MINOR_MAX

PROTECTED_PURPOSES: Final = frozenset(
    {"SALA", "PAYR", "PENS", "SSBE", "BENE", "BECH", "AEMP", "RHBS", "GOVT", "GVEA", "GVEB", "GVEC", "GVED"}
)
"""Purpose codes (ISO 20022 external code set) of wages, pensions and benefits, as purpose or as category purpose."""

_UETR = re.compile(r"[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?")
_ID_MAX: Final = 35
_NOT_PROVIDED: Final = "NOTPROVIDED"
_TIMES: Final = ("SttlmTmIndctn/CdtDtTm", "SttlmTmIndctn/DbtDtTm", "AccptncDtTm")
_OTHER_END: Final = {"Dbtr": "Cdtr", "Cdtr": "Dbtr"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the two messages call the same things."""

    kind: TransferKind
    body: str
    transaction: str
    settled: str
    instructed: str
    total: str


SHAPES: Final = {
    "pacs.008.001": Shape(
        kind=TransferKind.credit_transfer,
        body="FIToFICstmrCdtTrf",
        transaction="CdtTrfTxInf",
        settled="IntrBkSttlmAmt",
        instructed="InstdAmt",
        total="TtlIntrBkSttlmAmt",
    ),
    "pacs.004.001": Shape(
        kind=TransferKind.return_,
        body="PmtRtr",
        transaction="TxInf",
        settled="RtrdIntrBkSttlmAmt",
        instructed="RtrdInstdAmt",
        total="TtlRtrdIntrBkSttlmAmt",
    ),
}


def return_ref(original_ref: TransferRef, return_id: str) -> TransferRef:
    """Return the name of a return: both banks make the same one, and two banks' return numbers never meet in it."""
    return TransferRef(f"{original_ref}/{return_id}")


def read_transfer(transaction: Node, header: Node, shape: Shape, times_in: tzinfo | None) -> TransferMessage:
    """Return what one transaction element says, or raise the fault of its first bad element."""
    amount, currency = amount_of(transaction, shape.settled)
    sent, received, sent_currency = _both_ends(transaction, shape, amount, currency)
    is_return = shape.kind is TransferKind.return_
    original_ref = _original_ref(transaction) if is_return else None
    purposes = [] if is_return else _purposes(transaction, header)
    return TransferMessage(
        kind=shape.kind,
        place=transaction.path,
        message_id=_id(header, "MsgId"),
        transfer_ref=_transfer_ref(transaction) if original_ref is None else _return_ref(transaction, original_ref),
        original_ref=original_ref,
        amount_minor=received,
        currency=currency,
        sent_minor=sent,
        sent_currency=sent_currency,
        settled_at=_settled_at(transaction, header, times_in),
        settlement_date=_settlement_date(transaction, header),
        debtor_account=_account(transaction, "Dbtr", shape.kind),
        creditor_account=_account(transaction, "Cdtr", shape.kind),
        debtor_agent=_agent(transaction, "Dbtr", shape.kind),
        creditor_agent=_agent(transaction, "Cdtr", shape.kind),
        purpose=purposes[0] if purposes else None,
        is_protected=not PROTECTED_PURPOSES.isdisjoint(purposes),
    )


def amount_of(parent: Node, tag: str) -> tuple[int, str]:
    """Return the amount in minor units and its currency: exact, positive, with no more decimals than it may have."""
    node = parent.needed(tag, "an amount with its currency")
    currency = node.element.get("Ccy", "")
    if currency not in DIGITS_OF:
        raise FeedFault(place=node.path, field="Ccy", expected="a currency code of ISO 4217 that has minor units")
    digits = DIGITS_OF[currency]
    minor = scaled(node.text, digits)
    if minor is None or not 0 < minor <= MINOR_MAX:
        raise node.fault(f"a positive decimal amount with at most {digits} decimals, as {currency} has")
    return minor, currency


def _both_ends(transaction: Node, shape: Shape, settled: int, currency: str) -> tuple[int, int, str]:
    """Return what leaves the debtor, what reaches the creditor, and the currency of the former.

    Charges taken on the way make the settled amount smaller than the instructed one. Charges that the debtor pays
    beforehand (DEBT) make it larger, and what is over is the creditor's bank's, not the creditor's.
    """
    if transaction.at(shape.instructed) is None:
        return settled, settled, currency
    instructed, instructed_currency = amount_of(transaction, shape.instructed)
    if instructed_currency != currency:
        return instructed, settled, instructed_currency
    if instructed < settled and transaction.value("ChrgBr") != "DEBT":
        raise FeedFault(
            place=transaction.path,
            field=shape.instructed,
            expected=f"at least the {shape.settled}, unless ChrgBr is DEBT",
        )
    return max(instructed, settled), min(instructed, settled), currency


def _id(parent: Node, steps: str) -> str:
    return _short(parent.needed(steps, "an id"))


def _short(node: Node) -> str:
    if len(node.text) > _ID_MAX or not node.text.isprintable():
        raise node.fault(f"at most {_ID_MAX} printable characters")
    return node.text


def _uetr(transaction: Node, steps: str) -> TransferRef | None:
    node = transaction.at(steps)
    if node is None or not node.text:
        return None
    if not _UETR.fullmatch(node.text):
        raise node.fault("a UETR: a version 4 UUID in lower case")
    return TransferRef(node.text)


def _given(transaction: Node, steps: str) -> TransferRef | None:
    node = transaction.at(steps)
    if node is None or not node.text or node.text.upper() == _NOT_PROVIDED:
        return None
    return TransferRef(_short(node))


def _transfer_ref(transaction: Node) -> TransferRef:
    ref = _uetr(transaction, "PmtId/UETR") or _given(transaction, "PmtId/EndToEndId")
    if ref is None:
        raise FeedFault(
            place=f"{transaction.path}/PmtId", field="UETR", expected="a UETR, or an EndToEndId other than NOTPROVIDED"
        )
    return ref


def _original_ref(transaction: Node) -> TransferRef:
    ref = _uetr(transaction, "OrgnlUETR") or _given(transaction, "OrgnlEndToEndId") or _given(transaction, "OrgnlTxId")
    if ref is None:
        raise FeedFault(
            place=transaction.path,
            field="OrgnlUETR",
            expected="the returned payment's UETR, or its end-to-end or transaction id other than NOTPROVIDED",
        )
    return ref


def _return_ref(transaction: Node, original_ref: TransferRef) -> TransferRef:
    return return_ref(original_ref, _id(transaction, "RtrId"))


def _purposes(transaction: Node, header: Node) -> list[str]:
    """Return the purpose codes, the payment's own before its category and the group's."""
    found = (
        transaction.value("Purp/Cd"),
        transaction.value("PmtTpInf/CtgyPurp/Cd"),
        header.value("PmtTpInf/CtgyPurp/Cd"),
    )
    return [code for code in found if code is not None]


def _settled_at(transaction: Node, header: Node, times_in: tzinfo | None) -> Instant:
    for steps in _TIMES:
        node = transaction.at(steps)
        if node is not None and node.text:
            return _moment(node, times_in)
    return _moment(header.needed("CreDtTm", "the time of the message"), times_in)


def _moment(node: Node, times_in: tzinfo | None) -> Instant:
    expected = "a time with an offset, such as 2026-03-01T09:30:00+05:00"
    if not _TIME.fullmatch(node.text):
        raise node.fault(expected)
    try:
        moment = datetime.fromisoformat(node.text)
        if moment.tzinfo is None and times_in is not None:
            moment = moment.replace(tzinfo=times_in)
            if moment.utcoffset() != moment.replace(fold=1).utcoffset():
                raise node.fault(f"{expected}: the clocks are changed in this hour, so that it needs one")
        return Instant.parse(moment.isoformat())
    except (ValueError, OverflowError):
        raise node.fault(expected) from None


def _settlement_date(transaction: Node, header: Node) -> date | None:
    node = transaction.at("IntrBkSttlmDt") or header.at("IntrBkSttlmDt")
    if node is None:
        return None
    match = _DATE.fullmatch(node.text)
    try:
        return date.fromisoformat(match[1] if match else "")
    except ValueError:
        raise node.fault("a date, such as 2026-03-01") from None


def _end(transaction: Node, end: str, tag: str, kind: TransferKind) -> Node | None:
    """Return the element of the debtor's or creditor's end.

    A return names its own ends in the return chain, where whoever sends back is the debtor. Without them it names
    those of the payment that it returns, and there the two have changed places.
    """
    if kind is TransferKind.credit_transfer:
        return transaction.at(end + tag)
    return transaction.at(f"RtrChain/{end}{tag}") or transaction.at(f"OrgnlTxRef/{_OTHER_END[end]}{tag}")


def _account(transaction: Node, end: str, kind: TransferKind) -> str | None:
    account = _end(transaction, end, "Acct", kind)
    if account is None:
        return None
    iban = account.at("Id/IBAN")
    if iban is None:
        return account.value("Id/Othr/Id")
    if not _IBAN.fullmatch(iban.text):
        raise iban.fault("an IBAN without spaces")
    return iban.text


def _agent(transaction: Node, end: str, kind: TransferKind) -> Agent:
    institution = _end(transaction, end, "Agt", kind)
    bic = None if institution is None else institution.at("FinInstnId/BICFI")
    if bic is not None and not _BIC.fullmatch(bic.text):
        raise bic.fault("a BIC of 8 or 11 capital letters and digits")
    member_id = None if institution is None else _member_id(institution)
    if bic is None and member_id is None:
        place = transaction.path if kind is TransferKind.credit_transfer else f"{transaction.path}/RtrChain"
        raise FeedFault(place=place, field=f"{end}Agt", expected="the institution's BICFI or its clearing member id")
    return Agent(bic=None if bic is None else bic.text[:8] + bic.text[8:].replace(HEAD_OFFICE, ""), member_id=member_id)


def _member_id(institution: Node) -> str | None:
    member_id = institution.value("FinInstnId/ClrSysMmbId/MmbId")
    if member_id is None:
        return institution.value("FinInstnId/Othr/Id")
    system = institution.value("FinInstnId/ClrSysMmbId/ClrSysId/Cd")
    return member_id if system is None else f"{system}/{member_id}"
