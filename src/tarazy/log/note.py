"""C2SP signed notes: a text, a blank line, and one line for each signature. Ed25519 throughout.

    — KEY-NAME base64( key id (4 bytes) || signature )

The key id is the beginning of ``SHA-256(name || 0x0A || signature type || public key)``. A public key travels as one
line of text, ``NAME+KEY-ID+base64(signature type || public key)``. Two signature types are known here: plain Ed25519
over the text (0x01, how a log signs) and the timestamped cosignature of a witness (0x04).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tarazy.log.refusal import Malformed, Unverified
from tarazy.log.text import from_base64, to_base64

NOTE_CHARACTERS_MAX = 256 * 1024
NOTE_SIGNATURES_MAX = 64
"""C2SP asks to accept at least 16; a note with more witnesses than this is an attempt to make the reader work."""
KEY_ID_BYTES = 4
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64
TIMESTAMP_BYTES = 8
DASH = "— "

Sign = Callable[[bytes], bytes]
"""Makes the 64 bytes of an Ed25519 signature. The private key stays with whoever gives this function."""


class SignatureType(IntEnum):
    """What is signed, and how: the byte that C2SP assigns."""

    ed25519 = 0x01
    cosignature_v1 = 0x04


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key that notes are checked with: whose it is, what for, and its 32 bytes."""

    name: str
    type: SignatureType
    public_key: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise Malformed("key name", "expected a name without spaces, plus signs or control characters")
        if len(self.public_key) != PUBLIC_KEY_BYTES:
            raise Malformed("public key", f"expected {PUBLIC_KEY_BYTES} bytes")

    @property
    def key_id(self) -> bytes:
        """The four bytes by which signature lines name this key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public_key).digest()[:KEY_ID_BYTES]

    def text(self) -> str:
        """Return the key as one line, to be published and given to `tarazy verify`."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.type]) + self.public_key)}"


class Signature(NamedTuple):
    """One signature line: who is said to have signed, with which key, and the bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Return the line as it stands in a note, without its newline."""
        return f"{DASH}{self.name} {to_base64(self.key_id + self.signature)}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, ending in a newline, and its signatures. Nothing is verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> str:
        """Return the signed note."""
        return self.text + "\n" + "".join(f"{each.line()}\n" for each in self.signatures)


class KnownSignature(NamedTuple):
    """A signature that held. ``seconds`` is the time that a witness stated (since 1970, UTC); else None."""

    key: NoteKey
    seconds: int | None


class VerifiedNote(NamedTuple):
    """A note with at least one signature of a known key, and none of a known key that fails."""

    note: Note
    signatures: tuple[KnownSignature, ...]


def is_key_name(name: str) -> bool:
    """Tell whether a key may have this name."""
    return bool(name) and not any(char.isspace() or char == "+" or char < " " for char in name)


def parse_key(text: str) -> NoteKey:
    """Read what `NoteKey.text` wrote. Raises `Malformed` for anything else, a key id that does not belong included."""
    name, plus, rest = text.partition("+")
    key_id, second_plus, encoded = rest.partition("+")
    if not plus or not second_plus:
        raise Malformed("key", "expected NAME+KEY-ID+BASE64")
    data = from_base64(encoded, "key")
    if not data or data[0] not in set(SignatureType):
        raise Malformed("key", "expected an Ed25519 key of type 1 (log) or 4 (witness)")
    key = NoteKey(name, SignatureType(data[0]), data[1:])
    if key.key_id.hex() != key_id:
        raise Malformed("key", f"the key id should be {key.key_id.hex()}")
    return key


def parse_note(text: str) -> Note:
    """Read a signed note. Raises `Malformed` naming the line."""
    if len(text) > NOTE_CHARACTERS_MAX:
        raise Malformed("note", f"longer than {NOTE_CHARACTERS_MAX} characters")
    _check_characters(text)
    body, separator, below = text.rpartition("\n\n")
    if not separator or not body:
        raise Malformed("note", "expected a text, a blank line and signature lines")
    if not below.endswith("\n"):
        raise Malformed("note", "expected a signature line that ends in a newline at the end")
    lines = below.split("\n")[:-1]
    if len(lines) > NOTE_SIGNATURES_MAX:
        raise Malformed("note", f"more than {NOTE_SIGNATURES_MAX} signatures")
    return Note(body + "\n", tuple(_parse_line(line, number) for number, line in enumerate(lines, start=1)))


def sign_note(text: str, name: str, sign: Sign, public_key: bytes) -> str:
    """Return ``text`` as a note with one plain Ed25519 signature under this key name. ``text`` ends in a newline."""
    if not text.endswith("\n") or text == "\n":
        raise Malformed("note", "expected a text that ends in a newline")
    _check_characters(text)
    key = NoteKey(name, SignatureType.ed25519, public_key)
    signature = Signature(name, key.key_id, sign(text.encode()))
    return Note(text, (signature,)).encode()


def verify_note(note: str, keys: Sequence[NoteKey]) -> VerifiedNote:
    """Check a signed note. Signatures of unknown keys are passed over, those of known keys must all hold.

    Raises `Malformed` if it cannot be read, and `Unverified` if a known key's signature fails or none is there.
    """
    parsed = parse_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    if len(known) < len(set(keys)):
        raise Unverified("keys", "two keys have the same name and id")
    held: list[KnownSignature] = []
    for number, signature in enumerate(parsed.signatures, start=1):
        key = known.get((signature.name, signature.key_id))
        if key is not None:
            held.append(_verify_signature(parsed.text, signature, key, f"signature {number}"))
    if not held:
        raise Unverified("signatures", "none is by a trusted key")
    return VerifiedNote(parsed, tuple(dict.fromkeys(held)))


def cosigned_message(text: str, seconds: int) -> bytes:
    """Return the bytes that a witness signs: two lines of its own, then the whole text of the checkpoint."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _verify_signature(text: str, signature: Signature, key: NoteKey, place: str) -> KnownSignature:
    raw, seconds, message = signature.signature, None, text.encode()
    if key.type is SignatureType.cosignature_v1:
        seconds, raw = int.from_bytes(raw[:TIMESTAMP_BYTES], "big"), raw[TIMESTAMP_BYTES:]
        message = cosigned_message(text, seconds)
        if seconds >= 1 << 63:
            raise Malformed(place, "its time is beyond all times")
    if len(raw) != SIGNATURE_BYTES:
        raise Malformed(place, f"expected {SIGNATURE_BYTES} bytes of signature")
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(raw, message)
    except InvalidSignature as fault:
        raise Unverified(place, f"not made by the key {key.name}+{key.key_id.hex()} over this text") from fault
    return KnownSignature(key, seconds)


def _parse_line(line: str, number: int) -> Signature:
    place = f"signature {number}"
    name, space, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not space or not is_key_name(name):
        raise Malformed(place, "expected an em dash, a key name and base64, with one space between them")
    data = from_base64(encoded, place)
    if len(data) <= KEY_ID_BYTES:
        raise Malformed(place, "expected a key id and a signature")
    return Signature(name, data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])


def _check_characters(text: str) -> None:
    if any(char < " " and char != "\n" for char in text):
        raise Malformed("note", "has a control character other than a newline")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Malformed("note", "is not valid Unicode")
