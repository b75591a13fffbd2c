"""Why held money was paid: in which lane each payment was ordered, as the order said it.

A hold knows what was booked as paid of it, and the core's word on each payment that it was asked for. The commands to
the core have the lane of their order. So each booked unit has the reason for which it left the account.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from tarazy.agent.core_port import CoreVerb
from tarazy.agent.records import CORE_COMMANDS, AgentHold, CoreCommand
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hold import HoldEnd
from tarazy.domain.notice import Decision, NoticeReason
from tarazy.law.assessment import Lane
from tarazy.protocol.order_bodies import PAYMENTS_MAX
from tarazy.values.ids import HoldId, RefundId
from tarazy.values.instant import Instant

COMMANDS_READ_MAX: Final = 20 * PAYMENTS_MAX
"""All payments of as many holds as are told of in one round, each with the most payments that an answer may have."""
REASON_OF_LANE: Final = {
    Lane.consent: NoticeReason.refund_agreed,
    Lane.court: NoticeReason.refund_by_court,
    Lane.investigator: NoticeReason.refund_by_authority,
}


Payment = tuple[HoldId, RefundId]
"""A payment of a hold, by the refund that it belongs to."""
NOBODY_DECIDED: Final[Mapping[Payment, Decision]] = {}


class PaidFor(NamedTuple):
    """What was paid of a hold in one lane by now, when the last of it was ordered, and what was paid in other lanes.

    Without a lane nobody knows any more who ordered it. ``decision`` is what the last of it rests on.
    """

    lane: Lane | None
    amount_minor: int
    ordered_at: Instant | None = None
    otherwise_minor: int = 0
    decision: Decision | None = None

    @property
    def reason(self) -> NoticeReason:
        """Why it was paid, for whoever is told."""
        return reason_of(self.lane)


def reason_of(lane: Lane | None) -> NoticeReason:
    """Return the reason that people are told of money that was paid in a lane."""
    return NoticeReason.refund_decided if lane is None else REASON_OF_LANE[lane]


def end_by_payment(commands: Collection[CoreCommand]) -> HoldEnd:
    """Return how a hold ended of which all is paid: given back, if its holder had consented to every payment."""
    is_given = bool(commands) and all(command.lane is Lane.consent for command in commands)
    return HoldEnd.returned_by_holder if is_given else HoldEnd.refunded


def pay_commands(tx: Transaction, holds: Collection[AgentHold]) -> list[CoreCommand]:
    """Return what the core was asked to pay of some holds, in the order in which it was asked."""
    paid = [hold.hold_id for hold in holds if hold.paid_minor]
    if not paid:
        return []
    of_holds = Condition("hold_id", "in", paid)
    return tx.find(
        CORE_COMMANDS, of_holds, Condition("kind", "=", CoreVerb.pay), order=("serial",), limit=COMMANDS_READ_MAX
    )


def paid_for(
    hold: AgentHold, commands: Sequence[CoreCommand], decisions: Mapping[Payment, Decision] = NOBODY_DECIDED
) -> tuple[PaidFor, ...]:
    """Return what was booked as paid of a hold, lane by lane, in the order of the first payments.

    The core books payments in the order in which it says that it has made them. While its word on one is still to
    come, what that one paid is left out: the word makes it due.
    """
    own = [command for command in commands if command.hold_id == hold.hold_id]
    by_order = {command.to.partition("/")[2]: command for command in own if command.to is not None}
    sums: dict[Lane | None, int] = {}
    ordered: dict[Lane | None, Instant] = {}
    decided: dict[Lane | None, Decision] = {}
    left = hold.paid_minor
    for payment in hold.payments:
        part = min(left, payment.amount_minor) if payment.is_paid else 0
        command = by_order.get(f"{payment.report_id}/{payment.refund_id}")
        if part and command is not None:
            left -= part
            sums[command.lane] = sums.get(command.lane, 0) + part
            ordered[command.lane] = command.queued_at
            if (decision := decisions.get((hold.hold_id, payment.refund_id))) is not None:
                decided[command.lane] = decision
    if left and all(command.done_at is not None for command in own):
        sums[None] = sums.get(None, 0) + left
    whole = sum(sums.values())
    return tuple(
        PaidFor(lane, minor, ordered.get(lane), whole - minor, decided.get(lane)) for lane, minor in sums.items()
    )
