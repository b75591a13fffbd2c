"""What came of a measure that should not have been: it stays in the record, and no decision may rest on it (I6)."""

from tarazy.app.eventing import record
from tarazy.app.measure_records import CASE_FACTS, MATERIAL_LOCKS, CaseMeasure, MaterialLock
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.measure import MeasureEnd


def lock_material(tx: Transaction, measure: CaseMeasure, why: MeasureEnd, setting: Setting) -> int:
    """Lock a measure and every fact of its case that has it as its source; return how many things were locked.

    What another, lawful measure gave stays open.
    """
    facts = tx.find(CASE_FACTS, Condition("case_id", "=", measure.case_id))
    subjects = [measure.measure_id, *(fact.fact_id for fact in facts if fact.source == measure.measure_id)]
    event = record(
        tx,
        setting,
        "material_locked",
        measure.author_participant_id,
        measure.measure_id,
        case_id=measure.case_id,
        norms=measure.norms,
        why=why,
        things=len(subjects),
    )
    for subject in subjects:
        lock = MaterialLock(
            subject_id=subject,
            case_id=measure.case_id,
            measure_id=measure.measure_id,
            why=why,
            locked_at=setting.now,
            event_id=event.event_id,
        )
        tx.put(MATERIAL_LOCKS, lock)
    return len(subjects)
