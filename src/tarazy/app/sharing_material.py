"""From what of a case data that go abroad can come: its measures, its banks' pauses and its facts, if they are open."""

from enum import StrEnum
from typing import NamedTuple

from tarazy.app.measure_records import CASE_FACTS, CASE_MEASURES, MATERIAL_LOCKS
from tarazy.app.records import CASE_HOLDS
from tarazy.app.store import Condition, Transaction
from tarazy.values.ids import CaseId, ParticipantId


class MaterialKind(StrEnum):
    """What something of a case is from which other things come."""

    measure = "measure"
    pause = "pause"
    fact = "fact"


class Material(NamedTuple):
    """One thing of a case from which others can come, and whose it is. ``code`` is the measure, or what a fact says.

    Where ``is_locked``, nothing that is new may come from it.
    """

    kind: MaterialKind
    subject_id: str
    code: str
    participant_id: ParticipantId
    is_locked: bool


def material_of(tx: Transaction, case_id: CaseId) -> list[Material]:
    """Return everything of a case from which data can come: measures and pauses that have taken hold, and its facts.

    A bank's pause goes by the id of its hold, as everywhere that something comes of it.
    """
    mine = Condition("case_id", "=", case_id)
    locked = {one.subject_id for one in tx.find(MATERIAL_LOCKS, mine)}
    measures = tx.find(CASE_MEASURES, mine, Condition("taken_at", "not_null"), order=("begins_at", "measure_id"))
    pauses = tx.find(CASE_HOLDS, mine, Condition("placed_at", "not_null"), order=("asked_at", "hold_id"))
    facts = tx.find(CASE_FACTS, mine, order=("added_at", "fact_id"))
    of_banks = [
        *((MaterialKind.measure, one.measure_id, one.measure, one.participant_id) for one in measures),
        *((MaterialKind.pause, one.hold_id, one.measure, one.participant_id) for one in pauses),
    ]
    of_facts = [
        Material(MaterialKind.fact, one.fact_id, one.code, one.participant_id, bool({one.fact_id, one.source} & locked))
        for one in facts
    ]
    return [*(Material(*one, one[1] in locked) for one in of_banks), *of_facts]


def open_ids(tx: Transaction, case_id: CaseId) -> frozenset[str]:
    """Return the ids of everything of a case from which data can come now."""
    return frozenset(thing.subject_id for thing in material_of(tx, case_id) if not thing.is_locked)


def open_facts(tx: Transaction, case_id: CaseId) -> list[str]:
    """Return the ids of the facts of a case that are not locked, the oldest first."""
    found = material_of(tx, case_id)
    return [one.subject_id for one in found if one.kind is MaterialKind.fact and not one.is_locked]
