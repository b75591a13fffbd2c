"""Holds as their holders were told of them last: of a measure whose notice is put off nothing shows, on any page.

While an authority has put a notice off, whoever looks at their own account sees the bank's own pause with its own end,
as if nothing had come after it. Nothing untrue is said: when that end has come, the pause is over indeed.
"""

from collections.abc import Sequence

from tarazy.agent.answering import is_live
from tarazy.agent.deferring import kept_back
from tarazy.agent.measure_records import HOLD_MEASURES, HoldMeasure
from tarazy.agent.records import FOLLOWS, HOLDS, SERVED_NOTICES, AgentHold
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hold import LIVE_STATUSES, HoldEnd, HoldStatus, end_of_hold
from tarazy.values.ids import AccountId, MeasureId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace


def as_told(tx: Transaction, holds: Sequence[AgentHold], now: Instant) -> list[AgentHold]:
    """Return holds as their holders may see them, in the same order."""
    quiet = kept_back(tx, holds, now)
    return [_last_told(tx, hold, quiet, now) if hold.carried_by in quiet else hold for hold in holds]


def told_hold(tx: Transaction, hold: AgentHold, now: Instant) -> AgentHold:
    """Return one hold as its holder may see it."""
    return as_told(tx, [hold], now)[0]


def untold_minor(tx: Transaction, account_id: AccountId, now: Instant) -> int:
    """Return how much of an account is reserved for holds that go on without their holder being told so."""
    holds = tx.find(HOLDS, Condition("account_id", "=", account_id))
    pairs = zip(holds, as_told(tx, holds, now), strict=True)
    return sum(hold.reserved_minor for hold, told in pairs if is_live(hold, now) and not is_live(told, now))


def _last_told(tx: Transaction, hold: AgentHold, quiet: frozenset[MeasureId], now: Instant) -> AgentHold:
    under = _told_measure(tx, hold, quiet)
    first, most = _ends(tx, hold) if under is None else (under.ends_at, under.ends_at)
    told = replace(
        hold,
        carried_by=None if under is None else under.measure_id,
        expires_at=first if hold.confirmed_by is None else most,
        expires_at_most=most,
    )
    if told.status in LIVE_STATUSES and is_live(told, now):
        return told
    return replace(told, status=HoldStatus.expired, end=HoldEnd.time_ran_out, ended_at=min(told.expires_at, now))


def _told_measure(tx: Transaction, hold: AgentHold, quiet: frozenset[MeasureId]) -> HoldMeasure | None:
    """Return the measure of which the holder was told last; None where that is the bank's own pause."""
    served = tx.find(SERVED_NOTICES, Condition("hold_id", "=", hold.hold_id))
    known = {notice.measure_id for notice in served} - quiet
    rows = tx.find(HOLD_MEASURES, Condition("hold_id", "=", hold.hold_id), order=("begins_at",))
    return next((row for row in reversed(rows) if row.measure_id in known), None)


def _ends(tx: Transaction, hold: AgentHold) -> tuple[Instant, Instant]:
    """Return when the bank's own pause ends unless it is confirmed, and when it ends at the latest."""
    follow, terms = tx.get(FOLLOWS, hold.order_id), hold.terms
    assert follow is not None
    confirm_by = end_of_hold(terms.confirm_by, follow.received_at, follow.ordered_at)
    most = end_of_hold(terms.expires_at, follow.received_at, follow.ordered_at)
    return min(confirm_by, most), most
