"""When our own program fails on a message: that message is refused and shown, and the others are let in."""

from collections.abc import Sequence

import pytest

from tarazy.app.exchange import EXCHANGE_HANDLERS, EXCHANGE_REFUSED
from tarazy.app.messages import INBOX, OUTBOX, REFUSED_MESSAGES, Handled, Handler, Outgoing
from tarazy.app.peer import Peer
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.protocol import jws
from tarazy.protocol.bodies import ReportFiled
from tarazy.protocol.message import Envelope
from tarazy.values.ids import ParticipantId
from tarazy.values.replacing import replace
from tests.story import Network, StoreFor, robbed
from tests.story_reading import told


class Planted(Exception):
    """The bug."""


def failing_on(claim_minor: int) -> dict[str, Handler]:
    """Return the exchange's handlers with a bug that shows at one claim, after it has written something."""

    def broken(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> Sequence[Handled]:
        outcomes = EXCHANGE_HANDLERS["report_filed"](tx, envelopes, setting)
        if any(isinstance(one.body, ReportFiled) and one.body.claim_minor == claim_minor for one in envelopes):
            raise Planted
        return outcomes

    return {**EXCHANGE_HANDLERS, "report_filed": broken}


def with_bug(network: Network, bugs: list[Exception]) -> Peer:
    return replace(network.exchange, handlers=failing_on(111_000), on_bug=bugs.append)


def test_one_message_that_meets_a_bug_holds_up_no_other(store_for: StoreFor) -> None:
    network = robbed(store_for)
    bugs: list[Exception] = []
    network.open("bank-a", other=300_000)
    network.pay("t2", "other", "dani", 111_000)
    network.settle()
    network.exchange = with_bug(network, bugs)
    network.banks["bank-a"].is_away = True
    poisoned, good = network.report("t2"), network.report("t1")
    network.banks["bank-a"].is_away = False
    network.settle()
    assert told(network, good) == {"bank-b held": 500_000}
    assert [type(bug) for bug in bugs] == [Planted, Planted]
    [refused] = network.rows(EXCHANGE_ID, REFUSED_MESSAGES)
    assert (refused.claimed_sender, refused.refusal) == ("bank-a", "fault_here")
    assert all(row.kind != "report_filed" or poisoned not in row.text for row in network.rows(EXCHANGE_ID, INBOX))
    [sent] = [row for row in network.rows("bank-a", OUTBOX) if row.refusal]
    assert (sent.refusal, sent.done_at is not None) == ("fault_here", True)


def test_a_reply_that_meets_a_bug_ends_its_order_all_the_same(store_for: StoreFor) -> None:
    network = robbed(store_for)
    bugs: list[Exception] = []

    def broken(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> Sequence[Handled]:
        raise Planted

    network.exchange = replace(network.exchange, handlers={**EXCHANGE_HANDLERS, "answer": broken}, on_bug=bugs.append)
    network.report("t1")
    assert bugs
    assert {row.refusal for row in network.rows(EXCHANGE_ID, REFUSED_MESSAGES)} == {"fault_here"}
    assert all(row.done_at is not None for row in network.rows(EXCHANGE_ID, OUTBOX))


def test_a_refusal_that_meets_a_bug_ends_its_order_and_holds_up_no_other(store_for: StoreFor) -> None:
    network = robbed(store_for)
    bugs: list[Exception] = []
    network.open("bank-b", other=0)
    network.open("bank-a", second=300_000)
    network.pay("t2", "second", "other", 111_000)
    network.settle()
    bank = network.banks["bank-b"]
    handlers = {kind: handler for kind, handler in bank.agent.peer.handlers.items() if kind != "follow_order"}
    bank.agent = replace(bank.agent, peer=replace(bank.agent.peer, handlers=handlers))

    def broken(tx: Transaction, outgoing: Outgoing, refusal: str, setting: Setting) -> None:
        EXCHANGE_REFUSED["follow_order"](tx, outgoing, refusal, setting)
        if f'"to_minor":{111_000}' in payload_of(outgoing):
            raise Planted

    network.exchange = replace(network.exchange, refused={"follow_order": broken}, on_bug=bugs.append)
    network.banks["bank-b"].is_away = True
    poisoned, good = network.report("t2"), network.report("t1")
    network.banks["bank-b"].is_away = False
    network.settle()
    assert [type(bug) for bug in bugs] == [Planted, Planted]
    assert told(network, good) == {"bank-b stopped order_refused": 500_000}
    assert told(network, poisoned) == {"bank-b asked": 111_000}
    orders = [row for row in network.rows(EXCHANGE_ID, OUTBOX) if row.kind == "follow_order"]
    assert [(row.refusal, row.done_at is not None) for row in orders] == [("kind_not_taken_here", True)] * 2


def payload_of(outgoing: Outgoing) -> str:
    return jws.read(outgoing.text).payload.decode()


def test_unless_told_otherwise_a_bug_is_raised(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.exchange = replace(network.exchange, handlers=failing_on(500_000))
    with pytest.raises(Planted):
        network.report("t1")
    assert network.rows(EXCHANGE_ID, REFUSED_MESSAGES) == []


def test_a_repetition_on_which_a_handler_trips_is_no_bug(store_for: StoreFor) -> None:
    """The first try takes every message for new; what comes of that is nothing before the next has looked."""
    network = robbed(store_for)
    bugs: list[Exception] = []
    seen: set[str] = set()

    def trips_on_what_it_knows(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> Sequence[Handled]:
        if not seen.isdisjoint(one.message_id for one in envelopes):
            raise Planted
        return EXCHANGE_HANDLERS["report_filed"](tx, envelopes, setting)

    handlers = {**EXCHANGE_HANDLERS, "report_filed": trips_on_what_it_knows}
    network.exchange = replace(network.exchange, handlers=handlers, on_bug=bugs.append)
    network.file("t1")
    [message] = network.peer("bank-a").waiting_for(ParticipantId(EXCHANGE_ID))
    [first] = network.exchange.receive([message.text], network.now)
    seen.add(message.message_id)
    [again] = network.exchange.receive([message.text], network.now)
    assert (first.status, again.status, bugs) == ("accepted", "replayed", [])
