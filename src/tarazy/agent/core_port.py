"""The port to a bank's core system: the only arbiter of what money is there.

The core reserves only the holder's own money (never a credit limit), drops a reserve by itself at its ``expires_at``,
and books every reserve, unreserve and pay as a numbered entry of the account like any other booking. Commands carry an
id and are taken once. What the core did is known from its entries alone; `CoreTaken` says only that it did something,
or that there was nothing to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tarazy.domain.closure import KeptFree
from tarazy.domain.entry import AccountEntry
from tarazy.values.ids import AccountId, HoldId, TransferRef
from tarazy.values.instant import Instant

CORE_CHANNEL = "core"
"""Woken when there is something to ask of the core."""


class CoreVerb(StrEnum):
    """What a core is asked. ``pay`` consumes the reserve or finds it gone; there is no other race to settle."""

    reserve = "reserve"
    extend = "extend"
    unreserve = "unreserve"
    pay = "pay"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreAsk:
    """One command to the core. ``pay_to`` names the receiving institution and the report that is refunded.

    ``closes`` of a ``reserve`` or ``extend``: while this reserve stands the account is closed to its holder, but for
    what is kept free; None opens it. Only a core that `can_close` is ever asked to close one.
    """

    command_id: str
    verb: CoreVerb
    hold_id: HoldId
    account_id: AccountId
    amount_minor: int
    expires_at: Instant
    pay_to: str | None
    closes: KeptFree | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreTaken:
    """The core has taken a command and done ``amount_minor`` of it; 0 means that there was nothing (left) to do.

    ``entry`` is what it has booked for it, where it says so at once. The feed says it again, by the same number.
    """

    command_id: str
    amount_minor: int
    entry: AccountEntry | None = None


class CoreAway(Exception):
    """The core cannot be reached now. The commands stay queued; whatever it has reserved it still drops by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedAccount:
    """An account as the core opens it in the feed, before its first entry."""

    account_id: AccountId
    kind: str
    currency: str
    is_natural_person: bool
    opening_minor: int


@dataclass(frozen=True, slots=True)
class Feed:
    """What a core has booked after a position: accounts opened, entries in booking order, and the new position."""

    position: int
    opened: tuple[OpenedAccount, ...]
    entries: tuple[AccountEntry, ...]


class CorePort(Protocol):
    """What an agent needs of a core. Both calls may raise `CoreAway`."""

    def ask(self, commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        """Take commands in order, each once, and say how much of each was done."""
        ...

    def feed(self, after: int, limit: int) -> Feed:
        """Return what was booked after a position of the feed, at most ``limit`` entries, in booking order."""
        ...


class GateDid(StrEnum):
    """How a payment stands that the core was asked about."""

    paused = "paused"
    """It waits, until the moment that was named, or as it did before."""
    executed = "executed"
    rejected = "rejected"
    declined = "declined"
    """It was to be executed and the money was not there."""
    unknown = "unknown"
    """The core has no such payment that could wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseTaken:
    """The core's word on one payment: how it stands after what was asked."""

    payment_ref: TransferRef
    did: GateDid


def can_close(core: object) -> bool:
    """Return whether a core can close an account to its holder while a reserve stands (its ``can_close``, M8)."""
    return bool(getattr(core, "can_close", False))


class PaymentGate(Protocol):
    """What a core can do beside `CorePort`: let one payment wait that is entered and not executed yet (M4a).

    At ``until`` the core executes the payment by itself, whoever has died. Each call may be repeated, changes
    nothing of a payment that is over, and says how it stands. All may raise `CoreAway`.
    """

    def pause(self, payment_ref: TransferRef, until: Instant, now: Instant) -> PauseTaken:
        """Let a payment wait until a moment."""
        ...

    def execute(self, payment_ref: TransferRef, now: Instant) -> PauseTaken:
        """Execute a payment that waits."""
        ...

    def reject(self, payment_ref: TransferRef, reason: str, now: Instant) -> PauseTaken:
        """Refuse a payment that waits, for good."""
        ...


def gate_of(core: object) -> PaymentGate | None:
    """Return what lets payments wait at a core, its ``payment_gate``; None for a core that cannot pause."""
    gate: PaymentGate | None = getattr(core, "payment_gate", None)
    return gate
