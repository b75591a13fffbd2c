"""All checkers of one world, and when each of them looks."""

from tarazy.bootstrap import EXCHANGE_ID
from tarazy.simulation.checkers.agreement import check_agreement
from tarazy.simulation.checkers.books import BooksChecker
from tarazy.simulation.checkers.core_books import CoreBooks
from tarazy.simulation.checkers.events import check_events
from tarazy.simulation.checkers.finding import demand
from tarazy.simulation.checkers.holds import HoldsChecker, check_sums_of_holds
from tarazy.simulation.checkers.messages import check_messages, check_money, check_refunds
from tarazy.simulation.checkers.tracings import TracingsChecker
from tarazy.simulation.checkers.truth import Judge, Recorder, Replay
from tarazy.simulation.world import World
from tarazy.values.ids import ParticipantId

EVERY_STEPS = 100


class Judges:
    """Every independent checker of a run. Each raises `CheckFailed` for what it sees."""

    def __init__(self, world: World) -> None:
        self._world = world
        banks = world.network.banks
        self._cores = {name: CoreBooks(bank) for name, bank in banks.items()}
        self._books = {name: BooksChecker(bank, self._cores[name]) for name, bank in banks.items()}
        self._holds = {name: HoldsChecker(world, bank, self._cores[name]) for name, bank in banks.items()}
        self._recorders = {name: Recorder(bank, self._cores[name]) for name, bank in banks.items()}
        self._tracings = TracingsChecker(world.network.exchange.disc)
        self._steps = 0
        self._runs = 0
        self.leaves = 0

    def after_agent_step(self, name: ParticipantId) -> None:
        """Look at a bank after one step of its agent."""
        self._cores[name].read_on()
        self._recorders[name].observe()
        self._books[name].check()
        self._holds[name].check()

    def after_letting_go(self, name: ParticipantId) -> None:
        """Look at a bank whose agent has just ended what was due."""
        self._holds[name].check_ended()

    def after_core_ran(self, name: ParticipantId) -> None:
        """Look at a core that has just dropped what was due."""
        self._holds[name].check_core_ended()

    def after_step(self) -> None:
        """Look at the exchange, and now and then at everything."""
        self._steps += 1
        runs = self._world.network.exchange.store.runs
        if runs != self._runs:
            self._runs = runs
            self._tracings.check()
        demand("entries", not self._world.faults, f"could not be booked: {self._world.faults[:1]}")
        if self._steps % EVERY_STEPS == 0:
            self._check_network(is_quiet=False)

    def when_quiet(self) -> None:
        """Look at everything once nothing is under way."""
        for name in self._world.network.banks:
            self.after_agent_step(name)
            self._books[name].check_read_up()
            self._holds[name].check_quiet()
        self._tracings.check()
        check_agreement(self._world.network)
        self._check_network(is_quiet=True)
        network = self._world.network
        self.leaves += Judge(network, Replay(network, self._recorders, self._cores)).check()

    def _check_network(self, *, is_quiet: bool) -> None:
        network = self._world.network
        for core in self._cores.values():
            core.read_on()
        check_sums_of_holds(network, list(self._holds.values()))
        check_messages(network, is_quiet=is_quiet)
        check_money(network, self._cores, is_quiet=is_quiet)
        check_refunds(network, is_quiet=is_quiet)
        check_events(network.program(EXCHANGE_ID).disc)
