"""Reading by way of transfers: what finding their places first, and then reading there, would find."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.pq.abc import PGresult

from tarazy.adapters.postgres.statements import Call
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.app.store import Condition, Read, Span, Store, Through, Transaction, Window
from tarazy.values.ids import AccountId, TransferRef
from tests.contract.stores import PLACES, STRETCHES, Colour, Place, Stretch, put_all, stretch

LINE = [stretch(account, low, low + 10) for account in "abc" for low in range(0, 50, 10)]
CREDITED = {"t1": ("a", 5, 25), "t2": ("a", 25, 40), "t3": ("b", 0, 12), "t4": ("c", 12, 12)}


def place(ref: str, account: str, line_from: int, line_to: int) -> Place:
    return Place(TransferRef(ref), AccountId(account), line_from, line_to)


def through(*spans: tuple[str, int, int]) -> Through:
    return Through(PLACES, tuple(Span(*span) for span in spans))


@pytest.fixture
def lines(store: Store) -> Store:
    put_all(store, STRETCHES, LINE)
    put_all(store, PLACES, [place(ref, *at) for ref, at in CREDITED.items()])
    return store


def gathered(store: Store, *reads: Read[Stretch]) -> list[list[Stretch]]:
    return store.run(lambda transaction: transaction.gather(*reads))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.lists(
        st.tuples(st.sampled_from(["t1", "t2", "t3", "t4", "t9"]), st.integers(0, 30), st.integers(1, 30)), max_size=5
    )
)
def test_it_finds_what_two_steps_would_find(lines: Store, asked: list[tuple[str, int, int]]) -> None:
    spans = [(ref, start, start + length) for ref, start, length in asked]
    windows = {
        Window(at[0], min(at[1] + start, at[2]), min(at[1] + end, at[2]))
        for ref, start, end in spans
        if (at := CREDITED.get(ref))
    }
    accounts = {CREDITED[ref][0] for ref, _, _ in spans if ref in CREDITED}

    def two_steps(transaction: Transaction) -> list[list[Stretch]]:
        of_accounts = Condition("account_id", "in", list(accounts))
        low = Condition("line_from", "<", 30)
        return [
            transaction.overlapping(STRETCHES, windows),
            transaction.find(STRETCHES, of_accounts),
            transaction.find(STRETCHES, of_accounts, low, order=["line_from"]),
        ]

    of = through(*spans)
    in_one = gathered(
        lines,
        Read(STRETCHES, through=of, is_stretch=True),
        Read(STRETCHES, through=of),
        Read(STRETCHES, through=of, conditions=(Condition("line_from", "<", 30),), order=("line_from",)),
    )
    assert in_one == lines.run(two_steps)


def test_accounts_are_locked_if_every_transfer_was_credited(lines: Store) -> None:
    both, one_missing = through(("t1", 0, 5), ("t3", 0, 5)), through(("t1", 0, 5), ("t9", 0, 5))
    locked, none = gathered(
        lines,
        Read(STRETCHES, through=both, is_locking=True),
        Read(STRETCHES, through=one_missing, is_locking=True),
    )
    assert locked == [row for row in LINE if row.account_id in "ab"]
    assert none == []


def test_two_pieces_of_one_transfer_are_credited_if_it_is(lines: Store) -> None:
    twice = through(("t3", 0, 5), ("t3", 5, 12))
    assert gathered(lines, Read(STRETCHES, through=twice, is_locking=True)) == [
        [row for row in LINE if row.account_id == "b"]
    ]


def test_it_sees_what_the_transaction_has_written(lines: Store) -> None:
    of = through(("t5", 0, 10))
    read, stretches = Read(STRETCHES, through=of), Read(STRETCHES, through=of, is_stretch=True)

    def work(transaction: Transaction) -> None:
        assert transaction.gather(read, stretches) == [[], []]
        transaction.add(PLACES, place("t5", "d", 0, 10))
        assert transaction.gather(read, stretches) == [[], []]
        transaction.add(STRETCHES, stretch("d", 0, 10))
        assert transaction.gather(read, stretches) == [[stretch("d", 0, 10)]] * 2
        transaction.put(STRETCHES, stretch("d", 0, 10, Colour.red))
        assert transaction.gather(read, stretches) == [[stretch("d", 0, 10, Colour.red)]] * 2

    lines.run(work)


def test_no_transfers_find_nothing(lines: Store) -> None:
    nothing = through()
    assert gathered(lines, Read(STRETCHES, through=nothing), Read(STRETCHES, through=nothing, is_locking=True)) == [
        [],
        [],
    ]


def test_an_equal_read_is_answered_from_the_first(on_postgres: PostgresStore) -> None:
    put_all(on_postgres, STRETCHES, LINE)
    put_all(on_postgres, PLACES, [place(ref, *at) for ref, at in CREDITED.items()])
    reads = [
        Read(STRETCHES, through=through(("t1", 0, 9)), is_locking=True),
        Read(STRETCHES, through=through(("t1", 0, 9)), is_stretch=True),
    ]

    def work(transaction: Transaction) -> None:
        first = transaction.gather(*reads)
        asked = [sql for sql in sent if "places" in sql]
        assert len(asked) == len(reads)
        assert transaction.gather(*reads) == first
        transaction.lock(STRETCHES, {("a", 0)})
        assert [sql for sql in sent if "places" in sql] == asked

    sent: list[str] = []
    session = on_postgres._session()
    exchange = session.exchange

    def heard(calls: Sequence[Call]) -> list[PGresult]:
        sent.extend(call.sql for call in calls)
        return exchange(calls)

    session.exchange = heard  # type: ignore[method-assign]
    on_postgres._give_back(session)
    on_postgres.run(work)


def test_whole_lines_are_told_apart() -> None:
    assert [Span("t", 0, 5).on_line("a", low, high) for low, high in pairwise([0, 3, 10])] == [
        Window("a", 0, 3),
        Window("a", 3, 8),
    ]
