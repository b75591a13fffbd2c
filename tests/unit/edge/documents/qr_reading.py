"""Reads pictures of receipts and codes back out of a PDF: dark squares from the strokes of a page, texts from those.

A reader of our own, by ISO/IEC 18004, for pictures that nothing has soiled: errors are looked for and none is mended.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import segno.consts
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

STROKES_MIN: Final = 200
"""More than any other drawing of a letter has, fewer than any picture that a telephone reads."""
FORMAT_MASK: Final = 0b101010000010010
LEVELS: Final = {0b01: segno.consts.ERROR_LEVEL_L, 0b00: segno.consts.ERROR_LEVEL_M}
LEVELS_HIGH: Final = {0b11: segno.consts.ERROR_LEVEL_Q, 0b10: segno.consts.ERROR_LEVEL_H}
BYTES_MODE: Final = 0b0100
MASKS: Final = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, _: i % 2 == 0,
    lambda _, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)
Matrix = list[list[bool]]
Stroke = tuple[float, float, float]
"""One stroke along a row: from where, to where, and how far from the bottom of the page."""


def read_in(reader: PdfReader) -> list[str]:
    """Return what the pictures of a document hold, in the order of the pages."""
    drawings = [found for page in reader.pages for found in _drawings(page, reader) if len(found) >= STROKES_MIN]
    return [text_in(_squares_of(strokes)) for strokes in drawings]


def _squares_of(strokes: list[Stroke]) -> Matrix:
    """Return the dark squares of a picture, from the top row down."""
    heights = sorted({round(y, 3) for _, _, y in strokes}, reverse=True)
    unit = min(above - below for above, below in pairwise(heights))
    left = min(start for start, _, _ in strokes)
    size = round((heights[0] - heights[-1]) / unit) + 1
    squares = [[False] * size for _ in range(size)]
    for start, end, y in strokes:
        row = round((heights[0] - y) / unit)
        for column in range(round((start - left) / unit), round((end - left) / unit)):
            squares[row][column] = True
    return squares


def _drawings(page: PageObject, reader: PdfReader) -> Iterator[list[Stroke]]:
    """Yield the strokes of each path of a page, where the page shows them."""
    kept: list[tuple[float, ...]] = []
    matrix: tuple[float, ...] = (1, 0, 0, 1, 0, 0)
    strokes: list[Stroke] = []
    at = (0.0, 0.0)
    for values, operator in ContentStream(page.get_contents(), reader).operations:
        numbers = [float(value) for value in values] if operator in {b"cm", b"m", b"l"} else []
        if operator == b"q":
            kept.append(matrix)
        elif operator == b"Q":
            matrix = kept.pop()
        elif operator == b"cm":
            matrix = _within(matrix, numbers)
        elif operator == b"m":
            at = _shown(matrix, *numbers)
        elif operator == b"l":
            end = _shown(matrix, *numbers)
            strokes.append((min(at[0], end[0]), max(at[0], end[0]), end[1]))
            at = end
        elif operator in {b"S", b"f", b"n", b"B"}:
            yield strokes
            strokes = []


def _within(outer: tuple[float, ...], inner: list[float]) -> tuple[float, ...]:
    a, b, c, d, e, f = inner
    oa, ob, oc, od, oe, of = outer
    return (
        a * oa + b * oc,
        a * ob + b * od,
        c * oa + d * oc,
        c * ob + d * od,
        e * oa + f * oc + oe,
        e * ob + f * od + of,
    )


def _shown(matrix: tuple[float, ...], x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def text_in(squares: Matrix) -> str:
    """Return what a picture says. Raises AssertionError for one that is none, or that is soiled."""
    size = len(squares)
    version = (size - 17) // 4
    assert size == 17 + 4 * version
    level, mask = _format_of(squares)
    bits = [squares[row][column] ^ MASKS[mask](row, column) for row, column in _data_squares(size, version)]
    words = [_number(bits[at : at + 8]) for at in range(0, len(bits) - 7, 8)]
    data = "".join(f"{word:08b}" for word in _data_words(words, version, level))
    assert int(data[:4], 2) == BYTES_MODE
    count_bits = 8 if version < 10 else 16
    count = int(data[4 : 4 + count_bits], 2)
    start = 4 + count_bits
    return bytes(int(data[start + 8 * one : start + 8 * one + 8], 2) for one in range(count)).decode()


def _format_of(squares: Matrix) -> tuple[int, int]:
    """Return level and mask; both copies of the format must agree."""
    size = len(squares)
    first = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    second = [(row, 8) for row in range(size - 1, size - 8, -1)] + [(8, column) for column in range(size - 8, size)]
    said = {_number([squares[row][column] for row, column in places]) for places in (first, second)}
    [value] = said
    plain = value ^ FORMAT_MASK
    return (LEVELS | LEVELS_HIGH)[plain >> 13], plain >> 10 & 0b111


def _data_squares(size: int, version: int) -> Iterator[tuple[int, int]]:
    """Yield the squares that carry data, in the order in which they are read: pairs of columns, up and down in turn."""
    fixed = set(_fixed_squares(size, version))
    upwards = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for row in reversed(range(size)) if upwards else range(size):
            yield from ((row, column) for column in (right, right - 1) if (row, column) not in fixed)
        upwards = not upwards


def _fixed_squares(size: int, version: int) -> Iterator[tuple[int, int]]:
    for row in range(size):
        for column in range(size):
            in_corner = (row < 9 and (column < 9 or column >= size - 8)) or (row >= size - 8 and column < 9)
            if in_corner or row == 6 or column == 6:
                yield row, column
    if version >= 7:
        for near in range(6):
            for far in range(size - 11, size - 8):
                yield from ((near, far), (far, near))
    centres = segno.consts.ALIGNMENT_POS[version - 2] if version > 1 else ()
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for row in centres:
        for column in centres:
            if (row, column) not in corners:
                yield from ((row + down, column + along) for down in range(-2, 3) for along in range(-2, 3))


def _data_words(words: list[int], version: int, level: int) -> list[int]:
    """Return the words of the text without those that mend errors: the blocks are laid word by word in turn."""
    blocks = [block.num_data for block in segno.consts.ECC[version][level] for _ in range(block.num_blocks)]
    parts: list[list[int]] = [[] for _ in blocks]
    coming = iter(words)
    for place in range(max(blocks)):
        for part, length in zip(parts, blocks, strict=True):
            if place < length:
                part.append(next(coming))
    return [word for part in parts for word in part]


def _number(bits: list[bool]) -> int:
    return int("".join("1" if bit else "0" for bit in bits), 2)
