"""The legality bundle of a measure: made, never typed. What is missing in it speaks against the official.

Each item says whether the record has it. The reviewer sees it first; the person who appeals gets it too.
"""

from dataclasses import dataclass
from enum import StrEnum

from tarazy.app.measure_records import (
    CASE_MEASURES,
    DEADLINES,
    MEASURE_DECISIONS,
    MOTIONS,
    SCHEDULES,
    CaseMeasure,
)
from tarazy.app.records import CASES, EVENTS, NOTICES_TOLD, CaseHold, Event
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.deadline import DeadlineStatus
from tarazy.domain.measure import MeasureEnd
from tarazy.law.assessment import Request, Verdict
from tarazy.law.gate import assess
from tarazy.law.ground import Pack
from tarazy.protocol.wire import from_json
from tarazy.values.ids import MeasureId
from tarazy.values.instant import Instant


class Item(StrEnum):
    """What a measure must be able to show."""

    signed_act = "signed_act"
    """The author's own signature upon this hold, or the bank's mandate."""
    law_of_the_day = "law_of_the_day"
    """Asked anew with what was said then, the law of that day gives the same answer."""
    registered_case = "registered_case"
    confirmation = "confirmation"
    """A named human of the bank took the pause upon themselves."""
    authorisation = "authorisation"
    """Who must authorise it has, or the time for that still runs."""
    deadlines_kept = "deadlines_kept"
    holder_told = "holder_told"
    recorded = "recorded"
    """It stands in the log."""


@dataclass(frozen=True, slots=True)
class BundleItem:
    """One item: whether the record has it, and where (an id of what proves it)."""

    item: Item
    is_there: bool
    proof: str | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything that a measure can show for itself, at a moment."""

    measure_id: MeasureId
    at: Instant
    items: tuple[BundleItem, ...]

    @property
    def missing(self) -> tuple[Item, ...]:
        """What the record does not have."""
        return tuple(one.item for one in self.items if not one.is_there)


def legality_bundle(tx: Transaction, measure_id: MeasureId, hold: CaseHold, setting: Setting) -> Bundle:
    """Make the bundle of a measure, or of a bank's own pause by the hold's id."""
    measure = tx.get(CASE_MEASURES, measure_id)
    own = _pause_items(hold) if measure is None else _measure_items(tx, measure, setting.pack)
    told = tx.find(NOTICES_TOLD, Condition("hold_id", "=", hold.hold_id), order=("served_at",))
    # A notice that was served before this measure began told of another.
    since = hold.asked_at if measure is None else measure.begins_at
    newest = next((one for one in reversed(told) if one.served_at >= since), None)
    subject = hold.hold_id if measure is None else measure.measure_id
    events = _first_event(tx, subject, hold)
    items = (
        *own,
        BundleItem(Item.holder_told, newest is not None, None if newest is None else newest.notice_id),
        BundleItem(Item.recorded, bool(events), events[0].event_id if events else None),
    )
    return Bundle(measure_id, setting.now, items)


def _first_event(tx: Transaction, subject: str, hold: CaseHold) -> list[Event]:
    """Return the first event upon a subject. It stands in the case of its day, which may have joined another since."""
    cases = [hold.case_id, *(one.case_id for one in tx.find(CASES, Condition("joined_case_id", "=", hold.case_id)))]
    upon = Condition("subject_id", "=", subject)
    return tx.find(EVENTS, Condition("case_id", "in", cases), upon, order=("serial",), limit=1)


def _pause_items(hold: CaseHold) -> tuple[BundleItem, ...]:
    return (
        BundleItem(Item.signed_act, is_there=True, proof=hold.mandate_id),
        BundleItem(Item.confirmation, hold.confirmed_by is not None, hold.confirmed_by),
    )


def _measure_items(tx: Transaction, measure: CaseMeasure, pack: Pack) -> tuple[BundleItem, ...]:
    case = tx.get(CASES, measure.case_id)
    schedule = tx.get(SCHEDULES, measure.schedule_id)
    registration = None if case is None else case.registration
    missed = tx.find(
        DEADLINES, Condition("subject_id", "=", measure.measure_id), Condition("status", "=", DeadlineStatus.missed)
    )
    return (
        BundleItem(Item.signed_act, schedule is not None, measure.schedule_id),
        BundleItem(Item.law_of_the_day, _is_lawful_then(measure, pack), ",".join(measure.norm_versions)),
        BundleItem(Item.registered_case, registration is not None, registration),
        _authorisation(tx, measure),
        BundleItem(Item.deadlines_kept, not missed, missed[0].deadline_id if missed else None),
    )


def _is_lawful_then(measure: CaseMeasure, pack: Pack) -> bool:
    """Ask the law gate again what it was asked, at the moment of the act: under the law of that day."""
    answer = assess(from_json(measure.request, Request), pack, measure.begins_at)
    is_same = answer.norm_versions == measure.norm_versions
    return is_same and answer.verdict in {Verdict.permitted, Verdict.needs_authorisation}


def _authorisation(tx: Transaction, measure: CaseMeasure) -> BundleItem:
    if measure.decision_id is not None:
        decision = tx.get(MEASURE_DECISIONS, measure.decision_id)
        return BundleItem(Item.authorisation, decision is not None, measure.decision_id)
    motion = None if measure.motion_id is None else tx.get(MOTIONS, measure.motion_id)
    # Urgent: there is none yet, and none is missing as long as the time for asking or deciding runs.
    was_missed = measure.end in {MeasureEnd.motion_not_filed, MeasureEnd.not_decided_in_time}
    return BundleItem(Item.authorisation, not was_missed, None if motion is None else motion.motion_id)
