"""How holds end by themselves, and by their officers: on time, whoever is away, slow or asleep."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from tarazy.agent.core_port import CoreAsk, CoreTaken
from tarazy.agent.ending import account_of_report
from tarazy.agent.reference_core import CORE_RESERVES, ReferenceCore
from tarazy.app.holding import stands
from tarazy.app.store import Store
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.rejection import Rejection
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.story import Network, StoreFor, robbed
from tests.story_reading import bank_hold, case_hold, case_holds, ends, held_stretches, told

MICROSECOND = timedelta(microseconds=1)
NOT_CONFIRMED = ("bank-b", HoldStatus.released, HoldEnd.not_confirmed)
RAN_OUT = ("bank-b", HoldStatus.expired, HoldEnd.time_ran_out)


def until(network: Network, moment: Instant) -> None:
    """Let time pass until ``moment``."""
    network.now = moment
    network.settle()


def is_free_at(network: Network) -> bool:
    """Whether the mule can use all money: nothing is reserved at the core, nothing lies under a hold."""
    reserved = network.rows("bank-b", CORE_RESERVES)
    return not reserved and bank_hold(network, "mule").held_minor == 0


def test_a_hold_that_nobody_confirms_is_released_after_two_hours(store_for: StoreFor) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    end = network.now.plus(timedelta(hours=2))
    until(network, end.plus(-MICROSECOND))
    assert told(network, report) == {"bank-b held": 500_000}
    until(network, end)
    assert told(network, report) == {"bank-b stopped released": 500_000}
    assert ends(network, report) == [NOT_CONFIRMED]
    assert is_free_at(network)


def test_a_confirmed_hold_lasts_to_its_24_hours_and_not_a_moment_longer(store_for: StoreFor) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    end = network.now.plus(timedelta(hours=24))
    network.wait(hours=1, minutes=59)
    assert network.confirm("bank-b", bank_hold(network, "mule").hold_id) is None
    network.settle()
    assert case_hold(network, report).confirmed_by == "officer-1"
    until(network, end.plus(-MICROSECOND))
    assert told(network, report) == {"bank-b held": 500_000}
    until(network, end)
    assert told(network, report) == {"bank-b stopped released": 500_000}
    assert ends(network, report) == [RAN_OUT]
    assert is_free_at(network)


def test_a_confirmation_that_comes_too_late_is_refused(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.report("t1")
    hold = bank_hold(network, "mule")
    network.now = network.now.plus(timedelta(hours=2))
    assert network.confirm("bank-b", hold.hold_id) is Rejection.hold_has_ended
    network.settle()
    assert is_free_at(network)


@pytest.mark.parametrize("alive", ["core", "agent"])
def test_either_clock_of_the_bank_alone_ends_a_hold(store_for: StoreFor, alive: str) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    bank = network.banks["bank-b"]
    bank.has_agent_timer, bank.has_core_timer = alive == "agent", alive == "core"
    network.wait(hours=2)
    assert is_free_at(network)
    assert told(network, report) == {"bank-b stopped released": 500_000}


def test_the_core_drops_its_reserve_although_the_agent_is_asleep(store_for: StoreFor) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    network.banks["bank-b"].is_asleep = True
    network.wait(hours=2)
    assert network.rows("bank-b", CORE_RESERVES) == []
    assert not stands(case_hold(network, report), network.now)
    network.spend("mule", 500_000)
    network.banks["bank-b"].is_asleep = False
    network.settle()
    assert bank_hold(network, "mule").status.is_final


@pytest.mark.parametrize("alive", ["agent", "core"])
def test_whichever_clock_is_first_the_same_end_is_told(store_for: StoreFor, alive: str) -> None:
    network = robbed(store_for)
    network.report("t1")
    bank = network.banks["bank-b"]
    bank.has_agent_timer, bank.has_core_timer = alive == "agent", alive == "core"
    network.wait(hours=2)
    hold = bank_hold(network, "mule")
    assert (hold.status, hold.end) == (HoldStatus.released, HoldEnd.not_confirmed)


def test_a_hold_stands_no_longer_at_the_exchange_although_its_bank_is_away(store_for: StoreFor) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    network.banks["bank-b"].is_away = True
    network.now = network.now.plus(timedelta(hours=2) - MICROSECOND)
    assert stands(case_hold(network, report), network.now)
    network.wait(microseconds=1)
    assert not stands(case_hold(network, report), network.now)
    assert is_free_at(network)


def test_at_the_latest_end_of_its_terms_the_exchange_ends_a_hold_whose_bank_is_away(store_for: StoreFor) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    network.banks["bank-b"].is_away = True
    network.wait(hours=24)
    assert ends(network, report) == [NOT_CONFIRMED]
    assert case_hold(network, report).held_minor == 0


def ordered(store_for: StoreFor, *, delay: timedelta, clock_error: timedelta) -> tuple[Network, Instant]:
    """Let the order reach bank B late, by a clock that errs; return the moment of the order's end."""
    network = robbed(store_for)
    bank = network.banks["bank-b"]
    bank.clock_error = clock_error
    bank.is_away = True
    network.report("t1")
    end = network.now.plus(timedelta(hours=2))
    network.now = network.now.plus(delay)
    bank.is_away = False
    network.settle()
    assert bank_hold(network, "mule").held_minor == 500_000
    bank.is_away = True
    return network, end


@pytest.mark.parametrize("minutes", [-10, 0])
def test_a_slow_clock_does_not_prolong_a_hold_since_its_time_counts_from_receipt(
    store_for: StoreFor, minutes: int
) -> None:
    network, end = ordered(store_for, delay=timedelta(0), clock_error=timedelta(minutes=minutes))
    until(network, end.plus(-MICROSECOND))
    assert not is_free_at(network)
    until(network, end)
    assert is_free_at(network)


def test_an_hour_in_transit_does_not_prolong_a_hold(store_for: StoreFor) -> None:
    network, end = ordered(store_for, delay=timedelta(hours=1), clock_error=timedelta(0))
    until(network, end.plus(-MICROSECOND))
    assert not is_free_at(network)
    until(network, end)
    assert is_free_at(network)


def test_with_a_fast_clock_a_hold_ends_early_and_never_late(store_for: StoreFor) -> None:
    network, end = ordered(store_for, delay=timedelta(hours=1), clock_error=timedelta(minutes=10))
    until(network, end.plus(timedelta(minutes=-10) - MICROSECOND))
    assert not is_free_at(network)
    until(network, end.plus(timedelta(minutes=-10)))
    assert is_free_at(network)


def test_after_an_hour_in_transit_a_slow_clock_adds_its_error_and_not_the_hour(store_for: StoreFor) -> None:
    network, end = ordered(store_for, delay=timedelta(hours=1), clock_error=timedelta(minutes=-10))
    until(network, end.plus(timedelta(minutes=10)))
    assert is_free_at(network)


class ClockedCore(ReferenceCore):
    """A core that goes by a clock of its own, whatever time it is told."""

    def __init__(self, store: Store, me: str, clock: Callable[[], Instant]) -> None:
        super().__init__(store, ParticipantId(me), account_of_report)
        self._clock = clock

    def ask(self, commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        del now
        return super().ask(commands, self._clock())

    def drop_expired(self, now: Instant) -> int:
        del now
        return super().drop_expired(self._clock())


CLOCKS = {
    (0, 0, 0): 0,
    (0, 0, 1): 0,
    (-10, 0, 0): -10,
    (-10, 0, 1): 0,
    (10, 0, 0): -10,
    (10, 0, 1): -10,
    (0, -10, 0): 0,
    (0, -10, 1): 0,
    (0, 10, 0): -10,
    (0, 10, 1): -10,
    (10, 10, 0): -10,
    (10, 10, 1): -10,
    (10, -10, 0): -10,
    (10, -10, 1): -10,
    (-10, 10, 0): -20,
    (-10, 10, 1): -10,
    (-10, -10, 0): 0,
    (-10, -10, 1): 10,
}
"""Minutes that the agent's and the core's clocks err, hours in transit: by how many minutes a hold ends off its order.

Only where both clocks of a bank are slow and the order was long in transit does a hold end late.
"""


@pytest.mark.parametrize("is_confirmed", [False, True], ids=["unconfirmed", "confirmed"])
@pytest.mark.parametrize(("agent", "core", "transit"), CLOCKS)
def test_a_hold_ends_at_its_moment_whichever_clock_of_the_bank_errs(
    store_for: StoreFor, agent: int, core: int, transit: int, *, is_confirmed: bool
) -> None:
    network = robbed(store_for)
    bank = network.banks["bank-b"]
    clocked = ClockedCore(bank.agent.peer.store, "bank-b", lambda: network.now.plus(timedelta(minutes=core)))
    bank.core, bank.agent = clocked, replace(bank.agent, core=clocked)
    bank.clock_error, bank.is_away = timedelta(minutes=agent), True
    network.report("t1")
    ordered_end = network.now.plus(timedelta(hours=24 if is_confirmed else 2))
    network.now = network.now.plus(timedelta(hours=transit))
    bank.is_away = False
    network.settle()
    assert bank_hold(network, "mule").held_minor == 500_000
    bank.is_away = True
    if is_confirmed:
        network.wait(minutes=30)
        assert network.confirm("bank-b", bank_hold(network, "mule").hold_id) is None
        network.settle()
    end = ordered_end.plus(timedelta(minutes=CLOCKS[agent, core, transit]))
    assert end <= ordered_end or (agent < 0 and core < 0)
    until(network, end.plus(-MICROSECOND))
    assert not is_free_at(network)
    until(network, end)
    assert is_free_at(network)


def test_an_order_whose_terms_have_expired_in_transit_holds_nothing(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.banks["bank-b"].is_away = True
    report = network.report("t1")
    network.wait(hours=2)
    network.banks["bank-b"].is_away = False
    network.settle()
    assert "bank-b held" not in told(network, report)
    assert network.rows("bank-b", CORE_RESERVES) == []
    assert network.balance("mule") == 500_000
    assert not case_holds(network, report)


def test_an_order_whose_terms_have_expired_is_not_told_as_shadow(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.banks["bank-b"].is_away = True
    report = network.report("t1")
    network.wait(hours=2)
    network.banks["bank-b"].is_away = False
    network.settle()
    assert told(network, report) == {"bank-b stopped hold_time_over": 500_000}


def test_narrowing_keeps_the_lowest_units(store_for: StoreFor) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    assert network.narrow("bank-b", bank_hold(network, "mule").hold_id, 200_000) is None
    network.settle()
    assert held_stretches(network, report) == [(0, 200_000)]
    network.spend("mule", 300_000)
    network.settle()
    assert told(network, report) == {"bank-b held": 200_000, "bank-b exited cash": 300_000}


def test_what_was_narrowed_away_is_told_as_released(store_for: StoreFor) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    network.narrow("bank-b", bank_hold(network, "mule").hold_id, 200_000)
    network.settle()
    assert told(network, report) == {"bank-b held": 200_000, "bank-b stopped released": 300_000}


def test_narrowing_twice_in_turn_keeps_the_smaller_sum(store_for: StoreFor) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    for keep in (200_000, 50_000):
        assert network.narrow("bank-b", bank_hold(network, "mule").hold_id, keep) is None
        network.wait(seconds=1)
    assert told(network, report)["bank-b held"] == 50_000


def test_narrowing_twice_before_the_core_has_booked_keeps_the_smaller_sum(store_for: StoreFor) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    for keep in (200_000, 50_000):
        assert network.narrow("bank-b", bank_hold(network, "mule").hold_id, keep) is None
        network.now = network.now.plus(MICROSECOND)
    network.settle()
    assert told(network, report)["bank-b held"] == 50_000


def test_an_officer_releases_a_hold_at_once(store_for: StoreFor) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    assert network.let_go("bank-b", bank_hold(network, "mule").hold_id) is None
    network.settle()
    assert told(network, report) == {"bank-b stopped released": 500_000}
    assert ends(network, report) == [("bank-b", HoldStatus.released, HoldEnd.by_officer)]
    assert is_free_at(network)


def test_nobody_looks_where_released_money_goes(store_for: StoreFor) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    network.let_go("bank-b", bank_hold(network, "mule").hold_id)
    network.settle()
    network.pay("t2", "mule", "dani", 500_000)
    network.settle()
    assert told(network, report) == {"bank-b stopped released": 500_000}


def test_a_confirmation_in_time_counts_although_its_message_comes_later(store_for: StoreFor) -> None:
    network = robbed(store_for)
    report = network.report("t1")
    network.now = network.now.plus(timedelta(hours=1, minutes=59, seconds=59))
    network.banks["bank-b"].is_away = True
    assert network.confirm("bank-b", bank_hold(network, "mule").hold_id) is None
    network.settle()
    network.wait(seconds=2)
    network.banks["bank-b"].is_away = False
    network.settle()
    assert bank_hold(network, "mule").held_minor == 500_000
    assert case_hold(network, report).status is HoldStatus.placed
