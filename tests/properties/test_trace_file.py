"""Properties of following money through a file: random small worlds, and random starts of the outside sample.

The sample is IBM's AMLSim set, kept beside the repository; where it is absent its tests are skipped and say so.
"""

from collections import Counter
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tarazy.domain.entry import AccountEntry, AccountKind, EntryKind
from tarazy.domain.line import LineChange, apply_credit, apply_debit, opened_line
from tarazy.edge.cli.table_source import opened_lines
from tarazy.index.accounts_file import FileAccount
from tarazy.index.amlsim_file import (
    NODES_HEADER,
    TRANSACTIONS_HEADER,
    AmlsimTransfer,
    Raised,
    account_rows,
    raised_openings,
    read_nodes,
    read_transactions,
    transfer_rows,
)
from tarazy.index.running_line import RunningLine
from tarazy.index.table_rows import TableRows
from tarazy.index.tracing import Tracing
from tarazy.index.transfers_file import FileTransfer
from tarazy.values.ids import AccountId, ParticipantId, TransferRef
from tarazy.values.instant import Instant
from tests.unit.index.files import accounts_of, found, trace_of, transfers_of, way
from tests.unit.index.unit_replay import Answer, Row, each_unit_once, merged, purse_of, replay

PROFILE = settings(derandomize=True, deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
SAMPLE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "amlsim"
NOW = Instant(datetime(2026, 11, 1, tzinfo=UTC))
KINDS = ("personal", "personal", "personal", "business", "pooled", "cash_out", "external")


class World(NamedTuple):
    """Accounts as (kind, opening), rows, and the place of the start among them."""

    accounts: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    start: int

    @property
    def start_id(self) -> str:
        return self.rows[self.start].transfer_id


@st.composite
def worlds(draw: st.DrawFn) -> World:
    accounts = draw(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 30)), min_size=2, max_size=6))
    names = st.integers(0, len(accounts) - 1).map(lambda number: f"a{number}")
    moves = draw(st.lists(st.tuples(names, names, st.integers(1, 40)), min_size=1, max_size=25))
    rows = tuple(Row(f"t{number}", *move) for number, move in enumerate(moves))
    return World(tuple(accounts), rows, draw(st.integers(0, len(rows) - 1)))


def known(world: World) -> dict[str, FileAccount]:
    return accounts_of(*(f"a{n},bank-{n % 3},{opening},KZT,{kind}" for n, (kind, opening) in enumerate(world.accounts)))


def traced(
    world: World, *, claim: int | None = None, rows: tuple[Row, ...] | None = None, as_of: str | None = None
) -> Tracing:
    accounts = known(world)
    used = world.rows if rows is None else rows
    texts = (f"{row.transfer_id},{n // 2},{row.payer},{row.payee},{row.amount},KZT" for n, row in enumerate(used))
    return trace_of(accounts, transfers_of(accounts, *texts), world.start_id, amount=claim, as_of=as_of)


def replayed(world: World, claim: int | None = None) -> Answer:
    purses = {f"a{number}": purse_of(kind, opening) for number, (kind, opening) in enumerate(world.accounts)}
    return replay(purses, world.rows, {world.start_id: claim})[world.start_id]


def ends_of(tracing: Tracing) -> Counter[tuple[str, str]]:
    return Counter(
        {(account, kind): amount for kind, ends in found(tracing).items() for account, amount in ends.items()}
    )


def units_of(tracing: Tracing) -> Counter[tuple[int, str, int]]:
    units: Counter[tuple[int, str, int]] = Counter()
    for depth, transfer, low, high in way(tracing):
        units.update((depth, transfer, unit) for unit in range(low, high))
    return units


def agrees(tracing: Tracing, answer: Answer) -> None:
    assert ends_of(tracing) == answer.ends
    assert way(tracing) == merged(answer.pieces)
    assert each_unit_once(answer, tracing.stolen_minor)
    assert sum(answer.ends.values()) == tracing.stolen_minor


@PROFILE
@given(worlds(), st.data())
def test_every_unit_is_where_a_replay_coin_by_coin_finds_it(world: World, data: st.DataObject) -> None:
    amount = world.rows[world.start].amount
    claim = data.draw(st.none() | st.integers(1, amount))
    tracing, answer = traced(world, claim=claim), replayed(world, claim)
    agrees(tracing, answer)


@PROFILE
@given(worlds())
def test_pieces_are_sorted_merged_and_inside_their_transfers(world: World) -> None:
    tracing = traced(world)
    lines = {row.transfer_id: number for number, row in enumerate(world.rows)}
    pieces = way(tracing)
    assert pieces == sorted(pieces, key=lambda piece: (piece[0], lines[piece[1]], piece[2]))
    for (depth, transfer, _, high), (next_depth, next_transfer, low, _) in pairwise(pieces):
        assert (depth, transfer) != (next_depth, next_transfer) or high < low
    for depth, transfer, low, high in pieces:
        assert 0 <= low < high <= world.rows[lines[transfer]].amount
        assert depth == 0 or lines[transfer] > world.start
    assert [piece for piece in pieces if piece[0] == 0] == [(0, world.start_id, 0, world.rows[world.start].amount)]


@PROFILE
@given(worlds(), st.data())
def test_the_parts_of_a_claim_sum_to_the_whole(world: World, data: st.DataObject) -> None:
    amount = world.rows[world.start].amount
    assume(amount > 1)
    claim = data.draw(st.integers(1, amount - 1))
    part, whole = traced(world, claim=claim), traced(world)
    rest = units_of(whole) - units_of(part)
    assert units_of(part) <= units_of(whole)
    assert sum(rest.values()) == sum(units_of(whole).values()) - sum(units_of(part).values())
    assert ends_of(part) <= ends_of(whole)


@PROFILE
@given(worlds(), st.data())
def test_as_of_a_moment_is_the_file_cut_after_it(world: World, data: st.DataObject) -> None:
    moment = data.draw(st.integers(world.start // 2, len(world.rows) // 2 + 1))
    cut = world.rows[: 2 * (moment + 1)]
    early, short = traced(world, as_of=str(moment)), traced(world, rows=cut)
    assert (early.pieces, early.ends) == (short.pieces, short.ends)
    assert set(units_of(early)) <= set(units_of(traced(world)))


@PROFILE
@given(worlds())
def test_who_keeps_an_account_changes_nothing(world: World) -> None:
    accounts = {name: account._replace(participant_id=ParticipantId("one")) for name, account in known(world).items()}
    texts = [f"{row.transfer_id},{n // 2},{row.payer},{row.payee},{row.amount},KZT" for n, row in enumerate(world.rows)]
    other = trace_of(accounts, transfers_of(accounts, *texts), world.start_id)
    assert (ends_of(other), way(other)) == (ends_of(traced(world)), way(traced(world)))


class Booking(NamedTuple):
    is_credit: bool
    amount: int


@PROFILE
@given(st.integers(0, 50), st.lists(st.builds(Booking, st.booleans(), st.integers(1, 60)), max_size=40))
def test_the_running_line_is_the_line_of_the_domain_where_nothing_bends_it(
    opening: int, bookings: list[Booking]
) -> None:
    running = RunningLine(opening)
    line = opened_line(AccountId("a"), AccountKind.personal, "KZT", is_natural_person=True, opening_minor=opening)
    for number, booking in enumerate(bookings, start=1):
        entry = entry_of(number, booking)
        before = (running.head, running.line_end)
        if booking.is_credit:
            change, taken = apply_credit(line, entry), running.credit(booking.amount)
            assert change.credit is not None
            assert (change.credit.line_from, change.credit.line_to) == (before[1], before[1] + booking.amount)
            assert consumed_by(change) == ([(before[1], before[1] + taken)] if taken else [])
        else:
            change, taken = apply_debit(line, entry), running.debit(booking.amount)
            assert consumed_by(change) == ([(before[0], before[0] + taken)] if taken else [])
        line = change.line
        assert (running.head, running.line_end, running.debt_minor) == (line.head, line.line_end, line.debt_minor)
        assert line.gaps == ()


def entry_of(number: int, booking: Booking) -> AccountEntry:
    return AccountEntry(
        account_id=AccountId("a"),
        entry_no=number,
        kind=EntryKind.credit if booking.is_credit else EntryKind.debit,
        amount_minor=booking.amount,
        currency="KZT",
        booked_at=NOW,
        transfer_ref=TransferRef(f"t{number}"),
        counterparty=ParticipantId("b"),
    )


def consumed_by(change: LineChange) -> list[tuple[int, int]]:
    return [(consumption.line_from, consumption.line_to) for consumption in change.consumptions]


class Sample(NamedTuple):
    accounts: dict[str, FileAccount]
    transfers: list[FileTransfer]


@cache
def raw_sample() -> tuple[dict[str, int], list[AmlsimTransfer]]:
    if not SAMPLE.is_dir():
        pytest.skip(f"the AMLSim sample is not at {SAMPLE}")
    with opened_lines(SAMPLE / "nodes.csv.gz") as lines:
        openings = read_nodes(TableRows("nodes", lines, NODES_HEADER))
    with opened_lines(SAMPLE / "transactions.csv.gz") as lines:
        return openings, read_transactions(TableRows("transactions", lines, TRANSACTIONS_HEADER), openings)


def written(raised: list[Raised], moves: list[AmlsimTransfer]) -> Sample:
    """Write both files as `tarazy convert amlsim` does, and read them as `tarazy trace` does."""
    accounts = accounts_of(*(",".join(row) for row in list(account_rows(raised, "KZT"))[1:]))
    return Sample(accounts, transfers_of(accounts, *(",".join(row) for row in list(transfer_rows(moves, "KZT"))[1:])))


@cache
def sample() -> Sample:
    openings, moves = raw_sample()
    return written(raised_openings(openings, moves), moves)


def compare_random_starts(accounts: dict[str, FileAccount], transfers: list[FileTransfer], count: int) -> int:
    """Trace ``count`` random starts, compare each with the replay of all of them, and return the greatest depth."""
    starts = [transfer.transfer_id for transfer in Random(count).sample(transfers, count)]
    purses = {name: purse_of(account.kind, account.opening_minor) for name, account in accounts.items()}
    rows = [Row(t.transfer_id, t.payer.account_id, t.payee.account_id, t.amount_minor) for t in transfers]
    answers = replay(purses, rows, dict.fromkeys(starts))
    deepest = 0
    for start in starts:
        tracing = trace_of(accounts, transfers, start)
        agrees(tracing, answers[start])
        deepest = max(deepest, tracing.pieces[-1].depth)
    return deepest


def test_random_starts_of_the_sample_are_where_an_independent_replay_finds_them() -> None:
    assert compare_random_starts(*sample(), count=8) >= 2


@pytest.mark.parametrize("raise_openings", [True, False])
def test_hundreds_of_random_starts_in_the_last_weeks_of_the_sample_agree_too(*, raise_openings: bool) -> None:
    """With the openings raised, and with none at all, so that most accounts are overdrawn now and then."""
    _, moves = raw_sample()
    late = moves[-10_000:]
    nodes = dict.fromkeys((node for move in late for node in (move.payer, move.payee)), 0)
    raised = raised_openings(nodes, late) if raise_openings else [Raised(node, 0, 0) for node in nodes]
    assert compare_random_starts(*written(raised, late), count=150) >= 1


def test_openings_of_the_sample_are_raised_to_the_least_that_is_needed() -> None:
    openings, moves = raw_sample()
    raised = {account.account_id: account for account in raised_openings(openings, moves)}
    balances = {name: account.raised_minor for name, account in raised.items()}
    lowest = dict(balances)
    for move in moves:
        balances[move.payer] -= move.amount_minor
        lowest[move.payer] = min(lowest[move.payer], balances[move.payer])
        balances[move.payee] += move.amount_minor
    assert min(lowest.values()) == 0
    for name, account in raised.items():
        assert account.raised_minor >= account.opening_minor == openings[name]
        assert lowest[name] == 0 or account.raised_minor == account.opening_minor
