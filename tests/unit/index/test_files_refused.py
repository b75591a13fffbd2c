"""Files that are not in order: each is refused at its line and field, with what was expected. Nothing is guessed."""

import pytest

from tarazy.index.accounts_file import ACCOUNTS_HEADER, read_accounts
from tarazy.index.file_time import TimeSort, parsed_time
from tarazy.index.input_fault import InputFault
from tarazy.index.table_rows import LINE_BYTES_MAX, SourceBroke, TableRows
from tarazy.index.transfers_file import TRANSFERS_HEADER, read_transfers
from tests.unit.index.files import accounts_of, transfers_of

ACCOUNTS = accounts_of("a,bank-1,100,KZT,personal", "b,bank-2,,KZT,pooled", "e,bank-2,0,EUR,business")

BAD_TRANSFERS = [
    ("t1,1,x,a,5,KZT", "line 3, payer_account: expected an account of the accounts file, found 'x'"),
    ("t1,1,a,A,5,KZT", "line 3, payee_account: expected an account of the accounts file, found 'A'"),
    ("t1,1,a, b,5,KZT", "line 3, payee_account: expected an account of the accounts file, found ' b'"),
    ("t1,1,a,b,0,KZT", "line 3, amount_minor: expected a whole number of minor units from 1 to"),
    ("t1,1,a,b,-5,KZT", "line 3, amount_minor: "),
    ("t1,1,a,b,+5,KZT", "line 3, amount_minor: "),
    ("t1,1,a,b,5.00,KZT", "line 3, amount_minor: "),
    ("t1,1,a,b,1e3,KZT", "line 3, amount_minor: "),
    ("t1,1,a,b,1_000,KZT", "line 3, amount_minor: "),
    ("t1,1,a,b,1 000,KZT", "line 3, amount_minor: "),
    ('t1,1,a,b,"1,000",KZT', "line 3, amount_minor: "),
    ("t1,1,a,b, 5,KZT", "line 3, amount_minor: "),
    ("t1,1,a,b,,KZT", "line 3, amount_minor: "),
    ("t1,1,a,b,٥,KZT", "line 3, amount_minor: "),
    ("t1,1,a,b,²,KZT", "line 3, amount_minor: "),
    ("t1,1,a,b,NaN,KZT", "line 3, amount_minor: "),
    (f"t1,1,a,b,{2**62 + 1},KZT", "line 3, amount_minor: "),
    (f"t1,1,a,b,{'9' * 5000},KZT", "line 3, amount_minor: "),
    ("t1,1,a,b,5,EUR", "line 3, currency: expected KZT, as both accounts have it, found 'EUR'"),
    ("t1,1,a,b,5,kzt", "line 3, currency: "),
    ("t1,1,a,e,5,KZT", "line 3, currency: expected the currency of both accounts, which differ (payer KZT, payee EUR)"),
    ("t0,1,a,b,5,KZT", "line 3, transfer_id: expected a transfer that was not named before, found 't0'"),
    (",1,a,b,5,KZT", "line 3, transfer_id: expected an identifier"),
    (" t1,1,a,b,5,KZT", "line 3, transfer_id: expected an identifier"),
    ("t\x001,1,a,b,5,KZT", "line 3, transfer_id: expected an identifier without spaces around it, found 't\\x001'"),
    ("t1,1,a,b,5,KZT\x00", "line 3, currency: "),
    ("t1,0,a,b,5,KZT", "line 3, booked_at: expected no time before that of the row above (1), found '0'"),
    ("t1,2026-01-01T00:00Z,a,b,5,KZT", "line 3, booked_at: expected a whole-number step, as in the rows before"),
    ("t1,1.5,a,b,5,KZT", "line 3, booked_at: expected a whole-number step"),
    ("t1,,a,b,5,KZT", "line 3, booked_at: expected a whole-number step"),
    ("t1,1,a,b,5", "line 3, row: expected 6 fields (transfer_id,booked_at,"),
    ("t1,1,a,b,5,KZT,", "line 3, row: expected 6 fields (transfer_id,booked_at,"),
    ("t1;1;a;b;5;KZT", "line 3, row: expected 6 fields (transfer_id,booked_at,"),
    ("   ", "line 3, row: expected 6 fields"),
    ('"t1,1,a,b,5,KZT', "line 3, row: expected comma-separated fields with quotes that close"),
    ('"t1"x,1,a,b,5,KZT', "line 3, row: expected comma-separated fields with quotes that close"),
    ('"t\n1",1,a,b,5,KZT', "line 3, row: expected a row that ends on its own line"),
    ("t1\r,1,a,b,5,KZT", "line 3, row: expected comma-separated fields"),
]


@pytest.mark.parametrize(("row", "message"), BAD_TRANSFERS)
def test_a_transfer_that_is_not_in_order_is_refused_at_its_line(row: str, message: str) -> None:
    with pytest.raises(InputFault) as refused:
        transfers_of(ACCOUNTS, "t0,1,a,b,5,KZT", row)
    assert str(refused.value).startswith(f"transfers.csv, {message}")
    assert "\n" not in str(refused.value)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 400


BAD_TIMES = [
    "2026-01-01T00:00:00",
    "2026-01-01",
    "2026-13-01T00:00:00Z",
    "2026-01-01T25:00:00Z",
    "2026-01-01T00:00:00+30:00",
    "2026-01-01T00:00:00.0000001Z",
    "2026-W01-1T00:00:00Z",
    "1 January 2026",
    " 1",
    "1.0",
    "+1",
    "1_0",
    "١",
    "9" * 30,
    "",
]


@pytest.mark.parametrize("text", BAD_TIMES)
def test_a_time_of_neither_sort_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed_time(text)
    with pytest.raises(InputFault, match=r"^transfers.csv, line 2, booked_at: expected a time in ISO 8601"):
        transfers_of(ACCOUNTS, f"t1,{text},a,b,5,KZT")


def test_times_of_one_moment_are_equal_however_they_are_written() -> None:
    written = ("2026-03-01T10:00:00+05:00", "2026-03-01T05:00Z", "2026-03-01 04:00:00.000-0100", "2026-03-01T10:00+05")
    assert len({parsed_time(text).moment for text in written}) == 1
    assert {parsed_time(text).sort for text in written} == {TimeSort.instant}
    assert parsed_time("-3") == (TimeSort.step, -3, "-3")


def test_instants_may_not_run_backwards_whatever_their_offset() -> None:
    with pytest.raises(InputFault, match=r"line 3, booked_at: expected no time before"):
        transfers_of(ACCOUNTS, "t1,2026-01-01T10:00:00+00:00,a,b,5,KZT", "t2,2026-01-01T10:30:00+01:00,a,b,5,KZT")
    with pytest.raises(InputFault, match=r"line 3, booked_at: expected a time in ISO 8601"):
        transfers_of(ACCOUNTS, "t1,2026-01-01T10:00:00+00:00,a,b,5,KZT", "t2,2026-01-01T11:00:00,a,b,5,KZT")


BAD_ACCOUNTS = [
    ("c,bank-1,-1,KZT,personal", "line 3, opening_minor: expected a whole number of minor units from 0"),
    ("c,bank-1,,KZT,personal", "line 3, opening_minor: "),
    ("c,bank-1,10.5,KZT,business", "line 3, opening_minor: "),
    ("c,bank-1,x,KZT,pooled", "line 3, opening_minor: expected nothing, or a whole number"),
    ("c,bank-1,1.5,KZT,external", "line 3, opening_minor: "),
    ("c,bank-1,0,kzt,personal", "line 3, currency: expected three capital letters (ISO 4217), found 'kzt'"),
    ("c,bank-1,0,,personal", "line 3, currency: "),
    ("c,bank-1,0,KZT,wallet", "line 3, kind: expected one of personal, business, pooled, cash_out, external, found"),
    ("c,bank-1,0,KZT,Personal", "line 3, kind: "),
    ("c,bank-1,0,KZT,", "line 3, kind: "),
    ("c,,0,KZT,personal", "line 3, participant_id: "),
    (",bank-1,0,KZT,personal", "line 3, account_id: "),
    ("a,bank-1,0,KZT,personal", "line 3, account_id: expected an account that was not named before, found 'a'"),
    ("c,bank-1,0,KZT", "line 3, row: expected 5 fields"),
]


@pytest.mark.parametrize(("row", "message"), BAD_ACCOUNTS)
def test_an_account_that_is_not_in_order_is_refused_at_its_line(row: str, message: str) -> None:
    with pytest.raises(InputFault) as refused:
        accounts_of("a,bank-1,100,KZT,personal", row)
    assert str(refused.value).startswith(f"accounts.csv, {message}")


def test_accounts_without_a_line_may_leave_the_opening_empty_or_name_any_number() -> None:
    accounts = accounts_of("a,b,,KZT,pooled", "c,b,-500,KZT,external", "d,b,70,KZT,cash_out", "e,b,007,KZT,personal")
    assert [account.opening_minor for account in accounts.values()] == [0, 0, 0, 7]


HEADER = (",".join(TRANSFERS_HEADER)).encode()
ROW = b"t1,1,a,b,5,KZT"


def read_bytes(content: bytes) -> list[str]:
    rows = TableRows("transfers.csv", content.splitlines(keepends=True), TRANSFERS_HEADER)
    return [transfer.transfer_id for transfer in read_transfers(rows, ACCOUNTS)]


@pytest.mark.parametrize(
    "content",
    [
        HEADER + b"\n" + ROW + b"\n",
        HEADER + b"\n" + ROW,
        HEADER + b"\r\n" + ROW + b"\r\n",
        b"\xef\xbb\xbf" + HEADER + b"\r\n" + ROW,
        HEADER + b"\n\n\r\n" + ROW + b"\n\n\n",
        HEADER + b'\n"t1","1",a,"b",5,"KZT"\n',
        b"\xef\xbb\xbf" + HEADER.replace(b"transfer_id", b'"transfer_id"') + b"\n" + ROW,
    ],
)
def test_marks_line_ends_blank_lines_and_quotes_make_no_difference(content: bytes) -> None:
    assert read_bytes(content) == ["t1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1, header: expected transfer_id,"),
        (b"\n" + HEADER, "line 1, header: "),
        (b"\xef\xbb\xbf", "line 1, header: "),
        (ROW, "line 1, header: "),
        (HEADER + b",note\n", "line 1, header: "),
        (HEADER.replace(b",currency", b""), "line 1, header: "),
        (HEADER.replace(b"transfer_id,booked_at", b"booked_at,transfer_id"), "line 1, header: "),
        (HEADER.upper(), "line 1, header: "),
        (HEADER.replace(b",", b";"), "line 1, header: "),
        (b'"' + HEADER, "line 1, row: expected comma-separated fields with quotes that close"),
        (HEADER + b"\n" + ROW + b"\n\nt\xff,1,a,b,5,KZT", "line 4, row: expected UTF-8 text"),
        (HEADER.decode().encode("utf-16"), "line 1, row: expected UTF-8 text"),
        (b"\x1f\x8b\x08\x00", "line 1, row: expected UTF-8 text (gzip data needs a name that ends in .gz)"),
        (HEADER + b"\n" + b'"' + ROW + b"\n" + (ROW + b"\n") * 20_000, "line 2, row: expected comma-separated fields"),
    ],
)
def test_a_file_of_another_shape_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(InputFault) as refused:
        read_bytes(content)
    assert str(refused.value).startswith(f"transfers.csv, {message}")
    assert str(refused.value).isprintable()


def test_a_line_without_end_is_refused_and_never_read_whole() -> None:
    cut = [HEADER + b"\n", b"t" * LINE_BYTES_MAX, b"t,1,a,b,5,KZT\n"]
    with pytest.raises(InputFault, match="line 2, row: expected 6 fields"):
        list(read_transfers(TableRows("transfers.csv", cut, TRANSFERS_HEADER), ACCOUNTS))


def test_a_source_that_breaks_off_is_refused_at_the_line_where_it_did() -> None:
    def lines():  # type: ignore[no-untyped-def]
        yield (",".join(ACCOUNTS_HEADER) + "\n").encode()
        yield b"a,b,0,KZT,personal\n"
        raise SourceBroke("whole gzip data")

    with pytest.raises(InputFault, match=r"^accounts.csv, line 3, row: expected whole gzip data$"):
        read_accounts(TableRows("accounts.csv", lines(), ACCOUNTS_HEADER))


def test_a_file_name_cannot_break_the_message() -> None:
    assert str(InputFault("x", file="a\nb.csv", line=1)) == "'a\\nb.csv', line 1: expected x"
