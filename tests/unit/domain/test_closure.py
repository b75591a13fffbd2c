"""What stays free of a closed account, over random lives of it."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tarazy.domain.closure import Closure, KeptFree, closed_by, kept_free, let_out, living_left_minor
from tarazy.law.assessment import ProtectedFloor
from tarazy.law.safeguards import Exclusion
from tarazy.law.terms import Measure
from tarazy.simulation.closing_law import closing_pack
from tarazy.values.instant import Instant

BEGUN = Instant.parse("2026-11-22T10:00:00Z")
DAYS = 30
KEPT = KeptFree(purposes=(Exclusion.taxes, Exclusion.defence_costs), living_minor=500, living_days=DAYS)

purposes = st.sampled_from([None, Exclusion.taxes, Exclusion.defence_costs, Exclusion.wages])
payments = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 700), purposes), max_size=30)
"""Hours since the payment before, the sum, and for what."""


@given(payments)
def test_living_is_let_out_to_its_sum_in_every_span_and_named_purposes_always(
    life: list[tuple[int, int, Exclusion | None]],
) -> None:
    closure, now = Closure(kept=KEPT, since=BEGUN, span=0, used_minor=0), BEGUN
    used: dict[int, int] = {}
    for hours, amount, purpose in life:
        now = now.plus(timedelta(hours=hours))
        span = now.since(BEGUN) // timedelta(days=DAYS)
        left = KEPT.living_minor - used.get(span, 0)
        assert living_left_minor(closure, now) == left
        after = let_out(closure, amount, purpose, now)
        if purpose in KEPT.purposes:
            assert after == closure
        elif amount <= left:
            used[span] = used.get(span, 0) + amount
        else:
            assert after is None
        closure = after or closure
    assert all(sum_ <= KEPT.living_minor for sum_ in used.values())


def test_the_last_unit_is_let_out_and_not_one_more() -> None:
    closure = Closure(kept=KEPT, since=BEGUN, span=0, used_minor=0)
    assert let_out(closure, 501, None, BEGUN) is None
    all_used = let_out(closure, 500, None, BEGUN)
    assert all_used is not None
    assert let_out(all_used, 1, None, BEGUN.plus(timedelta(days=DAYS) - timedelta(microseconds=1))) is None
    assert let_out(all_used, 500, None, BEGUN.plus(timedelta(days=DAYS))) is not None


@given(payments)
def test_a_clock_that_goes_back_frees_nothing_anew(life: list[tuple[int, int, Exclusion | None]]) -> None:
    closure, moments = Closure(kept=KEPT, since=BEGUN, span=0, used_minor=0), [BEGUN]
    for hours, amount, _ in life:
        moments.append(moments[-1].plus(timedelta(hours=hours)))
        closure = let_out(closure, amount, None, moments[-1]) or closure
    backwards = [living_left_minor(closure, moment) for moment in reversed(moments)]
    assert all(later >= earlier for later, earlier in pairwise(backwards))


def test_a_later_end_neither_begins_the_span_anew_nor_frees_it() -> None:
    closure = let_out(Closure(kept=KEPT, since=BEGUN, span=0, used_minor=0), 400, None, BEGUN)
    later = closed_by(KEPT, closure, BEGUN.plus(timedelta(days=10)))
    assert later == closure
    assert closed_by(None, closure, BEGUN) is None


def test_what_nobody_can_say_is_not_closed() -> None:
    pack = closing_pack()
    ground = pack.ground(Measure.M8, None, pack.data.calendar.local_day(BEGUN))
    assert ground is not None
    assert kept_free(ground.rule, ground.floor, "KZT") == KeptFree(
        purposes=(Exclusion.taxes, Exclusion.defence_costs), living_minor=5_085_100, living_days=30
    )
    assert kept_free(ground.rule, ground.floor, "USD") is None
    assert kept_free(ground.rule, None, "KZT") is None
    low = ProtectedFloor(days=7, living_minimum_minor=1, currency="KZT")
    assert kept_free(ground.rule, low, "KZT") == KeptFree(
        purposes=(Exclusion.taxes, Exclusion.defence_costs), living_minor=1, living_days=7
    )
