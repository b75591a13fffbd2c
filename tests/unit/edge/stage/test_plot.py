"""The plot comes to what its comments say: counted anew, coin by coin, without any of the program's own reckoning."""

from collections import Counter, deque

from tarazy.edge.demonstration.world import BANKS, TENGE
from tarazy.edge.stage.plot import (
    AIGUL,
    ARMAN,
    BANK_OF,
    BOLAT,
    DANIYAR,
    LYUDMILA,
    ONWARD,
    ORDINARY,
    PIECE_OF_DANIYAR_MINOR,
    RUSLAN,
    SAULE,
    SECOND_THEFT,
    THEFT,
    TIMUR,
    VIKTOR,
    Spending,
    Transfer,
)

Coins = deque[tuple[str, int]]
"""Amounts in the order of their arrival, each with whose they are: a victim's name or nobody's."""


def take(coins: Coins, amount: int) -> Coins:
    """Take the oldest coins away."""
    taken: Coins = deque()
    while amount:
        owner, size = coins.popleft()
        part = min(size, amount)
        taken.append((owner, part))
        amount -= part
        if part < size:
            coins.appendleft((owner, size - part))
    return taken


def played() -> tuple[dict[str, Coins], Counter[str]]:
    """Play the plot with coins; return what lies where, and whose money has left."""
    accounts = {one.account_id: deque([("", one.opening_minor)]) for bank in BANKS for one in bank.people}
    left: Counter[str] = Counter()
    for row in (*ORDINARY, THEFT, SECOND_THEFT, *ONWARD):
        if isinstance(row, Spending):
            for owner, size in take(accounts[row.account], row.amount_minor):
                left[owner] += size
            continue
        moved = take(accounts[row.payer], row.amount_minor)
        stolen_from = {THEFT: AIGUL, SECOND_THEFT: LYUDMILA}.get(row)
        accounts[row.payee].extend((stolen_from, size) if stolen_from else (owner, size) for owner, size in moved)
    return accounts, left


def of(coins: Coins, owner: str) -> int:
    return sum(size for one, size in coins if one == owner)


def test_stolen_money_lies_where_the_comments_say() -> None:
    accounts, left = played()
    aiguls = {name: of(accounts[name], AIGUL) // TENGE for name in accounts if of(accounts[name], AIGUL)}
    assert aiguls == {RUSLAN: 200_000, DANIYAR: 40_000, ARMAN: 110_000, SAULE: 80_000, BOLAT: 150_000, VIKTOR: 50_000}
    assert left[AIGUL] == 270_000 * TENGE
    lyudmilas = {name: of(accounts[name], LYUDMILA) // TENGE for name in accounts if of(accounts[name], LYUDMILA)}
    assert lyudmilas == {TIMUR: 200_000, VIKTOR: 100_000}


def test_every_unit_of_both_victims_is_somewhere() -> None:
    accounts, left = played()
    for theft, owner in ((THEFT, AIGUL), (SECOND_THEFT, LYUDMILA)):
        assert sum(of(coins, owner) for coins in accounts.values()) + left[owner] == theft.amount_minor


def test_daniyar_has_what_the_story_tells_of_him() -> None:
    accounts, _ = played()
    assert sum(size for _, size in accounts[DANIYAR]) == 612_000 * TENGE
    assert of(accounts[DANIYAR], AIGUL) == PIECE_OF_DANIYAR_MINOR


def test_money_goes_through_five_banks_besides_the_victims_own() -> None:
    accounts, _ = played()
    touched = {BANK_OF[name] for name in accounts if of(accounts[name], AIGUL) + of(accounts[name], LYUDMILA)}
    assert touched == {bank.participant_id for bank in BANKS} - {BANK_OF[AIGUL]}


def test_each_payment_has_a_key_of_its_own() -> None:
    keys = [row.key for row in (*ORDINARY, THEFT, SECOND_THEFT, *ONWARD) if isinstance(row, Transfer)]
    assert len(keys) == len(set(keys))
