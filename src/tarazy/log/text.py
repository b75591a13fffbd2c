"""Strict base64 and hex: one text for each value, so that a changed character never reads as the same bytes."""

import base64
import binascii
import re

from tarazy.log.refusal import Malformed

HEX_HASH = re.compile(r"[0-9a-f]{64}")
HASH_BYTES = 32


def to_base64(data: bytes) -> str:
    """Return standard base64 (RFC 4648, section 4) with padding."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str, place: str) -> bytes:
    """Read standard base64. Raises `Malformed` for anything that `to_base64` would not have written."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise Malformed(place, f"expected base64 ({fault})") from fault
    if to_base64(data) != text:
        raise Malformed(place, "expected base64 in its one canonical spelling")
    return data


def from_hex_hash(text: str, place: str) -> bytes:
    """Read a SHA-256 hash. Raises `Malformed` for anything but 64 lower-case hexadecimal digits."""
    if not HEX_HASH.fullmatch(text):
        raise Malformed(place, "expected 64 lower-case hexadecimal digits")
    return bytes.fromhex(text)


def from_decimal(text: str, place: str) -> int:
    """Read a whole number from 0 to 2^63 - 1 in ASCII digits without leading zeroes."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text) or int(text) >= 1 << 63:
        raise Malformed(place, "expected a whole number without leading zeroes")
    return int(text)
