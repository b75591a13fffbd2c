"""The exchange asks, a witness answers, both over HTTP: growth is cosigned, a second history is not, nobody waits."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from litestar.testing import TestClient
from typer.testing import CliRunner, Result

from tarazy.app.sequencing import log_head
from tarazy.app.store import Store
from tarazy.edge.cli.main import app as command
from tarazy.edge.config import ConfigFault, WitnessPlace
from tarazy.edge.witness_program import Witness, WitnessFolder
from tarazy.edge.witnesses import WITNESSES_MAX, Witnesses
from tarazy.log.checkpoint import verify_checkpoint
from tarazy.log.note import NoteKey, SignatureType, parse_key, parse_note
from tarazy.log.receipt import Verified, verify_receipt
from tarazy.log.witness import verify_cosignature
from tests.story_stores import store_for, story_databases
from tests.unit.edge.console.world import World, world_of
from tests.unit.edge.test_log_pages import add_events, client_of, first_event

__all__ = ["store_for", "story_databases"]

NAME = "witness.example/w1"


class Standing:
    """A witness on an address of this machine, which can be taken away and come back."""

    def __init__(self, folder: Path, world: World) -> None:
        self._folder, self._world = folder, world
        self.refused: list[int] = []
        self.url = ""
        self._open(0)

    def _open(self, port: int) -> None:
        log_key = NoteKey(self._world.signer.origin, SignatureType.ed25519, self._world.signer.public_key)
        self.folder = WitnessFolder(self._folder)
        self.witness = Witness(NAME, self.folder, [log_key], self._world.context.clock)
        self.client = TestClient(self.witness.app(), base_url="http://testserver.local")
        self.client.__enter__()
        standing = self

        class Relay(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                answer = standing.client.post(self.path, content=body)
                if answer.status_code != 200:
                    standing.refused.append(answer.status_code)
                self.send_response(answer.status_code)
                self.send_header("Content-Type", answer.headers["content-type"])
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", port), Relay)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def leave(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.client.__exit__(None, None, None)
        self.folder.close()

    def come_back(self) -> None:
        self._open(self._server.server_port)


@pytest.fixture
def world(store_for: Callable[[str], Store]) -> World:
    return world_of(store_for=store_for)


@pytest.fixture
def standing(world: World, tmp_path: Path) -> Iterator[Standing]:
    one = Standing(tmp_path / "witness", world)
    yield one
    one.leave()


def witnesses_of(world: World, standing: Standing, key: str | None = None) -> Witnesses:
    place = WitnessPlace(url=standing.url, key=key or standing.witness.key.text())
    return Witnesses(world.network.exchange.store, world.signer.origin, [place])


def cosigned(world: World) -> str | None:
    head = world.network.exchange.store.run(lambda tx: log_head(tx, world.signer.origin))
    assert head is not None
    return head.cosigned


def cosigned_size(world: World) -> int:
    note = cosigned(world)
    assert note is not None
    log_key = NoteKey(world.signer.origin, SignatureType.ed25519, world.signer.public_key)
    return verify_checkpoint(note, [log_key])[0].size


def test_growth_is_cosigned_and_receipts_carry_it(world: World, standing: Standing) -> None:
    asking = witnesses_of(world, standing)
    asking.ask()
    for count in (3, 300, 1):
        add_events(world, count)
        asking.ask()
        note = cosigned(world)
        assert note is not None
        assert verify_cosignature(note, standing.witness.key) == world.network.now
    assert standing.refused == []
    with client_of(world) as client:
        assert client.get("/v1/log/cosigned").text == note
        receipt = client.get(f"/v1/receipts/{first_event(world).event_id}").text
    log_key = NoteKey(world.signer.origin, SignatureType.ed25519, world.signer.public_key)
    proved = verify_receipt(receipt, [log_key, standing.witness.key], witnesses_min=1)
    assert isinstance(proved, Verified)
    assert [each.name for each in proved.witnesses] == [NAME]


def test_a_head_is_asked_for_once_and_both_sides_can_start_anew(world: World, standing: Standing) -> None:
    add_events(world, 5)
    asking = witnesses_of(world, standing)
    asking.ask()
    before = cosigned(world)
    standing.leave()
    asking.ask()
    assert cosigned(world) == before
    standing.come_back()
    add_events(world, 20)
    asking.ask()
    assert cosigned_size(world) == 29
    world.network.wait(minutes=1)
    fresh = witnesses_of(world, standing)
    fresh.ask()
    fresh.ask()
    assert standing.refused == [409]
    assert cosigned_size(world) == 29
    note = cosigned(world)
    assert note is not None
    assert len(parse_note(note).signatures) == 2


def test_a_witness_that_is_away_keeps_nobody_waiting_and_catches_up(world: World, standing: Standing) -> None:
    asking = witnesses_of(world, standing)
    standing.leave()
    add_events(world, 5)
    asking.ask()
    assert cosigned(world) is None
    with client_of(world) as client:
        assert client.get("/v1/log/checkpoint").status_code == 200
        assert client.get("/v1/log/cosigned").json()["type"] == "urn:tarazy:problem:log_not_cosigned"
        assert client.get(f"/v1/receipts/{first_event(world).event_id}").status_code == 200
    standing.come_back()
    asking.ask()
    assert cosigned_size(world) == 9


def test_a_second_history_of_the_same_log_is_not_cosigned(standing: Standing, world: World) -> None:
    """The same key signs another log: what an exchange would do that shows different people different logs."""
    add_events(world, 50)
    witnesses_of(world, standing).ask()
    assert cosigned_size(world) == 54
    for count, status in ((50, 409), (80, 422), (20, 409)):
        other = world_of()
        other.network.wait(minutes=1)
        add_events(other, count)
        witnesses_of(other, standing).ask()
        assert cosigned(other) is None
        assert standing.refused.pop() == status
    add_events(world, 1)
    witnesses_of(world, standing).ask()
    assert cosigned_size(world) == 55


def test_a_cosignature_by_another_key_than_was_given_is_not_kept(world: World, standing: Standing) -> None:
    add_events(world, 5)
    key = NoteKey(NAME, SignatureType.cosignature_v1, world.signer.public_key)
    witnesses_of(world, standing, key.text()).ask()
    assert cosigned(world) is None


def test_a_witness_answers_as_the_specification_says(standing: Standing) -> None:
    post = standing.client.post
    assert post("/add-checkpoint", content=b"\xff").status_code == 400
    assert post("/add-checkpoint", content=b"old 0\n\nother\n0\n").status_code == 400
    assert post("/add-checkpoint", content=b"x" * 2_000_000).status_code == 413
    assert parse_key(standing.client.get("/key").text.strip()) == standing.witness.key


def test_what_a_witness_has_seen_survives_and_a_damaged_memory_is_refused(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "witness"
    standing = Standing(folder, world)
    add_events(world, 5)
    witnesses_of(world, standing).ask()
    key = standing.witness.key
    with pytest.raises(ConfigFault, match="another witness works in this folder"):
        WitnessFolder(folder)
    standing.leave()
    again = WitnessFolder(folder)
    assert NoteKey(NAME, SignatureType.cosignature_v1, again.key.public) == key
    assert again.seen[world.signer.origin].size == 9
    again.close()
    (kept,) = folder.glob("seen-*.checkpoint")
    assert oct(kept.stat().st_mode & 0o777) == oct((folder / "witness.key").stat().st_mode & 0o777) == "0o600"
    kept.write_text("nothing", encoding="utf-8")
    with pytest.raises(ConfigFault, match="expected the head that was cosigned last"):
        WitnessFolder(folder)


@pytest.mark.parametrize(
    ("url", "key", "said"),
    [
        ("ftp://x", None, r"witnesses\[0\].url"),
        ("http://x", "nothing", r"witnesses\[0\].key"),
        ("http://x", "log", "as `tarazy witness` prints it"),
    ],
)
def test_witnesses_that_cannot_be_asked_are_refused_at_the_start(url: str, key: str | None, said: str) -> None:
    world = world_of()
    log_key = NoteKey(world.signer.origin, SignatureType.ed25519, world.signer.public_key).text()
    good = NoteKey(NAME, SignatureType.cosignature_v1, world.signer.public_key).text()
    place = WitnessPlace(url=url, key=log_key if key == "log" else key or good)
    with pytest.raises(ConfigFault, match=said):
        Witnesses(world.network.exchange.store, world.signer.origin, [place])
    with pytest.raises(ConfigFault, match="more than"):
        Witnesses(world.network.exchange.store, "x", [WitnessPlace(url="http://x", key=good)] * (WITNESSES_MAX + 1))
    with pytest.raises(ConfigFault, match="once"):
        Witnesses(world.network.exchange.store, "x", [WitnessPlace(url="http://x", key=good)] * 2)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, ["witness", *map(str, arguments)])


def test_the_command_makes_a_key_once_and_says_what_it_cannot_start_with(tmp_path: Path) -> None:
    world = world_of()
    log_key = NoteKey(world.signer.origin, SignatureType.ed25519, world.signer.public_key).text()
    (tmp_path / "log.key").write_text(log_key, encoding="utf-8")
    first = run(tmp_path / "w", "--name", NAME, "--log-key", tmp_path / "log.key", "--key-only")
    assert first.exit_code == 0
    assert parse_key(first.stdout.strip()).name == NAME
    assert run(tmp_path / "w", "--name", NAME, "--log-key", tmp_path / "log.key", "--key-only").stdout == first.stdout
    bad_name = run(tmp_path / "w", "--name", "two words", "--log-key", tmp_path / "log.key", "--key-only")
    assert (bad_name.exit_code, bad_name.stderr.count("\n")) == (2, 1)
    assert "--name" in bad_name.stderr
    absent = run(tmp_path / "w", "--name", NAME, "--log-key", tmp_path / "absent", "--key-only")
    assert (absent.exit_code, absent.stderr.count("\n")) == (2, 1)
    (tmp_path / "w" / "witness.key").write_text("short", encoding="utf-8")
    assert run(tmp_path / "w", "--name", NAME, "--log-key", tmp_path / "log.key", "--key-only").exit_code == 2
