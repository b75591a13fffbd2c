"""What came of a measure that should not have been: it stays in the record, and no decision may rest on it (I6).

That holds backwards as well: whatever stands already is asked anew without what was locked. A measure that has lawful
facts enough besides goes on; one that has not ends at once, and what came of it is locked with it. What had gone
across a border is called back (`calling_back`), and what came back for it is locked as well.
"""

from collections import deque
from typing import NamedTuple

from tarazy.app.calling_back import call_back
from tarazy.app.eventing import record
from tarazy.app.measure_ends import end_measure
from tarazy.app.measure_records import CASE_FACTS, CASE_MEASURES, MATERIAL_LOCKS, CaseMeasure, MaterialLock
from tarazy.app.records import CaseHold
from tarazy.app.reexamining import found_anew
from tarazy.app.setting import Setting
from tarazy.app.sharing_records import Sharing
from tarazy.app.store import Condition, Transaction
from tarazy.domain.measure import LIVE_MEASURES, MeasureEnd, MeasureStatus
from tarazy.law.assessment import Request
from tarazy.protocol.wire import from_json, to_json
from tarazy.values.ids import CaseId, MeasureId, NormId, ParticipantId
from tarazy.values.replacing import replace


class Source(NamedTuple):
    """A measure, a bank's own pause by the id of its hold, or a sharing by its own, as that from which facts came."""

    measure_id: MeasureId
    case_id: CaseId
    author: ParticipantId
    norms: tuple[NormId, ...]


def of_measure(measure: CaseMeasure) -> Source:
    """Return a measure as a source of facts."""
    return Source(measure.measure_id, measure.case_id, measure.author_participant_id, measure.norms)


def of_pause(hold: CaseHold) -> Source:
    """Return a bank's own pause as a source of facts."""
    return Source(MeasureId(hold.hold_id), hold.case_id, hold.participant_id, hold.norms)


def of_sharing(sharing: Sharing) -> Source:
    """Return what was sent across a border as a source of facts: what came back for it."""
    return Source(MeasureId(sharing.sharing_id), sharing.case_id, sharing.author_participant_id, sharing.norms)


def lock_material(tx: Transaction, source: Source, why: MeasureEnd, setting: Setting) -> int:
    """Lock a source and every fact of its case that came from it; return how many things were locked in all.

    What another, lawful measure gave stays open, and so does what rests on that. What rested on the locked alone ends.
    """
    waiting, things = deque([(source, why)]), 0
    while waiting:  # each measure ends once and each sharing falls once, so this ends
        one, its_end = waiting.popleft()
        things += _lock(tx, one, its_end, setting)
        ended = _ask_anew(tx, one.case_id, setting)
        fallen = call_back(tx, one.case_id, setting)
        came_of_it = [*(of_measure(measure) for measure in ended), *(of_sharing(sharing) for sharing in fallen)]
        waiting.extend((source, MeasureEnd.facts_locked) for source in came_of_it)
    return things


def _lock(tx: Transaction, source: Source, why: MeasureEnd, setting: Setting) -> int:
    facts = tx.find(CASE_FACTS, Condition("case_id", "=", source.case_id))
    subjects = [source.measure_id, *(fact.fact_id for fact in facts if fact.source == source.measure_id)]
    event = record(
        tx,
        setting,
        "material_locked",
        source.author,
        source.measure_id,
        case_id=source.case_id,
        norms=source.norms,
        why=why,
        things=len(subjects),
    )
    for subject in subjects:
        lock = MaterialLock(
            subject_id=subject,
            case_id=source.case_id,
            measure_id=source.measure_id,
            why=why,
            locked_at=setting.now,
            event_id=event.event_id,
        )
        tx.put(MATERIAL_LOCKS, lock)
    return len(subjects)


def _ask_anew(tx: Transaction, case_id: CaseId, setting: Setting) -> list[CaseMeasure]:
    """Ask the law gate again about each measure of a case that rests on what is locked; return those that end."""
    of_case = Condition("case_id", "=", case_id)
    locked = {one.subject_id for one in tx.find(MATERIAL_LOCKS, of_case)}
    rows = tx.find(CASE_MEASURES, of_case, Condition("status", "in", list(LIVE_MEASURES)), order=("measure_id",))
    ended = []
    for measure in tx.lock(CASE_MEASURES, {(row.measure_id,) for row in rows}).values():
        before = from_json(measure.request, Request)
        facts = tuple(fact for fact in before.facts if fact.source not in locked)
        if len(facts) == len(before.facts) or measure.expires_at <= setting.now:
            continue
        kept = replace(measure, request=to_json(replace(before, facts=facts)).decode())
        if found_anew(tx, kept, "facts_locked", setting) is None:
            # One that was only asked for has taken nothing: no bank has to be told.
            is_told = measure.status is MeasureStatus.waiting
            ended.append(end_measure(tx, kept, MeasureEnd.facts_locked, setting, is_told=is_told))
    return ended
