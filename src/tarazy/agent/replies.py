"""What a holder answers in the app when money of theirs is held: it is mine, I give it back, I need help.

An answer changes nothing by itself. It stands before the officer who decides about the hold, who must have read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tarazy.app.store import Condition, Table, Transaction
from tarazy.values.ids import AccountId, HoldId, derived
from tarazy.values.instant import Instant

REPLIES_PER_HOLD_MAX: Final = 20
"""After so many answers the telephone and the branch remain: nobody reads the twenty-first."""
WORDS_LENGTH_MAX: Final = 1_000


class ReplyChoice(StrEnum):
    """Which of the three ways the holder takes."""

    mine = "mine"
    give_back = "give_back"
    help = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderReply:
    """One answer of a holder, in their own words."""

    reply_id: str
    hold_id: HoldId
    account_id: AccountId
    choice: ReplyChoice
    words: str
    replied_at: Instant


HOLDER_REPLIES = Table("holder_replies", HolderReply, ("reply_id",))


def reply(
    tx: Transaction, hold_id: HoldId, account_id: AccountId, choice: ReplyChoice, words: str, now: Instant
) -> HolderReply | None:
    """Keep a holder's answer for the officer; None where there are too many already. The same answer is kept once."""
    before = replies_to(tx, [hold_id])
    words = words.strip()[:WORDS_LENGTH_MAX]
    same = next((one for one in before if (one.choice, one.words) == (choice, words)), None)
    if same is not None or len(before) >= REPLIES_PER_HOLD_MAX:
        return same
    row = HolderReply(
        reply_id=derived("hr", hold_id, choice, words),
        hold_id=hold_id,
        account_id=account_id,
        choice=choice,
        words=words,
        replied_at=now,
    )
    tx.put(HOLDER_REPLIES, row)
    return row


def replies_to(tx: Transaction, hold_ids: Sequence[HoldId]) -> list[HolderReply]:
    """Return what holders have answered about some holds, oldest first."""
    about = Condition("hold_id", "in", list(hold_ids))
    limit = REPLIES_PER_HOLD_MAX * max(1, len(hold_ids))
    return tx.find(HOLDER_REPLIES, about, order=("replied_at",), limit=limit)
