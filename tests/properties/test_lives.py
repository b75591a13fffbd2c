"""Any life of a small network keeps its promises: sums add up, nothing is held beyond what was stolen or its time.

Commands come in any order and at any moment, also while banks are away or asleep and results are lost. After each of
them the books of the exchange and of all banks are examined; at the end everybody is back, and everything must come to
rest and add up.
"""

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.desk import report_id_of
from tarazy.agent.records import HOLDS, LOCAL_REPORTS, AgentHold
from tarazy.agent.reference_core import CORE_RESERVES, PaymentDeclined
from tarazy.app.records import CASE_HOLDS, REPORTS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import AccountKind, ExitKind
from tarazy.domain.hold import LIVE_STATUSES
from tarazy.values.ids import AccountId, ReportId
from tests.story import BANKS, Network
from tests.story_checks import check_bank, check_exchange
from tests.story_people import opened
from tests.story_reading import report
from tests.unit.app.test_refunding import refunded

VICTIMS = {"aigul": "bank-a", "berik": "bank-b", "dana": "bank-c"}
OTHERS = {"askar": "bank-a", "botagoz": "bank-b", "bolat": "bank-b", "dani": "bank-c"}
BANK_OF = VICTIMS | OTHERS
NAMES = list(BANK_OF)
OPENING = 20_000
SMALL = st.integers(0, 20)
AMOUNTS = st.integers(100, 4_000)


class Life(RuleBasedStateMachine):
    """A network, and everything that can happen to it."""

    asks_at_once = False

    def __init__(self) -> None:
        super().__init__()
        self.network = Network(lambda _: MemoryStore(), asks_at_once=self.asks_at_once)
        for name, bank in BANK_OF.items():
            self.network.accounts[name] = bank
            account = opened(name, OPENING if name in VICTIMS else 0, AccountKind.personal)
            self.network.core(bank).open_account(account)
        self.network.settle()
        self.payments: list[str] = []
        self.reports: list[ReportId] = []
        self.refunds = 0

    def _pays(self, payer: str, payee: str, amount: int, *, is_protected: bool = False) -> str | None:
        ref = f"t{len(self.payments)}"
        try:
            self.network.pay(ref, payer, payee, amount, is_protected=is_protected)
        except PaymentDeclined:
            return None
        self.payments.append(ref)
        return ref

    def _goes_on(self, *, is_settled: bool) -> None:
        if is_settled:
            self.network.settle()

    @rule(
        victim=st.sampled_from(list(VICTIMS)),
        hops=st.permutations(list(OTHERS)),
        parts=st.tuples(SMALL, SMALL),
        amount=AMOUNTS,
        claim=AMOUNTS,
        is_one_fraud=st.booleans(),
    )
    def rob(
        self, victim: str, hops: list[str], parts: tuple[int, int], amount: int, claim: int, *, is_one_fraud: bool
    ) -> None:
        """Money goes from a victim through one, two or three accounts, and is reported."""
        ref = self._pays(victim, hops[0], amount)
        self.network.settle()
        for hop, part in enumerate(parts):
            if part:
                self._pays(hops[hop], hops[hop + 1], amount * part // 20)
                self.network.settle()
        if ref is not None:
            self.reports.append(self.network.file(ref, min(claim, amount), incident="in-1" if is_one_fraud else None))
            self.network.settle()
            self.network.join(self.reports[-1])

    @rule(payer=SMALL, payee=SMALL, amount=AMOUNTS, is_protected=st.booleans(), is_settled=st.booleans())
    def pay(self, payer: int, payee: int, amount: int, *, is_protected: bool, is_settled: bool) -> None:
        """Somebody pays somebody, if the core lets them."""
        self._pays(NAMES[payer % len(NAMES)], NAMES[payee % len(NAMES)], amount, is_protected=is_protected)
        self._goes_on(is_settled=is_settled)

    @rule(payer=SMALL, amount=AMOUNTS, forced=st.booleans())
    def spend(self, payer: int, amount: int, *, forced: bool) -> None:
        """Somebody takes cash, or is debited whatever they have."""
        name = NAMES[payer % len(NAMES)]
        core = self.network.core(self.network.accounts[name])
        if forced:
            core.force_debit(AccountId(name), amount, ExitKind.card, self.network.now)
            return
        try:
            self.network.spend(name, amount)
        except PaymentDeclined:
            return

    @precondition(lambda self: self.payments)
    @rule(which=SMALL, claim=AMOUNTS, is_settled=st.booleans())
    def report(self, which: int, claim: int, *, is_settled: bool) -> None:
        """An officer reports a payment, perhaps one on which stolen money has gone on."""
        ref = self.payments[which % len(self.payments)]
        payment = self.network.payment(ref)
        report_id = report_id_of(payment.from_participant, payment)
        if report_id not in self.reports:
            self.reports.append(self.network.file(ref, min(claim, payment.amount_minor)))
            self._goes_on(is_settled=is_settled)

    @precondition(lambda self: self.reports)
    @rule(which=SMALL)
    def withdraw(self, which: int) -> None:
        """A report is taken back."""
        report_id = self.reports[which % len(self.reports)]
        for bank in BANKS:
            if any(
                row.report_id == report_id and row.withdrawn_at is None
                for row in self.network.rows(bank, LOCAL_REPORTS)
            ):
                self.network.withdraw(bank, report_id)

    @rule(which=SMALL, act=st.sampled_from(["confirm", "let go", "narrow"]), keep=AMOUNTS, is_settled=st.booleans())
    def decide(self, which: int, act: str, keep: int, *, is_settled: bool) -> None:
        """An officer confirms, releases or narrows a hold, or hears why not."""
        holds = [(bank, hold) for bank in BANKS for hold in live_holds(self.network, bank)]
        if not holds:
            return
        bank, hold = holds[which % len(holds)]
        self.network.now = self.network.now.plus(timedelta(seconds=1))
        if act == "confirm":
            self.network.confirm(bank, hold.hold_id)
        elif act == "let go":
            self.network.let_go(bank, hold.hold_id)
        else:
            self.network.narrow(bank, hold.hold_id, keep)
            self.network.work(bank)
        self._goes_on(is_settled=is_settled)

    @precondition(lambda self: self.reports)
    @rule(which=SMALL)
    def refund(self, which: int) -> None:
        """A court has held money of a case paid back, perhaps before an earlier refund has been paid."""
        filed = {row.report_id: row for row in self.network.rows(EXCHANGE_ID, REPORTS) if row.status == "filed"}
        kept = filed.get(self.reports[which % len(self.reports)])
        if kept is None:
            return
        if self.network.rows(EXCHANGE_ID, CASE_HOLDS, Condition("case_id", "=", kept.case_id)):
            self.refunds += 1
            refunded(self.network, kept.report_id, refund=f"rf-{self.refunds}")

    @rule(bank=st.sampled_from(BANKS), what=st.sampled_from(["is_away", "is_asleep"]))
    def trouble(self, bank: str, what: str) -> None:
        """A bank goes away or falls asleep, or comes back."""
        setattr(self.network.banks[bank], what, not getattr(self.network.banks[bank], what))

    @rule(bank=st.sampled_from(BANKS), to_exchange=st.booleans())
    def lose(self, bank: str, *, to_exchange: bool) -> None:
        """The next result between the exchange and a bank will be lost."""
        self.network.losing.add((bank, EXCHANGE_ID) if to_exchange else (EXCHANGE_ID, bank))

    @rule(bank=st.sampled_from(BANKS), outward=st.booleans(), limit=st.integers(1, 3))
    def carry(self, bank: str, limit: int, *, outward: bool) -> None:
        """A few messages get through."""
        if not self.network.banks[bank].is_away:
            source, target = (EXCHANGE_ID, bank) if outward else (bank, EXCHANGE_ID)
            self.network.carry(source, target, limit)

    @rule(bank=st.sampled_from(BANKS))
    def work(self, bank: str) -> None:
        """An agent does one round of its work."""
        self.network.work(bank)

    @rule(minutes=st.sampled_from([1, 10, 30, 60, 120]))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self.network.now = self.network.now.plus(timedelta(minutes=minutes))

    @rule()
    def settle(self) -> None:
        """Everything that can be done is done."""
        self.network.settle()

    @invariant()
    def adds_up(self) -> None:
        """Sums, lines and lives of holds are in order at every moment; nobody counts a hold beyond its time."""
        network = self.network
        check_exchange(network.exchange.store, network.watch)
        for bank in BANKS:
            check_bank(network.peer(bank).store, network.watch, bank, is_at_rest=False)
            most = {hold.hold_id: hold.expires_at_most for hold in network.rows(bank, HOLDS)}
            for reserve in network.rows(bank, CORE_RESERVES):
                assert reserve.expires_at <= most[reserve.hold_id]

    def teardown(self) -> None:
        """Let everybody come back: all comes to rest, and a day later nothing is reserved anywhere."""
        for one in self.network.banks.values():
            one.is_away = one.is_asleep = False
        self.network.settle()
        for report_id in self.reports:
            kept = report(self.network, report_id)
            assert kept.returned_minor <= kept.claim_minor
        self.network.wait(days=1)
        for bank in BANKS:
            assert self.network.rows(bank, CORE_RESERVES) == []
            assert live_holds(self.network, bank) == []
        assert all(hold.status not in LIVE_STATUSES for hold in self.network.rows(EXCHANGE_ID, CASE_HOLDS))


def live_holds(network: Network, bank: str) -> list[AgentHold]:
    return [hold for hold in network.rows(bank, HOLDS) if hold.status in LIVE_STATUSES]


class QuickLife(Life):
    """The same, with cores so quick that they are asked before the exchange is answered."""

    asks_at_once = True


TestLives = Life.TestCase
TestQuickLives = QuickLife.TestCase
TestLives.settings = TestQuickLives.settings = settings(
    derandomize=True,
    deadline=None,
    max_examples=50,
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
