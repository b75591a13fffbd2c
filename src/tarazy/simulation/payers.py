"""Payments that are entered and executed later, the officers who let some of them wait, and the payers who are asked.

What must be refused is tried as well: a pause for a score alone, one officer in the part of two, a refusal before the
payer was called, the word of somebody whose payment it is not. If it is done all the same, the run fails at once.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Final

from tarazy.agent.core_port import CoreAway, gate_of
from tarazy.agent.core_records import Payment
from tarazy.agent.notice_office import NoticeOffice
from tarazy.agent.pause_appeals import (
    IS_OPEN,
    PAUSE_APPEALS,
    PAUSE_OUTCOMES,
    DecidePauseAppeal,
    LodgePauseAppeal,
    appeals_upon,
    decide_pause_appeal,
    lodge_pause_appeal,
)
from tarazy.agent.pause_notices import serve_due_pauses
from tarazy.agent.pause_records import IS_BEGUN, PAYMENT_PAUSES, PaymentPause
from tarazy.agent.pause_round import gate_round
from tarazy.agent.pauses import (
    BeginPause,
    PauseRefused,
    begin_pause,
    call_back,
    confirm_by_payer,
    execute_by_officer,
    extend_pause,
    pause_id_of,
    reject_by_officer,
    second_pause,
    stop_by_payer,
)
from tarazy.agent.reference_core import POOLED_ACCOUNT, PaymentDeclined
from tarazy.agent.signing import OfficerAtDesk
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.appeal import OPEN_APPEALS, AppealOutcome, AppealRoad
from tarazy.domain.pause import FACTS_LEARNT, QUESTIONS, SECOND_OFFICER_FROM_MINOR
from tarazy.domain.rejection import Rejection
from tarazy.simulation.checkers.finding import CheckFailed, rows
from tarazy.simulation.desk import ActAtDesk, Desk
from tarazy.simulation.options import dice_of
from tarazy.simulation.people import CURRENCY, People
from tarazy.simulation.programs import COLLEAGUE, OFFICER, Bank
from tarazy.simulation.world import POLL_SECONDS, World
from tarazy.values.ids import AccountId, OfficerId, ParticipantId, TransferRef
from tarazy.values.instant import Instant

HOUR: Final = 3600
SOON_SECONDS: Final = 5
WELL_OFF: Final = AccountId("account-well-off")
NOBODYS: Final = AccountId("account-of-nobody")
OPENING_MINOR: Final = 6 * SECOND_OFFICER_FROM_MINOR
FACTS: Final = (
    ("payer_pressed",),
    ("payee_in_signed_reports", "payee_on_list"),
    ("screen_or_device_controlled", "unlike_other_payments"),
)
NO_FACTS: Final = (("unlike_other_payments",), ("payee_on_list", "unlike_other_payments"), ("a feeling",), ())


class Unlawful(StrEnum):
    """What is wrong with an act upon a payment that waits: each of these is refused."""

    upon_a_score = "upon_a_score"
    one_officer_twice = "one_officer_twice"
    refused_uncalled = "refused_uncalled"
    nothing_new = "nothing_new"
    of_another = "of_another"
    no_reasons = "no_reasons"
    answered_by_author = "answered_by_author"


class Payers:
    """Payers, and the analysts of their banks. ``done`` counts what came of their acts."""

    def __init__(self, world: World, people: People, desk: Desk, offices: Mapping[ParticipantId, NoticeOffice]) -> None:
        self._world, self._people, self._desk, self._offices = world, people, desk, offices
        self._dice = dice_of(world.random, "payers")
        self._polled: set[ParticipantId] = set()
        self._ends: set[tuple[str, Instant]] = set()
        self.done: dict[str, int] = {}

    def plan(self) -> None:
        """Let payments be entered, one of them in two by somebody with much money."""
        if not self._world.options.pauses:
            return
        self._people.open_one_more(self._dice.choice(self._world.banks), WELL_OFF, OPENING_MINOR)
        whole = self._world.options.hours * HOUR
        for number in range(self._world.options.pauses):
            self._world.agenda.after(self._dice.uniform(0, whole), "enter", partial(self._enter, number))

    def _enter(self, number: int) -> str:
        """Enter a payment, and plan what its bank and its payer do while it waits."""
        payer, amount = self._payer()
        payee = self._dice.choice([one for one in self._people.homes if one not in {payer, POOLED_ACCOUNT}])
        bank, goes_out = self._people.homes[payer], self._dice.choice((60, HOUR, 4 * HOUR)) * (1 + self._dice.random())
        payment = Payment(
            payment_id=TransferRef(f"w{number}"),
            serial=0,
            from_participant=bank.name,
            to_participant=self._people.homes[payee].name,
            to_account=payee,
            for_report=None,
            amount_minor=amount,
            currency=CURRENCY,
            is_protected=False,
            sent_at=self._world.now,
            original_ref=None,
            done_at=None,
            from_account=payer,
            to_name="Somebody",
        )
        now = bank.program.clock.now()
        try:
            bank.core.payment_gate.enter(payment, payer, now.plus(timedelta(seconds=goes_out)), now)
        except PaymentDeclined as declined:
            return f"{payer} {amount}: {declined}"
        self._core_later(bank, now.plus(timedelta(seconds=goes_out)))
        if self._chance(0.85):
            self._plan_pause(bank, payment, self._dice.uniform(0, goes_out))
        return f"{payment.payment_id} {payer} {amount} to {payee}"

    def _payer(self) -> tuple[AccountId, int]:
        able = [
            (account_id, account.spendable_minor)
            for account_id, bank in self._people.homes.items()
            if account_id not in {POOLED_ACCOUNT, WELL_OFF}
            and (account := bank.core.account(account_id)) is not None
            and account.currency == CURRENCY
            and account.spendable_minor
        ]
        if not able or self._chance(0.4):
            return WELL_OFF, SECOND_OFFICER_FROM_MINOR + self._dice.choice((-1, 0, 1))
        payer, has = self._dice.choice(able)
        return payer, self._dice.randint(1, has)

    def _plan_pause(self, bank: Bank, payment: Payment, begins: float) -> None:
        """Pause a payment, and do with it what officers and payers do: in time, late, or never."""
        pause_id, dice = pause_id_of(bank.name, payment.payment_id), self._dice
        if self._is_careless():
            self._act(
                bank, begins * dice.random(), self._begin(bank, payment, dice.choice(NO_FACTS)), Unlawful.upon_a_score
            )
        begin = self._begin(bank, payment, dice.choice(FACTS))
        for _ in range(dice.choice((1, 1, 2))):
            self._act(bank, begins, begin)
        first, other = _at_desk(bank, OFFICER), _at_desk(bank, COLLEAGUE)
        if self._is_careless():
            twice = partial(_second, pause_id, first)
            self._act(bank, begins + dice.uniform(0, HOUR), twice, Unlawful.one_officer_twice)
        if self._chance(0.7):
            self._act(bank, begins + dice.uniform(10, 2.2 * HOUR), partial(_second, pause_id, other))
        self._plan_ends(bank, payment, pause_id, begins)

    def _plan_ends(self, bank: Bank, payment: Payment, pause_id: str, begins: float) -> None:
        dice, other = self._dice, _at_desk(bank, COLLEAGUE)
        called = begins + dice.uniform(60, 3 * HOUR)
        if self._chance(0.4):
            self._plan_appeal(bank, pause_id, begins)
        if self._is_careless():
            # Before anybody has called, and before the payer has said a word.
            early = partial(_reject_uncalled, pause_id, other)
            self._act(bank, begins + dice.uniform(0, 50), early, Unlawful.refused_uncalled)
        if self._chance(0.75):
            self._act(bank, called, partial(_call, pause_id, other))
        if self._chance(0.5):
            later = begins + dice.choice((0.05, 0.9, 1)) * dice.uniform(20 * HOUR, 25 * HOUR)
            for _ in range(dice.choice((1, 1, 2))):
                self._act(bank, later, partial(_extend, pause_id, dice.choice(FACTS_LEARNT), other))
        if self._is_careless():
            self._act(
                bank,
                begins + dice.uniform(60, HOUR),
                partial(_extend, pause_id, "nothing", other),
                Unlawful.nothing_new,
            )
            self._act(bank, begins + dice.uniform(60, HOUR), partial(_stop, pause_id, NOBODYS), Unlawful.of_another)
            self._act(
                bank, begins + dice.uniform(60, HOUR), partial(_execute, pause_id, other, "ok"), Unlawful.no_reasons
            )
        assert payment.from_account is not None
        yes = dice.sample(QUESTIONS, dice.choice((0, 0, 1)))
        ends: list[Callable[[Transaction, Setting], object] | None] = [
            partial(_execute, pause_id, other, f"the payer was called and knows the payee: {pause_id}"),
            partial(_reject, pause_id, other),
            partial(_confirm, pause_id, payment.from_account, yes),
            partial(_stop, pause_id, payment.from_account),
            None,
        ]
        for _ in range(dice.choice((1, 1, 2))):
            end = dice.choice(ends)
            if end is not None:
                self._act(bank, called + dice.choice((0.01, 1)) * dice.uniform(0, 40 * HOUR), end)

    def _plan_appeal(self, bank: Bank, pause_id: str, begins: float) -> None:
        """Let the payer appeal, and an analyst answer: in time, late, never, and now and then the wrong one."""
        dice, lodged = self._dice, begins + self._dice.choice((0.1, 1)) * self._dice.uniform(60, 20 * HOUR)
        for _ in range(dice.choice((1, 1, 2))):
            self._act(bank, lodged, partial(_lodge, pause_id, dice.choice((AppealRoad.app, AppealRoad.branch))))
        if self._is_careless():
            answer = partial(_answer, pause_id, dice.choice(PAUSE_OUTCOMES), _at_desk(bank, OFFICER))
            self._act(bank, lodged + dice.uniform(1, HOUR), answer, Unlawful.answered_by_author)
        if self._chance(0.7):
            answer = partial(_answer, pause_id, dice.choice(PAUSE_OUTCOMES), _at_desk(bank, COLLEAGUE))
            self._act(bank, lodged + dice.choice((0.05, 1)) * dice.uniform(HOUR, 26 * HOUR), answer)

    def _begin(self, bank: Bank, payment: Payment, facts: tuple[str, ...]) -> ActAtDesk:
        officer, gate = _at_desk(bank, OFFICER), gate_of(bank.core)

        def act(tx: Transaction, setting: Setting) -> object:
            entered = bank.core.payment_gate.entered(payment.payment_id)
            assert entered is not None
            reasons = f"the payer was on the telephone with a stranger: {payment.payment_id}"
            return begin_pause(tx, BeginPause(entered=entered, facts=facts, reasons=reasons), officer, gate, setting)

        return act

    def _act(self, bank: Bank, seconds: float, act: ActAtDesk, unlawful: Unlawful | None = None) -> None:
        """Let somebody act at a bank, which asks its core soon after."""

        def judged(tx: Transaction, setting: Setting) -> object:
            return self._judged(getattr(act, "func", act).__name__.strip("_"), unlawful, act(tx, setting))

        self._desk.act_later(bank.program, seconds, judged)
        self._round_later(bank, seconds + self._dice.uniform(0, SOON_SECONDS))

    def _judged(self, name: str, unlawful: Unlawful | None, result: object) -> str:
        """Note what came of an act; one that had to be refused and was done ends the run."""
        is_refused = isinstance(result, Rejection | PauseRefused)
        key = f"{name} {unlawful or 'in order'}: {'refused' if is_refused else 'done'}"
        self.done[key] = self.done.get(key, 0) + 1
        if unlawful is not None and not is_refused:
            raise CheckFailed("pauses", f"{name} was done although it was {unlawful}")
        return _told(result)

    def _round_later(self, bank: Bank, seconds: float) -> None:
        self._world.agenda.after(seconds, f"{bank.name} pauses", lambda: self._round(bank))

    def _round(self, bank: Bank) -> str | None:
        """Do what the bank's timer does: end what is over, ask the core, tell the payers."""
        if bank.name not in self._polled:
            self._polled.add(bank.name)
            self._world.agenda.after(POLL_SECONDS, f"{bank.name} pauses", lambda: self._poll(bank))
        if not bank.program.is_up(self._world.now):
            return None
        setting, store = bank.program.peer.setting_at(bank.program.clock.now()), bank.program.store
        try:
            asked = gate_round(store, gate_of(bank.core), setting)
        except CoreAway:
            asked = 0
        self._set_timers(bank)
        told = store.run(lambda tx: serve_due_pauses(tx, self._offices[bank.name], setting))
        return f"asked {asked} told {told}" if asked + told else None

    def _poll(self, bank: Bank) -> str | None:
        """Look around for as long as anything waits."""
        self._polled.discard(bank.name)
        disc = bank.program.disc
        waiting = rows(disc, PAYMENT_PAUSES, IS_BEGUN)
        is_due = Condition("notice_due", "=", True)
        untold = [*rows(disc, PAYMENT_PAUSES, is_due), *rows(disc, PAUSE_APPEALS, is_due)]
        return self._round(bank) if waiting or untold or rows(disc, PAUSE_APPEALS, IS_OPEN) else None

    def _set_timers(self, bank: Bank) -> None:
        """Set the agent's timer to the next end of a pause, and the core's to when it executes by itself."""
        begun: list[PaymentPause] = bank.program.disc.run(lambda tx: tx.find(PAYMENT_PAUSES, IS_BEGUN))
        for pause in begun:
            if (pause.pause_id, pause.expires_at) not in self._ends:
                self._ends.add((pause.pause_id, pause.expires_at))
                over = bank.program.clock.until(pause.expires_at)
                self._world.agenda.at(over, f"{bank.name} pauses", lambda: self._round(bank))
        for entered in bank.core.payment_gate.waiting(len(self._ends) + self._world.options.pauses):
            self._core_later(bank, entered.execute_at)

    def _core_later(self, bank: Bank, moment: Instant) -> None:
        over = bank.program.clock.until(moment)
        if (bank.name, moment) not in self._ends:
            self._ends.add((bank.name, moment))
            self._world.agenda.at(over, f"{bank.name} core executes", lambda: self._core_executes(bank))

    def _core_executes(self, bank: Bank) -> str | None:
        """Let the core do what it does by itself, whoever has died."""
        executed = bank.core.payment_gate.execute_due(bank.program.clock.now())
        self._world.hooks.after_core_ran(bank.name)
        return f"executed {executed}" if executed else None

    def _is_careless(self) -> bool:
        return self._dice.randrange(1000) < self._world.options.careless_acts

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share


def _at_desk(bank: Bank, officer_id: OfficerId) -> OfficerAtDesk:
    return bank.program.officer_of(officer_id)


def _second(pause_id: str, officer: OfficerAtDesk, tx: Transaction, setting: Setting) -> object:
    return second_pause(tx, pause_id, officer, setting)


def _call(pause_id: str, officer: OfficerAtDesk, tx: Transaction, setting: Setting) -> object:
    return call_back(tx, pause_id, officer, setting)


def _extend(pause_id: str, fact: str, officer: OfficerAtDesk, tx: Transaction, setting: Setting) -> object:
    return extend_pause(tx, pause_id, fact, f"learnt when the payer was called: {pause_id}", officer, setting)


def _execute(pause_id: str, officer: OfficerAtDesk, reasons: str, tx: Transaction, setting: Setting) -> object:
    return execute_by_officer(tx, pause_id, reasons, officer, setting)


def _reject(pause_id: str, officer: OfficerAtDesk, tx: Transaction, setting: Setting) -> object:
    reasons = f"the payer was called and says that a stranger has told them to pay: {pause_id}"
    return reject_by_officer(tx, pause_id, reasons, officer, setting)


def _reject_uncalled(pause_id: str, officer: OfficerAtDesk, tx: Transaction, setting: Setting) -> object:
    """Refuse a payment before its payer was asked; an act that was put off may come too late to be that."""
    pause = tx.get(PAYMENT_PAUSES, pause_id)
    if pause is not None and (pause.called_back_at is not None or pause.answer is not None):
        return Rejection.pause_has_ended
    return _reject(pause_id, officer, tx, setting)


def _confirm(pause_id: str, account_id: AccountId, yes: list[str], tx: Transaction, setting: Setting) -> object:
    return confirm_by_payer(tx, pause_id, account_id, yes, setting)


def _stop(pause_id: str, account_id: AccountId, tx: Transaction, setting: Setting) -> object:
    return stop_by_payer(tx, pause_id, account_id, setting)


def _lodge(pause_id: str, road: AppealRoad, tx: Transaction, setting: Setting) -> object:
    command = LodgePauseAppeal(
        pause_id=pause_id, road=road, is_identified=True, grounds=("hardship",), words="My rent."
    )
    return lodge_pause_appeal(tx, command, setting)


def _answer(pause_id: str, outcome: AppealOutcome, officer: OfficerAtDesk, tx: Transaction, setting: Setting) -> object:
    """Answer the newest appeal about a payment that nobody has answered."""
    found = [one for one in appeals_upon(tx, pause_id) if one.state in OPEN_APPEALS]
    if not found:
        return Rejection.appeal_unknown
    reasons = f"the payment was compared with those of the months before: {pause_id}"
    command = DecidePauseAppeal(appeal_id=found[0].appeal_id, outcome=outcome, reasons=reasons)
    return decide_pause_appeal(tx, command, officer, setting)


def _told(result: object) -> str:
    if isinstance(result, PauseRefused):
        tests = () if result.assessment is None else result.assessment.tests
        return f"{result.rejection} {','.join(one.code for one in tests if not one.passed)}".strip()
    return str(result) if isinstance(result, Rejection) else "done"
