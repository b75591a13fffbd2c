"""What a bank knows of a holder that changes how they are told, and never whether they are: no flag ends that duty."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from msgspec import Struct

from tarazy.agent.notice_office import BRANCH
from tarazy.app.store import Table, Transaction
from tarazy.values.ids import AccountId, OfficerId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

GUARDIANSHIP: Final = "guardianship"
"""The way to the guardianship body: what a representative would be given, where that one has a part in the matter."""

CHANNELS_OF_REPRESENTATIVES: Final = (BRANCH, "post", "courier")
FLAGS_LAST_MAX: Final = timedelta(days=3_660)
"""Ten years. What a bank keeps about how somebody is told ends by itself, and is set anew where it still holds."""
NAME_LENGTH_MAX: Final = 120


class HolderFlags(Struct, frozen=True, kw_only=True):
    """How a holder is told.

    ``under_16``: in plain words, and whoever represents them is given the whole notice by ``representative_channel``
    (``branch`` where none is known), unless ``representative_involved``: then the guardianship body is. ``safety``:
    somebody else may read the telephone, so nothing is sent as a short message. ``large_print``: letters are printed
    large. ``tipping_off``: the officer's own words are not quoted, since they may say what the law forbids to tell.

    ``set_by`` is the officer who set them last at ``set_at``; from ``until`` on they count no more. Both stay with this
    bank: nobody else learns how somebody is told.
    """

    account_id: AccountId
    under_16: bool = False
    safety: bool = False
    large_print: bool = False
    tipping_off: bool = False
    representative: str = ""
    representative_channel: str = ""
    representative_involved: bool = False
    set_by: OfficerId | None = None
    set_at: Instant | None = None
    until: Instant | None = None

    @property
    def channel_to_representative(self) -> str:
        """By which way the whole notice of a child's hold goes."""
        return GUARDIANSHIP if self.representative_involved else self.representative_channel or BRANCH


HOLDER_FLAGS = Table("holder_flags", HolderFlags, ("account_id",))


def no_flags(account_id: AccountId) -> HolderFlags:
    """Return the flags of a holder of whom the bank has said nothing."""
    return HolderFlags(account_id=account_id)


def flags_of(tx: Transaction, accounts: Iterable[AccountId], now: Instant) -> dict[AccountId, HolderFlags]:
    """Return how the holders of some accounts are told now; flags whose time is over count no more."""
    wanted = list(accounts)
    found = tx.get_many(HOLDER_FLAGS, {(account_id,) for account_id in wanted})
    standing = {row.account_id: row for row in found.values() if row.until is None or row.until > now}
    return {account_id: standing.get(account_id) or no_flags(account_id) for account_id in wanted}


def needs_representative(tx: Transaction, account_id: AccountId, now: Instant) -> bool:
    """Return whether nobody gives this holder's money back on the holder's word alone: a child is asked with another.

    That a child's word does not do is ours, and the careful reading: it can always object and appeal without anybody.
    """
    return flags_of(tx, [account_id], now)[account_id].under_16


def set_flags(tx: Transaction, flags: HolderFlags, officer_id: OfficerId, until: Instant, now: Instant) -> HolderFlags:
    """Set how a holder is told until a moment, in place of what was set before. What is set twice is set once."""
    assert now < until <= now.plus(FLAGS_LAST_MAX), "flags end by themselves"
    before = tx.lock(HOLDER_FLAGS, {(flags.account_id,)}).get((flags.account_id,))
    same = None if before is None else replace(before, set_by=None, set_at=None, until=None)
    wanted = replace(flags, set_by=None, set_at=None, until=None)
    if before is not None and (same, before.until) == (wanted, until):
        return before
    kept = replace(wanted, set_by=officer_id, set_at=now, until=until)
    tx.put(HOLDER_FLAGS, kept)
    return kept
