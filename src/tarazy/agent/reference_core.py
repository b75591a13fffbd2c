"""A small core system: real in what it promises to the agent, small in everything else.

It serves the demonstration, the simulation and the conformance suite. A bank connects its own core instead, behind
`CorePort`. Money is the holder's own: a reserve never takes a credit limit. Each account's bookings are numbered
without gaps. A reserve carries its end and is dropped at it by this core itself, whoever else has died.
"""

from collections.abc import Callable, Sequence

from tarazy.agent.core_entered import EnteredPayments
from tarazy.agent.core_port import CoreAsk, CoreTaken, CoreVerb, Feed, OpenedAccount
from tarazy.agent.core_posting import (
    AccountClosed,
    PaymentDeclined,
    account_for,
    book,
    closing_reserves,
    expired_reserves,
    let_pass,
    reserve_for,
    shrink,
    unreserve,
)
from tarazy.agent.core_records import (
    BOOKED_CHANNEL,
    CORE_ACCOUNTS,
    CORE_BOOKINGS,
    CORE_DONE,
    CORE_GUARD,
    CORE_PAYMENTS,
    CORE_RESERVES,
    CORE_TABLES,
    PAYMENTS_CHANNEL,
    POOLED_ACCOUNT,
    CoreAccount,
    CoreBooking,
    CoreDone,
    CoreReserve,
    Payment,
)
from tarazy.app.store import Condition, Read, Store, Transaction
from tarazy.domain.closure import closed_by, living_left_minor
from tarazy.domain.entry import AccountKind, EntryKind, ExitKind
from tarazy.values.ids import AccountId, HoldId, ParticipantId, ReportId, TransferRef, derived
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

__all__ = [
    "BOOKED_CHANNEL",
    "CORE_ACCOUNTS",
    "CORE_BOOKINGS",
    "CORE_DONE",
    "CORE_PAYMENTS",
    "CORE_RESERVES",
    "CORE_TABLES",
    "PAYMENTS_CHANNEL",
    "POOLED_ACCOUNT",
    "AccountClosed",
    "AccountOfReport",
    "CoreAccount",
    "CoreBooking",
    "CoreReserve",
    "Payment",
    "PaymentDeclined",
    "ReferenceCore",
]

DROPS_PER_RUN_MAX = 1_000

AccountOfReport = Callable[[Transaction, ReportId], AccountId | None]
"""Finds the victim's account in the core's own transaction: a second one could wait for the first for ever."""


class ReferenceCore:
    """The core of one demonstration bank, on a store of its own tables."""

    can_close = True

    def __init__(self, store: Store, me: ParticipantId, account_of_report: AccountOfReport) -> None:
        """Refunds that arrive are credited to the account that ``account_of_report`` names, or to the pooled one."""
        self._store = store
        self._me = me
        self._account_of_report = account_of_report
        self.payment_gate = EnteredPayments(store, self._send_entered)

    def open_account(self, account: OpenedAccount, *, limit_minor: int = 0) -> None:
        """Open an account with its balance; one that is open already is left as it is."""

        def work(tx: Transaction) -> None:
            tx.guard(CORE_GUARD, shared=False)
            if tx.get(CORE_ACCOUNTS, account.account_id) is not None:
                return
            row = CoreAccount(
                account_id=account.account_id,
                kind=AccountKind(account.kind),
                currency=account.currency,
                is_natural_person=account.is_natural_person,
                balance_minor=account.opening_minor,
                reserved_minor=0,
                limit_minor=limit_minor,
                entry_no=0,
            )
            tx.add(CORE_ACCOUNTS, row)
            tx.add(CORE_BOOKINGS, CoreBooking(serial=0, opened=account, entry=None))
            tx.wake(BOOKED_CHANNEL)

        self._store.run(work)

    def pay(self, payment: Payment, from_account: AccountId, now: Instant) -> None:
        """Debit the payer and send the payment on its way. Raises PaymentDeclined where the money is not there."""

        def work(tx: Transaction) -> None:
            tx.guard(CORE_GUARD, shared=False)
            self._drop_expired(tx, now)
            if tx.get(CORE_PAYMENTS, payment.payment_id) is not None:
                return
            account = account_for(tx, from_account)
            if account.currency != payment.currency:
                raise PaymentDeclined(f"the account is kept in {account.currency}")
            let_pass(tx, account, payment.amount_minor, payment.purpose, now)
            self._send(tx, account, payment, EntryKind.debit, None, now)

        self._store.run(work)

    def spend(self, account_id: AccountId, amount_minor: int, exit_kind: ExitKind, now: Instant) -> None:
        """Debit a card, cash or other payment that leaves the system. Raises PaymentDeclined as `pay` does."""

        def work(tx: Transaction) -> None:
            tx.guard(CORE_GUARD, shared=False)
            self._drop_expired(tx, now)
            account = account_for(tx, account_id)
            let_pass(tx, account, amount_minor, None, now)
            after = replace(account, balance_minor=account.balance_minor - amount_minor)
            book(tx, after, EntryKind.debit, amount_minor, now, exit_kind=exit_kind)

        self._store.run(work)

    def force_debit(self, account_id: AccountId, amount_minor: int, exit_kind: ExitKind, now: Instant) -> None:
        """Debit whatever the balance is (a fee, an offline card): the holder may owe the bank afterwards."""

        def work(tx: Transaction) -> None:
            tx.guard(CORE_GUARD, shared=False)
            account = account_for(tx, account_id)
            after = replace(account, balance_minor=account.balance_minor - amount_minor)
            book(tx, after, EntryKind.debit, amount_minor, now, exit_kind=exit_kind)

        self._store.run(work)

    def receive(self, payment: Payment, now: Instant) -> None:
        """Credit a payment that arrives; the same payment again changes nothing."""

        def work(tx: Transaction) -> None:
            tx.guard(CORE_GUARD, shared=False)
            arrived = derived("arrived", payment.payment_id)
            if tx.get(CORE_DONE, arrived) is not None:
                return
            tx.add(CORE_DONE, CoreDone(command_id=arrived, amount_minor=payment.amount_minor))
            self._credit(tx, payment, now)

        self._store.run(work)

    def ask(self, commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        """Take commands in order, each once."""

        def work(tx: Transaction) -> list[CoreTaken]:
            tx.guard(CORE_GUARD, shared=False)
            asked_before = () if tx.is_first_try else {(command.command_id,) for command in commands}
            expired, found, _, _ = tx.gather(
                expired_reserves(now),
                Read(CORE_DONE, keys=asked_before),
                Read(CORE_RESERVES, keys={(command.hold_id,) for command in commands}),
                Read(CORE_ACCOUNTS, keys={(command.account_id,) for command in commands}),
            )
            self._drop(tx, expired, now)
            done = {(one.command_id,): one for one in found}
            taken = []
            for command in commands:
                before = done.get((command.command_id,))
                if before is not None:
                    taken.append(CoreTaken(command_id=command.command_id, amount_minor=before.amount_minor))
                    continue
                did = self._do(tx, command, now)
                tx.add(CORE_DONE, CoreDone(command_id=command.command_id, amount_minor=did.amount_minor))
                taken.append(did)
            return taken

        return self._store.run(work)

    def payments_of(self, account_id: AccountId, limit: int) -> list[Payment]:
        """Return what an authenticated customer has paid, newest first."""

        def work(tx: Transaction) -> list[Payment]:
            mine = Condition("from_account", "=", account_id)
            return tx.find(CORE_PAYMENTS, mine, order=("serial",), descending=True, limit=limit)

        return self._store.run(work)

    def account(self, account_id: AccountId) -> CoreAccount | None:
        """Return an account as the core keeps it."""
        return self._store.run(lambda tx: tx.get(CORE_ACCOUNTS, account_id))

    def closed(self, account_id: AccountId, now: Instant) -> AccountClosed | None:
        """Return until when an account is closed, and what stays free of it now; None for one that is open."""

        def work(tx: Transaction) -> AccountClosed | None:
            closing = closing_reserves(tx, account_id, now)
            if not closing:
                return None
            closures = [one.closure for one in closing if one.closure is not None]
            left = min(living_left_minor(closure, now) for closure in closures)
            free = frozenset.intersection(*(frozenset(closure.kept.purposes) for closure in closures))
            return AccountClosed(max(one.expires_at for one in closing), left, tuple(sorted(free)))

        return self._store.run(work)

    def payments_on_their_way(self, limit: int) -> list[Payment]:
        """Return what is still to reach other banks, oldest first."""
        waiting = Condition("done_at", "is_null")
        return self._store.run(lambda tx: tx.find(CORE_PAYMENTS, waiting, order=("serial",), limit=limit))

    def payment_arrived(self, payment: Payment, now: Instant) -> None:
        """Note that another bank has taken a payment."""
        self._store.run(lambda tx: tx.put(CORE_PAYMENTS, replace(payment, done_at=now)))

    def feed(self, after: int, limit: int) -> Feed:
        """Return what was booked after a position."""

        def work(tx: Transaction) -> Feed:
            rows = tx.find(CORE_BOOKINGS, Condition("serial", ">", after), order=("serial",), limit=limit)
            return Feed(
                position=rows[-1].serial if rows else after,
                opened=tuple(row.opened for row in rows if row.opened is not None),
                entries=tuple(row.entry for row in rows if row.entry is not None),
            )

        return self._store.run(work)

    def drop_expired(self, now: Instant) -> int:
        """Drop every reserve whose end has come, and execute what has waited long enough; return how many.

        This core does so by itself, on its own timer.
        """

        def work(tx: Transaction) -> int:
            tx.guard(CORE_GUARD, shared=False)
            return self._drop_expired(tx, now)

        return self._store.run(work) + self.payment_gate.execute_due(now)

    def _drop_expired(self, tx: Transaction, now: Instant) -> int:
        return self._drop(tx, tx.gather(expired_reserves(now))[0], now)

    def _drop(self, tx: Transaction, expired: list[CoreReserve], now: Instant) -> int:
        due = expired[:DROPS_PER_RUN_MAX]
        for reserve in due:
            unreserve(tx, reserve, reserve.amount_minor, now)
        return len(due)

    def _do(self, tx: Transaction, command: CoreAsk, now: Instant) -> CoreTaken:
        reserve = tx.get(CORE_RESERVES, command.hold_id)
        if command.verb is CoreVerb.reserve:
            entry = reserve_for(tx, command, reserve, now)
            amount = entry.amount_minor if entry else 0
            return CoreTaken(command_id=command.command_id, amount_minor=amount, entry=entry)
        amount = self._do_with(tx, command, reserve, now) if reserve else 0
        return CoreTaken(command_id=command.command_id, amount_minor=amount)

    def _do_with(self, tx: Transaction, command: CoreAsk, reserve: CoreReserve, now: Instant) -> int:
        if command.verb is CoreVerb.extend:
            closure = closed_by(command.closes, reserve.closure, now)
            tx.put(CORE_RESERVES, replace(reserve, expires_at=command.expires_at, closure=closure))
            return reserve.amount_minor
        if command.verb is CoreVerb.unreserve:
            return unreserve(tx, reserve, min(command.amount_minor, reserve.amount_minor), now)
        return self._pay_from(tx, command, reserve, now)

    def _pay_from(self, tx: Transaction, command: CoreAsk, reserve: CoreReserve, now: Instant) -> int:
        """Consume the reserve, all that was asked or nothing, and send it home."""
        if reserve.amount_minor < command.amount_minor or command.pay_to is None:
            return 0
        to_participant, report_id, _ = command.pay_to.split("/")
        shrink(tx, reserve, command.amount_minor)
        account = account_for(tx, command.account_id)
        payment = Payment(
            payment_id=TransferRef(derived("refund", command.command_id)),
            serial=0,
            from_participant=self._me,
            to_participant=ParticipantId(to_participant),
            to_account=None,
            for_report=ReportId(report_id),
            amount_minor=command.amount_minor,
            currency=account.currency,
            is_protected=False,
            sent_at=now,
            original_ref=None,
            done_at=None,
        )
        account = replace(account, reserved_minor=account.reserved_minor - command.amount_minor)
        self._send(tx, account, payment, EntryKind.pay, command.hold_id, now)
        return command.amount_minor

    def _send_entered(self, tx: Transaction, account: CoreAccount, payment: Payment, now: Instant) -> None:
        self._send(tx, account, payment, EntryKind.debit, None, now)

    def _send(
        self,
        tx: Transaction,
        account: CoreAccount,
        payment: Payment,
        kind: EntryKind,
        hold_id: HoldId | None,
        now: Instant,
    ) -> None:
        """Book the payer's side; credit at once where the payee banks here, otherwise leave it for the rail."""
        after = replace(account, balance_minor=account.balance_minor - payment.amount_minor)
        book(
            tx,
            after,
            kind,
            payment.amount_minor,
            now,
            transfer_ref=payment.payment_id,
            counterparty=payment.to_participant,
            hold_id=hold_id,
        )
        at_home = payment.to_participant == self._me
        sent = replace(payment, from_account=account.account_id, done_at=now if at_home else None)
        tx.add(CORE_PAYMENTS, sent)
        if at_home:
            self._credit(tx, payment, now)
        else:
            tx.wake(PAYMENTS_CHANNEL)

    def _credit(self, tx: Transaction, payment: Payment, now: Instant) -> None:
        account_id = payment.to_account
        if payment.for_report is not None:
            account_id = self._account_of_report(tx, payment.for_report)
        account = tx.get(CORE_ACCOUNTS, account_id) if account_id else None
        if account is None or account.currency != payment.currency:
            account = account_for(tx, POOLED_ACCOUNT)
        after = replace(account, balance_minor=account.balance_minor + payment.amount_minor)
        book(
            tx,
            after,
            EntryKind.credit,
            payment.amount_minor,
            now,
            transfer_ref=payment.payment_id,
            counterparty=payment.from_participant,
            original_ref=payment.original_ref,
            is_protected=payment.is_protected,
        )
