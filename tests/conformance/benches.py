"""A bench for the reference core, and cores that each break one promise."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, Final

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.conformance.bench import in_threads
from tarazy.agent.core_port import CoreAsk, CoreTaken, CoreVerb, Feed, OpenedAccount
from tarazy.agent.reference_core import (
    CORE_ACCOUNTS,
    CORE_RESERVES,
    POOLED_ACCOUNT,
    CoreReserve,
    Payment,
    PaymentDeclined,
    ReferenceCore,
)
from tarazy.app.store import Store, Transaction
from tarazy.domain.entry import AccountKind, EntryKind, ExitKind
from tarazy.values.ids import AccountId, ParticipantId, TransferRef
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

START: Final = Instant.parse("2026-11-22T10:00:00+05:00")
BANK: Final = ParticipantId("bank-a")
OTHER: Final = ParticipantId("bank-b")


@dataclass
class ReferenceBench:
    """The reference core, whose timer runs whenever time has passed."""

    core: ReferenceCore
    has_threads: bool = False
    time: Instant = START
    feed_from: int = 0
    shortest: timedelta = timedelta(seconds=1)
    pay_to: str = f"{OTHER}/rp_1/KZT"
    numbers: Any = field(default_factory=count)

    @property
    def port(self) -> Any:
        return self.core

    def now(self) -> Instant:
        return self.time

    def wait_until(self, moment: Instant) -> None:
        self.time = max(self.time, moment)
        self.core.drop_expired(self.time)

    def settled(self) -> None:
        """The reference core's feed shows everything at once."""

    def open_account(self, own_minor: int, limit_minor: int) -> AccountId:
        account_id = AccountId(f"account-{next(self.numbers)}")
        account = OpenedAccount(
            account_id=account_id,
            kind=AccountKind.personal,
            currency="KZT",
            is_natural_person=True,
            opening_minor=own_minor,
        )
        self.core.open_account(account, limit_minor=limit_minor)
        return account_id

    def credit(self, account_id: AccountId, amount_minor: int) -> None:
        payment = Payment(
            payment_id=TransferRef(f"payment-{next(self.numbers)}"),
            serial=0,
            from_participant=OTHER,
            to_participant=BANK,
            to_account=account_id,
            for_report=None,
            amount_minor=amount_minor,
            currency="KZT",
            is_protected=False,
            sent_at=self.time,
            original_ref=None,
            done_at=None,
        )
        self.core.receive(payment, self.time)

    def debit(self, account_id: AccountId, amount_minor: int) -> bool:
        try:
            self.core.spend(account_id, amount_minor, ExitKind.cash, self.time)
        except PaymentDeclined:
            return False
        return True

    def balance(self, account_id: AccountId) -> int:
        account = self.core.account(account_id)
        assert account is not None
        return account.balance_minor

    def at_once(self, works: Sequence[Callable[[], Any]]) -> list[Any]:
        return in_threads(works) if self.has_threads else [work() for work in works]


def core_on(store: Store, kind: type[ReferenceCore] = ReferenceCore) -> ReferenceCore:
    core = kind(store, BANK, lambda _, __: None)
    pooled = OpenedAccount(
        account_id=POOLED_ACCOUNT,
        kind=AccountKind.pooled,
        currency="KZT",
        is_natural_person=False,
        opening_minor=0,
    )
    core.open_account(pooled)
    return core


def reference() -> ReferenceBench:
    """What `tarazy conformance tests.conformance.benches:reference` tries."""
    return ReferenceBench(core_on(MemoryStore()))


# --- cores that break a promise


class LendsToHolds(ReferenceCore):
    """Reserves the credit limit as if it were the holder's money."""

    def ask(self, commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        def lend(tx: Transaction, sign: int) -> None:
            for account_id in {command.account_id for command in commands}:
                account = tx.get(CORE_ACCOUNTS, account_id)
                assert account is not None
                lent = account.limit_minor * sign
                tx.put(CORE_ACCOUNTS, replace(account, balance_minor=account.balance_minor + lent))

        self._store.run(lambda tx: lend(tx, 1))
        taken = super().ask(commands, now)
        self._store.run(lambda tx: lend(tx, -1))
        return taken


class NeverLetsGo(ReferenceCore):
    """Waits to be told that a reserve has ended."""

    def _drop(self, tx: Transaction, expired: list[CoreReserve], now: Instant) -> int:
        return 0


class LetsGoSilently(ReferenceCore):
    """Drops reserves at their end, and books nothing."""

    def _drop(self, tx: Transaction, expired: list[CoreReserve], now: Instant) -> int:
        due = [one for one in tx.find(CORE_RESERVES) if one.expires_at <= now]
        for reserve in due:
            tx.delete(CORE_RESERVES, reserve.hold_id)
            account = tx.get(CORE_ACCOUNTS, reserve.account_id)
            assert account is not None
            left = account.reserved_minor - reserve.amount_minor
            tx.put(CORE_ACCOUNTS, replace(account, reserved_minor=left))
        return len(due)


class Forgetful(ReferenceCore):
    """Does a command again when it comes again."""

    def ask(self, commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        self._times = getattr(self, "_times", 0) + 1
        fresh = [replace(one, command_id=f"{one.command_id}/{self._times}") for one in commands]
        taken = super().ask(fresh, now)
        return [replace(one, command_id=asked.command_id) for one, asked in zip(taken, commands, strict=True)]


class Gapped(ReferenceCore):
    """Keeps what it gives back to itself, so that numbers are missing from its feed."""

    def feed(self, after: int, limit: int) -> Feed:
        whole = super().feed(after, limit)
        return replace(whole, entries=tuple(one for one in whole.entries if one.kind is not EntryKind.unreserve))


class PaysWhatItFinds(ReferenceCore):
    """Pays a part where the reserve does not suffice."""

    def _pay_from(self, tx: Transaction, command: CoreAsk, reserve: CoreReserve, now: Instant) -> int:
        least = min(command.amount_minor, reserve.amount_minor)
        return super()._pay_from(tx, replace(command, amount_minor=least), reserve, now)


class PaysWithoutReserve(ReferenceCore):
    """Reserves anew what it is to pay and finds gone."""

    def _do(self, tx: Transaction, command: CoreAsk, now: Instant) -> CoreTaken:
        if command.verb is CoreVerb.pay and tx.get(CORE_RESERVES, command.hold_id) is None:
            super()._do(tx, replace(command, verb=CoreVerb.reserve), now)
        return super()._do(tx, command, now)


class Revives(ReferenceCore):
    """Reserves anew what it is to extend and has dropped."""

    def _do(self, tx: Transaction, command: CoreAsk, now: Instant) -> CoreTaken:
        if command.verb is CoreVerb.extend and tx.get(CORE_RESERVES, command.hold_id) is None:
            return super()._do(tx, replace(command, verb=CoreVerb.reserve), now)
        return super()._do(tx, command, now)


class DeafToExtensions(ReferenceCore):
    """Says yes to an extension, and lets go at the old end."""

    def _do(self, tx: Transaction, command: CoreAsk, now: Instant) -> CoreTaken:
        if command.verb is CoreVerb.extend:
            return CoreTaken(command_id=command.command_id, amount_minor=command.amount_minor)
        return super()._do(tx, command, now)


class ClosesNothing(ReferenceCore):
    """Does not say that it can close an account, and closes none."""

    can_close = False


class ClosesForEver(ReferenceCore):
    """Forgets to open an account when the reserve that closed it is gone."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.closed: set[AccountId] = set()

    def _do(self, tx: Transaction, command: CoreAsk, now: Instant) -> CoreTaken:
        if command.closes is not None:
            self.closed.add(command.account_id)
        return super()._do(tx, command, now)

    def spend(self, account_id: AccountId, amount_minor: int, exit_kind: ExitKind, now: Instant) -> None:
        if account_id in self.closed and amount_minor > 100:
            raise PaymentDeclined
        super().spend(account_id, amount_minor, exit_kind, now)


class CountsAnew(ReferenceCore):
    """Begins to count anew what is used to live on whenever a closure is prolonged."""

    def _do(self, tx: Transaction, command: CoreAsk, now: Instant) -> CoreTaken:
        reserve = tx.get(CORE_RESERVES, command.hold_id)
        if command.verb is CoreVerb.extend and reserve is not None:
            tx.put(CORE_RESERVES, replace(reserve, closure=None))
        return super()._do(tx, command, now)


class ClosesAltogether(ReferenceCore):
    """Leaves nothing free of a closed account."""

    def _do(self, tx: Transaction, command: CoreAsk, now: Instant) -> CoreTaken:
        kept = command.closes
        nothing = None if kept is None else replace(kept, living_minor=0)
        return super()._do(tx, replace(command, closes=nothing), now)


class Hasty(ReferenceCore):
    """Looks at the balance, and makes the payment later: whatever was reserved meanwhile is not seen."""

    can_close = False

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.meeting: threading.Barrier | None = None
        self.alone = threading.Lock()

    def ask(self, commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        self._meet()
        with self.alone:
            return super().ask(commands, now)

    def spend(self, account_id: AccountId, amount_minor: int, exit_kind: ExitKind, now: Instant) -> None:
        with self.alone:
            account = self.account(account_id)
        assert account is not None
        if account.spendable_minor < amount_minor:
            raise PaymentDeclined
        self._meet()
        with self.alone:
            self.force_debit(account_id, amount_minor, exit_kind, now)

    def _meet(self) -> None:
        if self.meeting is not None:
            self.meeting.wait()


@dataclass
class HastyBench(ReferenceBench):
    """Brings a payment and a reserve together at the moment between looking and paying."""

    def at_once(self, works: Sequence[Callable[[], Any]]) -> list[Any]:
        assert isinstance(self.core, Hasty)
        self.core.meeting = threading.Barrier(len(works), timeout=30)
        try:
            return in_threads(works)
        finally:
            self.core.meeting = None
