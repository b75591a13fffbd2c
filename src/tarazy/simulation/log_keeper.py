"""The exchange's loops behind its acts: the sequencer gives events their numbers, readers of the log follow.

A sequencer may be slow between numbering and signing, and another one overtake it: only one of them may sign.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

from tarazy.app.figures import CASE_FIGURES, count_figures
from tarazy.app.sequencing import HeadMoved, LogSigner, sequence_events
from tarazy.app.store import Condition, Store, Transaction
from tarazy.app.telling_reporters import tell_reporters
from tarazy.simulation.faults import Crashed
from tarazy.simulation.world import World
from tarazy.values.instant import Instant

LOG_ORIGIN: Final = "tarazy.simulation"
READING_SECONDS: Final = 2
AGAIN_SECONDS: Final = 1
SLOW_STEPS_MAX: Final = 60
RECOUNT_SECONDS_MIN: Final = 1800
"""Readers look around by themselves no more often than this: in service they do every other second."""
Result = TypeVar("Result")


class LogKeeper:
    """Numbers what waits, signs the head, and lets the readers take their steps."""

    def __init__(self, world: World, go_on: Callable[[], None]) -> None:
        """``go_on`` lets the next thing of the world happen, in the middle of what this does."""
        exchange = world.network.exchange
        signing = exchange.keyring.signing
        self._world, self._exchange, self._go_on = world, exchange, go_on
        self.signer = LogSigner(LOG_ORIGIN, signing.signer(), signing.public)
        self._is_sequencing_due = False
        self._is_slow = False
        self._next_reading: Instant | None = None

    def work_soon(self) -> None:
        """Let the sequencer work soon, and the readers after it."""
        if not self._is_sequencing_due:
            self._is_sequencing_due = True
            delay = 1 if self._world.is_healed else self._world.random.expovariate(1 / self._world.options.log_delay)
            self._world.agenda.after(delay, "exchange sequencer", self._sequence)

    def _sequence(self) -> str | None:
        self._is_sequencing_due = False
        store = self._exchange.store
        if not self._exchange.is_up(self._world.now):
            return None
        is_slow = self._world.dice.falls(self._world.options.slow_sequencers) and not self._is_slow
        try:
            numbered = sequence_events(_Slow(store, self._world_goes_on) if is_slow else store, self.signer)
        except HeadMoved:
            self.work_soon()
            return "overtaken"
        finally:
            self._read_after(READING_SECONDS)
        return f"numbered {numbered}"

    def _world_goes_on(self) -> None:
        """Let other things happen in the middle of a sequencer's work; it dies if its program does."""
        self._is_slow = True
        for _ in range(self._world.random.randint(1, SLOW_STEPS_MAX)):
            self._go_on()
        self._is_slow = False
        if not self._exchange.is_up(self._world.now):
            raise Crashed(self._exchange.name, "before it signed")

    def _read_after(self, seconds: float) -> None:
        self._read_at(self._world.now.plus(timedelta(seconds=seconds)))

    def _read_at(self, moment: Instant) -> None:
        """Let the readers take a step then, unless they do so earlier."""
        if self._next_reading is None or moment < self._next_reading:
            self._next_reading = moment
            self._world.agenda.at(moment, "exchange readers", lambda: self._read(moment))

    def _read(self, planned: Instant) -> str | None:
        if self._next_reading != planned:
            return None
        self._next_reading = None
        if not self._exchange.is_up(self._world.now):
            return None
        store, setting = self._exchange.store, self._exchange.peer.setting_at(self._exchange.clock.now())
        has_more_news = store.run(lambda tx: tell_reporters(tx, setting))
        has_more_figures = store.run(lambda tx: count_figures(tx, setting.now))
        if has_more_news or has_more_figures:
            self._read_after(AGAIN_SECONDS)
        elif recount := self._exchange.disc.run(_next_recount):
            soonest = self._world.now.plus(timedelta(seconds=RECOUNT_SECONDS_MIN))
            self._read_at(max(self._exchange.clock.until(recount), soonest))
        return "read"


class _Slow:
    """A store under a sequencer that is slow after its first step: the world goes on, and another may overtake it."""

    def __init__(self, store: Store, meanwhile: Callable[[], None]) -> None:
        self._store, self._meanwhile = store, meanwhile
        self._is_first = True

    def run(self, work: Callable[[Transaction], Result]) -> Result:
        """Run ``work`` in one transaction, and after the first let the world go on."""
        result = self._store.run(work)
        if self._is_first:
            self._is_first = False
            self._meanwhile()
        return result


def _next_recount(tx: Transaction) -> Instant | None:
    rows = tx.find(CASE_FIGURES, Condition("recount_at", "not_null"), order=("recount_at",), limit=1)
    return rows[0].recount_at if rows else None
