"""An agent as a process: its HTTP server and, beside it, its lane, the core's loop, the timer and the notices."""

import hmac
from pathlib import Path
from typing import Final

from litestar import Litestar

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.keys import Keyring, read_keyring, verifier
from tarazy.adapters.log_receipts import ReceiptsOfExchange
from tarazy.adapters.packs import pack_to_act_under
from tarazy.adapters.postgres.ingest import book_simple_runs
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.agent.core_port import CORE_CHANNEL
from tarazy.agent.hearing_notices import hear_receivers
from tarazy.agent.notices import NoticeOffice, serve_due_notices
from tarazy.agent.profile import BankProfile
from tarazy.agent.reference_core import BOOKED_CHANNEL
from tarazy.app.access import PROGRAM, PUBLIC
from tarazy.app.messages import LANE_CHANNEL
from tarazy.bootstrap import EXCHANGE_ID, agent_of, reference_core, setting_for
from tarazy.edge import openapi
from tarazy.edge.bank_app import bank_app_routes
from tarazy.edge.config import Config, read_network, trust_in
from tarazy.edge.context import AgentContext
from tarazy.edge.core_choice import core_of
from tarazy.edge.delayed_core import DelayedCore
from tarazy.edge.desk import desk_routes
from tarazy.edge.door import AgentDoor, Door, TimedCore, shout, tell_faults
from tarazy.edge.entries_api import entries_routes
from tarazy.edge.exchange_program import clock_of
from tarazy.edge.http import message_routes
from tarazy.edge.openapi import openapi_routes
from tarazy.edge.pages import static_routes
from tarazy.edge.pages.guard import require_access, with_access
from tarazy.edge.pages.nowhere import not_found_handlers
from tarazy.edge.pauses_at_core import pause_round
from tarazy.edge.sign_in.pages import sign_in_routes
from tarazy.edge.sign_in.settings import sign_in_settings
from tarazy.edge.stopping import stop_together
from tarazy.edge.worker import Lane, Loop, Switchboard, Traffic, ears, when_calm
from tarazy.protocol.wire import from_json
from tarazy.values.replacing import replace

CONNECTIONS_MAX: Final = 12
TIMER_SECONDS: Final = 0.5
TIMER_PATIENCE_SECONDS: Final = 0.9
"""While messages come, the timer leaves them one round out of two; a core ends its reserves by its own clock."""
CORE_SECONDS: Final = 1.0
NOTICE_SECONDS: Final = 0.25
NOTICE_REST_SECONDS: Final = 0.02
NOTICE_PATIENCE_SECONDS: Final = 2.0
"""While messages come without a break, notices are served in steps so far apart. The law gives them hours."""


class AgentProgram:
    """Everything that runs in an agent's process."""

    def __init__(self, config: Config) -> None:
        network = read_network(Path(config.network_file))
        keyring = read_keyring(Path(config.keyring_file))
        pack = pack_to_act_under(config.pack)
        assert config.bank_file is not None
        bank = from_json(Path(config.bank_file).read_bytes(), BankProfile)
        self._board = Switchboard()
        self._store = PostgresStore(config.database_url, connections_max=CONNECTIONS_MAX, on_wake=self._woken)
        clock = clock_of(config, pack)
        core = reference_core(self._store, keyring.participant_id)
        timed = TimedCore(core_of(config, DelayedCore(core, Path(config.bank_file).with_suffix(".core"))))
        agent = agent_of(self._store, setting_for(keyring, trust_in(network), pack), timed)
        self._agent = replace(agent, peer=replace(agent.peer, on_bug=shout), book_first=book_simple_runs)
        catalogue = load_catalogue()
        names = {one.participant_id: one.name for one in network.participants}
        self._office = NoticeOffice(bank, catalogue, _notice_secret(keyring), names)
        exchange = next(one for one in network.participants if one.participant_id == EXCHANGE_ID)
        self.context = AgentContext(
            agent=self._agent,
            core=core,
            clock=clock,
            pack=pack,
            catalogue=catalogue,
            keyring=keyring,
            bank=bank,
            participants={one.participant_id: one for one in network.participants},
            is_demonstration=pack.is_demonstration,
            base_path=config.base_path,
            sign_in=sign_in_settings(config),
            receipts=ReceiptsOfExchange(exchange.url, bytes.fromhex(exchange.signing_key)),
            core_key=None if config.core_key is None else verifier(bytes.fromhex(config.core_key)),
        )
        core_loop = Loop("core", self._core_round, CORE_SECONDS)
        traffic = Traffic()
        self._door = AgentDoor(self._agent, timed, clock, core_loop.wake, traffic)
        notices = when_calm(self._notice_round, traffic, NOTICE_PATIENCE_SECONDS)
        lane_door = Door(self._agent.peer, clock, {})
        self._loops = {
            f"{LANE_CHANNEL}:{EXCHANGE_ID}": Lane(self._agent.peer, EXCHANGE_ID, exchange.url, lane_door.settle),
            CORE_CHANNEL: core_loop,
            BOOKED_CHANNEL: core_loop,
            "timer": Loop("timer", when_calm(self._timer_round, traffic, TIMER_PATIENCE_SECONDS), TIMER_SECONDS),
            "notices": Loop("notices", notices, NOTICE_SECONDS, rest_s=NOTICE_REST_SECONDS),
        }
        self._board.loops = self._loops
        self._ears = ears(config.database_url, self._loops)

    def app(self) -> Litestar:
        """Return the HTTP server's application."""
        app = Litestar(
            route_handlers=[
                *with_access(message_routes(self._door.receive, self.context.clock), reads=PUBLIC, acts=PROGRAM),
                *with_access(entries_routes(self.context), reads=PROGRAM),
                *with_access(openapi_routes(openapi.AGENT, "Tarazy, a bank's agent"), reads=PUBLIC),
                *with_access(static_routes(), reads=PUBLIC),
                *sign_in_routes(self.context),
                *desk_routes(self.context),
                *bank_app_routes(self.context),
            ],
            on_startup=[self.start],
            on_shutdown=[self.stop],
            exception_handlers=not_found_handlers(self.context),
            openapi_config=None,
        )
        return require_access(app)

    def start(self) -> None:
        """Start the threads."""
        for loop in {id(loop): loop for loop in (*self._loops.values(), self._ears)}.values():
            loop.start()

    def stop(self) -> None:
        """Stop the threads and give back the connections."""
        stop_together(list({id(loop): loop for loop in (self._ears, *self._loops.values())}.values()))
        self._store.close()

    def _core_round(self) -> bool:
        done = self._door.core_round(self.context.clock.now())
        tell_faults(done.faults)
        return done.is_full

    def _woken(self, channel: str) -> bool:
        return self._door.keeps(channel) or self._board.wake(channel)

    def _timer_round(self) -> bool:
        paused = pause_round(self.context, self._office)
        return self._agent.let_go(self.context.clock.now()) + paused > 0

    def _notice_round(self) -> bool:
        setting = self.context.setting()
        served = self._store.run(lambda tx: serve_due_notices(tx, self._office, EXCHANGE_ID, setting))
        heard = self._store.run(lambda tx: hear_receivers(tx, self._office, EXCHANGE_ID, setting))
        return served + heard > 0


def _notice_secret(keyring: Keyring) -> bytes:
    return hmac.digest(keyring.signing.seed, b"tarazy/notice-codes", "sha256")
