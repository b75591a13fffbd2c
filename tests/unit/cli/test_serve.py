"""What `tarazy serve`, `tarazy witness` and `tarazy up` say to what they cannot start with: one line, exit code 2."""

import fcntl
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tarazy.adapters.keys import SigningKey
from tarazy.adapters.postgres.embedded import EmbeddedServer
from tarazy.adapters.postgres.migrations import MigrationFault, check_schema, migrate
from tarazy.log.note import NoteKey, SignatureType
from tests.postgres import fresh_database
from tests.unit.cli.command import is_refused, tarazy

NOBODY: Final = "postgresql://127.0.0.1:1/nobody"


@dataclass(frozen=True)
class Files:
    """The files of an agent that could start, if its port were free and its database there."""

    folder: Path
    port: int

    @property
    def config(self) -> Path:
        return self.folder / "bank-x.json"

    def write(self, **changed: object) -> Path:
        own = {
            "participant_id": "bank-x",
            "database_url": NOBODY,
            "keyring_file": str(self.folder / "bank-x.keys.json"),
            "network_file": str(self.folder / "network.json"),
            "pack": "kz",
            "host": "127.0.0.1",
            "port": self.port,
            "bank_file": str(self.folder / "bank.json"),
        }
        self.config.write_text(json.dumps(own | changed))
        return self.config


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens, so that nothing here is ever served."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def files(tmp_path: Path, taken: int) -> Files:
    add = ("participant", "add", "--out", tmp_path, "--network", tmp_path / "network.json")
    tarazy(*add, "Exchange", "--id", "exchange", "--kind", "exchange", "--url", "http://127.0.0.1:8000")
    tarazy(*add, "Bank X", "--id", "bank-x", "--kind", "bank", "--url", "http://127.0.0.1:8001")
    name = {"kk": "X", "ru": "X", "en": "X"}
    (tmp_path / "bank.json").write_text(json.dumps({"name": name, "phone": "", "branch": name, "officers": []}))
    (tmp_path / "broken").write_bytes(b"\0{")
    return Files(tmp_path, taken)


@pytest.mark.parametrize(
    ("changed", "parts"),
    [
        ({"pack": "zz"}, ("pack: expected one of", "kz-demo", "'zz'")),
        ({"participant_id": "bank-y"}, ("participant_id: bank-y is not joined", "tarazy participant join")),
        ({"participant_id": "exchange"}, ("keyring_file", "expected the keys of exchange, found those of bank-x")),
        ({"keyring_file": "/nowhere"}, ("keyring_file: /nowhere: cannot be read (No such file or directory)",)),
        ({"keyring_file": "broken"}, ("keyring_file", "tarazy participant add")),
        ({"bank_file": "/nowhere"}, ("bank_file: /nowhere: cannot be read (No such file or directory)",)),
        ({"bank_file": "broken"}, ("bank_file", "broken: JSON is malformed")),
        ({"bank_file": None}, ("bank_file: expected the file",)),
        ({"network_file": "/nowhere"}, ("/nowhere: cannot be read", "docs/operator.md")),
        ({"database_url": "anything"}, ("database_url: expected postgresql://",)),
        ({"host": "999.1.1.1"}, ("999.1.1.1", "cannot listen there", "choose another host or port")),
        ({"port": -4}, ("port: expected from 1 to 65535, found -4",)),
        ({}, ("cannot listen there (Address already in use); choose another host or port",)),
    ],
)
def test_serve_names_the_file_the_field_and_the_remedy(
    files: Files, changed: dict[str, object], parts: tuple[str, ...]
) -> None:
    broken = {field: str(files.folder / "broken") for field, value in changed.items() if value == "broken"}
    file = files.write(**(changed | broken))
    assert is_refused(tarazy("serve", "agent", file), f"{file}: ", *parts)


def test_serve_knows_two_programs(files: Files) -> None:
    assert is_refused(tarazy("serve", "bank", files.write()), "PROGRAM: expected exchange or agent, found 'bank'")


@pytest.mark.postgres
def test_a_database_without_its_tables_is_told_and_left_as_it_is(files: Files, postgres_server: EmbeddedServer) -> None:
    with fresh_database(postgres_server) as url:
        file = files.write(database_url=url)
        for _ in range(2):
            assert is_refused(tarazy("serve", "agent", file), "database_url: the database lacks 0001_", "operator.md")
        migrate(url, "agent")
        assert is_refused(tarazy("serve", "agent", file), "cannot listen there")
        with pytest.raises(MigrationFault, match="is not what was applied"):
            check_schema(url, "exchange")


def test_witness_says_what_it_cannot_have(tmp_path: Path, taken: int) -> None:
    keys, file = tmp_path / "log.key", tmp_path / "file"
    keys.write_text(f"{NoteKey('log.example', SignatureType.ed25519, SigningKey(bytes(32)).public).text()}\n")
    file.write_text("")
    asked = ("--name", "w.example/1", "--log-key", keys)
    ran = tarazy("witness", tmp_path / "w", *asked, "--port", str(taken))
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert f"127.0.0.1:{taken}: cannot listen there" in ran.err
    assert is_refused(tarazy("witness", file, *asked), f"{file}: expected a folder of its own")


def test_up_wants_a_folder_for_its_home(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for home in (file, file / "below"):
        assert is_refused(tarazy("up", "--headless", "--home", home), f"--home: {home} cannot be a folder here")


def test_up_does_not_empty_a_home_on_which_a_demonstration_runs(tmp_path: Path) -> None:
    (tmp_path / "network.json").write_text("{}")
    with (tmp_path / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = tarazy("up", "--headless", "--fresh", "--home", tmp_path)
    assert is_refused(ran, f"--fresh: a demonstration runs on {tmp_path}", "end that one first")
    assert (tmp_path / "network.json").exists()
