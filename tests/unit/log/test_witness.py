"""Witnesses: what they sign, what they refuse, and what their signature says."""

import base64

import pytest

from tarazy.log.checkpoint import Checkpoint, sign_checkpoint, verify_checkpoint
from tarazy.log.note import SignatureType, parse_note
from tarazy.log.refusal import Malformed, Unverified
from tarazy.log.tree import consistency_proof
from tarazy.log.witness import cosign, cosigned_at, verify_cosignature, witness_checkpoint
from tarazy.values.instant import Instant
from tests.unit.log.model import ORIGIN, START, MemoryLog, Signer, waiting

WITNESS = Signer("witness.example/w1", SignatureType.cosignature_v1)


def grown(log, numbers):
    log.queue += waiting(numbers)
    log.run()
    return verify_checkpoint(log.signed, [log.signer.key])[0]


def test_a_cosignature_signs_what_the_specification_says():
    log = MemoryLog()
    grown(log, range(3))
    witness = Signer("witness.example/w1", SignatureType.cosignature_v1)
    signed = cosign(log.signed, "witness.example/w1", witness.sign, witness.public, START)
    assert witness.signed == [b"cosignature/v1\ntime 1795341600\n" + parse_note(signed).text.encode()]
    assert verify_cosignature(signed, witness.key) == START
    checkpoint, verified = verify_checkpoint(signed, [log.signer.key, witness.key])
    assert checkpoint == log.state.checkpoint
    assert [(each.key.name, each.seconds) for each in verified.signatures] == [
        (ORIGIN, None),
        ("witness.example/w1", 1_795_341_600),
    ]


def test_the_time_of_a_published_cosignature_is_read():
    blob = base64.b64decode(
        "ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOworDcFiEBYJXORmnFBOBA=="
    )
    assert cosigned_at(int.from_bytes(blob[4:12], "big")) == Instant.parse("2024-10-03T14:06:07+00:00")


def test_a_changed_time_or_text_breaks_the_cosignature():
    log = MemoryLog()
    grown(log, range(3))
    signed = cosign(log.signed, WITNESS.key.name, WITNESS.sign, WITNESS.public, START)
    *head, signature = parse_note(signed).signatures
    later = signature._replace(signature=(1_795_341_601).to_bytes(8, "big") + signature.signature[8:])
    with pytest.raises(Unverified, match=r"not made by the key witness.example/w1"):
        verify_cosignature(signed.replace(signature.line(), later.line()), WITNESS.key)
    short = signature._replace(signature=signature.signature[:-1])
    with pytest.raises(Malformed, match="expected 64 bytes"):
        verify_cosignature(signed.replace(signature.line(), short.line()), WITNESS.key)
    beyond = signature._replace(signature=b"\xff" * 8 + signature.signature[8:])
    with pytest.raises(Malformed, match="beyond all times"):
        verify_cosignature(signed.replace(signature.line(), beyond.line()), WITNESS.key)
    assert head


def test_a_witness_alone_is_not_the_log():
    log = MemoryLog()
    grown(log, range(3))
    signed = cosign(log.signed, WITNESS.key.name, WITNESS.sign, WITNESS.public, START)
    with pytest.raises(Unverified, match="none is by a trusted log key"):
        verify_checkpoint(signed, [WITNESS.key])


def test_a_witness_follows_a_log_that_only_grows():
    log = MemoryLog()
    seen = None
    for numbers in (range(3), range(3, 4), range(4, 300), range(0)):
        old = 0 if seen is None else seen.size
        grown(log, numbers)
        proof = consistency_proof(old, log.state.frontier.size, log.node_at)
        seen = witness_checkpoint(log.signed, log.signer.key, seen, proof)
    assert seen.size == 300


def test_a_witness_refuses_a_second_history():
    log, forked = MemoryLog(), MemoryLog()
    seen = grown(log, range(3))
    grown(forked, range(1, 9))
    proof = consistency_proof(3, 8, forked.node_at)
    with pytest.raises(Unverified, match=r"^old root"):
        witness_checkpoint(forked.signed, log.signer.key, seen, proof)
    with pytest.raises(Unverified, match="cannot continue"):
        witness_checkpoint(log.signed, log.signer.key, Checkpoint(ORIGIN, 4, seen.root), [])
    elsewhere = sign_checkpoint(Checkpoint("other.example", 3, seen.root), *_signer("other.example"))
    with pytest.raises(Unverified, match=r"^checkpoint.origin"):
        witness_checkpoint(elsewhere, Signer("other.example").key, seen, [])


def _signer(name):
    signer = Signer(name)
    return signer.sign, signer.public
