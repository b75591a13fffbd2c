"""`tarazy up --headless --story` as a person runs it: real processes, a table, an exit status that can be trusted."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tarazy.edge.demonstration.network import DemonstrationNetwork
from tarazy.edge.stage.books import balance
from tarazy.edge.stage.scene import Scene
from tarazy.edge.stage.story import STEPS, Story, count
from tarazy.edge.stage.table import REPORT_STEPS
from tests.postgres import memory_folder, temporary_folder

pytestmark = [pytest.mark.processes, pytest.mark.postgres]

COMMAND = [sys.executable, "-c", "from tarazy.edge.cli.main import main; main()"]
SECONDS_MAX = 240
GONE_SECONDS_MAX = 30


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with temporary_folder(memory_folder()) as folder:
        yield folder


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a program of its own."""
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=SECONDS_MAX, check=False)


@pytest.fixture(scope="module")
def played(home: Path) -> subprocess.CompletedProcess[str]:
    return run("up", "--home", str(home), "--headless", "--story")


def test_story_plays_to_its_end_and_all_books_balance(played: subprocess.CompletedProcess[str]) -> None:
    assert played.returncode == 0, played.stderr[-2000:]
    assert played.stderr == ""
    assert played.stdout.rstrip().endswith("All books balance to the unit.")


def test_story_prints_its_table_to_the_unit(played: subprocess.CompletedProcess[str]) -> None:
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in played.stdout.splitlines() if "│" in line]
    table = {row[0]: [cell.removeprefix("KZT\xa0") for cell in row[1:]] for row in rows}
    assert table["Stolen"] == ["900,000.00", "300,000.00", "90,000.00"]
    assert table["Held at Ertis Bank"] == ["40,000.00", "", ""]
    assert table["Held at Karatau Bank"] == ["200,000.00", "100,000.00", "30,000.00"]
    assert table["Exits"] == ["270,000.00", "", ""]
    assert table["Untouched"] == ["50,851.00", "", ""]
    assert table["Returned"] == ["82,500.00", "27,500.00", ""]
    assert table["Refunded"] == ["456,649.00", "272,500.00", ""]
    assert table["Released"] == ["40,000.00", "", "90,000.00"]
    assert len(table["Signature to last hold"]) == len(REPORT_STEPS)


def test_receipt_is_proven_by_the_command_and_the_damaged_one_is_not(
    played: subprocess.CompletedProcess[str], home: Path
) -> None:
    assert played.returncode == 0
    folder, key = home / "receipts", str(home / "receipts" / "log.key")
    assert run("verify", str(folder / "receipt.json"), "--key", key).returncode == 0
    damaged = run("verify", str(folder / "damaged.json"), "--key", key)
    assert damaged.returncode == 1
    assert "leaf.personal_commitment" in damaged.stderr


def test_books_that_were_touched_do_not_balance_and_say_where(
    played: subprocess.CompletedProcess[str], home: Path
) -> None:
    """The same home again: nothing is left to play, and one tenge that somebody adds by hand is found."""
    assert played.returncode == 0
    network = DemonstrationNetwork(home)
    try:
        network.start(lambda _: None)
        scene = Scene(network)
        story = Story(scene)
        assert [one.key for one in story.record.played] == [step.key for step in STEPS]
        assert story.next_step is None
        scene.settle()
        assert balance(count(network))
        with psycopg.connect(network.database_url(network.banks[1].participant_id)) as connection:
            connection.execute(
                "UPDATE core_accounts SET balance_minor = balance_minor + 100 WHERE account_id = 'b-olga'"
            )
        findings = {one.check: one.differences for one in count(network)}
        assert any("b-olga" in one for one in findings["ledgers"])
        assert any("b-olga" in one for one in findings["lines"])
        assert findings["money"]
    finally:
        network.stop()


def test_nothing_is_left_of_a_demonstration_whose_keeper_was_killed(
    played: subprocess.CompletedProcess[str], home: Path
) -> None:
    """Not asked to end but killed: the programs and the database notice, and end by themselves."""
    assert played.returncode == 0
    with subprocess.Popen([*COMMAND, "up", "--home", str(home), "--headless"], stdout=subprocess.PIPE) as keeper:
        assert keeper.stdout is not None
        while b"Ctrl-C" not in keeper.stdout.readline():
            assert keeper.poll() is None
        started = descendants(keeper.pid)
        assert len(started) > len(DemonstrationNetwork(home).banks) + 2
        handles = {os.pidfd_open(pid): pid for pid in started}
        keeper.kill()
    try:
        assert still_alive(handles) == []
    finally:
        for handle in handles:
            os.close(handle)


def descendants(pid: int) -> list[int]:
    """Return the processes that a process has started, and theirs."""
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*found, *(below for child in found for below in descendants(child))]


def still_alive(handles: dict[int, int]) -> list[int]:
    """Wait until processes have ended, each a handle and its number; return the numbers of those that did not."""
    waiting = select.poll()
    for handle in handles:
        waiting.register(handle, select.POLLIN)
    left, deadline = dict(handles), time.monotonic() + GONE_SECONDS_MAX
    while left and (ended := waiting.poll(1000 * max(0.0, deadline - time.monotonic()))):
        for handle, _ in ended:
            waiting.unregister(handle)
            del left[handle]
    return list(left.values())
