"""Builders of payment documents for the feed's tests: a small right document, and one thing changed in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tarazy.values.replacing import replace

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"


@dataclass(frozen=True, kw_only=True)
class Payment:
    """The contents of one ``CdtTrfTxInf``; None leaves an element out."""

    uetr: str | None = "6a1f4c1e-8d3b-4f52-9c77-0b7c1d2e3f40"
    end_to_end_id: str | None = "E2E-1"
    tx_id: str | None = None
    amount: str = "100.00"
    currency: str = "KZT"
    instructed: str | None = None
    instructed_currency: str = "KZT"
    charge_bearer: str = "SHAR"
    accepted_at: str | None = None
    debtor_iban: str = "KZ75125KZT2069100100"
    debtor_bic: str = "DALAKZKA"
    creditor_bic: str = "ORDAKZKA"
    creditor_account: str = "8802"
    purpose: str | None = None

    def xml(self) -> str:
        instructed = element("InstdAmt", self.instructed, f' Ccy="{self.instructed_currency}"')
        return (
            "<CdtTrfTxInf><PmtId>"
            + element("EndToEndId", self.end_to_end_id)
            + element("TxId", self.tx_id)
            + element("UETR", self.uetr)
            + f'</PmtId><IntrBkSttlmAmt Ccy="{self.currency}">{self.amount}</IntrBkSttlmAmt>'
            + element("AccptncDtTm", self.accepted_at)
            + f"{instructed}<ChrgBr>{self.charge_bearer}</ChrgBr>"
            + "<Dbtr><Nm>SECRET NAME</Nm></Dbtr>"
            + f"<DbtrAcct><Id><IBAN>{self.debtor_iban}</IBAN></Id></DbtrAcct>"
            + f"<DbtrAgt><FinInstnId><BICFI>{self.debtor_bic}</BICFI></FinInstnId></DbtrAgt>"
            + f"<CdtrAgt><FinInstnId><BICFI>{self.creditor_bic}</BICFI></FinInstnId></CdtrAgt>"
            + f"<CdtrAcct><Id><Othr><Id>{escape(self.creditor_account)}</Id></Othr></Id></CdtrAcct>"
            + (f"<Purp><Cd>{self.purpose}</Cd></Purp>" if self.purpose else "")
            + "</CdtTrfTxInf>"
        )


def element(tag: str, text: str | None, attributes: str = "") -> str:
    return "" if text is None else f"<{tag}{attributes}>{escape(text)}</{tag}>"


def pacs_008(
    *payments: Payment,
    version: str = "pacs.008.001.08",
    count: int | None = None,
    header: str = "",
    created_at: str = "2026-03-02T09:30:00+05:00",
) -> bytes:
    stated = len(payments) if count is None else count
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}{version}"><FIToFICstmrCdtTrf>'
        f"<GrpHdr><MsgId>M-1</MsgId><CreDtTm>{created_at}</CreDtTm><NbOfTxs>{stated}</NbOfTxs>{header}</GrpHdr>"
        + "".join(payment.xml() for payment in payments)
        + "</FIToFICstmrCdtTrf></Document>"
    ).encode()


def numbered(payment: Payment, numbers: Iterable[int]) -> list[Payment]:
    return [replace(payment, uetr=None, end_to_end_id=f"E2E-{number}") for number in numbers]


def pacs_004(parties: str, *, ids: str, version: str = "pacs.004.001.09", amount: str = "100.00") -> bytes:
    return (
        f'<Document xmlns="{NAMESPACE}{version}"><PmtRtr><GrpHdr><MsgId>M-2</MsgId>'
        f"<CreDtTm>2026-03-03T10:00:00+05:00</CreDtTm><NbOfTxs>1</NbOfTxs></GrpHdr><TxInf>{ids}"
        f'<RtrdIntrBkSttlmAmt Ccy="KZT">{amount}</RtrdIntrBkSttlmAmt>{parties}</TxInf></PmtRtr></Document>'
    ).encode()
