"""C2SP checkpoints: the head of the log as a text of three lines, and as a signed note.

A log signs with a key whose name is the log's origin. It never signs two heads that do not continue each other:
that promise is kept by `sequence`, checked by witnesses, and cannot be seen from one checkpoint alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tarazy.log.note import NoteKey, Sign, SignatureType, VerifiedNote, sign_note, verify_note
from tarazy.log.refusal import Malformed, Unverified
from tarazy.log.text import HASH_BYTES, from_base64, from_decimal, to_base64
from tarazy.log.tree import TREE_SIZE_MAX

_LINES_MIN = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log ``origin`` has ``size`` leaves with the root hash ``root``.

    ``extensions`` are further lines, which our log does not write and nobody audits.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= TREE_SIZE_MAX:
            raise Malformed("checkpoint.size", "expected a whole number from 0 to 2^63 - 1")
        if len(self.root) != HASH_BYTES:
            raise Malformed("checkpoint.root", f"expected {HASH_BYTES} bytes")
        for place, line in [
            ("checkpoint.origin", self.origin),
            *(("checkpoint.extensions", e) for e in self.extensions),
        ]:
            if not line or any(char < " " for char in line):
                raise Malformed(place, "expected one line that is not empty")

    def text(self) -> str:
        """Return the text that is signed."""
        lines = (self.origin, str(self.size), to_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read what `Checkpoint.text` wrote. Raises `Malformed` naming the line."""
    lines = text.split("\n")
    if len(lines) <= _LINES_MIN or lines.pop() != "":
        raise Malformed("checkpoint", "expected at least three lines, each ending in a newline")
    origin, size, root, *extensions = lines
    return Checkpoint(
        origin=origin,
        size=from_decimal(size, "checkpoint.size"),
        root=from_base64(root, "checkpoint.root"),
        extensions=tuple(extensions),
    )


def sign_checkpoint(checkpoint: Checkpoint, sign: Sign, public_key: bytes) -> str:
    """Return the checkpoint as a note that is signed by the log of its origin."""
    return sign_note(checkpoint.text(), checkpoint.origin, sign, public_key)


def verify_checkpoint(signed: str, keys: Sequence[NoteKey]) -> tuple[Checkpoint, VerifiedNote]:
    """Check a signed checkpoint: a known log key bears the name of its origin and has signed it, and all known agree.

    ``keys`` may name witnesses too; one that has not signed is not missed here. Raises `Malformed` or `Unverified`.
    """
    verified = verify_note(signed, keys)
    checkpoint = parse_checkpoint(verified.note.text)
    log_keys = {each.key.name for each in verified.signatures if each.key.type is SignatureType.ed25519}
    if not log_keys:
        raise Unverified("signatures", "none is by a trusted log key")
    if checkpoint.origin not in log_keys:
        raise Unverified("checkpoint.origin", f"is {checkpoint.origin}, which none of the trusted signers is called")
    return checkpoint, verified
