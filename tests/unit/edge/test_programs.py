"""The programs as they are put together: what comes through their doors is known to the loops that can wait."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from litestar.testing import TestClient

from tarazy.adapters.keys import write_keyring
from tarazy.adapters.postgres.embedded import EmbeddedServer
from tarazy.adapters.postgres.migrations import migrate
from tarazy.agent.profile import BankProfile
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge import agent_program, exchange_program, worker
from tarazy.edge.agent_program import AgentProgram
from tarazy.edge.config import Config, Network, write_json
from tarazy.edge.exchange_program import ExchangeProgram
from tarazy.protocol.message import Batch
from tarazy.protocol.wire import to_json
from tarazy.texts.catalogue import Wording
from tarazy.values.ids import ParticipantId
from tests.postgres import fresh_database
from tests.story_people import keyring, participant

pytestmark = pytest.mark.postgres

BANK: Final = ParticipantId("bank-a")
JSON: Final = {"Content-Type": "application/json"}
LONG: Final = 3600.0
"""No slow machine makes the test wait so long: messages count as just come, and patience lasts."""


class CountedAgent(AgentProgram):
    """An agent whose rounds of notices are counted."""

    def __init__(self, config: Config) -> None:
        self.rounds = 0
        super().__init__(config)

    def _notice_round(self) -> bool:
        self.rounds += 1
        return super()._notice_round()


class CountedExchange(ExchangeProgram):
    """An exchange whose rounds of the log are counted: the sequencer's and the readers' together."""

    def __init__(self, config: Config) -> None:
        self.rounds = 0
        super().__init__(config)

    def _sequence(self) -> bool:
        self.rounds += 1
        return super()._sequence()

    def _read_log(self) -> bool:
        self.rounds += 1
        return super()._read_log()


class Put(NamedTuple):
    """A program, and the loops of it that wait while messages come."""

    program: CountedAgent | CountedExchange
    patient: tuple[str, ...]


def configured(folder: Path, me: ParticipantId, url: str) -> Config:
    """Write the files of one program of a network of two, and return its configuration."""
    network = Network(participants=(participant(BANK, "L2"), participant(EXCHANGE_ID, "L2", "exchange")), officers=())
    write_json(folder / "network.json", network)
    write_keyring(keyring(me), folder / "keys.json")
    name = Wording(kk="A", ru="A", en="A")
    write_json(folder / "bank.json", BankProfile(name=name, phone="", branch=name, officers=()))
    return Config(
        participant_id=me,
        database_url=url,
        keyring_file=str(folder / "keys.json"),
        network_file=str(folder / "network.json"),
        pack="kz-demo",
        host="127.0.0.1",
        port=0,
        bank_file=None if me == EXCHANGE_ID else str(folder / "bank.json"),
    )


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every span of the programs that hangs on traffic be long."""
    monkeypatch.setattr(worker, "CALM_SECONDS", LONG)
    monkeypatch.setattr(agent_program, "NOTICE_PATIENCE_SECONDS", LONG)
    monkeypatch.setattr(exchange_program, "SEQUENCE_PATIENCE_SECONDS", LONG)
    monkeypatch.setattr(exchange_program, "READ_LOG_PATIENCE_SECONDS", LONG)


@pytest.fixture(params=["agent", "exchange"])
def put(
    request: pytest.FixtureRequest, postgres_server: EmbeddedServer, tmp_path: Path, patience: None
) -> Iterator[Put]:
    """One of the programs on a database of its own; its threads are not started, the test does their rounds."""
    with fresh_database(postgres_server) as url:
        migrate(url, request.param)
        if request.param == "agent":
            made = Put(CountedAgent(configured(tmp_path, BANK, url)), ("notices",))
        else:
            made = Put(CountedExchange(configured(tmp_path, EXCHANGE_ID, url)), ("sequencer", "log_readers"))
        yield made
        made.program._store.close()


def test_loops_that_can_wait_know_of_what_comes_through_the_door(put: Put) -> None:
    program = put.program
    loops = [program._loops[name] for name in put.patient]

    def do_rounds() -> int:
        before = program.rounds
        for loop in loops:
            loop._work()
        return program.rounds - before

    door = TestClient(program.app())
    assert [do_rounds() for _ in range(2)] == [len(loops)] * 2
    answer = door.post("/v1/messages", content=to_json(Batch(messages=("no message",))), headers=JSON)
    assert answer.status_code == 200
    assert do_rounds() == 0
