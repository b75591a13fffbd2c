"""The rows of one comma-separated file with a fixed header, each known by its line. Strict: nothing is repaired."""

import csv
from collections.abc import Iterable, Iterator

from tarazy.index.input_fault import InputFault

LINE_BYTES_MAX = 64 * 1024
"""A longer line is no row of ours. Whoever reads the bytes hands over at most so many at once."""

FIELD_LENGTH_MAX = 1024
"""Far above any identifier or number, and so far below ``LINE_BYTES_MAX`` that a cut line never passes as a row."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class SourceBroke(Exception):
    """The bytes of a file could not be had to their end. The text says what was expected of them."""


class TableRows:
    """Rows of ``file`` read from its ``lines``; blank lines are passed over, a byte order mark is taken off."""

    def __init__(self, file: str, lines: Iterable[bytes], header: tuple[str, ...]) -> None:
        self.file = file
        self.header = header
        self._lines = iter(lines)
        self._reader = csv.reader(map(bytes.decode, self._marked_off()), strict=True)

    def __iter__(self) -> Iterator[list[str]]:
        """Yield the rows under the header, each with as many fields as the header has."""
        reader, width, last = self._reader, len(self.header), 0
        try:
            self._check_header(next(reader, None))
            last = 1
            for row in reader:
                last += 1
                if reader.line_num != last:
                    raise self._fault_at(last, "row", "a row that ends on its own line, with quotes that close")
                if len(row) == width:
                    yield row
                elif row:
                    raise self._fault_at(last, "row", f"{width} fields ({','.join(self.header)})", f"{len(row)} fields")
        except UnicodeDecodeError as broken:
            expected = "UTF-8 text (gzip data needs a name that ends in .gz)"
            raise self._fault_at(last + 1, "row", expected) from broken
        except csv.Error as broken:
            expected = "comma-separated fields with quotes that close"
            raise self._fault_at(last + 1, "row", expected, str(broken)) from broken
        except SourceBroke as broken:
            raise self._fault_at(last + 1, "row", str(broken)) from broken

    def fault(self, field: str, expected: str, found: str | None = None) -> InputFault:
        """Return the fault of ``field`` in the row that was read last."""
        return self._fault_at(self._reader.line_num, field, expected, found)

    @property
    def line(self) -> int:
        """The line of the row that was read last, counted from 1."""
        return self._reader.line_num

    def _fault_at(self, line: int, field: str, expected: str, found: str | None = None) -> InputFault:
        return InputFault(expected, file=self.file, line=line, field=field, found=found)

    def _check_header(self, row: list[str] | None) -> None:
        wanted = ",".join(self.header)
        if row is None:
            raise self._fault_at(1, "header", wanted, "an empty file")
        if tuple(row) != self.header:
            raise self._fault_at(1, "header", wanted, ",".join(row))

    def _marked_off(self) -> Iterator[bytes]:
        """Yield the lines, the first without its mark. Lazy, so that what breaks is told with its line."""
        for first in self._lines:
            yield first.removeprefix(BYTE_ORDER_MARK)
            yield from self._lines


def is_identifier(text: str) -> bool:
    """Return whether ``text`` can name something: not empty, printable, no spaces around it, of sane length."""
    return 0 < len(text) <= FIELD_LENGTH_MAX and text.isprintable() and text.strip() == text
