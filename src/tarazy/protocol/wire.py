"""JSON for our types: one canonical text for one value, strict in what is read."""

from typing import Any, TypeVar

import msgspec

from tarazy.values.instant import Instant

Value = TypeVar("Value")


def _encode_value(value: object) -> object:
    if isinstance(value, Instant):
        return value.text()
    raise NotImplementedError(f"no JSON form for {type(value).__name__}")


def _decode_value(wanted: type, value: Any) -> object:  # noqa: ANN401 -- what JSON gives can be anything
    if wanted is Instant:
        if not isinstance(value, str):
            raise ValueError("expected a time as ISO 8601 text")
        return Instant.parse(value)
    raise NotImplementedError(f"no JSON form for {wanted.__name__}")


_ENCODER = msgspec.json.Encoder(enc_hook=_encode_value, order="deterministic")
_DECODERS: dict[object, msgspec.json.Decoder[Any]] = {}


class WireFault(ValueError):
    """JSON that is not what was expected; the text names the place and what was expected."""


def to_json(value: object) -> bytes:
    """Return the one JSON text of ``value``: keys in a fixed order, no spaces."""
    return _ENCODER.encode(value)


def from_json(text: bytes | str, wanted: type[Value]) -> Value:
    """Read ``text`` as ``wanted``. Raises `WireFault` that names the place and what was expected there."""
    decoder = _DECODERS.get(wanted)
    if decoder is None:
        decoder = _DECODERS[wanted] = msgspec.json.Decoder(wanted, dec_hook=_decode_value)
    try:
        value: Value = decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise WireFault(str(fault)) from fault
    return value
