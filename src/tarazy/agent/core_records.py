"""What the reference core keeps: accounts, reserves, what it has done, the rows of its feed, and payments."""

from enum import StrEnum

from msgspec import Struct

from tarazy.agent.core_port import OpenedAccount
from tarazy.app.store import Table
from tarazy.domain.closure import Closure
from tarazy.domain.entry import AccountEntry, AccountKind
from tarazy.law.safeguards import Exclusion
from tarazy.values.ids import AccountId, HoldId, ParticipantId, ReportId, TransferRef
from tarazy.values.instant import Instant

POOLED_ACCOUNT: AccountId = AccountId("pooled")


class CoreAccount(Struct, frozen=True, kw_only=True):
    """The ledger balance, what is reserved of it, how far the holder may overdraw, and the last entry's number."""

    account_id: AccountId
    kind: AccountKind
    currency: str
    is_natural_person: bool
    balance_minor: int
    reserved_minor: int
    limit_minor: int
    entry_no: int

    @property
    def own_minor(self) -> int:
        """The holder's own money that is not reserved."""
        return max(0, self.balance_minor - self.reserved_minor)

    @property
    def spendable_minor(self) -> int:
        """What a payment may take: the holder's own money and the credit limit, never reserved money."""
        return max(0, self.balance_minor - self.reserved_minor + self.limit_minor)


class CoreReserve(Struct, frozen=True, kw_only=True):
    """Money set aside for a hold until its end. While it stands with a ``closure`` the account is closed so far."""

    hold_id: HoldId
    account_id: AccountId
    amount_minor: int
    expires_at: Instant
    closure: Closure | None = None


class CoreDone(Struct, frozen=True, kw_only=True):
    """A command that was taken, and how much of it was done."""

    command_id: str
    amount_minor: int


class CoreBooking(Struct, frozen=True, kw_only=True):
    """One row of the feed: an account that was opened, or an entry."""

    serial: int
    opened: OpenedAccount | None
    entry: AccountEntry | None


class Payment(Struct, frozen=True, kw_only=True):
    """A payment on its way to another bank. ``to_account`` or ``for_report`` says where it is to be credited there.

    ``purpose`` is what the payer pays for, where a closed account would let that out.
    """

    payment_id: TransferRef
    serial: int
    from_participant: ParticipantId
    to_participant: ParticipantId
    to_account: AccountId | None
    for_report: ReportId | None
    amount_minor: int
    currency: str
    is_protected: bool
    sent_at: Instant
    original_ref: TransferRef | None
    done_at: Instant | None
    from_account: AccountId | None = None
    to_name: str | None = None
    """Whom the payer believed to be paying; stays at the payer's bank."""
    purpose: Exclusion | None = None


class EnteredState(StrEnum):
    """What has become of a payment that was entered."""

    waiting = "waiting"
    executed = "executed"
    rejected = "rejected"
    declined = "declined"
    """When it was to be executed the money was not there."""


class EnteredPayment(Struct, frozen=True, kw_only=True):
    """A payment that was entered, and when this core executes it by itself. ``reason`` is why it was rejected."""

    payment_id: TransferRef
    payment: Payment
    from_account: AccountId
    entered_at: Instant
    execute_at: Instant
    state: EnteredState
    reason: str | None
    done_at: Instant | None


CORE_ACCOUNTS = Table("core_accounts", CoreAccount, ("account_id",))
CORE_RESERVES = Table("core_reserves", CoreReserve, ("hold_id",), is_deletable=True)
CORE_DONE = Table("core_done", CoreDone, ("command_id",))
CORE_BOOKINGS = Table("core_bookings", CoreBooking, ("serial",), serial="serial")
CORE_PAYMENTS = Table("core_payments", Payment, ("payment_id",), serial="serial")
CORE_ENTERED = Table("core_entered", EnteredPayment, ("payment_id",))
CORE_TABLES = (CORE_ACCOUNTS, CORE_RESERVES, CORE_DONE, CORE_BOOKINGS, CORE_PAYMENTS, CORE_ENTERED)

CORE_GUARD = "core"
"""Core transactions run one after another, so that the feed's serial numbers are in the order of their commits."""
BOOKED_CHANNEL = "booked"
PAYMENTS_CHANNEL = "payments"
