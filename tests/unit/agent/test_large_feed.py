"""A large feed is booked on a faster road where the store has one, and leaves the same rows as on the general one."""

from collections.abc import Sequence
from typing import Any

import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.postgres.ingest import book_simple_runs
from tarazy.agent.core_loop import BookFirst
from tarazy.agent.core_port import CoreVerb
from tarazy.agent.program import LARGE_FEED_MIN, CoreRound
from tarazy.agent.records import AGENT_TABLES, CORE_COMMANDS
from tarazy.app.store import Store, StoreAway, Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import AccountEntry, EntryKind, ExitKind
from tarazy.values.ids import TransferRef
from tarazy.values.replacing import replace
from tests.story import Network
from tests.story_stores import StoryDatabases, story_databases
from tests.unit.agent.scripted_core import ScriptedCore, scripted

__all__ = ["story_databases"]

BANK = "bank-b"
SIMPLE = 3 * LARGE_FEED_MIN


class Road:
    """The faster road, and how many entries it was given and has left."""

    def __init__(self, book_first: BookFirst) -> None:
        self.book_first = book_first
        self.given: list[int] = []
        self.left: list[int] = []

    def __call__(self, tx: Transaction, entries: Sequence[AccountEntry]) -> Sequence[AccountEntry]:
        left = self.book_first(tx, entries)
        self.given.append(len(entries))
        self.left.append(len(left))
        return left


def given_a_large_feed(store: Store, road: BookFirst | None) -> tuple[Network, ScriptedCore]:
    """Return a network whose bank B has a hold to ask of its core, and very much to read of it."""
    network, core = scripted(lambda name: store if name == BANK else MemoryStore())
    bank = network.banks[BANK]
    bank.agent = replace(bank.agent, book_first=road)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    for name in ("overdrawn", "returning", "behind", "busy", *(f"a-{number}" for number in range(10, 40))):
        core.opens(name, 100)
    network.settle()
    bank.is_asleep = True
    network.report("t1")
    network.carry(EXCHANGE_ID, BANK)
    book_much(core)
    return network, core


def book_much(core: ScriptedCore) -> None:
    core.books("mule", EntryKind.debit, 120_000, exit_kind=ExitKind.cash)
    for number in range(SIMPLE):
        name = f"a-{number % 40}"
        if number < 10:
            core.opens(name, 100)
        if number % 3 == 2:
            core.books(name, EntryKind.debit, 7, exit_kind=ExitKind.card)
        else:
            core.books(name, EntryKind.credit, 5, ref=f"ref-{number}")
        core.books("busy", EntryKind.credit, 3, ref=f"busy-{number}")
    core.books("overdrawn", EntryKind.debit, 130, exit_kind=ExitKind.cash)
    core.books("overdrawn", EntryKind.credit, 20, ref="over-1")
    core.books("returning", EntryKind.credit, 60, ref="back-1")
    core.books("returning", EntryKind.return_, 60, original_ref=TransferRef("back-1"), ref="back-2")
    core.makes("behind", EntryKind.credit, 1, ref="never-told")
    core.books("behind", EntryKind.credit, 2, ref="told-too-early")
    core.books("nobody's", EntryKind.credit, 1, ref="astray")
    core.books("a-0", EntryKind.credit, 1, ref="dollars", currency="USD")


def rows(store: Store) -> dict[str, list[Any]]:
    return {table.name: store.run(lambda tx, table=table: tx.find(table)) for table in AGENT_TABLES}  # type: ignore[misc]


def comparable(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return rows without what differs from one story to the next: a store's numbers, and how a reference is sealed."""
    found["inbox"] = [replace(row, text="", digest="") for row in found["inbox"]]
    return {
        name: [replace(row, serial=0) if hasattr(row, "serial") else row for row in kept]
        for name, kept in found.items()
    }


@pytest.fixture
def stores(story_databases: StoryDatabases) -> dict[str, Store]:
    return {
        "fast": story_databases.empty("bank-b"),
        "general": story_databases.empty("bank-c"),
        "memory": MemoryStore(),
    }


def taken(network: Network, *, by_round: bool) -> CoreRound:
    agent = network.banks[BANK].agent
    if by_round:
        return agent.core_round(network.now)
    return CoreRound(agent.ask_core(network.now), *agent.read_feed(network.now))


@pytest.mark.parametrize("by_round", [True, False], ids=["core_round", "ask_and_read"])
def test_a_large_feed_leaves_the_same_rows_on_either_road(stores: dict[str, Store], by_round: bool) -> None:
    road = Road(book_simple_runs)
    came_of: dict[str, Any] = {}
    for name, store in stores.items():
        network, core = given_a_large_feed(store, road if name == "fast" else None)
        done, halfway = taken(network, by_round=by_round), comparable(rows(store))
        network.banks[BANK].is_asleep = False
        network.settle()
        asked = [(one.verb, one.amount_minor) for one in core.asked]
        came_of[name] = done, asked, halfway, comparable(rows(store))
    assert road.given == [2 * SIMPLE + 9]
    assert 0 < road.left[0] < SIMPLE // 2, "accounts opened in the feed, and odd ones"
    assert came_of["fast"] == came_of["general"]
    assert came_of["fast"] == came_of["memory"]
    done = came_of["fast"][0]
    assert done.asked == 1
    assert sorted(fault.rejection for fault in done.faults) == ["account_unknown", "currency_of_account_differs"]


def test_a_small_feed_is_taken_together_with_what_was_asked(stores: dict[str, Store]) -> None:
    store = stores["fast"]
    road = Road(book_simple_runs)
    network, core = given_a_large_feed(store, road)
    network.banks[BANK].agent.core_round(network.now)
    core.books("busy", EntryKind.credit, 3, ref="one-more")
    assert network.banks[BANK].agent.core_round(network.now).read > 0
    assert len(road.given) == 1


def test_a_large_feed_that_cannot_be_taken_is_read_again(stores: dict[str, Store]) -> None:
    """What was asked of the core is settled before, in a transaction of its own; the feed's position has not moved."""

    def away(tx: Transaction, entries: Sequence[AccountEntry]) -> Sequence[AccountEntry]:
        raise StoreAway

    store = stores["memory"]
    network, core = given_a_large_feed(store, away)
    bank = network.banks[BANK]
    with pytest.raises(StoreAway):
        bank.agent.core_round(network.now)
    assert [row.done_at for row in store.run(lambda tx: tx.find(CORE_COMMANDS))] == [network.now]
    bank.agent = replace(bank.agent, book_first=None)
    assert bank.agent.core_round(network.now).read > 2 * SIMPLE
    bank.is_asleep = False
    network.settle()
    assert [one.verb for one in core.asked].count(CoreVerb.reserve) == 1
