"""Every kind of column comes back as it was written, from both stores."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tarazy.app.store import Store
from tarazy.values.ids import CaseId, HoldId
from tarazy.values.instant import Instant
from tarazy.values.interval import Interval, union
from tarazy.values.money import Money
from tests.contract.stores import (
    ANYTHING,
    EVERYTHING,
    Anything,
    Colour,
    Everything,
    Grade,
    Remark,
    put_all,
)

ON_ONE_STORE = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
NUMBERS = st.integers(-(2**63), 2**63 - 1)
MOMENTS = st.datetimes(datetime(1900, 1, 1), timezones=st.just(UTC)).map(Instant)  # noqa: DTZ001 (Hypothesis takes its bound without a zone)
SPANS = st.timedeltas(min_value=timedelta(days=-100_000), max_value=timedelta(days=100_000))
GAPS = st.lists(st.tuples(st.integers(-(2**62), 2**62), st.integers(1, 9))).map(
    lambda pairs: union(Interval(start, start + length) for start, length in pairs)
)
NAMES = st.lists(TEXTS, max_size=3).map(tuple)
AMOUNTS = st.builds(Money, NUMBERS, st.just("KZT"))

EVERYTHINGS = st.builds(
    Everything,
    hold_id=TEXTS.map(HoldId),
    order=NUMBERS,
    is_final=st.booleans(),
    data=st.binary(max_size=12),
    day=st.dates(),
    at=MOMENTS,
    span=SPANS,
    colour=st.sampled_from(Colour),
    choice=st.sampled_from(["one", "two"]),
    grade=st.sampled_from(Grade),
    gaps=GAPS,
    names=NAMES,
    amount=AMOUNTS,
    remarks=st.lists(st.builds(Remark, MOMENTS, st.none() | TEXTS), max_size=2).map(tuple),
    counts=st.dictionaries(TEXTS, NUMBERS, max_size=2),
)
ANYTHINGS = st.builds(
    Anything,
    hold_id=TEXTS.map(HoldId),
    text=st.none() | st.sampled_from(["NULL", "", "{}", '"', "\\"]).map(CaseId) | TEXTS.map(CaseId),
    number=st.none() | NUMBERS,
    is_final=st.none() | st.booleans(),
    data=st.none() | st.binary(max_size=12),
    day=st.none() | st.dates(),
    at=st.none() | MOMENTS,
    span=st.none() | SPANS,
    colour=st.none() | st.sampled_from(Colour),
    grade=st.none() | st.sampled_from(Grade),
    gaps=st.none() | GAPS,
    names=st.none() | NAMES,
    amount=st.none() | AMOUNTS,
)


@ON_ONE_STORE
@given(rows=st.lists(EVERYTHINGS, min_size=1, max_size=4, unique_by=lambda row: row.hold_id))
def test_every_required_value_comes_back_as_it_was(store: Store, rows: list[Everything]) -> None:
    put_all(store, EVERYTHING, rows)
    keys = [(row.hold_id,) for row in rows]
    read = store.run(lambda transaction: transaction.get_many(EVERYTHING, keys))
    assert list(read.values()) == rows
    assert [type(value) for value in vars_of(read[keys[0]])] == [type(value) for value in vars_of(rows[0])]


@ON_ONE_STORE
@given(rows=st.lists(ANYTHINGS, min_size=1, max_size=4, unique_by=lambda row: row.hold_id))
def test_every_value_that_may_be_missing_comes_back_as_it_was(store: Store, rows: list[Anything]) -> None:
    put_all(store, ANYTHING, rows)
    assert store.run(lambda transaction: [transaction.get(ANYTHING, row.hold_id) for row in rows]) == rows


def vars_of(row: Everything) -> list[object]:
    return [getattr(row, name) for name in Everything.__slots__]
