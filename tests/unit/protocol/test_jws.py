"""Our signatures against a library's, in both directions, and what is refused of a signature's form."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws as oracle
from joserfc.errors import BadSignatureError
from joserfc.jwk import OKPKey

from tarazy.adapters.keys import SigningKey, verifier
from tarazy.protocol.jws import MESSAGE_BYTES_MAX, SignatureFault, decode, encode, read, sign

ALGORITHMS = ["EdDSA"]
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated:joserfc.errors.SecurityWarning")
"""RFC 9864 has a second name for the same algorithm."""
FEW = settings(derandomize=True, deadline=None, max_examples=60)
KEY_IDS = st.from_regex(r"[a-z0-9-]{1,20}#[1-9]", fullmatch=True)
SEEDS = st.binary(min_size=32, max_size=32)


def key_of_library(seed: bytes) -> OKPKey:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "d": encode(seed), "x": encode(private.public_key().public_bytes_raw())}
    )


@FEW
@given(seed=SEEDS, key_id=KEY_IDS, payload=st.binary(max_size=300))
def test_the_library_reads_what_we_sign(seed: bytes, key_id: str, payload: bytes) -> None:
    text = sign(payload, key_id, SigningKey(seed).signer())
    theirs = oracle.deserialize_compact(text, key_of_library(seed), algorithms=ALGORITHMS)
    assert theirs.payload == payload
    assert theirs.headers() == {"alg": "EdDSA", "kid": key_id}


@FEW
@given(seed=SEEDS, key_id=KEY_IDS, payload=st.binary(max_size=300))
def test_we_read_what_the_library_signs(seed: bytes, key_id: str, payload: bytes) -> None:
    text = oracle.serialize_compact(
        {"alg": "EdDSA", "kid": key_id}, payload, key_of_library(seed), algorithms=ALGORITHMS
    )
    ours = read(text)
    assert (ours.key_id, ours.payload) == (key_id, payload)
    assert verifier(SigningKey(seed).public)(ours.signature, ours.signed_bytes)


@FEW
@given(seed=SEEDS, key_id=KEY_IDS, payload=st.binary(max_size=300))
def test_both_write_the_same_text(seed: bytes, key_id: str, payload: bytes) -> None:
    theirs = oracle.serialize_compact(
        {"alg": "EdDSA", "kid": key_id}, payload, key_of_library(seed), algorithms=ALGORITHMS
    )
    assert sign(payload, key_id, SigningKey(seed).signer()) == theirs


@FEW
@given(seed=SEEDS, payload=st.binary(min_size=1, max_size=60), place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_neither_takes_a_text_of_which_one_byte_was_changed(seed: bytes, payload: bytes, place: int, flip: int) -> None:
    header, body, signature = sign(payload, "bank-a#1", SigningKey(seed).signer()).split(".")
    changed = bytearray(decode(body) + decode(signature))
    changed[place % len(changed)] ^= flip
    forged = f"{header}.{encode(bytes(changed[:-64]))}.{encode(bytes(changed[-64:]))}"
    ours = read(forged)
    assert not verifier(SigningKey(seed).public)(ours.signature, ours.signed_bytes)
    with pytest.raises(BadSignatureError):
        oracle.deserialize_compact(forged, key_of_library(seed), algorithms=ALGORITHMS)


@FEW
@given(data=st.binary(max_size=100))
def test_base64url_comes_back(data: bytes) -> None:
    assert decode(encode(data)) == data


@pytest.mark.parametrize("text", ["QQ==", "QR", "Q", "Q!", "QQ\n", "Q Q", "++++", "////", "é"])
def test_only_the_one_canonical_form_of_base64url_is_read(text: str) -> None:
    with pytest.raises(SignatureFault):
        decode(text)


def with_header(header: object) -> str:
    text = header if isinstance(header, str) else json.dumps(header)
    return f"{encode(text.encode())}.{encode(b'{}')}.{encode(bytes(64))}"


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"alg": "none", "kid": "bank-a#1"}, id="none"),
        pytest.param({"alg": "HS256", "kid": "bank-a#1"}, id="a shared secret"),
        pytest.param({"alg": "ES256", "kid": "bank-a#1"}, id="another curve"),
        pytest.param({"alg": "EdDSA"}, id="no key"),
        pytest.param({"kid": "bank-a#1"}, id="no algorithm"),
        pytest.param({"alg": "EdDSA", "kid": "bank-a#1", "crit": ["b64"], "b64": False}, id="more fields"),
        pytest.param({"alg": "EdDSA", "kid": "bank-a#1", "jwk": {}}, id="a key of its own"),
        pytest.param({"alg": ["EdDSA"], "kid": "bank-a#1"}, id="a list"),
        pytest.param("[]", id="no object"),
        pytest.param("{", id="no JSON"),
    ],
)
def test_no_other_header_than_ours_is_read(header: object) -> None:
    with pytest.raises(SignatureFault):
        read(with_header(header))


@pytest.mark.parametrize("text", ["", "a", "a.b", "a.b.c.d", "e30.e30"])
def test_what_does_not_have_three_parts_is_not_read(text: str) -> None:
    with pytest.raises(SignatureFault):
        read(text)


def test_the_largest_text_is_read_and_one_byte_more_is_not() -> None:
    rest = len(with_header({"alg": "EdDSA", "kid": "bank-a#1"})) - len(encode(b"{}"))
    length = (MESSAGE_BYTES_MAX - rest) * 3 // 4
    text = sign(bytes(length), "bank-a#1", SigningKey(bytes(32)).signer())
    assert MESSAGE_BYTES_MAX - 20 <= len(text) <= MESSAGE_BYTES_MAX
    assert read(text).payload == bytes(length)
    with pytest.raises(SignatureFault, match="longer"):
        read("x" * (MESSAGE_BYTES_MAX + 1))
