"""Holders who are asked before an investigator pays their held money back, and investigators who do not wait for them.

Investigators ask, and order the refund before anybody has answered, while the time runs and after; a prosecutor
authorises it, and now and then insists on it. Banks tell holders twice, and holders answer, change their minds, come
late or say nothing. What must be refused is tried as well; if it is done all the same, the run fails there and then.
"""

from datetime import timedelta
from functools import partial
from typing import Final

import msgspec

from tarazy.agent.hearing import AnswerHearing, answer_hearing
from tarazy.agent.hearing_notices import hear_receivers
from tarazy.agent.hearing_records import LOCAL_HEARINGS, LocalHearing
from tarazy.app.authorisations import EnterAuthorisation, enter_authorisation
from tarazy.app.hearing import AskReceivers, ask_receivers
from tarazy.app.hearing_records import HEARINGS
from tarazy.app.records import CASE_HOLDS, CASES
from tarazy.app.refunding import OrderRefund, order_refund, refund_terms
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hearing import ANSWERS, HearingState
from tarazy.domain.hold import HoldStatus
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole, Lane
from tarazy.protocol.authorisation import HOLDS_MAX, Authorisation
from tarazy.protocol.statement import Act
from tarazy.simulation.checkers.finding import CheckFailed, rows
from tarazy.simulation.desk import ActAtDesk, Desk, signed_by
from tarazy.simulation.notice_clerks import NoticeClerks
from tarazy.simulation.options import MEASURES_WAIT, dice_of
from tarazy.simulation.programs import COLLEAGUE, OFFICER, Bank
from tarazy.simulation.world import START, World
from tarazy.values.ids import AuthorisationId, CaseId, HearingId, ParticipantId, RefundId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

LOOK_SECONDS: Final = 1800
HOUR: Final = 3600
DAY: Final = 24 * HOUR
DOWN_SECONDS: Final = 300
LASTS: Final = timedelta(days=20)
ANSWERED_WITHIN: Final = timedelta(days=6)
"""So much longer they look at what was answered: who is silent is found absent when five working days are over."""
WORDS: Final = "It is what I was paid for repairing a roof, and here is the contract."
WHEN_TRIED: Final = ((0, 0.5), (1, 30), (40, 110), (6 * 24, 9 * 24))
"""Between which hours after the first question the refund is ordered: too early, in time, and when time is over."""


class Receivers:
    """Investigators who would pay back, prosecutors, and holders. ``done`` counts what came of their acts."""

    def __init__(self, world: World, desk: Desk, clerks: NoticeClerks) -> None:
        self._world, self._desk, self._offices = world, desk, clerks.offices
        self._dice = dice_of(world.random, "receivers")
        self._cases: set[CaseId] = set()
        self._heard: set[HearingId] = set()
        self._timers: set[tuple[HearingId, Instant]] = set()
        self._answered: set[tuple[HearingId, HearingState]] = set()
        self._authorised: dict[CaseId, tuple[int, int]] = {}
        self._numbers = 0
        self.done: dict[str, int] = {}

    def plan(self) -> None:
        """Let investigators look at the cases, for as long as measures are taken."""
        if self._world.options.hearings:
            self._world.agenda.after(LOOK_SECONDS, "refunders", self._look)

    def look(self, name: ParticipantId) -> None:
        """Let a bank do what is due in its hearings when it is due, and its holders answer what they were told."""
        if not self._world.options.hearings:
            return
        bank = self._world.network.banks[name]
        for hearing in rows(bank.program.disc, LOCAL_HEARINGS, order=("hearing_id",)):
            if hearing.next_at is not None and (hearing.hearing_id, hearing.next_at) not in self._timers:
                self._timers.add((hearing.hearing_id, hearing.next_at))
                due = bank.program.clock.until(hearing.next_at)
                self._world.agenda.at(due, f"{name} hearings", partial(self._round, bank))
            if hearing.state is HearingState.told and hearing.hearing_id not in self._heard:
                self._heard.add(hearing.hearing_id)
                self._plan_answer(bank, hearing)

    def _round(self, bank: Bank) -> str | None:
        """Do what the bank's round does; a program that is down does it when it is up again."""
        if not bank.program.is_up(self._world.now):
            self._world.agenda.after(DOWN_SECONDS, f"{bank.name} hearings", partial(self._round, bank))
            return None
        setting = bank.program.peer.setting_at(bank.program.clock.now())
        office = self._offices[bank.name]
        # A crash in this very round must not be the end of it.
        self._world.agenda.after(DOWN_SECONDS, f"{bank.name} hearings", partial(self._again, bank))
        return f"heard {bank.program.store.run(lambda tx: hear_receivers(tx, office, EXCHANGE_ID, setting))}"

    def _again(self, bank: Bank) -> str | None:
        now = bank.program.clock.now()
        due = rows(bank.program.disc, LOCAL_HEARINGS, Condition("next_at", "<=", now))
        return self._round(bank) if due else None

    def _plan_answer(self, bank: Bank, hearing: LocalHearing) -> None:
        """Let a holder answer by one of the roads: soon, late, twice, otherwise than before, or not at all."""
        dice = self._dice
        seconds = dice.choice((0.01, 0.3, 1)) * dice.uniform(60, 4 * DAY)
        first = dice.choice((HearingState.agreed, HearingState.agreed, HearingState.objected, None, None))
        if self._is_careless():
            self._answer_later(bank, hearing, seconds / 2, HearingState.absent, is_wrong=True)
        if first is None:
            if self._chance(0.3):
                self._answer_later(bank, hearing, dice.uniform(6 * DAY, 9 * DAY), HearingState.agreed)
            return
        for _ in range(dice.choice((1, 1, 2))):
            self._answer_later(bank, hearing, seconds, first)
        if first is HearingState.agreed and self._chance(0.25):
            self._answer_later(bank, hearing, seconds + dice.uniform(60, 2 * DAY), HearingState.objected)

    def _answer_later(
        self, bank: Bank, hearing: LocalHearing, seconds: float, answer: HearingState, *, is_wrong: bool = False
    ) -> None:
        at_desk = self._chance(0.4)
        reasons = f"the holder came with their papers and said so: {hearing.hearing_id}" if at_desk else ""
        command = AnswerHearing(hearing_id=hearing.hearing_id, answer=answer, words=WORDS, reasons=reasons)
        officer = bank.program.officer_of(self._dice.choice((OFFICER, COLLEAGUE))) if at_desk else None

        def act(tx: Transaction, setting: Setting) -> object:
            before = tx.get(LOCAL_HEARINGS, hearing.hearing_id)
            done = answer_hearing(tx, command, EXCHANGE_ID, setting, officer=officer)
            changed = before is not None and tx.get(LOCAL_HEARINGS, hearing.hearing_id) != before
            return self._judged(f"answer {answer}", done, is_wrong=is_wrong and changed)

        self._desk.act_later(bank.program, seconds, act)

    def _look(self) -> str | None:
        lasts = timedelta(hours=self._world.options.hours) + MEASURES_WAIT + ANSWERED_WITHIN
        if self._world.now < START.plus(lasts):
            self._world.agenda.after(LOOK_SECONDS, "refunders", self._look)
        placed = Condition("status", "=", HoldStatus.placed)
        new: set[CaseId] = {
            hold.case_id
            for hold in rows(self._world.network.exchange.disc, CASE_HOLDS, placed)
            if hold.case_id not in self._cases
        }
        self._cases |= new
        taken = [case_id for case_id in sorted(new) if self._dice.randrange(1000) < self._world.options.hearings]
        for case_id in taken:
            self._plan_refund(case_id)
        self._order_what_was_answered()
        return f"{len(taken)} to be paid back" if taken else None

    def _plan_refund(self, case_id: CaseId) -> None:
        """Ask, let the prosecutor authorise and perhaps insist, and order: before, meanwhile and afterwards."""
        dice, exchange = self._dice, self._world.network.exchange
        asked = dice.choice((0.1, 1)) * dice.uniform(0, 6 * HOUR)
        for seconds in (asked, *((asked + dice.uniform(HOUR, 3 * DAY),) if self._chance(0.4) else ())):
            ask = self._ask(case_id)
            for _ in range(dice.choice((1, 1, 2))):
                self._desk.act_later(exchange, seconds, ask)
        first, second = self._number(), self._number()
        self._desk.act_later(exchange, dice.uniform(0, 2 * HOUR), self._authorise(case_id, first, insists=False))
        insists = self._chance(0.5)
        self._authorised[case_id] = (first, second if insists else first)
        if insists:
            written = dice.uniform(2 * HOUR, 7 * DAY)
            self._desk.act_later(exchange, written, self._authorise(case_id, second, insists=True))
        for since, until in WHEN_TRIED:
            number = second if insists and self._chance(0.5) else first
            seconds = asked + dice.uniform(since * HOUR, until * HOUR)
            self._desk.act_later(exchange, seconds, self._order(case_id, self._number(), number))

    def _order_what_was_answered(self) -> None:
        """Order a refund soon after somebody has answered or was found absent, on what the prosecutor has said."""
        for hearing in rows(self._world.network.exchange.disc, HEARINGS, order=("hearing_id",)):
            is_new = (hearing.hearing_id, hearing.state) not in self._answered
            if hearing.state in ANSWERS and is_new and hearing.case_id in self._authorised:
                self._answered.add((hearing.hearing_id, hearing.state))
                order = self._order(
                    hearing.case_id, self._number(), self._dice.choice(self._authorised[hearing.case_id])
                )
                self._desk.act_later(self._world.network.exchange, self._dice.uniform(0, 2 * HOUR), order)

    def _ask(self, case_id: CaseId) -> ActAtDesk:
        officer_id, police = self._dice.choice((OFFICER, COLLEAGUE)), self._world.network.police.name

        def act(tx: Transaction, setting: Setting) -> object:
            command = AskReceivers(case_id=case_id, participant_id=police, officer_id=officer_id)
            return self._judged("ask", ask_receivers(tx, command, setting))

        return act

    def _authorise(self, case_id: CaseId, number: int, *, insists: bool) -> ActAtDesk:
        prosecution = self._world.network.prosecution

        def act(tx: Transaction, setting: Setting) -> object:
            of_case = Condition("case_id", "=", case_id)
            holds = tx.find(CASE_HOLDS, of_case, order=("hold_id",), limit=HOLDS_MAX)
            case = tx.get(CASES, case_id)
            if not holds or case is None:
                return "nothing to authorise"
            decision = Authorisation(
                authorisation_id=_authorisation_id(number),
                case_id=case_id,
                lane=Lane.investigator,
                amount_minor=sum(hold.asked_minor for hold in holds),
                currency=case.currency,
                hold_ids=tuple(hold.hold_id for hold in holds),
                by=ActorRole.prosecutor,
                forum="Invented prosecution",
                decision_no=f"p-{number}/26",
                decided_on=setting.pack.data.calendar.local_day(setting.now),
                valid_to=setting.now.plus(LASTS),
                on_paper=False,
                statements=(),
                is_second_demand=insists,
            )
            subject, terms = decision.authorisation_id, decision.terms()
            signed = signed_by(prosecution, OFFICER, Act.authorise, subject, terms, setting.now)
            decision = msgspec.structs.replace(decision, statements=(signed,))
            entered = enter_authorisation(
                tx, EnterAuthorisation(decision=decision, participant_id=prosecution.name), setting
            )
            return self._judged("insist" if insists else "authorise", entered)

        return act

    def _order(self, case_id: CaseId, number: int, authorised: int) -> ActAtDesk:
        police, officer_id = self._world.network.police, self._dice.choice((OFFICER, COLLEAGUE))

        def act(tx: Transaction, setting: Setting) -> object:
            command = OrderRefund(
                refund_id=RefundId(f"ri-{number}"),
                case_id=case_id,
                lane=Lane.investigator,
                participant_id=police.name,
                statement="",
                authorisation_id=_authorisation_id(authorised),
                hold_ids=(),
            )
            terms = refund_terms(tx, command, setting.now)
            signed = signed_by(police, officer_id, Act.order_refund, command.refund_id, terms, setting.now)
            ordered = order_refund(tx, replace(command, statement=signed), setting)
            tests = () if ordered.assessment is None else ordered.assessment.tests
            against = ",".join(one.code for one in tests if not one.passed)
            told = "ordered" if ordered.rejection is None else f"{ordered.rejection} {against}".strip()
            insists = any(authorised == second != first for first, second in self._authorised.values())
            return self._noted("refund insisting" if insists else "refund", told)

        return act

    def _judged(self, what: str, result: object, *, is_wrong: bool = False) -> str:
        is_refused = isinstance(result, Rejection)
        if is_wrong and not is_refused:
            raise CheckFailed("heard", f"{what} was taken from a holder")
        return self._noted(what, str(result) if isinstance(result, Rejection) else "done")

    def _noted(self, what: str, told: str) -> str:
        key = f"{what}: {told}"
        self.done[key] = self.done.get(key, 0) + 1
        return told

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _is_careless(self) -> bool:
        return self._dice.randrange(1000) < self._world.options.careless_acts

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share


def _authorisation_id(number: int) -> AuthorisationId:
    return AuthorisationId(f"ap-{number}")
