"""Officers of the banks and of the exchange: they sign reports and mandates, decide upon holds, and order refunds.

An officer who does not know whether an act was kept, because the program died, does it again.
"""

from datetime import timedelta
from typing import Final

import msgspec

from tarazy.agent import desk
from tarazy.agent.desk import SignReport
from tarazy.agent.records import HOLDS, AgentHold
from tarazy.agent.reference_core import Payment
from tarazy.app.messages import queue
from tarazy.app.records import CASE_HOLDS, CASES
from tarazy.app.refunding import OrderRefund, order_refund, refund_terms
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldStatus
from tarazy.law.assessment import Lane, Measure
from tarazy.protocol.bodies import MandateSigned
from tarazy.protocol.report_bodies import CALL_BACK_CHECKS
from tarazy.protocol.statement import Act, Statement, sign_statement
from tarazy.simulation.decisions import Decisions, authorisation_id_of
from tarazy.simulation.desk import ActAtDesk
from tarazy.simulation.faults import Crashed
from tarazy.simulation.joins import Joins
from tarazy.simulation.options import beside
from tarazy.simulation.people import CURRENCY, People
from tarazy.simulation.programs import OFFICER, Bank, Program
from tarazy.simulation.returns import Returns
from tarazy.simulation.world import World
from tarazy.values.ids import (
    CaseId,
    HoldId,
    MandateId,
    NormId,
    ParticipantId,
    RefundId,
    ReportId,
    derived,
)
from tarazy.values.replacing import replace

OFFENCE: Final = "kz-cc-190-2-4"
FACTS: Final = ("payment_under_deceit",)
CEILING_MINOR: Final = 10**10
MANDATE_HOURS: Final = 24
AGAIN_SECONDS: Final = 900
DECIDED_SECONDS_MAX: Final = 9_000


class Officers:
    """Everybody who decides."""

    def __init__(self, world: World, people: People) -> None:
        self.world, self.people = world, people
        self.random, self.options = world.random, world.options
        self.reports: dict[ReportId, Payment] = {}
        self.returns = Returns(world, self)
        self.joins = Joins(world, self)
        self.decisions = Decisions(world)
        self._seen: set[HoldId] = set()
        self._refunds = 0

    def plan(self) -> None:
        """Sign the banks' mandates, and put thefts and what follows from them on the agenda."""
        for bank in self.world.banks:
            self._sign_mandate(bank)
        whole = self.options.hours * 3600
        for _ in range(self.options.thefts):
            self.world.agenda.after(self.random.uniform(0, whole / 2), "theft", self._theft)
        for _ in range(3 if self.options.refunds else 0):
            self.world.agenda.after(self.random.uniform(whole / 10, whole), "refunds", self._refunds_due)

    def look(self, name: ParticipantId) -> None:
        """Let a bank's officer find holds that nobody has looked at, and decide upon them some time later."""
        placed = Condition("status", "=", HoldStatus.placed)
        disc = self.world.network.banks[name].program.disc
        for hold in disc.run(lambda tx: tx.find(HOLDS, placed)):
            if hold.hold_id not in self._seen:
                self._seen.add(hold.hold_id)
                self._plan_decisions(self.world.network.banks[name], hold)

    def _plan_decisions(self, bank: Bank, hold: AgentHold) -> None:
        if self.world.dice.falls(self.options.officers_idle):
            return
        later = 0.0
        for _ in range(self.random.randint(1, 3)):
            later += self.random.uniform(0, DECIDED_SECONDS_MAX) * self.random.choice((0.0001, 0.001, 0.3, 1))
            decide = self.random.choices(
                (self._confirm, self._narrow, self._release, self.returns.offer), (5, 3, 1, 4)
            )[0]
            self.act_later(bank.program, later, decide(bank, hold.hold_id))

    def _confirm(self, bank: Bank, hold_id: HoldId) -> ActAtDesk:
        reasons, officer = f"the payment was made under deceit: {hold_id}", bank.program.officer
        return lambda tx, setting: desk.confirm_hold(tx, hold_id, reasons, officer, EXCHANGE_ID, setting)

    def _release(self, bank: Bank, hold_id: HoldId) -> ActAtDesk:
        reasons, officer = f"the holder has shown good faith: {hold_id}", bank.program.officer
        return lambda tx, setting: desk.release_hold(tx, hold_id, reasons, officer, EXCHANGE_ID, setting)

    def _narrow(self, bank: Bank, hold_id: HoldId) -> ActAtDesk:
        share, officer = self.random.randint(1, 99), bank.program.officer
        reasons = f"part of the money was the holder's own: {hold_id}"

        def act(tx: Transaction, setting: Setting) -> object:
            hold = tx.get(HOLDS, hold_id)
            keep = max(1, hold.held_minor * share // 100) if hold else 1
            return desk.narrow_hold_to(tx, hold_id, keep, reasons, officer, EXCHANGE_ID, setting)

        return act

    def _theft(self) -> str | None:
        theft = self.people.steal()
        if theft is None:
            return "nothing to steal"
        together = self.random.randrange(1000) < self.options.shared_incidents
        self._report_later(theft.payment, together=together)
        if self.random.randrange(1000) < self.options.downstream_reports:
            self.world.agenda.after(self.random.uniform(600, 20_000), "downstream", self._downstream)
        return f"{theft.payment.payment_id} {theft.payment.amount_minor} through {' '.join(theft.stations)}"

    def _downstream(self) -> str | None:
        """Somebody through whom stolen money passed reports a payment of their own."""
        among = [one for one in self.people.payments if one.to_participant in self.world.network.banks]
        if among:
            payment = self.random.choice(among[-10:])
            self._report_later(payment, together=False)
            return f"{payment.payment_id}"
        return None

    def _report_later(self, payment: Payment, *, together: bool) -> None:
        bank = self.world.network.banks[payment.from_participant]
        claim = payment.amount_minor if self.random.random() < 0.7 else self.random.randint(1, payment.amount_minor)  # noqa: PLR2004 -- most claim it all
        extra = self._overclaimed(payment)
        command = SignReport(
            payment=replace(payment, amount_minor=payment.amount_minor + extra),
            claim_minor=payment.amount_minor + extra if extra else claim,
            offence_id=OFFENCE,
            facts=FACTS,
            reasons="the payer was deceived by a caller",
            incident_id=None,
        )

        def act(tx: Transaction, setting: Setting) -> object:
            named = replace(command, incident_id=self.joins.some_incident() if together else None)
            return desk.sign_report(tx, named, bank.program.officer, EXCHANGE_ID, setting)

        delay = self.random.choice((30, 1800, 14_400)) * self.random.random() + 1
        self.act_later(bank.program, delay, act)
        report_id = desk.report_id_of(bank.name, payment)
        self.reports.setdefault(report_id, payment)
        if together:
            self.joins.plan(report_id, delay)
        if self.random.randrange(1000) < self.options.withdrawals:
            self.act_later(bank.program, delay + self.random.uniform(10, 20_000), self._withdraw(bank, report_id))

    def _overclaimed(self, payment: Payment) -> int:
        """Return by how much a bank says that more was paid than was."""
        dice = beside(self.random)
        return dice.randint(1, payment.amount_minor) if dice.randrange(1000) < self.options.overclaims else 0

    def _withdraw(self, bank: Bank, report_id: ReportId) -> ActAtDesk:
        is_refuted = self.random.random() < 0.5  # noqa: PLR2004 -- a coin
        reasons, officer = "the payer took it back after a call-back", bank.program.officer
        return lambda tx, setting: desk.withdraw_report(
            tx, report_id, reasons, officer, EXCHANGE_ID, setting, is_refuted=is_refuted, checks=CALL_BACK_CHECKS
        )

    def _sign_mandate(self, bank: Bank) -> None:
        mandate_id = MandateId(derived("md", bank.name))
        valid_from = self.world.now.plus(-timedelta(days=1))
        body = MandateSigned(
            mandate_id=mandate_id,
            statement="",
            measure=Measure.M4b,
            norms=(NormId("kz-credited-pause"),),
            currency=CURRENCY,
            ceiling_minor=CEILING_MINOR,
            hours=MANDATE_HOURS,
            valid_from=valid_from,
            valid_to=valid_from.plus(timedelta(days=365)),
        )
        statement = self.statement(bank.program, Act.sign_mandate, mandate_id, body.terms())
        body = msgspec.structs.replace(body, statement=statement)

        setting = bank.program.peer.setting_at(bank.program.clock.now())
        envelope = setting.envelope(EXCHANGE_ID, body, mandate_id)
        bank.program.disc.run(lambda tx: queue(tx, envelope, setting))

    def statement(self, program: Program, act: Act, subject_id: str, terms: tuple[tuple[str, str], ...] = ()) -> str:
        """Return a statement of a program's officer."""
        said = Statement(
            act=act,
            subject_id=subject_id,
            officer_id=OFFICER,
            participant_id=program.name,
            at=program.clock.now(),
            reasons="decided on the facts of this case",
            terms=terms,
        )
        return sign_statement(said, program.officer.sign)

    def _refunds_due(self) -> str | None:
        cases = self.world.network.exchange.disc.run(lambda tx: tx.find(CASES))
        for case in cases:
            if self.random.randrange(1000) < self.options.refunds:
                lane = self.random.choice((Lane.court, Lane.consent))
                later = self.random.uniform(0, 3600)
                self.act_later(self.world.network.exchange, later, self._refund(case.case_id, lane))
                if lane is Lane.consent:
                    self.returns.change_minds(later)
        return f"{len(cases)} cases"

    def refund_later(self, hold_id: HoldId, seconds: float) -> None:
        """Let a refund with the holders' consent be ordered in the case of a hold."""

        def ordered() -> str | None:
            hold = self.world.network.exchange.disc.run(lambda tx: tx.get(CASE_HOLDS, hold_id))
            if hold is not None:
                self.act_later(self.world.network.exchange, 0, self._refund(hold.case_id, Lane.consent))
            return None

        self.world.agenda.after(seconds, "refund", ordered)

    def _refund(self, case_id: CaseId, lane: Lane) -> ActAtDesk:
        self._refunds += 1
        refund_id = RefundId(f"rf-{self._refunds}")
        number = self._refunds
        signer = self.random.choice(self.world.banks).program if lane is Lane.consent else self.world.network.police

        def act(tx: Transaction, setting: Setting) -> object:
            if lane is Lane.court:
                self.decisions.decide(tx, case_id, number, setting)
            command = self._refund_command(refund_id, number, case_id, lane, signer)
            terms = refund_terms(tx, command, setting.now)
            signed = self.statement(signer, Act.order_refund, refund_id, terms)
            command = replace(command, statement=signed)
            ordered = order_refund(tx, command, setting)
            return ordered.rejection or (ordered.refund and ordered.refund.pot_minor)

        return act

    def _refund_command(
        self, refund_id: RefundId, number: int, case_id: CaseId, lane: Lane, signer: Program
    ) -> OrderRefund:
        return OrderRefund(
            refund_id=refund_id,
            case_id=case_id,
            lane=lane,
            participant_id=signer.name,
            statement="",
            authorisation_id=authorisation_id_of(number) if lane is Lane.court else None,
            hold_ids=(),
        )

    def act_later(self, program: Program, seconds: float, act: ActAtDesk) -> None:
        """Let somebody act at a program some time later."""
        self.world.agenda.after(seconds, f"{program.name} desk", lambda: self._do(program, act))

    def _do(self, program: Program, act: ActAtDesk) -> str | None:
        """Do an act at a program that runs; one that died meanwhile is asked again later."""
        if not program.is_up(self.world.now):
            self.act_later(program, AGAIN_SECONDS, act)
            return "down"
        setting = program.peer.setting_at(program.clock.now())
        try:
            return str(program.peer.store.run(lambda tx: act(tx, setting)))
        except Crashed:
            self.act_later(program, AGAIN_SECONDS, act)
            raise
