"""What must happen next, and by when: the duties that run on the holds of a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tarazy.app.holding import stands
from tarazy.app.records import CaseHold
from tarazy.domain.hold import HoldStatus
from tarazy.law.assessment import Measure
from tarazy.law.ground import Pack
from tarazy.values.ids import HoldId, ParticipantId
from tarazy.values.instant import Instant


class DutyKind(StrEnum):
    """What is due."""

    confirm = "confirm"
    """A named human confirms, narrows or releases; without confirmation the hold ends."""
    tell = "tell"
    """The holder is told."""
    end = "end"
    """The hold ends by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One duty: what, at which bank, upon which hold, and by when."""

    kind: DutyKind
    at: Instant
    hold_id: HoldId
    participant_id: ParticipantId


def next_due(holds: Iterable[CaseHold], pack: Pack, now: Instant) -> Due | None:
    """Return the duty whose time runs out first; None where no hold stands."""
    dues = [due for hold in holds if stands(hold, now) for due in dues_of(hold, pack)]
    return min(dues, key=lambda due: (due.at, list(DutyKind).index(due.kind), due.hold_id), default=None)


def dues_of(hold: CaseHold, pack: Pack) -> list[Due]:
    """Return what is due on a hold that stands."""
    times: dict[DutyKind, Instant] = {}
    if hold.status is HoldStatus.placed and hold.awaits_confirmation:
        times[DutyKind.confirm] = hold.confirm_by
    told_by = tell_by(hold, pack)
    if hold.notice_served_at is None and told_by is not None:
        times[DutyKind.tell] = told_by
    times[DutyKind.end] = hold.expires_at
    return [
        Due(kind=kind, at=at, hold_id=hold.hold_id, participant_id=hold.participant_id) for kind, at in times.items()
    ]


def tell_by(hold: CaseHold, pack: Pack) -> Instant | None:
    """Return by when the holder must be told of a placed hold, as the pack says for the day of placing."""
    if hold.placed_at is None:
        return None
    ground = pack.ground(Measure(hold.measure), None, pack.data.calendar.local_day(hold.placed_at))
    plan = None if ground is None or ground.rule.notice is None else ground.rule.notice.value
    return None if plan is None else hold.placed_at.plus(plan.within)
