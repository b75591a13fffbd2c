"""The file of transfers, in settlement order: the order of the file rules, also between equal times."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from tarazy.index.accounts_file import FileAccount, whole_minor
from tarazy.index.file_time import EITHER_SORT, FileTime, parsed_time
from tarazy.index.table_rows import TableRows, is_identifier
from tarazy.values.ids import TransferRef
from tarazy.values.money import MINOR_MAX

TRANSFERS_HEADER: Final = (
    "transfer_id",
    "booked_at",
    "payer_account",
    "payee_account",
    "amount_minor",
    "currency",
)


class FileTransfer(NamedTuple):
    """One transfer of a file. ``line`` is where it stands and orders the transfers."""

    line: int
    transfer_id: TransferRef
    booked_at: FileTime
    payer: FileAccount
    payee: FileAccount
    amount_minor: int


def read_transfers(rows: TableRows, accounts: Mapping[str, FileAccount]) -> Iterator[FileTransfer]:
    """Yield the transfers in order. Raises InputFault at the first row that is not in order."""
    seen: set[str] = set()
    booked_at: FileTime | None = None
    for transfer_id, time, payer_id, payee_id, amount, currency in rows:
        if transfer_id in seen:
            raise rows.fault("transfer_id", "a transfer that was not named before", transfer_id)
        if not is_identifier(transfer_id):
            raise rows.fault("transfer_id", "an identifier without spaces around it", transfer_id)
        seen.add(transfer_id)
        if booked_at is None or time != booked_at.text:
            booked_at = _next_time(rows, time, booked_at)
        payer, payee = accounts.get(payer_id), accounts.get(payee_id)
        if payer is None:
            raise rows.fault("payer_account", "an account of the accounts file", payer_id)
        if payee is None:
            raise rows.fault("payee_account", "an account of the accounts file", payee_id)
        amount_minor = whole_minor(amount)
        if not amount_minor:
            raise rows.fault("amount_minor", f"a whole number of minor units from 1 to {MINOR_MAX}", amount)
        if payer.currency != currency or payee.currency != currency:
            raise _currency_fault(rows, currency, payer, payee)
        yield FileTransfer(rows.line, TransferRef(transfer_id), booked_at, payer, payee, amount_minor)


def _next_time(rows: TableRows, text: str, before: FileTime | None) -> FileTime:
    try:
        time = parsed_time(text)
    except ValueError as refused:
        raise rows.fault("booked_at", EITHER_SORT if before is None else before.sort, text) from refused
    if before is None:
        return time
    if time.sort is not before.sort:
        raise rows.fault("booked_at", f"{before.sort}, as in the rows before", text)
    if time.moment < before.moment:
        raise rows.fault("booked_at", f"no time before that of the row above ({before.text})", text)
    return time


def _currency_fault(rows: TableRows, currency: str, payer: FileAccount, payee: FileAccount) -> Exception:
    if payer.currency == payee.currency:
        return rows.fault("currency", f"{payer.currency}, as both accounts have it", currency)
    expected = f"the currency of both accounts, which differ (payer {payer.currency}, payee {payee.currency})"
    return rows.fault("currency", expected, currency)
