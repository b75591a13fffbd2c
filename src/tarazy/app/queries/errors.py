"""The error register as it is read: in full by those who classify, and in public as counts that point at nobody."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tarazy.app.appeal_records import CLAIMS, RECORDED_ERRORS, Claim, RecordedError
from tarazy.app.hands import hands_of
from tarazy.app.measure_records import CASE_MEASURES, CaseMeasure
from tarazy.app.records import CASE_HOLDS, CaseHold
from tarazy.app.store import Condition, Transaction
from tarazy.domain.claim import ClaimStatus
from tarazy.domain.error import ErrorCause, ErrorKind, ErrorStatus
from tarazy.domain.hands import Hand, Hands, had_a_hand
from tarazy.law.calendar import Calendar
from tarazy.values.ids import ErrorId

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

    ``sums`` are what was wrongly held, of each currency in which there are not too few; so are ``claimed`` what people
    claim for it, and ``settled`` what was paid of that.
    """

    kind: str
    cause: ErrorCause
    count: int | None
    sums: tuple[tuple[str, int], ...]
    claimed: tuple[tuple[str, int], ...]
    settled: tuple[tuple[str, int], ...]


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
    claims: tuple[Claim, ...]

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
    hold = tx.get(CASE_HOLDS, error.hold_id)
    hands: Hands = frozenset() if hold is None else hands_of(tx, error.measure_id, hold)
    claims = tx.find(CLAIMS, Condition("error_id", "=", error_id), order=("filed_at",), limit=ERRORS_SHOWN_MAX)
    return ErrorView(error=error, hold=hold, measure=measure, hands=hands, claims=tuple(claims))


def error_register(tx: Transaction, calendar: Calendar) -> list[RegisterOfQuarter]:
    """Return the register as it is published, the newest quarter first: no case, no institution, nobody."""
    rows = tx.find(RECORDED_ERRORS, order=("noted_at",), descending=True, limit=ERRORS_COUNTED_MAX)
    claims: dict[ErrorId, list[Claim]] = {}
    for claim in tx.find(CLAIMS, order=("filed_at",), descending=True, limit=ERRORS_COUNTED_MAX):
        claims.setdefault(claim.error_id, []).append(claim)
    by_quarter: dict[Quarter, list[RecordedError]] = {}
    for row in rows:
        by_quarter.setdefault(_quarter(row, calendar), []).append(row)
    newest = sorted(by_quarter, reverse=True)[:QUARTERS_SHOWN]
    return [RegisterOfQuarter(quarter=one, cells=tuple(_cells(by_quarter[one], claims))) for one in newest]


def kind_shown(error: RecordedError) -> str:
    """Return the kind of an error, that nobody has classified it yet, or that it was found to be none."""
    if error.status is ErrorStatus.dismissed:
        return DISMISSED
    return UNCLASSIFIED if error.kind is None else error.kind


def _quarter(error: RecordedError, calendar: Calendar) -> Quarter:
    day = calendar.local_day(error.noted_at)
    return Quarter(day.year, (day.month - 1) // MONTHS_IN_QUARTER + 1)


def _cells(errors: Iterable[RecordedError], claims: Mapping[ErrorId, list[Claim]]) -> list[Cell]:
    of_cell: dict[tuple[str, ErrorCause], list[RecordedError]] = {}
    for error in errors:
        of_cell.setdefault((kind_shown(error), error.cause), []).append(error)
    kinds, causes = [*ErrorKind, DISMISSED, UNCLASSIFIED], list(ErrorCause)
    places = sorted(of_cell, key=lambda place: (kinds.index(place[0]), causes.index(place[1])))
    return [_cell(kind, cause, of_cell[kind, cause], claims) for kind, cause in places]


def _cell(kind: str, cause: ErrorCause, errors: Sequence[RecordedError], claims: Mapping[ErrorId, list[Claim]]) -> Cell:
    is_told = len(errors) >= FEWEST_SHOWN
    made = [claim for error in errors for claim in claims.get(error.error_id, ())] if is_told else []
    return Cell(
        kind=kind,
        cause=cause,
        count=len(errors) if is_told else None,
        sums=_sums((error.currency, error.held_minor) for error in errors),
        claimed=_sums((claim.currency, claim.amount_minor) for claim in made),
        settled=_sums((claim.currency, claim.accepted_minor) for claim in made if claim.status is ClaimStatus.settled),
    )


def _sums(parts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Return the sum of each currency of which there are not too few parts."""
    numbers: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for currency, minor in parts:
        numbers[currency] += 1
        sums[currency] += minor
    return tuple((currency, sums[currency]) for currency in sorted(sums) if numbers[currency] >= FEWEST_SHOWN)
