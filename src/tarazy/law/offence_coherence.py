"""Whether the offences of a pack agree with themselves, and the lawyer's table with what follows from the rules."""

from datetime import date
from itertools import pairwise
from typing import Final

from tarazy.law.node import PackFault
from tarazy.law.offence import Offence, OffenceVersion
from tarazy.law.offence_table import Cell, change_days, declared, derived, expected_on
from tarazy.law.pack import PackData
from tarazy.law.safeguards import OffenceClass

FILE: Final = "offences.yaml"


def check_offences(data: PackData) -> None:
    """Raise `PackFault` at the first offence that contradicts itself, or the first cell where the two tables differ."""
    seen: set[str] = set()
    for offence in data.offences.values():
        _check_versions(offence)
        for version in offence.versions:
            if version.version_id in seen:
                raise PackFault(f"{FILE}: {version.version_id}: expected an id that stands once")
            seen.add(version.version_id)
            _check_version(version, data)
    if data.offence_table:
        _check_lines(data)
        _check_table(data)


def _check_versions(offence: Offence) -> None:
    where = f"{FILE}: {offence.offence_id}"
    for version in offence.versions:
        if version.valid_to is not None and version.valid_to < version.valid_from:
            raise PackFault(f"{where}: {version.version_id}: expected valid_to on or after valid_from")
    for earlier, later in pairwise(offence.versions):
        if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
            raise PackFault(
                f"{where}: versions {earlier.version_id} and {later.version_id} overlap on {later.valid_from}"
            )


def _check_version(version: OffenceVersion, data: PackData) -> None:
    where = f"{FILE}: {version.version_id}"
    if version.parts and version.offence_class is not OffenceClass.by_part:
        raise PackFault(
            f"{where}: class: expected by_part where the parts have their own, found {version.offence_class}"
        )
    penalties = [part.penalty_years_max for part in version.parts if part.penalty_years_max is not None]
    if version.penalty_years_max is not None and max(penalties, default=0) > version.penalty_years_max:
        raise PackFault(f"{where}: penalty_years_max: expected at least {max(penalties)}, that of its gravest part")
    _check_question(version.question, where, data)
    for part in version.parts:
        _check_question(part.question, f"{where}, part {part.part_id}", data)
    for condition in (*version.thresholds, *(one for part in version.parts for one in part.thresholds)):
        _check_question(condition.question, f"{where}: {condition.code}", data)


def _check_question(question: int | None, where: str, data: PackData) -> None:
    if question is not None and question not in data.questions:
        raise PackFault(f"{where}: expected a question of questions.yaml, found {question}")


def _check_lines(data: PackData) -> None:
    """A line of the table speaks of an offence, and of a part, that the pack has."""
    for row in data.offence_table:
        offence = data.offences.get(row.offence_id)
        if offence is None:
            raise PackFault(f"{row.place}: expected an offence of {FILE}, found {row.offence_id!r}")
        if row.part_id is not None and row.part_id not in offence.part_ids:
            parts = ", ".join(offence.part_ids) or "none"
            raise PackFault(f"{row.place}: expected a part of {row.offence_id} ({parts}), found {row.part_id!r}")
        if row.valid_from is not None and row.valid_to is not None and row.valid_to < row.valid_from:
            raise PackFault(f"{row.place}: expected `to` on or after `from`")


def _check_table(data: PackData) -> None:
    """Both tables say the same of every cell on every day from which either may be different."""
    expectations = declared(data)
    for day in change_days(data):
        for cell, answer in derived(data, day).items():
            expected = expected_on(expectations.get(cell, ()), day)
            if len(expected) > 1:
                raise _fault(cell, day, f"two lines speak of it ({', '.join(one.place for one in expected)})")
            if not expected:
                raise _fault(cell, day, f"no line speaks of it, and the rules say {answer}")
            if expected[0].answer is not answer:
                said = expected[0]
                raise _fault(cell, day, f"the table says {said.answer} ({said.place}), and the rules say {answer}")


def _fault(cell: Cell, day: date, told: str) -> PackFault:
    return PackFault(f"offence_table.yaml: {cell.text()}, on {day}: {told}")
