"""A notice is put off by whom the rule names for that step, within its times, and never once its time is over."""

from datetime import timedelta
from typing import Final

import pytest

from tarazy.domain.deferral import (
    DEFERRAL_TRANSITIONS,
    DeferralAhead,
    DeferralGranted,
    DeferralStatus,
    Given,
    Wish,
    decide_defer,
    deferral_ahead,
    lifters,
    moved,
)
from tarazy.domain.rejection import Rejection
from tarazy.law.calendar import Window, WindowUnit
from tarazy.law.safeguards import DeferralRule, DeferralStep
from tarazy.law.terms import ActorRole
from tarazy.values.instant import Instant

NOW: Final = Instant.parse("2026-11-22T10:00:00+05:00")
DAY: Final = timedelta(days=1)
PROSECUTOR, JUDGE = ActorRole.prosecutor, ActorRole.investigating_judge
GRANTED, ENDED, LIFTED = DeferralStatus.granted, DeferralStatus.ended, DeferralStatus.lifted
RULE: Final = DeferralRule(
    grounds=(),
    steps=(
        DeferralStep(by=PROSECUTOR, each=Window(10, WindowUnit.days24), times=1),
        DeferralStep(by=JUDGE, each=Window(30, WindowUnit.days24), times=5),
    ),
    total=Window(60, WindowUnit.days24),
)
GROUNDS: Final = frozenset({"terrorism", "covert"})


def end_of(window: Window, start: Instant) -> Instant | None:
    return None if window.fixed is None else start.plus(window.fixed)


def decided(
    days: float,
    by: ActorRole = PROSECUTOR,
    *given: Given,
    ground: str = "terrorism",
    now: Instant = NOW,
    rule: DeferralRule | None = RULE,
) -> DeferralGranted | Rejection:
    return decide_defer(Wish(ground, by, NOW.plus(days * DAY)), rule, GROUNDS, given, end_of, now)


def ten_days(status: DeferralStatus = GRANTED) -> Given:
    return Given(NOW, NOW.plus(10 * DAY), status)


def test_the_first_step_is_for_as_long_as_the_rule_says_and_no_longer() -> None:
    assert decided(10) == DeferralGranted(NOW, NOW.plus(10 * DAY), 1)
    assert decided(10.01) is Rejection.deferral_beyond_cap
    assert decided(0) is Rejection.deferral_too_late


def test_each_step_is_granted_by_its_own_body_alone() -> None:
    assert decided(10, JUDGE) is Rejection.deferral_needs_other_body
    assert decided(40, PROSECUTOR, ten_days()) is Rejection.deferral_needs_other_body
    assert decided(40, JUDGE, ten_days()) == DeferralGranted(NOW.plus(10 * DAY), NOW.plus(40 * DAY), 2)


def test_a_renewal_counts_from_the_last_end_and_comes_before_it() -> None:
    assert decided(41, JUDGE, ten_days()) is Rejection.deferral_beyond_cap
    assert decided(9, JUDGE, ten_days()) is Rejection.deferral_too_late
    assert decided(40, JUDGE, ten_days(), now=NOW.plus(10 * DAY)) is Rejection.deferral_too_late


@pytest.mark.parametrize("status", [ENDED, LIFTED])
def test_what_is_over_is_not_renewed(status: DeferralStatus) -> None:
    assert decided(40, JUDGE, ten_days(status)) is Rejection.deferral_too_late


def test_all_together_stay_within_the_total() -> None:
    given = (ten_days(), Given(NOW.plus(10 * DAY), NOW.plus(40 * DAY), GRANTED))
    assert isinstance(decided(60, JUDGE, *given), DeferralGranted)
    assert decided(60.01, JUDGE, *given) is Rejection.deferral_beyond_cap


def test_no_step_is_left_after_the_last() -> None:
    short = tuple(Given(NOW.plus(n * DAY), NOW.plus((n + 1) * DAY), GRANTED) for n in range(6))
    assert decided(7, JUDGE, *short) is Rejection.deferral_beyond_cap


def test_another_ground_opens_no_new_count() -> None:
    assert decided(10, PROSECUTOR, ten_days(), ground="covert") is Rejection.deferral_needs_other_body


def test_a_ground_that_the_law_does_not_name_and_a_measure_without_a_rule_put_nothing_off() -> None:
    assert decided(10, ground="convenience") is Rejection.deferral_ground_unknown
    assert decided(10, rule=None) is Rejection.deferral_ground_unknown


def test_a_span_that_nobody_can_count_puts_nothing_off() -> None:
    rule = DeferralRule(grounds=(), steps=RULE.steps, total=Window(6, WindowUnit.months))
    assert decided(10, rule=rule) is Rejection.deferral_beyond_cap


def test_a_life_ends_once() -> None:
    assert {status for status, then in DEFERRAL_TRANSITIONS.items() if not then} == {ENDED, LIFTED}
    assert moved(GRANTED, ENDED) is ENDED
    with pytest.raises(AssertionError):
        moved(ENDED, GRANTED)


def test_who_is_next_and_until_when_is_known_before_anybody_asks() -> None:
    assert deferral_ahead(RULE, (), end_of, NOW) == DeferralAhead(PROSECUTOR, NOW, NOW.plus(10 * DAY), 1, 6)
    then = NOW.plus(10 * DAY)
    assert deferral_ahead(RULE, (ten_days(),), end_of, NOW) == DeferralAhead(JUDGE, then, then.plus(30 * DAY), 2, 6)
    third = (ten_days(), Given(then, then.plus(30 * DAY), GRANTED))
    ahead = deferral_ahead(RULE, third, end_of, then)
    assert isinstance(ahead, DeferralAhead)
    assert ahead.latest == NOW.plus(60 * DAY), "all together stay within the total"
    fourth = (*third, Given(ahead.starts_at, ahead.latest, GRANTED))
    assert deferral_ahead(RULE, fourth, end_of, ahead.starts_at) is Rejection.deferral_beyond_cap
    assert deferral_ahead(RULE, (ten_days(LIFTED),), end_of, NOW) is Rejection.deferral_too_late


def test_nobody_below_takes_back_what_was_decided_above() -> None:
    assert lifters(RULE, 1) == {PROSECUTOR, JUDGE}
    assert lifters(RULE, 2) == {JUDGE}
