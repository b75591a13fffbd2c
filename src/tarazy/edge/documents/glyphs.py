"""Which characters can be printed, and what is printed instead of the others.

An accessible PDF may hold no character that its font lacks, and a person's name must not keep a letter from being made.
So what cannot be printed is printed as its number in Unicode: nothing is lost, and nothing passes unseen. The same
holds for characters that one does not see but that turn the order of others around.
"""

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

FONTS: Final = Path(__file__).parent / "fonts"
FONT_FILES: Final = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf")

_LINE_ENDS: Final = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_PLAIN: Final = str.maketrans(
    {"\t": " ", "\N{MINUS SIGN}": "\N{EN DASH}", "\N{SOFT HYPHEN}": None, "\N{ZERO WIDTH SPACE}": None}
)
"""What has a plainer form. The font has no minus sign; where lines may break is decided here."""
_MARKS: Final = re.compile(r"(?<=[\u0300-\u036f]{4})[\u0300-\u036f]+")
"""Marks upon marks upon one letter: no language needs more than four, and they would cover the lines above."""
_MAY_BREAK: Final = "\N{ZERO WIDTH SPACE}"
WORD_LETTERS: Final = 22
"""A word of a language is hardly ever longer: numbers, hashes and what was typed in anger are."""
_FORMAT_SEGMENTS: Final = 4
_LAST: Final = 0xFFFF


def printable(text: str) -> str:
    """Return ``text`` as it can be printed: composed, lines ended by a newline, the rest as ``[U+674E]``."""
    composed = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text.translate(_PLAIN)))
    if composed.isascii() and composed.isprintable():
        return composed
    return _MARKS.sub(_as_numbers, "".join(one if _is_printable(one) else _number(one) for one in composed))


def breakable(text: str, letters_max: int) -> str:
    """Return ``text`` with places to break the line in each word that is longer than a line can be, and in no other."""
    piece = re.compile(rf"\S{{{letters_max}}}(?=\S)")

    def broken(word: re.Match[str]) -> str:
        return piece.sub(lambda match: match[0] + _MAY_BREAK, word[0])

    return re.sub(rf"\S{{{max(letters_max, WORD_LETTERS) + 1},}}", broken, text)


@cache
def covered() -> frozenset[int]:
    """Return the characters that every font file has."""
    files = [(FONTS / name).read_bytes() for name in FONT_FILES]
    return frozenset.intersection(*(frozenset(_characters(file)) for file in files))


def _number(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _as_numbers(marks: re.Match[str]) -> str:
    return "".join(map(_number, marks[0]))


def _is_printable(character: str) -> bool:
    if character == "\n":
        return True
    return ord(character) in covered() and unicodedata.category(character) not in _UNSEEN


def _characters(file: bytes) -> Iterator[int]:
    """Read the characters of a TrueType file: the segments of its ``cmap`` table of format 4."""
    at = _segment_table(file)
    doubled = struct.unpack_from(">H", file, at + 6)[0]
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", file, at + 14)
    starts = struct.unpack_from(f">{count}H", file, at + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", file, at + 16 + 2 * doubled)
    offsets_at = at + 16 + 3 * doubled
    offsets = struct.unpack_from(f">{count}H", file, offsets_at)
    for i, (start, end, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(start, min(end, _LAST - 1) + 1):
            glyph = code
            if offset:
                glyph = struct.unpack_from(">H", file, offsets_at + 2 * i + offset + 2 * (code - start))[0]
            if (glyph + delta) & _LAST if glyph or not offset else 0:
                yield code


def _segment_table(file: bytes) -> int:
    """Return where the segments begin. The files are our own: one of another kind is a bug."""
    tables = struct.unpack_from(">H", file, 4)[0]
    records = (struct.unpack_from(">4sIII", file, 12 + 16 * i) for i in range(tables))
    cmap: int = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    count = struct.unpack_from(">H", file, cmap + 2)[0]
    subtables: list[int] = [cmap + struct.unpack_from(">HHI", file, cmap + 4 + 8 * i)[2] for i in range(count)]
    return next(at for at in subtables if struct.unpack_from(">H", file, at)[0] == _FORMAT_SEGMENTS)
