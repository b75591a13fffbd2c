"""A tracing as JSON for programs and as tables for a terminal."""

import json
import sys
from typing import Final

from rich.console import Console
from rich.table import Table

from tarazy.index.file_time import FileTime, TimeSort
from tarazy.index.tracing import End, Piece, Tracing, total_minor

PIECES_SHOWN_MAX: Final = 40
WIDE_ENOUGH: Final = 10_000
"""Where nobody looks at the width (a file, a pipe), no cell is ever folded."""


def json_of(tracing: Tracing) -> str:
    """Return the tracing as one JSON object. Its keys and their order are a contract: programs read it."""
    return json.dumps(
        {
            "start": tracing.start.transfer_id,
            "method": tracing.method,
            "as_of": _time_value(tracing.as_of),
            "currency": tracing.currency,
            "stolen_minor": tracing.stolen_minor,
            "holdable": [_holdable_value(end) for end in tracing.holdable],
            "exits": [_end_value(end) for end in tracing.exits],
            "stops": [_end_value(end) for end in tracing.stops],
            "untraced_minor": tracing.untraced_minor,
            "pieces": [_piece_value(piece) for piece in tracing.pieces],
        },
        ensure_ascii=False,
        indent=2,
    )


def print_table(tracing: Tracing) -> None:
    """Print the tracing as tables on stdout, the sum last but for the way that the money took."""
    width = None if sys.stdout.isatty() else WIDE_ENOUGH
    console = Console(width=width, markup=False, highlight=False, emoji=False)
    start, money = tracing.start, f"{tracing.currency} minor units"
    console.print(f"Tracing of {start.transfer_id}, line {start.line}: {start.payer.account_id} paid", style="bold")
    console.print(f"{start.amount_minor} {money} to {start.payee.account_id} at {start.booked_at.text}.")
    console.print(f"Followed: {tracing.stolen_minor}. Method {tracing.method}. As of {tracing.as_of.text}.\n")
    amount = f"amount, {money}"
    held = _table("Holdable now", ("account", "participant"), (amount,))
    for end in tracing.holdable:
        held.add_row(end.account.account_id, end.account.participant_id, str(end.amount_minor))
    console.print(held)
    for title, ends in (("Exits", tracing.exits), ("Stops", tracing.stops)):
        if ends:
            console.print(_ends_table(title, amount, ends))
    console.print(sum_line(tracing), style="bold", soft_wrap=True)
    console.print()
    console.print(_pieces_table(tracing, amount))
    if len(tracing.pieces) > PIECES_SHOWN_MAX:
        console.print(f"and {len(tracing.pieces) - PIECES_SHOWN_MAX} more pieces; --format json prints all of them")


def sum_line(tracing: Tracing) -> str:
    """Return the sum in words: where every unit is, and that together they are what was stolen."""
    held, exited, stopped = (total_minor(ends) for ends in (tracing.holdable, tracing.exits, tracing.stops))
    parts = f"holdable {held} + exits {exited} + stops {stopped} + untraced {tracing.untraced_minor}"
    return f"{parts} = stolen {tracing.stolen_minor} ({tracing.currency} minor units)"


def _time_value(time: FileTime) -> int | str:
    return time.moment if time.sort is TimeSort.step else time.text


def _holdable_value(end: End) -> dict[str, str | int]:
    account = end.account
    return {
        "account_id": account.account_id,
        "participant_id": account.participant_id,
        "amount_minor": end.amount_minor,
    }


def _end_value(end: End) -> dict[str, str | int]:
    return {"account_id": end.account.account_id, "kind": end.kind, "amount_minor": end.amount_minor}


def _piece_value(piece: Piece) -> dict[str, str | int]:
    return {
        "depth": piece.depth,
        "transfer_id": piece.transfer.transfer_id,
        "from_minor": piece.from_minor,
        "to_minor": piece.to_minor,
        "account_id": piece.transfer.payee.account_id,
    }


def _table(title: str, names: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    """Return an empty table in which a narrow terminal folds an identifier and never cuts it."""
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name, overflow="fold")
    for number in numbers:
        table.add_column(number, justify="right", overflow="fold")
    return table


def _ends_table(title: str, amount: str, ends: tuple[End, ...]) -> Table:
    table = _table(title, ("account", "kind"), (amount,))
    for end in ends:
        table.add_row(end.account.account_id, end.kind, str(end.amount_minor))
    return table


def _pieces_table(tracing: Tracing, amount: str) -> Table:
    table = _table("The way", ("depth", "booked at", "transfer", "payer", "payee"), (amount, "units"))
    for piece in tracing.pieces[:PIECES_SHOWN_MAX]:
        transfer = piece.transfer
        way = (transfer.booked_at.text, transfer.transfer_id, transfer.payer.account_id, transfer.payee.account_id)
        units = f"[{piece.from_minor}, {piece.to_minor})"
        table.add_row(str(piece.depth), *way, str(piece.amount_minor), units)
    return table
