"""What a bank knows of a holder that changes how they are told, and never whether they are: no flag ends that duty."""

from typing import Final

from msgspec import Struct

from tarazy.agent.notice_office import BRANCH
from tarazy.app.store import Table
from tarazy.values.ids import AccountId

GUARDIANSHIP: Final = "guardianship"
"""The way to the guardianship body: what a representative would be given, where that one has a part in the matter."""


class HolderFlags(Struct, frozen=True, kw_only=True):
    """How a holder is told.

    ``under_16``: in plain words, and whoever represents them is given the whole notice by ``representative_channel``
    (``branch`` where none is known), unless ``representative_involved``: then the guardianship body is. ``safety``:
    somebody else may read the telephone, so nothing is sent as a short message. ``large_print``: letters are printed
    large. ``tipping_off``: the officer's own words are not quoted, since they may say what the law forbids to tell.
    """

    account_id: AccountId
    under_16: bool = False
    safety: bool = False
    large_print: bool = False
    tipping_off: bool = False
    representative: str = ""
    representative_channel: str = ""
    representative_involved: bool = False

    @property
    def channel_to_representative(self) -> str:
        """By which way the whole notice of a child's hold goes."""
        return GUARDIANSHIP if self.representative_involved else self.representative_channel or BRANCH


HOLDER_FLAGS = Table("holder_flags", HolderFlags, ("account_id",))


def no_flags(account_id: AccountId) -> HolderFlags:
    """Return the flags of a holder of whom the bank has said nothing."""
    return HolderFlags(account_id=account_id)
