"""Witness cosignatures (C2SP cosignature/v1): a second party saw this head, and it continues what it saw before.

A log can show different people different trees. It cannot do so to people who ask for the cosignature of the same
witness, because a witness signs a head only if the tree begins with the largest one it has signed.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from tarazy.log.checkpoint import Checkpoint, verify_checkpoint
from tarazy.log.note import (
    TIMESTAMP_BYTES,
    Note,
    NoteKey,
    Sign,
    Signature,
    SignatureType,
    cosigned_message,
    parse_note,
    verify_note,
)
from tarazy.log.refusal import Unverified
from tarazy.log.tree import verify_consistency
from tarazy.values.instant import Instant

_EPOCH = Instant(datetime(1970, 1, 1, tzinfo=UTC))


def cosign(signed: str, witness: str, sign: Sign, public_key: bytes, at: Instant) -> str:
    """Return the signed checkpoint with the cosignature of ``witness`` added, dated to the second before ``at``.

    Nothing is checked: a witness calls `witness_checkpoint`.
    """
    note = parse_note(signed)
    seconds = int(at.since(_EPOCH).total_seconds())
    assert seconds >= 0
    key = NoteKey(witness, SignatureType.cosignature_v1, public_key)
    signature = seconds.to_bytes(TIMESTAMP_BYTES, "big") + sign(cosigned_message(note.text, seconds))
    return Note(note.text, (*note.signatures, Signature(witness, key.key_id, signature))).encode()


def verify_cosignature(signed: str, key: NoteKey) -> Instant:
    """Return when the witness with this key cosigned the checkpoint.

    Raises `Malformed`, or `Unverified` if it did not.
    """
    assert key.type is SignatureType.cosignature_v1
    moments = [each.seconds for each in verify_note(signed, [key]).signatures if each.seconds is not None]
    return cosigned_at(max(moments))


def cosigned_at(seconds: int) -> Instant:
    """Return the time that a cosignature states. Raises `Unverified` for one beyond the calendar."""
    try:
        return Instant(datetime.fromtimestamp(seconds, tz=UTC))
    except (OverflowError, ValueError, OSError) as fault:
        raise Unverified("cosignature time", "is beyond the calendar") from fault


def witness_checkpoint(signed: str, log_key: NoteKey, seen: Checkpoint | None, proof: Sequence[bytes]) -> Checkpoint:
    """Return the checkpoint that a witness may now cosign and must from now on remember as ``seen``.

    Raises `Malformed` or `Unverified` if the log did not sign it or if it does not continue the one seen before:
    that refusal, with both notes, is the evidence that the log showed two histories.
    """
    checkpoint, _ = verify_checkpoint(signed, [log_key])
    if seen is None:
        return checkpoint
    if seen.origin != checkpoint.origin:
        raise Unverified("checkpoint.origin", f"is not {seen.origin}")
    verify_consistency(seen.size, checkpoint.size, proof, seen.root, checkpoint.root)
    return checkpoint
