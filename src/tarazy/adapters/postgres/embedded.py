"""The embedded PostgreSQL server: private, without a network port, alive as long as the program that starts it.

Reached by a Unix socket in a folder that only the server's account (and root) can enter, with SCRAM passwords derived
from one secret beside the data directory. Docs: docs/decisions/0006-embedded-postgresql.md.
"""

import fcntl
import hmac
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tarazy.adapters.postgres.database import ensure_database, ensure_role
from tarazy.adapters.postgres.fault import ServerFault
from tarazy.adapters.postgres.installation import (
    MAJOR_MIN,
    Installation,
    ServerAccount,
    reachable,
    run_as,
    server_account,
    wheel_installation,
)
from tarazy.adapters.postgres.postmaster import Postmaster, PostmasterEnded, await_end_of_predecessor
from tarazy.adapters.postgres.socket_folder import PORT, ServerAddress, make_socket_folder

SUPERUSER: Final = "tarazy_server"
START_ATTEMPTS_MAX: Final = 50
"""A killed server's last processes hold its shared memory until they notice: then starting is tried again."""
BUILTIN_LOCALE_SINCE: Final = 17

SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "",
    "max_connections": "120",
    # After a checkpoint each page goes whole into the log once more, and commits take twice as long for a while.
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",  # our statements are short: compiling them costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "logging_collector": "off",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
    # Statements and details of errors name accounts and transfers: no personal data reaches the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


BUFFERS_MB_MIN: Final = 96
BUFFERS_MB_MAX: Final = 1024
BUFFERS_SHARE: Final = 16
"""One part of so many of the machine's memory: other programs live here too, and files are cached by the system."""


def buffers_mb(memory_mb: int) -> int:
    """Return how much memory the server may keep pages of tables in. It takes it as they are read, not at its start."""
    return min(BUFFERS_MB_MAX, max(BUFFERS_MB_MIN, memory_mb // BUFFERS_SHARE))


def _memory_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


def say_nothing(_: str) -> None:
    """Report progress to nobody."""


class EmbeddedServer:
    """A PostgreSQL server of one data directory. Only one launcher at a time may have a data directory.

    Beside ``data_dir`` lie ``<name>.secret`` (mode 0600; all passwords derive from it), ``<name>.log``, ``<name>.lock``
    and, where root starts the server and its account cannot reach the programs, a copy of those.
    ``settings`` replaces or adds server settings.
    """

    def __init__(
        self, data_dir: Path, *, installation: Installation | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        self.data_dir = data_dir.resolve()  # one directory, one lock, whichever way leads to it
        self._installation = installation
        self._settings = {**SETTINGS, "shared_buffers": f"{buffers_mb(_memory_mb())}MB", **(settings or {})}
        self._lock: int | None = None
        self._postmaster: Postmaster | None = None
        self._socket_folder: Path | None = None
        self._address: ServerAddress | None = None
        self._secret = ""

    def start(self, progress: Callable[[str], None] | None = None) -> ServerAddress:
        """Start the server, made new if there is no data directory yet, and return its address once it answers.

        Starting a running server does nothing. Raises ServerFault, which names the remedy.
        """
        if self._address is not None and self._postmaster is not None and self._postmaster.is_running:
            return self._address
        account = server_account(self.data_dir)
        self._make_home(account)
        self._take_lock()
        try:
            self._address = self._start(account, progress or say_nothing)
        except BaseException:
            self.stop()
            raise
        return self._address

    def stop(self) -> None:
        """Stop the server: transactions under way are undone, nothing committed is lost. Stopping twice is allowed."""
        if self._postmaster is not None:
            self._postmaster.stop()
            self._postmaster = None
        if self._socket_folder is not None:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
            self._socket_folder = None
        self._address = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process id of the running server, or None."""
        running = self._postmaster is not None and self._postmaster.is_running
        return self._postmaster.pid if self._postmaster and running else None

    def url(self, database: str, user: str | None = None) -> str:
        """Return the connection URL, password included, of ``user`` (None: who may do everything) to ``database``."""
        if self._address is None:
            raise ServerFault(f"the database server of {self.data_dir} is not started")
        user = user or SUPERUSER
        return self._address.url(database, user, self._password(user))

    def create_database(self, name: str, owner: str) -> None:
        """Make the database ``name`` and the role ``owner``, unless they exist. No other role may connect to it."""
        assert owner != SUPERUSER
        ensure_role(self.url("postgres"), owner, self._password(owner))
        ensure_database(self.url("postgres"), name, owner)

    def _password(self, user: str) -> str:
        assert self._secret
        return hmac.digest(self._secret.encode(), b"role:" + user.encode(), "sha256").hex()

    def _beside(self, suffix: str) -> Path:
        return self.data_dir.with_name(self.data_dir.name + suffix)

    def _make_home(self, account: ServerAccount) -> None:
        home = self.data_dir.parent
        for folder in reversed([folder for folder in (home, *home.parents) if not folder.exists()]):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700 if account.is_own else 0o755)
        barrier = None if account.is_own else account.barrier(self.data_dir)
        if barrier is not None:
            raise ServerFault(
                f"PostgreSQL runs as {account.name}, since it refuses root, and {account.name} cannot pass {barrier} "
                f"to reach {self.data_dir}: choose a data directory elsewhere, for example below /var/lib/tarazy"
            )

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        path = self._beside(".lock")
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(lock, 20, 0).decode() or "unknown"
            os.close(lock)
            raise ServerFault(
                f"process {holder} already runs the database server of {self.data_dir}: "
                f"stop that program first, or choose another data directory"
            ) from error
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        self._lock = lock

    def _start(self, account: ServerAccount, progress: Callable[[str], None]) -> ServerAddress:
        await_end_of_predecessor(self.data_dir)
        installation = reachable(self._installation or wheel_installation(), account, self.data_dir.parent)
        self._socket_folder = socket_folder = make_socket_folder(self.data_dir, account)
        is_new_secret = self._load_secret()
        if not (self.data_dir / "PG_VERSION").exists():
            progress("preparing the database for the first time")
            self._initialise(installation, account, socket_folder)
        else:
            self._check_major(installation)
            if is_new_secret:
                self._renew_password(installation, account)
        progress("starting the database")
        command = [str(installation.program("postgres")), "-D", str(self.data_dir)]
        for name, value in {**self._settings, "unix_socket_directories": str(socket_folder), "port": PORT}.items():
            command += ["-c", f"{name}={value}"]
        self._launch(account, command, progress)
        return ServerAddress(socket_folder)

    def _launch(self, account: ServerAccount, command: list[str], progress: Callable[[str], None]) -> None:
        for attempt in range(1, START_ATTEMPTS_MAX + 1):
            self._postmaster = Postmaster(self.data_dir, account, command, self._beside(".log"))
            try:
                self._postmaster.start(progress)
            except PostmasterEnded as ended:
                if not ended.is_passing or attempt == START_ATTEMPTS_MAX:
                    raise ServerFault(f"the database server of {self.data_dir} did not start: {ended}") from ended
            else:
                return

    def _load_secret(self) -> bool:
        path = self._beside(".secret")
        try:
            self._secret = path.read_text()
        except FileNotFoundError:
            self._secret = secrets.token_hex(32)
            write_private(path, self._secret)
            return True
        if not self._secret:
            raise ServerFault(f"{path} is empty: remove it, and new passwords will be made")
        return False

    def _initialise(self, installation: Installation, account: ServerAccount, socket_folder: Path) -> None:
        """Make the data directory, all of it or nothing: a killed attempt leaves only what the next one removes."""
        if installation.major() < MAJOR_MIN:
            raise ServerFault(f"PostgreSQL {installation.version()} is too old: {MAJOR_MIN} is the oldest that serves")
        if self.data_dir.exists() and any(self.data_dir.iterdir()):
            raise ServerFault(f"{self.data_dir} is neither empty nor a PostgreSQL data directory: choose another one")
        making = self._beside(".making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        os.chown(making, account.uid, account.gid)
        password_file = socket_folder / f"password-{secrets.token_hex(8)}"
        write_private(password_file, self._password(SUPERUSER), account)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if installation.major() < BUILTIN_LOCALE_SINCE:
            locale = ["--locale=C.UTF-8"]
        options = ["--encoding=UTF8", "--data-checksums", "--auth=scram-sha-256", f"--username={SUPERUSER}"]
        try:
            initdb = str(installation.program("initdb"))
            run_as(account, [initdb, "-D", str(making), f"--pwfile={password_file}", *options, *locale])
        finally:
            password_file.unlink()
        making.rename(self.data_dir)

    def _check_major(self, installation: Installation) -> None:
        made_by = (self.data_dir / "PG_VERSION").read_text().strip()
        if made_by != str(installation.major()):
            raise ServerFault(
                f"{self.data_dir} was made by PostgreSQL {made_by}, and this is {installation.version()}, which cannot "
                f"read it: write it out with pg_dumpall of a server of version {made_by} and load that into a new data "
                f"directory, or convert it with pg_upgrade, or name another data directory"
            )

    def _renew_password(self, installation: Installation, account: ServerAccount) -> None:
        """Give the superuser the password of a new secret; those of other roles follow in `create_database`."""
        alone = [str(installation.program("postgres")), "--single", "-D", str(self.data_dir), "postgres"]
        run_as(account, alone, given=f"ALTER ROLE {SUPERUSER} PASSWORD '{self._password(SUPERUSER)}'\n")


def write_private(path: Path, text: str, account: ServerAccount | None = None) -> None:
    """Write a new file that only its owner (``account``, else the launcher) can read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)
        if account is not None:
            os.fchown(handle, account.uid, account.gid)
