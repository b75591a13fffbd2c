"""Payments that are entered at the reference core and not executed yet: nothing is booked, the money is still there.

Each has a moment at which this core executes it by itself. To pause it is to set that moment later, and nothing else: a
pause that everybody forgets ends as the payer wanted, in the payment.
"""

from collections.abc import Callable

from tarazy.agent.core_port import GateDid, PauseTaken
from tarazy.agent.core_posting import PaymentDeclined, account_for, let_pass
from tarazy.agent.core_records import (
    CORE_ENTERED,
    CORE_GUARD,
    CoreAccount,
    EnteredPayment,
    EnteredState,
    Payment,
)
from tarazy.app.store import Condition, Store, Transaction
from tarazy.values.ids import AccountId, TransferRef
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

EXECUTED_PER_RUN_MAX = 200

Send = Callable[[Transaction, CoreAccount, Payment, Instant], None]
"""Books the payer's side of a payment and sends it on its way."""


IS_WAITING = Condition("state", "=", EnteredState.waiting)
DID = {
    EnteredState.waiting: GateDid.paused,
    EnteredState.executed: GateDid.executed,
    EnteredState.rejected: GateDid.rejected,
    EnteredState.declined: GateDid.declined,
}


class EnteredPayments:
    """The part of the reference core that lets payments wait: a `PaymentGate`."""

    def __init__(self, store: Store, send: Send) -> None:
        self._store = store
        self._send = send

    def enter(self, payment: Payment, from_account: AccountId, execute_at: Instant, now: Instant) -> None:
        """Take a payment that is executed at ``execute_at``. Raises PaymentDeclined where the money is not there.

        The same payment again changes nothing.
        """

        def work(tx: Transaction) -> None:
            tx.guard(CORE_GUARD, shared=False)
            if tx.get(CORE_ENTERED, payment.payment_id) is not None:
                return
            account = account_for(tx, from_account)
            if account.currency != payment.currency:
                raise PaymentDeclined(f"the account is kept in {account.currency}")
            if account.spendable_minor < payment.amount_minor:
                raise PaymentDeclined("not enough money that can be used")
            row = EnteredPayment(
                payment_id=payment.payment_id,
                payment=payment,
                from_account=from_account,
                entered_at=now,
                execute_at=execute_at,
                state=EnteredState.waiting,
                reason=None,
                done_at=None,
            )
            tx.add(CORE_ENTERED, row)

        self._store.run(work)

    def waiting(self, limit: int) -> list[EnteredPayment]:
        """Return the payments that are still to be executed, the next one first."""
        return self._store.run(lambda tx: tx.find(CORE_ENTERED, IS_WAITING, order=("execute_at",), limit=limit))

    def entered(self, payment_ref: TransferRef) -> EnteredPayment | None:
        """Return a payment that was entered."""
        return self._store.run(lambda tx: tx.get(CORE_ENTERED, payment_ref))

    def pause(self, payment_ref: TransferRef, until: Instant, now: Instant) -> PauseTaken:
        """Let a payment that is not executed yet wait until a moment, at which it is executed by itself."""
        return self._change(payment_ref, now, lambda _, row: replace(row, execute_at=until))

    def execute(self, payment_ref: TransferRef, now: Instant) -> PauseTaken:
        """Execute a payment that waits."""
        return self._change(payment_ref, now, lambda tx, row: self._execute(tx, row, now))

    def reject(self, payment_ref: TransferRef, reason: str, now: Instant) -> PauseTaken:
        """Refuse a payment that waits, for good. Nothing was booked, so nothing is booked back."""

        def rejected(_: Transaction, row: EnteredPayment) -> EnteredPayment:
            return replace(row, state=EnteredState.rejected, reason=reason, done_at=now)

        return self._change(payment_ref, now, rejected)

    def execute_due(self, now: Instant) -> int:
        """Execute what has waited long enough; return how much. This core does so by itself, on its own timer."""

        def work(tx: Transaction) -> int:
            is_due = Condition("execute_at", "<=", now)
            rows = tx.find(CORE_ENTERED, IS_WAITING, is_due, order=("execute_at",), limit=EXECUTED_PER_RUN_MAX)
            if not rows:
                return 0
            tx.guard(CORE_GUARD, shared=False)
            for row in tx.lock(CORE_ENTERED, {(row.payment_id,) for row in rows}).values():
                if row.state is EnteredState.waiting and row.execute_at <= now:
                    tx.put(CORE_ENTERED, self._execute(tx, row, now))
            return len(rows)

        return self._store.run(work)

    def _change(
        self,
        payment_ref: TransferRef,
        now: Instant,
        change: Callable[[Transaction, EnteredPayment], EnteredPayment],
    ) -> PauseTaken:
        """Change a payment that waits. What is over stays as it is; whose time has come is executed first."""

        def work(tx: Transaction) -> PauseTaken:
            tx.guard(CORE_GUARD, shared=False)
            row = tx.lock(CORE_ENTERED, {(payment_ref,)}).get((payment_ref,))
            if row is None:
                return PauseTaken(payment_ref=payment_ref, did=GateDid.unknown)
            if row.state is EnteredState.waiting:
                row = self._execute(tx, row, now) if row.execute_at <= now else change(tx, row)
                tx.put(CORE_ENTERED, row)
            return PauseTaken(payment_ref=payment_ref, did=DID[row.state])

        return self._store.run(work)

    def _execute(self, tx: Transaction, row: EnteredPayment, now: Instant) -> EnteredPayment:
        account = account_for(tx, row.from_account)
        try:
            let_pass(tx, account, row.payment.amount_minor, row.payment.purpose, now)
        except PaymentDeclined:
            return replace(row, state=EnteredState.declined, done_at=now)
        self._send(tx, account, replace(row.payment, sent_at=now), now)
        return replace(row, state=EnteredState.executed, done_at=now)
