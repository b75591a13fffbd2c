"""An account's inflow line: which units of which credit were spent by which debit, to the unit.

The opening balance occupies ``[0, opening)`` of the line and every credit the next stretch. A unit never moves on its
line. At every moment each unit is in exactly one of three states:

    consumed   a debit, fee, return, reversal, refund or the repayment of an overdraft took it
    held       it lies under a hold that the bank's core has reserved
    free       neither; the free units are ``gaps`` (stretches below ``head``) and ``[head, line_end)``

Debits consume free units, lowest first (first in, first out: Clayton's case, 1816). What free units do not cover is the
bank's own credit: it is untainted and added to ``debt``, and the next credit repays it first. So, always:

    free + held - debt = ledger balance          debt > 0  implies  free = 0

Nothing here reads a store or a clock: each function takes the line as it is and returns the line as it becomes,
together with the rows that record the change. Amounts are minor units of the account's currency.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from tarazy.domain.entry import AccountEntry, AccountKind, EntryKind, ExitKind
from tarazy.values.ids import AccountId, HoldId, ParticipantId, TransferRef
from tarazy.values.instant import Instant
from tarazy.values.interval import NOTHING, Interval, Intervals, intersect, subtract, take_lowest, total, union
from tarazy.values.replacing import replace

GAPS_MAX = 10_000
"""So many separate free stretches at most: every booking writes them all. A credit or a return that would leave more is
not booked, and the account waits behind it; what a hold leaves or frees beyond that is."""


class ConsumptionKind(StrEnum):
    """What took a stretch of the line."""

    moved_on = "moved_on"
    returned = "returned"
    refunded = "refunded"
    cash = "cash"
    card = "card"
    crypto = "crypto"
    abroad = "abroad"
    fee = "fee"
    overdraft_repaid = "overdraft_repaid"

    @property
    def exit_kind(self) -> ExitKind | None:
        """Return the exit that this is, or None where the money can be followed further or has come home."""
        return ExitKind(self.value) if self.value in ExitKind.__members__ else None


class AccountLine(Struct, frozen=True, kw_only=True):
    """The line of one account as it stands after entry ``entry_no``."""

    account_id: AccountId
    kind: AccountKind
    currency: str
    is_natural_person: bool
    entry_no: int
    head: int
    line_end: int
    gaps: Intervals
    debt_minor: int
    held_minor: int
    is_behind: bool = False
    """Whether entries are waiting behind a gap in the numbers: then what is known is old, and nothing is guessed."""

    @property
    def free(self) -> Intervals:
        """The free units, lowest first."""
        if self.head < self.line_end:
            return (*self.gaps, Interval(self.head, self.line_end))
        return self.gaps

    @property
    def free_minor(self) -> int:
        """How many units are free."""
        return total(self.gaps) + self.line_end - self.head

    @property
    def balance_minor(self) -> int:
        """The ledger balance that the core must show: what is free and held, less what the holder owes."""
        return self.free_minor + self.held_minor - self.debt_minor


class Credit(NamedTuple):
    """Where one credit lies on its line. ``transfer_minor`` is the size that the transfer had at its sender."""

    account_id: AccountId
    entry_no: int
    line_from: int
    line_to: int
    transfer_ref: TransferRef
    transfer_minor: int
    currency: str
    original_ref: TransferRef | None
    is_protected: bool
    booked_at: Instant


class Consumption(NamedTuple):
    """One stretch of a line that an entry took. ``transfer_from`` is its offset in the transfer that took it."""

    account_id: AccountId
    entry_no: int
    line_from: int
    line_to: int
    transfer_ref: TransferRef | None
    transfer_from: int
    kind: ConsumptionKind
    counterparty: ParticipantId | None
    booked_at: Instant


class HoldSegment(NamedTuple):
    """One stretch of a line that lies under a hold now. It goes when it is released or paid."""

    account_id: AccountId
    hold_id: HoldId
    line_from: int
    line_to: int


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line after an entry, and the rows that say what the entry did. Who books the entry advances ``entry_no``."""

    line: AccountLine
    credit: Credit | None = None
    consumptions: tuple[Consumption, ...] = ()


def opened_line(
    account_id: AccountId, kind: AccountKind, currency: str, *, is_natural_person: bool, opening_minor: int
) -> AccountLine:
    """Return the line of an account that has an opening balance and no entries yet."""
    assert opening_minor >= 0
    return AccountLine(
        account_id=account_id,
        kind=kind,
        currency=currency,
        is_natural_person=is_natural_person,
        entry_no=0,
        head=0,
        line_end=opening_minor,
        gaps=NOTHING,
        debt_minor=0,
        held_minor=0,
    )


def with_free(line: AccountLine, free: Intervals, *, line_end: int | None = None) -> AccountLine:
    """Return the line with ``free`` as its free units: what touches the line's end is the head, the rest are gaps."""
    end = line.line_end if line_end is None else line_end
    if free and free[-1].end == end:
        return replace(line, head=free[-1].start, gaps=free[:-1], line_end=end)
    return replace(line, head=end, gaps=free, line_end=end)


def apply_credit(line: AccountLine, entry: AccountEntry) -> LineChange:
    """Add a stretch at the end of the line; its first units repay what the holder owes the bank."""
    assert entry.transfer_ref is not None
    start, end = line.line_end, line.line_end + entry.amount_minor
    repaid = min(line.debt_minor, entry.amount_minor)
    free = union((*line.free, Interval(start + repaid, end)))
    after = replace(with_free(line, free, line_end=end), debt_minor=line.debt_minor - repaid)
    credit = Credit(
        line.account_id,
        entry.entry_no,
        start,
        end,
        entry.transfer_ref,
        entry.amount_minor if entry.transfer_minor is None else entry.transfer_minor,
        entry.currency,
        entry.original_ref,
        entry.is_protected,
        entry.booked_at,
    )
    consumptions = (_repayment(entry, Interval(start, start + repaid)),) if repaid else ()
    return LineChange(after, credit, consumptions)


def apply_debit(line: AccountLine, entry: AccountEntry) -> LineChange:
    """Consume the lowest free units; what they do not cover is the bank's own credit. Held units are never touched."""
    taken, rest = take_lowest(line.free, entry.amount_minor)
    debt = line.debt_minor + entry.amount_minor - total(taken)
    consumptions = _consumed(entry, _in_order(taken), consumption_kind(entry))
    return LineChange(replace(with_free(line, rest), debt_minor=debt), None, consumptions)


def apply_backward(line: AccountLine, entry: AccountEntry, named: Credit | None) -> LineChange:
    """Send money back: first the still-free units of the credit that is named, then the lowest free, the rest is debt.

    Unit ``i`` of what is sent back is unit ``i`` of the named credit wherever that unit is still free, so a return maps
    one to one onto its original. The offsets whose own units are gone are filled with the lowest free units instead.
    Units of the named credit have come back by it (``returned``); those of other credits have moved on by it.
    """
    free = line.free
    pairs: list[tuple[Interval, int]] = []
    missing: Intervals = (Interval(0, entry.amount_minor),)
    home = Interval(0, 0)
    if named is not None:
        home = Interval(named.line_from, named.line_to)
        window = Interval(named.line_from, min(named.line_to, named.line_from + entry.amount_minor))
        own = intersect(free, window)
        pairs = [(stretch, stretch.start - named.line_from) for stretch in own]
        free = subtract(free, own)
        missing = subtract(missing, [stretch.shifted(-named.line_from) for stretch in own])
    fill, rest = take_lowest(free, total(missing))
    pairs += _matched(fill, missing)
    debt = line.debt_minor + total(missing) - total(fill)
    own_pairs, other_pairs = _split_by(home, pairs)
    consumptions = (
        *_consumed(entry, own_pairs, ConsumptionKind.returned),
        *_consumed(entry, other_pairs, ConsumptionKind.moved_on),
    )
    ordered = tuple(sorted(consumptions, key=lambda row: row.line_from))
    return LineChange(replace(with_free(line, rest), debt_minor=debt), None, ordered)


def lay_hold(line: AccountLine, piece: Interval, amount_minor: int) -> tuple[AccountLine, Intervals]:
    """Hold the lowest ``amount_minor`` free units of ``piece``, or as many as are free. Nothing outside it is held."""
    held, _ = take_lowest(intersect(line.free, piece), amount_minor)
    after = with_free(line, subtract(line.free, held))
    return replace(after, held_minor=line.held_minor + total(held)), held


def free_units(line: AccountLine, released: Intervals) -> AccountLine:
    """Make held units free again where they lie. Waiting claims are offered them first; `repay_debt` must follow."""
    freed = replace(with_free(line, union((*line.free, *released))), held_minor=line.held_minor - total(released))
    assert freed.held_minor >= 0
    assert freed.free_minor == line.free_minor + total(released)
    return freed


def repay_debt(line: AccountLine, entry: AccountEntry) -> LineChange:
    """Let free units repay the debt, lowest first, so that a holder who owes has nothing free."""
    repaid, rest = take_lowest(line.free, line.debt_minor)
    after = replace(with_free(line, rest), debt_minor=line.debt_minor - total(repaid))
    return LineChange(after, None, tuple(_repayment(entry, stretch) for stretch in repaid))


def pay_units(line: AccountLine, paid: Intervals, entry: AccountEntry) -> LineChange:
    """Consume held units for a refund: they have come home and are not followed further."""
    after = replace(line, held_minor=line.held_minor - total(paid))
    assert after.held_minor >= 0
    return LineChange(after, None, _consumed(entry, _in_order(paid), ConsumptionKind.refunded))


def holdable_minor(line: AccountLine, piece: Interval, claim_minor: int, floor_minor: int) -> int:
    """Return the most that may be held of ``piece``: min(its free units, the claim, all free units less the floor).

    ``floor_minor`` is the holder's protected money; it is kept whatever the line says, because first in, first out can
    have spent the pension first and left the stolen units (LAW: protected floor).
    """
    in_piece = total(intersect(line.free, piece))
    return max(0, min(in_piece, claim_minor, line.free_minor - floor_minor))


def consumption_kind(entry: AccountEntry) -> ConsumptionKind:
    """Return what a debit or fee does to the units that it takes."""
    if entry.kind is EntryKind.fee:
        return ConsumptionKind.fee
    return ConsumptionKind.moved_on if entry.exit_kind is None else ConsumptionKind(entry.exit_kind.value)


def _in_order(stretches: Intervals) -> list[tuple[Interval, int]]:
    pairs, offset = [], 0
    for stretch in stretches:
        pairs.append((stretch, offset))
        offset += stretch.length
    return pairs


def _split_by(
    home: Interval, pairs: list[tuple[Interval, int]]
) -> tuple[list[tuple[Interval, int]], list[tuple[Interval, int]]]:
    """Divide pairs of units and offsets into those inside ``home`` and those outside, cutting at its edges."""
    inside: list[tuple[Interval, int]] = []
    outside: list[tuple[Interval, int]] = []
    for stretch, offset in pairs:
        inside += [(cut, offset + cut.start - stretch.start) for cut in intersect((stretch,), home)]
        outside += [(cut, offset + cut.start - stretch.start) for cut in subtract((stretch,), (home,))]
    return inside, outside


def _matched(units: Intervals, offsets: Intervals) -> list[tuple[Interval, int]]:
    """Pair units with offsets, lowest with lowest, cutting both where either breaks."""
    pairs: list[tuple[Interval, int]] = []
    left_units, left_offsets = list(units), list(offsets)
    while left_units and left_offsets:
        unit, offset = left_units[0], left_offsets[0]
        length = min(unit.length, offset.length)
        pairs.append((Interval(unit.start, unit.start + length), offset.start))
        for queue, first in ((left_units, unit), (left_offsets, offset)):
            queue[:1] = [Interval(first.start + length, first.end)] if first.length > length else []
    return pairs


def _consumed(
    entry: AccountEntry, pairs: Iterable[tuple[Interval, int]], kind: ConsumptionKind
) -> tuple[Consumption, ...]:
    return tuple(
        Consumption(
            entry.account_id,
            entry.entry_no,
            stretch.start,
            stretch.end,
            entry.transfer_ref,
            offset,
            kind,
            entry.counterparty,
            entry.booked_at,
        )
        for stretch, offset in pairs
    )


def _repayment(entry: AccountEntry, stretch: Interval) -> Consumption:
    return Consumption(
        entry.account_id,
        entry.entry_no,
        stretch.start,
        stretch.end,
        None,
        0,
        ConsumptionKind.overdraft_repaid,
        None,
        entry.booked_at,
    )
