"""How often a program asks its database for a batch of messages: as often for many as for one."""

from collections.abc import Iterator, Sequence

import pytest
from psycopg.pq.abc import PGresult

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.postgres.embedded import EmbeddedServer
from tarazy.adapters.postgres.migrations import migrate
from tarazy.adapters.postgres.session import Session
from tarazy.adapters.postgres.statements import Call
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.agent.records import CORE_COMMANDS, FOLLOWS, HOLDS
from tarazy.app.messages import INBOX
from tarazy.app.store import Store
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.values.ids import ParticipantId
from tests.postgres import fresh_database
from tests.story import Network, robbed

pytestmark = pytest.mark.postgres

BANK = "bank-b"


class CountedSession(Session):
    """A connection that writes down what goes over it in one round trip, once it is told where."""

    trips: list[Sequence[Call]] | None = None

    def exchange(self, calls: Sequence[Call]) -> list[PGresult]:
        """Send all statements at once, as ever."""
        if self.trips is not None:
            self.trips.append(calls)
        return super().exchange(calls)


class CountedStore(PostgresStore):
    """A store whose connections are counted. Whom it wakes are loops of its own process, as in a program."""

    def __init__(self, url: str) -> None:
        super().__init__(url, connections_max=2, on_wake=lambda _: True)
        self.url = url
        self.trips: list[Sequence[Call]] | None = None

    def _session(self) -> Session:
        session = self._idle.pop() if self._idle else CountedSession(self.url)
        assert isinstance(session, CountedSession)
        session.trips = self.trips
        return session


@pytest.fixture
def store(postgres_server: EmbeddedServer) -> Iterator[CountedStore]:
    with fresh_database(postgres_server) as url:
        migrate(url, "agent")
        store = CountedStore(url)
        yield store
        store.close()


@pytest.fixture
def network(store: CountedStore) -> Network:
    """A network whose bank B is on PostgreSQL, and counted."""

    def store_for(name: str) -> Store:
        return store if name == BANK else MemoryStore()

    return robbed(store_for)


def trips_of(network: Network, store: CountedStore, orders: int) -> list[Sequence[Call]]:
    """Let bank B take so many orders in one batch; return what went to its database in each round trip."""
    refs = [f"more-{orders}-{number}" for number in range(orders)]
    for ref in refs:
        network.pay(ref, "aigul", "mule", 1_000)
    network.settle()
    for ref in refs:
        network.file(ref)
    network.carry("bank-a", EXCHANGE_ID)
    waiting = network.exchange.waiting_for(ParticipantId(BANK))
    assert len(waiting) == orders
    store.trips = []
    results = network.peer(BANK).receive([message.text for message in waiting], network.now)
    trips, store.trips = store.trips, None
    assert [result.refusal for result in results] == [None] * orders
    assert all(result.replies for result in results)
    network.settle()
    return trips


def test_what_orders_need_is_read_together_and_nothing_is_looked_for_that_is_new(
    network: Network, store: CountedStore
) -> None:
    first, *others = trips_of(network, store, 3)
    asked = " ".join(sql for sql, _ in first)
    for table in ("credit_places", "accounts", "credits", "consumptions", "hold_segments", "holds"):
        assert f'"{table}"' in asked, table
    for table in ("inbox", "follows"):
        assert f'FROM "{table}"' not in asked, table
    read_later = [sql for calls in others for sql, _ in calls if sql.startswith("SELECT")]
    assert read_later == []


def test_a_batch_of_orders_costs_as_many_round_trips_as_one(network: Network, store: CountedStore) -> None:
    one, many = trips_of(network, store, 1), trips_of(network, store, 5)
    assert len(one) == len(many) == 2


def test_what_comes_again_is_looked_for_and_changes_nothing(network: Network, store: CountedStore) -> None:
    network.file("t1")
    network.carry("bank-a", EXCHANGE_ID)
    texts = [message.text for message in network.exchange.waiting_for(ParticipantId(BANK))]
    first = network.peer(BANK).receive(texts, network.now)
    before = {table: network.rows(BANK, table) for table in (FOLLOWS, HOLDS, CORE_COMMANDS, INBOX)}
    store.trips = []
    again = network.peer(BANK).receive(texts, network.now)
    trips, store.trips = store.trips, None
    assert [(one.status, one.replies) for one in again] == [("replayed", one.replies) for one in first]
    assert any('FROM "inbox"' in sql for calls in trips for sql, _ in calls)
    assert {table: network.rows(BANK, table) for table in before} == before
