"""Small files as tests write them: one string a row, the header given."""

from tarazy.index.accounts_file import ACCOUNTS_HEADER, FileAccount, read_accounts
from tarazy.index.file_time import parsed_time
from tarazy.index.follow import TraceRequest, follow
from tarazy.index.table_rows import TableRows
from tarazy.index.tracing import Tracing
from tarazy.index.transfers_file import TRANSFERS_HEADER, FileTransfer, read_transfers


def table(file: str, header: tuple[str, ...], rows: list[str]) -> TableRows:
    content = "".join(f"{row}\n" for row in (",".join(header), *rows)).encode()
    return TableRows(file, [line + b"\n" for line in content.split(b"\n")[:-1]], header)


def accounts_of(*rows: str) -> dict[str, FileAccount]:
    return read_accounts(table("accounts.csv", ACCOUNTS_HEADER, list(rows)))


def transfers_of(accounts: dict[str, FileAccount], *rows: str) -> list[FileTransfer]:
    return list(read_transfers(table("transfers.csv", TRANSFERS_HEADER, list(rows)), accounts))


def trace_of(
    accounts: dict[str, FileAccount],
    transfers: list[FileTransfer],
    start: str,
    *,
    amount: int | None = None,
    as_of: str | None = None,
    pieces_max: int = 1000,
) -> Tracing:
    time = None if as_of is None else parsed_time(as_of)
    request = TraceRequest(file="transfers.csv", start_id=start, amount_minor=amount, as_of=time, pieces_max=pieces_max)
    return follow(transfers, accounts, request)


def found(tracing: Tracing) -> dict[str, dict[str, int]]:
    """The ends as a reader says them: {"holdable": {account: amount}, "cash_out": …}."""
    ends: dict[str, dict[str, int]] = {}
    for end in (*tracing.holdable, *tracing.exits, *tracing.stops):
        ends.setdefault(end.kind, {})[end.account.account_id] = end.amount_minor
    return ends


def way(tracing: Tracing) -> list[tuple[int, str, int, int]]:
    """The pieces as (depth, transfer, from, to)."""
    return [(piece.depth, piece.transfer.transfer_id, piece.from_minor, piece.to_minor) for piece in tracing.pieces]
