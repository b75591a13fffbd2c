"""Following one piece of one credit: where each of its units is now.

A *piece* is the stretch ``[from, to)`` of a transfer's units. The bank that was credited answers with *shares* that
tile the piece exactly, so every answer adds up by its form:

    asked = held + requested + moved_on + exited + stopped + waiting + returned + refunded

Nothing else of the ledger is in an answer: no balance, no other transfer, no other holder.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tarazy.domain.entry import AccountKind, ExitKind
from tarazy.domain.line import Consumption, ConsumptionKind, Credit, HoldSegment
from tarazy.values.currency import unit_minor
from tarazy.values.ids import HoldId, ParticipantId, TransferRef
from tarazy.values.interval import Interval, Intervals, intersect, subtract, take_lowest
from tarazy.values.replacing import replace

DEPTH_MAX = 8
PIECES_MAX = 10_000
DAYS_MAX = 30


def dust_minor(currency: str) -> int:
    """Return one unit of the currency. A piece below it is not followed: that would touch more people than money."""
    return unit_minor(currency)


class ShareKind(StrEnum):
    """What became of a stretch of the piece, as far as this bank can see."""

    held = "held"
    requested = "requested"
    moved_on = "moved_on"
    exited = "exited"
    stopped = "stopped"
    waiting = "waiting"
    returned = "returned"
    refunded = "refunded"


class StopKind(StrEnum):
    """Why money that is still in the system is not held and not followed."""

    pooled = "pooled"
    dust = "dust"
    depth = "depth"
    pieces = "pieces"
    days = "days"
    not_connected = "not_connected"
    order_refused = "order_refused"
    """Its bank does not take the order to follow it."""
    beyond_transfer = "beyond_transfer"
    hold_time_over = "hold_time_over"
    """The transfer was never so large: whoever named these units, here they have not come."""
    participant_away = "participant_away"
    protected = "protected"
    held_for_other_case = "held_for_other_case"
    refused_by_law = "refused_by_law"
    other_currency = "other_currency"
    core_reserved_less = "core_reserved_less"
    released = "released"
    shadow = "shadow"


class WaitKind(StrEnum):
    """Why there is no answer yet."""

    credit_not_arrived = "credit_not_arrived"
    entries_behind = "entries_behind"
    participant_away = "participant_away"


@dataclass(frozen=True, slots=True)
class Share:
    """The stretch ``[from_minor, to_minor)`` of the asked transfer and what became of it.

    ``detail`` is the exit, stop or wait kind. For money that moved on, ``participant`` is where it went,
    ``transfer_ref`` by which transfer, and ``onward_from`` the offset of ``from_minor`` in that transfer.
    """

    kind: ShareKind
    from_minor: int
    to_minor: int
    detail: str | None = None
    participant: ParticipantId | None = None
    transfer_ref: TransferRef | None = None
    onward_from: int = 0

    @property
    def amount_minor(self) -> int:
        """How many units the share has."""
        return self.to_minor - self.from_minor

    def without(self, stretches: Intervals) -> list["Share"]:
        """Return what is left of the share beside some stretches; each part keeps its place in the onward transfer."""
        return [self._cut(part) for part in subtract((Interval(self.from_minor, self.to_minor),), stretches)]

    def _cut(self, part: Interval) -> "Share":
        shift = part.start - self.from_minor if self.kind is ShareKind.moved_on else 0
        return replace(self, from_minor=part.start, to_minor=part.end, onward_from=self.onward_from + shift)


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceView:
    """What a bank looks at to answer for one piece: the credit, what overlaps it, and what is asked of its free units.

    ``requested_minor`` units of what is free are asked of the core (lowest first); the rest of what is free is stopped
    for the reason ``rest``. ``own_holds`` is the live hold of this very piece, ``own_ended`` the one whose end the core
    has not booked yet; units under any other hold are counted there. Where entries are waiting behind a gap, what
    looks free is not known to be.
    """

    piece: Interval
    credit: Credit
    kind: AccountKind
    currency: str
    depth: int
    consumptions: Iterable[Consumption]
    segments: Iterable[HoldSegment]
    own_holds: frozenset[HoldId]
    own_ended: frozenset[HoldId]
    requested_minor: int
    rest: StopKind
    is_behind: bool


class OnLine(Protocol):
    """Something that lies on an account's line."""

    @property
    def line_from(self) -> int:
        """Where it begins."""
        ...

    @property
    def line_to(self) -> int:
        """Where it ends."""
        ...


def window_on_line(credit: OnLine, piece: Interval) -> Interval:
    """Return where the piece lies on the account's line, without the part that a fee took on the way (may be empty)."""
    length = credit.line_to - credit.line_from
    return Interval(credit.line_from + min(piece.start, length), credit.line_from + min(piece.end, length))


def shares_of(view: PieceView) -> tuple[Share, ...]:
    """Return what became of every unit of the piece, in order of its offsets; neighbours alike are merged."""
    if view.currency != view.credit.currency:
        return (Share(ShareKind.stopped, *view.piece, detail=StopKind.other_currency),)
    window = window_on_line(view.credit, view.piece)
    shares: list[Share] = []
    if window.length < view.piece.length:
        shares += _not_credited(view)
    if view.kind is AccountKind.pooled:
        if window.length:
            shares.append(_on(view, window, ShareKind.stopped, StopKind.pooled))
        return merged(shares)
    shares += _taken(view, window)
    shares += _under_hold(view, window)
    taken = [Interval(share.from_minor, share.to_minor).shifted(view.credit.line_from) for share in shares]
    free: Intervals = subtract((window,), taken) if window.length else ()
    if view.is_behind:
        shares += [_on(view, stretch, ShareKind.waiting, WaitKind.entries_behind) for stretch in free]
        return merged(shares)
    asked, rest = take_lowest(free, view.requested_minor)
    shares += [_on(view, stretch, ShareKind.requested, None) for stretch in asked]
    shares += [_on(view, stretch, ShareKind.stopped, view.rest) for stretch in rest]
    return merged(shares)


def _not_credited(view: PieceView) -> list[Share]:
    """Return the units of the piece that were not credited: a fee took them on the way, or there never were so many."""
    credited = view.credit.line_to - view.credit.line_from
    sent = max(credited, view.credit.transfer_minor)
    fee = Interval(max(view.piece.start, credited), min(view.piece.end, sent))
    beyond = Interval(max(view.piece.start, sent), view.piece.end)
    shares = []
    if fee.start < fee.end:
        shares.append(Share(ShareKind.exited, *fee, detail=ExitKind.fee))
    if beyond.start < beyond.end:
        shares.append(Share(ShareKind.stopped, *beyond, detail=StopKind.beyond_transfer))
    return shares


def with_refunded(shares: tuple[Share, ...], paid: Intervals) -> tuple[Share, ...]:
    """Return shares as they were told, but for the stretches of the piece that were paid back to the victim since.

    Nothing else is told anew: a piece that is followed no more says where its units were, and that they came home.
    """
    after: list[Share] = []
    for share in shares:
        own = Interval(share.from_minor, share.to_minor)
        after += share.without(paid)
        after += [Share(ShareKind.refunded, *stretch) for stretch in intersect(paid, own)]
    return merged(after)


def _on(view: PieceView, stretch: Interval, kind: ShareKind, detail: str | None) -> Share:
    return Share(kind, stretch.start - view.credit.line_from, stretch.end - view.credit.line_from, detail=detail)


def _taken(view: PieceView, window: Interval) -> list[Share]:
    shares = []
    for row in view.consumptions:
        low, high = max(row.line_from, window.start), min(row.line_to, window.end)
        if low < high:
            shares.append(_share_of_consumption(view, row, Interval(low, high)))
    return shares


def _share_of_consumption(view: PieceView, row: Consumption, cut: Interval) -> Share:
    if row.kind is ConsumptionKind.refunded:
        return _on(view, cut, ShareKind.refunded, None)
    if row.kind.exit_kind is not None:
        return _on(view, cut, ShareKind.exited, row.kind.exit_kind)
    came_home = row.kind is ConsumptionKind.returned and view.depth == 0
    if came_home or row.transfer_ref is None or row.counterparty is None:
        return _on(view, cut, ShareKind.returned, None)
    return Share(
        ShareKind.moved_on,
        cut.start - view.credit.line_from,
        cut.end - view.credit.line_from,
        participant=row.counterparty,
        transfer_ref=row.transfer_ref,
        onward_from=row.transfer_from + cut.start - row.line_from,
    )


def _under_hold(view: PieceView, window: Interval) -> list[Share]:
    shares = []
    for segment in view.segments:
        low, high = max(segment.line_from, window.start), min(segment.line_to, window.end)
        if low < high:
            kind, why = _standing_of(view, segment.hold_id)
            shares.append(_on(view, Interval(low, high), kind, why))
    return shares


def _standing_of(view: PieceView, hold_id: HoldId) -> tuple[ShareKind, StopKind | None]:
    if hold_id in view.own_holds:
        return ShareKind.held, None
    return ShareKind.stopped, StopKind.released if hold_id in view.own_ended else StopKind.held_for_other_case


def merged(shares: Iterable[Share]) -> tuple[Share, ...]:
    """Return shares in order of their offsets, neighbours alike put together."""
    after: list[Share] = []
    for share in sorted(shares, key=lambda share: share.from_minor):
        last = after[-1] if after else None
        if last is not None and _continues(last, share):
            after[-1] = Share(
                last.kind,
                last.from_minor,
                share.to_minor,
                last.detail,
                last.participant,
                last.transfer_ref,
                last.onward_from,
            )
        else:
            after.append(share)
    return tuple(after)


def _continues(last: Share, share: Share) -> bool:
    alike = (last.kind, last.detail, last.participant, last.transfer_ref) == (
        share.kind,
        share.detail,
        share.participant,
        share.transfer_ref,
    )
    in_step = share.kind is not ShareKind.moved_on or share.onward_from == last.onward_from + last.amount_minor
    return alike and in_step and share.from_minor == last.to_minor


def tiling_fault(piece: Interval, stretches: Iterable[Interval]) -> str | None:
    """Return how ``stretches`` fail to tile ``piece`` exactly once and in order, or None if they do."""
    reached = piece.start
    for stretch in stretches:
        if stretch.start >= stretch.end:
            return f"an empty or turned stretch [{stretch.start}, {stretch.end})"
        if stretch.start != reached:
            how = "twice" if stretch.start < reached else "never"
            return f"units from {min(reached, stretch.start)} are answered {how}"
        reached = stretch.end
    if reached != piece.end:
        return f"the answer ends at {reached}, the piece at {piece.end}"
    return None


def totals(shares: Iterable[Share]) -> Mapping[ShareKind, int]:
    """Return how many units are in each state; every state is named, also with 0."""
    sums = dict.fromkeys(ShareKind, 0)
    for share in shares:
        sums[share.kind] += share.amount_minor
    return sums
