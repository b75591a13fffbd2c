"""A simulated world: the network, its time, and what its programs do by themselves.

Everything happens in one thread, task after task, in an order that the seed decides. Programs work when they are woken,
as in service, and look around by themselves now and then.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random
from typing import Final

from tarazy.agent.core_port import CoreAway
from tarazy.agent.ending import next_end
from tarazy.agent.entries import EntryFault
from tarazy.agent.records import HOLDS
from tarazy.agent.reference_core import CORE_RESERVES, Payment
from tarazy.app.eventing import SEQUENCER_CHANNEL
from tarazy.app.timing import end_what_is_over
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.simulation.agenda import Agenda
from tarazy.simulation.faults import Crashed, Dice
from tarazy.simulation.lanes import Carrier
from tarazy.simulation.options import Options
from tarazy.simulation.programs import Bank, network_of
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant

START: Final = Instant.parse("2026-11-22T00:00:00Z")
POLL_SECONDS: Final = 1800
IDLE_POLL_SECONDS: Final = 86_400
MEASURED_POLL_SECONDS: Final = 7_200
"""Where authorities act, the exchange's own timer runs more often: deadlines of hours are missed meanwhile."""
DOWN_SECONDS_MAX: Final = 600
PAYMENTS_PER_RUN: Final = 100


def _nobody(_: ParticipantId) -> None:
    return None


def _nothing() -> None:
    return None


@dataclass(slots=True)
class Hooks:
    """Who is told what a program has just done: its rows are looked at as that step left them, and work follows."""

    after_agent_step: Callable[[ParticipantId], None] = _nobody
    after_letting_go: Callable[[ParticipantId], None] = _nobody
    after_core_ran: Callable[[ParticipantId], None] = _nobody
    after_bank_ran: Callable[[ParticipantId], None] = _nobody
    """After any task in which a bank's agent ran a transaction, well or not."""
    after_start: Callable[[ParticipantId], None] = _nobody
    after_recording: Callable[[], None] = _nothing


class World:
    """One run's world. ``faults`` collects the entries that an agent could not book: there must be none."""

    def __init__(self, options: Options, random: Random) -> None:
        self.options = options
        self.random = random
        self.dice = Dice(random)
        self.agenda = Agenda(START)
        self.faults: list[EntryFault] = []
        self.crashes = 0
        self.hooks = Hooks()
        self.is_healed = False
        self.is_idle = False
        self._due: set[ParticipantId] = set()
        self._on_the_rail: set[str] = set()
        self._runs: dict[ParticipantId, int] = {}
        self.network = network_of(options, self.agenda, self.dice, random, self._woken)
        self.carrier = Carrier(self.network, self.agenda, options, self.dice, random, self._asked_before_replying)
        for name in self.network.banks:
            self.agenda.after(random.uniform(0, POLL_SECONDS), f"{name} poll", partial(self._poll, name))
        self.agenda.after(random.uniform(0, POLL_SECONDS), "exchange poll", self._poll_exchange)

    @property
    def now(self) -> Instant:
        """The true time."""
        return self.agenda.now

    @property
    def banks(self) -> list[Bank]:
        """The banks, in order of their names."""
        return list(self.network.banks.values())

    def step(self) -> str | None:
        """Do the next task; return one line about it, or None if nothing is left to do."""
        due = self.agenda.next()
        if due is None:
            return None
        try:
            done = due.task()
        except Crashed as crashed:
            done = self._down(crashed)
        except CoreAway as away:
            done = str(away)
        self._tell_who_ran()
        return f"{due.at.text()} {due.name}: {done or '-'}"

    def heal(self) -> None:
        """Let nothing go wrong any more, and let everybody look around."""
        self.is_healed, self.is_idle = True, False
        self.dice.settle()
        self.carrier.mend()
        if not self.options.is_gone_for_ever:
            self.network.gone.clear()
        for bank in self.banks:
            bank.program.down_until = self.now
        self.network.exchange.down_until = self.now
        self._on_the_rail.clear()
        self.everybody_looks()

    def everybody_looks(self) -> None:
        """Let every program do its round soon."""
        for name in self.network.banks:
            self._works(name)
            self._rail(name)
            self.carrier.due(name, EXCHANGE_ID)
            self.carrier.due(EXCHANGE_ID, name)
            self.hooks.after_start(name)
        self.hooks.after_start(EXCHANGE_ID)

    def down(self, name: ParticipantId, seconds: float) -> None:
        """Stop a program for a while; then it starts again from what its store has."""
        program = self.network.program(name)
        program.down_until = max(program.down_until, self.now.plus(timedelta(seconds=seconds)))
        self.agenda.at(program.down_until, f"{name} start", lambda: self._start(name))

    def _down(self, crashed: Crashed) -> str:
        self.crashes += 1
        self.down(crashed.name, self.random.uniform(0, DOWN_SECONDS_MAX))
        return str(crashed)

    def _start(self, name: ParticipantId) -> str | None:
        if name == EXCHANGE_ID:
            for bank in self.network.banks:
                self.carrier.due(EXCHANGE_ID, bank)
        else:
            self._works(name)
            self.carrier.due(name, EXCHANGE_ID)
        self.hooks.after_start(name)
        return "started"

    def _tell_who_ran(self) -> None:
        for name, bank in self.network.banks.items():
            runs = bank.program.store.runs
            if self._runs.get(name) != runs:
                self._runs[name] = runs
                self.hooks.after_bank_ran(name)

    def _woken(self, name: ParticipantId, channel: str) -> None:
        """Hear what a store wakes: a lane with something to carry, a core with something booked or asked."""
        if channel.startswith("lane:"):
            self.carrier.due(name, ParticipantId(channel.removeprefix("lane:")), self.random.uniform(0, 1))
        elif channel in {"core", "booked"}:
            self._works(name)
        elif channel == "payments":
            self.agenda.after(0, f"{name} rail", lambda: self._rail(name))
        elif channel == SEQUENCER_CHANNEL:
            self.hooks.after_recording()

    def _works(self, name: ParticipantId) -> None:
        if name not in self._due:
            self._due.add(name)
            delay = 1 if self.is_healed else self.random.expovariate(1 / self.options.core_delay)
            self.agenda.after(delay, f"{name} work", lambda: self._work(name))

    def _work(self, name: ParticipantId) -> str | None:
        """Let an agent do its round: ask the core, read its feed, let holds go."""
        self._due.discard(name)
        bank = self.network.banks[name]
        if not bank.program.is_up(self.now):
            return None
        now = bank.program.clock.now()
        if self.random.random() < 0.5 and not _has_given_away(bank):  # noqa: PLR2004 -- either way of working
            asked, read = 0, self._tried(name, lambda: self._round(bank, now))
        else:
            asked = self._tried(name, lambda: bank.agent.ask_core(now))
            read = self._tried(name, lambda: self._read(bank, now))
        ended = self._tried(name, lambda: bank.agent.let_go(now))
        self.hooks.after_letting_go(name)
        self._timers(bank)
        if read:
            self._works(name)
        return f"asked {asked} read {read} ended {ended}"

    def _tried(self, name: ParticipantId, work: Callable[[], int]) -> int:
        """Do one part of the round; a core that is away holds up that part only, until the agent tries again."""
        done = None
        try:
            done = work()
        except CoreAway:
            self.agenda.after(self.random.uniform(1, 300), f"{name} again", lambda: self._again(name))
        finally:
            if done != 0:
                self.hooks.after_agent_step(name)
        return done or 0

    def _again(self, name: ParticipantId) -> str | None:
        self._works(name)
        return None

    def _read(self, bank: Bank, now: Instant) -> int:
        rows, faults = bank.agent.read_feed(now)
        self.faults += faults
        return rows

    def _round(self, bank: Bank, now: Instant) -> int:
        done = bank.agent.core_round(now)
        self.faults += done.faults
        return done.asked + done.read

    def _asked_before_replying(self, name: ParticipantId, faults: Sequence[EntryFault]) -> None:
        self.faults += faults
        self.hooks.after_agent_step(name)

    def _timers(self, bank: Bank) -> None:
        """Set the agent's timer to the next end of a hold, and the core's to the next end of a reserve."""
        clock = bank.program.clock
        end = bank.program.disc.run(next_end)
        if end is not None:
            self.agenda.at(clock.until(end), f"{bank.name} timer", lambda: self._again(bank.name))
        for reserve in bank.core.disc.run(lambda tx: tx.find(CORE_RESERVES)):
            self.agenda.at(clock.until(reserve.expires_at), f"{bank.name} core timer", lambda: self._core_drops(bank))

    def _core_drops(self, bank: Bank) -> str | None:
        dropped = bank.core.drop_expired(bank.program.clock.now())
        self.hooks.after_core_ran(bank.name)
        return f"dropped {dropped}" if dropped else None

    @property
    def _poll_seconds(self) -> int:
        """How soon programs look around again; while nothing happens for weeks, once a day is enough."""
        return IDLE_POLL_SECONDS if self.is_idle else POLL_SECONDS

    def _poll(self, name: ParticipantId) -> str | None:
        self._works(name)
        self.carrier.due(name, EXCHANGE_ID)
        self.agenda.after(self._poll_seconds, f"{name} poll", lambda: self._poll(name))
        return None

    def _poll_exchange(self) -> str | None:
        often = min(self._poll_seconds, MEASURED_POLL_SECONDS) if self.options.has_measures else self._poll_seconds
        self.agenda.after(often, "exchange poll", self._poll_exchange)
        exchange = self.network.exchange
        if not exchange.is_up(self.now):
            return None
        for bank in self.network.banks:
            self.carrier.due(EXCHANGE_ID, bank)
        setting = exchange.peer.setting_at(exchange.clock.now())
        ended = exchange.peer.store.run(lambda tx: end_what_is_over(tx, setting))
        return f"ended {ended}" if ended else None

    def _rail(self, name: ParticipantId) -> str | None:
        """Send payments on their way; each takes its own time, so a tracing can be there before the money."""
        bank = self.network.banks[name]
        for payment in bank.core.payments_on_their_way(PAYMENTS_PER_RUN):
            if payment.payment_id not in self._on_the_rail:
                self._on_the_rail.add(payment.payment_id)
                if self.options.stuck_payments and self.dice.falls(self.options.stuck_payments):
                    continue
                delay = 1 if self.is_healed else self.random.expovariate(1 / self.options.rail_delay)
                self.agenda.after(delay, f"{name} pays", partial(self._arrive, bank, payment))
        return None

    def _arrive(self, sender: Bank, payment: Payment) -> str | None:
        recipient = self.network.banks.get(payment.to_participant)
        if recipient is not None:
            recipient.core.receive(payment, recipient.program.clock.now())
            if self.dice.falls(self.options.doubled_requests):
                recipient.core.receive(payment, recipient.program.clock.now())
        sender.core.payment_arrived(payment, sender.program.clock.now())
        return f"{payment.payment_id} {payment.amount_minor} to {payment.to_participant}/{payment.to_account}"


def _has_given_away(bank: Bank) -> bool:
    """Return whether units lie under a hold that the core has not reserved yet.

    If the core refuses them now, they are let go before the entries that are read with the refusal; who looks only
    after both could not tell the order.
    """
    holds = bank.program.disc.run(lambda tx: tx.find(HOLDS))
    return any(hold.held_minor > hold.reserved_minor for hold in holds)
