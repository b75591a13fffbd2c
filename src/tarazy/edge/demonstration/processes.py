"""The demonstration's programs as processes: written configuration, started, watched, killed, started again."""

import signal
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import urllib3

from tarazy.edge.demonstration.nursery import Child, Nursery, NurseryEnded

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
    nursery: Nursery
    process: Child | None = field(default=None)

    @property
    def url(self) -> str:
        """Where the program answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.is_running

    def start(self) -> None:
        """Start the process; `wait_until_up` says when it answers. Raises ProcessFault."""
        assert not self.is_running
        self.diagnostics.parent.mkdir(parents=True, exist_ok=True)
        self.diagnostics.touch()
        try:
            self.process = self.nursery.bring(self.name, self.kind, self.files, self.port, self.diagnostics)
        except NurseryEnded as fault:
            raise ProcessFault(str(fault)) from fault

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
        if self.process is not None:
            self.process.send(signal.SIGKILL)
            self.process.wait(STOP_SECONDS_MAX)

    def ask_to_stop(self) -> None:
        """Ask the process to end, and do not wait."""
        if self.process is not None:
            self.process.send(signal.SIGTERM)

    def stop(self) -> None:
        """Ask the process to end, and see to it that it does."""
        self.ask_to_stop()
        if self.process is not None and not self.process.wait(STOP_SECONDS_MAX):
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
