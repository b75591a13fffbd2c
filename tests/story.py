"""A small network for stories: an exchange and banks with their cores, in one thread, at a time that the story sets.

Amounts are minor units. Nothing moves by itself: `Network.settle` carries messages, payments and bookings until nothing
is left to do, and then examines that everything still adds up. A story may cut a bank off, let its agent sleep, lose a
result on the way or stop a timer, and go on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from tarazy.adapters.keys import Keyring, Trust, derived_entropy
from tarazy.adapters.packs import load_pack
from tarazy.agent import desk
from tarazy.agent.core_port import CoreAway, CorePort
from tarazy.agent.desk import OfficerAtDesk, SignReport
from tarazy.agent.ending import account_of_report
from tarazy.agent.entries import EntryFault
from tarazy.agent.program import Agent
from tarazy.agent.reference_core import CORE_PAYMENTS, POOLED_ACCOUNT, Payment, ReferenceCore
from tarazy.app.joining import ACT_OF, incident_of
from tarazy.app.messages import Outgoing, queue
from tarazy.app.peer import Peer
from tarazy.app.records import JOIN_REQUESTS, OFFICERS, PARTICIPANTS, REPORTS, JoinRequest
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Store, Transaction
from tarazy.app.timing import end_what_is_over
from tarazy.bootstrap import EXCHANGE_ID, agent_of, exchange_peer, setting_for
from tarazy.domain.case import JoinStatus
from tarazy.domain.entry import AccountKind, ExitKind
from tarazy.domain.rejection import Rejection
from tarazy.law.ground import Pack
from tarazy.protocol.bodies import AnyBody, JoinDecided, MandateSigned
from tarazy.protocol.message import Result
from tarazy.protocol.report_bodies import CALL_BACK_CHECKS
from tarazy.protocol.statement import Act, Statement, sign_statement
from tarazy.values.ids import (
    AccountId,
    HoldId,
    MandateId,
    NormId,
    OfficerId,
    ParticipantId,
    ReportId,
    TransferRef,
)
from tarazy.values.instant import Instant
from tests.story_checks import Watch, check_bank, check_exchange
from tests.story_people import COLLEAGUE, OFFICER, START, keyring, officer, opened, participant, seed

Answered = TypeVar("Answered")
StoreFor = Callable[[str], Store]
"""Gives an empty store to the program of this name: ``exchange`` or a bank's id."""

BANKS: Final = ("bank-a", "bank-b", "bank-c")
CEILING: Final = 10**10
FRAUD: Final = "kz-cc-190-2-4"
FACTS: Final = ("payment_under_deceit",)
REASONS: Final = "The payer was called back and says how the caller deceived her."
ROUNDS_MAX: Final = 200


class TurnedDown(NamedTuple):
    """A message that its recipient did not accept."""

    sender: str
    recipient: str
    kind: str
    refusal: str | None
    place: str | None


@dataclass
class Bank:
    """One bank: its agent, its core, and what is wrong with it just now."""

    agent: Agent
    core: CorePort
    ring: Keyring
    clock_error: timedelta = timedelta(0)
    is_away: bool = False
    """Nothing reaches it and nothing comes from it; inside the bank work goes on."""
    is_asleep: bool = False
    """The agent does nothing at all; the core goes on."""
    has_agent_timer: bool = True
    has_core_timer: bool = True
    faults: list[EntryFault] = field(default_factory=list)


class Network:
    """The exchange and its banks. ``levels`` and ``pack`` are the law's side; ``cores`` replaces reference cores.

    ``packs`` names the law of a program that has another.

    ``asks_at_once`` lets agents ask their cores before they reply to the exchange, as with a core that is quick.
    """

    def __init__(
        self,
        store_for: StoreFor,
        *,
        banks: Sequence[str] = BANKS,
        pack: str | Pack = "kz-demo",
        packs: Mapping[str, str] | None = None,
        levels: Mapping[str, str] | None = None,
        mandated: Sequence[str] | None = None,
        cores: Mapping[str, CorePort] | None = None,
        asks_at_once: bool = False,
    ) -> None:
        self.asks_at_once = asks_at_once
        self.now = START
        self.watch = Watch()
        self.accounts: dict[str, str] = {}
        self.frauds: dict[str, ReportId] = {}
        self.losing: set[tuple[str, str]] = set()
        self.turned_down: list[TurnedDown] = []
        self.stalled: set[str] = set()
        self.has_exchange_timer = True
        names = [*banks, EXCHANGE_ID]
        joined = [participant(name, (levels or {}).get(name, "L2")) for name in names]
        officers = [officer(name, officer_id) for name in names for officer_id in (OFFICER, COLLEAGUE)]
        self.joined = joined, officers
        self.trust = Trust(joined, officers)
        self._pack = load_pack(pack) if isinstance(pack, str) else pack
        self._own_packs = {name: load_pack(own) for name, own in (packs or {}).items()}
        self.exchange = exchange_peer(store_for(EXCHANGE_ID), self._setting_for(EXCHANGE_ID))
        self.exchange.store.run(lambda tx: seed(tx, joined, officers))
        self.banks = {name: self._bank(name, store_for(name), (cores or {}).get(name)) for name in banks}
        for name in banks if mandated is None else mandated:
            self.sign_mandate(name)
        self.settle()

    def _setting_for(self, name: str) -> Callable[[Instant], Setting]:
        pack = self._own_packs.get(name, self._pack)
        return setting_for(keyring(name), self.trust, pack, derived_entropy(b"salt of " + name.encode()))

    def _bank(self, name: str, store: Store, core: CorePort | None) -> Bank:
        if core is None:
            core = ReferenceCore(store, ParticipantId(name), account_of_report)
            core.open_account(opened(POOLED_ACCOUNT, 0, AccountKind.pooled))
        return Bank(agent_of(store, self._setting_for(name), core), core, keyring(name))

    # --- looking and acting inside one program

    def clock(self, name: str) -> Instant:
        """Return what a program's clock shows."""
        return self.now if name == EXCHANGE_ID else self.now.plus(self.banks[name].clock_error)

    def peer(self, name: str) -> Peer:
        """Return a program's end of the conversation."""
        return self.exchange if name == EXCHANGE_ID else self.banks[name].agent.peer

    def setting(self, name: str) -> Setting:
        """Return a program's circumstances now."""
        return self.peer(name).setting_at(self.clock(name))

    def at(self, name: str, use_case: Callable[[Transaction, Setting], Answered]) -> Answered:
        """Run a use case in a program's store."""
        setting = self.setting(name)
        return self.peer(name).store.run(lambda tx: use_case(tx, setting))

    def rows(self, name: str, table: Any, *conditions: Any, order: Sequence[str] = ()) -> list[Any]:
        """Return rows of a program."""
        return self.peer(name).store.run(lambda tx: tx.find(table, *conditions, order=order))

    def core(self, bank: str) -> ReferenceCore:
        """Return a bank's reference core."""
        core = self.banks[bank].core
        assert isinstance(core, ReferenceCore)
        return core

    # --- accounts and payments

    def open(self, bank: str, *, kind: AccountKind = AccountKind.personal, currency: str = "KZT", **sums: int) -> None:
        """Open accounts with their opening balances."""
        for name, opening in sums.items():
            self.accounts[name] = bank
            self.core(bank).open_account(opened(name, opening, kind, currency))

    def pay(
        self, ref: str, payer: str, payee: str, amount: int, *, is_protected: bool = False, currency: str = "KZT"
    ) -> None:
        """Book a payment at the payer's bank; `settle` lets it arrive. ``payee`` is an account, or ``bank/account``."""
        to_bank = payee.partition("/")[0] if "/" in payee else self.accounts[payee]
        payment = Payment(
            payment_id=TransferRef(ref),
            serial=0,
            from_participant=ParticipantId(self.accounts[payer]),
            to_participant=ParticipantId(to_bank),
            to_account=AccountId(payee.rpartition("/")[2]),
            for_report=None,
            amount_minor=amount,
            currency=currency,
            is_protected=is_protected,
            sent_at=self.now,
            original_ref=None,
            done_at=None,
        )
        self.core(self.accounts[payer]).pay(payment, AccountId(payer), self.now)

    def spend(self, account: str, amount: int, exit_kind: ExitKind = ExitKind.cash) -> None:
        """Let money leave the system."""
        self.core(self.accounts[account]).spend(AccountId(account), amount, exit_kind, self.now)

    def balance(self, account: str) -> int:
        """Return the ledger balance that the core shows."""
        row = self.core(self.accounts[account]).account(AccountId(account))
        assert row is not None
        return row.balance_minor

    # --- what officers do

    def enrol(self, name: str, kind: str, role: str, officer_id: OfficerId = OFFICER) -> None:
        """Let a participant of a kind have an officer with a role, joined before or not; none of them has an agent."""
        joined, person = participant(name, "L0", kind), officer(name, officer_id, role)

        def enter(tx: Transaction, _: Setting) -> None:
            tx.put(PARTICIPANTS, joined)
            tx.put(OFFICERS, person)

        self.at(EXCHANGE_ID, enter)
        self.trust.replace(self.rows(EXCHANGE_ID, PARTICIPANTS), self.rows(EXCHANGE_ID, OFFICERS))

    def officer(self, bank: str, officer_id: OfficerId = OFFICER) -> OfficerAtDesk:
        """Return an officer at their desk."""
        return OfficerAtDesk(officer_id, keyring(bank).officers[officer_id].signer())

    def file(self, ref: str, claim: int | None = None, *, incident: str | None = None) -> ReportId:
        """Sign a report on a payment; it waits to be carried to the exchange.

        ``incident`` is what the story calls a fraud: a later report of it asks to join what the first one has opened.
        """
        payment = self.payment(ref)
        first = self.frauds.get(incident) if incident is not None else None
        is_known = first is not None and self.rows(EXCHANGE_ID, REPORTS, Condition("report_id", "=", first)) != []
        command = SignReport(
            payment=payment,
            claim_minor=payment.amount_minor if claim is None else claim,
            offence_id=FRAUD,
            facts=FACTS,
            reasons=REASONS,
            incident_id=incident_of(first) if first is not None and is_known else None,
        )
        bank = payment.from_participant
        filed = self.at(bank, lambda tx, now: desk.sign_report(tx, command, self.officer(bank), EXCHANGE_ID, now))
        assert not isinstance(filed, Rejection), filed
        if incident is not None and not is_known:
            self.frauds[incident] = filed
        return filed

    def report(self, ref: str, claim: int | None = None, *, incident: str | None = None) -> ReportId:
        """Report a payment, and let everything follow from it; the first reporter's bank lets it join its incident."""
        report_id = self.file(ref, claim, incident=incident)
        self.settle()
        self.join(report_id)
        return report_id

    def join(self, report_id: ReportId, *, is_accepted: bool = True) -> None:
        """Let another officer of the first reporter's bank decide upon a request to join, if one waits."""
        waiting = Condition("status", "=", JoinStatus.waiting.value)
        for request in self.rows(EXCHANGE_ID, JOIN_REQUESTS, Condition("report_id", "=", report_id), waiting):
            reports = self.rows(EXCHANGE_ID, REPORTS, Condition("case_id", "=", request.case_id))
            bank = next(one.participant_id for one in reports if incident_of(one.report_id) == one.incident_id)
            self.say(bank, self.join_decided(bank, request, is_accepted=is_accepted), report_id, self.now.text())
            self.settle()

    def join_decided(
        self, bank: str, request: JoinRequest, *, is_accepted: bool = True, officer: OfficerId = COLLEAGUE
    ) -> JoinDecided:
        """Return the decision of a bank's officer upon a request to join."""
        body = JoinDecided(
            report_id=request.report_id, incident_id=request.incident_id, is_accepted=is_accepted, statement=""
        )
        signed = self.statement(bank, ACT_OF[is_accepted], request.report_id, body.terms(), officer=officer)
        return msgspec.structs.replace(body, statement=signed)

    def payment(self, ref: str) -> Payment:
        """Return a payment as the payer's bank keeps it."""
        for bank in self.banks:
            payment = self.peer(bank).store.run(lambda tx: tx.get(CORE_PAYMENTS, ref))
            if payment is not None:
                return payment
        raise AssertionError(f"nobody has paid {ref}")

    def withdraw(self, bank: str, report_id: ReportId) -> None:
        """Take a report back; the withdrawal waits to be carried."""
        officer = self.officer(bank)
        no = self.at(
            bank,
            lambda tx, now: desk.withdraw_report(
                tx, report_id, REASONS, officer, EXCHANGE_ID, now, checks=CALL_BACK_CHECKS
            ),
        )
        assert no is None, no

    def confirm(self, bank: str, hold_id: HoldId) -> Rejection | None:
        """Confirm a hold, with reasons for this one."""
        reasons, officer = f"{REASONS} {hold_id}", self.officer(bank)
        return self.at(bank, lambda tx, now: desk.confirm_hold(tx, hold_id, reasons, officer, EXCHANGE_ID, now))

    def narrow(self, bank: str, hold_id: HoldId, keep: int) -> Rejection | None:
        """Narrow a hold to its lowest ``keep`` units."""
        why, officer = f"{REASONS} {hold_id}", self.officer(bank)
        return self.at(bank, lambda tx, now: desk.narrow_hold_to(tx, hold_id, keep, why, officer, EXCHANGE_ID, now))

    def let_go(self, bank: str, hold_id: HoldId) -> Rejection | None:
        """Release a hold."""
        reasons, officer = f"{REASONS} {hold_id}", self.officer(bank)
        return self.at(bank, lambda tx, now: desk.release_hold(tx, hold_id, reasons, officer, EXCHANGE_ID, now))

    def statement(
        self,
        bank: str,
        act: Act,
        subject: str,
        terms: tuple[tuple[str, str], ...] = (),
        *,
        officer: OfficerId = OFFICER,
        reasons: str | None = None,
    ) -> str:
        """Return an officer's signed statement."""
        said = Statement(
            act=act,
            subject_id=subject,
            officer_id=officer,
            participant_id=ParticipantId(bank),
            at=self.now,
            reasons=REASONS if reasons is None else reasons,
            terms=terms,
        )
        return sign_statement(said, keyring(bank).officers[officer].signer())

    def sign_mandate(
        self,
        bank: str,
        *,
        ceiling: int = CEILING,
        signed_ceiling: int | None = None,
        hours: int = 24,
        days: int = 365,
        currency: str = "KZT",
    ) -> None:
        """Let a bank's officer sign the standing mandate of its pauses; it waits to be carried."""
        mandate_id = MandateId(f"md-{bank}")
        body = MandateSigned(
            mandate_id=mandate_id,
            statement="",
            measure="M4b",
            norms=(NormId("kz-credited-pause"),),
            currency=currency,
            ceiling_minor=ceiling,
            hours=hours,
            valid_from=self.now,
            valid_to=self.now.plus(timedelta(days=days)),
        )
        signed = ceiling if signed_ceiling is None else signed_ceiling
        terms = msgspec.structs.replace(body, ceiling_minor=signed).terms()
        body = msgspec.structs.replace(body, statement=self.statement(bank, Act.sign_mandate, mandate_id, terms))
        self.say(bank, body, mandate_id, ceiling, hours, currency, self.now.text())

    def say(self, sender: str, body: AnyBody, *ids: str | int, to: str = EXCHANGE_ID) -> None:
        """Queue a message; `carry` or `settle` takes it there."""
        self.at(sender, lambda tx, now: queue(tx, now.envelope(ParticipantId(to), body, *ids), now))

    # --- time and carrying

    def wait(self, **span: float) -> None:
        """Finish what is to be done now, let time pass, and do what is due then."""
        self.settle()
        self.now = self.now.plus(timedelta(**span))
        self.settle()

    def carry(self, sender: str, recipient: str, limit: int | None = None) -> int:
        """Carry what waits from one program to another, and the results back, unless the story loses them."""
        source = self.peer(sender)
        sent: list[Outgoing] = source.waiting_for(ParticipantId(recipient))[:limit]
        if not sent:
            return 0
        results = self._let_in(recipient, [message.text for message in sent])
        if (sender, recipient) in self.losing:
            self.losing.remove((sender, recipient))
            return len(sent)
        self._note(sender, recipient, sent, results)
        source.settle(sent, results, self.clock(sender))
        return len(sent)

    def _let_in(self, recipient: str, texts: list[str]) -> Sequence[Result]:
        """Let messages in; where the story says so, an agent asks its core before it replies."""
        bank, now = self.banks.get(recipient), self.clock(recipient)
        if bank is None or not self.asks_at_once:
            return self.peer(recipient).receive(texts, now)
        results, decided = bank.agent.receive(texts, now)
        if not decided.commands:
            return results
        try:
            newer, done = bank.agent.ask_before_replying(results, decided, now)
        except CoreAway:
            return results
        bank.faults += done.faults
        return newer

    def _note(self, sender: str, recipient: str, sent: Sequence[Outgoing], results: Sequence[Result]) -> None:
        for message, result in zip(sent, results, strict=True):
            if result.status in {"rejected", "refused"}:
                self.turned_down.append(TurnedDown(sender, recipient, message.kind, result.refusal, result.place))

    def settle(self) -> None:
        """Carry and book until nothing is left to do, then examine that everything adds up."""
        for _ in range(ROUNDS_MAX):
            if self._round() == 0:
                break
        else:
            raise AssertionError("the network never comes to rest")
        self.check()

    def check(self) -> None:
        """Examine the books of the exchange and of every bank."""
        check_exchange(self.exchange.store, self.watch)
        for name, bank in self.banks.items():
            check_bank(bank.agent.peer.store, self.watch, name, is_at_rest=not bank.is_asleep)

    def _round(self) -> int:
        moved = self.at(EXCHANGE_ID, end_what_is_over) if self.has_exchange_timer else 0
        for name, bank in self.banks.items():
            if isinstance(bank.core, ReferenceCore):
                moved += self._rail(bank.core)
                moved += bank.core.drop_expired(self.clock(name)) if bank.has_core_timer else 0
            if bank.is_asleep:
                continue
            moved += self.work(name)
            if not bank.is_away:
                moved += self.carry(EXCHANGE_ID, name) + self.carry(name, EXCHANGE_ID)
        return moved

    def work(self, name: str) -> int:
        """Let an agent ask its core, read the core's feed and end what is due, once; return how much it did."""
        bank, now = self.banks[name], self.clock(name)
        done = bank.agent.ask_core(now)
        booked, faults = bank.agent.read_feed(now)
        bank.faults += faults
        return done + booked + (bank.agent.let_go(now) if bank.has_agent_timer else 0)

    def _rail(self, core: ReferenceCore) -> int:
        """Let payments arrive, but those that are stalled; return how many did."""
        arriving = [one for one in core.payments_on_their_way(1_000) if one.payment_id not in self.stalled]
        for payment in arriving:
            payee = self.banks.get(payment.to_participant)
            if payee is not None and isinstance(payee.core, ReferenceCore):
                payee.core.receive(payment, self.now)
            core.payment_arrived(payment, self.now)
        return len(arriving)


def robbed(store_for: StoreFor, *, mule: int = 0, **options: Any) -> Network:
    """Return a network in which Aigul of bank A has paid 500,000 to a deceiver's mule at bank B (``t1``)."""
    network = Network(store_for, **options)
    network.open("bank-a", aigul=800_000)
    network.open("bank-b", mule=mule)
    network.open("bank-c", dani=0, third=0)
    network.pay("t1", "aigul", "mule", 500_000)
    network.settle()
    return network
