"""The simulation's time: one true clock, the clocks of the programs that differ from it, and what is to happen when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from heapq import heappop, heappush
from typing import NamedTuple

from tarazy.values.instant import Instant

Task = Callable[[], str | None]
"""Does something, and says on one line what came of it; None if there was nothing to do."""


class Appointment(NamedTuple):
    """A task and when it is done. Equal times are served in the order in which they were made."""

    at: Instant
    number: int
    name: str
    task: Task


class Agenda:
    """The true time, and every task that is still to be done. Time moves only from task to task."""

    def __init__(self, start: Instant) -> None:
        self.start = start
        self.now = start
        self._heap: list[Appointment] = []
        self._made = 0

    def after(self, seconds: float, name: str, task: Task) -> None:
        """Let ``task`` be done in so many seconds."""
        self.at(self.now.plus(timedelta(seconds=seconds)), name, task)

    def at(self, moment: Instant, name: str, task: Task) -> None:
        """Let ``task`` be done at a moment, at once if that is past."""
        self._made += 1
        heappush(self._heap, Appointment(max(moment, self.now), self._made, name, task))

    def next(self) -> Appointment | None:
        """Take the next task out and let it be its time; None if nothing is left."""
        if not self._heap:
            return None
        due = heappop(self._heap)
        self.now = due.at
        return due


@dataclass(frozen=True, slots=True)
class LocalClock:
    """One program's clock: it stands off from the true time and runs a little too fast or too slow."""

    agenda: Agenda
    offset: timedelta
    drift_millionths: int

    def now(self) -> Instant:
        """Return what this clock shows."""
        return self.shown_at(self.agenda.now)

    def shown_at(self, moment: Instant) -> Instant:
        """Return what this clock shows at a true moment."""
        run = moment.since(self.agenda.start)
        return moment.plus(self.offset + run * self.drift_millionths // 1_000_000)

    def until(self, shown: Instant) -> Instant:
        """Return a true moment at which this clock shows at least ``shown``."""
        ahead = shown.since(self.shown_at(self.agenda.now))
        return self.agenda.now.plus(ahead + abs(ahead) // 1_000 + timedelta(microseconds=1))
