"""Telling shares once more: no more of them than fit one message, and what is told after the piece's own end.

What was told as moved on is followed elsewhere, so no later answer may take it back.
"""

from collections.abc import Callable, Sequence
from typing import Final

from tarazy.domain.tracing import Share, ShareKind, StopKind, merged
from tarazy.values.interval import Interval, intersect, union

STANDING: Final = frozenset({ShareKind.held, ShareKind.requested})
OF_HOLD: Final = STANDING | {ShareKind.refunded}

Kept = Callable[[Share], bool]


def told_at_most(shares: tuple[Share, ...], before: Sequence[Share], most: int) -> tuple[Share, ...]:
    """Return at most ``most`` shares that tile the same units; the rest is put together to stops of the kind `pieces`.

    What was told ``before`` as moved on stays told, whatever was laid over it or beside it since. Of everything else
    the highest units are put together first, and those that are held, asked for or paid back only where nothing else
    is enough. ``before`` itself has at most ``most`` shares.
    """
    assert len(before) <= most
    sent = union(Interval(share.from_minor, share.to_minor) for share in before if share.kind is ShareKind.moved_on)

    def is_sent(share: Share) -> bool:
        is_onward = share.kind is ShareKind.moved_on
        return is_onward and intersect(sent, Interval(share.from_minor, share.to_minor)) != ()

    def is_dear(share: Share) -> bool:
        return share.kind in OF_HOLD or is_sent(share)

    for is_kept in (is_dear, is_sent):
        if len(shares) > most:
            shares = _put_together(shares, is_kept, len(shares) - most)
    assert len(shares) <= most, "between two stretches that were told as moved on there was something told before"
    return shares


def _put_together(shares: tuple[Share, ...], is_kept: Kept, too_many: int) -> tuple[Share, ...]:
    """Put the highest neighbours together that are not to be kept, until there are ``too_many`` fewer, if possible."""
    after: list[Share] = []
    for share in reversed(shares):
        above = after[-1] if after else None
        if above is None or too_many == 0 or is_kept(share) or is_kept(above):
            after.append(share)
            continue
        after[-1] = Share(ShareKind.stopped, share.from_minor, above.to_minor, StopKind.pieces)
        too_many -= 1
    return tuple(reversed(after))


def after_end(told: tuple[Share, ...], now: tuple[Share, ...], piece: Interval) -> tuple[Share, ...]:
    """Return what is told of a piece whose own end has come: what was told last, and what has become of its hold.

    ``now`` is where its units are. Nothing is waited for any more, and nobody looks where money goes from here: units
    that were held and are not are told as let go, wherever they went. A piece of which nothing was ever told was not
    followed at all.
    """
    told = told or (Share(ShareKind.stopped, piece.start, piece.end, StopKind.days),)
    standing = tuple(share for share in now if share.kind in STANDING)
    covered = union(Interval(share.from_minor, share.to_minor) for share in standing)
    left = (part for share in told for part in share.without(covered))
    return merged((*standing, *(one for part in left for one in _at_rest(part, now))))


def _at_rest(share: Share, now: Sequence[Share]) -> list[Share]:
    """Return a share without what it waits for or held: each of its units has come to rest, or was paid back."""
    if share.kind is ShareKind.waiting:
        return [Share(ShareKind.stopped, share.from_minor, share.to_minor, StopKind.days)]
    if share.kind not in STANDING:
        return [share]
    own = (Interval(share.from_minor, share.to_minor),)
    known = [
        Share(one.kind, *stretch, detail=one.detail)
        for one in now
        if one.kind in {ShareKind.stopped, ShareKind.refunded}
        for stretch in intersect(own, Interval(one.from_minor, one.to_minor))
    ]
    gone = share.without(union(Interval(one.from_minor, one.to_minor) for one in known))
    return [*known, *(Share(ShareKind.stopped, one.from_minor, one.to_minor, StopKind.released) for one in gone)]
