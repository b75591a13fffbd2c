"""What ends by itself if nobody acts: for each hold who carries it now, until when, and what alone moves that end."""

from collections.abc import Iterable
from dataclasses import dataclass

from tarazy.app.holding import stands
from tarazy.app.measure_records import CASE_MEASURES, CaseMeasure
from tarazy.app.records import CASE_HOLDS, CaseHold
from tarazy.app.store import Condition, Transaction
from tarazy.domain.measure import END_WITHOUT, LIVE_MEASURES, MeasureStatus
from tarazy.values.ids import CaseId, HoldId, MeasureId, OfficerId, ParticipantId
from tarazy.values.instant import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A hold that stands, with what carries it now.

    ``step`` is what has to come before ``ends_at``, ``otherwise`` the end that follows without it; ``waiting`` is a
    measure that does not carry the hold yet: it waits for its decision, or the bank has not answered.
    """

    hold: CaseHold
    carrier: CaseMeasure | None
    waiting: CaseMeasure | None
    measure: str
    author_participant_id: ParticipantId
    author_officer_id: OfficerId
    ends_at: Instant
    ends_at_most: Instant
    step: str
    otherwise: str

    @property
    def can_move_on(self) -> bool:
        """Whether the end that is signed for is later than the one that comes by itself."""
        return self.ends_at_most > self.ends_at


def forecast_of(tx: Transaction, case_id: CaseId, now: Instant) -> tuple[Carried, ...]:
    """Return what carries each standing hold of a case, the one that ends first before the others."""
    of_case = Condition("case_id", "=", case_id)
    holds = [one for one in tx.find(CASE_HOLDS, of_case) if stands(one, now) and one.placed_at is not None]
    measures = tx.find(CASE_MEASURES, of_case, Condition("status", "in", list(LIVE_MEASURES)))
    return forecast(holds, measures)


def forecast(holds: Iterable[CaseHold], measures: Iterable[CaseMeasure]) -> tuple[Carried, ...]:
    """Put holds and the live measures upon them together."""
    by_id: dict[MeasureId, CaseMeasure] = {}
    waiting: dict[HoldId, CaseMeasure] = {}
    for measure in measures:
        by_id[measure.measure_id] = measure
        if measure.status is MeasureStatus.waiting or measure.taken_at is None:
            waiting[measure.hold_id] = measure
    found = [_carried(hold, _carrier(hold, by_id), waiting.get(hold.hold_id)) for hold in holds]
    return tuple(sorted(found, key=lambda one: (one.ends_at, one.hold.hold_id)))


def _carrier(hold: CaseHold, measures: dict[MeasureId, CaseMeasure]) -> CaseMeasure | None:
    return None if hold.carried_by is None else measures.get(hold.carried_by)


def _carried(hold: CaseHold, carrier: CaseMeasure | None, waiting: CaseMeasure | None) -> Carried:
    if carrier is None:
        step = "confirmation" if hold.awaits_confirmation else "measure"
        return Carried(
            hold=hold,
            carrier=None,
            waiting=waiting,
            measure=hold.measure,
            author_participant_id=hold.participant_id,
            author_officer_id=hold.officer_id,
            ends_at=hold.expires_at,
            ends_at_most=hold.expires_at_most,
            step=step,
            otherwise="not_confirmed" if hold.awaits_confirmation else "time_ran_out",
        )
    return Carried(
        hold=hold,
        carrier=carrier,
        waiting=waiting,
        measure=carrier.measure,
        author_participant_id=carrier.author_participant_id,
        author_officer_id=carrier.author_officer_id,
        ends_at=min(carrier.expires_at, hold.expires_at),
        ends_at_most=carrier.expires_at_most,
        step=carrier.next_step,
        otherwise=END_WITHOUT[carrier.next_step],
    )
