"""Each rule of following money through a file, as a story of a few rows."""

import pytest

from tarazy.index.input_fault import InputFault
from tests.unit.index.files import accounts_of, found, trace_of, transfers_of, way

PEOPLE = accounts_of(
    "victim,bank-1,1000,KZT,personal",
    "ann,bank-1,50,KZT,personal",
    "bob,bank-2,0,KZT,business",
    "cleo,bank-2,0,KZT,personal",
    "shop,bank-3,,KZT,pooled",
    "atm,bank-3,,KZT,cash_out",
    "abroad,bank-3,-7,KZT,external",
    "euro,bank-1,100,EUR,personal",
    "euro2,bank-2,0,EUR,personal",
)


def test_money_that_does_not_move_is_holdable_where_it_arrived() -> None:
    rows = transfers_of(PEOPLE, "t1,1,victim,ann,500,KZT")
    tracing = trace_of(PEOPLE, rows, "t1")
    assert found(tracing) == {"holdable": {"ann": 500}}
    assert way(tracing) == [(0, "t1", 0, 500)]
    assert (tracing.method, tracing.currency, tracing.untraced_minor) == ("fifo/1", "KZT", 0)


def test_the_oldest_units_go_first_so_the_opening_shields_the_stolen_ones() -> None:
    rows = transfers_of(PEOPLE, "t1,1,victim,ann,500,KZT", "t2,2,ann,bob,50,KZT", "t3,3,ann,cleo,60,KZT")
    tracing = trace_of(PEOPLE, rows, "t1")
    assert found(tracing) == {"holdable": {"ann": 440, "cleo": 60}}
    assert way(tracing) == [(0, "t1", 0, 500), (1, "t3", 0, 60)]


def test_a_payment_that_mixes_carries_its_stolen_units_at_their_own_offsets() -> None:
    rows = transfers_of(PEOPLE, "t1,1,victim,ann,500,KZT", "t2,2,ann,bob,200,KZT", "t3,3,bob,cleo,100,KZT")
    tracing = trace_of(PEOPLE, rows, "t1")
    assert way(tracing) == [(0, "t1", 0, 500), (1, "t2", 50, 200), (2, "t3", 50, 100)]
    assert found(tracing) == {"holdable": {"ann": 350, "bob": 100, "cleo": 50}}


def test_only_the_first_units_of_the_start_are_followed_when_asked() -> None:
    rows = transfers_of(PEOPLE, "t1,1,victim,bob,500,KZT", "t2,2,bob,cleo,100,KZT")
    assert found(trace_of(PEOPLE, rows, "t1", amount=130)) == {"holdable": {"bob": 30, "cleo": 100}}
    assert found(trace_of(PEOPLE, rows, "t1", amount=100)) == {"holdable": {"cleo": 100}}
    assert found(trace_of(PEOPLE, rows, "t1", amount=1)) == {"holdable": {"cleo": 1}}


@pytest.mark.parametrize(("account", "kind"), [("shop", "pooled"), ("atm", "cash_out"), ("abroad", "external")])
def test_accounts_without_a_line_end_the_way_and_what_they_pay_is_clean(account: str, kind: str) -> None:
    rows = transfers_of(
        PEOPLE, "t1,1,victim,bob,500,KZT", f"t2,2,bob,{account},200,KZT", f"t3,3,{account},cleo,200,KZT"
    )
    assert found(trace_of(PEOPLE, rows, "t1")) == {"holdable": {"bob": 300}, kind: {account: 200}}


@pytest.mark.parametrize(("account", "kind"), [("shop", "pooled"), ("atm", "cash_out"), ("abroad", "external")])
def test_a_start_paid_to_an_account_without_a_line_ends_at_once(account: str, kind: str) -> None:
    rows = transfers_of(PEOPLE, f"t1,1,victim,{account},500,KZT", f"t2,2,{account},bob,500,KZT")
    tracing = trace_of(PEOPLE, rows, "t1")
    assert found(tracing) == {kind: {account: 500}}
    assert way(tracing) == [(0, "t1", 0, 500)]


@pytest.mark.parametrize("payer", ["shop", "atm", "abroad", "bob"])
def test_any_transfer_can_be_the_start_whoever_pays_it(payer: str) -> None:
    rows = transfers_of(PEOPLE, f"t1,1,{payer},cleo,500,KZT", "t2,1,cleo,ann,20,KZT")
    assert found(trace_of(PEOPLE, rows, "t1")) == {"holdable": {"ann": 20, "cleo": 480}}


def test_stolen_money_that_repays_an_overdraft_has_left_and_the_rest_stays() -> None:
    rows = transfers_of(PEOPLE, "t1,1,bob,cleo,70,KZT", "t2,2,victim,bob,100,KZT", "t3,3,bob,ann,10,KZT")
    tracing = trace_of(PEOPLE, rows, "t2")
    assert found(tracing) == {"holdable": {"ann": 10, "bob": 20}, "overdraft_repaid": {"bob": 70}}
    assert way(tracing) == [(0, "t2", 0, 100), (1, "t3", 0, 10)]


def test_units_beyond_the_balance_are_the_banks_own_credit_and_clean() -> None:
    rows = transfers_of(PEOPLE, "t1,1,victim,bob,100,KZT", "t2,2,bob,cleo,150,KZT", "t3,3,ann,bob,40,KZT")
    tracing = trace_of(PEOPLE, rows, "t1")
    assert way(tracing) == [(0, "t1", 0, 100), (1, "t2", 0, 100)]
    assert found(tracing) == {"holdable": {"cleo": 100}}


def test_a_credit_that_repays_only_part_of_a_debt_is_wholly_gone() -> None:
    rows = transfers_of(PEOPLE, "t1,1,bob,cleo,70,KZT", "t2,2,victim,bob,30,KZT", "t3,3,victim,bob,50,KZT")
    assert found(trace_of(PEOPLE, rows, "t2")) == {"overdraft_repaid": {"bob": 30}}
    assert found(trace_of(PEOPLE, rows, "t3")) == {"holdable": {"bob": 10}, "overdraft_repaid": {"bob": 40}}
    assert found(trace_of(PEOPLE, rows, "t3", amount=40)) == {"overdraft_repaid": {"bob": 40}}


def test_a_transfer_to_oneself_is_a_debit_and_then_a_credit() -> None:
    rows = transfers_of(PEOPLE, "t1,1,victim,ann,100,KZT", "t2,2,ann,ann,60,KZT", "t3,3,ann,bob,90,KZT")
    tracing = trace_of(PEOPLE, rows, "t1")
    # ann: 50 own and 100 stolen; 60 go round (50 own, 10 stolen) and queue behind; then the 90 oldest are all stolen
    assert way(tracing) == [(0, "t1", 0, 100), (1, "t2", 50, 60), (1, "t3", 0, 90)]
    assert found(tracing) == {"holdable": {"ann": 10, "bob": 90}}


def test_a_transfer_to_oneself_can_be_the_start_and_repays_the_debt_that_it_makes() -> None:
    rows = transfers_of(PEOPLE, "t1,1,ann,ann,80,KZT")
    tracing = trace_of(PEOPLE, rows, "t1")
    assert found(tracing) == {"holdable": {"ann": 50}, "overdraft_repaid": {"ann": 30}}


def test_money_that_goes_in_circles_is_counted_once() -> None:
    rows = transfers_of(
        PEOPLE, "t1,1,victim,bob,100,KZT", "t2,1,bob,cleo,100,KZT", "t3,1,cleo,bob,100,KZT", "t4,1,bob,cleo,40,KZT"
    )
    tracing = trace_of(PEOPLE, rows, "t1")
    assert found(tracing) == {"holdable": {"bob": 60, "cleo": 40}}
    assert way(tracing) == [(0, "t1", 0, 100), (1, "t2", 0, 100), (2, "t3", 0, 100), (3, "t4", 0, 40)]


def test_adjacent_pieces_of_one_transfer_are_merged_only_at_one_depth() -> None:
    rows = transfers_of(
        PEOPLE,
        "t1,1,victim,bob,100,KZT",
        "t2,2,bob,cleo,30,KZT",
        "t3,3,bob,cleo,30,KZT",
        "t4,4,bob,ann,10,KZT",
        "t5,5,ann,cleo,60,KZT",
        "t6,6,cleo,ann,120,KZT",
    )
    tracing = trace_of(PEOPLE, rows, "t1")
    # cleo's line is t2, t3 (both depth 1), then t5 with 50 of ann's own units and 10 stolen ones of depth 2
    assert (2, "t6", 0, 60) in way(tracing)
    assert (3, "t6", 110, 120) in way(tracing)
    assert [piece for piece in way(tracing) if piece[1] == "t6"] == [(2, "t6", 0, 60), (3, "t6", 110, 120)]


def test_pieces_of_two_depths_that_touch_stay_apart() -> None:
    rows = transfers_of(
        PEOPLE, "t1,1,victim,bob,100,KZT", "t2,2,bob,bob,40,KZT", "t3,3,bob,cleo,100,KZT", "t4,4,cleo,ann,100,KZT"
    )
    assert way(trace_of(PEOPLE, rows, "t1")) == [
        (0, "t1", 0, 100),
        (1, "t2", 0, 40),
        (1, "t3", 0, 60),
        (2, "t3", 60, 100),
        (2, "t4", 0, 60),
        (3, "t4", 60, 100),
    ]


def test_as_of_includes_every_row_of_its_moment_and_none_after() -> None:
    rows = transfers_of(
        PEOPLE, "t1,5,victim,bob,100,KZT", "t2,5,bob,cleo,40,KZT", "t3,6,bob,cleo,10,KZT", "t4,7,bob,cleo,10,KZT"
    )
    assert found(trace_of(PEOPLE, rows, "t1", as_of="5")) == {"holdable": {"bob": 60, "cleo": 40}}
    assert found(trace_of(PEOPLE, rows, "t1", as_of="6")) == {"holdable": {"bob": 50, "cleo": 50}}
    assert found(trace_of(PEOPLE, rows, "t1", as_of="99")) == found(trace_of(PEOPLE, rows, "t1"))
    assert trace_of(PEOPLE, rows, "t1").as_of.text == "7"


def test_as_of_compares_moments_and_not_clock_faces() -> None:
    rows = transfers_of(
        PEOPLE,
        "t1,2026-03-01T10:00:00+05:00,victim,bob,100,KZT",
        "t2,2026-03-01T05:00:00Z,bob,cleo,40,KZT",
        "t3,2026-03-01T10:00:00.000001+05:00,bob,cleo,10,KZT",
    )
    for same in ("2026-03-01T05:00:00Z", "2026-03-01T00:00-05:00", "2026-03-01 10:00:00.000000+05"):
        assert found(trace_of(PEOPLE, rows, "t1", as_of=same)) == {"holdable": {"bob": 60, "cleo": 40}}


def test_several_currencies_share_a_file_and_do_not_touch() -> None:
    rows = transfers_of(PEOPLE, "t1,1,victim,bob,100,KZT", "t2,2,euro,euro2,30,EUR")
    assert trace_of(PEOPLE, rows, "t2").currency == "EUR"
    assert found(trace_of(PEOPLE, rows, "t2")) == {"holdable": {"euro2": 30}}


def test_what_happened_before_the_start_decides_whose_units_are_oldest() -> None:
    rows = transfers_of(PEOPLE, "t0,1,ann,bob,50,KZT", "t1,2,victim,bob,100,KZT", "t2,3,bob,cleo,60,KZT")
    assert found(trace_of(PEOPLE, rows, "t1")) == {"holdable": {"bob": 90, "cleo": 10}}


FAULTS = [
    ({"start": "t9"}, "transfers.csv, --start: expected the id of a transfer of the file, found 't9'"),
    (
        {"start": "t1", "amount": 101},
        "transfers.csv, line 2, --amount: expected from 1 to 100, the amount of the start",
    ),
    ({"start": "t2", "as_of": "1"}, "transfers.csv, line 3, --as-of: expected no time before the start (2), found '1'"),
    ({"start": "t1", "as_of": "2026-01-01T00:00Z"}, "--as-of: expected a whole-number step, as in the file"),
    ({"start": "t1", "pieces_max": 1}, "transfers.csv, line 3, tracing: expected at most 1 pieces"),
]


@pytest.mark.parametrize(("asked", "message"), FAULTS)
def test_a_question_that_the_file_cannot_answer_is_refused(asked: dict, message: str) -> None:  # type: ignore[type-arg]
    rows = transfers_of(PEOPLE, "t1,1,victim,bob,100,KZT", "t2,2,bob,cleo,100,KZT")
    with pytest.raises(InputFault) as refused:
        trace_of(PEOPLE, rows, **asked)
    assert str(refused.value).startswith(message)


def test_a_very_large_sum_is_followed_to_the_unit() -> None:
    most = 2**62
    rich = accounts_of(f"a,b,{most},KZT,personal", f"b,b,{most},KZT,personal", "c,b,0,KZT,personal")
    rows = transfers_of(rich, f"t1,1,a,b,{most},KZT", f"t2,2,b,c,{most},KZT", "t3,3,b,c,1,KZT")
    assert found(trace_of(rich, rows, "t1")) == {"holdable": {"b": most - 1, "c": 1}}
