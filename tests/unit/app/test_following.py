"""Following a report's money: from bank to bank, as far as limits and law allow, and never further."""

import msgspec
import pytest

from tarazy.agent.records import FOLLOWS, HOLDS
from tarazy.agent.reference_core import CORE_RESERVES
from tarazy.app.messages import INBOX
from tarazy.app.records import EVENTS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import AccountKind, ExitKind
from tarazy.domain.hold import HoldStatus
from tarazy.domain.tracing import DEPTH_MAX
from tarazy.values.ids import AccountId
from tests.story import Network, StoreFor, robbed
from tests.story_people import opened
from tests.story_reading import case_holds, everything_but_refusals, pieces, told, tracing
from tests.unit.app.speaking import order_to, signed


def test_money_is_followed_and_held_at_every_bank_on_its_way(store_for: StoreFor) -> None:
    network = robbed(store_for, mule=50_000)
    network.pay("t2", "mule", "dani", 90_000)
    network.pay("t3", "mule", "third", 300_000)
    network.settle()
    network.spend("third", 100_000)
    network.settle()
    report = network.report("t1")
    assert told(network, report) == {
        "bank-b held": 160_000,
        "bank-c held": 40_000 + 200_000,
        "bank-c exited cash": 100_000,
    }
    assert [hold.status for hold in case_holds(network, report)] == [HoldStatus.placed] * 3
    assert network.balance("dani") == 90_000
    assert network.turned_down == []


def test_money_that_moves_after_the_report_is_followed_too(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=["bank-c"])
    report = network.report("t1")
    assert told(network, report) == {"bank-b stopped refused_by_law": 500_000}
    network.pay("t2", "mule", "dani", 120_000)
    network.settle()
    assert told(network, report) == {"bank-b stopped refused_by_law": 380_000, "bank-c held": 120_000}


def test_money_that_comes_back_to_the_first_bank_is_followed_there(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.open("bank-b", helper=0)
    network.pay("t2", "mule", "dani", 500_000)
    network.settle()
    network.pay("t3", "dani", "helper", 500_000)
    network.settle()
    report = network.report("t1")
    assert told(network, report) == {"bank-b held": 500_000}
    assert [piece.depth for piece in pieces(network, report)] == [0, 1, 2]


def test_a_payment_inside_one_bank_is_followed(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.open("bank-b", helper=0)
    network.pay("t2", "mule", "helper", 200_000)
    network.settle()
    report = network.report("t1")
    assert told(network, report) == {"bank-b held": 500_000}
    assert sorted(hold.held_minor for hold in case_holds(network, report)) == [200_000, 300_000]


def test_only_the_claimed_units_are_followed(store_for: StoreFor) -> None:
    network = robbed(store_for)
    report = network.report("t1", 120_000)
    assert told(network, report) == {"bank-b held": 120_000}
    network.spend("mule", 380_000)
    network.settle()
    assert told(network, report) == {"bank-b held": 120_000}


def chain_of(network: Network, hops: int, amount: int) -> None:
    """Let money go from the mule through ``hops`` accounts of banks C and B in turn."""
    payer = "mule"
    for hop in range(hops):
        payee, bank = f"hop{hop}", ("bank-c", "bank-b")[hop % 2]
        network.accounts[payee] = bank
        network.core(bank).open_account(opened(payee, 0, AccountKind.personal))
        network.pay(f"onward{hop}", payer, payee, amount)
        network.settle()
        payer = payee


def test_the_last_followed_depth_is_seven_and_the_eighth_is_a_stop(store_for: StoreFor) -> None:
    network = robbed(store_for)
    chain_of(network, DEPTH_MAX, 500_000)
    report = network.report("t1")
    assert told(network, report) == {"bank-b stopped depth": 500_000}
    assert [piece.depth for piece in pieces(network, report)] == list(range(DEPTH_MAX + 1))
    assert not case_holds(network, report)


def test_money_just_within_the_depth_is_held(store_for: StoreFor) -> None:
    network = robbed(store_for)
    chain_of(network, DEPTH_MAX - 1, 500_000)
    assert told(network, network.report("t1")) == {"bank-c held": 500_000}


@pytest.mark.parametrize(("amount", "what"), [(99, "stopped dust"), (100, "held")])
def test_a_piece_below_one_unit_of_the_currency_is_not_followed(store_for: StoreFor, amount: int, what: str) -> None:
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", amount)
    network.settle()
    report = network.report("t1")
    assert told(network, report) == {"bank-b held": 500_000 - amount, f"bank-c {what}": amount}
    assert len(network.rows("bank-c", FOLLOWS)) == (what == "held")


def test_money_that_went_to_an_institution_that_has_not_joined_is_a_stop(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.pay("t2", "mule", "bank-x/somebody", 200_000)
    network.settle()
    report = network.report("t1")
    assert told(network, report) == {"bank-b held": 300_000, "bank-x stopped not_connected": 200_000}


def test_in_shadow_everything_is_traced_and_nothing_held(store_for: StoreFor) -> None:
    network = robbed(store_for, levels={"bank-b": "shadow"})
    network.pay("t2", "mule", "dani", 200_000)
    network.settle()
    report = network.report("t1")
    assert told(network, report) == {"bank-b stopped shadow": 300_000, "bank-c held": 200_000}
    assert network.rows("bank-b", HOLDS) == []
    assert [hold.participant_id for hold in case_holds(network, report)] == ["bank-c"]


def test_under_the_bare_pack_nobody_is_asked_and_the_open_questions_are_named(store_for: StoreFor) -> None:
    network = robbed(store_for, pack="kz")
    report = network.report("t1")
    assert told(network, report) == {"bank-b stopped refused_by_law": 500_000}
    [piece] = pieces(network, report)
    assert piece.refused_by[0] == "M2t"
    assert "question:4" in piece.refused_by
    assert network.rows("bank-b", FOLLOWS) == []
    assert piece.disclosure_id is None


def test_without_a_mandate_money_is_traced_and_not_held(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=[])
    report = network.report("t1")
    assert told(network, report) == {"bank-b stopped refused_by_law": 500_000}
    [piece] = pieces(network, report)
    assert piece.refused_by[0] == "M4b"
    assert piece.disclosure_id is not None
    assert network.rows("bank-b", HOLDS) == []


def test_above_the_ceiling_of_the_mandate_money_is_traced_and_not_held(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=[])
    network.sign_mandate("bank-b", ceiling=499_999)
    network.settle()
    assert told(network, network.report("t1")) == {"bank-b stopped refused_by_law": 500_000}


def test_up_to_the_ceiling_of_the_mandate_money_is_held(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=[])
    network.sign_mandate("bank-b", ceiling=500_000)
    network.settle()
    assert told(network, network.report("t1")) == {"bank-b held": 500_000}


def test_a_mandate_in_another_currency_does_not_count(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=[])
    network.sign_mandate("bank-b", currency="USD")
    network.settle()
    assert told(network, network.report("t1")) == {"bank-b stopped refused_by_law": 500_000}


def test_an_ended_mandate_does_not_count(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=[])
    network.sign_mandate("bank-b", days=1)
    network.wait(days=1)
    assert told(network, network.report("t1")) == {"bank-b stopped refused_by_law": 500_000}


def test_the_hours_of_the_mandate_are_the_end_of_the_hold(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=[])
    network.sign_mandate("bank-b", hours=10)
    network.settle()
    [hold] = case_holds(network, network.report("t1"))
    assert hold.expires_at_most.since(hold.asked_at).total_seconds() == 10 * 3600


def test_a_pooled_account_is_a_stop(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.open("bank-c", kind=AccountKind.pooled, wallets=0)
    network.pay("t2", "mule", "wallets", 500_000)
    network.settle()
    network.spend("wallets", 400_000, ExitKind.crypto)
    network.settle()
    report = network.report("t1")
    assert told(network, report) == {"bank-c stopped pooled": 500_000}
    assert network.rows("bank-c", HOLDS) == []


def test_every_question_to_a_bank_is_recorded_with_its_norms(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 200_000)
    network.settle()
    report = network.report("t1")
    asked = network.rows("exchange", EVENTS, Condition("kind", "=", "hold_requested"))
    assert {event.details["disclosure"] for event in asked} == {
        piece.disclosure_id for piece in pieces(network, report)
    }
    assert all(event.norms for event in asked)


def test_the_tracing_counts_its_pieces(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 200_000)
    network.pay("t3", "mule", "bank-x/somebody", 100_000)
    network.settle()
    assert tracing(network, network.report("t1")).pieces == 3


@pytest.mark.parametrize("to_minor", [300_000, 500_000])
def test_a_known_order_under_a_new_message_reserves_nothing_more(store_for: StoreFor, to_minor: int) -> None:
    network = robbed(store_for)
    report = network.report("t1", 300_000)
    assert told(network, report) == {"bank-b held": 300_000}
    before = {name: rows for name, rows in everything_but_refusals(network, "bank-b").items() if name != INBOX.name}
    order = order_to(network, "bank-b")
    body = msgspec.structs.replace(order.body, to_minor=to_minor)
    again = msgspec.structs.replace(order, message_id="order-again", body=body)
    [result] = network.peer("bank-b").receive([signed(again, EXCHANGE_ID)], network.now)
    assert (result.status, result.replies) == ("accepted", ())
    network.settle()
    after = everything_but_refusals(network, "bank-b")
    assert {name: after[name] for name in before} == before
    [reserve] = network.rows("bank-b", CORE_RESERVES)
    assert reserve.amount_minor == 300_000
    assert network.core("bank-b").account(AccountId("mule")).reserved_minor == 300_000  # type: ignore[union-attr]
    assert told(network, report) == {"bank-b held": 300_000}
