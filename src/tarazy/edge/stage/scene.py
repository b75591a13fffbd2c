"""The network as the story acts on it: people pay, ask and sign as their pages let them, and the story waits for facts.

People act through the pages of their own program over HTTP. Where there is no page for something, the same use case
runs in the bank's own store, under the officer's key: a payment of the past, a report that names an incident.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from tarazy.agent.desk import OfficerAtDesk, SignReport, sign_report
from tarazy.agent.reference_core import CORE_PAYMENTS, Payment
from tarazy.agent.requests import SafeContact, Told, note_report
from tarazy.app.records import JOIN_REQUESTS
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.rejection import Rejection
from tarazy.edge.demonstration.processes import Program
from tarazy.edge.demonstration.world import CURRENCY, TENGE
from tarazy.edge.stage.kept import Kept
from tarazy.edge.stage.plot import BANK_OF, Spending, Transfer
from tarazy.edge.stage.visitor import Visitor
from tarazy.protocol.statement import Act, Statement, sign_statement
from tarazy.values.ids import AccountId, IncidentId, OfficerId, ParticipantId, ReportId

LOOK_SECONDS: Final = 0.02
WAIT_SECONDS_MAX: Final = 30.0
OFFENCE: Final = "kz-cc-190-3"
FACTS: Final = ("payment_under_deceit",)
ANALYST: Final = OfficerId("officer-1")

Found = TypeVar("Found")


class StoryFault(Exception):
    """The story could not go on: what was waited for, and how long."""


class Scene(Kept):
    """The running demonstration, with the hands of its people."""

    def program(self, name: str) -> Program:
        """Return a program by its name."""
        return self.network.programs[name]

    def wait(self, what: str, look: Callable[[], Found | None], seconds: float = WAIT_SECONDS_MAX) -> Found:
        """Look again and again until there is something. Raises StoryFault where it never comes."""
        deadline = time.monotonic() + seconds
        while True:
            found = look()
            if found is not None:
                return found
            if time.monotonic() > deadline:
                raise StoryFault(f"waited {seconds:.0f} s for {what}, in vain")
            time.sleep(LOOK_SECONDS)

    def wait_until(self, what: str, holds: Callable[[], bool], seconds: float = WAIT_SECONDS_MAX) -> None:
        """Wait until something is so."""
        self.wait(what, lambda: True if holds() else None, seconds)

    # --- money

    def pay(self, transfer: Transfer) -> None:
        """Make a payment in the payer's bank, as the app does, and wait until it has arrived."""
        payment = Payment(
            payment_id=transfer.ref,
            serial=0,
            from_participant=transfer.payer_bank,
            to_participant=transfer.payee_bank,
            to_account=transfer.payee,
            for_report=None,
            amount_minor=transfer.amount_minor,
            currency=CURRENCY,
            is_protected=transfer.is_protected,
            sent_at=self.now(),
            original_ref=None,
            done_at=None,
            to_name=self._name_of(transfer.payee),
        )
        self.network.cores[transfer.payer_bank].pay(payment, transfer.payer, self.now())
        self.wait_until(f"payment {transfer.key} to arrive", lambda: self.payment(transfer).done_at is not None)

    def spend(self, spending: Spending) -> None:
        """Let money leave the system. Raises PaymentDeclined."""
        core = self.network.cores[BANK_OF[spending.account]]
        core.spend(spending.account, spending.amount_minor, spending.exit_kind, self.now())

    def play(self, rows: Iterable[Transfer | Spending]) -> None:
        """Let payments happen in order."""
        for row in rows:
            if isinstance(row, Transfer):
                self.pay(row)
            else:
                self.spend(row)

    def payment(self, transfer: Transfer) -> Payment:
        """Return a payment as its bank's core keeps it."""
        found = self.at(transfer.payer_bank, lambda tx, _: tx.get(CORE_PAYMENTS, transfer.ref))
        assert found is not None
        return found

    # --- acts

    def officer(self, participant: ParticipantId, officer_id: OfficerId = ANALYST) -> OfficerAtDesk:
        """Return an officer with their key."""
        return OfficerAtDesk(officer_id, self.network.keyrings[participant].officers[officer_id].signer())

    def phone(self, account_id: AccountId) -> Visitor:
        """Open the bank's app on a person's phone."""
        visitor = Visitor(self.network.url(BANK_OF[account_id]))
        visitor.get("/app/sign-in")
        visitor.send("/app/sign-in", [("account_id", account_id)])
        return visitor

    def desk(self, bank: ParticipantId) -> Visitor:
        """Sit down at a bank's desk as its analyst."""
        visitor = Visitor(self.network.url(bank))
        visitor.get("/desk/sign-in")
        visitor.send("/desk/sign-in", [("officer_id", ANALYST)])
        return visitor

    def console(self, role: str) -> Visitor:
        """Sit down at the exchange's console in a role."""
        visitor = Visitor(self.network.url(EXCHANGE_ID))
        visitor.get("/console")
        visitor.send("/console/role", [("role", role), ("back", "/console")])
        return visitor

    def ask_bank(self, transfer: Transfer, told: Sequence[Told]) -> None:
        """Let the payer pick the payment on the phone and say what happened."""
        taps = [("told", one.value) for one in told]
        fields = [*taps, ("contact", SafeContact.app_only.value), ("step", "send")]
        self.phone(transfer.payer).send(f"/app/deceived/{transfer.ref}", fields)

    def sign(self, transfer: Transfer, reasons: str) -> None:
        """Let the officer of the payer's bank sign the report on a payment at the desk, after the call-back."""
        fields = [
            ("claim", typed(transfer.amount_minor)),
            ("offence", OFFENCE),
            *(("fact", one) for one in FACTS),
            ("reasons", reasons),
        ]
        self.desk(transfer.payer_bank).send(f"/desk/payments/{transfer.ref}/report", fields)

    def sign_into(self, incident_id: IncidentId | None, transfer: Transfer, reasons: str) -> ReportId:
        """Let the officer sign a report that asks to join an incident, where one is named.

        The form at the desk cannot name one yet.
        """
        payment = self.payment(transfer)
        command = SignReport(
            payment=payment,
            claim_minor=payment.amount_minor,
            offence_id=OFFENCE,
            facts=FACTS,
            reasons=reasons,
            incident_id=incident_id,
        )
        officer = self.officer(transfer.payer_bank)

        def work(tx: Transaction, setting: Setting) -> ReportId | Rejection:
            signed = sign_report(tx, command, officer, EXCHANGE_ID, setting)
            if not isinstance(signed, Rejection):
                note_report(tx, payment.payment_id, signed, officer.officer_id, setting.now)
            return signed

        signed = self.at(transfer.payer_bank, work)
        if isinstance(signed, Rejection):
            raise StoryFault(f"report on {transfer.key}: {signed}")
        return signed

    def accept_join(self, transfer: Transfer, reasons: str) -> None:
        """Let the investigator accept at the console that a report joins the incident that it has named."""
        report_id = self.known_report(transfer).report_id
        request = self.at(EXCHANGE_ID, lambda tx, _: tx.get(JOIN_REQUESTS, report_id))
        assert request is not None
        fields = [("report", report_id), ("decision", "accept"), ("reasons", reasons)]
        self.console("investigator").send(f"/console/cases/{request.case_id}/joins", fields)

    def statement(
        self,
        participant: ParticipantId,
        officer_id: OfficerId,
        act: Act,
        subject_id: str,
        reasons: str,
        terms: tuple[tuple[str, str], ...] = (),
    ) -> str:
        """Return an officer's signed statement."""
        said = Statement(
            act=act,
            subject_id=subject_id,
            officer_id=officer_id,
            participant_id=participant,
            at=self.now(),
            reasons=reasons,
            terms=terms,
        )
        key = self.network.keyrings[participant].officers[officer_id]
        return sign_statement(said, key.signer())

    def delay_core(self, participant: ParticipantId, delay: str) -> None:
        """Make a bank's core answer after so many milliseconds, or be ``away``."""
        path = self.network.home / f"{participant}.profile.core"
        partial = path.with_suffix(".partial")
        partial.write_text(delay)
        partial.replace(path)

    def core_delay(self, participant: ParticipantId) -> str:
        """Return what a bank's core does to whoever asks it."""
        path = self.network.home / f"{participant}.profile.core"
        return path.read_text().strip() if path.exists() else "0"

    def settle(self, seconds: float = WAIT_SECONDS_MAX) -> None:
        """Wait until nothing is under way."""
        self.wait_until("everything to come to rest", self.is_at_rest, seconds)

    def _name_of(self, account_id: AccountId) -> str:
        return next(one.name for bank in self.network.banks for one in bank.people if one.account_id == account_id)


def typed(minor: int) -> str:
    """Return a sum in tenge as a person types it."""
    return f"{minor // TENGE}.{minor % TENGE:02d}"
