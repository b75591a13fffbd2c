"""What goes along when a case joins another: measures, acts, motions, facts, papers, appeals, errors.

What was signed stays as it was signed, with the case of its day in it; only where it is kept and shown changes.
"""

from typing import Any, Final

from tarazy.app.appeal_records import APPEALS, CLAIMS, RECORDED_ERRORS
from tarazy.app.deferring import DEFERRALS
from tarazy.app.measure_records import (
    CASE_FACTS,
    CASE_MEASURES,
    DEADLINES,
    MATERIAL_LOCKS,
    MEASURE_DECISIONS,
    MOTIONS,
    SCHEDULE_ROWS,
    SCHEDULES,
)
from tarazy.app.paper_records import PAPER_DECISIONS
from tarazy.app.sharing_records import SHARINGS
from tarazy.app.store import Condition, Table, Transaction
from tarazy.app.target_records import TARGETS
from tarazy.values.ids import CaseId
from tarazy.values.replacing import replace

OF_A_CASE: Final[tuple[Table[Any], ...]] = (
    CASE_MEASURES,
    SCHEDULES,
    SCHEDULE_ROWS,
    MOTIONS,
    MEASURE_DECISIONS,
    CASE_FACTS,
    MATERIAL_LOCKS,
    DEADLINES,
    DEFERRALS,
    PAPER_DECISIONS,
    TARGETS,
    SHARINGS,
    APPEALS,
    RECORDED_ERRORS,
    CLAIMS,
)


def measures_go_along(tx: Transaction, own: CaseId, other: CaseId) -> None:
    """Let everything about measures in one case be of another."""
    mine = Condition("case_id", "=", own)
    for table in OF_A_CASE:
        for row in tx.find(table, mine):
            tx.put(table, replace(row, case_id=other))
