"""The pack indexed by date, so that an assessment looks up one prepared ground and compares.

For each measure the days on which anything it rests on changes (the rule itself, a norm, the protected floor) cut time
into periods. For each period a `Ground` is prepared once: the norm versions each test cites, the norms that are not in
force, the values that nobody has confirmed, and the outcomes of tests that are passed.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from tarazy.law.assessment import (
    Lane,
    Measure,
    NormVersion,
    NoticePlan,
    ProtectedFloor,
    Reason,
    TestId,
    TestOutcome,
)
from tarazy.law.codes import Code
from tarazy.law.pack import Evidence, Field, MeasureRule, PackData
from tarazy.law.preparing import notice_plan, rungs_off, safeguards_lacking
from tarazy.law.rule_fields import FIELDS_OF_TEST, REPORT_ONLY, RULE_FIELDS, TOLD_ONLY, missing_fields
from tarazy.values.ids import NormId

PASSED: Final = {test: Code[f"{test}_passed"] for test in TestId}


class Blocker(NamedTuple):
    """A value that stops a measure: where it stands in the pack, and the open question (None: it is simply missing)."""

    path: str
    question: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What one measure rests on during one period.

    ``rungs`` are the milder measures that must be answered; ``lacking`` is what T8 has against the rule whatever is
    asked, ``untested`` the tests for which the rule lacks a field that they need.
    """

    rule: MeasureRule
    notice: NoticePlan | None
    rungs: tuple[Measure, ...]
    lacking: tuple[Reason, ...]
    untested: frozenset[TestId]
    norms: Mapping[TestId, tuple[NormVersion, ...]]
    norm_ids: tuple[NormId, ...]
    norm_versions: tuple[str, ...]
    not_in_force: tuple[NormId, ...]
    blockers: tuple[Blocker, ...]
    open_questions: tuple[int, ...]
    caveats: tuple[int, ...]
    passed: Mapping[TestId, TestOutcome]
    floor: ProtectedFloor | None

    @property
    def stops(self) -> bool:
        """Whether the measure is refused whatever the request says."""
        return bool(self.not_in_force) or (bool(self.blockers) and self.rule.measure not in REPORT_ONLY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """The grounds of one measure: ``grounds[i]`` from day ``starts[i]`` (an ordinal) on; None where no rule is."""

    starts: tuple[int, ...]
    grounds: tuple[Ground | None, ...]

    def on(self, day: date) -> Ground | None:
        """Return the ground on ``day``."""
        i = bisect_right(self.starts, day.toordinal()) - 1
        return self.grounds[i] if i >= 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A jurisdiction's law, ready to be asked. Made by `tarazy.law.parse.parse_pack`."""

    data: PackData
    timetables: Mapping[tuple[Measure, Lane | None], Timetable]

    @property
    def pack_id(self) -> str:
        """The pack's id, such as ``kz``."""
        return self.data.pack_id

    @property
    def version(self) -> str:
        """The pack's version."""
        return self.data.version

    @property
    def is_demonstration(self) -> bool:
        """Whether the pack is a demonstration and not law; every page made from it says so."""
        return self.data.is_demonstration

    def ground(self, measure: Measure, lane: Lane | None, day: date) -> Ground | None:
        """Return what ``measure`` rests on that day, or None where the pack has no rule for it."""
        timetable = self.timetables.get((measure, lane))
        return None if timetable is None else timetable.on(day)

    def works(self, measure: Measure, day: date) -> bool:
        """Tell whether ``measure`` can be lawful at all on ``day``, in any lane."""
        grounds = (self.ground(measure, lane, day) for lane in (None, *Lane))
        return any(ground is not None and not ground.stops for ground in grounds)

    def norm_on(self, norm_id: NormId, day: date) -> NormVersion | None:
        """Return the version of a norm in force on ``day``."""
        norm = self.data.norms.get(norm_id)
        return None if norm is None else norm.on(day)


def index(data: PackData) -> Pack:
    """Prepare a pack that was read."""
    keys = {(rule.measure, rule.lane) for rule in data.rules}
    return Pack(data=data, timetables={key: _timetable(key, data) for key in keys})


def _timetable(key: tuple[Measure, Lane | None], data: PackData) -> Timetable:
    rules = [rule for rule in data.rules if (rule.measure, rule.lane) == key]
    starts = sorted({day.toordinal() for rule in rules for day in _changes(rule, data)})
    return Timetable(
        starts=tuple(starts),
        grounds=tuple(_ground_on(date.fromordinal(start), rules, data) for start in starts),
    )


def _changes(rule: MeasureRule, data: PackData) -> Iterable[date]:
    """Yield the days from which something that the rule rests on is different."""
    spans = [(rule.valid_from, rule.valid_to)]
    spans += [(floor.valid_from, floor.valid_to) for floor in data.general.floors.value]
    if rule.milder is not None:
        spans += [(other.valid_from, other.valid_to) for other in data.rules if other.measure in rule.milder.value]
    for norm_id in cited_norms(rule, data):
        norm = data.norms.get(norm_id)
        spans += [(version.valid_from, version.valid_to) for version in (norm.versions if norm else ())]
    for first, last in spans:
        yield first
        if last is not None:
            yield last + timedelta(days=1)


def _ground_on(day: date, rules: Iterable[MeasureRule], data: PackData) -> Ground | None:
    rule = next((rule for rule in rules if _is_valid(rule, day)), None)
    return None if rule is None else _prepared(rule, day, data)


def _is_valid(rule: MeasureRule, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)


def fields_of(rule: MeasureRule) -> dict[str, Field[object] | None]:
    """Return the fields of a rule by name."""
    return {name: getattr(rule, name) for name in RULE_FIELDS}


def cited_norms(rule: MeasureRule, data: PackData) -> tuple[NormId, ...]:
    """Return every norm that the rule rests on, each once, in the order of the tests."""
    return tuple(dict.fromkeys(norm_id for test in TestId for norm_id in _norms_of_test(test, rule, data)))


def _norms_of_test(test: TestId, rule: MeasureRule, data: PackData) -> tuple[NormId, ...]:
    fields = fields_of(rule)
    own = [field.evidence.norms for name in FIELDS_OF_TEST[test] if (field := fields[name]) is not None]
    common = _common_evidence(test, data)
    first = rule.norms if test is TestId.T1 else ()
    shared = common.norms if common else ()
    return tuple(dict.fromkeys((*first, *(norm_id for norms in own for norm_id in norms), *shared)))


def _common_evidence(test: TestId, data: PackData) -> Evidence | None:
    """Return the evidence of the general rule that a test rests on."""
    general = data.general
    match test:
        case TestId.T3:
            return general.aims.evidence
        case TestId.T4:
            return general.facts.evidence
        case TestId.T5 | TestId.T6:
            return general.reasons.evidence
        case TestId.T9:
            return general.denied_features.evidence
        case _:
            return None


def _prepared(rule: MeasureRule, day: date, data: PackData) -> Ground:
    versions = {norm_id: _version(norm_id, day, data) for norm_id in cited_norms(rule, data)}
    in_force = {norm_id: version for norm_id, version in versions.items() if version is not None}
    norms = {test: tuple(in_force[n] for n in _norms_of_test(test, rule, data) if n in in_force) for test in TestId}
    off = rungs_off(rule, (other.measure for other in data.rules if _is_valid(other, day)))
    missing = frozenset(missing_fields(rule))
    floor = next((f.floor for f in data.general.floors.value if _covers(f.valid_from, f.valid_to, day)), None)
    blockers = (*_blocked_fields(rule, data), *_blocked_norms(in_force.values()), *_blocked_floor(rule, floor, data))
    questions = tuple(sorted({blocker.question for blocker in blockers if blocker.question is not None}))
    return Ground(
        rule=rule,
        notice=notice_plan(rule),
        rungs=() if rule.milder is None else tuple(rung for rung in rule.milder.value if rung not in off),
        lacking=safeguards_lacking(rule),
        untested=frozenset(test for test, names in FIELDS_OF_TEST.items() if not missing.isdisjoint(names)),
        norms=norms,
        norm_ids=tuple(in_force),
        norm_versions=tuple(version.version_id for version in in_force.values()),
        not_in_force=tuple(norm_id for norm_id in versions if norm_id not in in_force),
        blockers=blockers,
        open_questions=questions,
        caveats=tuple(sorted(_caveats(rule, in_force.values()) - set(questions))),
        passed={test: _passed(test, norms[test], off) for test in TestId},
        floor=floor,
    )


def _passed(test: TestId, norms: tuple[NormVersion, ...], off: tuple[Measure, ...]) -> TestOutcome:
    """Return the outcome of a test that is passed; T6 says which milder measures the pack itself has switched off."""
    if test is TestId.T6 and off:
        params = (("rungs", ",".join(f"law.measure.{rung}" for rung in off)),)
        return TestOutcome(test=test, passed=True, norms=norms, code=Code.rung_off, params=params, more=())
    return TestOutcome(test=test, passed=True, norms=norms, code=PASSED[test], params=(), more=())


def _version(norm_id: NormId, day: date, data: PackData) -> NormVersion | None:
    norm = data.norms.get(norm_id)
    return None if norm is None else norm.on(day)


def _covers(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)


def _blocked_fields(rule: MeasureRule, data: PackData) -> Iterable[Blocker]:
    yield from (Blocker(f"{rule.file}:{name}", None) for name in missing_fields(rule))
    for name, field in fields_of(rule).items():
        if field is not None and field.evidence.is_blocked and name not in TOLD_ONLY:
            yield Blocker(f"{rule.file}:{name}", field.evidence.question)
    general = data.general
    for name, evidence in (
        ("aims", general.aims.evidence),
        ("facts", general.facts.evidence),
        ("reasons", general.reasons.evidence),
        ("denied_features", general.denied_features.evidence),
    ):
        if evidence.is_blocked:
            yield Blocker(f"general.yaml:{name}", evidence.question)


def _blocked_norms(versions: Iterable[NormVersion]) -> Iterable[Blocker]:
    for version in versions:
        if version.is_blocked:
            yield Blocker(f"norms.yaml:{version.version_id}", version.question)


def _blocked_floor(rule: MeasureRule, floor: ProtectedFloor | None, data: PackData) -> Iterable[Blocker]:
    if rule.protected_barred is None or not rule.protected_barred.value:
        return
    if floor is None:
        yield Blocker("general.yaml:protected_floor", None)
    elif data.general.floors.evidence.is_blocked:
        yield Blocker("general.yaml:protected_floor", data.general.floors.evidence.question)


def _caveats(rule: MeasureRule, versions: Iterable[NormVersion]) -> set[int]:
    """Return the open questions that touch a measure without stopping it."""
    evidences = [field.evidence.question for field in fields_of(rule).values() if field is not None]
    asked = [*evidences, *(version.question for version in versions), *rule.caveats]
    return {question for question in asked if question is not None}
