"""All checkers of one world, and when each of them looks."""

from collections.abc import Mapping

from tarazy.agent.notices import NoticeOffice
from tarazy.app.sequencing import LogSigner
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.simulation.checkers.agreement import check_agreement
from tarazy.simulation.checkers.authority import AuthorityAtBank, AuthorityAtExchange
from tarazy.simulation.checkers.books import BooksChecker
from tarazy.simulation.checkers.caps_of_measures import CapsAtBank, CapsAtExchange
from tarazy.simulation.checkers.clocks import ClocksChecker
from tarazy.simulation.checkers.closures import ClosuresAtBank
from tarazy.simulation.checkers.consents import ConsentsChecker
from tarazy.simulation.checkers.core_books import CoreBooks
from tarazy.simulation.checkers.deferred import DeferredChecker
from tarazy.simulation.checkers.ends import check_piece_ends, check_tracing_ends
from tarazy.simulation.checkers.events import check_events
from tarazy.simulation.checkers.facts import FactsChecker
from tarazy.simulation.checkers.finding import demand
from tarazy.simulation.checkers.hands import HandsChecker
from tarazy.simulation.checkers.heard import HeardAtBank, HeardAtExchange
from tarazy.simulation.checkers.holds import HoldsChecker, check_sums_of_holds
from tarazy.simulation.checkers.joined import check_joined
from tarazy.simulation.checkers.locked import LockedChecker
from tarazy.simulation.checkers.log_tree import LogChecker
from tarazy.simulation.checkers.messages import check_messages, check_money, check_refunds
from tarazy.simulation.checkers.news import check_figures, check_reporters, check_totals
from tarazy.simulation.checkers.notices import NoticesChecker
from tarazy.simulation.checkers.pauses import PausesChecker
from tarazy.simulation.checkers.read_papers import PapersAtBank, PapersAtExchange
from tarazy.simulation.checkers.registers import RegistersChecker
from tarazy.simulation.checkers.remedies import RemediesChecker
from tarazy.simulation.checkers.shadows import check_shadows
from tarazy.simulation.checkers.told import ToldChecker
from tarazy.simulation.checkers.tracings import TracingsChecker
from tarazy.simulation.checkers.truth import Judge, Recorder, Replay
from tarazy.simulation.checkers.versions import VersionsChecker
from tarazy.simulation.world import World
from tarazy.values.ids import ParticipantId

EVERY_STEPS = 100


class Judges:
    """Every independent checker of a run. Each raises `CheckFailed` for what it sees."""

    def __init__(self, world: World, signer: LogSigner, offices: Mapping[ParticipantId, NoticeOffice]) -> None:
        self._world = world
        banks = world.network.banks
        self._cores = {name: CoreBooks(bank) for name, bank in banks.items()}
        self._books = {name: BooksChecker(bank, self._cores[name]) for name, bank in banks.items()}
        self._holds = {name: HoldsChecker(world, bank, self._cores[name]) for name, bank in banks.items()}
        self._recorders = {name: Recorder(bank, self._cores[name]) for name, bank in banks.items()}
        self._notices = {name: NoticesChecker(bank, offices[name]) for name, bank in banks.items()}
        self._consents = {
            name: ConsentsChecker(bank, world.network.exchange, world.network.trust) for name, bank in banks.items()
        }
        self._pauses = {
            name: PausesChecker(bank, self._cores[name], world.network.trust) for name, bank in banks.items()
        }
        self._law = LawJudges(world, offices)
        self._tracings = TracingsChecker(world.network.exchange.disc)
        self._log = LogChecker(world.network.exchange, signer)
        self._steps = 0
        self._runs = 0
        self.leaves = 0

    def after_agent_step(self, name: ParticipantId) -> None:
        """Look at a bank after one step of its agent."""
        self._cores[name].read_on()
        self._recorders[name].observe()
        self._books[name].check()
        self._holds[name].check()

    def after_bank_ran(self, name: ParticipantId) -> None:
        """Look at a bank after any task in which its agent ran a transaction."""
        self._notices[name].check()
        self._consents[name].check()
        self._pauses[name].check()
        self._law.after_bank_ran(name)

    def after_letting_go(self, name: ParticipantId) -> None:
        """Look at a bank whose agent has just ended what was due."""
        self._holds[name].check_ended()

    def after_core_ran(self, name: ParticipantId) -> None:
        """Look at a core that has just dropped what was due."""
        self._holds[name].check_core_ended()
        self._pauses[name].check_core()

    def after_step(self) -> None:
        """Look at the exchange, and now and then at everything."""
        self._steps += 1
        runs = self._world.network.exchange.store.runs
        if runs != self._runs:
            self._runs = runs
            self._tracings.check()
            self._log.check()
            self._law.after_exchange_ran()
        demand("entries", not self._world.faults, f"could not be booked: {self._world.faults[:1]}")
        if self._steps % EVERY_STEPS == 0:
            self._check_network(is_quiet=False)

    def when_quiet(self) -> None:
        """Look at everything once nothing is under way."""
        for name in self._world.network.banks:
            self.after_agent_step(name)
            self._books[name].check_read_up()
            self._holds[name].check_quiet()
            self._pauses[name].check_quiet()
            self._notices[name].check()
            if name not in self._world.network.gone:
                self._notices[name].check_quiet(self._world.network.exchange.disc)
        self._tracings.check()
        self._law.when_quiet()
        self._log.check_quiet()
        check_agreement(self._world.network)
        check_piece_ends(self._world.network)
        check_tracing_ends(self._world.network)
        self._check_network(is_quiet=True)
        network = self._world.network
        self.leaves += Judge(network, Replay(network, self._recorders, self._cores)).check()

    def when_over(self) -> None:
        """Look once more at what is true only when nothing is held any more."""
        exchange = self._world.network.exchange
        check_figures(exchange.disc, exchange.clock.now())

    def _check_network(self, *, is_quiet: bool) -> None:
        network = self._world.network
        for core in self._cores.values():
            core.read_on()
        check_sums_of_holds(network, list(self._holds.values()))
        check_messages(network, is_quiet=is_quiet)
        check_money(network, self._cores, is_quiet=is_quiet)
        check_refunds(network, is_quiet=is_quiet)
        exchange = network.program(EXCHANGE_ID)
        check_events(exchange.disc)
        check_totals(exchange.disc)
        check_shadows(network)
        check_joined(exchange.disc)
        if is_quiet:
            check_reporters(network, exchange.clock.now())

    def accounts_closed(self) -> list[int]:
        """Return how many accounts each bank was seen to have closed."""
        return [len(one.seen) for one in self._law.closures.values()]


class LawJudges:
    """The checkers of due process: of what authorities do, of who is told, and of who can complain."""

    def __init__(self, world: World, offices: Mapping[ParticipantId, NoticeOffice]) -> None:
        network, exchange = world.network, world.network.exchange
        banks = network.banks
        self._network, self._banks = network, banks
        self._authority = {name: AuthorityAtBank(world, bank, network) for name, bank in banks.items()}
        self._caps = {name: CapsAtBank(bank) for name, bank in banks.items()}
        self.closures = {name: ClosuresAtBank(bank) for name, bank in banks.items()}
        self._told = {name: ToldChecker(bank) for name, bank in banks.items()}
        self._deferred = {name: DeferredChecker(bank, network.trust) for name, bank in banks.items()}
        self._heard = {name: HeardAtBank(bank, network) for name, bank in banks.items()}
        self._papers = {name: PapersAtBank(bank, network) for name, bank in banks.items()}
        self._registers = RegistersChecker(exchange, network.trust)
        self._remedies = RemediesChecker(world, offices)
        self._clocks = ClocksChecker(exchange)
        self._at_exchange = (
            AuthorityAtExchange(exchange, network.trust),
            CapsAtExchange(network),
            LockedChecker(exchange),
            FactsChecker(exchange),
            HandsChecker(exchange),
            VersionsChecker(exchange),
            self._clocks,
            self._remedies,
            self._registers,
            HeardAtExchange(exchange, network.trust),
            PapersAtExchange(exchange, network.trust),
        )

    def after_bank_ran(self, name: ParticipantId) -> None:
        """Look at a bank after any task in which its agent ran a transaction."""
        self._authority[name].check()
        self._caps[name].check()
        self._deferred[name].check()
        self._told[name].check()
        self._heard[name].check()
        self._papers[name].check()
        self.closures[name].check()
        self._remedies.check_bank(self._banks[name])

    def after_exchange_ran(self) -> None:
        """Look at the exchange after any task in which it ran a transaction."""
        for checker in self._at_exchange:
            checker.check()

    def when_quiet(self) -> None:
        """Look at what is true once nothing is under way."""
        for name in self._banks:
            self.after_bank_ran(name)
            self._caps[name].check(is_quiet=True)
            self._told[name].check_quiet()
            if name not in self._network.gone:
                self._heard[name].check_quiet()
                self._papers[name].check_quiet()
        self.after_exchange_ran()
        self._clocks.check_quiet()
        self._registers.check_quiet()
        self._remedies.check_quiet()
