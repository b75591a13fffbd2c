"""What came into an account and what left it, as its line has it: the entries that a person recognises."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tarazy.agent.records import CONSUMPTIONS, CREDITS
from tarazy.app.store import Condition, Transaction
from tarazy.domain.line import Consumption, ConsumptionKind, Credit
from tarazy.values.ids import AccountId, ParticipantId, TransferRef
from tarazy.values.instant import Instant
from tarazy.values.interval import Interval, Intervals

CONSUMPTIONS_PER_ENTRY: Final = 8
"""Room for entries that took several stretches of the line; one that took more is shown with what was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One entry as people see it: money came in, or went out in some way. ``kind`` is None where it came in."""

    entry_no: int
    at: Instant
    amount_minor: int
    currency: str
    kind: ConsumptionKind | None
    counterparty: ParticipantId | None
    transfer_ref: TransferRef | None
    is_protected: bool
    is_of_piece: bool
    units: Intervals

    @property
    def is_credit(self) -> bool:
        """Whether money came in."""
        return self.kind is None


def movements_from(tx: Transaction, account_id: AccountId, first_no: int, limit: int) -> tuple[Movement, ...]:
    """Return the first ``limit`` movements from entry ``first_no`` on, oldest first."""
    since = (Condition("account_id", "=", account_id), Condition("entry_no", ">=", first_no))
    credits_in = tx.find(CREDITS, *since, order=("entry_no",), limit=limit)
    taken = tx.find(CONSUMPTIONS, *since, order=("entry_no",), limit=limit * CONSUMPTIONS_PER_ENTRY)
    currency = credits_in[0].currency if credits_in else _currency_of(tx, account_id)
    return _merged(credits_in, taken, currency)[:limit]


def last_movements(tx: Transaction, account_id: AccountId, currency: str, limit: int) -> tuple[Movement, ...]:
    """Return the last movements of an account, newest first."""
    mine = Condition("account_id", "=", account_id)
    credits_in = tx.find(CREDITS, mine, order=("entry_no",), descending=True, limit=limit)
    many = limit * CONSUMPTIONS_PER_ENTRY
    taken = tx.find(CONSUMPTIONS, mine, order=("entry_no",), descending=True, limit=many)
    return _merged(credits_in, sorted(taken, key=lambda row: row.entry_no), currency)[::-1][:limit]


def _merged(credits_in: list[Credit], taken: list[Consumption], currency: str) -> tuple[Movement, ...]:
    came = [_came(credit) for credit in credits_in]
    left = [
        _left(list(rows), currency)
        for _, rows in groupby(taken, key=lambda row: (row.entry_no, row.kind is ConsumptionKind.overdraft_repaid))
    ]
    return tuple(sorted((*came, *left), key=lambda movement: movement.entry_no))


def _came(credit: Credit) -> Movement:
    return Movement(
        entry_no=credit.entry_no,
        at=credit.booked_at,
        amount_minor=credit.line_to - credit.line_from,
        currency=credit.currency,
        kind=None,
        counterparty=None,
        transfer_ref=credit.transfer_ref,
        is_protected=credit.is_protected,
        is_of_piece=False,
        units=(Interval(credit.line_from, credit.line_to),),
    )


def _left(rows: list[Consumption], currency: str) -> Movement:
    first = rows[0]
    units = tuple(Interval(row.line_from, row.line_to) for row in rows)
    return Movement(
        entry_no=first.entry_no,
        at=first.booked_at,
        amount_minor=sum(unit.length for unit in units),
        currency=currency,
        kind=first.kind,
        counterparty=first.counterparty,
        transfer_ref=first.transfer_ref,
        is_protected=False,
        is_of_piece=False,
        units=units,
    )


def _currency_of(tx: Transaction, account_id: AccountId) -> str:
    rows = tx.find(CREDITS, Condition("account_id", "=", account_id), limit=1)
    return rows[0].currency if rows else ""
