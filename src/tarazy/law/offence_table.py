"""The table of measures and offences: which measure can rest on which offence on a day, and why another cannot.

It is there twice. `derived` is what follows from the rules' thresholds and the offences' versions; `declared` is what a
lawyer wrote down, cell by cell. The two must agree on every day on which something changes, so that a slip in a
threshold, a class or a date cannot pass unseen.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from tarazy.law.offence import Offence, OffenceAnswer, OffenceVersion, TableRow
from tarazy.law.pack import MeasureRule, PackData
from tarazy.law.safeguards import OffenceClass, Threshold
from tarazy.law.terms import Lane, Measure


class Cell(NamedTuple):
    """One place of the table: an offence (or one part of its article) and a measure (of a refund: in one lane)."""

    offence_id: str
    part_id: str | None
    measure: Measure
    lane: Lane | None

    def text(self) -> str:
        """Return the cell as a fault names it."""
        part = "" if self.part_id is None else f", part {self.part_id}"
        return f"{self.offence_id}{part}, {measure_text(self.measure, self.lane)}"


class Expected(NamedTuple):
    """What a line of the lawyer's table expects in a cell, and of which days it speaks (None: without limit)."""

    valid_from: date | None
    valid_to: date | None
    answer: OffenceAnswer
    place: str


def measure_text(measure: Measure, lane: Lane | None) -> str:
    """Return a measure as the table names it: ``M5``, ``M16-court``."""
    return measure.value if lane is None else f"{measure}-{lane}"


def answer_for(offence: Offence, part_id: str | None, threshold: Threshold | None, day: date) -> OffenceAnswer:
    """Return whether a measure with ``threshold`` can rest on ``offence`` on ``day``.

    Without a threshold every offence in force and within the purpose carries. Where the class depends on the part and
    the rule does not take the article as a whole, the part must be named. A penalty that nobody knows meets no limit.
    """
    version = offence.on(day)
    if version is None:
        return OffenceAnswer.not_in_force
    if not version.within_purpose:
        return OffenceAnswer.outside_purpose
    if part_id is not None and version.part(part_id) is None:
        return OffenceAnswer.not_in_force if part_id in offence.part_ids else OffenceAnswer.unknown_part
    return OffenceAnswer.carries if threshold is None else _measured(version, part_id, threshold)


def _measured(version: OffenceVersion, part_id: str | None, threshold: Threshold) -> OffenceAnswer:
    part = None if part_id is None else version.part(part_id)
    grade, penalty = (
        (version.offence_class, version.penalty_years_max)
        if part is None
        else (part.offence_class, part.penalty_years_max)
    )
    least = threshold.penalty_years_min
    if grade is OffenceClass.by_part and (least is not None or (threshold.classes and grade not in threshold.classes)):
        return OffenceAnswer.unknown_part
    if threshold.classes and grade not in threshold.classes:
        return OffenceAnswer.threshold_not_met
    if least is not None and (penalty is None or penalty < least):
        return OffenceAnswer.threshold_not_met
    return OffenceAnswer.carries


def derived(pack: PackData, day: date) -> Mapping[Cell, OffenceAnswer]:
    """Return the table that follows from the rules in force on ``day`` and from the offences as they stand that day."""
    rules = [rule for rule in pack.rules if _is_valid(rule, day)]
    return {
        Cell(offence.offence_id, part_id, rule.measure, rule.lane): answer_for(
            offence, part_id, None if rule.threshold is None else rule.threshold.value, day
        )
        for offence in pack.offences.values()
        for part_id in (None, *offence.part_ids)
        for rule in rules
    }


def _is_valid(rule: MeasureRule, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)


def declared(pack: PackData) -> Mapping[Cell, tuple[Expected, ...]]:
    """Return what the lawyer's table expects: for each cell that it fills the answers, each with its days."""
    keys = {(rule.measure, rule.lane) for rule in pack.rules}
    cells: dict[Cell, list[Expected]] = {}
    for row in pack.offence_table:
        for measure, lane in sorted(keys | row.answers.keys(), key=str):
            answer = row.says(measure, lane)
            if answer is not None:
                expected = Expected(row.valid_from, row.valid_to, answer, row.place)
                cells.setdefault(Cell(row.offence_id, row.part_id, measure, lane), []).append(expected)
    return {cell: tuple(expected) for cell, expected in cells.items()}


def expected_on(expected: Iterable[Expected], day: date) -> tuple[Expected, ...]:
    """Return what is expected on ``day``; more than one where the table says it twice."""
    return tuple(one for one in expected if covers(one.valid_from, one.valid_to, day))


def covers(first: date | None, last: date | None, day: date) -> bool:
    """Tell whether ``day`` lies between two days, both included; None is without limit."""
    return (first is None or first <= day) and (last is None or day <= last)


def change_days(pack: PackData) -> tuple[date, ...]:
    """Return, in order, the days from which the table, as derived or as declared, may be different."""
    return tuple(sorted(set(_starts(_spans(pack)))))


def _spans(pack: PackData) -> Iterator[tuple[date | None, date | None]]:
    yield from ((version.valid_from, version.valid_to) for one in pack.offences.values() for version in one.versions)
    yield from ((rule.valid_from, rule.valid_to) for rule in pack.rules)
    yield from ((row.valid_from, row.valid_to) for row in pack.offence_table)


def _starts(spans: Iterable[tuple[date | None, date | None]]) -> Iterator[date]:
    for first, last in spans:
        if first is not None:
            yield first
        if last is not None:
            yield last + timedelta(days=1)


def periods(days: Iterable[date]) -> Iterator[tuple[date, date | None]]:
    """Return the stretches between days of change, each with its first and last day; the last one has no end."""
    ordered = sorted(set(days))
    yield from ((first, following - timedelta(days=1)) for first, following in pairwise(ordered))
    if ordered:
        yield ordered[-1], None


def lines_for(table: Iterable[TableRow], offence_id: str) -> tuple[TableRow, ...]:
    """Return the lines of the lawyer's table about one offence."""
    return tuple(row for row in table if row.offence_id == offence_id)
