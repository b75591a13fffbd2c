"""The error register as it is read: in full by those who classify, and in public as counts that point at nobody."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from tarazy.app.appeal_records import RECORDED_ERRORS, RecordedError
from tarazy.app.hands import hands_of
from tarazy.app.measure_records import CASE_MEASURES, CaseMeasure
from tarazy.app.records import CASE_HOLDS, CaseHold
from tarazy.app.store import Transaction
from tarazy.domain.error import ErrorCause, ErrorKind, ErrorStatus
from tarazy.domain.hands import Hand, Hands, had_a_hand
from tarazy.law.calendar import Calendar
from tarazy.values.ids import ErrorId, HoldId

ERRORS_SHOWN_MAX: Final = 200
ERRORS_COUNTED_MAX: Final = 100_000
FEWEST_SHOWN: Final = 5
"""A cell with fewer is not counted out: somebody could know whom it means."""
QUARTERS_SHOWN: Final = 8
MONTHS_IN_QUARTER: Final = 3
UNCLASSIFIED: Final = "unclassified"
DISMISSED: Final = "dismissed"


class Quarter(NamedTuple):
    """A quarter of a year, by local days."""

    year: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Errors of one kind and cause in one quarter; ``count`` is None where they are too few to be told.

    ``sums`` are what was wrongly held, of each currency in which there are not too few.
    """

    kind: str
    cause: ErrorCause
    count: int | None
    sums: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOfQuarter:
    """What was found in one quarter."""

    quarter: Quarter
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorView:
    """One error for whoever classifies it."""

    error: RecordedError
    hold: CaseHold | None
    measure: CaseMeasure | None
    hands: Hands

    def is_barred(self, hand: Hand) -> bool:
        """Tell whether an officer had a hand in the measure: then they judge no error of it."""
        return had_a_hand(hand, self.hands)


def errors_listed(tx: Transaction) -> list[RecordedError]:
    """Return the newest errors, those that nobody has classified first."""
    rows = tx.find(RECORDED_ERRORS, order=("noted_at",), descending=True, limit=ERRORS_SHOWN_MAX)
    return sorted(rows, key=lambda row: row.status is not ErrorStatus.noted)


def error_view(tx: Transaction, error_id: ErrorId) -> ErrorView | None:
    """Return one error; None for an unknown one."""
    error = tx.get(RECORDED_ERRORS, error_id)
    if error is None:
        return None
    measure = tx.get(CASE_MEASURES, error.measure_id)
    hold = tx.get(CASE_HOLDS, HoldId(error.measure_id) if measure is None else measure.hold_id)
    hands: Hands = frozenset() if hold is None else hands_of(tx, error.measure_id, hold)
    return ErrorView(error=error, hold=hold, measure=measure, hands=hands)


def error_register(tx: Transaction, calendar: Calendar) -> list[RegisterOfQuarter]:
    """Return the register as it is published, the newest quarter first: no case, no institution, nobody."""
    rows = tx.find(RECORDED_ERRORS, order=("noted_at",), descending=True, limit=ERRORS_COUNTED_MAX)
    by_quarter: dict[Quarter, list[RecordedError]] = {}
    for row in rows:
        by_quarter.setdefault(_quarter(row, calendar), []).append(row)
    newest = sorted(by_quarter, reverse=True)[:QUARTERS_SHOWN]
    return [RegisterOfQuarter(quarter=one, cells=tuple(_cells(by_quarter[one]))) for one in newest]


def kind_shown(error: RecordedError) -> str:
    """Return the kind of an error, that nobody has classified it yet, or that it was found to be none."""
    if error.status is ErrorStatus.dismissed:
        return DISMISSED
    return UNCLASSIFIED if error.kind is None else error.kind


def _quarter(error: RecordedError, calendar: Calendar) -> Quarter:
    day = calendar.local_day(error.noted_at)
    return Quarter(day.year, (day.month - 1) // MONTHS_IN_QUARTER + 1)


def _cells(errors: Iterable[RecordedError]) -> list[Cell]:
    of_cell: dict[tuple[str, ErrorCause], list[RecordedError]] = {}
    for error in errors:
        of_cell.setdefault((kind_shown(error), error.cause), []).append(error)
    kinds, causes = [*ErrorKind, DISMISSED, UNCLASSIFIED], list(ErrorCause)
    places = sorted(of_cell, key=lambda place: (kinds.index(place[0]), causes.index(place[1])))
    return [
        Cell(
            kind=kind,
            cause=cause,
            count=len(of_cell[kind, cause]) if len(of_cell[kind, cause]) >= FEWEST_SHOWN else None,
            sums=_sums(of_cell[kind, cause]),
        )
        for kind, cause in places
    ]


def _sums(errors: Iterable[RecordedError]) -> tuple[tuple[str, int], ...]:
    numbers: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for error in errors:
        numbers[error.currency] += 1
        sums[error.currency] += error.held_minor
    return tuple((currency, sums[currency]) for currency in sorted(sums) if numbers[currency] >= FEWEST_SHOWN)
