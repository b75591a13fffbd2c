"""The rule of law behind a measure that stands or stood: its branch, its remedies, and how its times are counted."""

from tarazy.app.measure_records import CASE_MEASURES
from tarazy.app.records import CaseHold
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.closure import closes_account
from tarazy.law.assessment import Measure
from tarazy.law.ground import Pack
from tarazy.law.pack import MeasureRule
from tarazy.law.safeguards import Exclusion, Remedy
from tarazy.law.terms import Branch
from tarazy.values.ids import MeasureId
from tarazy.values.instant import Instant


def rule_on(measure: Measure, at: Instant, setting: Setting) -> MeasureRule | None:
    """Return the rule of a measure by the law of the day of a moment; None where the pack has none."""
    ground = setting.pack.ground(measure, None, setting.pack.data.calendar.local_day(at))
    return None if ground is None else ground.rule


def rule_of(measure: Measure, at: Instant, setting: Setting) -> MeasureRule:
    """Return the rule of a measure on a day on which the law gate has permitted it."""
    rule = rule_on(measure, at, setting)
    assert rule is not None
    return rule


def left_free(measure: Measure, at: Instant, pack: Pack) -> tuple[Exclusion, ...]:
    """Return what a measure leaves free of an account that it closes, by the law of the day; nothing for all others."""
    ground = pack.ground(measure, None, pack.data.calendar.local_day(at))
    if ground is None or ground.rule.exclusions is None or not closes_account(measure):
        return ()
    return ground.rule.exclusions.value


def branch_of(rule: MeasureRule) -> Branch:
    """Return the branch of law of a rule: criminal where it says nothing, as all measures of authorities here are."""
    return Branch.criminal if rule.branch is None else rule.branch.value


def rule_behind(tx: Transaction, measure_id: MeasureId, hold: CaseHold, setting: Setting) -> MeasureRule | None:
    """Return the rule behind a measure upon a hold, or behind the bank's own pause by the hold's id."""
    measure = tx.get(CASE_MEASURES, measure_id)
    if measure is None:
        return rule_on(Measure(hold.measure), hold.asked_at, setting)
    return rule_on(Measure(measure.measure), measure.begins_at, setting)


def remedies_of(rule: MeasureRule | None) -> tuple[Remedy, ...]:
    """Return the forums against a measure, in the order in which they follow each other."""
    return () if rule is None or rule.remedies is None else rule.remedies.value
