"""Reading the log behind the acts: who wants to know what has changed goes along its numbers, in small steps.

Nothing of this lies in the way of a message. A reader keeps how far it has read; a step that fails is taken again.
"""

from dataclasses import dataclass
from typing import Final

from tarazy.app.records import EVENTS
from tarazy.app.store import Condition, Table, Transaction
from tarazy.values.ids import CaseId
from tarazy.values.replacing import replace

EVENTS_PER_STEP_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPosition:
    """How many acts of the log a reader has read."""

    reader: str
    log_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a step is about: cases of which the log has numbered acts, oldest first, and whether more acts wait."""

    case_ids: tuple[CaseId, ...]
    has_more: bool


LOG_POSITIONS = Table("log_positions", LogPosition, ("reader",))


def next_cases(tx: Transaction, reader: str, cases_max: int) -> Touched | None:
    """Return the next cases for a reader, at most ``cases_max``, and move its position. None while another reads."""
    position = _position(tx, reader)
    if position is None:
        return None
    acts = Condition("log_index", ">=", position.log_size)
    events = tx.find(EVENTS, acts, order=("log_index",), limit=EVENTS_PER_STEP_MAX)
    touched: dict[CaseId, None] = {}
    read = 0
    for event in events:
        if event.case_id is not None:
            if event.case_id not in touched and len(touched) == cases_max:
                break
            touched[event.case_id] = None
        read += 1
    if read:
        last = events[read - 1].log_index
        assert last is not None
        tx.put(LOG_POSITIONS, replace(position, log_size=last + 1))
    return Touched(case_ids=tuple(touched), has_more=read < len(events) or len(events) == EVENTS_PER_STEP_MAX)


def read_up_to(tx: Transaction, reader: str) -> int:
    """Return how many acts of the log a reader has read."""
    position = tx.get(LOG_POSITIONS, reader)
    return 0 if position is None else position.log_size


def _position(tx: Transaction, reader: str) -> LogPosition | None:
    """Return the position, locked until the end; None while somebody else has it."""
    claimed = tx.claim(LOG_POSITIONS, Condition("reader", "=", reader), limit=1)
    if claimed:
        return claimed[0]
    if tx.get(LOG_POSITIONS, reader) is not None:
        return None
    first = LogPosition(reader=reader, log_size=0)
    tx.add(LOG_POSITIONS, first)
    return first
