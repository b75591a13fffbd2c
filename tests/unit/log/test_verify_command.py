"""`tarazy verify` as it is used: files in, lines and an exit status out."""

import json

import pytest
from typer.testing import CliRunner

from tarazy.edge.cli.verify import app
from tarazy.log.note import SignatureType
from tarazy.log.witness import cosign
from tests.unit.log.model import START, MemoryLog, Signer, waiting

WITNESS = Signer("witness.example/w1", SignatureType.cosignature_v1)


@pytest.fixture
def files(tmp_path):
    log = MemoryLog(queue=waiting(range(6)))
    log.run()
    log.signed = cosign(log.signed, WITNESS.key.name, WITNESS.sign, WITNESS.public, START)
    (tmp_path / "receipt.json").write_text(log.receipt(4).text(), encoding="utf-8")
    (tmp_path / "bare.json").write_text(log.receipt(4).without_personal().text(), encoding="utf-8")
    (tmp_path / "log.key").write_text(f"# the log\n\n{log.signer.key.text()}\n", encoding="utf-8")
    (tmp_path / "witness.key").write_text(WITNESS.key.text(), encoding="utf-8")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_good_receipt_says_what_is_proven_and_what_is_not(files):
    result = run(files / "receipt.json", "--key", files / "log.key", "--key", files / "witness.key", "--witnesses", 1)
    assert result.exit_code == 0
    assert result.stdout.startswith("ok: act 4 of the log log.tarazy.example/kz-demo\n")
    assert "the log held this act, unaltered, when it signed its checkpoint of 6 acts" in result.stdout
    assert "the personal part shown here is the one" in result.stdout
    assert "- witness.example/w1 saw that checkpoint at 2026-11-22T10:00:00.000000Z" in result.stdout
    assert "Not proven:\n- that what the act says is true" in result.stdout


def test_what_is_not_shown_or_not_witnessed_is_said(files):
    result = run(files / "bare.json", "--key", files / "log.key")
    assert result.exit_code == 0
    assert "what the personal part says: it is not shown in this receipt" in result.stdout
    assert "that everybody else is shown the same log" in result.stdout


def test_a_changed_receipt_ends_with_one_and_the_place(files):
    path = files / "receipt.json"
    path.write_text(path.read_text(encoding="utf-8").replace("bank_1", "bank_2"), encoding="utf-8")
    result = run(path, "--key", files / "log.key")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        f"not proven: {path}: step 4 (inclusion): leaf.participant_id: "
        "the leaf and the proof do not lead to the root of the checkpoint\n"
    )


def test_a_demand_for_more_witnesses_than_there_are_ends_with_one(files):
    result = run(files / "receipt.json", "--key", files / "log.key", "--witnesses", 1)
    assert result.exit_code == 1
    assert "step 6 (witnesses)" in result.stderr


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"not JSON", "line 1, column 1: not JSON: Expecting value"),
        (b"\xff", "byte 0: expected UTF-8 text"),
        (b"{}", "format: is missing"),
        (json.dumps({"format": "x"}).encode(), "leaf: is missing"),
    ],
)
def test_bad_input_ends_with_two_and_one_line(files, content, line):
    path = files / "bad.json"
    path.write_bytes(content)
    result = run(path, "--key", files / "log.key")
    assert result.exit_code == 2
    assert result.stderr == f"tarazy verify: {path}: {line}\n"
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "expected 1 to 64 keys, one a line, as NAME+KEY-ID+BASE64"),
        (b"# nothing\n", "expected 1 to 64 keys, one a line, as NAME+KEY-ID+BASE64"),
        (b"\nlog.example\n", "line 2: expected NAME+KEY-ID+BASE64"),
    ],
)
def test_a_bad_key_file_ends_with_two_and_one_line(files, content, line):
    path = files / "bad.key"
    path.write_bytes(content)
    result = run(files / "receipt.json", "--key", path)
    assert result.exit_code == 2
    assert result.stderr == f"tarazy verify: {path}: {line}\n"


def test_missing_files_and_a_missing_key_end_with_two(files):
    absent = files / "absent"
    result = run(absent, "--key", files / "log.key")
    assert (result.exit_code, result.stderr) == (2, f"tarazy verify: {absent}: No such file or directory\n")
    assert run(files / "receipt.json", "--key", absent).exit_code == 2
    assert run(files / "receipt.json").exit_code == 2
