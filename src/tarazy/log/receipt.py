"""A receipt: proof, on one page of JSON, that an act stands in the log. Checked by anybody, offline.

The steps of `verify_receipt` are numbered and stop at the first that fails:

    1 document       it is JSON with exactly the fields of a receipt, each of its kind
    2 values         each value is written as its format says
    3 checkpoint     a trusted log key has signed it, under the name that the checkpoint bears
    4 inclusion      the leaf, by its number and the proof, leads to the root in that checkpoint
    5 personal part  if it is shown: with its salt it gives the commitment in the leaf
    6 witnesses      every cosignature by a trusted witness holds, and there are as many as were asked for
    7 integrity      nothing else in the document was changed after it was written

Steps 3 to 6 prove. Where such a step can only fail as a whole, the checks that the document carries
(`receipt_document`) say which part of it was damaged; step 7 looks at those parts that no other step covers, such as
the signature of a witness that the reader does not know.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from tarazy.log.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from tarazy.log.leaf import SALT_BYTES_MIN, Leaf, commitment, parse_leaf_time
from tarazy.log.note import NoteKey, SignatureType, VerifiedNote, parse_note
from tarazy.log.receipt_document import Document, read_document
from tarazy.log.refusal import Malformed, Refused, Unverified
from tarazy.log.text import from_base64, from_hex_hash, to_base64
from tarazy.log.tree import TREE_SIZE_MAX, verify_inclusion
from tarazy.log.witness import cosigned_at
from tarazy.values.ids import NormId, ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

PROOF_ELEMENTS_MAX = 63
"""The height of the largest tree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalPart:
    """What the leaf commits to without showing it, and the salt that keeps others from guessing it."""

    salt: bytes
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A leaf, its number, the way from it to the root, and the signed checkpoint with that root."""

    leaf: Leaf
    index: int
    proof: tuple[bytes, ...]
    checkpoint: str
    personal: PersonalPart | None = None

    def text(self) -> str:
        """Return the receipt as JSON."""
        document = Document(
            leaf_type=self.leaf.type,
            at=self.leaf.at.text(),
            participant_id=self.leaf.participant_id,
            norm_ids=list(self.leaf.norm_ids),
            personal_commitment=self.leaf.personal_commitment,
            index=self.index,
            proof=[element.hex() for element in self.proof],
            checkpoint=self.checkpoint,
            personal=None if self.personal is None else _personal_texts(self.personal),
            checks={},
        )
        return document.written()

    def without_personal(self) -> "Receipt":
        """Return the receipt that can be shown to those who may not read the personal part. It proves the same act."""
        return replace(self, personal=None)


class Step(IntEnum):
    """The numbered steps of `verify_receipt`."""

    document = 1
    values = 2
    checkpoint = 3
    inclusion = 4
    personal_part = 5
    witnesses = 6
    integrity = 7


class Failure(NamedTuple):
    """The step that failed, the part of the receipt where it failed, and why."""

    step: Step
    place: str
    reason: str

    def text(self) -> str:
        """Return the failure as one line."""
        return f"step {self.step.value} ({self.step.name.replace('_', ' ')}): {self.place}: {self.reason}"


class Witnessed(NamedTuple):
    """A trusted witness and when it says that it saw the checkpoint."""

    name: str
    at: Instant


class Verified(NamedTuple):
    """What a receipt proves."""

    receipt: Receipt
    checkpoint: Checkpoint
    witnesses: tuple[Witnessed, ...]


def parse_receipt(text: str) -> Receipt:
    """Read what `Receipt.text` wrote. Raises `Malformed` naming the place. Proves nothing: see `verify_receipt`."""
    return _read_values(read_document(text))


def verify_receipt(text: str, trusted_keys: Sequence[NoteKey], witnesses_min: int = 0) -> Verified | Failure:
    """Check a receipt against trusted keys, of logs and of witnesses, in the numbered steps of this module."""
    step, document = Step.document, None
    try:
        document = read_document(text)
        step = Step.values
        receipt = _read_values(document)
        step = Step.checkpoint
        log_keys = [key for key in trusted_keys if key.type is SignatureType.ed25519]
        checkpoint, _ = verify_checkpoint(receipt.checkpoint, log_keys)
        step = Step.inclusion
        verify_inclusion(receipt.leaf.hash(), receipt.index, checkpoint.size, receipt.proof, checkpoint.root)
        step = Step.personal_part
        _check_personal(receipt)
        step = Step.witnesses
        _, signatures = verify_checkpoint(receipt.checkpoint, trusted_keys)
        witnesses = witnesses_of(signatures, witnesses_min)
        step = Step.integrity
        _check_integrity(document)
    except Refused as refused:
        place = refused.place if document is None else _place(document, step, refused.place)
        return Failure(step, place, refused.reason)
    return Verified(receipt, checkpoint, witnesses)


def _read_values(document: Document) -> Receipt:
    """Step 2: what the fields mean."""
    leaf = Leaf(
        type=document.leaf_type,
        at=parse_leaf_time(document.at),
        participant_id=ParticipantId(document.participant_id),
        norm_ids=tuple(NormId(norm_id) for norm_id in document.norm_ids),
        personal_commitment=document.personal_commitment,
    )
    if not 0 <= document.index <= TREE_SIZE_MAX:
        raise Malformed("index", "expected a whole number from 0")
    if len(document.proof) > PROOF_ELEMENTS_MAX:
        raise Malformed("proof", f"more than {PROOF_ELEMENTS_MAX} elements")
    proof = tuple(from_hex_hash(each, f"proof element {number}") for number, each in enumerate(document.proof, start=1))
    parse_checkpoint(parse_note(document.checkpoint).text)
    personal = None if document.personal is None else _read_personal(*document.personal)
    return Receipt(leaf=leaf, index=document.index, proof=proof, checkpoint=document.checkpoint, personal=personal)


def _read_personal(salt: str, content: str) -> PersonalPart:
    if not re.fullmatch(r"(?:[0-9a-f]{2})+", salt) or len(salt) < 2 * SALT_BYTES_MIN:
        raise Malformed("personal.salt", f"expected at least {2 * SALT_BYTES_MIN} lower-case hexadecimal digits")
    return PersonalPart(salt=bytes.fromhex(salt), content=from_base64(content, "personal.content"))


def _personal_texts(personal: PersonalPart) -> tuple[str, str]:
    return personal.salt.hex(), to_base64(personal.content)


def _check_personal(receipt: Receipt) -> None:
    """Step 5."""
    part = receipt.personal
    if part is not None and commitment(part.salt, part.content).hex() != receipt.leaf.personal_commitment:
        raise Unverified("personal", "is not what the leaf commits to")


def witnesses_of(verified: VerifiedNote, witnesses_min: int) -> tuple[Witnessed, ...]:
    """Return who of the trusted witnesses has cosigned a head. Raises `Unverified` for too few of them."""
    witnesses = tuple(
        Witnessed(each.key.name, cosigned_at(each.seconds)) for each in verified.signatures if each.seconds is not None
    )
    if len({each.name for each in witnesses}) < witnesses_min:
        raise Unverified("witnesses", f"expected {witnesses_min} by trusted keys, found {len(witnesses)}")
    return witnesses


def _check_integrity(document: Document) -> None:
    """Step 7."""
    for name in document.checks.keys() - document.parts().keys():
        raise Unverified(f"checks.{name}", "belongs to no part of this receipt")
    for name in document.parts().keys() - document.checks.keys():
        raise Unverified(f"checks.{name}", "is missing")
    for name in document.damaged():
        if name.startswith("checkpoint signature"):
            raise Unverified(name, "this signature, which no trusted key covers, or its check was changed")
        raise Unverified(f"checks.{name}", "was changed; the part itself is proven")


_COVERED = {
    Step.checkpoint: ("checkpoint",),
    Step.inclusion: ("leaf.", "index", "proof element "),
    Step.personal_part: ("personal.",),
    Step.witnesses: ("checkpoint",),
}
"""The parts in which the fault must lie when a step fails that can only fail as a whole."""


def _place(document: Document, step: Step, place: str) -> str:
    """Return the exact part that was damaged, if the checks know it, or else the place that the step named."""
    if place.startswith(("note", "signature")):
        place = f"checkpoint {place}"
    covered = ("checkpoint",) if step is Step.values and place.startswith("checkpoint") else _COVERED.get(step)
    damaged = [name for name in document.damaged() if covered and name.startswith(covered)]
    return damaged[0] if damaged else place
