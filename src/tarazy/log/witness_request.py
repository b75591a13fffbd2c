"""C2SP tlog-witness: how a log asks for a cosignature, and what a witness must check before it gives one.

old 20852014
BASE64                (a line for each hash of the consistency proof)

the signed checkpoint, as it is
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tarazy.log.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from tarazy.log.note import NOTE_CHARACTERS_MAX, NoteKey, parse_note
from tarazy.log.receipt import PROOF_ELEMENTS_MAX
from tarazy.log.refusal import Malformed, Refused, Unverified
from tarazy.log.text import HASH_BYTES, from_base64, from_decimal, to_base64
from tarazy.log.tree import EMPTY_ROOT
from tarazy.log.witness import witness_checkpoint

REQUEST_CHARACTERS_MAX = NOTE_CHARACTERS_MAX + 50 * (PROOF_ELEMENTS_MAX + 1)
_OLD = "old "


class WhyNot(StrEnum):
    """Why a witness does not cosign."""

    malformed = "malformed"
    log_unknown = "log_unknown"
    signature_unknown = "signature_unknown"
    size_differs = "size_differs"
    proof_refused = "proof_refused"


class NotCosigned(Exception):
    """A witness does not cosign. ``size`` is that of the head which it cosigned last, zero before the first."""

    def __init__(self, why: WhyNot, text: str, size: int = 0) -> None:
        super().__init__(text)
        self.why = why
        self.size = size


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignRequest:
    """The head to be cosigned, and the proof that it continues the one of ``old_size`` leaves."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def text(self) -> str:
        """Return the body of the request."""
        lines = (f"{_OLD}{self.old_size}", *map(to_base64, self.proof))
        return "".join(f"{line}\n" for line in lines) + "\n" + self.checkpoint


def parse_cosign_request(text: str) -> CosignRequest:
    """Read what `CosignRequest.text` wrote. Raises `Malformed` naming the line."""
    if len(text) > REQUEST_CHARACTERS_MAX:
        raise Malformed("request", f"longer than {REQUEST_CHARACTERS_MAX} characters")
    above, blank, checkpoint = text.partition("\n\n")
    old, *lines = above.split("\n")
    if not blank or not old.startswith(_OLD):
        raise Malformed("line 1", "expected old and a size and, further down, an empty line")
    if len(lines) > PROOF_ELEMENTS_MAX:
        raise Malformed("proof", f"more than {PROOF_ELEMENTS_MAX} lines")
    proof = tuple(from_base64(line, f"proof line {number}") for number, line in enumerate(lines, start=1))
    for number, element in enumerate(proof, start=1):
        if len(element) != HASH_BYTES:
            raise Malformed(f"proof line {number}", f"expected {HASH_BYTES} bytes")
    return CosignRequest(old_size=from_decimal(old.removeprefix(_OLD), "old size"), proof=proof, checkpoint=checkpoint)


def head_to_cosign(text: str, log_keys: Sequence[NoteKey], seen: Mapping[str, Checkpoint]) -> tuple[str, Checkpoint]:
    """Return the signed head that may be cosigned, and what it says: from now on the one that was ``seen``.

    Raises `NotCosigned`. Nothing is kept here: whoever calls keeps what was seen before answering, one at a time.
    """
    try:
        request = parse_cosign_request(text)
        claimed = parse_checkpoint(parse_note(request.checkpoint).text)
    except Malformed as fault:
        raise NotCosigned(WhyNot.malformed, str(fault)) from fault
    keys = [key for key in log_keys if key.name == claimed.origin]
    if not keys:
        raise NotCosigned(WhyNot.log_unknown, f"no key of the log {claimed.origin} is known here")
    try:
        _, verified = verify_checkpoint(request.checkpoint, keys)
    except Refused as refused:
        raise NotCosigned(WhyNot.signature_unknown, str(refused)) from refused
    if request.old_size > claimed.size:
        raise NotCosigned(WhyNot.malformed, f"old size: larger than the checkpoint's {claimed.size}")
    last = seen.get(claimed.origin, Checkpoint(claimed.origin, 0, EMPTY_ROOT))
    if request.old_size != last.size or (last.size == claimed.size and last.root != claimed.root):
        raise NotCosigned(WhyNot.size_differs, f"the last head cosigned here has {last.size} leaves", last.size)
    try:
        return request.checkpoint, witness_checkpoint(
            request.checkpoint, verified.signatures[0].key, last, request.proof
        )
    except Unverified as refused:
        raise NotCosigned(WhyNot.proof_refused, str(refused), last.size) from refused
