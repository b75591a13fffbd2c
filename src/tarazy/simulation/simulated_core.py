"""A bank's core with the habits of real ones: late, sometimes away, and with bookings that the reference core lacks.

It takes fees off credits on their way, books payments in another currency, returns and reversals, reserves less than
was asked, delivers entries out of order, and answers a question twice where its first answer was lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.core_port import CoreAsk, CoreAway, CoreTaken, CoreVerb, Feed
from tarazy.agent.core_posting import book
from tarazy.agent.reference_core import (
    CORE_ACCOUNTS,
    CORE_BOOKINGS,
    CORE_DONE,
    CORE_PAYMENTS,
    POOLED_ACCOUNT,
    AccountOfReport,
    CoreAccount,
    CoreBooking,
    Payment,
    PaymentDeclined,
    ReferenceCore,
)
from tarazy.app.store import Condition, Transaction
from tarazy.domain.entry import CORE_HOLD_KINDS, EntryKind
from tarazy.simulation.faults import Dice, Fault
from tarazy.simulation.options import PERMILLE
from tarazy.simulation.simulated_gate import SimulatedGate
from tarazy.values.ids import AccountId, ParticipantId, TransferRef, derived
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

BATCH_ROWS_MAX = 12
FOREIGN_RATE = 500
"""How many minor units of the payment make one of an account that is kept in another currency."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How often this core is at fault, in thousandths."""

    away: int
    reserves_less: int
    late_entries: int
    short_credits: int


class SimulatedCore(ReferenceCore):
    """The reference core with faults and with the bookings that it lacks."""

    def __init__(
        self,
        store: MemoryStore,
        me: ParticipantId,
        account_of_report: AccountOfReport,
        habits: Habits,
        dice: Dice,
        random: Random,
    ) -> None:
        super().__init__(store, me, account_of_report)
        self.payment_gate = SimulatedGate(store, self._send_entered, dice, habits.away)
        self.disc = store
        self._habits = habits
        self._dice = dice
        self._random = random
        self._delivery: list[CoreBooking] = []
        self._handed_out = 0
        self._seen_serial = 0

    def ask(self, commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        """Take commands as the reference core does, or be away: before they were taken, or after."""
        fault = self._dice.fault(self._habits.away)
        if fault is Fault.failed:
            raise CoreAway("away")
        taken = super().ask([self._lessened(command) for command in commands], now)
        if fault is Fault.took_effect:
            raise CoreAway("the answer was lost")
        return taken

    def feed(self, after: int, limit: int) -> Feed:
        """Hand out a few rows, now and then two neighbours of one account in the wrong order.

        An account's reserve, unreserve or pay is its last row in a batch: so whoever looks after each batch sees which
        units each hold lies on.
        """
        if self._dice.falls(self._habits.away):
            raise CoreAway("away")
        self._take_new()
        size = min(limit, self._random.randint(1, BATCH_ROWS_MAX))
        rows: list[CoreBooking] = []
        closed: set[AccountId] = set()
        for row in self._delivery[after : after + size]:
            if row.entry is not None:
                if row.entry.account_id in closed:
                    break
                if row.entry.kind in CORE_HOLD_KINDS:
                    closed.add(row.entry.account_id)
            rows.append(row)
        position = after + len(rows)
        self._handed_out = max(self._handed_out, position)
        return Feed(
            position=position,
            opened=tuple(row.opened for row in rows if row.opened is not None),
            entries=tuple(row.entry for row in rows if row.entry is not None),
        )

    def charge(self, account_id: AccountId, amount_minor: int, now: Instant) -> None:
        """Book a fee of the bank's own, whatever the balance is."""

        def work(tx: Transaction) -> None:
            account = self._account(tx, account_id)
            after = replace(account, balance_minor=account.balance_minor - amount_minor)
            book(tx, after, EntryKind.fee, amount_minor, now)

        self.disc.run(work)

    def send_back(self, ref: TransferRef, original: Payment, amount_minor: int, now: Instant) -> bool:
        """Return part of a payment that arrived to whom it came from; whether the money was there."""

        def work(tx: Transaction) -> bool:
            account = self._credited(tx, original)
            if account is None or account.spendable_minor < amount_minor:
                return False
            self._book_back(tx, ref, original, amount_minor, now)
            after = replace(account, balance_minor=account.balance_minor - amount_minor)
            book(
                tx,
                after,
                EntryKind.return_,
                amount_minor,
                now,
                transfer_ref=ref,
                original_ref=original.payment_id,
                counterparty=original.from_participant,
            )
            return True

        return self.disc.run(work)

    def reverse(self, original: Payment, amount_minor: int, now: Instant) -> bool:
        """Undo part of a credit as the bank's own mistake, whatever the balance is; whether there was one."""

        def work(tx: Transaction) -> bool:
            account = self._credited(tx, original)
            if account is None:
                return False
            after = replace(account, balance_minor=account.balance_minor - amount_minor)
            book(tx, after, EntryKind.reversal, amount_minor, now, original_ref=original.payment_id)
            return True

        return self.disc.run(work)

    def _take_new(self) -> None:
        """Line up what was booked since the last time; a row not handed out yet may change places with the last."""
        rows = self.disc.run(
            lambda tx: tx.find(CORE_BOOKINGS, Condition("serial", ">", self._seen_serial), order=("serial",))
        )
        for row in rows:
            self._delivery.append(row)
            self._seen_serial = row.serial
            at = len(self._delivery) - 2
            may_change = at >= self._handed_out and _may_change_places(self._delivery[at], row)
            if may_change and self._dice.falls(self._habits.late_entries):
                self._delivery[at], self._delivery[at + 1] = row, self._delivery[at]

    def _lessened(self, command: CoreAsk) -> CoreAsk:
        """Return a reserve for less, where this core is one that has other plans for the money; the same each time."""
        draw = int(derived("draw", command.command_id)[-6:], 16)
        if command.verb is not CoreVerb.reserve or draw % PERMILLE >= self._habits.reserves_less:
            return command
        return replace(command, amount_minor=max(1, command.amount_minor * (draw % 100) // 100))

    def _credit(self, tx: Transaction, payment: Payment, now: Instant) -> None:
        """Credit what arrives: less a fee taken on the way, or changed into the account's own currency."""
        account_id = payment.to_account
        if payment.for_report is not None:
            account_id = self._account_of_report(tx, payment.for_report)
        account = tx.get(CORE_ACCOUNTS, account_id) if account_id else None
        account = account or self._account(tx, POOLED_ACCOUNT)
        amount, at_sender = self._arriving(payment, account)
        after = replace(account, balance_minor=account.balance_minor + amount)
        book(
            tx,
            after,
            EntryKind.credit,
            amount,
            now,
            transfer_ref=payment.payment_id,
            transfer_minor=at_sender,
            original_ref=payment.original_ref,
            counterparty=payment.from_participant,
            is_protected=payment.is_protected,
        )

    def _arriving(self, payment: Payment, account: CoreAccount) -> tuple[int, int | None]:
        """Return how much is credited, and the size at the sender where a fee was taken on the way."""
        if account.currency != payment.currency:
            return max(1, payment.amount_minor // FOREIGN_RATE), None
        draw = int(derived("fee", payment.payment_id)[-6:], 16)
        if payment.for_report is not None or draw % PERMILLE >= self._habits.short_credits:
            return payment.amount_minor, None
        fee = min(payment.amount_minor - 1, 1 + draw % 50)
        return payment.amount_minor - fee, payment.amount_minor if fee else None

    def _credited(self, tx: Transaction, original: Payment) -> CoreAccount | None:
        """Return the account that a payment was credited to here, if it has arrived."""
        if tx.get(CORE_DONE, derived("arrived", original.payment_id)) is None and original.done_at is None:
            return None
        account = tx.get(CORE_ACCOUNTS, original.to_account)
        return account if account is not None and account.currency == original.currency else None

    def _book_back(self, tx: Transaction, ref: TransferRef, original: Payment, amount_minor: int, now: Instant) -> None:
        payment = Payment(
            payment_id=ref,
            serial=0,
            from_participant=self._me,
            to_participant=original.from_participant,
            to_account=original.from_account,
            for_report=None,
            amount_minor=amount_minor,
            currency=original.currency,
            is_protected=False,
            sent_at=now,
            original_ref=original.payment_id,
            done_at=None,
            from_account=original.to_account,
        )
        tx.add(CORE_PAYMENTS, payment)
        tx.wake("payments")

    def _account(self, tx: Transaction, account_id: AccountId) -> CoreAccount:
        account = tx.get(CORE_ACCOUNTS, account_id)
        if account is None:
            raise PaymentDeclined("no such account at this bank")
        return account


def _may_change_places(earlier: CoreBooking, later: CoreBooking) -> bool:
    if earlier.entry is None or later.entry is None:
        return False
    are_plain = not {earlier.entry.kind, later.entry.kind} & CORE_HOLD_KINDS
    return are_plain and earlier.entry.account_id == later.entry.account_id
