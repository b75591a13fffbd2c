"""A brute-force model of account lines: every minor unit of money is an object of its own, in a list of its account.

It is slow, obvious, and shares no code with the product: no intervals, no heads, no gaps. Each unit knows every
transfer that has carried it, at which offset, so whose money it is can be read off it at any moment. Tests run the
same life through the model and through the product and compare the two unit by unit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Transfer(NamedTuple):
    """Money moves. A payer or payee of None is somebody outside; ``arrives`` is less than ``amount`` by a fee."""

    ref: str
    payer: int | None
    payee: int | None
    amount: int
    arrives: int


class Leave(NamedTuple):
    """Money leaves what can be followed: in cash, by card, as a fee."""

    payer: int
    amount: int
    kind: str


class SendBack(NamedTuple):
    """A return or a reversal (``kind``) of the transfer ``original``, booked on ``account`` for ``payee``."""

    ref: str
    original: str
    kind: str
    account: int
    payee: int | None
    amount: int
    arrives: int


class Lay(NamedTuple):
    """The core reserves ``amount`` of the piece ``[start, end)`` of the credit ``ref``."""

    hold: str
    ref: str
    account: int
    start: int
    end: int
    amount: int


class Release(NamedTuple):
    """What a hold still holds of the units ``[start, end)`` of the credit ``ref`` becomes free."""

    hold: str
    ref: str
    account: int
    start: int
    end: int


class HandOver(NamedTuple):
    """As `Release`, but before anything else the lowest ``amount`` of it go under the waiting hold ``taker``."""

    hold: str
    taker: str
    ref: str
    account: int
    start: int
    end: int
    amount: int


class Pay(NamedTuple):
    """The lowest ``amount`` units that a hold still holds go home as the refund ``ref``."""

    hold: str
    ref: str
    account: int
    amount: int


Step = Transfer | Leave | SendBack | Lay | Release | HandOver | Pay


class Mark(NamedTuple):
    """One transfer that carried a unit, and at which offset."""

    ref: str
    offset: int


class Taken(NamedTuple):
    """What consumed a unit. ``went_on`` says that it lies on another line of the model now."""

    entry_no: int
    kind: str
    ref: str | None
    offset: int
    went_on: bool = False


class End(NamedTuple):
    """Where a unit is now: ``here`` on a line (free or held), or the kind of what took it away."""

    account: int
    what: str
    position: int | None


@dataclass(eq=False, slots=True)
class Unit:
    """One minor unit of money on one line: where it came from, oldest transfer first, and what became of it."""

    path: tuple[Mark, ...] = ()
    hold: str | None = None
    taken: Taken | None = None

    @property
    def is_free(self) -> bool:
        """Whether nothing holds the unit and nothing took it."""
        return self.hold is None and self.taken is None


class UnitAccount:
    """One account: its units in line order, its debt, and its balance, kept by plain addition of the bookings."""

    def __init__(self, opening: int) -> None:
        self.units = [Unit() for _ in range(opening)]
        self.debt = 0
        self.balance = opening
        self.entry_no = 0

    def free(self) -> list[Unit]:
        """Return the free units, lowest on the line first."""
        return [unit for unit in self.units if unit.is_free]

    def free_positions(self) -> set[int]:
        """Return where the free units lie."""
        return {position for position, unit in enumerate(self.units) if unit.is_free}

    def held_positions(self, hold: str | None = None) -> set[int]:
        """Return where the units of one hold lie, or those of all holds."""
        return {i for i, unit in enumerate(self.units) if unit.hold is not None and hold in (None, unit.hold)}

    def of_credit(self, ref: str) -> dict[int, Unit]:
        """Return the units that the transfer ``ref`` brought here, by their offset in it."""
        return {unit.path[-1].offset: unit for unit in self.units if unit.path and unit.path[-1].ref == ref}

    def receive(self, arrived: Sequence[Unit]) -> None:
        """Book a credit: the units go to the end of the line, and the first of them repay the debt."""
        self.entry_no += 1
        self.units.extend(arrived)
        self.balance += len(arrived)
        self.repay()

    def repay(self) -> None:
        """Let the lowest free units repay the debt, one by one."""
        for unit in self.free():
            if self.debt == 0:
                break
            unit.taken = Taken(self.entry_no, "overdraft_repaid", None, 0)
            self.debt -= 1

    def spend(self, amount: int, original: str | None = None) -> list[Unit | None]:
        """Book a debit and return who fills its offsets; None is the bank's own credit.

        With an ``original`` each offset takes the unit of that very offset first, if that is still free.
        """
        self.entry_no += 1
        self.balance -= amount
        slots: list[Unit | None] = [None] * amount
        if original is not None:
            for offset, unit in self.of_credit(original).items():
                if offset < amount and unit.is_free:
                    slots[offset] = unit
        others = iter([unit for unit in self.free() if unit not in slots])
        for offset in range(amount):
            if slots[offset] is None:
                slots[offset] = next(others, None)
        self.debt += slots.count(None)
        return slots


class UnitWorld:
    """A few accounts and the transfers between them, unit by unit."""

    def __init__(self, openings: Sequence[int]) -> None:
        self.accounts = [UnitAccount(opening) for opening in openings]
        self.lost: list[tuple[int, Unit]] = []

    def apply(self, step: Step) -> None:
        """Let one thing happen."""
        match step:
            case Transfer():
                self._move(step.ref, step.payer, step.payee, step.amount, step.arrives, kind="moved_on")
            case SendBack():
                back = step.original
                self._move(
                    step.ref, step.account, step.payee, step.amount, step.arrives, kind="returned", original=back
                )
            case Leave():
                self._take(self.accounts[step.payer], step.amount, Taken(0, step.kind, None, 0), None)
            case Lay():
                self._lay(step)
            case Release():
                self._release(step)
            case HandOver():
                self._release(step, step.taker, step.amount)
            case Pay():
                self._pay(step)

    def ends_of(self, ref: str) -> dict[int, End]:
        """Return where each unit of the transfer ``ref`` is now, by its offset in that transfer."""
        ends: dict[int, End] = {}
        for end, unit in self._resting():
            for mark in unit.path:
                if mark.ref == ref:
                    assert mark.offset not in ends, "a unit of money is in two places"
                    ends[mark.offset] = end
        return ends

    def owner_of_each(self, victims: Sequence[str]) -> dict[End, str]:
        """Return whose each resting unit is: of the reported transfers that carried it, the first."""
        owners = {}
        for end, unit in self._resting():
            carried = [mark.ref for mark in unit.path if mark.ref in victims]
            if carried and end.position is not None:
                owners[end] = carried[0]
        return owners

    def _resting(self) -> Iterator[tuple[End, Unit]]:
        for number, account in enumerate(self.accounts):
            for position, unit in enumerate(account.units):
                if unit.taken is None:
                    yield End(number, "here", position), unit
                elif not unit.taken.went_on:
                    yield End(number, unit.taken.kind, position), unit
        for number, unit in self.lost:
            yield End(number, "fee", None), unit

    def _move(
        self,
        ref: str,
        payer: int | None,
        payee: int | None,
        amount: int,
        arrives: int,
        *,
        kind: str,
        original: str | None = None,
    ) -> None:
        if payer is None:
            slots: list[Unit | None] = [None] * amount
        else:
            slots = self._take(
                self.accounts[payer], amount, Taken(0, kind, ref, 0, went_on=payee is not None), original
            )
        if payee is None:
            return
        carried = [Unit(path=(*(unit.path if unit else ()), Mark(ref, offset))) for offset, unit in enumerate(slots)]
        self.accounts[payee].receive(carried[:arrives])
        self.lost.extend((payee, unit) for unit in carried[arrives:])

    def _take(self, account: UnitAccount, amount: int, taken: Taken, original: str | None) -> list[Unit | None]:
        named = [] if original is None else list(account.of_credit(original).values())
        slots = account.spend(amount, original)
        for offset, unit in enumerate(slots):
            if unit is not None:
                is_foreign = original is not None and not any(unit is one for one in named)
                kind = "moved_on" if is_foreign else taken.kind
                unit.taken = taken._replace(entry_no=account.entry_no, offset=offset, kind=kind)
        return slots

    def _lay(self, step: Lay) -> None:
        account = self.accounts[step.account]
        account.entry_no += 1
        inside = [unit for offset, unit in account.of_credit(step.ref).items() if step.start <= offset < step.end]
        for unit in [unit for unit in inside if unit.is_free][: step.amount]:
            unit.hold = step.hold

    def _release(self, step: Release | HandOver, taker: str | None = None, amount: int = 0) -> None:
        account = self.accounts[step.account]
        account.entry_no += 1
        for offset, unit in account.of_credit(step.ref).items():
            if unit.hold == step.hold and step.start <= offset < step.end:
                unit.hold = taker if amount > 0 else None
                amount -= 1
        account.repay()

    def _pay(self, step: Pay) -> None:
        account = self.accounts[step.account]
        account.entry_no += 1
        paid = [unit for unit in account.units if unit.hold == step.hold][: step.amount]
        account.balance -= len(paid)
        for offset, unit in enumerate(paid):
            unit.hold = None
            unit.taken = Taken(account.entry_no, "refunded", step.ref, offset)
