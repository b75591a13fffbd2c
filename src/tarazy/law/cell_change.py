"""What is different in two packs' tables of measures and offences, and over which stretches of days."""

from collections.abc import Iterator
from datetime import date, timedelta

from tarazy.law.change import EVERY_DAY, Absent, Change, ChangeKind, Days, changed, pairs
from tarazy.law.offence_table import Cell, change_days, declared, derived, measure_text, periods
from tarazy.law.pack import PackData

Stretches = dict[Cell, list[tuple[Days, object, object]]]
"""For each cell the days on which it is different, with what it said before and says after."""


def cell_changes(old: PackData, new: PackData) -> Iterator[Change]:
    """Compare the tables that follow from the rules, over every stretch of days on which neither changes."""
    stretches: Stretches = {}
    for first, last in periods((*change_days(old), *change_days(new))):
        before, after = derived(old, first), derived(new, first)
        for cell, was, will in pairs(before, after):
            if was != will:
                _append(stretches.setdefault(cell, []), Days(first, last), was, will)
    yield from _grouped(ChangeKind.cell, _in_order(stretches, old, new))


def _append(stretches: list[tuple[Days, object, object]], days: Days, was: object, will: object) -> None:
    """Add a stretch, or lengthen the last one where it goes on without a change."""
    if stretches and stretches[-1][1:] == (was, will) and stretches[-1][0].last == _day_before(days.first):
        stretches[-1] = (Days(stretches[-1][0].first, days.last), was, will)
    else:
        stretches.append((days, was, will))


def _day_before(day: date | None) -> date | None:
    return None if day is None else day - timedelta(days=1)


def expectation_changes(old: PackData, new: PackData) -> Iterator[Change]:
    """Compare what the lawyers' tables say of measures without a rule; for the others `cell_changes` has it already."""
    ruled = {(rule.measure, rule.lane) for rule in (*old.rules, *new.rules)}
    stretches: Stretches = {}
    for cell, was, will in pairs(declared(old), declared(new)):
        before = frozenset() if isinstance(was, Absent) else frozenset(one[:3] for one in was)
        after = frozenset() if isinstance(will, Absent) else frozenset(one[:3] for one in will)
        if (cell.measure, cell.lane) not in ruled:
            for one in sorted(before - after, key=str):
                stretches.setdefault(cell, []).append((Days(one[0], one[1]), one[2], Absent.absent))
            for one in sorted(after - before, key=str):
                stretches.setdefault(cell, []).append((Days(one[0], one[1]), Absent.absent, one[2]))
    yield from _grouped(ChangeKind.expectation, _in_order(stretches, old, new))
    if bool(old.offence_table) is not bool(new.offence_table):
        there, not_there = len(old.offence_table) or Absent.absent, len(new.offence_table) or Absent.absent
        yield changed(ChangeKind.expectation, "offence_table.yaml", there, not_there, EVERY_DAY)


def _in_order(stretches: Stretches, old: PackData, new: PackData) -> Stretches:
    """Return the cells in the order in which the packs have their offences."""
    order = {offence_id: i for i, offence_id in enumerate(dict.fromkeys((*old.offences, *new.offences)))}
    return dict(sorted(stretches.items(), key=lambda item: order[item[0].offence_id]))


def _grouped(kind: ChangeKind, stretches: Stretches) -> Iterator[Change]:
    """Tell what is the same of several measures in one line."""
    groups: dict[tuple[str, Days, object, object], list[str]] = {}
    for cell, found in stretches.items():
        part = "" if cell.part_id is None else f", part {cell.part_id}"
        for days, was, will in found:
            measures = groups.setdefault((f"{cell.offence_id}{part}", days, was, will), [])
            measures.append(measure_text(cell.measure, cell.lane))
    for (offence, days, was, will), measures in groups.items():
        yield changed(kind, f"{offence}: {', '.join(measures)}", was, will, days)
