"""What is different between two packs, and on which days: for whoever must judge a change of law, or sign one.

Everything that a pack says is compared, field by field. What nobody thought of when this was written is compared as a
whole, so that no new field can change unseen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields as fields_of_class
from dataclasses import is_dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Final

from tarazy.law.assessment import NormVersion
from tarazy.law.cell_change import cell_changes, expectation_changes
from tarazy.law.change import EVERY_DAY, Absent, Change, ChangeKind, Days, changed, pairs
from tarazy.law.offence import Offence, OffencePart, OffenceVersion
from tarazy.law.offence_table import measure_text
from tarazy.law.pack import DatedFloor, Field, MeasureRule, Norm, PackData
from tarazy.values.ids import NormId
from tarazy.values.replacing import replace

ONE_DAY: Final = timedelta(days=1)

HEAD: Final = ("pack_id", "kind", "base_id", "version", "as_of", "review_by", "is_demonstration", "signed_by")
COMPARED: Final = frozenset({*HEAD, "norms", "general", "rules", "offences", "offence_table", "questions", "calendar"})

KIND_OF: Final[Mapping[str, ChangeKind]] = {
    "mark": ChangeKind.mark,
    "weaker": ChangeKind.mark,
    "source": ChangeKind.evidence,
    "question": ChangeKind.evidence,
    "norms": ChangeKind.evidence,
    "confirmed_by": ChangeKind.signer,
    "signed_by": ChangeKind.signer,
    "signer": ChangeKind.signer,
}
"""What a field of this name says, wherever it stands. The others are values."""

IDENTITY: Final = frozenset({"norm_id", "version_id", "offence_id", "part_id", "file", "measure", "lane", "place"})
"""Fields by which two things are found to be the same, and which are not compared again."""

Dated = NormVersion | OffenceVersion | MeasureRule


def differences(old: PackData, new: PackData) -> tuple[Change, ...]:
    """Return every difference from ``old`` to ``new``, in the order of a pack's files; none where they are equal."""
    return tuple(
        chain(
            _head(old, new),
            _norms(old.norms, new.norms),
            _rules(old.rules, new.rules),
            _general(old, new),
            _offences(old.offences, new.offences),
            cell_changes(old, new),
            expectation_changes(old, new),
            _questions(old, new),
            _calendar(old, new),
            _rest(old, new),
        )
    )


def _head(old: PackData, new: PackData) -> Iterator[Change]:
    for name in HEAD:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield changed(KIND_OF.get(name, ChangeKind.pack), f"pack.yaml: {name}", before, after, EVERY_DAY)


def _norms(old: Mapping[NormId, Norm], new: Mapping[NormId, Norm]) -> Iterator[Change]:
    for norm_id, before, after in pairs(old, new):
        path = f"norms.yaml: {norm_id}"
        if isinstance(before, Absent) or isinstance(after, Absent):
            yield changed(ChangeKind.norm, path, before, after, _span_of(_versions(before) + _versions(after)))
        else:
            yield from _dated(ChangeKind.version, path, before.versions, after.versions)


def _offences(old: Mapping[str, Offence], new: Mapping[str, Offence]) -> Iterator[Change]:
    for offence_id, before, after in pairs(old, new):
        path = f"offences.yaml: {offence_id}"
        if isinstance(before, Absent) or isinstance(after, Absent):
            yield changed(ChangeKind.offence, path, before, after, _span_of(_versions(before) + _versions(after)))
        else:
            yield from _dated(ChangeKind.offence, path, before.versions, after.versions)


def _versions(thing: Norm | Offence | Absent) -> tuple[Dated, ...]:
    return () if isinstance(thing, Absent) else thing.versions


def _dated(
    kind: ChangeKind,
    path: str,
    old: Sequence[NormVersion] | Sequence[OffenceVersion],
    new: Sequence[NormVersion] | Sequence[OffenceVersion],
) -> Iterator[Change]:
    """Compare versions with the same id; one that only one side has is a change as a whole."""
    for version_id, before, after in pairs(
        {version.version_id: version for version in old}, {version.version_id: version for version in new}
    ):
        if isinstance(before, Absent) or isinstance(after, Absent):
            there = [one for one in (before, after) if not isinstance(one, Absent)]
            yield changed(kind, f"{path}: {version_id}", before, after, _span_of(there))
        else:
            yield from _attributes(f"{path}: {version_id}", before, after, _shared(before, after))


def _rules(old: Sequence[MeasureRule], new: Sequence[MeasureRule]) -> Iterator[Change]:
    """Compare rules of one measure that stand in the same file, or else begin on the same day."""
    before, after = _by_file(old), _by_file(new)
    starts = {(rule.measure, rule.lane, rule.valid_from): key for key, rule in after.items() if key not in before}
    renamed = {
        key: starts[rule.measure, rule.lane, rule.valid_from]
        for key, rule in before.items()
        if key not in after and (rule.measure, rule.lane, rule.valid_from) in starts
    }
    for _, first, second in pairs({renamed.get(key, key): rule for key, rule in before.items()}, after):
        if isinstance(first, Absent) or isinstance(second, Absent):
            there = [one for one in (first, second) if not isinstance(one, Absent)]
            yield changed(ChangeKind.rule, there[0].file, first, second, _span_of(there))
        else:
            yield from _attributes(second.file, first, second, _shared(first, second))


def _by_file(rules: Sequence[MeasureRule]) -> dict[str, MeasureRule]:
    return {f"{measure_text(rule.measure, rule.lane)} {rule.file}": rule for rule in rules}


def _general(old: PackData, new: PackData) -> Iterator[Change]:
    floors = set(old.general.floors.value) ^ set(new.general.floors.value)
    for one in _attributes("general.yaml", old.general, new.general, EVERY_DAY):
        is_floor = floors and one.path == "general.yaml: floors"
        yield replace(one, days=_span_of(floors)) if is_floor else one


def _questions(old: PackData, new: PackData) -> Iterator[Change]:
    for number, before, after in pairs(old.questions, new.questions):
        path = f"questions.yaml: {number}"
        if isinstance(before, Absent) or isinstance(after, Absent):
            yield changed(ChangeKind.question, path, before, after, EVERY_DAY)
        else:
            yield from _attributes(path, before, after, EVERY_DAY)


def _calendar(old: PackData, new: PackData) -> Iterator[Change]:
    """Compare calendars; of a set of days only those that one side has are told, and they are the days touched."""
    for one in _attributes("calendar.yaml", old.calendar, new.calendar, EVERY_DAY):
        before, after, days = one.before, one.after, EVERY_DAY
        if isinstance(before, frozenset) and isinstance(after, frozenset):
            before, after = before - after, after - before
            dates = sorted(day for day in (*before, *after) if isinstance(day, date))
            days = Days(dates[0], dates[-1]) if dates else EVERY_DAY
        yield changed(ChangeKind.calendar, one.path, before, after, days)


def _rest(old: PackData, new: PackData) -> Iterator[Change]:
    """Compare what else a pack has, such as its clocks."""
    for one in fields_of_class(PackData):
        before, after = getattr(old, one.name), getattr(new, one.name)
        if one.name not in COMPARED and before != after:
            yield changed(ChangeKind.calendar, f"{one.name}.yaml", before, after, EVERY_DAY)


def _attributes(path: str, old: object, new: object, days: Days) -> Iterator[Change]:
    """Compare two rows of one class attribute by attribute; the values in a `Field` together with their evidence."""
    assert is_dataclass(old)
    for one in fields_of_class(old):
        if one.name in IDENTITY or not one.compare:
            continue
        before, after, where = getattr(old, one.name), getattr(new, one.name), f"{path}: {one.name}"
        if before == after:
            continue
        if isinstance(before, Field) or isinstance(after, Field):
            yield from _field(where, before, after, days)
        elif one.name == "parts":
            yield from _parts(path, before, after, days)
        else:
            kind = KIND_OF.get(one.name, ChangeKind.value)
            yield changed(kind, where, before, after, _days_of(one.name, before, after, days))


def _field(path: str, old: Field[object] | None, new: Field[object] | None, days: Days) -> Iterator[Change]:
    before = Absent.absent if old is None else old.value
    after = Absent.absent if new is None else new.value
    if before != after:
        yield changed(ChangeKind.value, path, before, after, days)
    evidence = next(one.evidence for one in (old, new) if one is not None)
    for one in fields_of_class(evidence):
        first = Absent.absent if old is None else getattr(old.evidence, one.name)
        second = Absent.absent if new is None else getattr(new.evidence, one.name)
        if first != second and not _says_nothing(first, second):
            yield changed(KIND_OF[one.name], f"{path}: {one.name}", first, second, days)


def _says_nothing(*sides: object) -> bool:
    return all(side is Absent.absent or side is None or side == () for side in sides)


def _parts(path: str, old: Sequence[OffencePart], new: Sequence[OffencePart], days: Days) -> Iterator[Change]:
    for part_id, before, after in pairs({one.part_id: one for one in old}, {one.part_id: one for one in new}):
        where = f"{path}, part {part_id}"
        if isinstance(before, Absent) or isinstance(after, Absent):
            yield changed(ChangeKind.offence, where, before, after, days)
        else:
            yield from _attributes(where, before, after, days)


def _days_of(name: str, before: object, after: object, days: Days) -> Days:
    """Return the days that another first or last day adds or takes away; of other values all days they stand for."""
    if name == "valid_from" and isinstance(before, date) and isinstance(after, date):
        return Days(min(before, after), max(before, after) - ONE_DAY)
    if name == "valid_to":
        ends = [day for day in (before, after) if isinstance(day, date)]
        return Days(min(ends) + ONE_DAY, max(ends) if len(ends) > 1 else None)
    return days


def _shared(old: Dated, new: Dated) -> Days:
    """Return the days on which both stand; where there are none, those of either."""
    first = max(old.valid_from, new.valid_from)
    last = min(old.valid_to or date.max, new.valid_to or date.max)
    if last < first:
        return _span_of((old, new))
    return Days(first, None if last == date.max else last)


def _span_of(things: Iterable[Dated | DatedFloor]) -> Days:
    there = list(things)
    lasts = [one.valid_to for one in there if one.valid_to is not None]
    return Days(min(one.valid_from for one in there), max(lasts) if len(lasts) == len(there) else None)
