"""``tarazy convert``: turn public data sets into the two files that ``tarazy trace`` reads."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import typer

from tarazy.edge.cli.refusal import refuse
from tarazy.edge.cli.table_source import opened_lines
from tarazy.index.accounts_file import CURRENCY
from tarazy.index.amlsim_file import (
    NODES_HEADER,
    TRANSACTIONS_HEADER,
    AmlsimTransfer,
    Raised,
    account_rows,
    raised_openings,
    read_nodes,
    read_transactions,
    transfer_rows,
)
from tarazy.index.input_fault import InputFault
from tarazy.index.table_rows import TableRows

CURRENCY_DEFAULT: Final = "KZT"
"""The sample names no currency. Tenge has two places as the sample's amounts do, and the demonstration runs on it."""

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def convert() -> None:
    """Turn public data sets into files that `tarazy trace` reads."""


@app.command()
def amlsim(
    nodes: Annotated[Path, typer.Argument(metavar="NODES", help="nodes.csv of the sample; .gz too.")],
    transactions: Annotated[Path, typer.Argument(metavar="TRANSACTIONS", help="transactions.csv of it; .gz too.")],
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where accounts.csv and transfers.csv are written.")],
    currency: Annotated[str, typer.Option(metavar="CODE", help="The currency to write.")] = CURRENCY_DEFAULT,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there already.")] = False,
) -> None:
    """Convert the AMLSim sample: decimals to whole minor units, accounts to six banks by a hash of their number.

    Where the sample lets an account pay more than it has, its opening balance is raised by the least that is needed;
    how many accounts, and by how much, is printed.
    """
    targets = (out / "accounts.csv", out / "transfers.csv")
    try:
        _check(currency, () if overwrite else targets)
        raised, transfers = _read(nodes, transactions)
        _write(targets[0], account_rows(raised, currency))
        _write(targets[1], transfer_rows(transfers, currency))
    except InputFault as fault:
        refuse(str(fault))
    except OSError as broken:
        refuse(str(InputFault("a place to write to", file=str(out), found=broken.strerror or str(broken))))
    higher = [account for account in raised if account.raised_minor > account.opening_minor]
    added = sum(account.raised_minor - account.opening_minor for account in higher)
    typer.echo(f"{targets[0]}: {len(raised)} accounts at 6 banks")
    typer.echo(f"{targets[1]}: {len(transfers)} transfers")
    typer.echo(f"openings raised: {len(higher)} of {len(raised)}, by {added} {currency} minor units in all")


def _check(currency: str, targets: Iterable[Path]) -> None:
    if not CURRENCY.fullmatch(currency):
        raise InputFault("three capital letters (ISO 4217)", field="--currency", found=currency)
    for target in targets:
        if target.exists():
            raise InputFault("no such file yet, or --overwrite", file=str(target))


def _read(nodes: Path, transactions: Path) -> tuple[list[Raised], list[AmlsimTransfer]]:
    path = nodes
    try:
        with opened_lines(path) as lines:
            openings = read_nodes(TableRows(str(path), lines, NODES_HEADER))
        path = transactions
        with opened_lines(path) as lines:
            transfers = read_transactions(TableRows(str(path), lines, TRANSACTIONS_HEADER), openings)
    except OSError as broken:
        raise InputFault("a file that can be read", file=str(path), found=broken.strerror or str(broken)) from broken
    return raised_openings(openings, transfers), transfers


def _write(target: Path, rows: Iterable[tuple[str, ...]]) -> None:
    """Write the whole file under another name first: a reader never meets half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
