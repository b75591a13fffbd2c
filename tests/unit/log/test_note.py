"""Signed notes and keys, against the published vectors of other implementations, both ways."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tarazy.log.note import Note, NoteKey, SignatureType, parse_key, parse_note, sign_note, verify_note
from tarazy.log.refusal import Malformed, Refused, Unverified
from tests.unit.log.model import Signer

# The vectors of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
# A witness that runs in public.
WITNESS = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"


def test_the_published_note_verifies():
    verified = verify_note(TEXT + "\n" + LINE, [parse_key(PETER)])
    assert verified.note.text == TEXT
    assert [each.key.name for each in verified.signatures] == ["PeterNeumann"]


def test_the_published_note_is_written_byte_for_byte():
    private = Ed25519PrivateKey.from_private_bytes(PETER_SEED)
    assert sign_note(TEXT, "PeterNeumann", private.sign, private.public_key().public_bytes_raw()) == TEXT + "\n" + LINE


@pytest.mark.parametrize(("text", "kind"), [(PETER, SignatureType.ed25519), (WITNESS, SignatureType.cosignature_v1)])
def test_published_keys_read_both_ways(text, kind):
    key = parse_key(text)
    assert key.type is kind
    assert key.text() == text


def test_a_mangled_key_is_refused():
    for start in range(len(PETER)):
        with pytest.raises(Malformed):
            parse_key(PETER[:start])
        with pytest.raises(Malformed):
            parse_key(PETER[:start] + chr(ord(PETER[start]) + 1) + PETER[start + 1 :])
    for wrong in (
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ):
        with pytest.raises(Malformed):
            parse_key(wrong)


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        TEXT + LINE,
        TEXT + "\n",
        "\n\n" + LINE.removesuffix("\n"),
        TEXT + "\n" + LINE.removesuffix("\n"),
        TEXT + "\n" + LINE + "\n",
        TEXT + "\n" + LINE.replace("— ", "- "),
        TEXT + "\n" + LINE.replace("— ", "—  "),
        TEXT + "\n" + LINE.replace("PeterNeumann ", "Peter Neumann "),
        TEXT + "\n" + LINE.replace("PeterNeumann ", "Peter+Neumann "),
        TEXT + "\n" + LINE.replace("PeterNeumann ", "Peter\N{NO-BREAK SPACE}Neumann "),
        TEXT + "\n" + LINE.replace("=\n", "\n"),
        TEXT + "\n" + LINE.replace("nAM=\n", "nAN=\n"),
        TEXT + "\n— PeterNeumann x08gow==\n",
        TEXT.replace("you", "you\r") + "\n" + LINE,
        TEXT.replace("you", "\ud800") + "\n" + LINE,
        TEXT + "\n" + LINE * 65,
    ],
)
def test_a_text_that_is_no_note_is_refused(note):
    with pytest.raises(Malformed):
        parse_note(note)


def test_notes_read_both_ways_whatever_the_text():
    for text in ("one line\n", "\n\nbegins empty\n", "has\n\nan empty line\n", "line separator \u2028 inside\n"):
        note = parse_note(text + "\n" + LINE)
        assert note.text == text
        assert note.encode() == text + "\n" + LINE


def test_unknown_signatures_are_passed_over_and_known_ones_must_hold():
    log, other = Signer("log.example"), Signer("other.example")
    signed = sign_note("x\n", "log.example", log.sign, log.public)
    foreign = parse_note(sign_note("x\n", "other.example", other.sign, other.public)).signatures
    both = Note("x\n", (*foreign, *parse_note(signed).signatures)).encode()
    assert [each.key for each in verify_note(both, [log.key]).signatures] == [log.key]
    broken = both.replace("x\n", "y\n", 1)
    with pytest.raises(Unverified, match=r"^signature 2: not made by the key log.example"):
        verify_note(broken, [log.key])
    with pytest.raises(Unverified, match=r"^signatures: none is by a trusted key"):
        verify_note(both, [Signer("third.example").key])
    with pytest.raises(Unverified, match=r"^signatures: none"):
        verify_note(both, [])
    with pytest.raises(Unverified, match=r"^signature 1"):
        verify_note(Note("y\n", (*foreign, *parse_note(broken).signatures)).encode(), [log.key, other.key])


def test_the_same_key_under_another_name_or_type_is_another_key():
    log = Signer("log.example")
    signed = sign_note("x\n", "log.example", log.sign, log.public)
    for key in (
        NoteKey("log.example2", SignatureType.ed25519, log.public),
        NoteKey("log.example", SignatureType.cosignature_v1, log.public),
    ):
        with pytest.raises(Unverified, match="none is by a trusted key"):
            verify_note(signed, [key])


def test_one_flipped_bit_anywhere_fails():
    data = bytearray((TEXT + "\n" + LINE).encode())
    for place in range(len(data)):
        data[place] ^= 1
        with pytest.raises((Refused, UnicodeDecodeError)):
            verify_note(data.decode(), [parse_key(PETER)])
        data[place] ^= 1


@pytest.mark.parametrize("text", ["", "\n", "no newline", "tab\t\n"])
def test_a_text_that_cannot_be_a_note_is_not_signed(text):
    log = Signer("log.example")
    with pytest.raises(Malformed):
        sign_note(text, "log.example", log.sign, log.public)
    assert log.signed == []


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n"])
def test_a_name_that_no_key_may_have_is_refused(name):
    with pytest.raises(Malformed, match=r"^key name"):
        NoteKey(name, SignatureType.ed25519, bytes(32))
