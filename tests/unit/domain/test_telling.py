"""Telling shares once more: as many as fit one message, and after the piece's own end."""

from typing import Final

import pytest

from tarazy.domain.telling import after_end, told_at_most
from tarazy.domain.tracing import Share, ShareKind, StopKind, WaitKind, tiling_fault, with_refunded
from tarazy.values.ids import ParticipantId, TransferRef
from tarazy.values.interval import Interval

BANK: Final = ParticipantId("bank-c")
PIECE: Final = Interval(0, 100)


def moved(start: int, end: int, ref: str = "t2", onward: int = 0) -> Share:
    return Share(ShareKind.moved_on, start, end, None, BANK, TransferRef(ref), onward)


def gone(start: int, end: int) -> Share:
    return Share(ShareKind.exited, start, end, "cash")


def let_go(start: int, end: int) -> Share:
    return Share(ShareKind.stopped, start, end, StopKind.released)


def stop(start: int, end: int, why: StopKind) -> Share:
    return Share(ShareKind.stopped, start, end, why)


def pieces(start: int, end: int) -> Share:
    return stop(start, end, StopKind.pieces)


def held(start: int, end: int) -> Share:
    return Share(ShareKind.held, start, end)


def asked(start: int, end: int) -> Share:
    return Share(ShareKind.requested, start, end)


def paid(start: int, end: int) -> Share:
    return Share(ShareKind.refunded, start, end)


def waits(start: int, end: int, why: WaitKind = WaitKind.entries_behind) -> Share:
    return Share(ShareKind.waiting, start, end, why)


Shares = tuple[Share, ...]
FEW: Final[Shares] = (moved(0, 10), gone(10, 20), let_go(20, 100))
FULL: Final[Shares] = (gone(0, 10), moved(10, 20), let_go(20, 80), moved(80, 100, "t3"))

TOO_MANY: Final[dict[str, tuple[Shares, Shares, int, Shares]]] = {
    "as many as may be": (FEW, (), 3, FEW),
    "nothing was told before: the highest go together": (FEW, (), 2, (moved(0, 10), pieces(10, 100))),
    "all in one": (FEW, (), 1, (pieces(0, 100),)),
    "the tail was told as moved on, and a stretch below it was paid back": (
        with_refunded(FULL, (Interval(30, 40),)),
        FULL,
        4,
        (gone(0, 10), moved(10, 20), pieces(20, 80), moved(80, 100, "t3")),
    ),
    "what was paid back is told where something else can go together": (
        with_refunded((gone(0, 5), let_go(5, 10), *FULL[1:]), (Interval(70, 80),)),
        (gone(0, 5), let_go(5, 10), *FULL[1:]),
        5,
        (pieces(0, 10), moved(10, 20), let_go(20, 70), paid(70, 80), moved(80, 100, "t3")),
    ),
    "the higher ones go together first": (
        (gone(0, 10), let_go(10, 20), moved(20, 30), gone(30, 40), let_go(40, 50), moved(50, 100, "t3")),
        (let_go(0, 20), moved(20, 30), let_go(30, 50), moved(50, 100, "t3")),
        5,
        (gone(0, 10), let_go(10, 20), moved(20, 30), pieces(30, 50), moved(50, 100, "t3")),
    ),
    "what has moved on since is put together where it must be": (
        (gone(0, 10), moved(10, 40), gone(40, 50), moved(50, 100, "t3")),
        (let_go(0, 50), moved(50, 100, "t3")),
        2,
        (pieces(0, 50), moved(50, 100, "t3")),
    ),
    "more of a transfer than was told before stays whole": (
        (gone(0, 10), moved(10, 40), gone(40, 50), let_go(50, 100)),
        (gone(0, 10), moved(10, 20), let_go(20, 100)),
        3,
        (gone(0, 10), moved(10, 40), pieces(40, 100)),
    ),
}


@pytest.mark.parametrize("story", TOO_MANY)
def test_no_more_is_told_than_fits_and_what_was_told_as_moved_on_stays(story: str) -> None:
    shares, before, most, expected = TOO_MANY[story]
    told = told_at_most(shares, before, most)
    assert told == expected
    assert tiling_fault(PIECE, [Interval(share.from_minor, share.to_minor) for share in told]) is None


@pytest.mark.parametrize("most", range(2, 40))
def test_however_finely_a_piece_is_cut_the_answer_fits(most: int) -> None:
    before = tuple(
        moved(5 * number, 5 * number + 5, f"t{number}") if number % 2 else let_go(5 * number, 5 * number + 5)
        for number in range(min(most, 20))
    )
    end = before[-1].to_minor
    now = with_refunded(before, tuple(Interval(low, low + 1) for low in range(2, end, 10)))
    told = told_at_most(now, before, most)
    assert len(told) <= most
    assert tiling_fault(Interval(0, end), [Interval(share.from_minor, share.to_minor) for share in told]) is None
    assert [one for one in told if one.kind is ShareKind.moved_on] == [one for one in before if one in before[1::2]]


ENDS: Final[dict[str, tuple[Shares, Shares, Shares]]] = {
    "nothing was ever told": ((), (), (stop(0, 100, StopKind.days),)),
    "the credit never came": (
        (waits(0, 100, WaitKind.credit_not_arrived),),
        (),
        (stop(0, 100, StopKind.days),),
    ),
    "behind a gap": (
        (gone(0, 10), held(10, 20), waits(20, 100)),
        (gone(0, 10), held(10, 20), waits(20, 100)),
        (gone(0, 10), held(10, 20), stop(20, 100, StopKind.days)),
    ),
    "where free money goes from here nobody looks": (
        (moved(0, 10), stop(10, 100, StopKind.protected)),
        (moved(0, 10), moved(10, 60, "t4"), stop(60, 100, StopKind.protected)),
        (moved(0, 10), stop(10, 100, StopKind.protected)),
    ),
    "a hold that stands longer": ((held(0, 100),), (held(0, 100),), (held(0, 100),)),
    "the hold ends, and some of it is spent at once": (
        (held(0, 100),),
        (moved(0, 40, "t4"), let_go(40, 100)),
        (let_go(0, 100),),
    ),
    "the hold is paid from": ((held(0, 100),), (paid(0, 30), held(30, 100)), (paid(0, 30), held(30, 100))),
    "the hold was paid from and has ended": (
        (paid(0, 30), held(30, 100)),
        (paid(0, 30), gone(30, 50), let_go(50, 100)),
        (paid(0, 30), let_go(30, 100)),
    ),
    "the core reserves what it was asked for": ((asked(0, 100),), (held(0, 100),), (held(0, 100),)),
    "the core reserves less": (
        (asked(0, 100),),
        (held(0, 60), stop(60, 100, StopKind.core_reserved_less)),
        (held(0, 60), stop(60, 100, StopKind.core_reserved_less)),
    ),
    "the core reserves other units, because these were spent meanwhile": (
        (asked(0, 40), stop(40, 100, StopKind.protected)),
        (gone(0, 40), held(40, 80), stop(80, 100, StopKind.protected)),
        (let_go(0, 40), held(40, 80), stop(80, 100, StopKind.protected)),
    ),
    "what another case is paid of the same units": (
        (stop(0, 100, StopKind.held_for_other_case),),
        (paid(0, 100),),
        (stop(0, 100, StopKind.held_for_other_case),),
    ),
}


@pytest.mark.parametrize("story", ENDS)
def test_after_its_end_a_piece_tells_of_its_hold_and_of_nothing_else(story: str) -> None:
    before, now, expected = ENDS[story]
    told = after_end(before, now, PIECE)
    assert told == expected
    assert after_end(told, now, PIECE) == told
