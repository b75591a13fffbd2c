"""Small frauds on a running demonstration, as many as a test wants, always by the same way through the banks."""

from collections.abc import Sequence
from dataclasses import dataclass

from tarazy.app.records import Tracing
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import ExitKind
from tarazy.domain.tracing import ShareKind
from tarazy.edge.demonstration.world import TENGE
from tarazy.edge.stage.books import balance
from tarazy.edge.stage.plot import AIGUL, BANK_OF, DANIYAR, RUSLAN, TIMUR, Spending, Transfer
from tarazy.edge.stage.scene import Scene
from tarazy.edge.stage.story import count
from tarazy.values.ids import ParticipantId

REASONS = "The payer was called back and says how the caller deceived her."
TIMUR_BANK, RUSLAN_BANK, DANIYAR_BANK = (BANK_OF[account] for account in (TIMUR, RUSLAN, DANIYAR))
HELD = {TIMUR_BANK: 2_000 * TENGE, RUSLAN_BANK: 1_500 * TENGE, DANIYAR_BANK: 1_000 * TENGE}
"""What is held of one fraud at each bank."""
EXITED = 500 * TENGE
STOLEN = 5_000 * TENGE


@dataclass
class Thefts:
    """Commits frauds and reports them."""

    scene: Scene
    committed: int = 0

    def commit(self) -> Transfer:
        """Let Aigul be deceived once more, and the money go on; return her payment."""
        self.committed += 1
        number = self.committed
        theft = Transfer(key=f"t{number}", payer=AIGUL, payee=TIMUR, amount_minor=STOLEN)
        self.scene.play(
            (
                theft,
                Transfer(key=f"t{number}-2", payer=TIMUR, payee=RUSLAN, amount_minor=3_000 * TENGE),
                Transfer(key=f"t{number}-3", payer=RUSLAN, payee=DANIYAR, amount_minor=1_000 * TENGE),
                Spending(account=RUSLAN, amount_minor=EXITED, exit_kind=ExitKind.cash),
            )
        )
        return theft

    def drain(self) -> None:
        """Empty the accounts on the way, so that the next fraud's money is all there is."""
        for account in (TIMUR, RUSLAN):
            left = self.scene.account(account).spendable_minor
            if left:
                self.scene.spend(Spending(account=account, amount_minor=left, exit_kind=ExitKind.cash))

    def report(self, theft: Transfer) -> None:
        """Sign a report at the store of the bank: that works while its agent is dead, too."""
        self.scene.sign_into(None, theft, REASONS)

    def traced(self, theft: Transfer, seconds: float = 40) -> Tracing:
        """Wait until everything is answered for, and insist that it is what it must be."""
        self.scene.wait_until(f"the tracing of {theft.key}", lambda: self.scene.is_traced(theft), seconds)
        tracing = self.scene.tracing(theft)
        assert tracing is not None
        return tracing

    def held_at_banks(self, reported: Sequence[Transfer]) -> dict[ParticipantId, int]:
        """Return how much of some frauds is held at each bank, as the exchange sees it."""
        sums: dict[ParticipantId, int] = {}
        for theft in reported:
            for hold in self.scene.case_holds(theft):
                if hold.held_minor:
                    sums[hold.participant_id] = sums.get(hold.participant_id, 0) + hold.held_minor
        return sums

    def insist_all_held(self, *reported: Transfer) -> None:
        """Insist that frauds ended as if nothing had happened meanwhile: together, since their money has mixed."""
        sums = [self.traced(theft).sums for theft in reported]
        assert sum(one[ShareKind.held] for one in sums) == (STOLEN - EXITED) * len(reported)
        assert sum(one[ShareKind.exited] for one in sums) == EXITED * len(reported)
        assert self.held_at_banks(reported) == {bank: minor * len(reported) for bank, minor in HELD.items()}

    def insist_on_books(self) -> None:
        """Insist that the books balance once nothing is under way."""
        self.scene.settle(60)
        findings = count(self.scene.network)
        assert balance(findings), [one for finding in findings for one in finding.differences]

    def revive(self) -> None:
        """Start every program that is dead, the exchange first."""
        programs = self.scene.network.programs
        dead = sorted((one for one in programs.values() if not one.is_running), key=lambda one: one.name != EXCHANGE_ID)
        for program in dead:
            program.start()
        for program in dead:
            program.wait_until_up()
