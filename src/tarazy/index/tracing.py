"""What a tracing through a file found: the pieces that moved, and where each unit of the start is at the end."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final, NamedTuple

from tarazy.index.accounts_file import FileAccount, FileAccountKind
from tarazy.index.file_time import FileTime
from tarazy.index.transfers_file import FileTransfer


class EndKind(StrEnum):
    """Where followed units are at the end: still free on a line (holdable), out of reach (exit), or stopped at."""

    holdable = "holdable"
    cash_out = "cash_out"
    external = "external"
    overdraft_repaid = "overdraft_repaid"
    pooled = "pooled"


EXIT_KINDS: Final = (EndKind.cash_out, EndKind.external, EndKind.overdraft_repaid)
STOP_KINDS: Final = (EndKind.pooled,)
END_AT_ACCOUNT: Final = {
    FileAccountKind.pooled: EndKind.pooled,
    FileAccountKind.cash_out: EndKind.cash_out,
    FileAccountKind.external: EndKind.external,
}


class Piece(NamedTuple):
    """The units ``[from_minor, to_minor)`` of one transfer that are followed, at one depth. The start is depth 0."""

    depth: int
    transfer: FileTransfer
    from_minor: int
    to_minor: int

    @property
    def amount_minor(self) -> int:
        """How many units the piece has."""
        return self.to_minor - self.from_minor


class End(NamedTuple):
    """Units that came to rest at an account, at the depth at which they reached it."""

    account: FileAccount
    depth: int
    kind: EndKind
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """One tracing. Under first in, first out nothing is left untraced: the ends sum to what was stolen, to the unit."""

    start: FileTransfer
    method: str
    as_of: FileTime
    stolen_minor: int
    untraced_minor: int
    pieces: tuple[Piece, ...]
    ends: tuple[End, ...]

    def __post_init__(self) -> None:
        assert all(end.amount_minor > 0 for end in self.ends)
        assert all(0 <= piece.from_minor < piece.to_minor <= piece.transfer.amount_minor for piece in self.pieces)
        assert sum(end.amount_minor for end in self.ends) + self.untraced_minor == self.stolen_minor

    @property
    def currency(self) -> str:
        """The currency of the start, and so of every piece."""
        return self.start.payee.currency

    @property
    def holdable(self) -> tuple[End, ...]:
        """What lies free on lines, one end for each account, sorted by account."""
        return _by_account(self.ends, (EndKind.holdable,))

    @property
    def exits(self) -> tuple[End, ...]:
        """What left, one end for each account and kind, sorted by account."""
        return _by_account(self.ends, EXIT_KINDS)

    @property
    def stops(self) -> tuple[End, ...]:
        """What reached a place where it cannot be followed, one end for each account and kind, sorted by account."""
        return _by_account(self.ends, STOP_KINDS)


def total_minor(ends: Iterable[End]) -> int:
    """Return the sum of ``ends``."""
    return sum(end.amount_minor for end in ends)


def _by_account(ends: Iterable[End], kinds: tuple[EndKind, ...]) -> tuple[End, ...]:
    """Sum the ends of ``kinds`` over their depths. The depth that is kept is the least one."""
    wanted = sorted((end for end in ends if end.kind in kinds), key=_account_and_kind)
    summed = []
    for _, group in groupby(wanted, key=_account_and_kind):
        same = list(group)
        nearest = min(same, key=lambda end: end.depth)
        summed.append(nearest._replace(amount_minor=total_minor(same)))
    return tuple(summed)


def _account_and_kind(end: End) -> tuple[str, str]:
    return end.account.account_id, end.kind
