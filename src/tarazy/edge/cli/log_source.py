"""Where `tarazy verify` reads the published files of a log from: an address or a folder that holds a copy of them."""

from pathlib import Path
from typing import Final

import urllib3

from tarazy.log.audit import LogFiles
from tarazy.log.note import NOTE_CHARACTERS_MAX
from tarazy.log.text import HASH_BYTES
from tarazy.log.tile import ENTRY_BYTES_MAX, TILE_WIDTH, Tile, entries_path

HEAD_BYTES_MAX: Final = NOTE_CHARACTERS_MAX
TILE_BYTES_MAX: Final = TILE_WIDTH * HASH_BYTES
BUNDLE_BYTES_MAX: Final = TILE_WIDTH * (2 + ENTRY_BYTES_MAX)
ANSWER_SECONDS_MAX: Final = 20.0
CHUNK_BYTES: Final = 64 * 1024
HTTP_OK: Final = 200
HTTP_NOT_FOUND: Final = 404


class SourceFault(Exception):
    """A file of the log cannot be had: which one, and why."""


class FileMissing(SourceFault):
    """There is no such file."""


class LogSource:
    """The files of one log. No answer is followed elsewhere, and none is read beyond what its file may be."""

    def __init__(self, place: str) -> None:
        self._is_address = place.startswith(("http://", "https://"))
        self._place = place.rstrip("/")
        self._pool = urllib3.PoolManager(retries=False, timeout=ANSWER_SECONDS_MAX)

    def head(self) -> str:
        """Return the newest signed head. Raises SourceFault."""
        return self._text("checkpoint")

    def cosigned_head(self) -> str:
        """Return the newest head that witnesses have cosigned, or the newest of all if none has. Raises SourceFault."""
        try:
            return self._text("cosigned")
        except FileMissing:
            return self.head()

    def files(self) -> LogFiles:
        """Return how tiles and entries are read. Each read raises SourceFault."""
        return LogFiles(self._tile, self._entries)

    def _text(self, path: str) -> str:
        try:
            return self._read(path, HEAD_BYTES_MAX).decode()
        except UnicodeDecodeError as fault:
            raise SourceFault(f"{self._place}/{path}: byte {fault.start}: expected UTF-8 text") from fault

    def _tile(self, tile: Tile) -> bytes:
        """Return a tile; a copy may have let a partial one go for the full one, which begins with the same hashes."""
        try:
            return self._read(tile.path(), TILE_BYTES_MAX)
        except FileMissing:
            if tile.width == TILE_WIDTH:
                raise
        return self._read(tile._replace(width=TILE_WIDTH).path(), TILE_BYTES_MAX)[: tile.width * HASH_BYTES]

    def _entries(self, tile: Tile) -> bytes:
        try:
            return self._read(entries_path(tile.number, tile.width), BUNDLE_BYTES_MAX)
        except FileMissing:
            if tile.width == TILE_WIDTH:
                raise
        return _first_entries(self._read(entries_path(tile.number), BUNDLE_BYTES_MAX), tile.width)

    def _read(self, path: str, bytes_max: int) -> bytes:
        where = f"{self._place}/{path}"
        data = self._fetch(where, bytes_max) if self._is_address else _file(Path(self._place) / path, bytes_max)
        if len(data) > bytes_max:
            raise SourceFault(f"{where}: longer than {bytes_max} bytes")
        return data

    def _fetch(self, where: str, bytes_max: int) -> bytes:
        try:
            answer = self._pool.request("GET", where, preload_content=False, redirect=False)
            try:
                if answer.status == HTTP_NOT_FOUND:
                    raise FileMissing(f"{where}: there is no such file")
                if answer.status != HTTP_OK:
                    raise SourceFault(f"{where}: answered with status {answer.status}")
                return _bounded(answer, bytes_max)
            finally:
                answer.close()
        except (urllib3.exceptions.HTTPError, ValueError) as fault:
            raise SourceFault(f"{where}: no answer ({type(fault).__name__})") from fault


def _bounded(answer: urllib3.BaseHTTPResponse, bytes_max: int) -> bytes:
    """Return the body, or a little more than it may be: no more is ever held."""
    data = bytearray()
    for chunk in answer.stream(CHUNK_BYTES, decode_content=False):
        data += chunk
        if len(data) > bytes_max:
            break
    return bytes(data)


def _file(path: Path, bytes_max: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(bytes_max + 1)
    except FileNotFoundError as fault:
        raise FileMissing(f"{path}: there is no such file") from fault
    except OSError as fault:
        raise SourceFault(f"{path}: {fault.strerror or fault}") from fault


def _first_entries(bundle: bytes, count: int) -> bytes:
    """Return the beginning of a bundle; one that is cut off is returned as it is, for the reader to name."""
    at = 0
    for _ in range(count):
        at += 2 + int.from_bytes(bundle[at : at + 2], "big")
    return bundle[:at]
