"""What the running programs have kept: read as it is now, from the store of the one who keeps it."""

import os
from collections.abc import Callable
from typing import TypeVar

from tarazy.adapters.packs import load_pack
from tarazy.agent.records import ACCOUNTS, CORE_COMMANDS, HOLDS, SERVED_NOTICES, AgentHold, ServedNotice
from tarazy.agent.reference_core import CORE_ACCOUNTS, CORE_PAYMENTS, CoreAccount
from tarazy.app.messages import OUTBOX
from tarazy.app.records import CASE_HOLDS, EVENTS, MANDATES, REPORTS, TRACINGS, CaseHold, Report, Tracing
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.bootstrap import EXCHANGE_ID, setting_for
from tarazy.domain.hold import LIVE_STATUSES
from tarazy.domain.tracing import ShareKind
from tarazy.edge.demonstration.network import DemonstrationNetwork
from tarazy.edge.stage.plot import BANK_OF, Transfer
from tarazy.law.ground import Pack
from tarazy.values.ids import AccountId, ParticipantId, derived
from tarazy.values.instant import Instant

Found = TypeVar("Found")


class Kept:
    """The programs' stores and cores, as anybody of the demonstration may look at them."""

    def __init__(self, network: DemonstrationNetwork) -> None:
        self.network = network

    @property
    def pack(self) -> Pack:
        """The law of the demonstration."""
        return load_pack(self.network.pack_id)

    def now(self) -> Instant:
        """Return the demonstration's moment."""
        return self.network.clock.now()

    def at(self, participant: ParticipantId, work: Callable[[Transaction, Setting], Found]) -> Found:
        """Run a use case in a participant's store, in the participant's circumstances now."""
        assert self.network.trust is not None
        ring = self.network.keyrings[participant]
        setting = setting_for(ring, self.network.trust, self.pack, os.urandom)(self.now())
        return self.network.stores[participant].run(lambda tx: work(tx, setting))

    def account(self, account_id: AccountId) -> CoreAccount:
        """Return an account as its bank's core keeps it."""
        found = self.network.cores[BANK_OF[account_id]].account(account_id)
        assert found is not None
        return found

    def report(self, transfer: Transfer) -> Report | None:
        """Return the report on a payment as the exchange has it, if it has come there."""
        report_id = derived("rp", transfer.payer_bank, transfer.ref)
        return self.at(EXCHANGE_ID, lambda tx, _: tx.get(REPORTS, report_id))

    def known_report(self, transfer: Transfer) -> Report:
        """Return a report that the exchange has."""
        found = self.report(transfer)
        assert found is not None
        return found

    def tracing(self, transfer: Transfer) -> Tracing | None:
        """Return the tracing of a reported payment, if it has begun."""
        report = self.report(transfer)
        return None if report is None else self.at(EXCHANGE_ID, lambda tx, _: tx.get(TRACINGS, report.tracing_id))

    def case_holds(self, transfer: Transfer) -> list[CaseHold]:
        """Return the holds of a report as the exchange sees them, oldest first."""
        mine = Condition("report_id", "=", self.known_report(transfer).report_id)
        return self.at(EXCHANGE_ID, lambda tx, _: tx.find(CASE_HOLDS, mine, order=("placed_at", "hold_id")))

    def hold_on(self, account_id: AccountId) -> AgentHold:
        """Return the live hold on an account."""
        live = self.live_holds(BANK_OF[account_id])
        return next(hold for hold in live if hold.account_id == account_id)

    def live_holds(self, bank: ParticipantId) -> list[AgentHold]:
        """Return the holds that a bank says are live."""
        live = Condition("status", "in", list(LIVE_STATUSES))
        return self.at(bank, lambda tx, _: tx.find(HOLDS, live, order=("hold_id",)))

    def hold(self, bank: ParticipantId, hold_id: str) -> AgentHold:
        """Return one hold as its bank has it."""
        found = self.at(bank, lambda tx, _: tx.get(HOLDS, hold_id))
        assert found is not None
        return found

    def notices(self, account_id: AccountId) -> list[ServedNotice]:
        """Return what the holder of an account was told, oldest first."""
        mine = Condition("account_id", "=", account_id)
        return self.at(BANK_OF[account_id], lambda tx, _: tx.find(SERVED_NOTICES, mine, order=("served_at",)))

    def is_traced(self, transfer: Transfer) -> bool:
        """Whether every unit of a reported payment has been answered for and every core has answered."""
        tracing = self.tracing(transfer)
        return tracing is not None and self.open_minor(tracing) == 0

    def open_minor(self, tracing: Tracing) -> int:
        """Return how many units still wait for somebody's answer."""
        return tracing.asking_minor + tracing.sums[ShareKind.requested] + tracing.sums[ShareKind.waiting]

    def mandates_known(self) -> bool:
        """Whether the exchange knows every bank's standing mandate."""
        signed = self.at(EXCHANGE_ID, lambda tx, _: {mandate.participant_id for mandate in tx.find(MANDATES)})
        return signed >= {bank.participant_id for bank in self.network.banks}

    def is_booked(self, bank: ParticipantId) -> bool:
        """Whether a bank's agent has booked everything that its core has."""

        def work(tx: Transaction, _: Setting) -> bool:
            lines = {line.account_id: line.entry_no for line in tx.find(ACCOUNTS)}
            return all(lines.get(one.account_id) == one.entry_no for one in tx.find(CORE_ACCOUNTS))

        return self.at(bank, work)

    def is_at_rest(self) -> bool:
        """Whether nothing waits to be carried, booked, asked of a core or numbered in the log."""
        waiting = Condition("done_at", "is_null")

        def bank_rests(tx: Transaction, _: Setting) -> bool:
            to_carry, to_ask = tx.find(OUTBOX, waiting, limit=1), tx.find(CORE_COMMANDS, waiting, limit=1)
            return not (to_carry or to_ask or tx.find(CORE_PAYMENTS, waiting, limit=1))

        def exchange_rests(tx: Transaction, _: Setting) -> bool:
            unnumbered = tx.find(EVENTS, Condition("log_index", "is_null"), limit=1)
            return not unnumbered and not tx.find(OUTBOX, waiting, limit=1)

        banks = [bank.participant_id for bank in self.network.banks]
        return self.at(EXCHANGE_ID, exchange_rests) and all(
            self.at(bank, bank_rests) and self.is_booked(bank) for bank in banks
        )
