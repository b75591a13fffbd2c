"""The list of cases, newest first, a page at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from tarazy.app.holding import stands
from tarazy.app.queries.due import Due, next_due
from tarazy.app.queries.equation import TermKind
from tarazy.app.records import CASE_HOLDS, CASES, PIECES, TRACINGS, Case, CaseHold, Piece, Tracing
from tarazy.app.store import Condition, Transaction
from tarazy.domain.case import CaseStatus
from tarazy.domain.hold import LIVE_STATUSES
from tarazy.law.ground import Pack
from tarazy.values.ids import CaseId
from tarazy.values.instant import Instant

PAGE_SIZE = 25
HELD = frozenset({TermKind.held, TermKind.requested})


class Place(NamedTuple):
    """Where a page begins: with cases opened at ``opened_by`` or before, but for the first ``skip`` of them."""

    opened_by: Instant
    skip: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case in the list. ``to_last_hold`` is the time from the officer's signature to the last hold."""

    case_id: CaseId
    status: CaseStatus
    opened_at: Instant
    currency: str
    reports: int
    stolen_minor: int
    sums: dict[TermKind, int]
    to_last_hold: timedelta | None
    due: Due | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """One page of the list, and where the next begins."""

    rows: tuple[CaseRow, ...]
    following: Place | None


def list_cases(tx: Transaction, pack: Pack, now: Instant, start: Place | None = None) -> CasePage:
    """Return a page of cases, the newest first, without those that have joined another."""
    place = start or Place(now, 0)
    conditions = [Condition("joined_case_id", "is_null")]
    if start is not None:
        conditions.append(Condition("opened_at", "<=", place.opened_by))
    limit = place.skip + PAGE_SIZE + 1
    found = tx.find(CASES, *conditions, order=("opened_at",), descending=True, limit=limit)[place.skip :]
    shown = found[:PAGE_SIZE]
    following = _place_after(shown, place) if len(found) > PAGE_SIZE else None
    return CasePage(rows=_rows(tx, shown, pack, now), following=following)


def _place_after(shown: list[Case], place: Place) -> Place:
    last = shown[-1].opened_at
    same = sum(case.opened_at == last for case in shown)
    return Place(last, same + place.skip if last == place.opened_by else same)


def _rows(tx: Transaction, cases: list[Case], pack: Pack, now: Instant) -> tuple[CaseRow, ...]:
    if not cases:
        return ()
    ids = [case.case_id for case in cases]
    tracings = tx.find(TRACINGS, Condition("case_id", "in", ids))
    live = list(LIVE_STATUSES)
    holds = tx.find(CASE_HOLDS, Condition("case_id", "in", ids), Condition("status", "in", live))
    rows = []
    for case in cases:
        own = [tracing for tracing in tracings if tracing.case_id == case.case_id]
        unended = [hold for hold in holds if hold.case_id == case.case_id]
        rows.append(_row(case, own, unended, _without_hold(tx, own, unended, now), pack, now))
    return tuple(rows)


def _without_hold(tx: Transaction, tracings: list[Tracing], unended: list[CaseHold], now: Instant) -> list[Piece]:
    """Return the pieces whose bank has last said that units are held or requested, under a hold that stands no more.

    Where what stands explains all that the sums say, as it mostly does, nothing more is read.
    """
    told = sum(tracing.sums[TermKind.held] + tracing.sums[TermKind.requested] for tracing in tracings)
    if told == sum(hold.held_minor for hold in unended if stands(hold, now)):
        return []
    holds = tx.find(CASE_HOLDS, Condition("case_id", "=", tracings[0].case_id))
    return list(tx.get_many(PIECES, {(hold.piece_id,) for hold in holds if not stands(hold, now)}).values())


def _row(
    case: Case, tracings: list[Tracing], unended: list[CaseHold], without_hold: list[Piece], pack: Pack, now: Instant
) -> CaseRow:
    return CaseRow(
        case_id=case.case_id,
        status=case.status,
        opened_at=case.opened_at,
        currency=case.currency,
        reports=len(tracings),
        stolen_minor=sum(tracing.stolen_minor for tracing in tracings),
        sums=sums_of(tracings, without_hold),
        to_last_hold=to_last_hold(tracings),
        due=next_due(unended, pack, now),
    )


def sums_of(tracings: Iterable[Tracing], without_hold: Iterable[Piece]) -> dict[TermKind, int]:
    """Return the sums of tracings by state; of pieces whose hold stands no more, what was held counts as released."""
    sums = dict.fromkeys(TermKind, 0)
    for tracing in tracings:
        sums[TermKind.asking] += tracing.asking_minor
        for kind, minor in tracing.sums.items():
            if kind in TermKind.__members__:
                sums[TermKind(kind)] += minor
    for piece in without_hold:
        for share in piece.shares:
            if share.kind in HELD:
                sums[TermKind(share.kind)] -= share.to_minor - share.from_minor
                sums[TermKind.stopped] += share.to_minor - share.from_minor
    return sums


def to_last_hold(tracings: Iterable[Tracing]) -> timedelta | None:
    """Return the longest time from a report's signature to the last hold that it led to."""
    spans = [tracing.last_hold_at.since(tracing.rank) for tracing in tracings if tracing.last_hold_at is not None]
    return max(spans, default=None)
