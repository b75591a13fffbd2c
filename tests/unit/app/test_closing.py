"""Whole accounts (M8): closed by a judge alone, beside the traced sum, with something free, and never for longer."""

from datetime import timedelta
from typing import Any

import pytest

from tarazy.agent.core_posting import AccountClosed
from tarazy.agent.core_records import EnteredState
from tarazy.agent.measure_records import HOLD_MEASURES
from tarazy.agent.reference_core import CORE_ACCOUNTS, CORE_PAYMENTS, CORE_RESERVES, Payment, ReferenceCore
from tarazy.app.measure_records import Motion, Schedule
from tarazy.app.schedules import ActRefused
from tarazy.domain.hold import HoldStatus
from tarazy.domain.measure import MeasureEnd, MeasureStatus
from tarazy.domain.motion import LineDecision, MotionAsk
from tarazy.domain.rejection import Rejection
from tarazy.law.safeguards import Exclusion
from tarazy.protocol.statement import Act
from tarazy.simulation.closing_law import LIVING_MINOR, closing_pack
from tarazy.values.ids import AccountId, ParticipantId, TransferRef
from tests.measuring import (
    act_upon,
    ask,
    begin,
    case_of,
    court,
    decide,
    do_begin,
    grants,
    hold_at,
    lift,
    line,
    measures,
    registered,
    standing,
)
from tests.story import Network, StoreFor, robbed
from tests.story_reading import bank_hold

GRANTED, NARROWED, STRUCK = LineDecision.granted, LineDecision.narrowed, LineDecision.struck
OWN = 20_000_000
"""What the holder at bank B has of their own, in minor units: much more than the traced sum."""


def network_with(store_for: StoreFor, **options: Any) -> Network:
    network = robbed(store_for, mule=OWN, pack=closing_pack(), **options)
    network.report("t1")
    registered(network, case_of(network))
    return network


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """A network in which bank B holds what was traced, in a registered case, under a law that knows M8."""
    return network_with(store_for)


def closed(network: Network, decision: LineDecision = GRANTED, *, days: float = 10) -> None:
    motion = ask(network, case_of(network), measure="M8", days=days)
    assert isinstance(motion, Motion), motion
    network.settle()
    court(network)
    done = decide(network, motion, grants(network, motion, [decision]), measure="M8")
    assert not isinstance(done, ActRefused), done
    network.settle()


def refusal(network: Network, amount: int, purpose: Exclusion | None = None) -> AccountClosed | None:
    """Let the holder pay; return why the core did not let it out."""
    try:
        network.core("bank-b").pay(payment(network, amount, purpose), AccountId("mule"), network.now)
    except AccountClosed as no:
        return no
    network.settle()
    return None


def payment(network: Network, amount: int, purpose: Exclusion | None = None) -> Payment:
    return Payment(
        payment_id=TransferRef(f"p{len(network.rows('bank-b', CORE_PAYMENTS))}"),
        serial=0,
        from_participant=ParticipantId("bank-b"),
        to_participant=ParticipantId("bank-c"),
        to_account=AccountId("third"),
        for_report=None,
        amount_minor=amount,
        currency="KZT",
        is_protected=False,
        sent_at=network.now,
        original_ref=None,
        done_at=None,
        purpose=purpose,
    )


def closures(network: Network) -> list[Any]:
    return [one.closure for one in network.rows("bank-b", CORE_RESERVES) if one.closure is not None]


def reserved(network: Network) -> int:
    return sum(one.reserved_minor for one in network.rows("bank-b", CORE_ACCOUNTS))


def test_a_judge_closes_the_account_and_what_one_lives_on_stays_free(network: Network) -> None:
    before = reserved(network)
    assert refusal(network, LIVING_MINOR + 1) is None
    closed(network)
    [measure] = measures(network, "M8")
    assert (measure.status, measure.held_minor) == (MeasureStatus.in_force, measure.cap_minor)
    assert reserved(network) == before
    no = refusal(network, LIVING_MINOR + 1)
    assert no is not None
    assert (no.left_minor, no.until) == (LIVING_MINOR, bank_hold(network, "mule").expires_at)
    assert refusal(network, LIVING_MINOR - 100) is None
    again = refusal(network, 101)
    assert again is not None
    assert again.left_minor == 100
    assert refusal(network, 100) is None
    assert refusal(network, 1, Exclusion.wages) is not None
    assert refusal(network, 3_000_000, Exclusion.taxes) is None
    assert refusal(network, 3_000_000, Exclusion.defence_costs) is None


def test_card_and_cash_are_counted_too(network: Network) -> None:
    closed(network)
    network.spend("mule", LIVING_MINOR - 10)
    with pytest.raises(AccountClosed):
        network.spend("mule", 11)
    network.spend("mule", 10)
    network.settle()


@pytest.mark.parametrize(("days", "state"), [(1, EnteredState.declined), (5, EnteredState.executed)])
def test_a_payment_that_waited_is_let_out_as_the_account_is_when_it_is_executed(
    network: Network, days: int, state: EnteredState
) -> None:
    closed(network, days=5)
    gate, at = network.core("bank-b").payment_gate, network.now.plus(timedelta(days=days))
    wanted = payment(network, LIVING_MINOR + 1)
    gate.enter(wanted, AccountId("mule"), at, network.now)
    gate.execute_due(at)
    entered = gate.entered(wanted.payment_id)
    assert entered is not None
    assert entered.state is state


def test_money_that_comes_in_is_credited(network: Network) -> None:
    closed(network)
    before = network.balance("mule")
    network.pay("t9", "aigul", "mule", 1_000)
    network.settle()
    assert network.balance("mule") == before + 1_000


def test_it_ends_with_its_time_by_the_cores_own_clock(network: Network) -> None:
    closed(network, days=5)
    network.banks["bank-b"].is_away = True
    network.wait(days=4, hours=23)
    assert refusal(network, LIVING_MINOR + 1) is not None
    network.wait(hours=1)
    assert refusal(network, LIVING_MINOR + 1) is None
    assert closures(network) == []


def test_whoever_lifts_it_opens_the_account_at_once(network: Network) -> None:
    closed(network)
    [measure] = measures(network, "M8")
    lift(network, measure)
    network.settle()
    assert bank_hold(network, "mule").status is HoldStatus.released
    assert refusal(network, LIVING_MINOR + 1) is None


def test_a_measure_upon_the_sum_alone_takes_over_and_the_account_is_open(network: Network) -> None:
    closed(network)
    network.wait(hours=1)
    motion = ask(network, case_of(network), measure="M9", days=60)
    assert isinstance(motion, Motion), motion
    network.settle()
    assert closures(network), "what only waits for its decision opens nothing"
    decide(network, motion, grants(network, motion, [GRANTED]))
    network.settle()
    assert (closures(network), bank_hold(network, "mule").closes) == ([], None)
    assert bank_hold(network, "mule").status is HoldStatus.placed
    assert {one.end for one in measures(network, "M8")} == {MeasureEnd.carried_on}
    assert refusal(network, LIVING_MINOR + 1) is None


def test_a_narrower_sum_leaves_it_closed_and_a_struck_line_does_not(store_for: StoreFor) -> None:
    narrowed = network_with(store_for)
    closed(narrowed, NARROWED)
    assert refusal(narrowed, LIVING_MINOR + 1) is not None
    assert bank_hold(narrowed, "mule").held_minor == measures(narrowed, "M8")[0].cap_minor


def test_a_struck_line_closes_nothing(network: Network) -> None:
    closed(network, STRUCK)
    assert closures(network) == []
    assert refusal(network, LIVING_MINOR + 1) is None


def test_nobody_begins_it_without_a_judge(network: Network) -> None:
    case_id = case_of(network)
    lines = [line(network, hold) for hold in standing(network, case_id)]
    done = do_begin(network, act_upon(network, case_id, lines, Act.begin_measure, "M8"))
    assert isinstance(done, ActRefused)
    assert done.rejection is Rejection.measure_refused_by_law
    assert closures(network) == []


def test_it_is_not_extended_beyond_its_time(network: Network) -> None:
    closed(network, days=14)
    network.wait(hours=1)
    done = ask(network, case_of(network), measure="M8", days=20, what=MotionAsk.extend)
    assert isinstance(done, ActRefused)
    assert done.rejection is Rejection.measure_refused_by_law


def test_where_the_law_does_not_know_it_nobody_asks_for_it(store_for: StoreFor) -> None:
    network = robbed(store_for, mule=OWN)
    network.report("t1")
    registered(network, case_of(network))
    done = ask(network, case_of(network), measure="M8", days=10)
    assert isinstance(done, ActRefused)
    assert done.rejection is Rejection.measure_refused_by_law


def test_a_bank_whose_core_cannot_close_says_so_and_holds_on_what_it_had(
    store_for: StoreFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReferenceCore, "can_close", False)
    network = network_with(store_for)
    begun = begin(network, case_of(network))
    assert isinstance(begun, Schedule), begun
    network.settle()
    closed(network)
    [refused] = measures(network, "M8")
    assert refused.end is MeasureEnd.hold_has_ended
    [before] = measures(network, "M5")
    hold = bank_hold(network, "mule")
    assert (hold.status, hold.carried_by, hold.closes) == (HoldStatus.placed, before.measure_id, None)
    assert closures(network) == []
    assert refusal(network, LIVING_MINOR + 1) is None


def test_the_bank_believes_its_own_pack_and_not_the_exchange(store_for: StoreFor) -> None:
    """A bank under a law without M8 closes nothing, whatever a judge elsewhere has signed."""
    network = network_with(store_for, packs={"bank-b": "kz-demo"})
    closed(network)
    assert closures(network) == []
    assert [one.measure for one in network.rows("bank-b", HOLD_MEASURES)] == []
    assert hold_at(network, "bank-b").carried_by is None
