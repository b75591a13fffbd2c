"""`tarazy verify --log` as an outsider runs it, on a folder and on an address: what is proven and what is found."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tarazy.edge.cli import log_source
from tarazy.edge.cli.verify import app
from tarazy.log.checkpoint import sign_checkpoint
from tarazy.log.note import SignatureType
from tarazy.log.receipt import Receipt
from tarazy.log.tile import nodes_in_tiles
from tarazy.log.tree import inclusion_proof
from tarazy.log.witness import cosign
from tests.unit.log.model import ORIGIN, START, Signer, leaf
from tests.unit.log.published import PublishedLog, checkpoint_of

LOG = Signer(ORIGIN)
WITNESS = Signer("witness.example/w1", SignatureType.cosignature_v1)
SIZE = 600
OLD = 300


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a log, an older head of it, a receipt from then, and the keys."""
    log = PublishedLog(list(range(SIZE)))
    log.write(tmp_path / "log", LOG)
    (tmp_path / "old").write_text(signed(range(OLD)), encoding="utf-8")
    (tmp_path / "keys").write_text(f"{LOG.key.text()}\n{WITNESS.key.text()}\n", encoding="utf-8")
    older = PublishedLog(list(range(OLD)))
    proof = inclusion_proof(7, OLD, nodes_in_tiles(OLD, older.read().tile))
    receipt = Receipt(leaf=leaf(7), index=7, proof=tuple(proof), checkpoint=signed(range(OLD)))
    (tmp_path / "receipt.json").write_text(receipt.text(), encoding="utf-8")
    return tmp_path


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    """The same folder as a web server shows it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(home / "log")))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def signed(numbers: Any, key: Signer = LOG) -> str:
    return sign_checkpoint(checkpoint_of(numbers), key.sign, key.public)


def run(home: Path, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["--key", str(home / "keys"), *map(str, arguments)])


def test_everything_at_once_is_proven_and_said(home: Path) -> None:
    result = run(
        home, home / "receipt.json", "--log", home / "log", "--since", home / "old", "--whole", "--save", home / "new"
    )
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(f"ok: act 7 of the log {ORIGIN}\n")
    assert f"\n\nok: the log {ORIGIN} has {SIZE} acts\n" in result.stdout
    assert "- it continues that receipt's checkpoint:" in result.stdout
    assert f"- it continues the checkpoint in {home / 'old'}:" in result.stdout
    assert "- every tile and every entry belongs to that checkpoint" in result.stdout
    assert "- that everybody else is shown the same log" in result.stdout
    assert (home / "new").read_bytes() == (home / "log" / "checkpoint").read_bytes()


def test_a_log_is_checked_by_its_address_like_in_a_folder(home: Path, address: str) -> None:
    result = run(home, "--log", address, "--since", home / "old", "--whole")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(f"ok: the log {ORIGIN} has {SIZE} acts\n")


def test_only_what_is_needed_is_read_and_the_rest_is_named_as_unproven(home: Path) -> None:
    (home / "log" / "tile" / "0" / "001").unlink()
    (home / "log" / "tile" / "entries" / "001").unlink()
    result = run(home, "--log", home / "log")
    assert result.exit_code == 0
    assert "- the files that were not needed: --whole reads all" in result.stdout
    assert "--save this checkpoint, and give it with --since" in result.stdout
    missing = run(home, "--log", home / "log", "--whole")
    assert missing.exit_code == 2
    assert missing.stderr == f"tarazy verify: {home / 'log' / 'tile' / '0' / '001'}: there is no such file\n"


def test_all_tiles_are_read_where_the_entries_are_not_shown(home: Path) -> None:
    for bundle in (home / "log" / "tile" / "entries").glob("00[01]"):
        bundle.unlink()
    result = run(home, "--log", home / "log", "--tiles")
    assert result.exit_code == 0
    assert "- every tile belongs to that checkpoint" in result.stdout
    tile = home / "log" / "tile" / "0" / "001"
    tile.write_bytes(tile.read_bytes()[::-1])
    damaged = run(home, "--log", home / "log", "--tiles")
    assert (damaged.exit_code, damaged.stdout) == (1, "")
    assert "tile/0/001: is not the tile that tile/1/000.p/2 commits to" in damaged.stderr


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("tile/0/001", "tile/0/001: is not the tile that tile/1/000.p/2 commits to"),
        ("tile/0/002.p/88", "tile/0/002.p/88 hash 0: does not follow from what is below it"),
        ("tile/1/000.p/2", "tile/1/000.p/2 hash 0: does not follow from what is below it"),
        ("tile/entries/001", "tile/entries/001: entry 0 of the bundle: cut off"),
    ],
)
def test_a_flipped_byte_is_found_and_its_file_named(home: Path, path: str, found: str) -> None:
    file = home / "log" / path
    file.write_bytes(bytes([file.read_bytes()[0] ^ 255]) + file.read_bytes()[1:])
    result = run(home, "--log", home / "log", "--whole")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"not proven: the log: {found}\n"


def test_a_log_that_was_rewritten_is_found_by_whoever_saved_an_older_head(home: Path) -> None:
    PublishedLog([*range(100), 9_999, *range(101, SIZE)]).write(home / "log", LOG)
    assert run(home, "--log", home / "log", "--whole").exit_code == 0
    result = run(home, "--log", home / "log", "--since", home / "old")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"not proven: the checkpoint in {home / 'old'}: checkpoint.root: "
        f"the log does not begin with the {OLD} acts of the older head\n"
    )
    by_receipt = run(home, home / "receipt.json", "--log", home / "log")
    assert by_receipt.exit_code == 1
    assert by_receipt.stderr.startswith("not proven: that receipt's checkpoint: checkpoint.root:")


def test_a_log_that_was_cut_short_is_found_and_nothing_is_saved(home: Path) -> None:
    PublishedLog(list(range(OLD - 1))).write(home / "log", LOG)
    result = run(home, "--log", home / "log", "--since", home / "old", "--save", home / "new")
    assert result.exit_code == 1
    assert f"a log of {OLD - 1} acts cannot continue one of {OLD}" in result.stderr
    assert not (home / "new").exists()


def test_a_head_by_another_key_proves_nothing(home: Path) -> None:
    (home / "log" / "checkpoint").write_text(signed(range(SIZE), Signer("other")), encoding="utf-8")
    result = run(home, "--log", home / "log")
    assert (result.exit_code, result.stderr) == (
        1,
        "not proven: the log: checkpoint: signatures: none is by a trusted key\n",
    )


def test_witnesses_are_asked_of_the_log_where_it_is_given(home: Path) -> None:
    lacking = run(home, home / "receipt.json", "--log", home / "log", "--witnesses", 1)
    assert (lacking.exit_code, lacking.stdout) == (1, "")
    assert "witnesses: expected 1 by trusted keys, found 0" in lacking.stderr
    head = home / "log" / "checkpoint"
    seen = cosign(head.read_text(encoding="utf-8"), WITNESS.key.name, WITNESS.sign, WITNESS.public, START)
    head.write_text(seen, encoding="utf-8")
    result = run(home, home / "receipt.json", "--log", home / "log", "--witnesses", 1)
    assert result.exit_code == 0
    assert "- witness.example/w1 saw this checkpoint at 2026-11-22T10:00:00.000000Z" in result.stdout


def test_a_copy_that_kept_full_tiles_for_partial_ones_will_do(home: Path) -> None:
    PublishedLog(list(range(768))).write(home / "full", LOG)
    for path in ("tile/0/002", "tile/entries/002"):
        (home / "log" / f"{path}.p" / "88").unlink()
        (home / "log" / path).write_bytes((home / "full" / path).read_bytes())
    assert run(home, "--log", home / "log", "--whole").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("receipt.json", "--tiles"), "expected a RECEIPT, or --log"),
        ((), "expected a RECEIPT, or --log ADDRESS-OR-FOLDER"),
        (("receipt.json", "--whole"), "expected a RECEIPT, or --log"),
        (("--log", "nowhere"), "nowhere/checkpoint: there is no such file"),
        (("--log", "log", "--since", "absent"), "No such file or directory"),
        (("--log", "log", "--since", "keys"), "checkpoint: note: expected a text"),
    ],
)
def test_what_cannot_be_read_ends_with_two_and_one_line(home: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run(home, *(home / one if not one.startswith("--") else one for one in arguments))
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_file_that_is_too_long_and_an_address_that_is_silent_end_with_two(home: Path, address: str) -> None:
    (home / "log" / "tile" / "0" / "002.p" / "88").write_bytes(bytes(log_source.TILE_BYTES_MAX + 1))
    for place in (home / "log", address):
        result = run(home, "--log", place)
        assert result.exit_code == 2
        assert f"tile/0/002.p/88: longer than {log_source.TILE_BYTES_MAX} bytes" in result.stderr
    assert run(home, "--log", f"{address}/elsewhere").exit_code == 2
    assert "no answer" in run(home, "--log", "http://127.0.0.1:1").stderr
