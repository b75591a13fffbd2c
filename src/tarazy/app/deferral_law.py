"""What the law of the day says of putting off the notice of a measure, for the exchange and for each bank alike."""

from collections.abc import Sequence

from tarazy.app.deadlines import counted
from tarazy.app.measure_law import branch_of
from tarazy.domain.deferral import DeferralGranted, Given, Wish, decide_defer
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Measure
from tarazy.law.calendar import Window
from tarazy.law.clock import Side
from tarazy.law.ground import Pack
from tarazy.law.pack import MeasureRule
from tarazy.values.instant import Instant


def lawful_deferral(
    wish: Wish, measure: str, given: Sequence[Given], pack: Pack, now: Instant
) -> DeferralGranted | Rejection:
    """Return the deferral that this pack allows of the notice of a measure, or why it allows none.

    It is read on the day on which the first deferral of this notice was granted: the count does not begin anew.
    """
    if measure not in Measure.__members__:
        return Rejection.measure_refused_by_law
    since = given[0].starts_at if given else now
    ground = pack.ground(Measure(measure), None, pack.data.calendar.local_day(since))
    if ground is None or ground.stops:
        return Rejection.measure_refused_by_law
    rule = ground.rule
    deferral = None if rule.deferral is None else rule.deferral.value
    named = () if rule.deferral_grounds is None else rule.deferral_grounds.value
    grounds = frozenset(named if deferral is None else deferral.grounds or named)

    def end_of(window: Window, start: Instant) -> Instant | None:
        return _end(window, start, rule, pack)

    return decide_defer(wish, deferral, grounds, given, end_of, now)


def _end(window: Window, start: Instant, rule: MeasureRule, pack: Pack) -> Instant | None:
    end = counted(window, start, branch_of(rule), Side.restriction, pack)
    return None if end is None else end.at
