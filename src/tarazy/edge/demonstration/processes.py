"""The demonstration's programs as processes: written configuration, started, watched, killed, started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import urllib3

START_SECONDS_MAX: Final = 60.0
LOOK_SECONDS: Final = 0.05
STOP_SECONDS_MAX: Final = 5.0
"""What takes longer is killed: everything that counts is in the database, and the next start goes on from there."""


class ProcessFault(Exception):
    """A program did not start or has ended; the text says which, and where its diagnostics are."""


@dataclass
class Program:
    """One program of the demonstration: its name, what it runs, where it listens, and its process if it runs."""

    name: str
    kind: str
    files: tuple[Path, ...]
    port: int
    diagnostics: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        """Where the program answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process; `wait_until_up` says when it answers."""
        assert not self.is_running
        self.diagnostics.parent.mkdir(parents=True, exist_ok=True)
        with self.diagnostics.open("ab") as file:
            self.process = subprocess.Popen(  # noqa: S603 -- our own program, our own arguments
                [sys.executable, "-m", "tarazy.edge.serve", self.kind, *map(str, self.files)],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
                env={**os.environ, "TARAZY_PORT": str(self.port), "TARAZY_PARENT": str(os.getpid())},
            )

    def wait_until_up(self) -> None:
        """Wait until the program answers. Raises ProcessFault with the end of its diagnostics."""
        deadline = time.monotonic() + START_SECONDS_MAX
        pool = urllib3.PoolManager(retries=False)
        while time.monotonic() < deadline:
            if not self.is_running:
                raise ProcessFault(f"{self.name} has ended at its start:\n{self.last_words()}")
            try:
                if pool.request("GET", f"{self.url}/v1/health", timeout=2.0).status == 200:  # noqa: PLR2004 -- OK
                    return
            except urllib3.exceptions.HTTPError:
                time.sleep(LOOK_SECONDS)
        raise ProcessFault(f"{self.name} does not answer at {self.url}; its diagnostics: {self.diagnostics}")

    def kill(self) -> None:
        """End the process at once, as a power cut would (SIGKILL)."""
        if self.process is not None and self.is_running:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(STOP_SECONDS_MAX)

    def ask_to_stop(self) -> None:
        """Ask the process to end, and do not wait."""
        if self.process is not None and self.is_running:
            self.process.terminate()

    def stop(self) -> None:
        """Ask the process to end, and see to it that it does."""
        if self.process is None or not self.is_running:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()

    def last_words(self) -> str:
        """Return the last lines of the diagnostics."""
        try:
            return "\n".join(self.diagnostics.read_text(errors="replace").splitlines()[-15:])
        except OSError:
            return ""


def free_ports(count: int) -> list[int]:
    """Return ports on which nobody listens now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def is_port_free(port: int) -> bool:
    """Return whether nobody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
