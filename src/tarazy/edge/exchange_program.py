"""The exchange as a process: its HTTP server and, beside it, the lanes, the timer and the sequencer."""

from pathlib import Path
from typing import Final

from litestar import Litestar

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.clock import Clock, DemonstrationClock, SystemClock
from tarazy.adapters.keys import Keyring, read_keyring
from tarazy.adapters.packs import pack_to_act_under
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.app.access import PROGRAM, PUBLIC
from tarazy.app.eventing import SEQUENCER_CHANNEL
from tarazy.app.messages import LANE_CHANNEL
from tarazy.app.records import OFFICERS, PARTICIPANTS
from tarazy.app.sequencing import LogSigner, sequence_events
from tarazy.app.store import Transaction
from tarazy.app.timing import end_what_is_over
from tarazy.bootstrap import EXCHANGE_ID, exchange_peer, setting_for
from tarazy.edge import openapi
from tarazy.edge.config import Config, ConfigFault, Network, read_network, trust_in
from tarazy.edge.console import console_routes
from tarazy.edge.context import ExchangeContext
from tarazy.edge.door import Door, shout
from tarazy.edge.http import message_routes
from tarazy.edge.log_pages import log_routes, require_one_history
from tarazy.edge.log_readers import read_log
from tarazy.edge.openapi import openapi_routes
from tarazy.edge.pages import static_routes
from tarazy.edge.pages.guard import require_access, with_access
from tarazy.edge.pages.nowhere import not_found_handlers
from tarazy.edge.portal import portal_routes
from tarazy.edge.public import public_routes
from tarazy.edge.receipts import receipt_routes
from tarazy.edge.sign_in.pages import sign_in_routes
from tarazy.edge.sign_in.settings import sign_in_settings
from tarazy.edge.stopping import stop_together
from tarazy.edge.witnesses import ASK_SECONDS, Witnesses
from tarazy.edge.worker import Lane, Loop, Switchboard, Traffic, ears, when_calm
from tarazy.law.ground import Pack
from tarazy.values.ids import ParticipantId
from tarazy.values.replacing import replace

CONNECTIONS_MAX: Final = 24
TIMER_SECONDS: Final = 0.5
TIMER_PATIENCE_SECONDS: Final = 0.9
"""While messages come, the timer leaves them one round out of two; a core ends its reserves by its own clock."""
LOG_ORIGIN: Final = "tarazy.exchange"
SEQUENCE_SECONDS: Final = 0.25
SEQUENCE_REST_SECONDS: Final = 0.02
SEQUENCE_PATIENCE_SECONDS: Final = 0.5
READ_LOG_SECONDS: Final = 0.5
READ_LOG_REST_SECONDS: Final = 0.02
READ_LOG_PATIENCE_SECONDS: Final = 4.0
"""Work behind the scenes goes in small steps, and waits so long while messages come without a break."""


def clock_of(config: Config, pack: Pack) -> Clock:
    """Return the program's clock. One that can be moved is refused where the pack is law."""
    if config.clock_file is None:
        return SystemClock()
    if not pack.is_demonstration:
        raise ConfigFault(f"clock_file: pack {pack.pack_id} is law, its clock cannot be moved; leave clock_file out")
    return DemonstrationClock(Path(config.clock_file))


class ExchangeProgram:
    """Everything that runs in the exchange's process."""

    def __init__(self, config: Config) -> None:
        network = read_network(Path(config.network_file))
        keyring = read_keyring(Path(config.keyring_file))
        pack = pack_to_act_under(config.pack)
        self._board = Switchboard()
        self._store = PostgresStore(config.database_url, connections_max=CONNECTIONS_MAX, on_wake=self._woken)
        self._store.run(lambda tx: _join(tx, network))
        clock = clock_of(config, pack)
        peer = replace(exchange_peer(self._store, setting_for(keyring, trust_in(network), pack)), on_bug=shout)
        lanes: dict[str, Lane] = {}
        traffic = Traffic()
        self._door = Door(peer, clock, lanes, traffic)
        signer = LogSigner(LOG_ORIGIN, keyring.signing.signer(), keyring.signing.public)
        require_one_history(self._store, signer)
        self.context = ExchangeContext(
            peer=peer,
            clock=clock,
            pack=pack,
            catalogue=load_catalogue(),
            participants={one.participant_id: one for one in network.participants},
            officers=_officials(config),
            log_signer=signer,
            is_demonstration=pack.is_demonstration,
            base_path=config.base_path,
            sign_in=sign_in_settings(config),
        )
        banks = [one for one in network.participants if one.url and one.participant_id != EXCHANGE_ID]
        for bank in banks:
            lanes[f"{LANE_CHANNEL}:{bank.participant_id}"] = Lane(
                peer, bank.participant_id, bank.url, self._door.settle
            )
        self._loops: dict[str, Loop] = {**lanes}
        sequence = when_calm(self._sequence, traffic, SEQUENCE_PATIENCE_SECONDS)
        self._loops[SEQUENCER_CHANNEL] = Loop(
            SEQUENCER_CHANNEL, sequence, SEQUENCE_SECONDS, rest_s=SEQUENCE_REST_SECONDS
        )
        read_on = when_calm(self._read_log, traffic, READ_LOG_PATIENCE_SECONDS)
        self._loops["log_readers"] = Loop("log_readers", read_on, READ_LOG_SECONDS, rest_s=READ_LOG_REST_SECONDS)
        self._loops["timer"] = Loop(
            "timer", when_calm(self._end_overdue, traffic, TIMER_PATIENCE_SECONDS), TIMER_SECONDS
        )
        if config.witnesses:
            witnesses = Witnesses(self._store, LOG_ORIGIN, config.witnesses)
            self._loops["witnesses"] = Loop("witnesses", witnesses.ask, ASK_SECONDS)
        self._board.loops = self._loops
        self._ears = ears(config.database_url, self._loops)

    def app(self) -> Litestar:
        """Return the HTTP server's application."""
        app = Litestar(
            route_handlers=[
                *with_access(message_routes(self._door.receive, self.context.clock), reads=PUBLIC, acts=PROGRAM),
                *with_access(receipt_routes(self.context), reads=PUBLIC),
                *with_access(log_routes(self.context), reads=PUBLIC),
                *with_access(openapi_routes(openapi.EXCHANGE, "Tarazy, the exchange"), reads=PUBLIC),
                *with_access(static_routes(), reads=PUBLIC),
                *sign_in_routes(self.context),
                *console_routes(self.context),
                *with_access(public_routes(self.context), reads=PUBLIC),
                *with_access(portal_routes(self.context), reads=PUBLIC),
            ],
            on_startup=[self.start],
            on_shutdown=[self.stop],
            exception_handlers=not_found_handlers(self.context),
            openapi_config=None,
        )
        return require_access(app)

    def start(self) -> None:
        """Start the threads."""
        for loop in (*self._loops.values(), self._ears):
            loop.start()

    def stop(self) -> None:
        """Stop the threads and give back the connections."""
        stop_together([self._ears, *self._loops.values()])
        self._store.close()

    def _woken(self, channel: str) -> bool:
        return self._door.keeps(channel) or self._board.wake(channel)

    def _sequence(self) -> bool:
        return sequence_events(self._store, self.context.log_signer) > 0

    def _read_log(self) -> bool:
        return read_log(self._store, self.context.setting())

    def _end_overdue(self) -> bool:
        setting = self.context.setting()
        return self._store.run(lambda tx: end_what_is_over(tx, setting)) > 0


def _join(tx: Transaction, network: Network) -> None:
    """Bring the tables of participants and officers up to the network file."""
    for participant in network.participants:
        tx.put(PARTICIPANTS, participant)
    for officer in network.officers:
        tx.put(OFFICERS, officer)


def _officials(config: Config) -> dict[ParticipantId, Keyring]:
    rings = [read_keyring(Path(file)) for file in config.officers_keyring_files]
    return {ring.participant_id: ring for ring in rings}
