"""One payment or return between two banks, as a message says it: before it is booked on anybody's account."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tarazy.values.ids import TransferRef
from tarazy.values.instant import Instant

HEAD_OFFICE = "XXX"
"""A BIC with this branch code means the same institution as one without."""


class TransferKind(StrEnum):
    """Whether money goes forward or comes back."""

    credit_transfer = "credit_transfer"
    return_ = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """The institution at one end. ``bic`` has eleven characters for a branch, eight for a head office.

    ``member_id`` is its number in a clearing, written ``CODE/number`` where the message names the clearing system.
    """

    bic: str | None
    member_id: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """What the institution may be known by, the most exact first: branch, head office, clearing number."""
        branch = () if self.bic is None else (self.bic, self.bic[:8], self.bic[:8] + HEAD_OFFICE)
        return branch if self.member_id is None else (*branch, self.member_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferMessage:
    """One transaction of a message. The debtor pays *in this message*: of a return, that is whoever sends money back.

    ``sent_minor`` leaves the debtor's account and ``amount_minor`` reaches the creditor's; the difference, in one
    currency, is what was charged on the way. ``settled_at`` is the time that the message gives for the settlement, or
    that of the message. ``place`` is where the transaction stands in its document.
    """

    kind: TransferKind
    place: str
    message_id: str
    transfer_ref: TransferRef
    original_ref: TransferRef | None
    amount_minor: int
    currency: str
    sent_minor: int
    sent_currency: str
    settled_at: Instant
    settlement_date: date | None
    debtor_account: str | None
    creditor_account: str | None
    debtor_agent: Agent
    creditor_agent: Agent
    purpose: str | None
    is_protected: bool
