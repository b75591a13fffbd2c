"""``tarazy trace``: follow money through a file of transfers. No server, no network, nothing written to disk."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from tarazy.edge.cli.refusal import refuse
from tarazy.edge.cli.table_source import opened_lines
from tarazy.index.accounts_file import ACCOUNTS_HEADER, read_accounts, whole_minor
from tarazy.index.file_time import FileTime, parsed_time
from tarazy.index.follow import PIECES_MAX, TraceRequest, follow
from tarazy.index.input_fault import InputFault
from tarazy.index.table_rows import TableRows
from tarazy.index.tracing import Tracing
from tarazy.index.transfers_file import TRANSFERS_HEADER, read_transfers
from tarazy.values.money import MINOR_MAX


class TraceMethod(StrEnum):
    """The rules by which money that mixes can be told apart."""

    fifo = "fifo"
    pro_rata = "pro_rata"
    lowest_balance = "lowest_balance"
    poison = "poison"


METHODS_READY: Final = frozenset({TraceMethod.fifo})


class TraceFormat(StrEnum):
    """How the answer is written."""

    table = "table"
    json = "json"
    html = "html"


def trace(
    transfers: Annotated[Path, typer.Argument(metavar="TRANSFERS.csv", help="Transfers in settlement order; .gz too.")],
    *,
    accounts: Annotated[Path, typer.Option(metavar="ACCOUNTS.csv", help="The accounts of these transfers; .gz too.")],
    start: Annotated[str, typer.Option(metavar="TRANSFER_ID", help="The transfer to follow.")],
    amount: Annotated[
        str | None, typer.Option(metavar="MINOR", help="Follow only the first so many minor units of it.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="TIME", help="Where the money is after this time. Default: the last row.")
    ] = None,
    method: Annotated[str, typer.Option(metavar="|".join(TraceMethod), help="The rule for mixed money.")] = "fifo",
    output: Annotated[
        str, typer.Option("--format", metavar="|".join(TraceFormat), help="How to print the answer.")
    ] = "table",
    pieces_max: Annotated[str, typer.Option(metavar="NUMBER", help="Give up above so many pieces.")] = str(PIECES_MAX),
) -> None:
    """Follow a transfer through a file: what of it can be held now, where the rest left, and on which way.

    TRANSFERS.csv: transfer_id,booked_at,payer_account,payee_account,amount_minor,currency, in settlement order;
    booked_at is ISO 8601 with an offset, or a whole-number step.

    ACCOUNTS.csv: account_id,participant_id,opening_minor,currency,kind with kind personal, business, pooled,
    cash_out or external.

    Amounts are whole minor units. First in, first out; where an account is overdrawn the next credit repays it first.
    """
    try:
        written = TraceFormat(_choice("--format", output, TraceFormat))
        _check_method(method)
        request = TraceRequest(
            file=str(transfers),
            start_id=start,
            amount_minor=None if amount is None else _positive("--amount", amount),
            as_of=None if as_of is None else _time("--as-of", as_of),
            pieces_max=_positive("--pieces-max", pieces_max),
        )
        tracing = traced(transfers, accounts, request)
    except InputFault as fault:
        refuse(str(fault))
    _print(tracing, written)


def traced(transfers: Path, accounts: Path, request: TraceRequest) -> Tracing:
    """Read both files and follow. Raises InputFault for a file that cannot be read or is not in order."""
    path = accounts
    try:
        with opened_lines(path) as lines:
            known = read_accounts(TableRows(str(path), lines, ACCOUNTS_HEADER))
        path = transfers
        with opened_lines(path) as lines:
            return follow(read_transfers(TableRows(str(path), lines, TRANSFERS_HEADER), known), known, request)
    except OSError as broken:
        raise InputFault("a file that can be read", file=str(path), found=broken.strerror or str(broken)) from broken


def _print(tracing: Tracing, written: TraceFormat) -> None:
    if written is TraceFormat.json:
        from tarazy.edge.cli.trace_text import json_of

        typer.echo(json_of(tracing).encode())
    elif written is TraceFormat.html:
        from tarazy.edge.cli.trace_page import page_of

        typer.echo(page_of(tracing).encode())
    else:
        from tarazy.edge.cli.trace_text import print_table

        print_table(tracing)


def _choice(option: str, text: str, choices: type[StrEnum]) -> str:
    if text not in choices.__members__:
        raise InputFault(f"one of {', '.join(choices)}", field=option, found=text)
    return text


def _check_method(text: str) -> None:
    """Accept what is there; a method that will come is named as such and never replaced by another."""
    if TraceMethod(_choice("--method", text, TraceMethod)) not in METHODS_READY:
        raise InputFault(f"{', '.join(METHODS_READY)} (the others are not there yet)", field="--method", found=text)


def _positive(option: str, text: str) -> int:
    number = whole_minor(text)
    if not number:
        raise InputFault(f"a whole number from 1 to {MINOR_MAX}", field=option, found=text)
    return number


def _time(option: str, text: str) -> FileTime:
    try:
        return parsed_time(text)
    except ValueError as refused:
        raise InputFault(str(refused), field=option, found=text) from refused
