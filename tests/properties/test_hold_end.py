"""When a bank lets go of a hold, whatever its clocks show and however long the order was on its way.

Clocks that err are off by the same span all the time. The order is given at moment 0 by the exchange's right clock.
"""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tarazy.domain.hold import end_of_hold
from tarazy.values.instant import Instant

ORDERED = Instant.parse("2026-11-22T05:00:00Z")
NONE = timedelta(0)
skews = st.timedeltas(timedelta(hours=-3), timedelta(hours=3))
transits = st.timedeltas(NONE, timedelta(hours=20))
spans = st.timedeltas(timedelta(minutes=1), timedelta(days=60))


def let_go_at(span: timedelta, transit: timedelta, agent: timedelta, core: timedelta, sent: timedelta) -> timedelta:
    """Return how long after the ordered end the first of agent and core lets go, by the right clock.

    The bank takes the order to have been ``sent`` after it was given: that is what its own span is counted from.
    """
    ordered_end = ORDERED.plus(span)
    end = end_of_hold(ordered_end, ORDERED.plus(transit + agent), ORDERED.plus(sent))
    return min(end.plus(-agent), end.plus(-core)).since(ordered_end)


@given(spans, transits)
def test_where_all_clocks_agree_a_hold_ends_at_its_ordered_end_to_the_microsecond(
    span: timedelta, transit: timedelta
) -> None:
    assert let_go_at(span, transit, NONE, NONE, NONE) == NONE


@given(spans, transits, skews, st.booleans())
def test_where_agent_or_core_is_right_no_hold_ends_late(
    span: timedelta, transit: timedelta, skew: timedelta, is_core_right: bool
) -> None:
    agent, core = (skew, NONE) if is_core_right else (NONE, skew)
    assert let_go_at(span, transit, agent, core, NONE) <= NONE


@given(spans, transits, skews, skews)
def test_no_hold_ends_later_than_the_slower_of_transit_and_both_clocks_explains(
    span: timedelta, transit: timedelta, agent: timedelta, core: timedelta
) -> None:
    """Both clocks slow and the order long on its way: a bank cannot tell such an hour from an hour of its clock."""
    late = let_go_at(span, transit, agent, core, NONE)
    assert late <= max(NONE, min(transit, -max(agent, core)))


@given(spans, transits, skews, skews)
def test_no_hold_ends_earlier_than_its_clocks_err(
    span: timedelta, transit: timedelta, agent: timedelta, core: timedelta
) -> None:
    assert let_go_at(span, transit, agent, core, NONE) >= min(agent, NONE) - max(agent, core, NONE)


@given(spans, transits, skews, skews)
def test_counted_from_when_it_was_sent_no_hold_would_end_late_and_none_early_where_clocks_agree(
    span: timedelta, transit: timedelta, agent: timedelta, core: timedelta
) -> None:
    """The same rule, if a message told when it left for the last time: what a later protocol can give it."""
    assert let_go_at(span, transit, agent, core, transit) <= NONE
    assert let_go_at(span, transit, NONE, NONE, transit) == NONE
