"""The command `tarazy participant`: keys, records, the network file."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tarazy.adapters.keys import Trust, read_keyring
from tarazy.edge.cli.participant import app
from tarazy.edge.config import read_network
from tarazy.edge.joining import change_network, joined

EXCHANGE = ("add", "Exchange", "--id", "exchange", "--kind", "exchange", "--url", "http://127.0.0.1:8000")
BANK = ("add", "Алатау Банк", "--id", "bank-x", "--kind", "bank", "--url", "https://agent.bank.example")


def run(*arguments: object, text: str = "") -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], input=text)


def refused(result: Result, *parts: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    assert all(part in result.stderr for part in parts), result.stderr


@pytest.fixture
def network(tmp_path: Path) -> Path:
    file = tmp_path / "network.json"
    assert run(*EXCHANGE, "--out", tmp_path / "keys", "--network", file).exit_code == 0
    return file


def test_add_makes_keys_for_the_owner_alone_and_joins(tmp_path: Path, network: Path) -> None:
    officers = ("--officer", "officer-1:analyst", "--officer", "officer-2:head")
    result = run(*BANK, "--out", tmp_path / "keys", "--network", network, *officers)
    assert result.exit_code == 0, result.output
    keys = tmp_path / "keys" / "bank-x.keys.json"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    ring = read_keyring(keys)
    record = json.loads(result.stdout)
    assert record["participants"][0]["signing_key"] == ring.signing.public.hex()
    assert ring.signing.seed.hex() not in result.output
    found = read_network(network)
    assert [one.participant_id for one in found.participants] == ["exchange", "bank-x"]
    assert [(one.officer_id, one.role) for one in found.officers] == [("officer-1", "analyst"), ("officer-2", "head")]
    trust = Trust(found.participants, found.officers)
    assert ring.unseal(trust.seal(ring.participant_id, "t1")) == "t1"


def test_a_bank_makes_its_keys_and_the_exchange_joins_the_record(tmp_path: Path, network: Path) -> None:
    record = run(*BANK, "--out", tmp_path / "at the bank").stdout
    assert run("join", "-", "--network", network, text=record).exit_code == 0
    assert len(read_network(network).participants) == 2
    file = tmp_path / "record.json"
    file.write_text(record)
    refused(run("join", file, "--network", network), "bank-x: is joined already")


def test_list_shows_who_is_joined_and_suspend_ends_belief(tmp_path: Path, network: Path) -> None:
    run(*BANK, "--out", tmp_path, "--network", network)
    line = run("list", "--network", network).stdout.splitlines()[1].split("\t")
    assert line[:5] == ["bank-x", "bank", "L2", "active", "0"]
    assert line[6:] == ["-", "https://agent.bank.example", "Алатау Банк"]
    assert run("suspend", "bank-x", "--network", network).exit_code == 0
    assert "suspended" in run("list", "--network", network).stdout
    found = read_network(network)
    assert Trust(found.participants, found.officers).key_of("bank-x#1") is None
    refused(run("suspend", "bank-x", "--network", network), "suspended already")
    assert run("resume", "bank-x", "--network", network).exit_code == 0
    assert read_network(network).participants[1].is_active
    refused(run("suspend", "bank-y", "--network", network), "expected one of exchange, bank-x")
    refused(run("suspend", "exchange", "--network", network), "stopped, not suspended")


def test_an_authority_is_competent_for_places_and_a_bank_is_not(tmp_path: Path, network: Path) -> None:
    office = ("add", "Prosecutors", "--id", "office-1", "--kind", "prosecutor", "--level", "L0")
    places = ("--place", "Almaty", "--place", "Astana", "--place", "Almaty")
    assert run(*office, *places, "--out", tmp_path, "--network", network).exit_code == 0
    assert read_network(network).participants[1].places == ("Almaty", "Astana")
    assert "Almaty,Astana" in run("list", "--network", network).stdout
    refused(run(*BANK, "--place", "Almaty", "--out", tmp_path, "--network", network), "place: expected none")
    other = ("add", "Court", "--id", "court-1", "--kind", "court", "--level", "L0", "--place", "a\nb")
    refused(run(*other, "--out", tmp_path, "--network", network), "place: expected at most 50")


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("--id", "Bank X"), "id: expected 3 to 40"),
        (("--id", "../bank"), "id: expected 3 to 40"),
        (("--id", "bank_x"), "id: expected 3 to 40"),
        (("--id", ""), "id: expected 3 to 40"),
        (("--id", "exchange"), "for nobody else"),
        (("--kind", "exchange"), "for nobody else"),
        (("--url", ""), "url: expected https"),
        (("--url", "http://agent.bank.example"), "url: expected https"),
        (("--url", "https://agent.bank.example/path"), "url: expected https"),
        (("--url", "https://u:p@agent.bank.example"), "url: expected https"),
        (("--url", "https://agent.bank.example:port"), "url: expected https"),
        (("--url", "https://[::1"), "url: expected https"),
        (("--url", "http://127.0.0.1:8000"), "url: expected one where no other"),
        (("--officer", "officer-1"), "expected ID:ROLE"),
        (("--officer", "Officer 1:analyst"), "--officer: expected 3 to 40"),
        (("--officer", "officer-1:"), "expected a role"),
        (("--officer", "officer-1:analyst", "--officer", "officer-1:head"), "each officer once"),
    ],
)
def test_what_cannot_join_leaves_the_network_alone(
    tmp_path: Path, network: Path, change: tuple[str, ...], part: str
) -> None:
    before = network.read_bytes()
    refused(run(*BANK, "--out", tmp_path / "new", "--network", network, *change), part)
    assert network.read_bytes() == before


def test_a_name_is_printable_and_short(tmp_path: Path) -> None:
    refused(run("add", "a\nb", *BANK[2:], "--out", tmp_path), "name: expected")
    refused(run("add", "a" * 121, *BANK[2:], "--out", tmp_path), "name: expected")


def test_a_duplicate_is_refused_by_id_and_by_key(tmp_path: Path, network: Path) -> None:
    assert run(*BANK, "--out", tmp_path, "--network", network).exit_code == 0
    before = network.read_bytes()
    refused(run(*BANK, "--out", tmp_path, "--network", network), "bank-x: is joined already")
    record = json.loads(run(*BANK, "--out", tmp_path).stdout)
    record["participants"][0] |= {"participant_id": "bank-y", "url": "https://other.example"}
    refused(run("join", "-", "--network", network, text=json.dumps(record)), "keys that nobody else has")
    assert network.read_bytes() == before


def test_keys_that_others_can_read_are_not_used(tmp_path: Path) -> None:
    assert run(*BANK, "--out", tmp_path).exit_code == 0
    keys = tmp_path / "bank-x.keys.json"
    first = keys.read_bytes()
    assert run(*BANK, "--out", tmp_path).exit_code == 0
    for mode in (0o640, 0o604, 0o644):
        keys.chmod(mode)
        refused(run(*BANK, "--out", tmp_path), "others can read these keys")
    keys.chmod(0o600)
    assert keys.read_bytes() == first
    refused(run(*BANK, "--out", tmp_path, "--officer", "officer-9:analyst"), "expected keys of bank-x")
    keys.write_text("{}")
    refused(run(*BANK, "--out", tmp_path), "expected a key file")


def test_only_the_exchange_starts_a_network(tmp_path: Path) -> None:
    refused(run(*BANK, "--out", tmp_path, "--network", tmp_path / "none.json"), "no such network file")
    assert not (tmp_path / "none.json").exists()
    refused(run("list", "--network", tmp_path / "none.json"), "cannot be read")
    refused(run(*BANK, "--out", tmp_path, "--network", tmp_path / "no" / "folder.json"), "cannot be changed")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"participants":[],"officers":[]}', "\u0000", "[" * 9_999])
def test_a_record_that_is_none_is_refused(network: Path, text: str) -> None:
    before = network.read_bytes()
    refused(run("join", "-", "--network", network, text=text), "expected")
    assert network.read_bytes() == before


def test_two_who_join_at_one_moment_both_join(tmp_path: Path, network: Path) -> None:
    records = []
    for number in range(8):
        options = ("--id", f"bank-{number}", "--url", f"https://bank-{number}.example")
        run(*BANK, *options, "--out", tmp_path / "keys", "--network", tmp_path / "none.json")
        text = run(*BANK, *options, "--out", tmp_path / "keys").stdout
        file = tmp_path / f"{number}.json"
        file.write_text(text)
        records.append(read_network(file))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda record: change_network(network, lambda before: joined(before, record)), records))
    assert len(read_network(network).participants) == 9


def test_a_core_key_is_made_once(tmp_path: Path) -> None:
    file = tmp_path / "core.key"
    result = run("core-key", "--out", file)
    assert result.exit_code == 0
    assert len(result.stdout.strip()) == 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().strip() not in result.output
    refused(run("core-key", "--out", file), "expected a new file")
