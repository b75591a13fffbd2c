"""How pieces come to their own end: the last answer says where their units were, and nothing waits any more.

An order to follow a piece names its end itself. Whoever was away over it, or heard of the order only after it, says so
when they are back, so that no tracing waits for ever for a credit that never came or for an entry that is missing.
"""

from typing import Final

from tarazy.agent.answering import answer_follows, tell_answers
from tarazy.agent.following import locked_lines
from tarazy.agent.records import FOLLOWS, Follow
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant

PIECES_ENDING_PER_RUN_MAX: Final = 500
"""The rest is left to the next round, which comes at once: bookings wait for the accounts of these."""
IN_TIME: Final = (Condition("is_open", "=", True), Condition("is_over", "=", False))


def end_pieces(tx: Transaction, exchange: ParticipantId, setting: Setting) -> int:
    """Tell the last answers about pieces whose own end has come, the oldest first; return how many there were."""
    due = tx.find(
        FOLLOWS,
        *IN_TIME,
        Condition("ends_at", "<=", setting.now),
        order=("ends_at",),
        limit=PIECES_ENDING_PER_RUN_MAX,
    )
    if not due:
        return 0
    lines = locked_lines(tx, {follow.account_id for follow in due if follow.account_id is not None})
    locked = tx.lock(FOLLOWS, {(follow.order_id,) for follow in due}).values()
    # A credit may just have arrived: that account is not locked here, and the next round ends the piece.
    ending = [one for one in locked if one.is_open and (one.account_id is None or one.account_id in lines)]
    tell_answers(tx, answer_follows(tx, sorted(ending, key=_rank), lines, setting), exchange, setting)
    return len(due)


def next_piece_end(tx: Transaction) -> Instant | None:
    """Return when the next piece comes to its end, for the timer."""
    rows = tx.find(FOLLOWS, *IN_TIME, order=("ends_at",), limit=1)
    return rows[0].ends_at if rows else None


def _rank(follow: Follow) -> tuple[Instant, str]:
    return follow.rank, follow.order_id
