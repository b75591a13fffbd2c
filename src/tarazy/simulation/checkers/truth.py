"""Truth: one pass over all banks' entries at once says where every stolen unit is; the exchange must say the same.

The exchange knows only answers about pieces, bank by bank. Here all entries are replayed together (federated equals
central), and each leaf of each tracing is compared with where its units really are.
"""

from collections import deque
from typing import NamedTuple

from tarazy.agent.records import ACCOUNTS, FOLLOWS, HOLD_SEGMENTS, HOLDS, Follow
from tarazy.app.records import PIECES, TRACINGS, Piece
from tarazy.app.store import Condition
from tarazy.domain.entry import AccountEntry, EntryKind
from tarazy.simulation.checkers.coins import Carried, CoinLine, Laid, Mark, Place, Resting, Way, is_gone_home
from tarazy.simulation.checkers.core_books import CoreBooks
from tarazy.simulation.checkers.finding import CheckFailed, demand, rows
from tarazy.simulation.people import CURRENCY, UNCONNECTED
from tarazy.simulation.programs import Bank, Network
from tarazy.values.ids import AccountId, ParticipantId, PieceId

NAME = "truth"
RESTS_ON_LINE = frozenset(
    {"protected", "core_reserved_less", "held_for_other_case", "refused_by_law", "released", "shadow", "hold_time_over"}
)


class Step(NamedTuple):
    """What happened next on an account: an entry was booked, or holds lie otherwise than before."""

    entry: AccountEntry | None
    laid: Laid


class Recorder:
    """Writes down, after each step of an agent, what happened on each account, in the order in which it was booked."""

    def __init__(self, bank: Bank, core: CoreBooks) -> None:
        self._bank, self._core = bank, core
        self._entry_no: dict[AccountId, int] = {}
        self._laid: dict[AccountId, Laid] = {}
        self.steps: dict[AccountId, list[Step]] = {}

    def observe(self) -> None:
        """Look at what has changed since the last time."""
        disc = self._bank.program.disc
        laid: dict[AccountId, Laid] = {}
        for row in rows(disc, HOLD_SEGMENTS, order=("account_id", "line_from")):
            holds = laid.setdefault(row.account_id, {})
            holds[row.hold_id] = (*holds.get(row.hold_id, ()), (row.line_from, row.line_to))
        for line in rows(disc, ACCOUNTS):
            account_id = line.account_id
            steps = self.steps.setdefault(account_id, [])
            seen = self._entry_no.get(account_id, 0)
            steps += [Step(entry, {}) for entry in self._core.accounts[account_id].entries[seen : line.entry_no]]
            self._entry_no[account_id] = line.entry_no
            now = laid.get(account_id, {})
            if now != self._laid.get(account_id, {}):
                steps.append(Step(None, now))
                self._laid[account_id] = now


class Replay:
    """All accounts of all banks, replayed together."""

    def __init__(
        self, network: Network, recorders: dict[ParticipantId, Recorder], cores: dict[ParticipantId, CoreBooks]
    ) -> None:
        self.originals: dict[str, str] = {}
        self._lines: list[tuple[CoinLine, deque[Step]]] = []
        self._carried: dict[str, list[Carried]] = {}
        self._debited: set[str] = set()
        self._received: set[str] = set()
        for name in network.banks:
            for account_id, book in cores[name].accounts.items():
                self._debited |= {
                    one.transfer_ref for one in book.entries if one.transfer_ref and one.kind is not EntryKind.credit
                }
                line = CoinLine(name, account_id, book.opening_minor, _ends_as(book.kind, book.currency))
                self._lines.append((line, deque(recorders[name].steps.get(account_id, ()))))

    def ends_of(self) -> list[Resting]:
        """Replay everything and return where all units with a way rest. What is still on its way rests nowhere."""
        is_moving = True
        while is_moving:
            is_moving = False
            for line, steps in self._lines:
                while steps and self._can(steps[0]):
                    self._do(line, steps.popleft())
                    is_moving = True
        stuck = [f"{line.bank}/{line.account_id}" for line, steps in self._lines if steps]
        demand(NAME, not stuck, f"credits without a debit at {stuck}")
        found = [one for line, _ in self._lines for one in line.resting()]
        for ref in self._carried.keys() - self._received:
            outside = Place(UNCONNECTED, AccountId(""), "carried", None)
            found += [Resting(one.size, (*one.way, Mark(ref, one.offset)), outside) for one in self._carried[ref]]
        return found

    def _can(self, step: Step) -> bool:
        entry = step.entry
        if entry is None or entry.kind is not EntryKind.credit or entry.transfer_ref not in self._debited:
            return True
        return entry.transfer_ref in self._carried

    def _do(self, line: CoinLine, step: Step) -> None:
        entry = step.entry
        if entry is None:
            line.lay(step.laid)
        elif entry.kind is EntryKind.credit:
            size = entry.transfer_minor or entry.amount_minor
            assert entry.transfer_ref is not None
            self._received.add(entry.transfer_ref)
            line.receive(entry, self._carried.get(entry.transfer_ref, [Carried(0, size, ())]))
        elif entry.kind is EntryKind.pay:
            assert entry.hold_id is not None
            line.pay_from(entry.hold_id, entry.amount_minor)
            assert entry.transfer_ref is not None
            self._carried[entry.transfer_ref] = [Carried(0, entry.amount_minor, ())]
        elif entry.kind not in {EntryKind.reserve, EntryKind.unreserve}:
            self._debit(line, entry)

    def _debit(self, line: CoinLine, entry: AccountEntry) -> None:
        carried = line.spend(entry)
        if entry.kind is EntryKind.fee:
            line.rest_all(carried, "fee")
        elif entry.exit_kind is not None:
            line.rest_all(carried, entry.exit_kind.value)
        elif is_gone_home(entry):
            line.rest_all(carried, f"returned {entry.original_ref}")
        else:
            assert entry.transfer_ref is not None
            if entry.original_ref is not None:
                self.originals[entry.transfer_ref] = entry.original_ref
            self._carried[entry.transfer_ref] = carried


def _ends_as(kind: str, currency: str) -> str | None:
    if currency != CURRENCY:
        return "other_currency"
    return "pooled" if kind == "pooled" else None


class Judge:
    """Compares the leaves of every tracing with where their units are."""

    def __init__(self, network: Network, replay: Replay) -> None:
        self._network, self._originals = network, replay.originals
        self._ends = replay.ends_of()
        self._follows: dict[PieceId, Follow] = {}
        self._case_of_hold: dict[str, str] = {}
        for bank in network.banks.values():
            for follow in rows(bank.program.disc, FOLLOWS):
                self._follows[follow.order_id] = follow
            for hold in rows(bank.program.disc, HOLDS):
                self._case_of_hold[hold.hold_id] = hold.case_id

    def check(self) -> int:
        """Check every tracing; return how many leaves there were."""
        leaves = 0
        for tracing in rows(self._network.exchange.disc, TRACINGS):
            pieces = rows(self._network.exchange.disc, PIECES, Condition("tracing_id", "=", tracing.tracing_id))
            root = next(piece for piece in pieces if piece.parent_id is None)
            ref = self._ref_of(root)
            by_offset = self._truth_of(ref)
            for piece in pieces:
                leaves += self._check_piece(piece, by_offset)
        return leaves

    def _ref_of(self, piece: Piece) -> str:
        bank = self._network.banks.get(piece.participant_id)
        ref = bank.program.keyring.unseal(piece.sealed_ref) if bank else None
        return ref or f"sealed for {piece.participant_id}"

    def _truth_of(self, ref: str) -> list[tuple[int, int, Way, Place]]:
        """Return the stretches of a transfer and where each rests, by offset."""
        found = []
        for size, way, place in self._ends:
            for index, mark in enumerate(way):
                if mark.ref == ref:
                    found.append((mark.offset, mark.offset + size, way[index:], place))
                    break
        return sorted(found)

    def _check_piece(self, piece: Piece, truth: list[tuple[int, int, Way, Place]]) -> int:
        shift = piece.origin_from - piece.from_minor
        if piece.stop is not None:
            self._compare(
                piece,
                "stopped",
                piece.stop.value,
                piece.origin_from,
                piece.origin_from + piece.to_minor - piece.from_minor,
                truth,
            )
            return 1
        for share in piece.shares:
            if share.kind != "moved_on":
                self._compare(piece, share.kind, share.detail, share.from_minor + shift, share.to_minor + shift, truth)
        return len(piece.shares)

    def _compare(
        self, piece: Piece, kind: str, detail: str | None, low: int, high: int, truth: list[tuple[int, int, Way, Place]]
    ) -> None:
        if detail == "beyond_transfer":
            there = [one for one in truth if one[0] < high and low < one[1]]
            demand(NAME, not there, f"{piece.piece_id}: units of [{low}, {high}) came, which are told as never sent")
            return
        reached = low
        for start, end, way, place in truth:
            if end <= reached or start >= high:
                continue
            demand(NAME, start <= reached, f"{piece.piece_id}: units from {reached} to {start} are nowhere")
            why_not = self._why_not(piece, kind, detail, way, place)
            if why_not is not None:
                seen = f"[{reached}, {min(end, high)}) of the stolen transfer are {kind} {detail or ''}".strip()
                refs = " ".join(mark.ref for mark in way)
                raise CheckFailed(
                    NAME, f"{piece.piece_id} at {piece.participant_id}: {seen}; truth: {place} by {refs}: {why_not}"
                )
            reached = end
        # A report can name more than was paid: whoever is asked about the rest may stop at it or wait for it, no more.
        is_past_all = reached >= max((one[1] for one in truth), default=0) and kind in {"stopped", "waiting"}
        demand(NAME, reached >= high or is_past_all, f"{piece.piece_id}: units from {reached} are nowhere, told {kind}")

    def _why_not(self, piece: Piece, kind: str, detail: str | None, way: Way, place: Place) -> str | None:
        """Return how what the exchange says of these units is not so, or None."""
        ref = self._ref_of(piece)
        refs = [mark.ref for mark in way]
        if piece.participant_id not in self._network.banks:
            return None if detail == "not_connected" else "told of a bank that is not connected"
        if ref not in refs:
            return "they did not come this way"
        here = refs.index(ref)
        if piece.stop is not None:
            return None
        follow = self._follows[piece.piece_id]
        is_here = (place.bank, place.account_id) == (piece.participant_id, follow.account_id) and here == len(refs) - 1
        return self._share_fault(kind, detail, follow, refs[here + 1 :], place, is_here=is_here)

    def _share_fault(
        self, kind: str, detail: str | None, follow: Follow, onward: list[str], place: Place, *, is_here: bool
    ) -> str | None:
        if kind == "returned":
            went_home = bool(onward) and self._originals.get(onward[0]) == follow.transfer_ref
            undone = is_here and place.what.startswith("returned")
            return None if (went_home and follow.depth == 0) or undone else "not sent home"
        if kind == "stopped" and not follow.is_open and detail not in {"pooled", "other_currency"}:
            by_case = self._case_of_hold.get(place.hold or "")
            is_paid = is_here and place.what == "refunded" and by_case == follow.case_id
            return "they were paid back" if is_paid else None
        if not is_here:
            return "they are elsewhere"
        if kind in {"exited", "refunded"}:
            return None if place.what == (detail or kind) else "they left otherwise"
        if detail in {"pooled", "other_currency"}:
            return None if place.what == detail else "they are not there"
        return self._line_fault(kind, detail, follow, place)

    def _line_fault(self, kind: str, detail: str | None, follow: Follow, place: Place) -> str | None:
        if place.what != "line":
            return "they were taken"
        holder = self._case_of_hold.get(place.hold or "")
        if kind == "held":
            return None if holder == follow.case_id else "nothing of this case holds them"
        if detail == "held_for_other_case":
            return None if holder is not None and holder != follow.case_id else "no other case holds them"
        if detail in RESTS_ON_LINE:
            return None if place.hold is None else "they are held"
        return "not a state of rest"
