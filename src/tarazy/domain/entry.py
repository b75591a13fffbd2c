"""Account entries: the one numbered stream of bookings from a participant's core, and how bad ones are refused."""

from dataclasses import dataclass
from enum import StrEnum

from tarazy.values.ids import AccountId, HoldId, ParticipantId, TransferRef
from tarazy.values.instant import Instant
from tarazy.values.money import MINOR_MAX


class EntryKind(StrEnum):
    """What a booking does to the account. ``reserve``, ``unreserve`` and ``pay`` are the core's answers to a hold."""

    credit = "credit"
    debit = "debit"
    return_ = "return"
    """Money received is sent back: a debit that names the transfer it returns."""
    reversal = "reversal"
    """The bank undoes a credit that it had booked: a debit that names the transfer it undoes."""
    fee = "fee"
    reserve = "reserve"
    unreserve = "unreserve"
    pay = "pay"


class ExitKind(StrEnum):
    """How money leaves what the exchange can follow."""

    cash = "cash"
    card = "card"
    crypto = "crypto"
    abroad = "abroad"
    fee = "fee"
    overdraft_repaid = "overdraft_repaid"


class AccountKind(StrEnum):
    """What an account is. Nothing is followed inside a pooled one: it would say nothing of its customers."""

    personal = "personal"
    business = "business"
    pooled = "pooled"


CORE_HOLD_KINDS = frozenset({EntryKind.reserve, EntryKind.unreserve, EntryKind.pay})
BACKWARD_KINDS = frozenset({EntryKind.return_, EntryKind.reversal})


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEntry:
    """One booking of one account. ``entry_no`` counts from 1 without gaps; ``amount_minor`` is always positive.

    ``transfer_ref`` names the transfer that the booking belongs to; both banks know it by that name.
    ``transfer_minor`` is the transfer's size at its sender where the booked amount differs (a fee taken on the way).
    ``original_ref`` is the transfer that a return or a reversal sends back, or that a returned credit had been.
    ``counterparty`` is the institution at the other end, or None where money enters or leaves otherwise.
    ``is_protected`` marks a wage, pension or benefit.
    """

    account_id: AccountId
    entry_no: int
    kind: EntryKind
    amount_minor: int
    currency: str
    booked_at: Instant
    transfer_ref: TransferRef | None = None
    transfer_minor: int | None = None
    original_ref: TransferRef | None = None
    counterparty: ParticipantId | None = None
    exit_kind: ExitKind | None = None
    hold_id: HoldId | None = None
    is_protected: bool = False


def fault_in(entry: AccountEntry) -> str | None:
    """Return what is wrong with an entry taken by itself, as one sentence that names the field, or None."""
    if entry.entry_no < 1:
        return "entry_no: expected a whole number from 1"
    if not 0 < entry.amount_minor <= MINOR_MAX:
        return "amount_minor: expected a positive whole number of minor units"
    if entry.transfer_minor is not None and not entry.amount_minor <= entry.transfer_minor <= MINOR_MAX:
        return "transfer_minor: expected at least the booked amount"
    if entry.kind in CORE_HOLD_KINDS and entry.hold_id is None:
        return f"hold_id: expected the hold that this {entry.kind} belongs to"
    if entry.kind in BACKWARD_KINDS and entry.original_ref is None:
        return f"original_ref: expected the transfer that this {entry.kind} sends back"
    if entry.kind is EntryKind.credit and entry.transfer_ref is None:
        return "transfer_ref: expected the transfer that this credit belongs to"
    if entry.kind is EntryKind.debit and entry.exit_kind is None and entry.transfer_ref is None:
        return "transfer_ref: expected the transfer that this debit belongs to, or an exit_kind"
    if entry.kind is EntryKind.debit and entry.exit_kind is None and entry.counterparty is None:
        return "counterparty: expected the institution that the debit goes to, or an exit_kind"
    return None
