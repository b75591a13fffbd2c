"""Files with public keys of logs and witnesses, as `tarazy verify` and `tarazy witness` read them."""

from pathlib import Path
from typing import Final

from tarazy.log.note import NoteKey, parse_key
from tarazy.log.refusal import Malformed

KEYS_MAX: Final = 64
KEY_FILE_BYTES_MAX: Final = 256 * 1024


class BadInput(Exception):
    """A file that cannot be used: which one, where in it, and what was expected."""


def read_text(path: Path, bytes_max: int) -> str:
    """Return a file's text, at most a little more of it than it may have. Raises BadInput."""
    try:
        with path.open("rb") as file:
            data = file.read(bytes_max + 1)
    except OSError as fault:
        raise BadInput(f"{path}: {fault.strerror or fault}") from fault
    try:
        return data.decode()
    except UnicodeDecodeError as fault:
        raise BadInput(f"{path}: byte {fault.start}: expected UTF-8 text") from fault


def read_keys(path: Path) -> list[NoteKey]:
    """Read a file of keys: one a line; empty lines and those that begin with # are passed over. Raises BadInput."""
    keys = []
    for number, line in enumerate(read_text(path, KEY_FILE_BYTES_MAX).split("\n"), start=1):
        if line.strip() and not line.startswith("#"):
            try:
                keys.append(parse_key(line.strip()))
            except Malformed as fault:
                raise BadInput(f"{path}: line {number}: {fault.reason}") from fault
    if not 0 < len(keys) <= KEYS_MAX:
        raise BadInput(f"{path}: expected 1 to {KEYS_MAX} keys, one a line, as NAME+KEY-ID+BASE64")
    return keys
