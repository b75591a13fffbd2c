"""Payment and return messages: what is read out of them, and what is refused with place and remedy."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path

import pytest
from babel.numbers import get_territory_currencies
from hypothesis import given
from hypothesis import strategies as st

from tarazy.agent.feed import iso20022
from tarazy.agent.feed.currency_digits import scaled
from tarazy.agent.feed.fault import FeedFault
from tarazy.agent.feed.iso20022 import parse_messages
from tarazy.agent.feed.transfer_message import Agent, TransferKind
from tarazy.values.currency import DIGITS_OF
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.unit.agent.feed.documents import NAMESPACE, Payment, numbered, pacs_004, pacs_008

GOLDEN = Path(__file__).parents[3] / "golden" / "iso20022"
UETR = "6a1f4c1e-8d3b-4f52-9c77-0b7c1d2e3f40"
ONE = Payment()
AGENTS = (
    "<RtrChain><DbtrAgt><FinInstnId><BICFI>ORDAKZKA</BICFI></FinInstnId></DbtrAgt>"
    "<CdtrAgt><FinInstnId><BICFI>DALAKZKA</BICFI></FinInstnId></CdtrAgt></RtrChain>"
)


def fault_of(document: bytes) -> FeedFault:
    with pytest.raises(FeedFault) as caught:
        parse_messages(document)
    assert caught.value.__cause__ is None
    assert "SECRET" not in str(caught.value)
    assert "KZ75" not in str(caught.value)
    return caught.value


def test_a_document_of_two_payments() -> None:
    first, second = parse_messages((GOLDEN / "pacs_008_001_08.xml").read_bytes())
    assert first.kind is TransferKind.credit_transfer
    assert (first.message_id, first.transfer_ref, first.original_ref) == ("DALA-20260302-0001", UETR, None)
    assert (first.sent_minor, first.amount_minor, first.currency) == (25_010_050, 25_000_050, "KZT")
    assert first.settled_at == Instant(datetime(2026, 3, 2, 4, 29, 55, 250_000, tzinfo=UTC))
    assert first.settlement_date == date(2026, 3, 2)
    assert (first.debtor_account, first.creditor_account) == ("KZ75125KZT2069100100", "KZ86125KZT5004100200")
    assert (first.debtor_agent.bic, first.creditor_agent.bic) == ("DALAKZKA", "ORDAKZKA")
    assert not first.is_protected
    assert second.transfer_ref == "WAGES 2026/02"
    assert (second.amount_minor, second.sent_minor) == (1_150_000, 1_150_000)
    assert second.settled_at == Instant(datetime(2026, 3, 2, 4, 29, 58, tzinfo=UTC))
    assert second.creditor_agent == Agent(bic=None, member_id="KZTEST/0042")
    assert (second.purpose, second.is_protected) == ("SALA", True)
    assert second.place == "/Document/FIToFICstmrCdtTrf/CdtTrfTxInf[2]"


def test_a_return_has_the_ends_of_its_original_changed_round() -> None:
    [message] = parse_messages((GOLDEN / "pacs_004_001_09.xml").read_bytes())
    assert message.kind is TransferKind.return_
    assert (message.transfer_ref, message.original_ref) == (f"{UETR}/R-7", UETR)
    assert (message.sent_minor, message.amount_minor) == (25_000_050, 24_900_050)
    assert (message.debtor_account, message.creditor_account) == ("KZ86125KZT5004100200", "KZ75125KZT2069100100")
    assert (message.debtor_agent.bic, message.creditor_agent.bic) == ("ORDAKZKA", "DALAKZKA")
    assert not message.is_protected


def test_a_document_under_an_application_header_with_prefixes() -> None:
    [message] = parse_messages((GOLDEN / "pacs_008_001_13_with_header.xml").read_bytes())
    assert (message.amount_minor, message.currency) == (9990, "USD")
    assert (message.sent_minor, message.sent_currency) == (5_194_800, "KZT")
    assert message.place == "/*/Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]"


def test_names_and_remittance_are_not_kept() -> None:
    document = (GOLDEN / "pacs_008_001_08.xml").read_bytes()
    assert "Example" not in repr(parse_messages(document))
    assert "nobody" not in repr(parse_messages(document))


@pytest.mark.parametrize("version", ["08", "09", "10", "11", "12", "13"])
def test_each_version_from_08_to_13_is_read(version: str) -> None:
    assert len(parse_messages(pacs_008(ONE, version=f"pacs.008.001.{version}"))) == 1
    document = pacs_004(AGENTS, ids=f"<RtrId>R</RtrId><OrgnlUETR>{UETR}</OrgnlUETR>", version=f"pacs.004.001.{version}")
    assert len(parse_messages(document)) == 1


def test_the_return_that_belongs_to_version_13_is_read() -> None:
    document = pacs_004(AGENTS, ids=f"<RtrId>R</RtrId><OrgnlUETR>{UETR}</OrgnlUETR>", version="pacs.004.001.14")
    assert parse_messages(document)[0].original_ref == UETR


@pytest.mark.parametrize(
    "version", ["pacs.008.001.07", "pacs.008.001.14", "pacs.008.002.08", "pacs.009.001.08", "pain.001.001.09", "x", ""]
)
def test_another_version_is_refused_and_the_accepted_ones_are_named(version: str) -> None:
    fault = fault_of(pacs_008(ONE, version=version))
    assert (fault.place, fault.field) == ("/Document", "namespace")
    assert "pacs.008.001.08 to .13" in fault.expected
    assert "pacs.004.001.08 to .14" in fault.expected


def test_a_namespace_that_names_another_message_than_the_body() -> None:
    assert fault_of(pacs_008(ONE, version="pacs.004.001.09")).field == "PmtRtr"


@pytest.mark.parametrize(
    ("payment", "sent", "received"),
    [
        (ONE, 10_000, 10_000),
        (replace(ONE, instructed="103.50"), 10_350, 10_000),
        (replace(ONE, instructed="97.00", charge_bearer="DEBT"), 10_000, 9_700),
        (replace(ONE, amount="100", currency="JPY"), 100, 100),
        (replace(ONE, amount="0.001", currency="KWD"), 1, 1),
        (replace(ONE, amount="7.5", currency="UYW"), 75_000, 75_000),
        (replace(ONE, amount="100.0", currency="HUF"), 10_000, 10_000),
        (replace(ONE, amount="\n 1.10 \t"), 110, 110),
        (replace(ONE, amount="1<!-- -->.1<![CDATA[0]]>"), 110, 110),
    ],
)
def test_amounts_are_exact(payment: Payment, sent: int, received: int) -> None:
    [message] = parse_messages(pacs_008(payment))
    assert (message.sent_minor, message.amount_minor) == (sent, received)


@pytest.mark.parametrize(
    ("amount", "currency", "field"),
    [
        ("0", "KZT", "IntrBkSttlmAmt"),
        ("0.00", "KZT", "IntrBkSttlmAmt"),
        ("-1.00", "KZT", "IntrBkSttlmAmt"),
        ("+1.00", "KZT", "IntrBkSttlmAmt"),
        ("1.005", "KZT", "IntrBkSttlmAmt"),
        ("1.000", "KZT", "IntrBkSttlmAmt"),
        ("1.0", "JPY", "IntrBkSttlmAmt"),
        ("1,00", "KZT", "IntrBkSttlmAmt"),
        ("1e2", "KZT", "IntrBkSttlmAmt"),
        ("1.", "KZT", "IntrBkSttlmAmt"),
        ("١", "KZT", "IntrBkSttlmAmt"),
        ("9" * 19, "JPY", "IntrBkSttlmAmt"),
        ("9" * 18, "KZT", "IntrBkSttlmAmt"),
        ("1<x/>0", "KZT", "IntrBkSttlmAmt"),
        ("NaN", "KZT", "IntrBkSttlmAmt"),
        ("1.00", "kzt", "Ccy"),
        ("1.00", "ZZZ", "Ccy"),
        ("1.00", "XAU", "Ccy"),
        ("1.00", "", "Ccy"),
    ],
)
def test_a_bad_amount_is_refused(amount: str, currency: str, field: str) -> None:
    fault = fault_of(pacs_008(ONE, replace(ONE, amount=amount, currency=currency)))
    assert fault.field == field
    assert fault.place.startswith("/Document/FIToFICstmrCdtTrf/CdtTrfTxInf[2]")


def test_settling_more_than_instructed_is_refused_unless_the_debtor_paid_the_charges() -> None:
    fault = fault_of(pacs_008(replace(ONE, instructed="97.00")))
    assert fault.field == "InstdAmt"
    assert "DEBT" in fault.expected


@pytest.mark.parametrize(
    ("header", "count", "field"),
    [
        ("", 3, "NbOfTxs"),
        ("<CtrlSum>300.01</CtrlSum>", 2, "CtrlSum"),
        ("<CtrlSum>many</CtrlSum>", 2, "CtrlSum"),
        ('<TtlIntrBkSttlmAmt Ccy="KZT">299.99</TtlIntrBkSttlmAmt>', 2, "TtlIntrBkSttlmAmt"),
        ('<TtlIntrBkSttlmAmt Ccy="USD">300.00</TtlIntrBkSttlmAmt>', 2, "TtlIntrBkSttlmAmt"),
        ("<CtrlSum>300</CtrlSum><CtrlSum>300</CtrlSum>", 2, "CtrlSum"),
    ],
)
def test_totals_that_do_not_agree_are_refused(header: str, count: int, field: str) -> None:
    first, second = numbered(ONE, (1, 2))
    fault = fault_of(pacs_008(first, replace(second, amount="200.00"), header=header, count=count))
    assert fault.field == field
    assert fault.place == "/Document/FIToFICstmrCdtTrf/GrpHdr"


def test_totals_that_agree_are_accepted() -> None:
    header = '<CtrlSum>300.000</CtrlSum><TtlIntrBkSttlmAmt Ccy="KZT">300.00</TtlIntrBkSttlmAmt>'
    first, second = numbered(ONE, (1, 2))
    assert len(parse_messages(pacs_008(first, replace(second, amount="200.00"), header=header))) == 2


def test_a_document_without_transactions_is_refused() -> None:
    assert fault_of(pacs_008()).field == "CdtTrfTxInf"


def test_too_many_transactions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iso20022, "TRANSACTIONS_MAX", 2)
    assert len(parse_messages(pacs_008(*numbered(ONE, range(2))))) == 2
    assert "1 to 2 transactions" in fault_of(pacs_008(*numbered(ONE, range(3)))).expected


@pytest.mark.parametrize(
    ("payment", "field"),
    [
        (replace(ONE, uetr=None, end_to_end_id=None), "UETR"),
        (replace(ONE, uetr=None, end_to_end_id=""), "UETR"),
        (replace(ONE, uetr="", end_to_end_id="NOTPROVIDED"), "UETR"),
        (replace(ONE, uetr=None, end_to_end_id="NotProvided"), "UETR"),
        (replace(ONE, uetr=UETR.upper()), "UETR"),
        (replace(ONE, uetr="6a1f4c1e-8d3b-1f52-9c77-0b7c1d2e3f40"), "UETR"),
        (replace(ONE, uetr=None, end_to_end_id="x" * 36), "EndToEndId"),
        (replace(ONE, debtor_iban="KZ75 125K"), "IBAN"),
        (replace(ONE, debtor_bic="DALA"), "BICFI"),
        (replace(ONE, creditor_bic=""), "BICFI"),
        (replace(ONE, creditor_account="x" * 141), "Id"),
        (replace(ONE, accepted_at="2026-03-02T09:30:00"), "AccptncDtTm"),
        (replace(ONE, accepted_at="2026-03-02"), "AccptncDtTm"),
        (replace(ONE, accepted_at="2026-02-30T09:30:00Z"), "AccptncDtTm"),
        (replace(ONE, accepted_at="0001-01-01T00:00:00+14:00"), "AccptncDtTm"),
    ],
)
def test_a_missing_or_malformed_id_is_refused(payment: Payment, field: str) -> None:
    fault = fault_of(pacs_008(payment))
    assert fault.field == field
    assert fault.place.startswith("/Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]")


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        (ONE, ONE, "PmtId"),
        (replace(ONE, uetr=None), replace(ONE, uetr=None), "PmtId"),
        (replace(ONE, tx_id="T"), replace(ONE, uetr=None, tx_id="T"), "PmtId/TxId"),
    ],
)
def test_the_same_id_twice_in_a_document_is_refused(first: Payment, second: Payment, field: str) -> None:
    fault = fault_of(pacs_008(first, second))
    assert (fault.place, fault.field) == ("/Document/FIToFICstmrCdtTrf/CdtTrfTxInf[2]", field)


def test_an_element_that_is_there_twice_is_refused() -> None:
    document = pacs_008(ONE).replace(b"<ChrgBr>", b'<IntrBkSttlmAmt Ccy="KZT">1.00</IntrBkSttlmAmt><ChrgBr>')
    fault = fault_of(document)
    assert fault.field == "IntrBkSttlmAmt"
    assert "once" in fault.expected


@pytest.mark.parametrize("tag", ["GrpHdr", "MsgId", "CreDtTm", "IntrBkSttlmAmt", "DbtrAgt", "CdtrAgt"])
def test_an_element_that_must_be_there_is_asked_for(tag: str) -> None:
    document = pacs_008(ONE).decode()
    start, end = document.index(f"<{tag}"), document.index(f"</{tag}>") + len(f"</{tag}>")
    assert fault_of((document[:start] + document[end:]).encode()).field == tag


def test_elements_of_another_namespace_are_not_seen() -> None:
    document = pacs_008(replace(ONE, uetr=None, end_to_end_id=None))
    foreign = document.replace(b"<PmtId>", f'<PmtId><UETR xmlns="urn:other">{UETR}</UETR>'.encode())
    assert fault_of(foreign).field == "UETR"


def test_a_time_without_offset_needs_a_declared_zone() -> None:
    document = pacs_008(ONE, created_at="2026-03-02T09:30:00")
    assert fault_of(document).field == "CreDtTm"
    [message] = parse_messages(document, times_in=timezone(timedelta(hours=5)))
    assert message.settled_at == Instant(datetime(2026, 3, 2, 4, 30, tzinfo=UTC))


class ClocksChangeAtTwo(tzinfo):
    """A zone in which the hour from two to three is there twice, at +02:00 and then at +01:00."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        is_repeated = moment is not None and moment.hour == 2 and moment.fold
        return timedelta(hours=1 if is_repeated else 2)

    def dst(self, moment: datetime | None) -> timedelta:
        return timedelta(0)

    def tzname(self, moment: datetime | None) -> str:
        return "change"


def test_an_hour_that_is_there_twice_needs_its_offset() -> None:
    document = pacs_008(ONE, created_at="2026-10-25T01:30:00")
    assert parse_messages(document, times_in=ClocksChangeAtTwo())[0].settled_at.utc.hour == 23
    with pytest.raises(FeedFault, match="the clocks are changed in this hour"):
        parse_messages(pacs_008(ONE, created_at="2026-10-25T02:30:00"), times_in=ClocksChangeAtTwo())


@pytest.mark.parametrize(
    ("ids", "ref"),
    [
        (f"<OrgnlEndToEndId>E</OrgnlEndToEndId><OrgnlTxId>T</OrgnlTxId><OrgnlUETR>{UETR}</OrgnlUETR>", UETR),
        ("<OrgnlEndToEndId>E</OrgnlEndToEndId><OrgnlTxId>T</OrgnlTxId>", "E"),
        ("<OrgnlEndToEndId>NOTPROVIDED</OrgnlEndToEndId><OrgnlTxId>T</OrgnlTxId>", "T"),
    ],
)
def test_a_return_names_its_original(ids: str, ref: str) -> None:
    [message] = parse_messages(pacs_004(AGENTS, ids=f"<RtrId>R</RtrId>{ids}"))
    assert (message.original_ref, message.transfer_ref) == (ref, f"{ref}/R")
    assert (message.debtor_agent.bic, message.creditor_agent.bic) == ("ORDAKZKA", "DALAKZKA")


@pytest.mark.parametrize(
    ("ids", "field"),
    [
        ("<RtrId>R</RtrId>", "OrgnlUETR"),
        ("<RtrId>R</RtrId><OrgnlEndToEndId>NOTPROVIDED</OrgnlEndToEndId>", "OrgnlUETR"),
        ("<OrgnlEndToEndId>E</OrgnlEndToEndId>", "RtrId"),
    ],
)
def test_a_return_without_names_is_refused(ids: str, field: str) -> None:
    assert fault_of(pacs_004(AGENTS, ids=ids)).field == field


def test_a_return_without_its_ends_is_refused() -> None:
    fault = fault_of(pacs_004("", ids="<RtrId>R</RtrId><OrgnlEndToEndId>E</OrgnlEndToEndId>"))
    assert (fault.place, fault.field) == ("/Document/PmtRtr/TxInf[1]/RtrChain", "DbtrAgt")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("pacs.008.001.13</h", "pacs.008.001.12</h", "MsgDefIdr"),
        ("<h:MsgDefIdr>pacs.008.001.13</h:MsgDefIdr>", "", "MsgDefIdr"),
        ("head.001.001.03", "head.002.001.01", "namespace"),
        ("</h:AppHdr>", "</h:AppHdr><Other/>", "Document"),
        ("p:Document", "p:Paper", "Document"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(old: str, new: str, field: str) -> None:
    text = (GOLDEN / "pacs_008_001_13_with_header.xml").read_text(encoding="utf-8")
    assert old in text
    assert fault_of(text.replace(old, new).encode()).field == field


def test_the_table_of_currencies_has_all_that_are_legal_tender_today() -> None:
    territories = "KZ RU KG UZ TJ TM AZ AM GE BY UA CN TR AE JP KR KW BH OM JO TN IQ LY CL IS VN US GB DE BR IN AU"
    today = date(2026, 1, 1)
    in_use = {code for territory in territories.split() for code in get_territory_currencies(territory, today, today)}
    assert in_use <= DIGITS_OF.keys()


@given(st.integers(0, 10**18 - 1), st.integers(0, 4))
def test_decimal_text_becomes_the_same_minor_units(minor: int, digits: int) -> None:
    whole, fraction = divmod(minor, 10**digits)
    text = f"{whole}.{fraction:0{digits}}" if digits else str(whole)
    assert scaled(text, digits) == minor


hexes = st.integers(0, 2**122 - 1).map(lambda n: f"{n:032x}")
uetrs = hexes.map(lambda h: f"{h[:8]}-{h[8:12]}-4{h[13:16]}-8{h[17:20]}-{h[20:]}")
payments = st.builds(
    Payment,
    uetr=uetrs,
    amount=st.integers(1, 10**14).map(lambda minor: f"{minor // 100}.{minor % 100:02}"),
    creditor_account=st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=34),
    debtor_bic=st.sampled_from(["DALAKZKA", "DALAKZKA001"]),
    purpose=st.sampled_from([None, "SALA", "PENS", "GDDS"]),
)


@given(st.lists(payments, min_size=1, max_size=4, unique_by=lambda payment: payment.uetr))
def test_what_is_put_into_a_document_is_read_out_of_it(written: list[Payment]) -> None:
    messages = parse_messages(pacs_008(*written))
    assert [message.transfer_ref for message in messages] == [payment.uetr for payment in written]
    assert [message.amount_minor for message in messages] == [int(p.amount.replace(".", "")) for p in written]
    assert [message.creditor_account for message in messages] == [payment.creditor_account for payment in written]
    assert [message.debtor_agent.bic for message in messages] == [payment.debtor_bic for payment in written]
    assert [message.purpose for message in messages] == [payment.purpose for payment in written]
    assert [message.is_protected for message in messages] == [p.purpose in {"SALA", "PENS"} for p in written]


def test_the_namespace_of_the_builders_is_the_standard_one() -> None:
    assert NAMESPACE == "urn:iso:std:iso:20022:tech:xsd:"
