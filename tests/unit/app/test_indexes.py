"""What the exchange looks for again and again is answered by an index, however many rows there are."""

import re
from typing import Any, cast

import psycopg
import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.postgres.migrations import migrate
from tarazy.adapters.postgres.session import SETTINGS
from tarazy.adapters.postgres.statements import TableStatements
from tarazy.app.away import end_away_pieces
from tarazy.app.holding import end_overdue_holds
from tarazy.app.store import Condition, Row, Table, Transaction
from tests.story import Network
from tests.unit.agent.test_indexes import Asked, Listening


class Claiming(Listening):
    """A transaction that writes down what it is asked to claim as well."""

    def claim(self, table: Table[Row], *conditions: Condition, order: tuple[str, ...] = (), limit: int) -> list[Row]:
        """Write down a question; there is nothing to claim."""
        self._asked.append((table, conditions, tuple(order), limit))
        return []


@pytest.mark.postgres
def test_holds_and_tracings_whose_end_has_come_are_found_by_an_index(database_url: str) -> None:
    asked: Asked = []
    network = Network(lambda _: MemoryStore(), banks=("bank-b",))
    setting = network.exchange.setting_at(network.now)
    for look in (end_overdue_holds, end_away_pieces):
        network.exchange.store.run(lambda tx, look=look: look(cast("Transaction", Claiming(tx, asked)), setting))
    migrate(database_url, "exchange")
    used: list[Any] = []
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(SETTINGS.encode())
        for table, conditions, order, limit in asked:
            call = TableStatements(table).find(conditions, order, limit, descending=False)
            plan = connection.execute(b"EXPLAIN (GENERIC_PLAN, COSTS OFF) " + call.sql.encode()).fetchall()
            used += re.findall(r"(?:Index Scan using|Bitmap Index Scan on) (\w+)", "\n".join(row[0] for row in plan))
    assert used == ["case_holds_by_end", "tracings_by_close"]
