"""Entries as CSV: what is read, what is refused, and that each file comes back as it went out."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.agent.feed import csv_entries
from tarazy.agent.feed.csv_entries import BYTES_MAX, COLUMNS, ENTRIES_MAX, format_entries, parse_entries
from tarazy.agent.feed.fault import FeedFault
from tarazy.domain.entry import AccountEntry, EntryKind, ExitKind, fault_in
from tarazy.values.ids import AccountId, HoldId, ParticipantId, TransferRef
from tarazy.values.instant import Instant
from tarazy.values.money import MINOR_MAX
from tarazy.values.replacing import replace

HEADER = ",".join(COLUMNS)
GOOD = "acc-1,1,credit,5000,KZT,2026-03-01T09:30:00+05:00,t-1,,,bank-b,,,true"
ENTRY = AccountEntry(
    account_id=AccountId("acc-1"),
    entry_no=1,
    kind=EntryKind.credit,
    amount_minor=5000,
    currency="KZT",
    booked_at=Instant(datetime(2026, 3, 1, 4, 30, tzinfo=UTC)),
    transfer_ref=TransferRef("t-1"),
    counterparty=ParticipantId("bank-b"),
    is_protected=True,
)


def file(*lines: str) -> str:
    return "\n".join((HEADER, *lines)) + "\n"


def with_value(column: str, value: str) -> str:
    cells = GOOD.split(",")
    cells[COLUMNS.index(column)] = value
    return ",".join(cells)


def test_the_header_is_the_fields_of_an_entry() -> None:
    assert HEADER == (
        "account_id,entry_no,kind,amount_minor,currency,booked_at,transfer_ref,transfer_minor,original_ref,"
        "counterparty,exit_kind,hold_id,is_protected"
    )


@pytest.mark.parametrize(
    "text",
    [
        file(GOOD),
        file(GOOD).encode(),
        b"\xef\xbb\xbf" + file(GOOD).encode(),
        "\ufeff" + file(GOOD),
        file(GOOD).replace("\n", "\r\n"),
        file(GOOD).rstrip("\n"),
        file('"acc-1","1","credit",5000,KZT,2026-02-28T23:30:00-05:00,t-1,,,bank-b,,,true'),
    ],
    ids=["text", "bytes", "marked bytes", "marked text", "crlf", "no last newline", "quoted"],
)
def test_a_line_becomes_an_entry(text: str | bytes) -> None:
    assert parse_entries(text) == [ENTRY]


def test_empty_values_are_none_and_not_protected() -> None:
    [entry] = parse_entries(file("acc-1,7,debit,1,KZT,2026-03-01T00:00Z,,,,,cash,,"))
    assert entry.exit_kind is ExitKind.cash
    assert not entry.is_protected
    assert [getattr(entry, name) for name in ("transfer_ref", "transfer_minor", "counterparty", "hold_id")] == [
        None
    ] * 4


def test_a_file_without_entries_has_none() -> None:
    assert parse_entries(HEADER) == []


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("account_id", "", "not an empty value"),
        ("account_id", "a" * 81, "at most 80"),
        ("account_id", " acc", "without space"),
        ("account_id", "a\x07b", "printable"),
        ("account_id", '"a\nb"', "printable"),
        ("entry_no", "0", "from 1"),
        ("entry_no", "", "from 1"),
        ("entry_no", "1.0", "digits only"),
        ("entry_no", "+1", "digits only"),
        ("entry_no", "01", "leading zeros"),
        ("entry_no", "1_0", "digits only"),
        ("entry_no", "١", "digits only"),
        ("entry_no", "9" * 19, "up to"),
        ("entry_no", "9" * 5000, "up to"),
        ("kind", "Credit", "one of: credit, debit"),
        ("kind", "return_", "one of: credit, debit, return"),
        ("kind", "", "one of: credit"),
        ("amount_minor", "0", "positive"),
        ("amount_minor", "-5", "digits only"),
        ("amount_minor", "50.00", "whole number"),
        ("amount_minor", "5e3", "whole number"),
        ("amount_minor", str(MINOR_MAX + 1), "up to"),
        ("currency", "kzt", "capital letters"),
        ("currency", "KZTT", "three"),
        ("currency", "", "three"),
        ("booked_at", "2026-03-01T09:30:00", "with an offset"),
        ("booked_at", "2026-03-01", "with an offset"),
        ("booked_at", "01.03.2026 09:30", "ISO 8601"),
        ("booked_at", "2026-02-30T09:30:00Z", "ISO 8601"),
        ("booked_at", "0001-01-01T00:00:00+14:00", "ISO 8601"),
        ("booked_at", "1772343000", "ISO 8601"),
        ("transfer_ref", "", "this credit belongs to"),
        ("transfer_minor", "4999", "at least the booked amount"),
        ("exit_kind", "pigeon", "one of: cash, card"),
        ("is_protected", "yes", "true, false or nothing"),
        ("is_protected", "TRUE", "true, false or nothing"),
    ],
)
def test_a_bad_value_is_refused_with_line_field_and_remedy(column: str, value: str, expected: str) -> None:
    with pytest.raises(FeedFault) as caught:
        parse_entries(file(GOOD, with_value(column, value)))
    assert caught.value.place in {"line 3", "line 4"}  # a value over two lines ends on the second
    assert caught.value.field == column
    assert expected in caught.value.expected
    assert str(caught.value).count("\n") == 0


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("acc-1,2,reserve,5,KZT,2026-03-01T00:00Z,,,,,,,", "hold_id"),
        ("acc-1,2,return,5,KZT,2026-03-01T00:00Z,t-2,,,bank-b,,,", "original_ref"),
        ("acc-1,2,debit,5,KZT,2026-03-01T00:00Z,t-2,,,,,,", "counterparty"),
        ("acc-1,2,debit,5,KZT,2026-03-01T00:00Z,,,,bank-b,,,", "transfer_ref"),
    ],
)
def test_what_the_kind_of_entry_needs_is_asked_for(line: str, column: str) -> None:
    with pytest.raises(FeedFault) as caught:
        parse_entries(file(line))
    assert (caught.value.place, caught.value.field) == ("line 2", column)


@pytest.mark.parametrize(
    ("text", "place", "field"),
    [
        ("", "line 1", "header"),
        (GOOD, "line 1", "header"),
        (HEADER.replace("kind,", ""), "line 1", "header"),
        (HEADER.replace("entry_no,kind", "kind,entry_no"), "line 1", "header"),
        (file(GOOD + ",x"), "line 2", "line"),
        (file(GOOD.rpartition(",")[0]), "line 2", "line"),
        (file(GOOD, "", GOOD), "line 3", "line"),
        (file(GOOD, '"open'), "line 3", "line"),
        (file('"a"b' + GOOD), "line 2", "line"),
        (file(GOOD).encode("utf-16"), "line 1", "encoding"),
        (file(GOOD, GOOD).encode() + "әкіміне".encode("cp1251", "replace") + b"\xff", "line 4", "encoding"),
        (file("x" * 200_000), "line 2", "line"),
    ],
)
def test_a_file_of_another_form_is_refused(text: str | bytes, place: str, field: str) -> None:
    with pytest.raises(FeedFault) as caught:
        parse_entries(text)
    assert (caught.value.place, caught.value.field) == (place, field)


def test_a_fault_repeats_nothing_of_the_line() -> None:
    for column in COLUMNS:
        with pytest.raises(FeedFault) as caught:
            parse_entries(file(with_value(column, "KZ75125KZT2069100100 Айгүл" + " " * 60 + "x")))
        assert "KZ75" not in str(caught.value)
        assert "Айгүл" not in repr(caught.value)
        assert caught.value.__cause__ is None


def test_an_entry_from_the_future_is_refused() -> None:
    assert parse_entries(file(GOOD), now_limit=ENTRY.booked_at) == [ENTRY]
    with pytest.raises(FeedFault, match=r"line 2: booked_at: expected a time that is not in the future"):
        parse_entries(file(GOOD), now_limit=ENTRY.booked_at.plus(-timedelta(microseconds=1)))


def test_a_file_above_the_size_limit_is_refused_unread() -> None:
    for text in ("x" * (BYTES_MAX + 1), b"x" * (BYTES_MAX + 1), "ә" * (BYTES_MAX // 2 + 1)):
        with pytest.raises(FeedFault, match="file: size: expected at most"):
            parse_entries(text)


def test_more_entries_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_entries, "ENTRIES_MAX", 2)
    assert len(parse_entries(file(GOOD, GOOD))) == 2
    with pytest.raises(FeedFault, match="line 4: file: expected at most 2 entries"):
        parse_entries(file(GOOD, GOOD, GOOD))


def test_an_ordinary_full_file_fits_into_the_size_limit() -> None:
    assert ENTRIES_MAX * 300 < BYTES_MAX


names = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=80)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=offsets)  # noqa: DTZ001 zones are drawn
entries = st.builds(
    AccountEntry,
    account_id=names.map(AccountId),
    entry_no=st.integers(1, MINOR_MAX),
    kind=st.sampled_from(EntryKind),
    amount_minor=st.integers(1, MINOR_MAX),
    currency=st.text("ABCKTZ", min_size=3, max_size=3),
    booked_at=moments.map(lambda moment: Instant(moment.astimezone(UTC))),
    transfer_ref=st.none() | names.map(TransferRef),
    transfer_minor=st.none() | st.integers(1, MINOR_MAX),
    original_ref=st.none() | names.map(TransferRef),
    counterparty=st.none() | names.map(ParticipantId),
    exit_kind=st.none() | st.sampled_from(ExitKind),
    hold_id=st.none() | names.map(HoldId),
    is_protected=st.booleans(),
).filter(lambda entry: fault_in(entry) is None)


@given(st.lists(entries, max_size=5))
def test_what_is_written_is_read_back(written: list[AccountEntry]) -> None:
    text = format_entries(written)
    assert parse_entries(text) == written
    assert parse_entries(text.encode()) == written
    assert format_entries(parse_entries(text)) == text


@given(st.text() | st.binary() | st.text().map(lambda tail: HEADER + "\n" + tail))
def test_any_other_text_is_entries_or_a_fault(text: str | bytes) -> None:
    try:
        assert parse_entries(text) == []
    except FeedFault as fault:
        assert fault.expected  # noqa: PT017 both outcomes are right, and only these two


def test_order_and_numbers_are_kept_as_they_stand() -> None:
    second = replace(ENTRY, entry_no=9)
    assert parse_entries(format_entries([second, ENTRY])) == [second, ENTRY]
