"""The demonstration banks' core systems as a process of their own, and the rail between them.

They drop reserves at their end by themselves and carry payments from bank to bank, also while every agent is dead.
"""

from functools import partial
from typing import Final

from litestar import Litestar, get

from tarazy.adapters.clock import Clock
from tarazy.adapters.packs import load_pack
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.agent.reference_core import PAYMENTS_CHANNEL, ReferenceCore
from tarazy.bootstrap import reference_core
from tarazy.edge.config import Config
from tarazy.edge.exchange_program import clock_of
from tarazy.edge.stopping import stop_together
from tarazy.edge.worker import Loop, ears
from tarazy.values.ids import ParticipantId

CONNECTIONS_MAX: Final = 3
TIMER_SECONDS: Final = 0.5
PAYMENTS_PER_ROUND: Final = 200


class CoresProgram:
    """One reference core for each demonstration bank."""

    def __init__(self, configs: list[Config]) -> None:
        self._clock: Clock = clock_of(configs[0], load_pack(configs[0].pack))
        self._stores = [PostgresStore(config.database_url, connections_max=CONNECTIONS_MAX) for config in configs]
        self.cores: dict[ParticipantId, ReferenceCore] = {
            config.participant_id: reference_core(store, config.participant_id)
            for config, store in zip(configs, self._stores, strict=True)
        }
        self._loops: list[Loop] = [Loop("drops", self._drop_round, TIMER_SECONDS)]
        for config in configs:
            rail = Loop(f"rail:{config.participant_id}", partial(self.carry, config.participant_id), TIMER_SECONDS)
            self._loops += [rail, ears(config.database_url, {PAYMENTS_CHANNEL: rail})]

    def app(self) -> Litestar:
        """Return an application that only says that the cores are up."""

        @get("/v1/health", sync_to_thread=False)
        def health() -> dict[str, str]:
            return {"status": "up", "now": self._clock.now().text()}

        return Litestar(route_handlers=[health], on_startup=[self.start], on_shutdown=[self.stop], openapi_config=None)

    def start(self) -> None:
        """Start the threads."""
        for loop in self._loops:
            loop.start()

    def stop(self) -> None:
        """Stop the threads and give back the connections."""
        stop_together(self._loops)
        for store in self._stores:
            store.close()

    def _drop_round(self) -> bool:
        now = self._clock.now()
        return sum(core.drop_expired(now) for core in self.cores.values()) > 0

    def carry(self, sender: ParticipantId) -> bool:
        """Carry what waits at one bank to the others; a payment that arrives twice is credited once."""
        core = self.cores[sender]
        waiting = core.payments_on_their_way(PAYMENTS_PER_ROUND)
        for payment in waiting:
            now = self._clock.now()
            receiver = self.cores.get(payment.to_participant)
            if receiver is not None:
                receiver.receive(payment, now)
            core.payment_arrived(payment, now)
        return len(waiting) > 0
