"""Opening a comma-separated file, plain or gzip: its lines, with a progress bar while a person waits."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from tarazy.index.table_rows import LINE_BYTES_MAX, SourceBroke

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER_BYTES: Final = 1 << 18
PROGRESS_FROM_BYTES: Final = 4_000_000
"""A smaller file is read before a bar could be seen."""


class Unzipped(io.RawIOBase):
    """The content of a gzip stream. Raises SourceBroke where the stream is not gzip or breaks off."""

    def __init__(self, packed: BinaryIO) -> None:
        self._gzip = gzip.GzipFile(fileobj=packed, mode="rb")

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill ``buffer`` with unpacked bytes; 0 at the end."""
        try:
            return self._gzip.readinto(buffer)
        except (EOFError, gzip.BadGzipFile, zlib.error) as broken:
            raise SourceBroke("whole and sound gzip data, as the name .gz says") from broken


@contextmanager
def opened_lines(path: Path) -> Iterator[Iterator[bytes]]:
    """Open ``path`` and give its lines, none longer than ``LINE_BYTES_MAX``. A name that ends in .gz is unpacked."""
    with ExitStack() as stack:
        raw: BinaryIO = stack.enter_context(path.open("rb", buffering=0))
        size = path.stat().st_size
        if sys.stderr.isatty() and size >= PROGRESS_FROM_BYTES:
            raw = _watched(raw, path.name, size, stack)
        source: io.RawIOBase | BinaryIO = raw
        if path.suffix == ".gz":
            source = Unzipped(stack.enter_context(io.BufferedReader(raw, BUFFER_BYTES)))  # type: ignore[type-var] # a raw file
        buffered = io.BufferedReader(source, BUFFER_BYTES)  # type: ignore[type-var] # typeshed wants a RawIOBase
        yield iter(partial(buffered.readline, LINE_BYTES_MAX), b"")


def _watched(raw: BinaryIO, name: str, size: int, stack: ExitStack) -> BinaryIO:
    """Wrap ``raw`` so that each buffer read from it moves a bar on stderr, which disappears at the end."""
    from rich.console import Console
    from rich.progress import Progress
    from rich.text import Text

    progress = stack.enter_context(Progress(console=Console(stderr=True, markup=False), transient=True))
    return progress.wrap_file(raw, total=size, description=Text(name).plain)
