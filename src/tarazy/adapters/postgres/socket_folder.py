"""The folder of a private server's Unix socket: short, because a socket's path is, and closed to everybody else."""

import os
import stat
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tarazy.adapters.postgres.fault import ServerFault
from tarazy.adapters.postgres.installation import ServerAccount

PORT: Final = "5432"
"""Only a part of the socket's name: no TCP port is opened."""
SOCKET_PATH_BYTES_MAX: Final = 107
"""What the kernel can hold in a Unix socket's address."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a private server listens."""

    socket_folder: Path

    def url(self, database: str, user: str, password: str) -> str:
        """Return a connection URL."""
        folder = quote(str(self.socket_folder), safe="")
        return f"postgresql://{quote(user)}:{quote(password)}@/{quote(database)}?host={folder}&port={PORT}"


def make_socket_folder(data_dir: Path, account: ServerAccount) -> Path:
    """Make, or find again, the folder for the socket of ``data_dir``: the same for each start, mode 0700."""
    name = f"tarazy-{account.uid}-{sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]}"
    folder = _runtime_home(name) / name
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
    else:
        os.chown(folder, account.uid, account.gid)
        found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise ServerFault(f"{folder} is not a private folder of {account.name}: remove it, it holds no data")
    return folder


def _runtime_home(name: str) -> Path:
    own = os.environ.get("XDG_RUNTIME_DIR", "/run") if os.geteuid() else "/run"
    if os.access(own, os.W_OK | os.X_OK) and len(os.fsencode(f"{own}/{name}/.s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES_MAX:
        return Path(own)
    return Path("/tmp")  # noqa: S108 -- the one short folder on every system; what stands there is checked
