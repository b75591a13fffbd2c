"""One server process: launched, watched until it answers, kept with a bounded log, stopped."""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from tarazy.adapters.postgres.fault import ServerFault
from tarazy.adapters.postgres.installation import ServerAccount, environment, launch_command

POLL_SECONDS: Final = 0.01
SLOW_POLLS: Final = 300
"""After three seconds whoever waits is told that the server is recovering."""
START_POLLS_MAX: Final = 60_000
"""Ten minutes: recovery after a crash replays at most the log since the last checkpoint."""
PREDECESSOR_POLLS_MAX: Final = 1_500
FAST_SECONDS_MAX: Final = 15
IMMEDIATE_SECONDS_MAX: Final = 5
LOG_BYTES_MAX: Final = 4 * 1024 * 1024
LOG_CHECK_SECONDS: Final = 10
LOG_TAIL_BYTES: Final = 2_000
PASSING_CAUSES: Final = ("still in use", "another postmaster", "already exists")
"""In a server's last words: processes of its killed predecessor have not ended yet."""


class PostmasterEnded(Exception):
    """The server process ended before it answered; the text is what it wrote last."""

    @property
    def is_passing(self) -> bool:
        """Whether the cause goes away by itself."""
        return any(cause in str(self) for cause in PASSING_CAUSES)


class PidFile(NamedTuple):
    """What a server tells of itself in ``postmaster.pid``."""

    pid: int
    status: str

    @classmethod
    def read(cls, data_dir: Path) -> "PidFile | None":
        """Return what the file says, or None if there is none, or it is being written."""
        try:
            lines = (data_dir / "postmaster.pid").read_text().splitlines()
            return cls(int(lines[0]), lines[7].strip() if len(lines) > 7 else "")  # noqa: PLR2004 -- the eighth line
        except (FileNotFoundError, ValueError, IndexError):
            return None


class Postmaster:
    """A server process and the thread that keeps it.

    Linux sends a process its parent-death signal when the *thread* that started it ends. So one thread starts the
    server and stays with it, whichever thread asked for it; meanwhile it keeps the log short.
    """

    def __init__(self, data_dir: Path, account: ServerAccount, command: list[str], log: Path) -> None:
        self._data_dir = data_dir
        self._command = launch_command(account, command)
        self._log = log
        self._launched = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._fault: OSError | None = None
        self._ended = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="postgresql", daemon=True)

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None
        return self._process.pid

    def start(self, progress: Callable[[str], None]) -> None:
        """Launch the server and return when it answers. Raises PostmasterEnded."""
        log_start = self._log.stat().st_size if self._log.exists() else 0
        self._keeper.start()
        self._launched.wait()
        if self._process is None:
            raise PostmasterEnded(str(self._fault))
        for poll in range(START_POLLS_MAX):
            if PidFile.read(self._data_dir) == (self._process.pid, "ready"):
                return
            if poll == SLOW_POLLS:
                progress("the database was interrupted and is recovering")
            try:
                self._process.wait(POLL_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            self._ended.set()
            self._keeper.join()
            raise PostmasterEnded(self._last_words(log_start))
        raise ServerFault(f"the database server of {self._data_dir} does not answer: see {self._log}")

    def stop(self) -> None:
        """End the process: fast, and if that takes too long immediately, and if even that fails by force."""
        if self._process is None:
            return
        steps = ((signal.SIGINT, FAST_SECONDS_MAX), (signal.SIGQUIT, IMMEDIATE_SECONDS_MAX), (signal.SIGKILL, None))
        for number, seconds in steps:
            self._process.send_signal(number)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
            break
        self._ended.set()  # not before the process ended: the keeper's end would be its signal
        self._keeper.join()

    def _keep(self) -> None:
        try:
            log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            try:
                self._process = subprocess.Popen(  # noqa: S603 -- our own path
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    env=environment(),
                    start_new_session=True,  # a terminal's Ctrl-C is for the launcher, which stops the server last
                )
            finally:
                os.close(log)
        except OSError as error:
            self._fault = error
        self._launched.set()
        while self.is_running and not self._ended.wait(LOG_CHECK_SECONDS):
            shorten_log(self._log, LOG_BYTES_MAX)

    def _last_words(self, log_start: int) -> str:
        with self._log.open("rb") as log:
            log.seek(max(log_start, self._log.stat().st_size - LOG_TAIL_BYTES))
            return log.read().decode(errors="replace").strip() or f"exit code {self._process and self._process.poll()}"


def shorten_log(log: Path, bytes_max: int) -> None:
    """Move what a log holds to ``<log>.1`` if it is longer than ``bytes_max``. Its writer appends and goes on."""
    if log.exists() and log.stat().st_size > bytes_max:
        older = log.with_name(log.name + ".1")
        older.touch(mode=0o600)
        shutil.copyfile(log, older)
        os.truncate(log, 0)


def await_end_of_predecessor(data_dir: Path, *, polls_max: int = PREDECESSOR_POLLS_MAX) -> None:
    """Wait for a server of ``data_dir`` that is stopping; clear away the trace of one that is gone.

    A server whose launcher was killed stops by itself. Raises ServerFault if one goes on running.
    """
    found = PidFile.read(data_dir)
    if found is None:
        return
    for _ in range(polls_max):
        command = _command_line(found.pid)
        if command is None or PidFile.read(data_dir) is None:
            return
        if not _may_serve(command, data_dir):
            # After a restart of the machine another program may bear the number, and PostgreSQL would believe it.
            (data_dir / "postmaster.pid").unlink(missing_ok=True)
            return
        threading.Event().wait(POLL_SECONDS)
    raise ServerFault(
        f"a PostgreSQL server that Tarazy did not start runs on {data_dir} as process {found.pid}: "
        f"stop it (kill -INT {found.pid}) or choose another data directory"
    )


def _command_line(pid: int) -> list[str] | None:
    """Return a process's command line, or None if it is gone, is a zombie, or cannot be seen."""
    try:
        return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).split("\0")[:-1] or None
    except OSError:
        return None


def _may_serve(command: list[str], data_dir: Path) -> bool:
    """Whether a command line can be that of a server of ``data_dir``. Where it does not tell, it can."""
    if not Path(command[0]).name.startswith(("postgres", "postmaster")):
        return False
    named = Path(command[command.index("-D") + 1]) if "-D" in command[:-1] else data_dir
    return not named.exists() or named.samefile(data_dir)
