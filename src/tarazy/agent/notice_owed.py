"""Notices that are owed: by when each must be served by the law of its measure, those that are overdue first.

They are served by themselves within seconds. What stands here for longer shows that something does not work.
"""

from datetime import timedelta
from typing import Final, NamedTuple

from tarazy.agent.measure_news import carrier_among, measures_on, notice_due_by
from tarazy.agent.measure_records import HoldMeasure
from tarazy.agent.records import HOLDERS, HOLDS, AgentHold, Holder
from tarazy.app.store import Condition, Transaction
from tarazy.law.assessment import Measure
from tarazy.law.ground import Pack
from tarazy.values.instant import Instant

OWED_SHOWN_MAX: Final = 100
AT_ONCE: Final = timedelta(minutes=5)
"""What the law wants at once is shown as overdue only then: until that the program may still be busy with it."""


class OwedNotice(NamedTuple):
    """A notice that its holder has not been given yet. ``due_by`` is None where the pack names no time."""

    hold: AgentHold
    holder: Holder | None
    due_by: Instant | None
    is_overdue: bool


def owed_notices(tx: Transaction, pack: Pack, now: Instant) -> list[OwedNotice]:
    """Return the notices that are owed, the earliest due first. What an authority has put off is not owed yet."""
    holds = tx.find(HOLDS, Condition("notice_due", "not_null"), order=("hold_id",), limit=OWED_SHOWN_MAX)
    measures = measures_on(tx, holds)
    holders = tx.get_many(HOLDERS, {(hold.account_id,) for hold in holds})
    found = []
    for hold in holds:
        due_by = _due_by(hold, carrier_among(hold, measures), pack)
        is_overdue = due_by is not None and due_by.plus(AT_ONCE) < now
        found.append(OwedNotice(hold, holders.get((hold.account_id,)), due_by, is_overdue))
    return sorted(found, key=lambda one: (one.due_by is None, one.due_by or now, one.hold.hold_id))


def _due_by(hold: AgentHold, under: HoldMeasure | None, pack: Pack) -> Instant | None:
    """Return by when a holder must be told: of the measure that carries the hold, or of the bank's own pause."""
    if under is not None:
        return notice_due_by(under, pack)
    ground = pack.ground(Measure(hold.terms.measure), None, hold.terms.law_day)
    plan = None if ground is None or ground.rule.notice is None else ground.rule.notice.value
    return None if plan is None else hold.received_at.plus(plan.within)
