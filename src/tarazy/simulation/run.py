"""One run: draw everything from the seed, live through it, heal the network, demand progress, let the checkers judge.

The verdict tells apart what is wrong: the product crashed, a promise was broken, or nothing went on any more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from hashlib import sha256
from random import Random
from traceback import extract_tb
from typing import Final

from tarazy.bootstrap import EXCHANGE_ID
from tarazy.simulation.appellants import Appellants
from tarazy.simulation.checkers.ends import check_piece_ends
from tarazy.simulation.checkers.finding import CheckFailed
from tarazy.simulation.checkers.judges import Judges
from tarazy.simulation.checkers.progress import never_ended, still_under_way
from tarazy.simulation.forgers import Forgers
from tarazy.simulation.investigators import Investigators
from tarazy.simulation.judges import Court
from tarazy.simulation.liar import Liars
from tarazy.simulation.log_keeper import LogKeeper
from tarazy.simulation.notice_clerks import NoticeClerks
from tarazy.simulation.officers import Officers
from tarazy.simulation.options import LONG_WAIT, MEASURES_END, MEASURES_WAIT, PAUSES_END, Options, options_drawn_from
from tarazy.simulation.paper_readers import PaperReaders
from tarazy.simulation.payers import Payers
from tarazy.simulation.people import People
from tarazy.simulation.receivers import Receivers
from tarazy.simulation.registrars import Registrars
from tarazy.simulation.trouble import Trouble
from tarazy.simulation.world import World
from tarazy.values.ids import ParticipantId

STEPS_MAX: Final = 60_000
QUIET_WITHIN: Final = timedelta(hours=2)
ENDED_WITHIN: Final = timedelta(hours=28)
LOOK_EVERY: Final = timedelta(minutes=5)
PLACES_SHOWN: Final = 3


class Verdict(IntEnum):
    """How a run ended; the number is the exit code of the command."""

    passed = 0
    crash = 10
    correctness = 11
    liveness = 12


class Stuck(Exception):
    """Nothing goes on any more, or it goes on without end."""


@dataclass(frozen=True, slots=True)
class SimulationResult:
    """What came of a run. ``trace_hash`` is the same for the same seed and program."""

    seed: int
    options: Options
    verdict: Verdict
    told: str
    steps: int
    crashes: int
    leaves: int
    trace_hash: str

    @property
    def command(self) -> str:
        """The one command that runs this seed again."""
        return f"tarazy simulate --seed {self.seed} --seeds 1"


class Simulation:
    """One world from its first to its last moment. ``on_line`` hears one line about each task that did something."""

    def __init__(self, seed: int, on_line: Callable[[str], None] | None = None) -> None:
        random = Random(seed)  # noqa: S311 -- a simulation is a seed; no secret hangs on it
        self.seed = seed
        self.options = options_drawn_from(random)
        self.world = World(self.options, random)
        self.people = People(self.world)
        self.officers = Officers(self.world, self.people)
        self.trouble = Trouble(self.world)
        self.liars = Liars(self.world, self.officers)
        self.clerks = NoticeClerks(self.world)
        self.investigators = Investigators(self.world, self.officers)
        self.court = Court(self.world, self.officers)
        self.appellants = Appellants(self.world, self.officers)
        self.forgers = Forgers(self.world)
        self.payers = Payers(self.world, self.people, self.officers, self.clerks.offices)
        self.receivers = Receivers(self.world, self.officers, self.clerks)
        self.readers = PaperReaders(self.world, self.officers)
        self.registrars = Registrars(self.world, self.officers)
        self.log_keeper = LogKeeper(self.world, self._step)
        self.judges = Judges(self.world, self.log_keeper.signer, self.clerks.offices)
        self.world.hooks.after_agent_step = self._after_agent_step
        self.world.hooks.after_letting_go = self.judges.after_letting_go
        self.world.hooks.after_core_ran = self.judges.after_core_ran
        self.world.hooks.after_bank_ran = self._after_bank_ran
        self.world.hooks.after_start = self._after_start
        self.world.hooks.after_recording = self.log_keeper.work_soon
        self._on_line = on_line
        self._hash = sha256()
        self.steps = 0

    def live(self) -> None:
        """Live through the whole run. Raises what went wrong."""
        self.people.plan()
        self.officers.plan()
        self.trouble.plan()
        self.liars.plan()
        law = (self.investigators, self.court, self.appellants, self.forgers)
        for actors in (*law, self.payers, self.receivers, self.readers, self.registrars):
            actors.plan()
        self._until(timedelta(hours=self.options.hours))
        if self.options.has_measures:
            self.world.is_idle = True
            self._until(MEASURES_WAIT)
        if self.options.is_long:
            self.world.is_idle = True
            self._until(LONG_WAIT)
            check_piece_ends(self.world.network)
        self.world.heal()
        self._until_quiet()
        self.judges.when_quiet()
        self._until_all_has_ended()
        self._until_quiet()
        self.judges.when_quiet()
        left = never_ended(self.world.network)
        if left:
            raise Stuck("; ".join(left[:PLACES_SHOWN]))
        self.judges.when_over()

    def trace_hash(self) -> str:
        """Return the hash of all that has happened."""
        return self._hash.hexdigest()

    def _after_agent_step(self, name: ParticipantId) -> None:
        self.judges.after_agent_step(name)
        self.officers.look(name)

    def _after_bank_ran(self, name: ParticipantId) -> None:
        self.judges.after_bank_ran(name)
        self.clerks.look(name)
        self.receivers.look(name)

    def _after_start(self, name: ParticipantId) -> None:
        if name == EXCHANGE_ID:
            self.log_keeper.work_soon()
        else:
            self.clerks.look(name)

    def _until_all_has_ended(self) -> None:
        """Let so much time pass that nothing stands any more; while only clocks run, looking now and then is enough."""
        wait = MEASURES_END if self.options.has_measures else PAUSES_END if self.options.pauses else None
        if wait is not None:
            self.world.is_idle = True
            self._until(wait)
            self.world.is_idle = False
            self.world.everybody_looks()
        self._until(ENDED_WITHIN)

    def _until(self, span: timedelta) -> None:
        end = self.world.now.plus(span)
        while self.world.now < end:
            self._step()

    def _until_quiet(self) -> None:
        end = self.world.now.plus(QUIET_WITHIN)
        while left := still_under_way(self.world.network):
            if self.world.now >= end:
                raise Stuck("; ".join(left[:PLACES_SHOWN]))
            self._until(LOOK_EVERY)

    def _step(self) -> None:
        line = self.world.step()
        self.steps += 1
        if self.steps > STEPS_MAX:
            raise Stuck(f"no end after {STEPS_MAX} steps")
        if line is not None:
            self._hash.update(line.encode())
            if self._on_line is not None:
                self._on_line(line)
        self.judges.after_step()


def run(seed: int, on_line: Callable[[str], None] | None = None) -> SimulationResult:
    """Run one seed to its end and say what came of it."""
    simulation = Simulation(seed, on_line)
    verdict, told = Verdict.passed, "passed"
    try:
        simulation.live()
    except CheckFailed as failed:
        verdict, told = Verdict.correctness, str(failed)
    except Stuck as stuck:
        verdict, told = Verdict.liveness, str(stuck)
    except Exception as crash:  # noqa: BLE001 -- whatever the product raises is what this looks for
        verdict, told = Verdict.crash, _crash_told(crash)
    return SimulationResult(
        seed=seed,
        options=simulation.options,
        verdict=verdict,
        told=told,
        steps=simulation.steps,
        crashes=simulation.world.crashes,
        leaves=simulation.judges.leaves,
        trace_hash=simulation.trace_hash(),
    )


def _crash_told(crash: BaseException) -> str:
    frames = extract_tb(crash.__traceback__)
    where = next((frame for frame in reversed(frames) if "simulation" not in frame.filename), frames[-1])
    return f"{type(crash).__name__}: {crash} at {where.filename.rpartition('tarazy/')[2]}:{where.lineno} ({where.name})"
