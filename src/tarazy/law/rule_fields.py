"""The fields of a rule: which test each belongs to, which a rule must have, and which are told and not tested."""

from collections.abc import Mapping
from typing import Final

from tarazy.law.assessment import Measure, TestId
from tarazy.law.pack import MeasureRule

REPORT_ONLY: Final = frozenset({Measure.M1, Measure.M2})
"""Measures that take nothing, name nobody and disclose no banking operation: what is unsure does not stop them."""

FOLLOWING: Final = REPORT_ONLY | {Measure.M2t}
"""Measures that hold nothing: money is followed whoever reports, how often, and however little it is."""

FIELDS_OF_TEST: Final[Mapping[TestId, tuple[str, ...]]] = {
    TestId.T1: ("author", "branch"),
    TestId.T2: (),
    TestId.T3: (),
    TestId.T4: ("basis", "threshold"),
    TestId.T5: (),
    TestId.T6: ("milder",),
    TestId.T7: ("cap", "protected_barred", "duration", "exclusions"),
    TestId.T8: (
        "confirmation",
        "authorisation",
        "urgent",
        "urgent_ends",
        "hearing",
        "notice",
        "deferral_grounds",
        "deferral",
        "remedies",
        "lapse",
        "review",
        "duties",
    ),
    TestId.T9: (),
}

TOLD_ONLY: Final = ("same_body_may_review", "retention", "log", "statutory_effect")
"""Fields that no test examines: they are told to people and obeyed elsewhere."""

RULE_FIELDS: Final = (*(name for names in FIELDS_OF_TEST.values() for name in names), *TOLD_ONLY)

_ALWAYS: Final = (
    "author",
    "basis",
    "milder",
    "cap",
    "protected_barred",
    "duration",
    "confirmation",
    "authorisation",
    "hearing",
    "notice",
    "deferral",
    "remedies",
    "duties",
)
_INTRUSIVE: Final = ("branch", "urgent", "lapse", "review")


def missing_fields(rule: MeasureRule) -> tuple[str, ...]:
    """Return the fields that a rule must have and lacks: what rests on them cannot be tested, so it is not passed."""
    return tuple(name for name in required_fields(rule) if getattr(rule, name) is None)


def required_fields(rule: MeasureRule) -> tuple[str, ...]:
    """Return the fields that a rule must have; some only because of what others say."""
    names = [*_ALWAYS]
    if rule.measure not in REPORT_ONLY:
        names += _INTRUSIVE
        names += ["threshold"] if rule.basis is not None and rule.basis.value.offence else []
    if rule.urgent is not None and rule.urgent.value is not None and rule.urgent.value.allowed:
        names.append("urgent_ends")
    if rule.deferral is not None and rule.deferral.value is not None and not rule.deferral.value.grounds:
        names.append("deferral_grounds")
    if rule.measure is Measure.M8:
        names.append("exclusions")
    return tuple(names)
