"""Who lives in a simulated world: people who pay, and thieves who take money and move it on."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from tarazy.agent.core_port import OpenedAccount
from tarazy.agent.records import HOLDERS
from tarazy.agent.reference_core import CORE_DONE, POOLED_ACCOUNT, Payment, PaymentDeclined
from tarazy.domain.entry import AccountKind, ExitKind
from tarazy.simulation.notice_clerks import holder_of
from tarazy.simulation.programs import Bank
from tarazy.simulation.world import World
from tarazy.values.ids import AccountId, ParticipantId, TransferRef, derived
from tarazy.values.replacing import replace

CURRENCY: Final = "KZT"
FOREIGN: Final = "USD"
EMPLOYER: Final = ParticipantId("employer")
UNCONNECTED: Final = ParticipantId("bank-elsewhere")
HOPS_MAX: Final = 12
STOLEN_MINOR_MIN: Final = 50_000
"""Half of what the packs call a trifling sum: a few thefts of small worlds are traced, and nothing is held."""
TRIES_MAX: Final = 6


@dataclass(frozen=True, slots=True)
class Theft:
    """A stolen payment, and the accounts that its money is to pass."""

    payment: Payment
    stations: tuple[AccountId, ...]


class People:
    """Everybody with an account. ``homes`` says where each account is kept."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = world.random
        self.homes: dict[AccountId, Bank] = {}
        self.payments: list[Payment] = []
        self.thefts: list[Theft] = []
        self._numbers = 0
        for bank in world.banks:
            self._open(bank, POOLED_ACCOUNT, AccountKind.pooled, 0)
        for _ in range(world.options.accounts):
            self._open_one()

    def plan(self) -> None:
        """Put everything that people will do by themselves on the agenda."""
        whole = self.world.options.hours * 3600
        for _ in range(self.world.options.payments):
            act = self.random.choices(
                (self._ordinary, self._spend, self._salary, self._force, self._send_back), (60, 12, 10, 6, 12)
            )[0]
            self.world.agenda.after(self.random.uniform(0, whole), act.__name__.strip("_"), act)

    def steal(self) -> Theft | None:
        """Take money from somebody, and let it pass a few accounts."""
        found = self._somebody_with(STOLEN_MINOR_MIN)
        if found is None:
            return None
        payer, has = found
        amount = self.random.randint(STOLEN_MINOR_MIN, min(has, self.world.options.amount_minor_max))
        personal = [account for account in self.homes if account not in {payer, POOLED_ACCOUNT}]
        stations = tuple(self.random.sample(personal, min(len(personal), self.world.options.stations)))
        if self.thefts and self.random.random() < 0.5:  # noqa: PLR2004 -- half of them meet an earlier one
            stations = (*self.thefts[-1].stations[:2], *stations[1:])
        stations = tuple(account for account in stations if account != payer)
        payment = self.pay(payer, stations[0], amount) if stations else None
        if payment is None:
            return None
        theft = Theft(payment, stations)
        self.thefts.append(theft)
        self._later(theft, payment, 1)
        return theft

    def pay(self, payer: AccountId, payee: AccountId | None, amount: int) -> Payment | None:
        """Pay, to an account or (None) to a bank that is not connected; None if the core declines."""
        bank = self.homes[payer]
        to = UNCONNECTED if payee is None else self.homes[payee].name
        payment = self._payment("t", bank.name, to, payee, amount)
        try:
            bank.core.pay(payment, payer, bank.program.clock.now())
        except PaymentDeclined:
            return None
        payment = replace(payment, from_account=payer)
        self.payments.append(payment)
        return payment

    def open_one_more(self, bank: Bank, account_id: AccountId, opening_minor: int) -> None:
        """Open a personal account beside those that were drawn."""
        self._open(bank, account_id, AccountKind.personal, opening_minor)
        self.homes[account_id] = bank

    def _open_one(self) -> None:
        kinds = (AccountKind.personal, AccountKind.business, AccountKind.pooled)
        kind = self.random.choices(kinds, (75, 18, 7))[0]
        bank = self.random.choice(self.world.banks)
        most = 2 * self.world.options.amount_minor_max
        opening = self.random.choice((0, 0, self.random.randint(0, most), self.random.randint(0, most)))
        account_id = AccountId(f"account-{len(self.homes)}")
        limit = self.random.choice((0, 0, 0, most // 2)) if kind is not AccountKind.pooled else 0
        currency = FOREIGN if self.random.random() < 0.04 else CURRENCY  # noqa: PLR2004 -- a rare sort of account
        self._open(bank, account_id, kind, opening, limit_minor=limit, currency=currency)
        self.homes[account_id] = bank

    def _open(
        self,
        bank: Bank,
        account_id: AccountId,
        kind: AccountKind,
        opening: int,
        *,
        limit_minor: int = 0,
        currency: str = CURRENCY,
    ) -> None:
        opened = OpenedAccount(
            account_id=account_id,
            kind=kind,
            currency=currency,
            is_natural_person=kind is AccountKind.personal,
            opening_minor=opening,
        )
        bank.core.open_account(opened, limit_minor=limit_minor)
        bank.accounts.append(account_id)
        holder = holder_of(account_id, len(self.homes))
        if holder is not None and account_id != POOLED_ACCOUNT:
            bank.program.disc.run(lambda tx: tx.add(HOLDERS, holder))

    def _ordinary(self) -> str | None:
        payer, payee = self._somebody(), self.random.choice(list(self.homes))
        if payer == payee and self.random.random() < 0.7:  # noqa: PLR2004 -- to oneself only now and then
            return None
        amount = self.random.randint(1, self.world.options.amount_minor_max // 2)
        payment = self.pay(payer, payee, amount)
        return f"{payer} {amount} to {payee}: {'paid' if payment else 'declined'}"

    def _spend(self) -> str | None:
        account_id = self.random.choice(list(self.homes))
        return self._leaves(account_id, self.random.randint(1, self.world.options.amount_minor_max // 3))

    def _leaves(self, account_id: AccountId, amount: int) -> str:
        bank = self.homes[account_id]
        kind = self.random.choice((ExitKind.cash, ExitKind.card, ExitKind.crypto, ExitKind.abroad))
        try:
            bank.core.spend(account_id, amount, kind, bank.program.clock.now())
        except PaymentDeclined:
            return f"{account_id} {kind} {amount}: declined"
        return f"{account_id} {kind} {amount}"

    def _salary(self) -> str | None:
        account_id = self.random.choice(list(self.homes))
        bank = self.homes[account_id]
        amount = self.random.randint(1, self.world.options.amount_minor_max // 2)
        payment = self._payment("wage", EMPLOYER, bank.name, account_id, amount)
        bank.core.receive(replace(payment, is_protected=True), bank.program.clock.now())
        return f"{account_id} {amount}"

    def _force(self) -> str | None:
        """Book a debit that nobody asks the balance about: an offline card, or the bank's own fee."""
        account_id = self.random.choice(list(self.homes))
        bank, now = self.homes[account_id], self.homes[account_id].program.clock.now()
        amount = self.random.randint(1, self.world.options.amount_minor_max // 3)
        if self.random.random() < 0.5:  # noqa: PLR2004 -- a coin
            bank.core.charge(account_id, max(1, amount // 10), now)
        else:
            bank.core.force_debit(account_id, amount, ExitKind.card, now)
        return f"{account_id} {amount}"

    def _send_back(self) -> str | None:
        """Return or reverse a payment that has arrived, in whole or in part."""
        among = [one for one in self.payments if one.to_participant in self.world.network.banks]
        if not among:
            return None
        original = self.random.choice(among[-20:])
        bank = self.world.network.banks[original.to_participant]
        amount = self.random.choice((original.amount_minor, self.random.randint(1, original.amount_minor)))
        now = bank.program.clock.now()
        if self.random.random() < 0.3:  # noqa: PLR2004 -- mistakes of banks are rarer
            return f"{original.payment_id} reversed {amount}: {bank.core.reverse(original, amount, now)}"
        done = bank.core.send_back(self._ref("r"), original, amount, now)
        return f"{original.payment_id} returned {amount}: {done}"

    def _later(self, theft: Theft, payment: Payment, tries: int) -> None:
        delay = self.random.choice((5, 60, 900)) * self.random.random() + 1
        self.world.agenda.after(delay, "thief", partial(self._pass_on, theft, payment, tries))

    def _pass_on(self, theft: Theft, payment: Payment, tries: int) -> str | None:
        """Move what has arrived to one or several further accounts, or out; what has not arrived is awaited."""
        here = payment.to_account
        if here is None or tries > TRIES_MAX:
            return None
        if not self._has_arrived(payment):
            self._later(theft, payment, tries + 1)
            return "not there yet"
        left = payment.amount_minor
        told = []
        for _ in range(self.random.randint(1, self.world.options.splits)):
            part = self.random.randint(1 + left // 2, left) if self.random.random() < 0.5 else left  # noqa: PLR2004 -- a coin
            told.append(self._one_part(theft, here, part, tries))
            left -= part
            if left <= 0:
                break
        return f"{here} passes on {payment.payment_id}: {', '.join(told)}"

    def _one_part(self, theft: Theft, here: AccountId, part: int, tries: int) -> str:
        if self.random.random() < 0.1:  # noqa: PLR2004 -- some of it leaves
            return self._leaves(here, part)
        payee = None if self.random.random() < 0.05 else self.random.choice(theft.stations)  # noqa: PLR2004 -- rare
        onward = self.pay(here, payee, part)
        if onward is not None and tries < HOPS_MAX:
            self._later(theft, onward, tries + 1)
        return f"{part} to {payee}" if onward else f"{part} declined"

    def _has_arrived(self, payment: Payment) -> bool:
        bank = self.world.network.banks.get(payment.to_participant)
        if bank is None:
            return False
        at_home = payment.from_participant == payment.to_participant
        arrived = derived("arrived", payment.payment_id)
        return at_home or bank.core.disc.run(lambda tx: tx.get(CORE_DONE, arrived)) is not None

    def _somebody(self) -> AccountId:
        return self.random.choice([account for account in self.homes if account != POOLED_ACCOUNT])

    def _somebody_with(self, least_minor: int) -> tuple[AccountId, int] | None:
        """Return an account that can pay so much, and how much it can pay."""
        able = []
        for account_id, bank in self.homes.items():
            account = bank.core.account(account_id)
            if account is not None and account.currency == CURRENCY and account.spendable_minor >= least_minor:
                able.append((account_id, account.spendable_minor))
        return self.random.choice(able) if able else None

    def _ref(self, word: str) -> TransferRef:
        self._numbers += 1
        return TransferRef(f"{word}{self._numbers}")

    def _payment(
        self, word: str, sender: ParticipantId, to: ParticipantId, account_id: AccountId | None, amount: int
    ) -> Payment:
        return Payment(
            payment_id=self._ref(word),
            serial=0,
            from_participant=sender,
            to_participant=to,
            to_account=account_id,
            for_report=None,
            amount_minor=amount,
            currency=CURRENCY,
            is_protected=False,
            sent_at=self.world.now,
            original_ref=None,
            done_at=None,
        )
