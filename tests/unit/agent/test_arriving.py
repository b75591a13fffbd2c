"""A credit that arrives in the very moment in which its order is read: neither of the two misses the other."""

from threading import Thread
from typing import Any

import pytest

from tarazy.adapters.postgres.store import PostgresStore
from tarazy.adapters.postgres.transaction import PostgresTransaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import EntryKind
from tarazy.values.ids import ParticipantId
from tests.story import Network
from tests.story_reading import told
from tests.story_stores import StoryDatabases
from tests.unit.agent.scripted_core import scripted


def arriving_while_the_order_is_read(
    databases: StoryDatabases, monkeypatch: pytest.MonkeyPatch
) -> tuple[Network, list[str]]:
    """Return a network whose bank B gets an order, and the credit after its first look and before it stops bookings."""
    network, core = scripted(databases.empty)
    core.books("mule", EntryKind.credit, 500_000, ref="t1")
    happened: list[str] = []
    guard = PostgresTransaction.guard

    def guard_after_the_credit(tx: PostgresTransaction, name: str, *, shared: bool) -> None:
        if not shared and not happened:
            happened.append("credited")
            booking = Thread(target=network.work, args=("bank-b",))
            booking.start()
            booking.join()
        guard(tx, name, shared=shared)

    monkeypatch.setattr(PostgresTransaction, "guard", guard_after_the_credit)
    run_once = PostgresStore._run_once

    def noted(store: PostgresStore, work: Any, *, is_first_try: bool) -> Any:
        if not is_first_try:
            happened.append("tried again")
        return run_once(store, work, is_first_try=is_first_try)

    monkeypatch.setattr(PostgresStore, "_run_once", noted)
    return network, happened


@pytest.mark.postgres
def test_a_credit_that_arrives_while_its_order_is_read_is_held(
    story_databases: StoryDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, happened = arriving_while_the_order_is_read(story_databases, monkeypatch)
    report = network.file("t1")
    network.carry("bank-a", EXCHANGE_ID)
    network.carry(EXCHANGE_ID, ParticipantId("bank-b"))
    assert happened == ["credited"]
    network.settle()
    assert told(network, report) == {"bank-b held": 500_000}
