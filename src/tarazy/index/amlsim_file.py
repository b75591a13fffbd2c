"""Reading the AMLSim sample (IBM, Apache-2.0) as accounts and transfers that a tracing can follow.

The sample has no banks and no settlement order but the file's own. Every account becomes a personal one at one of six
banks, chosen by a hash of its number, so that every conversion of the sample agrees. Where the file lets an account pay
more than it has, its opening balance is raised by the least that keeps it from ever being negative in file order.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final, NamedTuple

from tarazy.index.accounts_file import ACCOUNTS_HEADER, FileAccountKind, whole_minor
from tarazy.index.table_rows import TableRows, is_identifier
from tarazy.index.transfers_file import TRANSFERS_HEADER
from tarazy.values.money import MINOR_MAX

NODES_HEADER: Final = ("nodeid", "isFraud", "init_balance", "fraudStep")
TRANSACTIONS_HEADER: Final = ("sourceNodeId", "targetNodeId", "value", "time")
BANKS: Final = ("bank-1", "bank-2", "bank-3", "bank-4", "bank-5", "bank-6")
DECIMAL: Final = re.compile(r"([0-9]{1,16})(?:\.([0-9]{1,2}))?")


class AmlsimTransfer(NamedTuple):
    """One row of the transactions: account numbers, minor units, step."""

    payer: str
    payee: str
    amount_minor: int
    step: int


class Raised(NamedTuple):
    """The opening of one account before and after it was raised."""

    account_id: str
    opening_minor: int
    raised_minor: int


def read_nodes(rows: TableRows) -> dict[str, int]:
    """Return the opening balance of each account in minor units, in file order."""
    openings: dict[str, int] = {}
    for node, _, balance, _ in rows:
        if not is_identifier(node):
            raise rows.fault("nodeid", "an identifier without spaces around it", node)
        if node in openings:
            raise rows.fault("nodeid", "an account that was not named before", node)
        openings[node] = _minor(rows, "init_balance", balance)
    return openings


def read_transactions(rows: TableRows, openings: dict[str, int]) -> list[AmlsimTransfer]:
    """Return the transfers in file order. Steps may not go back, for the file order is the settlement order."""
    transfers: list[AmlsimTransfer] = []
    last = 0
    for payer, payee, value, time in rows:
        for field, node in (("sourceNodeId", payer), ("targetNodeId", payee)):
            if node not in openings:
                raise rows.fault(field, "an account of the nodes file", node)
        amount_minor = _minor(rows, "value", value)
        if amount_minor == 0:
            raise rows.fault("value", "more than zero", value)
        step = whole_minor(time)
        if step is None or step < last:
            raise rows.fault("time", f"a whole-number step, not before that of the row above ({last})", time)
        last = step
        transfers.append(AmlsimTransfer(payer, payee, amount_minor, last))
    return transfers


def raised_openings(openings: dict[str, int], transfers: Iterable[AmlsimTransfer]) -> list[Raised]:
    """Return every account's opening and the least opening at which its balance is never negative in file order."""
    balances = dict(openings)
    lowest = dict.fromkeys(openings, 0)
    for transfer in transfers:
        balances[transfer.payer] -= transfer.amount_minor
        lowest[transfer.payer] = min(lowest[transfer.payer], balances[transfer.payer])
        balances[transfer.payee] += transfer.amount_minor
    return [Raised(node, opening, opening - lowest[node]) for node, opening in openings.items()]


def bank_of(node: str) -> str:
    """Return the bank that keeps an account: one of six, by the first eight bytes of SHA-256 of its number."""
    return BANKS[int.from_bytes(sha256(node.encode()).digest()[:8]) % len(BANKS)]


def account_rows(raised: Iterable[Raised], currency: str) -> Iterable[tuple[str, ...]]:
    """Yield the accounts file, header first."""
    yield ACCOUNTS_HEADER
    for account in raised:
        opening = str(account.raised_minor)
        yield (account.account_id, bank_of(account.account_id), opening, currency, FileAccountKind.personal.value)


def transfer_rows(transfers: Iterable[AmlsimTransfer], currency: str) -> Iterable[tuple[str, ...]]:
    """Yield the transfers file, header first. A transfer's id is ``t`` and its row in the sample, counted from 1."""
    yield TRANSFERS_HEADER
    for row, (payer, payee, amount_minor, step) in enumerate(transfers, start=1):
        yield (f"t{row}", str(step), payer, payee, str(amount_minor), currency)


def _minor(rows: TableRows, field: str, text: str) -> int:
    """Read a decimal with up to two places as hundredths, digit by digit: no rounding, no binary fraction."""
    match = DECIMAL.fullmatch(text)
    minor = None if match is None else int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    if minor is None or minor > MINOR_MAX:
        raise rows.fault(field, "a decimal number, not negative, with up to two places", text)
    return minor
