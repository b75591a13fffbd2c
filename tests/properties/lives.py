"""Random lives of accounts, the product's books of such a life, and a tracing over the rows that the books keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tarazy.domain.entry import AccountEntry, AccountKind, EntryKind, ExitKind
from tarazy.domain.line import (
    AccountLine,
    Consumption,
    ConsumptionKind,
    Credit,
    LineChange,
    apply_backward,
    apply_credit,
    apply_debit,
    free_units,
    lay_hold,
    opened_line,
    pay_units,
    repay_debt,
)
from tarazy.values.ids import AccountId, HoldId, ParticipantId, TransferRef
from tarazy.values.instant import Instant
from tarazy.values.interval import NOTHING, Interval, Intervals, total
from tarazy.values.replacing import replace
from tests.unit_model import End, HandOver, Lay, Leave, Mark, Pay, Release, SendBack, Step, Transfer

PROFILE = settings(derandomize=True, deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
"""What runs everywhere: the same examples each time, and no test that fails because a machine is busy."""

START = Instant(datetime(2026, 11, 1, tzinfo=UTC))
NOWHERE = "transfer_of_another_account"
GOES_ON = (ConsumptionKind.moved_on, ConsumptionKind.returned)
EXITS = ("cash", "card", "crypto", "abroad", "fee")


def release_units(line: AccountLine, released: Intervals, entry: AccountEntry) -> LineChange:
    """Make held units free again where nobody waits for them: then, and only then, they repay what the holder owes."""
    return repay_debt(free_units(line, released), entry)


class Life(NamedTuple):
    """Opening balances and all that happens afterwards, in order."""

    openings: tuple[int, ...]
    steps: tuple[Step, ...]

    def transfers(self) -> list[str]:
        """Return the transfers that reach one of the accounts, in order."""
        return [step.ref for step in self.steps if isinstance(step, Transfer | SendBack) and step.payee is not None]

    def refs_named(self) -> set[str]:
        """Return the transfers that a later step names: those cannot be split without changing its meaning."""
        backward = {step.original for step in self.steps if isinstance(step, SendBack)}
        return backward | {step.ref for step in self.steps if isinstance(step, Lay | Release | HandOver)}


class Draw(NamedTuple):
    """Raw numbers from which one step is made; small numbers make simple steps, so that examples shrink well."""

    what: str
    one: int
    other: int
    amount: int
    low: int
    high: int


class LifeBuilder:
    """Turns draws into steps that name only what exists at that moment."""

    def __init__(self, accounts: int) -> None:
        self.accounts = accounts
        self.steps: list[Step] = []
        self.credits: list[tuple[str, int | None, int, int]] = []
        self.holds: list[Lay] = []

    def add(self, draw: Draw) -> None:
        """Append the step that ``draw`` means here, or nothing where it means nothing."""
        ref = f"t{len(self.steps)}"
        if draw.what == "transfer":
            payer, payee = (self._somebody(draw.one), self._somebody(draw.other))
            self._transfer(ref, payer, 0 if payer is None and payee is None else payee, draw)
        elif draw.what == "leave":
            self.steps.append(Leave(draw.one % self.accounts, draw.amount, EXITS[draw.other % len(EXITS)]))
        elif draw.what == "back":
            self._send_back(ref, draw)
        elif draw.what == "lay" and self.credits:
            named, _, account, arrives = self.credits[-1 - draw.one % min(3, len(self.credits))]
            start = draw.low % arrives
            end = start + 1 + draw.high % (arrives - start)
            same = [laid.hold for laid in self.holds if laid.ref == named]
            hold = same[-1] if same and draw.other % 2 else f"h{len(self.steps)}"
            self.holds.append(Lay(hold, named, account, start, end, draw.amount))
            self.steps.append(self.holds[-1])
        elif draw.what == "release" and self.holds:
            laid = self.holds[-1 - draw.one % min(3, len(self.holds))]
            start, end = laid.start, laid.end
            if draw.high % 3 == 0:
                start, end = start + draw.low % 4, start + draw.amount
            if draw.other % 3:
                self.steps.append(Release(laid.hold, laid.ref, laid.account, start, end))
            else:
                taker = laid._replace(hold=f"h{len(self.steps)}", start=start, end=end)
                self.steps.append(HandOver(laid.hold, taker.hold, laid.ref, laid.account, start, end, draw.amount))
                self.holds.append(taker)
        elif draw.what == "pay" and self.holds:
            laid = self.holds[-1 - draw.one % min(3, len(self.holds))]
            self.steps.append(Pay(laid.hold, ref, laid.account, draw.amount))

    def _somebody(self, number: int) -> int | None:
        number %= self.accounts + 1
        return None if number == self.accounts else number

    def _arrives(self, draw: Draw) -> int:
        return max(1, draw.amount - max(0, draw.high - 10))

    def _transfer(self, ref: str, payer: int | None, payee: int | None, draw: Draw) -> None:
        if payer is None:  # what comes from outside is larger than what is spent, or lives would be all debt
            draw = draw._replace(amount=2 * draw.amount)
        arrives = draw.amount if payee is None else self._arrives(draw)
        self.steps.append(Transfer(ref, payer, payee, draw.amount, arrives))
        if payee is not None:
            self.credits.append((ref, payer, payee, arrives))

    def _send_back(self, ref: str, draw: Draw) -> None:
        kind = ("return", "reversal")[draw.other % 2]
        if not self.credits or draw.low == 12:
            account = draw.one % self.accounts
            self.steps.append(SendBack(ref, NOWHERE, kind, account, None, draw.amount, draw.amount))
            return
        original, payee, account, _ = self.credits[draw.one % len(self.credits)]
        arrives = draw.amount if payee is None else self._arrives(draw)
        self.steps.append(SendBack(ref, original, kind, account, payee, draw.amount, arrives))
        if payee is not None:
            self.credits.append((ref, account, payee, arrives))


HOLDING = ("lay", "release", "pay")
KINDS = ("transfer", "transfer", "transfer", "leave", "back", "lay", "lay", "release", "pay")


def lives(
    *, accounts: int = 1, accounts_max: int | None = None, without: Sequence[str] = (), steps_max: int = 24
) -> st.SearchStrategy[Life]:
    """Return random lives of ``accounts`` (to ``accounts_max``) accounts, without the kinds of steps named."""
    kinds = [kind for kind in KINDS if kind not in without]
    small = st.integers(0, 12)
    draws = st.builds(Draw, st.sampled_from(kinds), small, small, st.integers(1, 12), small, small)
    openings = st.lists(st.integers(0, 12), min_size=accounts, max_size=accounts_max or accounts)
    short, long = st.lists(draws, max_size=6), st.lists(draws, min_size=steps_max // 2, max_size=steps_max)
    return st.builds(life_from, openings, short | long)


def life_from(openings: list[int], draws: list[Draw]) -> Life:
    """Return the life that the draws mean."""
    builder = LifeBuilder(len(openings))
    for draw in draws:
        builder.add(draw)
    return Life(tuple(openings), tuple(builder.steps))


class Books:
    """The product's side: lines, and the rows that an agent keeps of them. Nothing here decides whose unit is whose."""

    def __init__(self, openings: Sequence[int], names: Sequence[str] | None = None) -> None:
        self.names = [AccountId(name) for name in names or [f"account_{i}" for i in range(len(openings))]]
        self.openings = tuple(openings)
        self.lines = [
            opened_line(name, AccountKind.personal, "KZT", is_natural_person=True, opening_minor=opening)
            for name, opening in zip(self.names, openings, strict=True)
        ]
        self.credits: dict[str, Credit] = {}
        self.consumptions: list[Consumption] = []
        self.held: dict[str, tuple[int, Intervals]] = {}
        self.step_no = 0

    @property
    def now(self) -> Instant:
        """The moment of the last step."""
        return moment(self.step_no)

    def apply(self, step: Step) -> None:
        """Let one thing happen."""
        self.step_no += 1
        match step:
            case Transfer() | SendBack():
                self._move(step)
            case Leave():
                self._leave(step)
            case Lay():
                credit = self.credits[step.ref]
                piece = Interval(step.start, step.end).shifted(credit.line_from)
                line, units = lay_hold(self.lines[step.account], piece, step.amount)
                self.lines[step.account] = replace(line, entry_no=self.lines[step.account].entry_no + 1)
                before = self.held.get(step.hold, (step.account, NOTHING))[1]
                assert not positions(before) & positions(units), "what is held already cannot be held again"
                self.held[step.hold] = (step.account, stretches(positions(before) | positions(units)))
            case Release():
                self._end(step, EntryKind.unreserve, self._released(step))
            case HandOver():
                self._hand_over(step)
            case Pay():
                lowest = sorted(positions(self.held[step.hold][1]))[: step.amount]
                self._end(step, EntryKind.pay, set(lowest))

    def number_of(self, account_id: AccountId) -> int:
        """Return which account of the life bears this name."""
        return self.names.index(account_id)

    def _entry(self, account: int, kind: EntryKind, amount: int, ref: str | None = None) -> AccountEntry:
        return AccountEntry(
            account_id=self.names[account],
            entry_no=self.lines[account].entry_no + 1,
            kind=kind,
            amount_minor=amount,
            currency="KZT",
            booked_at=self.now,
            transfer_ref=TransferRef(ref) if ref else None,
        )

    def _move(self, step: Transfer | SendBack) -> None:
        if isinstance(step, SendBack):
            entry = self._entry(step.account, EntryKind(step.kind), step.amount, step.ref)
            entry = replace(entry, original_ref=TransferRef(step.original))
            self._store(step.account, apply_backward(self.lines[step.account], entry, self.credits.get(step.original)))
        elif step.payer is not None:
            entry = self._entry(step.payer, EntryKind.debit, step.amount, step.ref)
            entry = replace(entry, counterparty=ParticipantId("bank"))
            self._store(step.payer, apply_debit(self.lines[step.payer], entry))
        if step.payee is not None:
            entry = self._entry(step.payee, EntryKind.credit, step.arrives, step.ref)
            original = TransferRef(step.original) if isinstance(step, SendBack) else None
            short = step.amount if step.arrives < step.amount else None
            entry = replace(entry, transfer_minor=short, original_ref=original)
            self._store(step.payee, apply_credit(self.lines[step.payee], entry))

    def _leave(self, step: Leave) -> None:
        if step.kind == "fee":
            entry = self._entry(step.payer, EntryKind.fee, step.amount)
        else:
            entry = replace(self._entry(step.payer, EntryKind.debit, step.amount), exit_kind=ExitKind(step.kind))
        self._store(step.payer, apply_debit(self.lines[step.payer], entry))

    def _released(self, step: Release | HandOver) -> set[int]:
        window = Interval(step.start, step.end).shifted(self.credits[step.ref].line_from)
        return positions(self.held[step.hold][1]) & positions([window])

    def _hand_over(self, step: HandOver) -> None:
        released = self._released(step)
        before = self.lines[step.account]
        line = free_units(before, stretches(released))
        taken: Intervals = NOTHING
        for stretch in stretches(released):
            line, more = lay_hold(line, stretch, step.amount - total(taken))
            taken += more
        self._store(step.account, repay_debt(line, self._entry(step.account, EntryKind.unreserve, 1)))
        self.held[step.hold] = (step.account, stretches(positions(self.held[step.hold][1]) - released))
        self.held[step.taker] = (step.account, taken)

    def _end(self, step: Release | Pay, kind: EntryKind, ended: set[int]) -> None:
        line = self.lines[step.account]
        if not ended:
            self.lines[step.account] = replace(line, entry_no=line.entry_no + 1)
            return
        entry = self._entry(step.account, kind, len(ended), step.ref)
        entry = replace(entry, hold_id=HoldId(step.hold))
        act = release_units if kind is EntryKind.unreserve else pay_units
        self._store(step.account, act(line, stretches(ended), entry))
        self.held[step.hold] = (step.account, stretches(positions(self.held[step.hold][1]) - ended))

    def _store(self, account: int, change: LineChange) -> None:
        entry_no = self.lines[account].entry_no + 1
        self.lines[account] = replace(change.line, entry_no=entry_no)
        self.consumptions.extend(change.consumptions)
        if change.credit is not None:
            assert change.credit.transfer_ref not in self.credits
            self.credits[change.credit.transfer_ref] = change.credit


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one transfer that a tracing followed; ``left_at`` is when the credit before it came."""

    depth: int
    ref: str
    start: int
    end: int
    account: int
    booked_at: Instant
    left_at: Instant | None


class Trace(NamedTuple):
    """Where each unit of the followed piece is, and the pieces of transfers on the way."""

    ends: dict[int, End]
    pieces: list[Piece]


def traced(books: Books, ref: str, piece: Interval, as_of: Instant | None = None) -> Trace:
    """Follow ``piece`` of the transfer ``ref`` through the stored rows booked up to ``as_of``."""
    ends: dict[int, End] = {}
    pieces: list[Piece] = []
    waiting: list[tuple[int, str, int, int, int, Instant | None]] = [
        (0, ref, piece.start, piece.end, piece.start, None)
    ]
    while waiting:
        depth, at, start, end, origin, left_at = waiting.pop()
        credit = books.credits[at]
        account = books.number_of(credit.account_id)
        pieces.append(Piece(depth, at, start, end, account, credit.booked_at, left_at))
        left = set(range(start, end))
        for lost in range(max(start, credit.line_to - credit.line_from), end):
            left.remove(lost)
            ends[origin + lost - start] = End(account, "fee", None)
        for row in rows_of(books, credit.account_id, as_of):
            low = max(row.line_from - credit.line_from, start)
            high = min(row.line_to - credit.line_from, end, credit.line_to - credit.line_from)
            if low >= high:
                continue
            left -= set(range(low, high))
            if row.kind in GOES_ON and row.transfer_ref is not None and row.transfer_ref in books.credits:
                onward = low + credit.line_from - row.line_from + row.transfer_from
                then = origin + low - start
                waiting.append((depth + 1, row.transfer_ref, onward, onward + high - low, then, credit.booked_at))
                continue
            for unit in range(low, high):
                assert origin + unit - start not in ends, "a unit of money is in two places"
                ends[origin + unit - start] = End(account, row.kind.value, credit.line_from + unit)
        for unit in left:
            assert origin + unit - start not in ends, "a unit of money is in two places"
            ends[origin + unit - start] = End(account, "here", credit.line_from + unit)
    return Trace(ends, pieces)


def traced_back(books: Books, account: int, position: int) -> tuple[Mark, ...]:
    """Return every transfer that carried the unit at ``position``, oldest first, with the unit's offset in it."""
    marks: list[Mark] = []
    while True:
        here = [
            credit
            for credit in books.credits.values()
            if credit.account_id == books.names[account] and credit.line_from <= position < credit.line_to
        ]
        if not here:
            return tuple(reversed(marks))
        (credit,) = here
        offset = position - credit.line_from
        marks.append(Mark(credit.transfer_ref, offset))
        came = [
            row
            for row in books.consumptions
            if row.kind in GOES_ON
            and row.transfer_ref == credit.transfer_ref
            and row.transfer_from <= offset < row.transfer_from + row.line_to - row.line_from
        ]
        if not came:
            return tuple(reversed(marks))
        (row,) = came
        account, position = books.number_of(row.account_id), row.line_from + offset - row.transfer_from


def rows_of(books: Books, account_id: AccountId, as_of: Instant | None = None) -> list[Consumption]:
    """Return what consumed units of one account, up to ``as_of``."""
    return [
        row for row in books.consumptions if row.account_id == account_id and (as_of is None or row.booked_at <= as_of)
    ]


def moment(step_no: int) -> Instant:
    """Return when the step of that number happened."""
    return START.plus(timedelta(seconds=step_no))


def positions(of: Sequence[Interval]) -> set[int]:
    """Return the single units of some stretches."""
    return {unit for start, end in of for unit in range(start, end)}


def stretches(of: set[int]) -> Intervals:
    """Return the fewest stretches that hold exactly these units."""
    starts = sorted(unit for unit in of if unit - 1 not in of)
    ends = sorted(unit + 1 for unit in of if unit + 1 not in of)
    return tuple(Interval(start, end) for start, end in zip(starts, ends, strict=True))


def spans(books: Books) -> list[tuple[object, ...]]:
    """Return what each entry consumed, without the entries' numbers and times."""
    return [(row.account_id, *row[2:7]) for row in books.consumptions]


def settled(line: AccountLine) -> AccountLine:
    """Return the line without its entry number: what must be equal where only the count of entries differs."""
    return replace(line, entry_no=0)
