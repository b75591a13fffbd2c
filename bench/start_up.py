"""How long from ``tarazy up`` in an empty folder to its first page, beside the least that could stand in its place.

The counterpart is one process with an empty PostgreSQL of the same kind (made, started, one database) and an empty
Litestar application on uvicorn: what the demonstration adds is an exchange, six agents, their cores and the stage, each
with its tables, keys and people. Both begin with nothing, by turns; then ``tarazy up`` once more in its own folder.
"""

import argparse
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.request import urlopen

ROUNDS: Final = 3
SECONDS_MAX: Final = 120.0
LOOK_EVERY_SECONDS: Final = 0.01
STOP_SECONDS_MAX: Final = 30.0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def seconds_to_first_page(command: Sequence[str], port: int) -> float:
    """Start a program, return how long until it gives a page, and end it."""
    began = time.perf_counter()
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        while not answers(port):
            if program.poll() is not None or time.perf_counter() - began > SECONDS_MAX:
                told = program.stderr.read().decode() if program.stderr and program.poll() is not None else "no page"
                raise SystemExit(f"{' '.join(command)}: {told}")
            time.sleep(LOOK_EVERY_SECONDS)
        return time.perf_counter() - began
    finally:
        program.send_signal(signal.SIGTERM)
        program.communicate(timeout=STOP_SECONDS_MAX)


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=SECONDS_MAX) as response:
            return bool(response.status == 200 and response.read())
    except (OSError, HTTPException):
        return False


def up(home: Path, port: int) -> float:
    script = "import sys; from tarazy.edge.cli.main import main; sys.exit(main())"
    return seconds_to_first_page([sys.executable, "-c", script, "up", "--home", str(home), "--port", str(port)], port)


def bare(home: Path, port: int) -> float:
    return seconds_to_first_page([sys.executable, "-m", "bench.start_up", "--bare", str(home), str(port)], port)


def serve_bare(home: Path, port: int) -> None:
    """Be the counterpart: an empty database server with one database, and a page that says one word."""
    import uvicorn
    from litestar import Litestar, get

    from tarazy.adapters.postgres.embedded import EmbeddedServer

    @get("/", sync_to_thread=False)
    def page() -> str:
        return "up"

    with EmbeddedServer(home / "postgresql") as server:
        server.create_database("bare", "bare")
        uvicorn.run(Litestar([page]), host="127.0.0.1", port=port, log_level="warning")


def told(name: str, seconds: Sequence[float]) -> str:
    each = ", ".join(f"{one:.2f}" for one in seconds)
    return f"{name:<34} {statistics.median(seconds):6.2f} s   ({each})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bare", nargs=2, metavar=("HOME", "PORT"))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    if options.bare:
        serve_bare(Path(options.bare[0]), int(options.bare[1]))
        return
    fresh, again, beside = [], [], []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory(prefix="tarazy-bench-", dir="/var/tmp") as folder:
            home = Path(folder)
            home.chmod(0o755)
            beside.append(bare(home / "bare", free_port()))
            fresh.append(up(home / "up", free_port()))
            again.append(up(home / "up", free_port()))
    print(told("empty PostgreSQL, empty Litestar", beside))
    print(told("tarazy up, empty folder", fresh))
    print(told("tarazy up, the same folder again", again))
    print(f"ratio to bare: {statistics.median(fresh) / statistics.median(beside):.2f} (median of {options.rounds})")


if __name__ == "__main__":
    main()
