"""JSON Web Signatures, compact form, with Ed25519 only (RFC 7515, RFC 8037).

A message or an officer's statement is one such text, so that it can be shown to a court alone and years later. The
header is written in one fixed way and read strictly: no other algorithm can be asked for, which closes the family of
faults where the sender of a token picks how it is checked.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from tarazy.protocol.wire import WireFault, from_json

Sign = Callable[[bytes], bytes]
Verify = Callable[[bytes, bytes], bool]
"""Takes signature and signed bytes."""

MESSAGE_BYTES_MAX = 256 * 1024
KEY_ID_LENGTH_MAX = 120


class SignatureFault(ValueError):
    """A text that is not a signature of ours, or whose signature does not fit."""


class Signed(NamedTuple):
    """What was signed, and the id of the key that the header names. Not yet verified."""

    key_id: str
    payload: bytes
    signature: bytes
    signed_bytes: bytes


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    alg: str
    kid: str


def encode(data: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Read base64url without padding. Raises SignatureFault for anything that is not its one canonical form."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as fault:
        raise SignatureFault("not base64url") from fault
    if encode(data) != text:
        raise SignatureFault("not canonical base64url")
    return data


def sign(payload: bytes, key_id: str, with_key: Sign) -> str:
    """Return the compact signature of ``payload`` by the key ``key_id``."""
    assert '"' not in key_id
    assert len(key_id) <= KEY_ID_LENGTH_MAX
    header = encode(f'{{"alg":"EdDSA","kid":"{key_id}"}}'.encode())
    signed = f"{header}.{encode(payload)}"
    return f"{signed}.{encode(with_key(signed.encode()))}"


def read(text: str) -> Signed:
    """Take a compact signature apart. Raises SignatureFault; proves nothing about who signed."""
    if len(text) > MESSAGE_BYTES_MAX:
        raise SignatureFault(f"longer than {MESSAGE_BYTES_MAX} bytes")
    parts = text.split(".")
    if len(parts) != 3 or not text.isascii():  # noqa: PLR2004 -- header, payload, signature
        raise SignatureFault("expected three parts separated by dots")
    try:
        header = from_json(decode(parts[0]), _Header)
    except WireFault as fault:
        raise SignatureFault(f"header: {fault}") from fault
    if header.alg != "EdDSA":
        raise SignatureFault("header: alg must be EdDSA")
    return Signed(header.kid, decode(parts[1]), decode(parts[2]), f"{parts[0]}.{parts[1]}".encode())
