"""Follow one transfer through a file of transfers by first in, first out, in one pass and without keeping the file.

Up to the start only three numbers an account are kept. From the start on, each account that the money reached also has
a queue of stretches of its line that are followed. A debit consumes the line from its lowest free unit; where what it
consumes overlaps a followed stretch, those units go on in that transfer and keep their order. So no transfer is looked
at twice, and every unit of the start is at exactly one place at any time.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, final

from tarazy.index.accounts_file import KINDS_WITH_LINE, FileAccount
from tarazy.index.file_time import FileTime
from tarazy.index.input_fault import InputFault
from tarazy.index.running_line import RunningLine
from tarazy.index.tracing import END_AT_ACCOUNT, End, EndKind, Piece, Tracing
from tarazy.index.transfers_file import FileTransfer

FIFO_METHOD: Final = "fifo/1"
PIECES_MAX: Final = 1_000_000
"""A tracing with more pieces is no longer something that a person reads or a bank acts on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRequest:
    """What to follow: units ``[0, amount_minor)`` of the transfer ``start_id``, to the end of ``as_of``.

    No amount means the whole transfer, no time means the last row. ``file`` is what messages call the file.
    """

    file: str
    start_id: str
    amount_minor: int | None = None
    as_of: FileTime | None = None
    pieces_max: int = PIECES_MAX


class _Stretch(NamedTuple):
    """Followed units of a line, with the depth of the piece that brought them."""

    line_from: int
    line_to: int
    depth: int


class _Carried(NamedTuple):
    """Followed units of a transfer that is being applied."""

    from_minor: int
    to_minor: int
    depth: int


def follow(transfers: Iterable[FileTransfer], accounts: Mapping[str, FileAccount], request: TraceRequest) -> Tracing:
    """Return where the money is. Every transfer is read, also after ``as_of``, so that a bad row is never missed.

    Raises:
        InputFault: the start is unknown, the amount exceeds it, ``as_of`` is before it or of another sort of time than
            the file, or the tracing has too many pieces.
    """
    following = _Following(accounts, request)
    limit = None if request.as_of is None else request.as_of.moment
    last: FileTransfer | None = None
    for transfer in transfers:
        if last is None and request.as_of is not None and request.as_of.sort is not transfer.booked_at.sort:
            raise InputFault(f"{transfer.booked_at.sort}, as in the file", field="--as-of", found=request.as_of.text)
        last = transfer
        if limit is None or transfer.booked_at.moment <= limit:
            following.apply(transfer)
        elif transfer.transfer_id == request.start_id:
            raise _before_start(request, transfer)
    if following.start is None or last is None:
        raise InputFault("the id of a transfer of the file", file=request.file, field="--start", found=request.start_id)
    return following.finished(request.as_of or last.booked_at)


@final
class _Following:
    """The lines of all accounts, and the followed stretches on them, after the transfers applied so far."""

    def __init__(self, accounts: Mapping[str, FileAccount], request: TraceRequest) -> None:
        self.start: FileTransfer | None = None
        self._request = request
        self._lines = {
            account_id: RunningLine(account.opening_minor)
            for account_id, account in accounts.items()
            if account.kind in KINDS_WITH_LINE
        }
        self._followed: dict[str, deque[_Stretch]] = {}
        self._accounts = accounts
        self._pieces: list[Piece] = []
        self._ended: defaultdict[tuple[str, int, EndKind], int] = defaultdict(int)

    def apply(self, transfer: FileTransfer) -> None:
        """Debit the payer, then credit the payee: so a transfer to oneself spends the oldest and queues behind."""
        carried = self._debit(transfer)
        if transfer.transfer_id == self._request.start_id:
            carried = self._started(transfer)
        line = self._lines.get(transfer.payee.account_id)
        begin = repaid = 0
        if line is not None:
            begin = line.line_end
            repaid = line.credit(transfer.amount_minor)
        for piece in carried:
            self._record(transfer, piece)
            if line is None:
                self._end(transfer.payee, piece, END_AT_ACCOUNT[transfer.payee.kind], piece.to_minor - piece.from_minor)
            else:
                self._land(transfer.payee, piece, begin, repaid)

    def finished(self, as_of: FileTime) -> Tracing:
        """Return the tracing: what is still on lines is holdable."""
        assert self.start is not None
        for account_id, stretches in self._followed.items():
            for stretch in stretches:
                self._ended[account_id, stretch.depth, EndKind.holdable] += stretch.line_to - stretch.line_from
        ends = [End(self._accounts[at], depth, kind, amount) for (at, depth, kind), amount in self._ended.items()]
        stolen_minor = self._request.amount_minor or self.start.amount_minor
        return Tracing(
            start=self.start,
            method=FIFO_METHOD,
            as_of=as_of,
            stolen_minor=stolen_minor,
            untraced_minor=0,
            pieces=tuple(sorted(self._pieces, key=lambda piece: (piece.depth, piece.transfer.line, piece.from_minor))),
            ends=tuple(sorted(ends, key=lambda end: (end.depth, end.account.account_id, end.kind))),
        )

    def _debit(self, transfer: FileTransfer) -> list[_Carried]:
        payer_id = transfer.payer.account_id
        line = self._lines.get(payer_id)
        if line is None:
            return []
        begin = line.head
        taken = line.debit(transfer.amount_minor)
        stretches = self._followed.get(payer_id)
        return _carried(stretches, begin, begin + taken) if stretches else []

    def _started(self, transfer: FileTransfer) -> list[_Carried]:
        request = self._request
        claim = transfer.amount_minor if request.amount_minor is None else request.amount_minor
        if not 0 < claim <= transfer.amount_minor:
            expected = f"from 1 to {transfer.amount_minor}, the amount of the start"
            raise InputFault(expected, file=request.file, line=transfer.line, field="--amount", found=str(claim))
        self.start = transfer
        return [_Carried(0, claim, 0)]

    def _record(self, transfer: FileTransfer, piece: _Carried) -> None:
        if len(self._pieces) >= self._request.pieces_max:
            expected = f"at most {self._request.pieces_max} pieces (raise --pieces-max, or narrow --amount or --as-of)"
            raise InputFault(expected, file=self._request.file, line=transfer.line, field="tracing", found="more")
        self._pieces.append(Piece(piece.depth, transfer, piece.from_minor, piece.to_minor))

    def _land(self, payee: FileAccount, piece: _Carried, begin: int, repaid: int) -> None:
        """Queue the piece on the payee's line, less its units that repaid what the payee owed."""
        free_from = max(piece.from_minor, min(piece.to_minor, repaid))
        self._end(payee, piece, EndKind.overdraft_repaid, free_from - piece.from_minor)
        if free_from < piece.to_minor:
            stretches = self._followed.setdefault(payee.account_id, deque())
            stretches.append(_Stretch(begin + free_from, begin + piece.to_minor, piece.depth))

    def _end(self, account: FileAccount, piece: _Carried, kind: EndKind, amount_minor: int) -> None:
        if amount_minor:
            self._ended[account.account_id, piece.depth, kind] += amount_minor


def _carried(stretches: deque[_Stretch], begin: int, end: int) -> list[_Carried]:
    """Take the followed units off the line below ``end``; the debit that consumes ``[begin, end)`` carries them."""
    carried: list[_Carried] = []
    while stretches and stretches[0].line_from < end:
        stretch = stretches.popleft()
        assert stretch.line_from >= begin
        cut = min(stretch.line_to, end)
        if cut < stretch.line_to:
            stretches.appendleft(stretch._replace(line_from=cut))
        piece = _Carried(stretch.line_from - begin, cut - begin, stretch.depth + 1)
        if carried and carried[-1].to_minor == piece.from_minor and carried[-1].depth == piece.depth:
            piece = piece._replace(from_minor=carried.pop().from_minor)
        carried.append(piece)
    return carried


def _before_start(request: TraceRequest, start: FileTransfer) -> InputFault:
    assert request.as_of is not None
    expected = f"no time before the start ({start.booked_at.text})"
    return InputFault(expected, file=request.file, line=start.line, field="--as-of", found=request.as_of.text)
