"""A second opinion on where money is: every account as an ordered row of coins, each with the way it has come.

A coin stands for a stretch of minor units that have had one and the same way; it is cut when an entry takes part of it.
The rules are those of the specification; nothing of the product's line is used here. Which units a hold lies on is
taken from the bank's rows, because whose money a hold covers is decided there, and is then checked: held coins must
have been free, and no entry but the hold's own payment takes them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from tarazy.domain.entry import AccountEntry, EntryKind
from tarazy.simulation.checkers.finding import CheckFailed
from tarazy.values.ids import AccountId, HoldId, ParticipantId
from tarazy.values.replacing import replace

NAME = "truth"


class Mark(NamedTuple):
    """A transfer that has carried a coin, and at which offset of it the coin begins."""

    ref: str
    offset: int


Way = tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Coin:
    """``size`` units from ``start`` of a line; ``hold`` is what holds them."""

    start: int
    size: int
    way: Way
    hold: HoldId | None = None

    def cut(self, low: int, high: int) -> "Coin":
        """Return the part of the coin from ``low`` to ``high``, counted from its own first unit."""
        way = tuple(Mark(mark.ref, mark.offset + low) for mark in self.way)
        return replace(self, start=self.start + low, size=high - low, way=way)


class Carried(NamedTuple):
    """A coin on its way: at which offset of the transfer it lies, how big it is, and the way it came before."""

    offset: int
    size: int
    way: Way


class Place(NamedTuple):
    """Where units rest: on a line, or what took them there. ``hold`` is what holds them, or has paid them back."""

    bank: ParticipantId
    account_id: AccountId
    what: str
    hold: HoldId | None


class Resting(NamedTuple):
    """Units that have come to rest."""

    size: int
    way: Way
    place: Place


Laid = dict[HoldId, tuple[tuple[int, int], ...]]
"""Which stretches of a line lie under each hold."""


@dataclass(slots=True)
class CoinLine:
    """One account. ``takes_no_coins`` is true where nothing is followed inside: pooled, or another currency."""

    bank: ParticipantId
    account_id: AccountId
    opening_minor: int
    ends_here_as: str | None
    coins: list[Coin] = field(default_factory=list)
    gone: list[Resting] = field(default_factory=list)
    end: int = 0
    debt: int = 0

    def __post_init__(self) -> None:
        if self.opening_minor:
            self.coins.append(Coin(0, self.opening_minor, ()))
        self.end = self.opening_minor

    def receive(self, entry: AccountEntry, arriving: Iterable[Carried]) -> None:
        """Book a credit: its units are put at the end, what was lost on the way is a fee, and debt is repaid first."""
        assert entry.transfer_ref is not None
        for one in arriving:
            size = min(one.offset + one.size, entry.amount_minor) - one.offset
            way = (*one.way, Mark(entry.transfer_ref, one.offset))
            if self.ends_here_as == "other_currency":
                self._rest(Coin(0, one.size, way), self.ends_here_as)
                continue
            if size < one.size:
                lost = Coin(0, one.size, way).cut(max(size, 0), one.size)
                self._rest(lost, "fee")
            if size > 0 and self.ends_here_as is not None:
                self._rest(Coin(0, size, way), self.ends_here_as)
            elif size > 0:
                self.coins.append(Coin(self.end + one.offset, size, way))
        self.end += entry.amount_minor
        self.repay()

    def spend(self, entry: AccountEntry) -> list[Carried]:
        """Book a debit of any kind and return what it carries, by offset; what nothing covers is the bank's credit."""
        if self.ends_here_as is not None:
            return [Carried(0, entry.amount_minor, ())]
        taken: list[tuple[int, Coin]] = []
        missing = [(0, entry.amount_minor)]
        if entry.original_ref is not None:
            taken, missing = self._take_own(entry)
        for low, high in missing:
            reached = low
            for coin in self._take_lowest(high - low):
                taken.append((reached, coin))
                reached += coin.size
            if reached < high:
                self.debt += high - reached
                taken.append((reached, Coin(0, high - reached, ())))
        return [Carried(offset, coin.size, coin.way) for offset, coin in sorted(taken, key=lambda pair: pair[0])]

    def pay_from(self, hold: HoldId, amount: int) -> None:
        """Book the payment of a hold: its lowest units go home."""
        for coin in self._take_lowest(amount, hold):
            self._rest(coin, "refunded", hold)

    def rest_all(self, carried: Iterable[Carried], what: str) -> None:
        """Let what a debit took come to rest as an exit."""
        for one in carried:
            self._rest(Coin(0, one.size, one.way), what)

    def lay(self, laid: Laid) -> None:
        """Let holds lie where the bank says; what no hold covers any more is free, and repays debt."""
        wanted = sorted((low, high, hold) for hold, stretches in laid.items() for low, high in stretches)
        covered = 0
        after: list[Coin] = []
        for coin in self.coins:
            reached = coin.start
            for low, high, hold in wanted:
                start, end = max(low, coin.start), min(high, coin.start + coin.size)
                if start >= end:
                    continue
                if start > reached:
                    after.append(replace(coin.cut(reached - coin.start, start - coin.start), hold=None))
                after.append(replace(coin.cut(start - coin.start, end - coin.start), hold=hold))
                covered += end - start
                reached = end
            if reached < coin.start + coin.size:
                after.append(replace(coin.cut(reached - coin.start, coin.size), hold=None))
        if covered != sum(high - low for low, high, _ in wanted):
            raise CheckFailed(NAME, f"{self.bank}/{self.account_id}: a hold lies on units that are not there")
        self.coins = after
        self.repay()

    def repay(self) -> None:
        """Let free units repay the debt, lowest first."""
        due = min(self.debt, sum(coin.size for coin in self.coins if coin.hold is None))
        self.debt -= due
        for coin in self._take_lowest(due):
            self._rest(coin, "overdraft_repaid")

    def resting(self) -> Iterable[Resting]:
        """Return all units with a way that rest here or were taken here."""
        yield from self.gone
        for coin in self.coins:
            if coin.way:
                yield Resting(coin.size, coin.way, Place(self.bank, self.account_id, "line", coin.hold))

    def _take_own(self, entry: AccountEntry) -> tuple[list[tuple[int, Coin]], list[tuple[int, int]]]:
        """Take what is still free of the very units that the named transfer brought, each at its own offset."""
        taken: list[tuple[int, Coin]] = []
        kept: list[Coin] = []
        for coin in self.coins:
            came_by = coin.way[-1] if coin.way else None
            if coin.hold is not None or came_by is None or came_by.ref != entry.original_ref:
                kept.append(coin)
                continue
            inside = max(0, min(coin.size, entry.amount_minor - came_by.offset))
            if inside:
                taken.append((came_by.offset, coin.cut(0, inside)))
            if inside < coin.size:
                kept.append(coin.cut(inside, coin.size))
        self.coins = kept
        missing, reached = [], 0
        for offset, coin in sorted(taken, key=lambda pair: pair[0]):
            if offset > reached:
                missing.append((reached, offset))
            reached = offset + coin.size
        if reached < entry.amount_minor:
            missing.append((reached, entry.amount_minor))
        return taken, missing

    def _take_lowest(self, amount: int, hold: HoldId | None = None) -> list[Coin]:
        taken: list[Coin] = []
        kept: list[Coin] = []
        left = amount
        for coin in self.coins:
            size = min(left, coin.size) if coin.hold == hold else 0
            left -= size
            if size:
                taken.append(coin.cut(0, size))
            if size < coin.size:
                kept.append(coin.cut(size, coin.size))
        self.coins = kept
        return taken

    def _rest(self, coin: Coin, what: str, hold: HoldId | None = None) -> None:
        if coin.way:
            self.gone.append(Resting(coin.size, coin.way, Place(self.bank, self.account_id, what, hold)))


def is_gone_home(entry: AccountEntry) -> bool:
    """Return whether a debit ends the way of its units here: an undone credit that names nobody at the other end."""
    return entry.kind in {EntryKind.return_, EntryKind.reversal} and entry.counterparty is None
