"""What the refund page shows of hearings, and what of a case remains to be collected, from which holds, until when."""

from dataclasses import dataclass
from typing import NamedTuple

from tarazy.app.dividing import case_division
from tarazy.app.hearing import newest_hearings, states_upon
from tarazy.app.hearing_records import Hearing
from tarazy.app.holding import stands
from tarazy.app.records import CASE_HOLDS, REPORTS
from tarazy.app.store import Condition, Transaction
from tarazy.domain.case import ReportStatus
from tarazy.domain.hearing import HearingState, Standing, standing_of
from tarazy.law.assessment import Lane
from tarazy.values.ids import CaseId, HoldId, ParticipantId
from tarazy.values.instant import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardHolder:
    """Somebody of whose hold a refund by resolution would pay, and how they were heard; None where they were not."""

    hold_id: HoldId
    participant_id: ParticipantId
    amount_minor: int
    state: HearingState | None
    hearing: Hearing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingView:
    """The hearings of a case as a refund ordered now would rest on them; ``can_ask``: somebody was not asked."""

    holders: tuple[HeardHolder, ...]
    standing: Standing
    can_ask: bool


class Remaining(NamedTuple):
    """What of the claims of a case is still to be collected, what is held for it now, and the latest end of that."""

    claim_minor: int
    returned_minor: int
    held_minor: int
    until: Instant | None

    @property
    def missing_minor(self) -> int:
        """What has not come back."""
        return self.claim_minor - self.returned_minor


def hearing_view(tx: Transaction, case_id: CaseId, now: Instant) -> HearingView:
    """Return how everybody was heard of whom a refund by resolution would pay now."""
    divided = case_division(tx, case_id, Lane.investigator, now)
    states, newest = states_upon(tx, divided.division), newest_hearings(tx, [one.hold_id for one in divided.holds])
    holders = tuple(
        HeardHolder(
            hold_id=hold.hold_id,
            participant_id=hold.participant_id,
            amount_minor=divided.division.paid_of(hold.hold_id),
            state=states[hold.hold_id],
            hearing=newest.get(hold.hold_id),
        )
        for hold in divided.holds
        if hold.hold_id in states
    )
    can_ask = any(one.state in {None, HearingState.over} for one in holders)
    return HearingView(holders=holders, standing=standing_of(states.values()), can_ask=can_ask)


def remaining(tx: Transaction, case_id: CaseId, now: Instant) -> Remaining:
    """Return what is still to be collected of the claims that stand in a case, and until when it is held."""
    of_case = Condition("case_id", "=", case_id)
    reports = [one for one in tx.find(REPORTS, of_case) if one.status is ReportStatus.filed]
    holds = [hold for hold in tx.find(CASE_HOLDS, of_case) if stands(hold, now) and hold.held_minor]
    return Remaining(
        claim_minor=sum(one.claim_minor for one in reports),
        returned_minor=sum(min(one.returned_minor, one.claim_minor) for one in reports),
        held_minor=sum(hold.held_minor for hold in holds),
        until=max((hold.expires_at for hold in holds), default=None),
    )
