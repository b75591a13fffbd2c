"""Who moves things on the stage: one thread that plays steps and starts and kills programs, one job at a time."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Final

import structlog

from tarazy.app.store import Conflict, StoreAway
from tarazy.edge.demonstration.processes import ProcessFault
from tarazy.edge.stage.scene import Scene, StoryFault
from tarazy.edge.stage.story import Story
from tarazy.edge.stage.visitor import PageRefused

FAULTS: Final = (StoryFault, ProcessFault, PageRefused, StoreAway, Conflict)
STOP_SECONDS_MAX: Final = 40.0

diagnostics = structlog.get_logger("tarazy.stage")


class Director:
    """Takes jobs while none is running. ``playing`` is the step that is being played, ``fault`` what failed last."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.story = Story(scene)
        self.playing: str | None = None
        self.fault: str | None = None
        self._is_busy = False
        self._lock = Lock()
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="director", daemon=True)

    def start(self) -> None:
        """Begin to take jobs."""
        self._thread.start()

    def stop(self) -> None:
        """End after the step that is being played."""
        self._stopping.set()
        self._jobs.put(None)
        self._thread.join(STOP_SECONDS_MAX)

    @property
    def is_busy(self) -> bool:
        """Whether a job is running."""
        return self._is_busy

    def play(self) -> bool:
        """Play the next step; return False where something is under way already."""
        return self._take(self._play_one)

    def play_all(self) -> bool:
        """Play to the end, or until a step fails."""
        return self._take(self._play_rest)

    def kill(self, name: str) -> bool:
        """Kill a program as a power cut would."""
        return self._take(self.scene.program(name).kill)

    def start_program(self, name: str) -> bool:
        """Start a program that does not run, and wait until it answers."""
        return self._take(lambda: self._start_one(name))

    def _take(self, job: Callable[[], None]) -> bool:
        with self._lock:
            if self._is_busy:
                return False
            self._is_busy = True
        self._jobs.put(job)
        return True

    def _start_one(self, name: str) -> None:
        program = self.scene.program(name)
        if not program.is_running:
            program.start()
            program.wait_until_up()

    def _play_one(self) -> None:
        step = self.story.next_step
        if step is None:
            return
        self.playing = step.key
        for program in self.scene.network.programs:
            self._start_one(program)
        self.story.play_next()

    def _play_rest(self) -> None:
        while self.story.next_step is not None and not self._stopping.is_set():
            self._play_one()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            self.fault = None
            try:
                job()
            except FAULTS as fault:
                self.fault = str(fault) or type(fault).__name__
                diagnostics.warning("job_failed", exc_info=fault)
            finally:
                self.playing = None
                self._is_busy = False
