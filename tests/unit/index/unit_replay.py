"""A second way to the same answer, slow and plain: every account is a queue of coins, and each coin bears its stories.

It shares nothing with the product but the words: no lines, no running numbers, no look at intervals. Many starts are
replayed in one pass, for a coin can belong to several of them.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

KEEPS_COINS = ("personal", "business")


class Story(NamedTuple):
    """These coins are the units of ``start`` from ``first`` on, and have moved on ``depth`` times since."""

    start: str
    first: int
    depth: int


class Coins(NamedTuple):
    count: int
    stories: tuple[Story, ...] = ()


class Row(NamedTuple):
    transfer_id: str
    payer: str
    payee: str
    amount: int


@dataclass
class Purse:
    kind: str
    coins: deque[Coins] = field(default_factory=deque)
    owed: int = 0


@dataclass
class Answer:
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    pieces: list[tuple[int, int, str, int, int]] = field(default_factory=list)
    """(depth, row, transfer, from, to), cut wherever coins were cut."""
    origins: list[tuple[int, int]] = field(default_factory=list)
    """(first, count): which units of the start were met at the end. Each exactly once, if none was lost or made."""


def purse_of(kind: str, opening: int) -> Purse:
    return Purse(kind, deque([Coins(opening)] if opening and kind in KEEPS_COINS else []))


def replay(purses: Mapping[str, Purse], rows: Iterable[Row], claims: Mapping[str, int | None]) -> dict[str, Answer]:
    """Return the answer for each start of ``claims``: how many of its units are claimed, or None for all."""
    answers = {start: Answer() for start in claims}
    for number, row in enumerate(rows):
        coins = pay(purses[row.payer], row.amount)
        if row.transfer_id in claims:
            coins = marked(coins, row, claims[row.transfer_id])
        offset = 0
        for coin in coins:
            for story in coin.stories:
                piece = (story.depth, number, row.transfer_id, offset, offset + coin.count)
                answers[story.start].pieces.append(piece)
            offset += coin.count
        assert offset == row.amount
        receive(row.payee, purses[row.payee], coins, answers)
    for account, purse in purses.items():
        for coin in purse.coins:
            leave(answers, account, "holdable", coin)
    return answers


def pay(purse: Purse, amount: int) -> list[Coins]:
    """Take coins from the front; what is missing comes clean from the bank, as all of an endless purse does."""
    paid: list[Coins] = []
    left = amount
    while left and purse.coins:
        coin = purse.coins.popleft()
        if coin.count > left:
            coin, rest = split(coin, left)
            purse.coins.appendleft(rest)
        left -= coin.count
        paid.append(Coins(coin.count, tuple(story._replace(depth=story.depth + 1) for story in coin.stories)))
    if left:
        purse.owed += left if purse.kind in KEEPS_COINS else 0
        paid.append(Coins(left))
    return paid


def marked(coins: list[Coins], row: Row, claim: int | None) -> list[Coins]:
    """Give the first ``claim`` units of a start their story, beside the stories that they bear already."""
    claimed = row.amount if claim is None else claim
    result, offset = [], 0
    for whole in coins:
        parts = split(whole, claimed - offset) if offset < claimed < offset + whole.count else (whole,)
        for coin in parts:
            story = (Story(row.transfer_id, offset, 0),) if offset < claimed else ()
            result.append(Coins(coin.count, coin.stories + story))
            offset += coin.count
    return result


def receive(account: str, purse: Purse, coins: list[Coins], answers: Mapping[str, Answer]) -> None:
    for coin in coins:
        if purse.kind not in KEEPS_COINS:
            leave(answers, account, purse.kind, coin)
            continue
        back, kept = split(coin, min(purse.owed, coin.count))
        purse.owed -= back.count
        leave(answers, account, "overdraft_repaid", back)
        if kept.count:
            purse.coins.append(kept)


def split(coin: Coins, count: int) -> tuple[Coins, Coins]:
    later = tuple(story._replace(first=story.first + count) for story in coin.stories)
    return Coins(count, coin.stories), Coins(coin.count - count, later)


def leave(answers: Mapping[str, Answer], account: str, kind: str, coin: Coins) -> None:
    if coin.count:
        for story in coin.stories:
            answers[story.start].ends[account, kind] += coin.count
            answers[story.start].origins.append((story.first, coin.count))


def merged(pieces: list[tuple[int, int, str, int, int]]) -> list[tuple[int, str, int, int]]:
    """Sort by depth, row and offset, and join what touches within one transfer at one depth."""
    joined: list[tuple[int, str, int, int]] = []
    for depth, _, transfer, low, high in sorted(pieces):
        if joined and joined[-1][:2] == (depth, transfer) and joined[-1][3] == low:
            joined[-1] = (depth, transfer, joined[-1][2], high)
        else:
            joined.append((depth, transfer, low, high))
    return joined


def each_unit_once(answer: Answer, stolen: int) -> bool:
    """Return whether the origins tile ``[0, stolen)``."""
    reached = 0
    for first, count in sorted(answer.origins):
        if first != reached:
            return False
        reached = first + count
    return reached == stolen
