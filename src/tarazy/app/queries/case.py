"""One case as its officers see it: the equation, the pieces, the holds, what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tarazy.app.holding import stands
from tarazy.app.queries.cases import to_last_hold
from tarazy.app.queries.due import Due, next_due
from tarazy.app.queries.equation import OPEN_KINDS, Equation, equation_of
from tarazy.app.records import (
    CASE_HOLDS,
    CASES,
    EVENTS,
    JOIN_REQUESTS,
    NOTICES_TOLD,
    OFFICERS,
    PARTICIPANTS,
    PIECES,
    REPORTS,
    TRACINGS,
    Case,
    CaseHold,
    Event,
    NoticeTold,
    Officer,
    Piece,
    Report,
    Tracing,
)
from tarazy.app.refund_records import REFUND_PARTS, REFUNDS, Refund, RefundPart
from tarazy.app.sharing_records import SHARINGS
from tarazy.app.store import Condition, Transaction
from tarazy.domain.case import JoinStatus
from tarazy.domain.sharing import SharingStatus
from tarazy.law.ground import Pack
from tarazy.values.ids import CaseId, HoldId, OfficerId, ParticipantId, PieceId
from tarazy.values.instant import Instant

EVENTS_SHOWN_MAX = 500
"""A case of 200 pieces has some 400 events; what is older is not shown, and that is said."""


@dataclass(frozen=True, slots=True)
class People:
    """Who is named in a case: institutions by what they are called, officers by role. No person's name is known."""

    participants: Mapping[ParticipantId, str]
    roles: Mapping[tuple[ParticipantId, OfficerId], str]

    def name(self, participant_id: ParticipantId) -> str:
        """Return what an institution is called; its id where it is not joined."""
        return self.participants.get(participant_id, participant_id)

    def role(self, participant_id: ParticipantId, officer_id: OfficerId) -> str:
        """Return an officer's role; empty where the officer is not known."""
        return self.roles.get((participant_id, officer_id), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """A hold, whether it stands now, and how its holder was told."""

    hold: CaseHold
    stands: bool
    told: NoticeTold | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """Everything that the page of a case shows. ``version`` changes when anything of it changes."""

    case: Case
    reports: tuple[Report, ...]
    tracings: tuple[Tracing, ...]
    equation: Equation
    pieces: tuple[Piece, ...]
    holds: tuple[HoldView, ...]
    refunds: tuple[Refund, ...]
    parts: tuple[RefundPart, ...]
    events: tuple[Event, ...]
    has_older_events: bool
    people: People
    to_last_hold: timedelta | None
    due: Due | None
    is_busy: bool
    is_over: bool
    joins_waiting: int
    sharings_called_back: int

    @property
    def version(self) -> str:
        """A text that differs whenever the page would: the newest event, every answer, every number in the log."""
        newest = max((event.serial for event in self.events), default=0)
        answers = sum(piece.answer_no for piece in self.pieces)
        numbered = sum(event.log_index is not None for event in self.events)
        standing = sum(view.stands for view in self.holds)
        faults = sum(piece.fault is not None for piece in self.pieces)
        return f"{newest}-{len(self.pieces)}-{answers}-{numbered}-{standing}-{faults}"

    def piece(self, piece_id: PieceId) -> Piece | None:
        """Return one piece."""
        return next((piece for piece in self.pieces if piece.piece_id == piece_id), None)

    def hold(self, hold_id: HoldId | None) -> HoldView | None:
        """Return one hold."""
        return next((view for view in self.holds if view.hold.hold_id == hold_id), None)


def case_view(tx: Transaction, case_id: CaseId, pack: Pack, now: Instant) -> CaseView | None:
    """Return a case as it is now, or None where there is no such case."""
    case = tx.get(CASES, case_id)
    if case is None:
        return None
    of_case = Condition("case_id", "=", case_id)
    tracings = tx.find(TRACINGS, of_case, order=("rank",))
    pieces = tx.find(PIECES, of_case, order=("asked_at", "depth", "origin_from"))
    holds = tx.find(CASE_HOLDS, of_case, order=("asked_at",))
    reports = tx.find(REPORTS, of_case, order=("signed_at",))
    events = tx.find(EVENTS, of_case, order=("serial",), descending=True, limit=EVENTS_SHOWN_MAX + 1)
    standing = {hold.hold_id for hold in holds if stands(hold, now)}
    stolen = sum(tracing.stolen_minor for tracing in tracings)
    equation = equation_of(stolen, case.currency, pieces, standing)
    has_open = any(term.kind in OPEN_KINDS for term in equation.terms)
    refunds = tx.find(REFUNDS, of_case, order=("decided_at",))
    return CaseView(
        case=case,
        reports=tuple(reports),
        tracings=tuple(tracings),
        equation=equation,
        pieces=tuple(pieces),
        holds=_hold_views(tx, holds, standing),
        refunds=tuple(refunds),
        parts=tuple(tx.find(REFUND_PARTS, of_case, order=("ordered_at",))),
        events=tuple(events[:EVENTS_SHOWN_MAX]),
        has_older_events=len(events) > EVENTS_SHOWN_MAX,
        people=people_of(tx, _participants_in(pieces, reports, refunds, events)),
        to_last_hold=to_last_hold(tracings),
        due=next_due(holds, pack, now),
        is_busy=has_open or any(event.log_index is None for event in events),
        joins_waiting=len(tx.find(JOIN_REQUESTS, of_case, Condition("status", "=", JoinStatus.waiting))),
        sharings_called_back=len(tx.find(SHARINGS, of_case, Condition("status", "=", SharingStatus.recalled))),
        is_over=not has_open and not standing and not any(tracing.is_live for tracing in tracings),
    )


def _hold_views(tx: Transaction, holds: list[CaseHold], standing: set[HoldId]) -> tuple[HoldView, ...]:
    ids = [hold.hold_id for hold in holds]
    notices = tx.find(NOTICES_TOLD, Condition("hold_id", "in", ids), order=("served_at",)) if ids else []
    told = {notice.hold_id: notice for notice in reversed(notices)}
    return tuple(
        HoldView(hold=hold, stands=hold.hold_id in standing, told=told.get(hold.hold_id))
        for hold in sorted(holds, key=lambda hold: _place(hold, standing))
    )


def _place(hold: CaseHold, standing: set[HoldId]) -> tuple[bool, bool, Instant, HoldId]:
    """Return where a hold stands in the list: what holds money first, then what is asked for, then what is over."""
    return hold.hold_id not in standing, hold.placed_at is None, hold.asked_at, hold.hold_id


def _participants_in(
    pieces: list[Piece], reports: list[Report], refunds: list[Refund], events: list[Event]
) -> set[ParticipantId]:
    """Return everybody who is named in a case, also who has only said something about it that was refused."""
    named: list[Sequence[Piece | Report | Refund | Event]] = [pieces, reports, refunds, events]
    return {one.participant_id for rows in named for one in rows}


def people_of(tx: Transaction, ids: set[ParticipantId]) -> People:
    """Return what institutions are called and in which role their officers act."""
    participants = tx.get_many(PARTICIPANTS, {(one,) for one in ids})
    officers: list[Officer] = tx.find(OFFICERS, Condition("participant_id", "in", list(ids))) if ids else []
    return People(
        {one.participant_id: one.name for one in participants.values()},
        {(one.participant_id, one.officer_id): one.role for one in officers},
    )
