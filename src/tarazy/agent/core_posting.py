"""How the reference core books: each change of an account is its next entry; a reserve is of the holder's own money.

Everything here runs in the core's own transaction, which its guard keeps alone.
"""

from tarazy.agent.core_port import CoreAsk
from tarazy.agent.core_records import (
    BOOKED_CHANNEL,
    CORE_ACCOUNTS,
    CORE_BOOKINGS,
    CORE_RESERVES,
    CoreAccount,
    CoreBooking,
    CoreReserve,
)
from tarazy.app.store import Condition, Read, Transaction
from tarazy.domain.closure import closed_by, let_out, living_left_minor
from tarazy.domain.entry import AccountEntry, EntryKind, ExitKind
from tarazy.law.safeguards import Exclusion
from tarazy.values.ids import AccountId, HoldId, ParticipantId, TransferRef
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace


class PaymentDeclined(Exception):
    """A payment that the core does not make: the reason is its text, meant for the one who pays."""


class AccountClosed(PaymentDeclined):
    """A payment that a court's closure of the account does not let out: until when at most, and what is still free."""

    def __init__(self, until: Instant, left_minor: int, purposes: tuple[Exclusion, ...]) -> None:
        super().__init__("a court has closed this account for a time; what stays free of it is less than this payment")
        self.until, self.left_minor, self.purposes = until, left_minor, purposes


def expired_reserves(now: Instant) -> Read[CoreReserve]:
    """Return what asks for the reserves whose end has come, the oldest end first."""
    return Read(CORE_RESERVES, conditions=(Condition("expires_at", "<=", now),), order=("expires_at",))


def account_for(tx: Transaction, account_id: AccountId) -> CoreAccount:
    """Return an account of this bank. Raises PaymentDeclined for any other."""
    account = tx.get(CORE_ACCOUNTS, account_id)
    if account is None:
        raise PaymentDeclined("no such account at this bank")
    return account


def closing_reserves(tx: Transaction, account_id: AccountId, now: Instant) -> list[CoreReserve]:
    """Return the reserves of an account that close it now."""
    found = tx.find(CORE_RESERVES, Condition("account_id", "=", account_id), Condition("closure", "not_null"))
    return [one for one in found if one.expires_at > now]


def let_pass(tx: Transaction, account: CoreAccount, amount_minor: int, purpose: Exclusion | None, now: Instant) -> None:
    """Let a holder's payment pass, and count it where the account is closed but for living.

    Raises PaymentDeclined where the money is not there, and AccountClosed where a closure does not let it out.
    """
    if account.spendable_minor < amount_minor:
        raise PaymentDeclined("not enough money that can be used")
    # The guard of the core keeps this alone: nothing is spent twice between the look and the count.
    counted = []
    for reserve in closing_reserves(tx, account.account_id, now):
        assert reserve.closure is not None
        after = let_out(reserve.closure, amount_minor, purpose, now)
        if after is None:
            left = living_left_minor(reserve.closure, now)
            raise AccountClosed(reserve.expires_at, left, reserve.closure.kept.purposes)
        counted.append(replace(reserve, closure=after))
    for reserve in counted:
        tx.put(CORE_RESERVES, reserve)


def book(
    tx: Transaction,
    account: CoreAccount,
    kind: EntryKind,
    amount_minor: int,
    now: Instant,
    *,
    transfer_ref: TransferRef | None = None,
    transfer_minor: int | None = None,
    counterparty: ParticipantId | None = None,
    original_ref: TransferRef | None = None,
    exit_kind: ExitKind | None = None,
    hold_id: HoldId | None = None,
    is_protected: bool = False,
) -> AccountEntry:
    """Write the account and its next entry; return the entry."""
    entry = AccountEntry(
        account_id=account.account_id,
        entry_no=account.entry_no + 1,
        kind=kind,
        amount_minor=amount_minor,
        currency=account.currency,
        booked_at=now,
        transfer_ref=transfer_ref,
        transfer_minor=transfer_minor,
        original_ref=original_ref,
        counterparty=counterparty,
        exit_kind=exit_kind,
        hold_id=hold_id,
        is_protected=is_protected,
    )
    tx.put(CORE_ACCOUNTS, replace(account, entry_no=entry.entry_no))
    tx.add(CORE_BOOKINGS, CoreBooking(serial=0, opened=None, entry=entry))
    tx.wake(BOOKED_CHANNEL)
    return entry


def reserve_for(tx: Transaction, command: CoreAsk, reserve: CoreReserve | None, now: Instant) -> AccountEntry | None:
    """Reserve of the holder's own money as much as there is, up to what is asked; None where nothing is."""
    account = tx.get(CORE_ACCOUNTS, command.account_id)
    amount = min(command.amount_minor, account.own_minor) if account else 0
    if account is None or amount == 0 or command.expires_at <= now:
        return None
    before = reserve.amount_minor if reserve else 0
    after = CoreReserve(
        hold_id=command.hold_id,
        account_id=command.account_id,
        amount_minor=before + amount,
        expires_at=command.expires_at,
        closure=closed_by(command.closes, reserve.closure if reserve else None, now),
    )
    (tx.put if reserve else tx.add)(CORE_RESERVES, after)
    account = replace(account, reserved_minor=account.reserved_minor + amount)
    return book(tx, account, EntryKind.reserve, amount, now, hold_id=command.hold_id)


def unreserve(tx: Transaction, reserve: CoreReserve, amount_minor: int, now: Instant) -> int:
    """Let go of so much of a reserve; return how much that was."""
    if amount_minor == 0:
        return 0
    shrink(tx, reserve, amount_minor)
    account = account_for(tx, reserve.account_id)
    account = replace(account, reserved_minor=account.reserved_minor - amount_minor)
    book(tx, account, EntryKind.unreserve, amount_minor, now, hold_id=reserve.hold_id)
    return amount_minor


def shrink(tx: Transaction, reserve: CoreReserve, by_minor: int) -> None:
    """Make a reserve smaller; one with nothing left is gone."""
    if reserve.amount_minor == by_minor:
        tx.delete(CORE_RESERVES, reserve.hold_id)
    else:
        tx.put(CORE_RESERVES, replace(reserve, amount_minor=reserve.amount_minor - by_minor))
