"""Keeping what witnesses have cosigned: the newest such head stands beside the newest signed one."""

from collections.abc import Sequence

from tarazy.app.sequencing import LOG_GUARD, LOG_HEADS, node_reader, parsed_head
from tarazy.app.store import Transaction
from tarazy.log.note import Note, Signature, parse_note
from tarazy.log.tree import consistency_proof
from tarazy.log.witness_request import CosignRequest
from tarazy.values.replacing import replace


def cosign_request(tx: Transaction, signed: str, old_size: int) -> CosignRequest:
    """Return what a witness is asked that has last cosigned a head of ``old_size`` leaves of this log."""
    proof = consistency_proof(old_size, parsed_head(signed).size, node_reader(tx))
    return CosignRequest(old_size=old_size, proof=tuple(proof), checkpoint=signed)


def keep_cosignatures(tx: Transaction, origin: str, signed: str, cosignatures: Sequence[Signature]) -> None:
    """Add cosignatures, which somebody has checked, to a signed head, each key's last one.

    Nothing is changed where a newer head has been cosigned in the meantime.
    """
    tx.guard(LOG_GUARD, shared=False)
    head = tx.get(LOG_HEADS, origin)
    assert head is not None
    note = parse_note(signed)
    if head.cosigned is not None:
        kept = parse_note(head.cosigned)
        if kept.text != note.text and parsed_head(head.cosigned).size >= parsed_head(signed).size:
            return
        note = kept if kept.text == note.text else note
    by_key = {(each.name, each.key_id): each for each in (*note.signatures, *cosignatures)}
    tx.put(LOG_HEADS, replace(head, cosigned=Note(note.text, tuple(by_key.values())).encode()))
