"""What a closed answer says once a part of it was paid back: that part is refunded, and nothing else has changed."""

import pytest

from tarazy.domain.tracing import Share, ShareKind, StopKind, tiling_fault, with_refunded
from tarazy.values.ids import ParticipantId, TransferRef
from tarazy.values.interval import Interval, Intervals

BANK, REF = ParticipantId("bank-c"), TransferRef("t2")
MOVED = Share(ShareKind.moved_on, 10, 30, None, BANK, REF, 100)
TOLD = (
    Share(ShareKind.exited, 0, 10, "cash"),
    MOVED,
    Share(ShareKind.stopped, 30, 90, StopKind.released),
    Share(ShareKind.refunded, 90, 100),
)


def free(start: int, end: int) -> Share:
    return Share(ShareKind.stopped, start, end, StopKind.released)


def paid(start: int, end: int) -> Share:
    return Share(ShareKind.refunded, start, end)


STORIES: dict[str, tuple[Intervals, tuple[Share, ...]]] = {
    "nothing was paid": ((), TOLD),
    "the lowest of what was let go": ((Interval(30, 50),), (*TOLD[:2], paid(30, 50), free(50, 90), TOLD[3])),
    "a stretch amid it": ((Interval(40, 50),), (*TOLD[:2], free(30, 40), paid(40, 50), free(50, 90), TOLD[3])),
    "up to what was refunded before": ((Interval(60, 90),), (*TOLD[:2], free(30, 60), paid(60, 100))),
    "all of it": ((Interval(30, 90),), (*TOLD[:2], paid(30, 100))),
    "what was refunded before": ((Interval(90, 100),), TOLD),
    "two stretches": (
        (Interval(30, 40), Interval(80, 90)),
        (*TOLD[:2], paid(30, 40), free(40, 80), paid(80, 100)),
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_only_what_was_paid_back_is_told_anew(story: str) -> None:
    stretches, expected = STORIES[story]
    shares = with_refunded(TOLD, stretches)
    assert shares == expected
    assert tiling_fault(Interval(0, 100), [Interval(share.from_minor, share.to_minor) for share in shares]) is None


def test_what_is_left_of_money_that_moved_on_keeps_its_place_in_the_onward_transfer() -> None:
    before, paid_back, after = with_refunded((MOVED,), (Interval(15, 20),))
    assert (before.to_minor, before.onward_from) == (15, 100)
    assert paid_back == paid(15, 20)
    assert (after.from_minor, after.to_minor, after.onward_from) == (20, 30, 110)
