"""The sentence that adds up: what was stolen, and in which state each unit of it is now.

    stolen = held + requested + exited + stopped(kinds) + waiting(kinds) + asking + returned + refunded

It is counted from the pieces alone, so that what is shown can be compared with the sums that the tracing keeps.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tarazy.app.records import Piece
from tarazy.domain.tracing import ShareKind, StopKind
from tarazy.values.ids import HoldId


class TermKind(StrEnum):
    """The states of the equation, in the order in which a sentence names them."""

    held = "held"
    requested = "requested"
    exited = "exited"
    stopped = "stopped"
    waiting = "waiting"
    asking = "asking"
    """In pieces that no bank has answered yet."""
    returned = "returned"
    refunded = "refunded"


OPEN_KINDS = frozenset({TermKind.requested, TermKind.waiting, TermKind.asking})
"""States that something is still expected of."""


class Term(NamedTuple):
    """One summand: its state, the kind of exit, stop or wait, and how much."""

    kind: TermKind
    detail: str | None
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """What was stolen and its summands, each above zero, in the order of `TermKind`."""

    currency: str
    stolen_minor: int
    terms: tuple[Term, ...]

    @property
    def adds_up(self) -> bool:
        """Whether the summands are what was stolen, to the unit."""
        return sum(term.amount_minor for term in self.terms) == self.stolen_minor

    def of(self, kind: TermKind) -> int:
        """Return how much is in a state, all kinds of it together."""
        return sum(term.amount_minor for term in self.terms if term.kind is kind)


def equation_of(stolen_minor: int, currency: str, pieces: Iterable[Piece], standing: Collection[HoldId]) -> Equation:
    """Return the equation of these pieces. Money under a hold that does not stand any more counts as released."""
    sums: dict[tuple[TermKind, str | None], int] = {}
    for piece in pieces:
        for kind, detail, amount in terms_of(piece, standing):
            sums[kind, detail] = sums.get((kind, detail), 0) + amount
    return Equation(currency=currency, stolen_minor=stolen_minor, terms=_in_order(sums))


def terms_of(piece: Piece, standing: Collection[HoldId]) -> list[Term]:
    """Return where the units of one piece are; those that moved on are counted at their own pieces."""
    if piece.stop is not None:
        return [Term(TermKind.stopped, piece.stop, piece.amount_minor)]
    if piece.answer_no == 0:
        return [Term(TermKind.asking, None, piece.amount_minor)]
    stands = piece.hold_id in standing
    return [
        _term(share.kind, share.detail, share.to_minor - share.from_minor, stands=stands)
        for share in piece.shares
        if share.kind != ShareKind.moved_on
    ]


def _term(kind: str, detail: str | None, amount: int, *, stands: bool) -> Term:
    if kind in {ShareKind.held, ShareKind.requested} and not stands:
        return Term(TermKind.stopped, StopKind.released, amount)
    return Term(TermKind(kind), detail, amount)


def _in_order(sums: Mapping[tuple[TermKind, str | None], int]) -> tuple[Term, ...]:
    places = list(TermKind)
    ordered = sorted(sums, key=lambda key: (places.index(key[0]), -sums[key], key[1] or ""))
    return tuple(Term(kind, detail, sums[kind, detail]) for kind, detail in ordered if sums[kind, detail])
