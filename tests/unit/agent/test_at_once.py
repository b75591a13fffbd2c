"""Asking a quick core before the exchange is answered: the same result, with one message fewer."""

import pytest

from tarazy.agent.core_port import CoreVerb
from tarazy.agent.records import CORE_COMMANDS, FOLLOWS, HOLDS, WAITING_ENTRIES
from tarazy.agent.reference_core import CORE_ACCOUNTS
from tarazy.app.messages import INBOX, OUTBOX
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import EntryKind, ExitKind
from tarazy.domain.hold import HoldStatus
from tarazy.values.ids import ParticipantId
from tests.story import Network, StoreFor, robbed
from tests.story_reading import case_hold, case_holds, pieces, told, tracing
from tests.unit.agent.scripted_core import ScriptedCore, scripted


def answers_pushed(network: Network, bank: str) -> int:
    return sum(message.kind == "answer" for message in network.at(bank, lambda tx, _: tx.find(OUTBOX)))


def quick(store_for: StoreFor) -> tuple[Network, ScriptedCore]:
    network, core = scripted(store_for, asks_at_once=True)
    core.tells_at_once = True
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    network.settle()
    return network, core


def test_the_first_reply_says_what_the_core_has_reserved(store_for: StoreFor) -> None:
    network = robbed(store_for, asks_at_once=True, mule=50_000)
    network.pay("t2", "mule", "dani", 90_000)
    network.settle()
    report = network.report("t1")
    assert told(network, report) == {"bank-b held": 460_000, "bank-c held": 40_000}
    assert [hold.status for hold in case_holds(network, report)] == [HoldStatus.placed] * 2
    assert [answers_pushed(network, bank) for bank in ("bank-b", "bank-c")] == [0, 0]
    assert [piece.answer_no for piece in pieces(network, report)] == [2, 2]


def test_whoever_asks_again_gets_the_newer_reply(store_for: StoreFor) -> None:
    network, _ = quick(store_for)
    network.losing.add((EXCHANGE_ID, "bank-b"))
    report = network.report("t1")
    assert told(network, report) == {"bank-b held": 500_000}
    kept = [row for row in network.at("bank-b", lambda tx, _: tx.find(INBOX)) if row.kind == "follow_order"]
    assert len(kept) == 1
    assert len(kept[0].replies) == 1
    assert answers_pushed(network, "bank-b") == 0


def test_a_core_that_is_away_costs_only_the_second_message(store_for: StoreFor) -> None:
    network, core = quick(store_for)
    core.is_away = True
    network.banks["bank-b"].is_asleep = True
    report = network.report("t1")
    network.carry(EXCHANGE_ID, "bank-b")
    assert told(network, report) == {"bank-b requested": 500_000}
    core.is_away = False
    network.banks["bank-b"].is_asleep = False
    network.settle()
    assert told(network, report) == {"bank-b held": 500_000}
    assert answers_pushed(network, "bank-b") == 1


@pytest.mark.parametrize("tells_at_once", [True, False])
def test_the_feed_says_the_same_again_and_changes_nothing(store_for: StoreFor, tells_at_once: bool) -> None:
    network, core = quick(store_for)
    core.tells_at_once = tells_at_once
    report = network.report("t1")
    network.settle()
    assert told(network, report) == {"bank-b held": 500_000}
    assert [asked.verb for asked in core.asked] == [CoreVerb.reserve]
    (hold,) = network.at("bank-b", lambda tx, _: tx.find(HOLDS))
    assert (hold.reserved_minor, hold.held_minor, hold.asked_minor) == (500_000, 500_000, 0)
    assert all(row.done_at is not None for row in network.at("bank-b", lambda tx, _: tx.find(CORE_COMMANDS)))


def test_an_entry_that_is_told_before_those_before_it_waits_for_them(store_for: StoreFor) -> None:
    network, core = quick(store_for)
    network.banks["bank-b"].is_asleep = True
    core.books("mule", EntryKind.debit, 200_000, exit_kind=ExitKind.cash)
    report = network.report("t1")
    network.carry(EXCHANGE_ID, "bank-b")
    assert len(network.at("bank-b", lambda tx, _: tx.find(WAITING_ENTRIES))) == 1
    network.banks["bank-b"].is_asleep = False
    network.settle()
    assert told(network, report) == {"bank-b held": 300_000, "bank-b exited cash": 200_000}
    assert network.at("bank-b", lambda tx, _: tx.find(WAITING_ENTRIES)) == []
    assert network.banks["bank-b"].faults == []


def test_a_reserve_of_nothing_is_replied_as_declined(store_for: StoreFor) -> None:
    network, core = quick(store_for)
    core.reserves_at_most = 0
    report = network.report("t1")
    assert case_hold(network, report).status is HoldStatus.declined
    assert told(network, report) == {"bank-b stopped core_reserved_less": 500_000}
    assert answers_pushed(network, "bank-b") == 0


def test_money_that_moves_on_later_is_told_by_a_message(store_for: StoreFor) -> None:
    network = robbed(store_for, asks_at_once=True, mandated=["bank-c"])
    report = network.report("t1")
    network.pay("t2", "mule", "dani", 120_000)
    network.settle()
    assert told(network, report) == {"bank-b stopped refused_by_law": 380_000, "bank-c held": 120_000}
    assert answers_pushed(network, "bank-b") == 1
    assert tracing(network, report).asking_minor == 0
    (follow,) = network.at("bank-c", lambda tx, _: tx.find(FOLLOWS))
    assert follow.answer_no == 2
    core = network.at("bank-c", lambda tx, _: tx.find(CORE_ACCOUNTS))
    assert sum(account.reserved_minor for account in core) == 120_000


def test_what_was_spent_while_the_core_was_asked_is_told_in_the_first_reply(store_for: StoreFor) -> None:
    network = robbed(store_for, asks_at_once=True)
    network.file("t1")
    network.carry("bank-a", EXCHANGE_ID)
    bank = network.banks["bank-b"]
    texts = [message.text for message in network.exchange.waiting_for(ParticipantId("bank-b"))]
    results, decided = bank.agent.receive(texts, network.now)
    network.spend("mule", 200_000)
    assert bank.agent.read_feed(network.now) == (1, [])
    _, done = bank.agent.ask_before_replying(results, decided, network.now)
    assert done.faults == []
    (follow,) = network.rows("bank-b", FOLLOWS)
    assert [(share.kind, share.from_minor, share.to_minor, share.detail) for share in follow.shares] == [
        ("exited", 0, 200_000, "cash"),
        ("held", 200_000, 500_000, None),
    ]
