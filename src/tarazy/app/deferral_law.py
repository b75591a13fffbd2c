"""What the law of the day says of putting off the notice of a measure, for the exchange and for each bank alike."""

from collections.abc import Sequence
from typing import NamedTuple

from tarazy.app.deadlines import counted
from tarazy.app.measure_law import branch_of
from tarazy.domain.deferral import (
    DeferralAhead,
    DeferralGranted,
    EndOf,
    Given,
    Wish,
    decide_defer,
    deferral_ahead,
    lifters,
)
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole, Measure
from tarazy.law.calendar import Window
from tarazy.law.clock import Side
from tarazy.law.ground import Pack
from tarazy.law.pack import MeasureRule
from tarazy.law.safeguards import DeferralRule
from tarazy.values.instant import Instant


class DeferralLaw(NamedTuple):
    """What a pack says of putting off the notice of one measure; ``deferral`` is None where it names nothing."""

    deferral: DeferralRule | None
    grounds: tuple[str, ...]
    rule: MeasureRule


def lawful_deferral(
    wish: Wish, measure: str, given: Sequence[Given], pack: Pack, now: Instant
) -> DeferralGranted | Rejection:
    """Return the deferral that this pack allows of the notice of a measure, or why it allows none.

    It is read on the day on which the first deferral of this notice was granted: the count does not begin anew.
    """
    law = law_of_deferral(measure, given, pack, now)
    if law is None:
        return Rejection.measure_refused_by_law
    return decide_defer(wish, law.deferral, frozenset(law.grounds), given, _counting(law.rule, pack), now)


def next_deferral(measure: str, given: Sequence[Given], pack: Pack, now: Instant) -> DeferralAhead | Rejection:
    """Return who can put the notice of a measure off next and for how long, or why nobody can."""
    law = law_of_deferral(measure, given, pack, now)
    if law is None or law.deferral is None:
        return Rejection.deferral_ground_unknown
    return deferral_ahead(law.deferral, given, _counting(law.rule, pack), now)


def lifting(measure: str, given: Sequence[Given], pack: Pack, now: Instant) -> frozenset[ActorRole]:
    """Return in which capacities a deferral can be lifted early; the last of those given counts."""
    law = law_of_deferral(measure, given, pack, now)
    return frozenset() if law is None or law.deferral is None or not given else lifters(law.deferral, len(given))


def law_of_deferral(measure: str, given: Sequence[Given], pack: Pack, now: Instant) -> DeferralLaw | None:
    """Return the law of putting off the notice of a measure; None where this pack has no such measure that day."""
    if measure not in Measure.__members__:
        return None
    since = given[0].starts_at if given else now
    ground = pack.ground(Measure(measure), None, pack.data.calendar.local_day(since))
    if ground is None or ground.stops:
        return None
    rule = ground.rule
    deferral = None if rule.deferral is None else rule.deferral.value
    named = () if rule.deferral_grounds is None else rule.deferral_grounds.value
    return DeferralLaw(deferral, named if deferral is None else deferral.grounds or named, rule)


def _counting(rule: MeasureRule, pack: Pack) -> EndOf:
    def end_of(window: Window, start: Instant) -> Instant | None:
        return _end(window, start, rule, pack)

    return end_of


def _end(window: Window, start: Instant, rule: MeasureRule, pack: Pack) -> Instant | None:
    end = counted(window, start, branch_of(rule), Side.restriction, pack)
    return None if end is None else end.at
