"""Both stores answer any acts alike."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.app.store import Condition, Conflict, Key, Store, Transaction
from tests.contract.acting import all_stretches
from tests.contract.stores import (
    STRETCHES,
    Colour,
    stretch,
)

KEYS = st.tuples(st.sampled_from("abc"), st.sampled_from([0, 10]))
ROWS = st.builds(
    stretch, st.sampled_from("abc"), st.sampled_from([0, 10]), st.integers(11, 15), st.sampled_from(Colour)
)
ACTS = st.one_of(
    st.tuples(st.just("put"), ROWS),
    st.tuples(st.just("add"), ROWS),
    st.tuples(st.just("delete"), KEYS),
    st.tuples(st.just("get"), KEYS),
    st.tuples(st.just("find"), st.sampled_from(Colour)),
    st.tuples(st.just("lock"), st.lists(KEYS, max_size=3)),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(transactions=st.lists(st.lists(ACTS, max_size=6), max_size=4))
def test_both_stores_answer_any_acts_alike(
    on_postgres: PostgresStore, transactions: list[list[tuple[str, Any]]]
) -> None:
    on_postgres.run(delete_all)
    memory = MemoryStore()
    for acts in transactions:
        assert answers(on_postgres, acts) == answers(memory, acts)
    assert all_stretches(on_postgres) == all_stretches(memory)


def delete_all(transaction: Transaction) -> None:
    for row in transaction.find(STRETCHES):
        transaction.delete(STRETCHES, row.account_id, row.line_from)


def answers(store: Store, acts: list[tuple[str, Any]]) -> list[Any]:
    """Return what each act answered, or only that there was a conflict: the stores may notice it at different acts."""

    def work(transaction: Transaction) -> list[Any]:
        return [act(transaction, name, value) for name, value in acts]

    try:
        return once(store, work)
    except Conflict:
        return ["conflict"]


def once(store: Store, work: Any) -> list[Any]:
    """Run the work one time only: these conflicts do not go away."""
    conflicts: list[Conflict] = []

    def attempt(transaction: Transaction) -> list[Any]:
        if conflicts:
            raise StopHere
        conflicts.append(Conflict())
        return list(work(transaction))

    try:
        return store.run(attempt)
    except StopHere as stop:
        raise conflicts[0] from stop


class StopHere(Exception):
    """Ends the attempts."""


def act(transaction: Transaction, name: str, value: Any) -> Any:
    match name:
        case "put":
            return transaction.put(STRETCHES, value)
        case "add":
            return transaction.add(STRETCHES, value)
        case "delete":
            return transaction.delete(STRETCHES, *value)
        case "get":
            return transaction.get(STRETCHES, *value)
        case "lock":
            keys: list[Key] = value
            return transaction.lock(STRETCHES, keys)
        case _:
            return transaction.find(STRETCHES, Condition("colour", "=", value))
