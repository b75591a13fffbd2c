"""The nursery: one process that has loaded everything, and brings each program into the world by a fork.

Loading takes a program a second of processor time; eight programs would take eight. A forked program is a process like
any other: it has its own memory, connections and threads (the nursery has none of these), can be killed, and ends when
the nursery ends, which ends when whoever started it does.

The keeper writes one JSON line for each program that it wants and reads one with its process id.
"""

import ctypes
import gc
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final, NoReturn

PR_SET_PDEATHSIG: Final = 1
PR_SET_NAME: Final = 15
NAME_BYTES_MAX: Final = 15
END_SECONDS_MAX: Final = 10.0
LOOK_SECONDS: Final = 0.02
FAILED: Final = 1


class NurseryEnded(Exception):
    """The nursery is gone, and with it everything that it has brought up."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process that the nursery has brought up.

    ``handle`` names it for good, also when its number is used again; None where the system has no such handles.
    """

    pid: int
    handle: int | None

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return not self.wait(0)

    def send(self, number: signal.Signals) -> None:
        """Send a signal; one that has ended gets none."""
        if not self.is_running:
            return
        if self.handle is None:
            os.kill(self.pid, number)
        else:
            signal.pidfd_send_signal(self.handle, number)

    def wait(self, seconds: float) -> bool:
        """Wait for the end at most so long, and say whether it has come."""
        if self.handle is not None:
            return bool(select.select([self.handle], [], [], seconds)[0])
        deadline = time.monotonic() + seconds
        while _exists(self.pid):
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_SECONDS)
        return True


class Nursery:
    """The keeper's end. Start it in a thread that lives as long as the programs are to live."""

    def __init__(self, pack: str, diagnostics: Path) -> None:
        self._pack = pack
        self._diagnostics = diagnostics
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def start(self) -> None:
        """Begin to load; the first child waits for it."""
        self._diagnostics.parent.mkdir(parents=True, exist_ok=True)
        with self._diagnostics.open("ab") as file:
            self._process = subprocess.Popen(  # noqa: S603 -- our own program, our own arguments
                [sys.executable, "-m", "tarazy.edge.demonstration.nursery", self._pack],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                start_new_session=True,
            )

    def bring(self, name: str, kind: str, files: Sequence[Path], port: int, diagnostics: Path) -> Child:
        """Bring up one program. Raises NurseryEnded."""
        wanted = {
            "name": name,
            "kind": kind,
            "files": [str(file) for file in files],
            "port": port,
            "diagnostics": str(diagnostics),
        }
        with self._lock:
            process = self._process
            if process is None or process.stdin is None or process.stdout is None:
                raise NurseryEnded("the nursery was not started")
            try:
                process.stdin.write(json.dumps(wanted).encode() + b"\n")
                process.stdin.flush()
                pid = int(process.stdout.readline())
                return Child(pid, os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None)
            except (OSError, ValueError) as fault:
                raise NurseryEnded(f"the nursery has ended; its diagnostics: {self._diagnostics}") from fault

    def stop(self) -> None:
        """End the nursery; what it has brought up ends with it."""
        with self._lock:
            process, self._process = self._process, None
        if process is None or process.stdin is None or process.stdout is None:
            return
        process.stdin.close()
        try:
            process.wait(END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _load(pack: str) -> None:
    """Load what every program needs, so that no child has to."""
    import httptools  # noqa: F401 -- loaded for the children
    import uvloop  # noqa: F401 -- loaded for the children

    import tarazy.edge.agent_program
    import tarazy.edge.cores_program
    import tarazy.edge.exchange_program  # noqa: F401 -- loaded for the children
    from tarazy.adapters.catalogue import load_catalogue
    from tarazy.adapters.packs import load_pack
    from tarazy.edge.pages.static import static_files

    load_pack(pack)
    load_catalogue()
    static_files()
    gc.collect()
    gc.freeze()


def _be_program(name: str, kind: str, files: list[str], port: int, diagnostics: str, nursery: int) -> NoReturn:
    """Become a program: a session of its own, its diagnostics, and an end when the nursery ends."""
    code = FAILED
    try:
        os.setsid()
        if sys.platform == "linux":
            libc = ctypes.CDLL(None)
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            libc.prctl(PR_SET_NAME, name.encode()[:NAME_BYTES_MAX])
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if os.getppid() != nursery:
            os._exit(FAILED)
        out = os.open(diagnostics, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, source in enumerate((nothing, out, out)):
            os.dup2(source, number)
        from tarazy.edge.serve import serve

        serve(kind, [Path(file) for file in files], port)
        code = 0
    except BaseException:  # noqa: BLE001 -- the last words of a process that ends here
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _exists(pid: int) -> bool:
    """Whether there is a process of this number: the nursery fetches its children as soon as they have ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _reap(children: set[int]) -> None:
    """Fetch those who have ended."""
    try:
        while pid := os.waitpid(-1, os.WNOHANG)[0]:
            children.discard(pid)
    except ChildProcessError:
        return


def main() -> None:
    """Serve the keeper until it closes its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    children: set[int] = set()
    signal.signal(signal.SIGCHLD, lambda *_: _reap(children))
    _load(sys.argv[1])
    me = os.getpid()
    for line in sys.stdin.buffer:
        wanted = json.loads(line)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # nobody is fetched before it is known
        pid = os.fork()
        if pid == 0:
            _be_program(**wanted, nursery=me)
        children.add(pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


if __name__ == "__main__":
    main()
