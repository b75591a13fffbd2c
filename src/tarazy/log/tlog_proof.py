"""C2SP tlog-proof: an inclusion proof as plain text, for tools that know transparency logs and not Tarazy.

c2sp.org/tlog-proof@v1
extra BASE64          (optional; ours is the leaf's canonical bytes, which the tool hashes as the entry)
index 73894
BASE64                (one line for each element of the proof, the leaf's sibling first)

the signed checkpoint, as it is
"""

from dataclasses import dataclass

from tarazy.log.receipt import PROOF_ELEMENTS_MAX, Receipt
from tarazy.log.refusal import Malformed
from tarazy.log.text import HASH_BYTES, from_base64, from_decimal, to_base64

HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """The parts of the text. Nothing is verified: see `tarazy.log.tree` and `tarazy.log.checkpoint`."""

    index: int
    proof: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def text(self) -> str:
        """Return the text."""
        extra = () if self.extra is None else (f"extra {to_base64(self.extra)}",)
        lines = (HEADER, *extra, f"index {self.index}", *map(to_base64, self.proof))
        return "".join(f"{line}\n" for line in lines) + "\n" + self.checkpoint


def tlog_proof(receipt: Receipt) -> TlogProof:
    """Return the proof of a receipt without anything personal."""
    return TlogProof(
        index=receipt.index, proof=receipt.proof, checkpoint=receipt.checkpoint, extra=receipt.leaf.encode()
    )


def parse_tlog_proof(text: str) -> TlogProof:
    """Read what `TlogProof.text` wrote. Raises `Malformed` naming the line."""
    above, blank, checkpoint = text.partition("\n\n")
    header, *lines = above.split("\n")
    if header != HEADER or not blank:
        raise Malformed("line 1", f"expected {HEADER} and, further down, an empty line")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = from_base64(lines.pop(0).removeprefix("extra "), "extra")
    if not lines or not lines[0].startswith("index "):
        raise Malformed("index", "is missing")
    index = from_decimal(lines.pop(0).removeprefix("index "), "index")
    if len(lines) > PROOF_ELEMENTS_MAX:
        raise Malformed("proof", f"more than {PROOF_ELEMENTS_MAX} elements")
    proof = tuple(from_base64(line, f"proof element {number}") for number, line in enumerate(lines, start=1))
    for number, element in enumerate(proof, start=1):
        if len(element) != HASH_BYTES:
            raise Malformed(f"proof element {number}", f"expected {HASH_BYTES} bytes")
    return TlogProof(index=index, proof=proof, checkpoint=checkpoint, extra=extra)
