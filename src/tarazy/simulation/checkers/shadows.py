"""Shadow mode: a bank in it holds nothing and tells no holder; what would have been held is counted as such."""

from tarazy.agent.records import CORE_COMMANDS, HOLD_SEGMENTS, HOLDS, SERVED_NOTICES
from tarazy.agent.reference_core import CORE_BOOKINGS
from tarazy.agent.trace_notices import TRACE_NOTICES
from tarazy.app.records import CASE_HOLDS, PIECES, Piece
from tarazy.domain.entry import CORE_HOLD_KINDS
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Bank, Network

NAME = "shadow"
NEVER_THERE = frozenset({"held", "requested", "refunded"})
OF_HOLDS = frozenset({"protected", "core_reserved_less", "held_for_other_case"})


def check_shadows(network: Network) -> None:
    """Check all banks' answers, and that banks in shadow mode have done nothing to anybody."""
    for name in sorted(network.shadows):
        _check_bank(network.banks[name])
    for hold in rows(network.exchange.disc, CASE_HOLDS):
        is_real = hold.participant_id not in network.shadows
        demand(NAME, is_real, f"{hold.hold_id}: a hold of {hold.participant_id}, which is in shadow mode")
    for piece in rows(network.exchange.disc, PIECES):
        _check_piece(network, piece)


def _check_bank(bank: Bank) -> None:
    disc = bank.program.disc
    for table in (HOLDS, HOLD_SEGMENTS, CORE_COMMANDS, SERVED_NOTICES, TRACE_NOTICES):
        demand(NAME, not rows(disc, table), f"{bank.name}: {table.name} in shadow mode")  # type: ignore[misc]  # a table is read here whatever its rows are
    for booking in rows(bank.core.disc, CORE_BOOKINGS):
        is_hold = booking.entry is not None and booking.entry.kind in CORE_HOLD_KINDS
        demand(NAME, not is_hold, f"{bank.name}: {booking.entry} in shadow mode")


def _check_piece(network: Network, piece: Piece) -> None:
    """A unit that rests on a line counts as `shadow` there and only there, whatever the law gate said of a hold."""
    is_shadow = piece.participant_id in network.shadows
    for share in piece.shares:
        where = f"{piece.piece_id} at {piece.participant_id}: {share.kind} {share.detail or ''}"
        if share.detail == "shadow":
            demand(NAME, is_shadow, f"{where}: not in shadow mode")
        if is_shadow:
            demand(NAME, share.kind not in NEVER_THERE and share.detail not in OF_HOLDS, f"{where}: in shadow mode")
        if share.detail == "refused_by_law":
            demand(NAME, bool(piece.refused_by) and not is_shadow, f"{where}: nothing refused it")
