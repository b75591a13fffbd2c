"""Several cases on one account: a unit is held once, and what one case lets go is offered to the next in turn."""

from datetime import timedelta

from tarazy.agent.records import ACCOUNTS
from tarazy.app.store import Condition
from tarazy.domain.entry import AccountKind, EntryKind, ExitKind
from tarazy.domain.hold import LIVE_STATUSES, HoldStatus
from tarazy.values.ids import HoldId, ReportId
from tests.story import Network, StoreFor, robbed
from tests.story_reading import bank_hold, bank_holds, case_holds, pieces, told
from tests.unit.agent.scripted_core import scripted

TEN_MINUTES = timedelta(minutes=10)
LIVING_MINIMUM = 5_085_100


def chained(store_for: StoreFor) -> Network:
    """Let Aigul's money go through two more deceived people to ``last`` at bank C: three reports, the same units."""
    network = robbed(store_for)
    network.open("bank-c", last=0)
    network.pay("t2", "mule", "third", 500_000)
    network.settle()
    network.pay("t3", "third", "last", 500_000)
    network.settle()
    return network


def reported_in_turn(network: Network, *refs: str) -> list[ReportId]:
    reports = []
    for ref in refs:
        reports.append(network.report(ref))
        network.wait(minutes=10)
    return reports


def hold_of(network: Network, report: ReportId) -> HoldId:
    [hold] = [one for one in case_holds(network, report) if one.status in LIVE_STATUSES and one.held_minor]
    return hold.hold_id


def test_two_cases_on_one_account_each_hold_their_own_units(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.open("bank-c", berik=300_000)
    network.pay("t9", "berik", "mule", 300_000)
    network.settle()
    second, first = network.report("t9"), network.report("t1")
    assert told(network, first) == {"bank-b held": 500_000}
    assert told(network, second) == {"bank-b held": 300_000}
    assert sorted(hold.held_minor for hold in bank_holds(network, "mule")) == [300_000, 500_000]


def test_units_held_for_one_case_are_a_stop_for_the_other(store_for: StoreFor) -> None:
    network = chained(store_for)
    first, second = reported_in_turn(network, "t1", "t2")
    assert told(network, first) == {"bank-c held": 500_000}
    assert told(network, second) == {"bank-c stopped held_for_other_case": 500_000}
    assert bank_hold(network, "last").held_minor == 500_000


def test_released_units_go_to_the_claim_that_waits_under_its_own_expiry(store_for: StoreFor) -> None:
    network = chained(store_for)
    first, second = reported_in_turn(network, "t1", "t2")
    second_asked = pieces(network, second)[0].asked_at
    network.let_go("bank-c", hold_of(network, first))
    network.settle()
    assert told(network, second) == {"bank-c held": 500_000}
    [held] = [hold for hold in bank_holds(network, "last") if hold.status is HoldStatus.placed]
    assert held.expires_at == second_asked.plus(timedelta(hours=2))


def test_released_units_go_to_the_waiting_claims_in_the_order_of_their_reports(store_for: StoreFor) -> None:
    network = chained(store_for)
    first, second, third = reported_in_turn(network, "t2", "t3", "t1")
    network.let_go("bank-c", hold_of(network, first))
    network.settle()
    assert told(network, second) == {"bank-c held": 500_000}
    assert told(network, third) == {"bank-c stopped held_for_other_case": 500_000}
    network.let_go("bank-c", hold_of(network, second))
    network.settle()
    assert told(network, third) == {"bank-c held": 500_000}


def test_a_claim_that_waits_takes_only_its_own_part(store_for: StoreFor) -> None:
    network = chained(store_for)
    first = network.report("t1")
    second = network.report("t2", 200_000)
    network.let_go("bank-c", hold_of(network, first))
    network.settle()
    assert told(network, second) == {"bank-c held": 200_000}
    network.spend("last", 300_000)


def test_a_claim_whose_own_time_has_run_out_takes_nothing(store_for: StoreFor) -> None:
    network = chained(store_for)
    first = network.report("t1")
    network.confirm("bank-c", hold_of(network, first))
    second = network.report("t2")
    network.wait(hours=3)
    network.let_go("bank-c", hold_of(network, first))
    network.settle()
    assert "bank-c held" not in told(network, second)
    network.spend("last", 500_000)


def test_a_hold_that_nobody_confirmed_goes_to_the_claim_that_waits(store_for: StoreFor) -> None:
    network = chained(store_for)
    _, second = reported_in_turn(network, "t1", "t2")
    network.wait(hours=1, minutes=40)
    assert told(network, second) == {"bank-c held": 500_000}
    network.wait(minutes=10)
    assert "bank-c held" not in told(network, second)
    network.spend("last", 500_000)


def test_a_claim_that_took_over_can_be_confirmed(store_for: StoreFor) -> None:
    network = chained(store_for)
    first, second = reported_in_turn(network, "t1", "t2")
    network.let_go("bank-c", hold_of(network, first))
    network.settle()
    assert network.confirm("bank-c", hold_of(network, second)) is None
    network.wait(hours=20)
    assert told(network, second) == {"bank-c held": 500_000}


def test_only_what_no_claim_takes_repays_the_holders_debt(store_for: StoreFor) -> None:
    network = chained(store_for)
    first = network.report("t1")
    second = network.report("t2", 200_000)
    network.core("bank-c").force_debit(bank_hold(network, "last").account_id, 120_000, ExitKind.fee, network.now)
    network.settle()
    network.let_go("bank-c", hold_of(network, first))
    network.settle()
    [line] = network.rows("bank-c", ACCOUNTS, Condition("account_id", "=", "last"))
    assert told(network, second) == {"bank-c held": 200_000}
    assert (line.debt_minor, line.free_minor, line.held_minor) == (0, 180_000, 200_000)


def test_what_was_spent_before_the_waiting_claims_reserve_is_told_as_spent(store_for: StoreFor) -> None:
    network = chained(store_for)
    first, second = reported_in_turn(network, "t1", "t2")
    network.let_go("bank-c", hold_of(network, first))
    network.work("bank-c")
    network.spend("last", 500_000)
    network.settle()
    assert told(network, second) == {"bank-c exited cash": 500_000}


def test_a_hold_that_is_narrowed_before_its_reserve_is_booked_keeps_no_more(store_for: StoreFor) -> None:
    network = chained(store_for)
    first, second = network.report("t1", 300_000), network.report("t2")
    assert told(network, second)["bank-c held"] == 200_000
    network.let_go("bank-c", hold_of(network, first))
    network.work("bank-c")  # what was let go is given to the claim that waits, and asked of the core
    hold_id = hold_of(network, second)
    assert network.narrow("bank-c", hold_id, 250_000) is None
    network.settle()
    [kept] = [one for one in bank_holds(network, "last") if one.hold_id == hold_id]
    assert (kept.held_minor, kept.reserved_minor) == (250_000, 250_000)
    assert told(network, second)["bank-c held"] == 250_000
    network.spend("last", 250_000)


def pensioner(
    store_for: StoreFor, *, pension: int, stolen: int, days: int = 1, kind: AccountKind = AccountKind.personal
) -> Network:
    """Pay a pension and, ``days`` later, stolen money to ``dana`` of bank B, who then spends as much as the pension."""
    network = Network(store_for)
    network.open("bank-a", fund=10**9, aigul=10**9)
    network.open("bank-b", kind=kind, dana=0)
    network.pay("pension", "fund", "dana", pension, is_protected=True)
    network.wait(days=days)
    network.pay("t1", "aigul", "dana", stolen)
    network.settle()
    network.spend("dana", pension)
    network.settle()
    return network


def test_a_natural_persons_protected_receipts_stay_free_although_the_stolen_units_are_left(store_for: StoreFor) -> None:
    network = pensioner(store_for, pension=40_000, stolen=500_000)
    report = network.report("t1")
    assert told(network, report) == {"bank-b held": 460_000, "bank-b stopped protected": 40_000}
    network.spend("dana", 40_000)


def test_the_protected_floor_is_at_most_the_living_minimum(store_for: StoreFor) -> None:
    network = pensioner(store_for, pension=LIVING_MINIMUM + 700, stolen=LIVING_MINIMUM + 500)
    report = network.report("t1")
    assert told(network, report) == {"bank-b held": 500, "bank-b stopped protected": LIVING_MINIMUM}


def test_after_thirty_days_a_receipt_is_not_protected_any_more(store_for: StoreFor) -> None:
    network = pensioner(store_for, pension=40_000, stolen=500_000, days=30)
    assert told(network, network.report("t1")) == {"bank-b held": 500_000}


def test_a_firm_has_no_protected_floor(store_for: StoreFor) -> None:
    network = pensioner(store_for, pension=40_000, stolen=500_000, kind=AccountKind.business)
    assert told(network, network.report("t1")) == {"bank-b held": 500_000}


def test_where_all_of_it_is_protected_that_is_told(store_for: StoreFor) -> None:
    network = pensioner(store_for, pension=140_000, stolen=130_000)
    assert told(network, network.report("t1")) == {"bank-b stopped protected": 130_000}


def test_where_all_of_it_is_protected_nothing_is_held(store_for: StoreFor) -> None:
    network = pensioner(store_for, pension=140_000, stolen=130_000)
    report = network.report("t1")
    assert bank_holds(network, "dana") == []
    assert not case_holds(network, report)


def test_a_pension_that_comes_between_request_and_reserve_is_protected_too(store_for: StoreFor) -> None:
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    core.holds_back = True
    report = network.report("t1")
    core.books("mule", EntryKind.credit, 40_000, ref="pension", is_protected=True)
    core.books("mule", EntryKind.debit, 40_000, exit_kind=ExitKind.cash)
    core.catch_up()
    network.settle()
    assert told(network, report)["bank-b held"] == 460_000
