"""From messages to entries: which side is booked here, as what, and under which number."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.agent.feed.fault import FeedFault
from tarazy.agent.feed.iso20022 import entries_from, parse_messages
from tarazy.agent.feed.transfer_message import TransferMessage
from tarazy.domain.entry import AccountEntry, EntryKind, ExitKind, fault_in
from tarazy.values.ids import AccountId, ParticipantId
from tarazy.values.replacing import replace
from tests.unit.agent.feed.documents import Payment, numbered, pacs_008

GOLDEN = Path(__file__).parents[3] / "golden" / "iso20022"
DALA, ORDA = ParticipantId("bank-dala"), ParticipantId("bank-orda")
DIRECTORY = {"DALAKZKA": DALA, "ORDAKZKAXXX": ORDA, "KZTEST/0042": ORDA}
ACCOUNTS = {
    "KZ75125KZT2069100100": AccountId("acc-debtor"),
    "KZ86125KZT5004100200": AccountId("acc-creditor"),
    "7701": AccountId("acc-employer"),
    "8802": AccountId("acc-employee"),
}


def golden(name: str) -> list[TransferMessage]:
    return parse_messages((GOLDEN / name).read_bytes())


def booked(
    messages: list[TransferMessage],
    participant: ParticipantId,
    next_entry_no: Callable[[AccountId], int] = lambda _: 1,
) -> list[AccountEntry]:
    return entries_from(
        messages,
        this_participant=participant,
        participant_of=DIRECTORY,
        account_of=ACCOUNTS.get,
        next_entry_no=next_entry_no,
    )


def test_the_payers_bank_books_debits_of_what_was_sent() -> None:
    first, second = booked(golden("pacs_008_001_08.xml"), DALA)
    assert (first.kind, first.account_id, first.amount_minor) == (EntryKind.debit, "acc-debtor", 25_010_050)
    assert (first.counterparty, first.exit_kind, first.transfer_minor) == (ORDA, None, None)
    assert (second.account_id, second.counterparty, second.is_protected) == ("acc-employer", ORDA, False)


def test_the_payees_bank_books_credits_of_what_arrived() -> None:
    first, second = booked(golden("pacs_008_001_08.xml"), ORDA)
    assert (first.kind, first.account_id, first.amount_minor) == (EntryKind.credit, "acc-creditor", 25_000_050)
    assert (first.transfer_minor, first.counterparty) == (25_010_050, DALA)
    assert (second.account_id, second.transfer_minor, second.is_protected) == ("acc-employee", None, True)


def test_both_banks_call_a_transfer_the_same() -> None:
    for name in ("pacs_008_001_08.xml", "pacs_004_001_09.xml"):
        here, there = booked(golden(name), DALA), booked(golden(name), ORDA)
        assert [entry.transfer_ref for entry in here] == [entry.transfer_ref for entry in there]
        assert [entry.original_ref for entry in here] == [entry.original_ref for entry in there]


def test_a_return_is_sent_by_one_bank_and_credited_by_the_other() -> None:
    [payment, _] = golden("pacs_008_001_08.xml")
    [sent] = booked(golden("pacs_004_001_09.xml"), ORDA)
    assert (sent.kind, sent.account_id, sent.amount_minor) == (EntryKind.return_, "acc-creditor", 25_000_050)
    assert (sent.original_ref, sent.counterparty, sent.exit_kind) == (payment.transfer_ref, DALA, None)
    [received] = booked(golden("pacs_004_001_09.xml"), DALA)
    assert (received.kind, received.account_id, received.amount_minor) == (EntryKind.credit, "acc-debtor", 24_900_050)
    assert (received.original_ref, received.transfer_minor) == (payment.transfer_ref, 25_000_050)


def test_an_unknown_institution_is_abroad_and_an_exchanged_sum_is_booked_in_its_own_currency() -> None:
    [entry] = booked(golden("pacs_008_001_13_with_header.xml"), ORDA)
    assert (entry.kind, entry.exit_kind, entry.counterparty) == (EntryKind.debit, ExitKind.abroad, None)
    assert (entry.amount_minor, entry.currency) == (5_194_800, "KZT")


def test_money_from_an_unknown_institution_has_no_counterparty() -> None:
    [entry] = booked(parse_messages(pacs_008(Payment(debtor_bic="FARAUS33"))), ORDA)
    assert (entry.kind, entry.counterparty, entry.exit_kind) == (EntryKind.credit, None, None)


def test_a_transfer_inside_the_bank_is_a_debit_then_a_credit() -> None:
    inside = Payment(creditor_bic="DALAKZKA", instructed="101.00")
    debit, credit = booked(parse_messages(pacs_008(inside)), DALA)
    assert (debit.kind, debit.amount_minor, debit.counterparty) == (EntryKind.debit, 10_100, DALA)
    assert (credit.kind, credit.amount_minor, credit.transfer_minor) == (EntryKind.credit, 10_000, 10_100)
    assert debit.transfer_ref == credit.transfer_ref


def test_numbers_go_on_from_what_each_account_has() -> None:
    asked: list[AccountId] = []

    def next_entry_no(account_id: AccountId) -> int:
        asked.append(account_id)
        return {"acc-debtor": 41, "acc-employee": 7}[account_id]

    inside = [replace(payment, creditor_bic="DALAKZKA") for payment in numbered(Payment(), range(3))]
    entries = booked(parse_messages(pacs_008(*inside)), DALA, next_entry_no)
    assert [entry.entry_no for entry in entries] == [41, 7, 42, 8, 43, 9]
    assert asked == ["acc-debtor", "acc-employee"]


@pytest.mark.parametrize("bic", ["DALAKZKA", "DALAKZKAXXX", "DALAKZKA001"])
def test_a_branch_is_its_institution(bic: str) -> None:
    [entry] = booked(parse_messages(pacs_008(Payment(debtor_bic=bic))), DALA)
    assert entry.kind is EntryKind.debit


def test_a_branch_with_a_name_of_its_own_comes_first() -> None:
    [message] = parse_messages(pacs_008(Payment(debtor_bic="DALAKZKA001")))
    directory = {"DALAKZKA": DALA, "DALAKZKA001": ParticipantId("bank-dala-branch"), "ORDAKZKA": ORDA}
    [entry] = entries_from(
        [message], this_participant=ORDA, participant_of=directory, account_of=ACCOUNTS.get, next_entry_no=lambda _: 1
    )
    assert entry.counterparty == "bank-dala-branch"


@pytest.mark.parametrize(
    ("payment", "field"),
    [
        (Payment(debtor_iban="KZ00125KZT2069100100"), "DbtrAcct"),
        (Payment(debtor_bic="FARAUS33"), "DbtrAgt, CdtrAgt"),
    ],
)
def test_what_cannot_be_booked_is_refused_with_its_place(payment: Payment, field: str) -> None:
    first, second = numbered(Payment(), (1, 2))
    second = replace(payment, uetr=second.uetr, end_to_end_id=second.end_to_end_id)
    with pytest.raises(FeedFault) as caught:
        booked(parse_messages(pacs_008(first, second)), DALA)
    assert (caught.value.place, caught.value.field) == ("/Document/FIToFICstmrCdtTrf/CdtTrfTxInf[2]", field)
    assert "KZ00" not in str(caught.value)


def test_a_missing_account_is_asked_for_only_on_the_side_that_is_booked() -> None:
    [message] = parse_messages(pacs_008(Payment()))
    assert len(booked([replace(message, creditor_account=None)], DALA)) == 1
    with pytest.raises(FeedFault, match="CdtrAcct: expected the account's IBAN"):
        booked([replace(message, creditor_account=None)], ORDA)


@given(st.integers(1, 10**10), st.integers(0, 10**6), st.sampled_from([DALA, ORDA]))
def test_each_entry_is_right_by_itself(received: int, charge: int, participant: ParticipantId) -> None:
    def text(minor: int) -> str:
        return f"{minor // 100}.{minor % 100:02}"

    payment = Payment(amount=text(received), instructed=text(received + charge))
    [entry] = booked(parse_messages(pacs_008(payment)), participant)
    assert fault_in(entry) is None
    assert entry.amount_minor == (received + charge if participant == DALA else received)
