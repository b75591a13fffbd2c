"""What the log holds of an act: its type, time, participant, norms, and a commitment to the personal part.

The personal part itself is never in the log. The leaf carries ``SHA-256(salt, personal)``, so that erasing salt and
personal part leaves a hash that nobody can guess back, and every root and proof stays as it was.

The canonical bytes are UTF-8 lines, in this order, each ending in a newline; no value can contain one:

    tarazy.leaf/v1
    type hold_placed
    at 2026-11-22T10:00:00.000000Z
    participant bank_a
    norm …                (one line for each, in the order in which the act cites them)
    personal 64 hexadecimal digits
"""

from dataclasses import dataclass
from hashlib import sha256

from tarazy.log.refusal import Malformed
from tarazy.log.text import from_hex_hash
from tarazy.log.tile import ENTRY_BYTES_MAX
from tarazy.log.tree import leaf_hash
from tarazy.values.ids import ID_LENGTH_MAX, NormId, ParticipantId
from tarazy.values.instant import Instant

LEAF_HEADER = "tarazy.leaf/v1"
NORMS_MAX = 64
SALT_BYTES = 32
SALT_BYTES_MIN = 16
_LENGTH_BYTES = 8
assert NORMS_MAX * (ID_LENGTH_MAX * 4 + 8) < ENTRY_BYTES_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One act as the log shows it to everybody. Raises `Malformed` for values that have no canonical bytes."""

    type: str
    at: Instant
    participant_id: ParticipantId
    norm_ids: tuple[NormId, ...]
    personal_commitment: str

    def __post_init__(self) -> None:
        _check_word(self.type, "leaf.type")
        _check_word(self.participant_id, "leaf.participant_id")
        if len(self.norm_ids) > NORMS_MAX:
            raise Malformed("leaf.norm_ids", f"more than {NORMS_MAX}")
        for norm_id in self.norm_ids:
            _check_word(norm_id, "leaf.norm_ids")
        from_hex_hash(self.personal_commitment, "leaf.personal_commitment")

    def encode(self) -> bytes:
        """Return the canonical bytes: the entry of the log."""
        lines = [
            LEAF_HEADER,
            f"type {self.type}",
            f"at {self.at.text()}",
            f"participant {self.participant_id}",
            *(f"norm {norm_id}" for norm_id in self.norm_ids),
            f"personal {self.personal_commitment}",
        ]
        return "".join(f"{line}\n" for line in lines).encode()

    def hash(self) -> bytes:
        """Return the leaf hash in the tree."""
        return leaf_hash(self.encode())


def parse_leaf(data: bytes) -> Leaf:
    """Read what `Leaf.encode` wrote. Raises `Malformed` for anything else."""
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError as fault:
        raise Malformed("leaf", "is not UTF-8") from fault
    fields = [line.partition(" ")[::2] for line in lines[1:-1]]
    names = [name for name, _ in fields]
    if lines[0] != LEAF_HEADER or names != ["type", "at", "participant", *["norm"] * (len(names) - 4), "personal"]:
        raise Malformed("leaf", f"expected the lines of {LEAF_HEADER}")
    values = [value for _, value in fields]
    leaf = Leaf(
        type=values[0],
        at=parse_leaf_time(values[1]),
        participant_id=ParticipantId(values[2]),
        norm_ids=tuple(NormId(value) for value in values[3:-1]),
        personal_commitment=values[-1],
    )
    if leaf.encode() != data:
        raise Malformed("leaf", "is not written in its canonical form")
    return leaf


def parse_leaf_time(text: str) -> Instant:
    """Read a time as leaves write it: UTC, microseconds, ``Z``. Raises `Malformed` for another spelling."""
    try:
        at = Instant.parse(text)
    except ValueError as fault:
        raise Malformed("leaf.at", "expected a time like 2026-11-22T10:00:00.000000Z") from fault
    if at.text() != text:
        raise Malformed("leaf.at", "expected UTC with microseconds and Z")
    return at


def commitment(salt: bytes, personal: bytes) -> bytes:
    """Return the commitment to a personal part: SHA-256 over salt and part, each behind its length in eight bytes.

    The salt is random, at least 16 bytes, of this one leaf: without it a short personal part could be guessed.
    """
    assert len(salt) >= SALT_BYTES_MIN
    parts = (len(salt).to_bytes(_LENGTH_BYTES, "big"), salt, len(personal).to_bytes(_LENGTH_BYTES, "big"), personal)
    return sha256(b"".join(parts)).digest()


def _check_word(value: str, place: str) -> None:
    if not 0 < len(value) <= ID_LENGTH_MAX:
        raise Malformed(place, f"expected 1 to {ID_LENGTH_MAX} characters")
    if not value.isprintable():
        raise Malformed(place, "expected text that can be printed on one line")
