"""Trouble of the bigger kind: a bank is cut off for a while, a program is down for a while."""

from functools import partial
from typing import Final

from tarazy.bootstrap import EXCHANGE_ID
from tarazy.simulation.lanes import Carrier
from tarazy.simulation.world import World
from tarazy.values.ids import ParticipantId

CUT_SECONDS_MAX: Final = 20_000
SECONDS_PER_HOUR: Final = 3600


class Trouble:
    """Cuts and outages, as many as the options say."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._carrier: Carrier = world.carrier

    def plan(self) -> None:
        """Put cuts and outages on the agenda."""
        random, options = self._world.random, self._world.options
        names = [EXCHANGE_ID, *self._world.network.banks]
        for _ in range(options.cuts):
            moment = random.uniform(0, options.hours * 3600)
            seconds = random.uniform(60, CUT_SECONDS_MAX)
            name = random.choice(names)
            what = self._cut if name != EXCHANGE_ID and random.random() < 0.5 else self._down  # noqa: PLR2004 -- a coin
            self._world.agenda.after(moment, f"{name} trouble", partial(what, name, seconds))
        self._plan_leaving()

    def _plan_leaving(self) -> None:
        """Put on the agenda when banks go away. Which and when hangs on the network, not on dice that others throw."""
        banks = sorted(self._world.network.banks)[: self._world.options.gone_banks]
        for name in banks:
            moment = self._world.options.hours * SECONDS_PER_HOUR / 2
            self._world.agenda.after(moment, f"{name} trouble", partial(self._go, name))

    def _go(self, name: ParticipantId) -> str:
        self._world.network.gone.add(name)
        return "gone"

    def _cut(self, name: ParticipantId, seconds: float) -> str:
        self._carrier.cut(name, seconds)
        return f"cut off for {round(seconds)} s"

    def _down(self, name: ParticipantId, seconds: float) -> str:
        self._world.down(name, seconds)
        return f"down for {round(seconds)} s"
