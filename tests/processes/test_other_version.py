"""`tarazy up` on a home that another version has made: it says so, touches nothing, and its advice helps."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tarazy.adapters.postgres.embedded import EmbeddedServer
from tarazy.adapters.postgres.migrations import Migration, apply
from tests.postgres import memory_folder, temporary_folder

pytestmark = [pytest.mark.processes, pytest.mark.postgres]

COMMAND: Final = [sys.executable, "-c", "from tarazy.edge.cli.main import main; main()", "up", "--headless", "--home"]
SECONDS_MAX: Final = 120
OTHER: Final = Migration(1, "of_another_version", "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('still')")


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home whose exchange has a schema that this version never made."""
    with temporary_folder(memory_folder()) as folder:
        with EmbeddedServer(folder / "postgres") as server:
            server.create_database("exchange", "exchange")
            apply(server.url("exchange", "exchange"), [OTHER])
        (folder / "network.json").write_text("{}")
        yield folder


def test_it_says_in_one_line_what_is_wrong_and_what_to_do(home: Path) -> None:
    ran = subprocess.run([*COMMAND, str(home)], capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"tarazy up: the data in {home} are of another version of Tarazy (0001_")
    assert ran.stderr.endswith("begin anew with `tarazy up --fresh`, or name another --home\n")
    assert ran.stderr.count("\n") == 1
    with EmbeddedServer(home / "postgres") as server, psycopg.connect(server.url("exchange", "exchange")) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("still",)]


def test_begun_anew_it_starts_and_ends_when_asked_though_a_shell_let_it_ignore_ctrl_c(home: Path) -> None:
    command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *COMMAND, str(home), "--fresh"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said = list(takewhile(lambda line: "Ctrl-C" not in line, process.stdout))
        process.send_signal(signal.SIGTERM)
        said += process.stdout
        assert process.wait(SECONDS_MAX) == 0, "".join(said)
    assert said[-1] == "ended\n"
