"""Receipts: what they prove, and where they say that they fail."""

import json
from dataclasses import replace

import pytest

from tarazy.log.checkpoint import sign_checkpoint
from tarazy.log.note import Note, SignatureType, parse_note
from tarazy.log.receipt import Failure, PersonalPart, Receipt, Step, Verified, parse_receipt, verify_receipt
from tarazy.log.refusal import Malformed
from tarazy.log.witness import cosign
from tests.unit.log.model import ORIGIN, START, MemoryLog, Signer, leaf, personal_part, waiting

WITNESS = Signer("witness.example/w1", SignatureType.cosignature_v1)
STRANGER = Signer("witness.example/unknown", SignatureType.cosignature_v1)
LOG = MemoryLog(queue=waiting(range(11)))
LOG.run()
LOG.signed = cosign(LOG.signed, WITNESS.key.name, WITNESS.sign, WITNESS.public, START)
LOG.signed = cosign(LOG.signed, STRANGER.key.name, STRANGER.sign, STRANGER.public, START)
RECEIPT = LOG.receipt(5)
TEXT = RECEIPT.text()
KEYS = [LOG.signer.key, WITNESS.key]


def changed(path, value, text=TEXT):
    """The receipt with one field changed and everything else, the checks too, as it was."""
    document = json.loads(text)
    place = document
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value(place[path[-1]]) if callable(value) else value
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def flip_first(text):
    return ("0" if text[0] != "0" else "1") + text[1:]


def test_a_receipt_proves_its_act():
    answer = verify_receipt(TEXT, KEYS)
    assert isinstance(answer, Verified)
    assert answer.receipt == RECEIPT
    assert answer.checkpoint == LOG.state.checkpoint
    assert answer.witnesses == (("witness.example/w1", START),)


@pytest.mark.parametrize("index", range(11))
def test_receipts_read_both_ways(index):
    for receipt in (LOG.receipt(index), LOG.receipt(index).without_personal()):
        assert parse_receipt(receipt.text()) == receipt
        assert parse_receipt(receipt.text()).text() == receipt.text()
        assert isinstance(verify_receipt(receipt.text(), KEYS), Verified)


def test_an_erased_personal_part_leaves_no_trace_and_the_proof_stands():
    bare = RECEIPT.without_personal()
    shown, part = bare.text(), personal_part(5)
    assert isinstance(verify_receipt(shown, KEYS), Verified)
    assert part.salt.hex() not in shown
    assert not [name for name in json.loads(shown)["checks"] if name.startswith("personal")]
    # Whoever guesses the content cannot test the guess against anything in the receipt without the salt.
    other = replace(RECEIPT, personal=PersonalPart(salt=b"0" * 32, content=part.content)).text()
    assert json.loads(other)["checks"]["personal.content"] != json.loads(TEXT)["checks"]["personal.content"]


@pytest.mark.parametrize(
    ("path", "value", "step", "place"),
    [
        (("leaf", "type"), "hold_released", Step.inclusion, "leaf.type"),
        (("leaf", "at"), "2026-11-22T10:00:00.000001Z", Step.inclusion, "leaf.at"),
        (("leaf", "at"), "2026-11-22 10:00", Step.values, "leaf.at"),
        (("leaf", "participant_id"), "bank_9", Step.inclusion, "leaf.participant_id"),
        (("leaf", "norm_ids"), [], Step.inclusion, "leaf.norm_ids"),
        (("leaf", "personal_commitment"), flip_first, Step.inclusion, "leaf.personal_commitment"),
        (("leaf", "personal_commitment"), str.upper, Step.values, "leaf.personal_commitment"),
        (("index",), 4, Step.inclusion, "index"),
        (("index",), 11, Step.inclusion, "index"),
        (("index",), -1, Step.values, "index"),
        (("proof", 0), flip_first, Step.inclusion, "proof element 1"),
        (("proof", 2), flip_first, Step.inclusion, "proof element 3"),
        (("proof", 2), "", Step.values, "proof element 3"),
        (("proof",), lambda proof: proof[:-1], Step.inclusion, "inclusion proof"),
        (("checkpoint",), lambda text: "m" + text[1:], Step.checkpoint, "checkpoint.origin"),
        (("checkpoint",), lambda text: text.replace("\n11\n", "\n12\n"), Step.checkpoint, "checkpoint.size"),
        (("checkpoint",), lambda text: text.replace("\n11\n", "\n0x\n"), Step.values, "checkpoint.size"),
        (("checkpoint",), lambda text: text.replace("\n\n", "\n"), Step.values, "checkpoint blank line"),
        (("checkpoint",), lambda text: text.replace("— w", "- w"), Step.values, "checkpoint signature 2"),
        (("personal", "salt"), flip_first, Step.personal_part, "personal.salt"),
        (("personal", "salt"), "00", Step.values, "personal.salt"),
        (("personal", "content"), "QQ==", Step.personal_part, "personal.content"),
        (("personal", "content"), "QQ", Step.values, "personal.content"),
        (("checks", "leaf.at"), flip_first, Step.integrity, "checks.leaf.at"),
        (("checks",), {}, Step.integrity, None),
        (("format",), "tarazy.receipt/v2", Step.document, "format"),
        (("index",), "5", Step.document, "index"),
        (("index",), True, Step.document, "index"),
        (("proof",), "x", Step.document, "proof"),
        (("leaf",), [], Step.document, "leaf"),
        (("personal",), {"salt": "00"}, Step.document, "personal.content"),
        (("leaf", "at"), None, Step.document, "leaf.at"),
        (("checks",), None, Step.document, "checks"),
        (("checks", "index"), 1, Step.document, "checks.index"),
    ],
)
def test_a_changed_field_is_named_with_its_step(path, value, step, place):
    failure = verify_receipt(changed(path, value), KEYS)
    assert isinstance(failure, Failure)
    assert (failure.step, failure.place if place else None) == (step, place)


@pytest.mark.parametrize(("number", "step"), [(1, Step.checkpoint), (2, Step.witnesses), (3, Step.integrity)])
def test_a_changed_signature_is_named_even_of_an_unknown_witness(number, step):
    note = parse_note(RECEIPT.checkpoint)
    lines = [
        each._replace(signature=bytes([each.signature[0], each.signature[1] ^ 1]) + each.signature[2:])
        if at == number
        else each
        for at, each in enumerate(note.signatures, start=1)
    ]
    failure = verify_receipt(changed(("checkpoint",), Note(note.text, tuple(lines)).encode()), KEYS)
    assert isinstance(failure, Failure)
    assert (failure.step, failure.place) == (step, f"checkpoint signature {number}")


def test_a_forger_who_also_writes_the_checks_still_proves_nothing():
    forged_leaf = replace(RECEIPT.leaf, participant_id=leaf(4).participant_id)
    for forged, step in (
        (replace(RECEIPT, leaf=forged_leaf), Step.inclusion),
        (replace(RECEIPT, index=4), Step.inclusion),
        (replace(RECEIPT, proof=(*RECEIPT.proof[1:], RECEIPT.proof[0])), Step.inclusion),
        (replace(RECEIPT, personal=personal_part(4)), Step.personal_part),
        (replace(RECEIPT, checkpoint=RECEIPT.checkpoint.replace("\n11\n", "\n10\n")), Step.checkpoint),
    ):
        failure = verify_receipt(forged.text(), KEYS)
        assert isinstance(failure, Failure)
        assert failure.step is step


def test_a_checkpoint_of_another_log_or_an_untrusted_one_is_refused():
    failure = verify_receipt(TEXT, [Signer("other.example").key])
    assert isinstance(failure, Failure)
    assert failure.step is Step.checkpoint
    assert failure.text() == "step 3 (checkpoint): checkpoint signatures: none is by a trusted key"
    failure = verify_receipt(TEXT, [WITNESS.key])
    assert isinstance(failure, Failure)
    assert failure.step is Step.checkpoint


def test_witnesses_can_be_demanded():
    assert isinstance(verify_receipt(TEXT, KEYS, witnesses_min=1), Verified)
    failure = verify_receipt(TEXT, KEYS, witnesses_min=2)
    assert failure == Failure(Step.witnesses, "witnesses", "expected 2 by trusted keys, found 1")


def test_a_missing_or_a_strange_field_is_named():
    document = json.loads(TEXT)
    for name in document:
        rest = {each: value for each, value in document.items() if each != name}
        assert verify_receipt(json.dumps(rest), KEYS) == Failure(Step.document, name, "is missing")
    strange = verify_receipt(json.dumps(document | {"ex\u001btra": 1}), KEYS)
    assert strange == Failure(Step.document, r"'ex\x1btra'", "is not a field of a receipt")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line 1, column 1"),
        ("{}", "format"),
        ("[]", "receipt"),
        (TEXT.replace('"index": 5', '"index": 05'), "line 13, column 12"),
        (TEXT.replace('"index": 5', '"index": NaN'), "receipt"),
        (TEXT.replace('"index": 5', '"index": ' + "9" * 5000), "receipt"),
        (TEXT.replace('"index": 5', '"index": 5, "index": 5'), "receipt"),
        ("[" * 100_000, "receipt"),
        (" " * (1024 * 1024 + 1), "receipt"),
    ],
)
def test_what_is_no_receipt_is_refused_with_its_place(text, place):
    failure = verify_receipt(text, KEYS)
    assert isinstance(failure, Failure)
    assert (failure.step, failure.place) == (Step.document, place)
    with pytest.raises(Malformed):
        parse_receipt(text)


def test_every_flipped_bit_of_the_written_receipt_is_found():
    data = bytearray(TEXT.encode())
    for place in range(len(data)):
        for bit in (1, 1 << place % 8):
            data[place] ^= bit
            try:
                text = data.decode()
            except UnicodeDecodeError:
                pass
            else:
                assert isinstance(verify_receipt(text, KEYS), Failure), (place, bit)
            data[place] ^= bit


def test_a_receipt_from_a_larger_tree_proves_the_same_leaf():
    log = MemoryLog(queue=waiting(range(11)))
    log.run()
    log.queue = waiting(range(11, 400))
    log.run()
    receipt = log.receipt(5)
    assert receipt.leaf == RECEIPT.leaf
    assert isinstance(verify_receipt(receipt.text(), KEYS), Verified)
    mixed = replace(receipt, checkpoint=RECEIPT.checkpoint)
    assert isinstance(verify_receipt(mixed.text(), KEYS), Failure)


def test_a_signed_head_with_an_unrelated_root_proves_nothing():
    head = replace(LOG.state.checkpoint, root=bytes(32))
    receipt = Receipt(
        leaf=RECEIPT.leaf,
        index=RECEIPT.index,
        proof=RECEIPT.proof,
        checkpoint=sign_checkpoint(head, LOG.signer.sign, LOG.signer.public),
    )
    failure = verify_receipt(receipt.text(), KEYS)
    assert isinstance(failure, Failure)
    assert (failure.step, failure.place) == (Step.inclusion, "inclusion proof")
    assert head.origin == ORIGIN
