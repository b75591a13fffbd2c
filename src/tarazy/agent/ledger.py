"""The ledger of a piece: the rows from which one can say where its units are, read in as few round trips as it takes.

All of it is read under the lock of the account: nobody books, holds or lets go meanwhile.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from tarazy.agent.records import (
    ACCOUNTS,
    CONSUMPTIONS,
    CREDITS,
    FOLLOWS,
    HOLD_SEGMENTS,
    HOLDS,
    AgentHold,
    CreditPlace,
    Follow,
)
from tarazy.app.store import Condition, Key, Read, Through, Transaction, Window
from tarazy.domain.line import AccountLine, Consumption, Credit, HoldSegment
from tarazy.domain.tracing import (
    window_on_line,
)
from tarazy.protocol.bodies import FLOOR_DAYS_MAX
from tarazy.values.ids import AccountId, HoldId, PieceId
from tarazy.values.instant import Instant
from tarazy.values.interval import Interval


class PlacedFollow(NamedTuple):
    """Where a piece lies of which a hold has just been requested, and what was read about it.

    As long as the ``line`` is the same, so are the consumptions of its window and the protected receipts.
    """

    order_id: PieceId
    window: Window
    line: AccountLine
    credit: Credit
    consumptions: tuple[Consumption, ...]
    receipts: tuple[Credit, ...]


@dataclass(slots=True)
class Ledger:
    """The rows that the follows of some accounts are answered from, read once for all of them."""

    lines: dict[AccountId, AccountLine]
    credited: dict[Key, Credit]
    consumptions: list[Consumption]
    segments: list[HoldSegment]
    holds: dict[HoldId, AgentHold]
    floors: dict[AccountId, int]
    receipts: list[Credit]


def open_follows(account_ids: Collection[AccountId]) -> Read[Follow]:
    """Return the read of the open follows of some accounts, in the order of their reports."""
    if not account_ids:
        return Read(FOLLOWS, keys=())
    of_accounts = Condition("account_id", "in", list(account_ids))
    return Read(FOLLOWS, conditions=(of_accounts, Condition("is_open", "=", True)), order=("rank", "order_id"))


def read_ledger(
    tx: Transaction,
    follows: Collection[Follow],
    windows: Collection[Window],
    now: Instant,
    *,
    holds: Collection[AgentHold] | None = None,
) -> Ledger:
    """Lock the accounts of these follows and read, in one go, everything that they are answered from."""
    accounts = {follow.account_id for follow in follows if follow.account_id is not None}
    if not accounts:
        return Ledger({}, {}, [], [], {}, {}, [])
    of_accounts = Read(HOLDS, conditions=(Condition("account_id", "in", list(accounts)),))
    lines, credited, consumptions, segments, found, receipts = tx.gather(
        Read(ACCOUNTS, keys={(account_id,) for account_id in accounts}, is_locking=True),
        Read(CREDITS, keys={(follow.account_id, follow.transfer_ref) for follow in follows if follow.account_id}),
        Read(CONSUMPTIONS, windows=windows),
        Read(HOLD_SEGMENTS, windows=windows),
        of_accounts if holds is None else Read(HOLDS, keys=()),
        protected_receipts(accounts, now),
    )
    return Ledger(
        lines={line.account_id: line for line in lines},
        credited={(credit.account_id, credit.transfer_ref): credit for credit in credited},
        consumptions=consumptions,
        segments=segments,
        holds={hold.hold_id: hold for hold in (found if holds is None else holds)},
        floors=floors_from(receipts, follows, {line.account_id: line for line in lines}, now),
        receipts=receipts,
    )


def ledger_through(through: Through, now: Instant) -> tuple[Read[Any], ...]:
    """Return the reads of everything that pieces are answered from, by the transfers that brought them."""
    return (
        Read(ACCOUNTS, through=through, is_locking=True),
        Read(CREDITS, through=through, is_stretch=True),
        Read(CONSUMPTIONS, through=through, is_stretch=True),
        Read(HOLD_SEGMENTS, through=through, is_stretch=True),
        Read(HOLDS, through=through),
        Read(CREDITS, through=through, conditions=protected_since(now)),
    )


def ledger_from(tx: Transaction, read: Sequence[list[Any]], follows: Collection[Follow], now: Instant) -> Ledger:
    """Return the ledger of follows from what `ledger_through` has read. All their transfers have been credited."""
    found, credits_, consumptions, segments, holds, receipts = read
    lines = {line.account_id: line for line in found}
    credited: dict[Key, Credit] = {(credit.account_id, credit.transfer_ref): credit for credit in credits_}
    wanted: set[Key] = {(follow.account_id, follow.transfer_ref) for follow in follows}
    lost = wanted - credited.keys()  # a piece of which a fee took all lies nowhere
    if lost:
        credited.update(tx.get_many(CREDITS, lost))
    return Ledger(
        lines=lines,
        credited=credited,
        consumptions=consumptions,
        segments=segments,
        holds={hold.hold_id: hold for hold in holds},
        floors=floors_from(receipts, follows, lines, now),
        receipts=receipts,
    )


def placed_follow(ledger: Ledger, follow: Follow, window: Window) -> PlacedFollow:
    """Return what was read about a piece, for whoever looks at it next."""
    assert follow.account_id is not None
    return PlacedFollow(
        order_id=follow.order_id,
        window=window,
        line=ledger.lines[follow.account_id],
        credit=ledger.credited[follow.account_id, follow.transfer_ref],
        consumptions=tuple(row for row in ledger.consumptions if row.account_id == follow.account_id),
        receipts=tuple(row for row in ledger.receipts if row.account_id == follow.account_id),
    )


def window_of(place: CreditPlace | Credit, follow: Follow) -> Window:
    """Return where the followed piece lies on the account's line."""
    window = window_on_line(place, Interval(follow.from_minor, follow.to_minor))
    return Window(place.account_id, window.start, window.end)


def ledger_of(
    tx: Transaction,
    follows: Collection[Follow],
    lines: Mapping[AccountId, AccountLine],
    holds: Collection[AgentHold] | None,
    now: Instant,
) -> Ledger:
    """Return the ledger of follows whose accounts are locked; ``lines`` are as the caller has left them."""
    known = [follow for follow in follows if follow.account_id is not None]
    credited = tx.get_many(CREDITS, {(follow.account_id, follow.transfer_ref) for follow in known})
    windows = [window_of(credited[follow.account_id, follow.transfer_ref], follow) for follow in known]
    ledger = read_ledger(tx, known, windows, now, holds=holds)
    ledger.lines.update(lines)
    return ledger


def protected_receipts(account_ids: Collection[AccountId], now: Instant) -> Read[Credit]:
    """Return the read of the wages, pensions and benefits of as many days as any terms may name."""
    return Read(CREDITS, conditions=(Condition("account_id", "in", list(account_ids)), *protected_since(now)))


def protected_since(now: Instant) -> tuple[Condition, ...]:
    """Return the conditions of the wages, pensions and benefits that count."""
    since = now.plus(-timedelta(days=FLOOR_DAYS_MAX))
    return (Condition("is_protected", "=", True), Condition("booked_at", ">", since))


def floors_from(
    receipts: Collection[Credit], follows: Collection[Follow], lines: Mapping[AccountId, AccountLine], now: Instant
) -> dict[AccountId, int]:
    """Return each natural person's protected floor: their protected receipts, up to the living minimum of the terms."""
    minimum: dict[AccountId, int] = {}
    since: dict[AccountId, Instant] = {}
    for follow in follows:
        if follow.terms and follow.account_id and lines[follow.account_id].is_natural_person:
            asked = follow.terms.living_minimum_minor
            minimum[follow.account_id] = max(asked, minimum.get(follow.account_id, 0))
            begin = now.plus(-timedelta(days=follow.terms.floor_days))
            since[follow.account_id] = min(begin, since.get(follow.account_id, begin))
    sums: dict[AccountId, int] = {}
    for credit in receipts:
        if credit.account_id in minimum and credit.booked_at > since[credit.account_id]:
            sums[credit.account_id] = sums.get(credit.account_id, 0) + credit.line_to - credit.line_from
    return {account_id: min(received, minimum[account_id]) for account_id, received in sums.items()}
