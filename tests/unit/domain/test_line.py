"""The awkward moments of an inflow line, worked out by hand: one row of a table, one story."""

from typing import NamedTuple

import pytest

from tarazy.domain.entry import AccountEntry, EntryKind, ExitKind
from tarazy.domain.line import ConsumptionKind, apply_credit, consumption_kind, holdable_minor, lay_hold
from tarazy.values.ids import AccountId, TransferRef
from tarazy.values.interval import Interval
from tests.properties.lives import START, Books
from tests.unit_model import HandOver, Lay, Leave, Pay, Release, SendBack, Step, Transfer


class Story(NamedTuple):
    """What happens on one account, and what must be true at the end. ``taken`` is (from, to, kind, transfer_from)."""

    opening: int
    steps: tuple[Step, ...]
    free: list[tuple[int, int]]
    debt: int
    held: int
    taken: list[tuple[int, int, str, int]]


def comes(ref: str, amount: int) -> Transfer:
    return Transfer(ref, None, 0, amount, amount)


def goes(ref: str, amount: int) -> Transfer:
    return Transfer(ref, 0, None, amount, amount)


def sent_back(kind: str, original: str, amount: int) -> SendBack:
    return SendBack("back", original, kind, 0, None, amount, amount)


def hold(start: int, end: int, amount: int | None = None, name: str = "h") -> Lay:
    return Lay(name, "c", 0, start, end, end - start if amount is None else amount)


def let_go(start: int, end: int) -> Release:
    return Release("h", "c", 0, start, end)


def pay(amount: int) -> Pay:
    return Pay("h", "refund", 0, amount)


def booked(step: Step) -> int:
    """What a step adds to the ledger balance: holds add nothing."""
    match step:
        case Transfer():
            return step.amount if step.payer is None else -step.amount
        case Leave() | SendBack() | Pay():
            return -step.amount
        case _:
            return 0


STORIES = {
    "a debit takes the oldest money first": Story(
        5, (comes("c", 10), goes("d", 8)), [(8, 15)], 0, 0, [(0, 8, "moved_on", 0)]
    ),
    "what free units do not cover is debt, at the transfer's last offsets": Story(
        5, (goes("d", 8),), [], 3, 0, [(0, 5, "moved_on", 0)]
    ),
    "debts add up": Story(
        0, (goes("d", 3), Leave(0, 4, "card"), comes("c", 5)), [], 2, 0, [(0, 5, "overdraft_repaid", 0)]
    ),
    "the first units of a credit repay the debt": Story(
        5, (goes("d", 8), comes("c", 10)), [(8, 15)], 0, 0, [(0, 5, "moved_on", 0), (5, 8, "overdraft_repaid", 0)]
    ),
    "a credit smaller than the debt repays what it can": Story(
        0, (goes("d", 8), comes("c", 5)), [], 3, 0, [(0, 5, "overdraft_repaid", 0)]
    ),
    "a credit equal to the debt leaves nothing and no debt": Story(
        0, (goes("d", 5), comes("c", 5)), [], 0, 0, [(0, 5, "overdraft_repaid", 0)]
    ),
    "a forced debit goes around held units and becomes debt instead": Story(
        0,
        (comes("c", 10), hold(4, 8), goes("d", 9)),
        [],
        3,
        4,
        [(0, 4, "moved_on", 0), (8, 10, "moved_on", 4)],
    ),
    "a credit repays the debt although money is held": Story(
        0,
        (comes("c", 10), hold(0, 10), goes("d", 3), comes("e", 5)),
        [(13, 15)],
        0,
        10,
        [(10, 13, "overdraft_repaid", 0)],
    ),
    "a hold takes the lowest free units of its piece": Story(
        3, (comes("c", 10), hold(2, 9, 4)), [(0, 5), (9, 13)], 0, 4, []
    ),
    "a hold takes no more than is free in its piece": Story(
        0, (comes("c", 10), goes("d", 6), hold(0, 8)), [(8, 10)], 0, 2, [(0, 6, "moved_on", 0)]
    ),
    "a second hold on the same piece finds only what the first left": Story(
        0, (comes("c", 10), hold(0, 10, 7), hold(0, 10, 7, name="later")), [], 0, 10, []
    ),
    "money spent already cannot be held, and clean money beside it is not": Story(
        0, (comes("c", 4), goes("d", 4), comes("e", 9), hold(0, 4)), [(4, 13)], 0, 0, [(0, 4, "moved_on", 0)]
    ),
    "released units are free at their old place, before younger money": Story(
        0,
        (comes("c", 10), hold(0, 4), comes("e", 5), goes("d", 6), let_go(0, 4), goes("f", 6)),
        [(12, 15)],
        0,
        0,
        [(4, 10, "moved_on", 0), (0, 4, "moved_on", 0), (10, 12, "moved_on", 4)],
    ),
    "a release under debt repays it at once, lowest units first": Story(
        0,
        (comes("c", 10), hold(0, 10), goes("d", 6), let_go(0, 10)),
        [(6, 10)],
        0,
        0,
        [(0, 6, "overdraft_repaid", 0)],
    ),
    "a release in part under a larger debt leaves nothing free": Story(
        0,
        (comes("c", 10), hold(0, 10), goes("d", 6), let_go(8, 10)),
        [],
        4,
        8,
        [(8, 10, "overdraft_repaid", 0)],
    ),
    "a waiting claim is offered released units before they repay the debt": Story(
        0,
        (comes("c", 10), hold(0, 10), goes("d", 6), HandOver("h", "later", "c", 0, 0, 10, 7)),
        [],
        3,
        7,
        [(7, 10, "overdraft_repaid", 0)],
    ),
    "a refund in part takes the lowest units of the hold": Story(
        0, (comes("c", 10), hold(2, 8), pay(3)), [(0, 2), (8, 10)], 0, 3, [(2, 5, "refunded", 0)]
    ),
    "a refund from a hold in two parts counts its offsets through": Story(
        0,
        (comes("c", 10), hold(1, 9), let_go(3, 6), pay(4)),
        [(0, 1), (3, 6), (9, 10)],
        0,
        1,
        [(1, 3, "refunded", 0), (6, 8, "refunded", 2)],
    ),
    "a refund does not touch the debt": Story(
        0, (comes("c", 10), hold(0, 10), goes("d", 6), pay(10)), [], 6, 0, [(0, 10, "refunded", 0)]
    ),
    "a return of an untouched credit is that credit, unit by unit, and not the older money": Story(
        5, (comes("c", 10), sent_back("return", "c", 10)), [(0, 5)], 0, 0, [(5, 15, "returned", 0)]
    ),
    "a return in part takes the credit's first units": Story(
        5, (comes("c", 10), sent_back("return", "c", 4)), [(0, 5), (9, 15)], 0, 0, [(5, 9, "returned", 0)]
    ),
    "a return after part was spent fills the missing offsets with other free money": Story(
        0,
        (comes("c", 10), goes("d", 3), comes("e", 4), sent_back("return", "c", 10)),
        [(13, 14)],
        0,
        0,
        [(0, 3, "moved_on", 0), (3, 10, "returned", 3), (10, 13, "moved_on", 0)],
    ),
    "a return after part was spent, with nothing else free, ends in debt": Story(
        0,
        (comes("c", 10), goes("d", 3), sent_back("return", "c", 10)),
        [],
        3,
        0,
        [(0, 3, "moved_on", 0), (3, 10, "returned", 3)],
    ),
    "a short return fills its missing offsets with the same credit's later units": Story(
        0,
        (comes("c", 10), goes("d", 3), sent_back("return", "c", 5)),
        [(8, 10)],
        0,
        0,
        [(0, 3, "moved_on", 0), (3, 5, "returned", 3), (5, 8, "returned", 0)],
    ),
    "holes of a return are filled in ascending order of its offsets": Story(
        1,
        (comes("c", 6), hold(0, 2), hold(4, 5, name="later"), comes("e", 1), sent_back("return", "c", 6)),
        [],
        1,
        3,
        [(0, 1, "moved_on", 0), (3, 5, "returned", 2), (6, 7, "returned", 5), (7, 8, "moved_on", 1)],
    ),
    "a return never takes held units": Story(
        0, (comes("c", 10), hold(0, 6), sent_back("return", "c", 10)), [], 6, 6, [(6, 10, "returned", 6)]
    ),
    "a reversal of money that is gone becomes debt, which later credits repay": Story(
        0,
        (comes("c", 10), goes("d", 10), sent_back("reversal", "c", 10), comes("e", 4)),
        [],
        6,
        0,
        [(0, 10, "moved_on", 0), (10, 14, "overdraft_repaid", 0)],
    ),
    "a reversal larger than the credit goes on with the oldest free money": Story(
        5,
        (comes("c", 4), sent_back("reversal", "c", 6)),
        [(2, 5)],
        0,
        0,
        [(0, 2, "moved_on", 4), (5, 9, "returned", 0)],
    ),
    "a reversal of a credit that the account never had takes the oldest money": Story(
        5, (comes("c", 4), sent_back("reversal", "unknown", 6)), [(6, 9)], 0, 0, [(0, 6, "moved_on", 0)]
    ),
    "cash and fees take a stretch as a transfer does": Story(
        0,
        (comes("c", 10), Leave(0, 4, "cash"), Leave(0, 3, "fee")),
        [(7, 10)],
        0,
        0,
        [(0, 4, "cash", 0), (4, 7, "fee", 0)],
    ),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_line(story: Story) -> None:
    books = Books((story.opening,))
    for step in story.steps:
        books.apply(step)
    line = books.lines[0]
    assert list(line.free) == story.free
    assert (line.debt_minor, line.held_minor) == (story.debt, story.held)
    taken = [
        (row.entry_no, row.line_from, row.line_to, row.kind.value, row.transfer_from) for row in books.consumptions
    ]
    assert [row[1:] for row in sorted(taken, key=lambda row: row[:2])] == story.taken
    assert line.balance_minor == story.opening + sum(booked(step) for step in story.steps)


def test_a_short_credit_keeps_the_size_that_the_transfer_had_at_its_sender() -> None:
    books = Books((2,))
    books.apply(Transfer("c", None, 0, 10, 7))
    credit = books.credits["c"]
    assert (credit.line_from, credit.line_to, credit.transfer_minor) == (2, 9, 10)
    assert books.lines[0].balance_minor == 9


def test_a_credit_keeps_what_it_returns_and_whether_it_is_protected() -> None:
    entry = AccountEntry(
        account_id=AccountId("account_0"),
        entry_no=1,
        kind=EntryKind.credit,
        amount_minor=7,
        currency="KZT",
        booked_at=START,
        transfer_ref=TransferRef("wage"),
        original_ref=TransferRef("first"),
        is_protected=True,
    )
    credit = apply_credit(Books((0,)).lines[0], entry).credit
    assert credit is not None
    assert (credit.transfer_ref, credit.original_ref, credit.is_protected) == ("wage", "first", True)
    assert (credit.transfer_minor, credit.booked_at, credit.currency) == (7, START, "KZT")


@pytest.mark.parametrize(
    ("piece", "claim", "floor", "most"),
    [
        (Interval(5, 15), 10, 0, 10),
        (Interval(5, 15), 4, 0, 4),
        (Interval(5, 9), 10, 0, 4),
        (Interval(5, 15), 10, 8, 7),
        (Interval(5, 15), 10, 15, 0),
        (Interval(5, 15), 10, 40, 0),
        (Interval(0, 0), 10, 0, 0),
        (Interval(5, 15), 0, 0, 0),
    ],
)
def test_holdable_is_the_least_of_piece_claim_and_what_is_free_above_the_floor(
    piece: Interval, claim: int, floor: int, most: int
) -> None:
    books = Books((5,))
    books.apply(comes("c", 10))
    assert holdable_minor(books.lines[0], piece, claim, floor) == most


def test_held_money_does_not_serve_the_floor() -> None:
    """Ten of fifteen are held and five are protected: nothing of the rest may be held as well."""
    books = Books((5,))
    books.apply(comes("c", 10))
    line, _ = lay_hold(books.lines[0], Interval(5, 15), 10)
    assert holdable_minor(line, Interval(0, 5), 5, 5) == 0


@pytest.mark.parametrize("exit_kind", [kind for kind in ExitKind if kind is not ExitKind.overdraft_repaid])
def test_an_exit_of_a_debit_is_the_kind_of_its_consumption_and_comes_back_as_an_exit(exit_kind: ExitKind) -> None:
    entry = AccountEntry(
        account_id=AccountId("account_0"),
        entry_no=1,
        kind=EntryKind.debit,
        amount_minor=1,
        currency="KZT",
        booked_at=START,
        exit_kind=exit_kind,
    )
    assert consumption_kind(entry).exit_kind is exit_kind


@pytest.mark.parametrize("kind", [ConsumptionKind.moved_on, ConsumptionKind.returned, ConsumptionKind.refunded])
def test_money_that_goes_on_or_comes_home_is_no_exit(kind: ConsumptionKind) -> None:
    assert kind.exit_kind is None
