"""Which act of the log stands behind what a holder was told: whoever has the letter finds it there."""

from tarazy.app.hearing_records import HEARINGS
from tarazy.app.records import CASE_HOLDS, EVENTS, NOTICES_TOLD
from tarazy.app.store import Condition, Transaction
from tarazy.values.ids import EventId, HearingId, NoticeId


def event_of_notice(tx: Transaction, notice_id: NoticeId) -> EventId | None:
    """Return the event that a notice about a hold was served; None for a notice that the exchange does not know."""
    told = tx.get(NOTICES_TOLD, notice_id)
    hold = None if told is None else tx.get(CASE_HOLDS, told.hold_id)
    if hold is None:
        return None
    served = (Condition("case_id", "=", hold.case_id), Condition("kind", "=", "notice_served"))
    events = tx.find(EVENTS, *served, Condition("subject_id", "=", hold.hold_id), order=("serial",))
    return next((one.event_id for one in events if one.details.get("notice") == notice_id), None)


def event_of_hearing(tx: Transaction, hearing_id: HearingId) -> EventId | None:
    """Return the event that the holder was last told of a hearing; None where the exchange knows of none."""
    hearing = tx.get(HEARINGS, hearing_id)
    if hearing is None:
        return None
    told = (Condition("case_id", "=", hearing.case_id), Condition("kind", "=", "hearing_told"))
    events = tx.find(EVENTS, *told, Condition("subject_id", "=", hearing_id), order=("serial",))
    return events[-1].event_id if events else None
