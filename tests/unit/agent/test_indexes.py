"""What an agent looks for again and again is answered by an index, however many rows there are."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, cast

import psycopg
import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.postgres.migrations import migrate
from tarazy.adapters.postgres.session import SETTINGS
from tarazy.adapters.postgres.statements import TableStatements
from tarazy.agent import ending, notices, paid, piece_ends
from tarazy.app.setting import Setting
from tarazy.app.store import FIND_LIMIT_MAX, Condition, Row, Table, Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldStatus
from tests.story import Network
from tests.unit.agent.test_kinds_to_tell import hold_with
from tests.unit.agent.test_paid_in_part import OFFICE

Asked = list[tuple[Table[Any], tuple[Any, ...], tuple[str, ...], int]]
Question = Callable[[Transaction, Setting], object]

QUESTIONS: Final[dict[str, tuple[Question, list[str]]]] = {
    "the holds and pieces whose end has come": (
        lambda tx, setting: ending.expire_holds(tx, EXCHANGE_ID, setting),
        ["holds_by_end", "follows_by_end"],
    ),
    "the pieces whose end has come": (
        lambda tx, setting: piece_ends.end_pieces(tx, EXCHANGE_ID, setting),
        ["follows_by_end"],
    ),
    "the next end": (lambda tx, _: ending.next_end(tx), ["holds_by_end", "follows_by_end"]),
    "what was paid of holds": (
        lambda tx, _: paid.pay_commands(tx, [hold_with(HoldStatus.placed, None, paid=1)]),
        ["core_commands_pay"],
    ),
    "who is to be told": (
        lambda tx, setting: notices.serve_due_notices(tx, OFFICE, EXCHANGE_ID, setting),
        ["kept_deferrals_granted", "holds_notice_due", "follows_notice_due", "report_news_due", "local_errors_untold"],
    ),
}


class Listening:
    """A transaction that writes down what it is asked to find."""

    def __init__(self, tx: Transaction, asked: Asked) -> None:
        self._tx, self._asked = tx, asked

    def find(
        self,
        table: Table[Row],
        *conditions: Condition,
        order: Sequence[str] = (),
        descending: bool = False,
        limit: int = FIND_LIMIT_MAX,
    ) -> list[Row]:
        """Write down a question and answer it."""
        self._asked.append((table, conditions, tuple(order), limit))
        return self._tx.find(table, *conditions, order=order, descending=descending, limit=limit)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection to an agent's empty database, with the settings of every session."""
    migrate(database_url, "agent")
    with psycopg.connect(database_url, autocommit=True) as connected:
        connected.execute(SETTINGS.encode())
        yield connected


@pytest.mark.postgres
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_index_answers(question: str, connection: psycopg.Connection) -> None:
    ask, indexes = QUESTIONS[question]
    network = Network(lambda _: MemoryStore(), banks=("bank-b",))
    asked: Asked = []
    network.at("bank-b", lambda tx, setting: ask(cast("Transaction", Listening(tx, asked)), setting))
    used: list[str] = []
    for table, conditions, order, limit in asked:
        call = TableStatements(table).find(conditions, order, limit, descending=False)
        plan = connection.execute(b"EXPLAIN (GENERIC_PLAN, COSTS OFF) " + call.sql.encode()).fetchall()
        used += re.findall(r"(?:Index Scan using|Bitmap Index Scan on) (\w+)", "\n".join(row[0] for row in plan))
    assert used == indexes
