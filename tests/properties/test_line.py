"""The inflow line against the unit-by-unit model, and the laws of following money over the rows that it writes."""

from itertools import permutations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tarazy.domain.entry import EntryKind
from tarazy.domain.line import AccountLine, ConsumptionKind, Credit, holdable_minor, lay_hold
from tarazy.values.interval import Interval
from tests.properties.lives import (
    HOLDING,
    PROFILE,
    Books,
    Life,
    lives,
    moment,
    positions,
    release_units,
    rows_of,
    settled,
    spans,
    stretches,
    traced,
    traced_back,
)
from tests.unit_model import End, Lay, Release, SendBack, Step, Transfer, UnitWorld

NETWORKS = lives(accounts=2, accounts_max=4, steps_max=30)
PICK = st.integers(0, 1000)


def played(life: Life, steps: int | None = None) -> Books:
    books = Books(life.openings)
    for step in life.steps[:steps]:
        books.apply(step)
    return books


def victim_of(life: Life, pick: int) -> Transfer | SendBack:
    """Any transfer that reaches an account can be the stolen one."""
    reached = [step for step in life.steps if isinstance(step, Transfer | SendBack) and step.payee is not None]
    assume(reached)
    return reached[pick % len(reached)]


def born(life: Life, step: Step) -> int:
    return life.steps.index(step) + 1


def whole(step: Transfer | SendBack) -> Interval:
    return Interval(0, step.amount)


# The line equals the model, entry by entry.


def assert_line_is_the_models(books: Books, world: UnitWorld, number: int) -> None:
    line, account = books.lines[number], world.accounts[number]
    assert positions(line.free) == account.free_positions()
    assert line.free == stretches(account.free_positions()), "free stretches must be sorted, merged and not empty"
    assert line.free_minor == len(account.free_positions())
    assert line.line_end == len(account.units)
    assert line.debt_minor == account.debt
    assert line.held_minor == len(account.held_positions())
    assert line.balance_minor == account.balance
    assert line.entry_no == account.entry_no
    assert not (line.debt_minor > 0 and line.free_minor > 0), "whoever owes has nothing free"
    for hold, (where, units) in books.held.items():
        if where == number:
            assert positions(units) == account.held_positions(hold)


def assert_rows_are_the_models(books: Books, world: UnitWorld, number: int) -> None:
    took = {}
    for row in rows_of(books, books.names[number]):
        for unit in range(row.line_from, row.line_to):
            assert unit not in took, "a unit was consumed twice"
            offset = 0 if row.kind is ConsumptionKind.overdraft_repaid else row.transfer_from + unit - row.line_from
            ref = None if row.kind is ConsumptionKind.overdraft_repaid else row.transfer_ref
            took[unit] = (row.entry_no, row.kind.value, ref, offset)
    expected = {i: unit.taken[:4] for i, unit in enumerate(world.accounts[number].units) if unit.taken is not None}
    assert took == expected


def assert_same_after_every_step(life: Life) -> None:
    books, world = Books(life.openings), UnitWorld(life.openings)
    for step in life.steps:
        books.apply(step)
        world.apply(step)
        for number in range(len(life.openings)):
            assert_line_is_the_models(books, world, number)
            assert_rows_are_the_models(books, world, number)


@settings(PROFILE, max_examples=1000)
@given(lives(steps_max=40))
def test_one_account_equals_the_model_after_every_entry(life: Life) -> None:
    assert_same_after_every_step(life)


@PROFILE
@given(NETWORKS)
def test_several_accounts_equal_the_model_after_every_entry(life: Life) -> None:
    assert_same_after_every_step(life)


@PROFILE
@given(NETWORKS)
def test_consumed_held_and_free_tile_every_line_exactly_once(life: Life) -> None:
    books = Books(life.openings)
    for step in life.steps:
        books.apply(step)
        for number, line in enumerate(books.lines):
            units = [unit for start, end in line.free for unit in range(start, end)]
            units += [unit for row in rows_of(books, line.account_id) for unit in range(row.line_from, row.line_to)]
            units += [unit for at, held in books.held.values() if at == number for unit in positions(held)]
            assert sorted(units) == list(range(line.line_end))


@PROFILE
@given(NETWORKS)
def test_credits_lie_on_the_line_one_after_another_and_never_move(life: Life) -> None:
    books = Books(life.openings)
    seen: dict[str, Credit] = {}
    for step in life.steps:
        books.apply(step)
        assert seen.items() <= books.credits.items()
        seen = dict(books.credits)
    for line, opening in zip(books.lines, life.openings, strict=True):
        at = opening
        for credit in [credit for credit in books.credits.values() if credit.account_id == line.account_id]:
            assert credit.line_from == at
            at = credit.line_to
        assert at == line.line_end
    sizes = {s.ref: s.amount for s in life.steps if isinstance(s, Transfer | SendBack) and s.payee is not None}
    assert {ref: credit.transfer_minor for ref, credit in books.credits.items()} == sizes


@PROFILE
@given(lives(steps_max=20), PICK, st.integers(0, 20), st.integers(0, 20))
def test_holdable_is_the_least_of_free_piece_claim_and_free_above_the_floor(
    life: Life, pick: int, claim: int, floor: int
) -> None:
    named = victim_of(life, pick)
    books, world = played(life), UnitWorld(life.openings)
    for step in life.steps:
        world.apply(step)
    credit = books.credits[named.ref]
    piece = Interval(pick % named.arrives, named.arrives)
    account = world.accounts[0]
    inside = sum(unit.is_free for offset, unit in account.of_credit(named.ref).items() if offset >= piece.start)
    expected = max(0, min(inside, claim, len(account.free()) - floor))
    assert holdable_minor(books.lines[0], piece.shifted(credit.line_from), claim, floor) == expected


# Holds.


@PROFILE
@given(NETWORKS, PICK, PICK, st.integers(1, 12))
def test_a_hold_released_with_nothing_between_changes_nothing(life: Life, pick: int, at: int, amount: int) -> None:
    named = victim_of(life, pick)
    assert named.payee is not None
    at = max(at % (len(life.steps) + 1), born(life, named))
    lay = Lay("extra", named.ref, named.payee, 0, named.arrives, amount)
    release = Release("extra", named.ref, named.payee, 0, named.arrives)
    plain, held = Books(life.openings), Books(life.openings)
    for step in life.steps[:at]:
        plain.apply(step)
        held.apply(step)
    before = [settled(line) for line in held.lines]
    held.apply(lay)
    held.apply(release)
    assert [settled(line) for line in held.lines] == before
    for step in life.steps[at:]:
        plain.apply(step)
        held.apply(step)
    assert [settled(line) for line in held.lines] == [settled(line) for line in plain.lines]
    assert spans(held) == spans(plain)


@PROFILE
@given(NETWORKS)
def test_two_holds_never_hold_the_same_unit(life: Life) -> None:
    books = Books(life.openings)
    for step in life.steps:
        books.apply(step)
        held = [(at, unit) for at, units in books.held.values() for unit in positions(units)]
        assert len(held) == len(set(held))


@PROFILE
@given(NETWORKS, PICK, PICK)
def test_holds_of_a_case_stay_within_what_was_stolen_and_letting_go_restores_every_line(
    life: Life, pick: int, other: int
) -> None:
    books = played(life)
    before = list(books.lines)
    laid: list[tuple[int, tuple[Interval, ...]]] = []
    for named in (victim_of(life, pick), victim_of(life, other)):
        held = 0
        for end in traced(books, named.ref, whole(named)).ends.values():
            if end.what != "here" or end.position is None:
                continue
            at = Interval(end.position, end.position + 1)
            books.lines[end.account], units = lay_hold(books.lines[end.account], at, 1)
            laid.append((end.account, units))
            held += len(positions(units))
        assert held <= named.amount
        assert held <= sum(line.free_minor for line in before)
    for account, units in laid:
        line = books.lines[account]
        if units:
            entry = books._entry(account, EntryKind.unreserve, 1)
            books.lines[account] = release_units(line, units, entry).line
    assert [settled(line) for line in books.lines] == [settled(line) for line in before]


# Following money.


@PROFILE
@given(NETWORKS, PICK)
def test_a_tracing_finds_every_unit_where_the_model_has_it_at_every_moment(life: Life, pick: int) -> None:
    named = victim_of(life, pick)
    books, world = Books(life.openings), UnitWorld(life.openings)
    for number, step in enumerate(life.steps, start=1):
        books.apply(step)
        world.apply(step)
        if number >= born(life, named):
            assert traced(books, named.ref, whole(named)).ends == world.ends_of(named.ref)


@PROFILE
@given(NETWORKS, PICK)
def test_conservation_and_bound_hold_at_every_as_of(life: Life, pick: int) -> None:
    named = victim_of(life, pick)
    books, later = Books(life.openings), played(life)
    for number, step in enumerate(life.steps, start=1):
        books.apply(step)
        if number < born(life, named):
            continue
        ends = traced(later, named.ref, whole(named), moment(number)).ends
        assert set(ends) == set(range(named.amount)), "each stolen unit has exactly one end"
        for account, line in enumerate(books.lines):
            here = sum(end == End(account, "here", end.position) for end in ends.values())
            assert_bound(line, here)


def assert_bound(line: AccountLine, tainted: int) -> None:
    assert 0 <= tainted <= line.free_minor + line.held_minor
    if line.debt_minor == 0:
        assert tainted <= line.balance_minor


@PROFILE
@given(NETWORKS, PICK)
def test_prefix_stability_what_comes_later_changes_nothing_up_to_as_of(life: Life, pick: int) -> None:
    named = victim_of(life, pick)
    books, later = Books(life.openings), played(life)
    touched: set[tuple[str, int]] = set()
    for number, step in enumerate(life.steps, start=1):
        books.apply(step)
        if number < born(life, named):
            continue
        trace = traced(later, named.ref, whole(named), moment(number))
        assert trace == traced(books, named.ref, whole(named))
        now = {(piece.ref, unit) for piece in trace.pieces for unit in range(piece.start, piece.end)}
        assert touched <= now, "a later as_of never un-touches a unit of a transfer"
        touched = now


@PROFILE
@given(NETWORKS, PICK, PICK, PICK, PICK)
def test_linearity_a_trace_is_the_sum_of_the_traces_of_its_parts(
    life: Life, pick: int, one: int, two: int, three: int
) -> None:
    named = victim_of(life, pick)
    low, middle, high = sorted(number % (named.amount + 1) for number in (one, two, three))
    books = played(life)
    both = traced(books, named.ref, Interval(low, high)).ends
    parts = traced(books, named.ref, Interval(low, middle)).ends | traced(books, named.ref, Interval(middle, high)).ends
    assert both == parts
    everything = traced(books, named.ref, whole(named)).ends
    assert both == {offset: end for offset, end in everything.items() if low <= offset < high}


@PROFILE
@given(NETWORKS)
def test_backward_and_forward_lead_to_the_same_transfer_and_offset(life: Life) -> None:
    books, world = played(life), UnitWorld(life.openings)
    for step in life.steps:
        world.apply(step)
    for number, account in enumerate(world.accounts):
        for position, unit in enumerate(account.units):
            assert traced_back(books, number, position) == unit.path
    for ref in life.transfers():
        for offset, end in traced(books, ref, Interval(0, books.credits[ref].transfer_minor)).ends.items():
            if end.position is not None:
                assert (ref, offset) in traced_back(books, end.account, end.position)


@PROFILE
@given(lives(accounts=2, accounts_max=2, without=HOLDING, steps_max=40), PICK)
def test_cycles_end_because_every_piece_moves_forward_in_time(life: Life, pick: int) -> None:
    named = victim_of(life, pick)
    trace = traced(played(life), named.ref, whole(named))
    for piece in trace.pieces:
        assert piece.left_at is None or piece.left_at < piece.booked_at
    assert len(trace.pieces) <= named.amount * len(life.steps)


@PROFILE
@given(NETWORKS, PICK, st.permutations(["ash", "birch", "cedar", "dogwood"]))
def test_renaming_accounts_changes_nothing(life: Life, pick: int, names: list[str]) -> None:
    named = victim_of(life, pick)
    plain, renamed = played(life), Books(life.openings, names[: len(life.openings)])
    for step in life.steps:
        renamed.apply(step)
    assert traced(plain, named.ref, whole(named)) == traced(renamed, named.ref, whole(named))


@PROFILE
@given(NETWORKS, PICK, PICK, PICK)
def test_splitting_a_transfer_in_two_changes_no_accounts_total(life: Life, pick: int, other: int, cut: int) -> None:
    named = victim_of(life, pick)
    taken = life.refs_named() | {named.ref}
    parted = [
        step
        for step in life.steps
        if isinstance(step, Transfer)
        and step.ref not in taken
        and step.payer != step.payee
        and step.amount == step.arrives > 1
    ]
    assume(parted)
    step = parted[other % len(parted)]
    first = 1 + cut % (step.amount - 1)
    halves = (
        step._replace(ref=f"{step.ref}_first", amount=first, arrives=first),
        step._replace(ref=f"{step.ref}_second", amount=step.amount - first, arrives=step.amount - first),
    )
    at = life.steps.index(step)
    split = Life(life.openings, (*life.steps[:at], *halves, *life.steps[at + 1 :]))
    whole_books, split_books = played(life), played(split)
    assert [settled(line) for line in whole_books.lines] == [settled(line) for line in split_books.lines]
    assert traced(whole_books, named.ref, whole(named)).ends == traced(split_books, named.ref, whole(named)).ends, (
        "not one unit may end elsewhere"
    )


@PROFILE
@given(NETWORKS, PICK)
def test_every_account_that_a_tracing_finds_can_be_reached_in_time(life: Life, pick: int) -> None:
    named = victim_of(life, pick)
    reached = {named.payee}
    for step in life.steps[born(life, named) :]:
        payer = step.payer if isinstance(step, Transfer) else step.account if isinstance(step, SendBack) else None
        if isinstance(step, Transfer | SendBack) and payer in reached:
            reached.add(step.payee)
    trace = traced(played(life), named.ref, whole(named))
    assert {end.account for end in trace.ends.values()} | {piece.account for piece in trace.pieces} <= reached


# Several victims.


def owners(books: Books, victims: list[Transfer | SendBack]) -> dict[End, str]:
    """Attribute units to victims one by one, in the order of their reports: the transfer that lies upstream owns."""
    owner: dict[End, str] = {}
    passed: dict[str, set[str]] = {}
    for victim in victims:
        trace = traced(books, victim.ref, whole(victim))
        passed[victim.ref] = {piece.ref for piece in trace.pieces}
        for end in trace.ends.values():
            if end.position is not None and (end not in owner or owner[end] in passed[victim.ref]):
                owner[end] = victim.ref
    return owner


@PROFILE
@given(NETWORKS, st.lists(PICK, min_size=2, max_size=3))
def test_units_belong_to_the_same_victims_whatever_the_order_of_their_reports(life: Life, picks: list[int]) -> None:
    victims = list(dict.fromkeys(victim_of(life, pick) for pick in picks))
    books, world = played(life), UnitWorld(life.openings)
    for step in life.steps:
        world.apply(step)
    expected = world.owner_of_each([victim.ref for victim in victims])
    for order in permutations(victims):
        assert owners(books, list(order)) == expected
    for account, line in enumerate(books.lines):
        assert_bound(line, sum(end.account == account and end.what == "here" for end in expected))


# Without holds, segments are the arithmetic of two running totals.

AMOUNT = st.integers(1, 10**15)


@PROFILE
@given(st.integers(0, 10**15), st.lists(st.tuples(st.booleans(), AMOUNT), max_size=40))
def test_without_holds_the_segments_are_the_overlaps_of_two_running_totals(
    opening: int, bookings: list[tuple[bool, int]]
) -> None:
    books = Books((opening,))
    inflow, outflow = opening, 0
    expected = []
    for number, (is_credit, amount) in enumerate(bookings, start=1):
        if is_credit:
            books.apply(Transfer(f"t{number}", None, 0, amount, amount))
            if outflow > inflow:
                expected.append((number, inflow, min(outflow, inflow + amount), "overdraft_repaid", 0))
            inflow += amount
        else:
            books.apply(Transfer(f"t{number}", 0, None, amount, amount))
            if outflow < inflow:
                expected.append((number, outflow, min(outflow + amount, inflow), "moved_on", 0))
            outflow += amount
    found = [(row.entry_no, row.line_from, row.line_to, row.kind.value) for row in books.consumptions]
    assert found == [row[:4] for row in expected]
    assert all(row.transfer_from == 0 for row in books.consumptions if row.kind is ConsumptionKind.moved_on)
    assert books.lines[0].balance_minor == inflow - outflow
