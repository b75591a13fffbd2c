"""Whether two texts of reasons are the same words: a template is no reason for this one case.

A text becomes sixteen numbers, the least hashes of its runs of four words, without figures and names of things. Nothing
of the text can be read from them, and the share of equal ones is about the share of equal runs (Broder 1997).
"""

import re
from hashlib import blake2b
from typing import Final

RUN_WORDS: Final = 4
NUMBERS: Final = 16
ALIKE_MIN: Final = 13
"""Of sixteen: about four fifths of all runs of words are the same."""
_WORD: Final = re.compile(r"[^\W\d_]+")

Fingerprint = tuple[int, ...]


def fingerprint(text: str) -> Fingerprint:
    """Return the numbers of a text; a text of a few words is one run."""
    words = _WORD.findall(text.casefold())
    runs = {" ".join(words[at : at + RUN_WORDS]) for at in range(max(1, len(words) - RUN_WORDS + 1))}
    return tuple(min(_hash(number, run) for run in runs) for number in range(NUMBERS))


def are_alike(one: Fingerprint, other: Fingerprint) -> bool:
    """Tell whether two texts are nearly the same words."""
    return len(one) == len(other) and sum(a == b for a, b in zip(one, other, strict=True)) >= ALIKE_MIN


def _hash(number: int, run: str) -> int:
    digest = blake2b(run.encode(), digest_size=4, salt=number.to_bytes(2, "big")).digest()
    return int.from_bytes(digest, "big")
