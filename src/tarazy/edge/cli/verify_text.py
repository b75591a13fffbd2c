"""What `tarazy verify` says when all holds: what is proven by it, and what is not."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from tarazy.log.checkpoint import Checkpoint
from tarazy.log.note import NoteKey, SignatureType
from tarazy.log.receipt import Verified


class Reads(StrEnum):
    """How much of the log is read."""

    what_is_needed = "what_is_needed"
    tiles = "tiles"
    whole = "whole"


def receipt_lines(answer: Verified, keys: Sequence[NoteKey]) -> list[str]:
    """Return what a receipt proves by itself."""
    leaf, checkpoint = answer.receipt.leaf, answer.checkpoint
    lines = [
        f"ok: act {answer.receipt.index} of the log {checkpoint.origin}",
        "",
        f"  type         {leaf.type}",
        f"  time         {leaf.at.text()}",
        f"  participant  {leaf.participant_id}",
        f"  norms        {', '.join(leaf.norm_ids) or 'none'}",
        "",
        "Proven:",
        f"- the log held this act, unaltered, when it signed its checkpoint of {checkpoint.size} acts",
    ]
    if answer.receipt.personal is not None:
        lines.append("- the personal part shown here is the one that was committed to then")
    lines += [f"- {each.name} saw that checkpoint at {each.at.text()}" for each in answer.witnesses]
    lines += [
        "",
        "Not proven:",
        "- that what the act says is true or lawful; the time is the one that the act states",
    ]
    if answer.receipt.personal is None:
        lines.append("- what the personal part says: it is not shown in this receipt")
    seen = {each.name for each in answer.witnesses}
    absent = [each.name for each in keys if each.type is SignatureType.cosignature_v1 and each.name not in seen]
    lines += [f"- that {name} saw this checkpoint: it has not cosigned it" for name in absent]
    if not answer.witnesses:
        lines.append("- that everybody else is shown the same log: no trusted witness has cosigned this checkpoint")
    return lines


def head_lines(head: Checkpoint, continued: Collection[str], *, reads: Reads, witnesses: Sequence[str]) -> list[str]:
    """Return what the files of the log prove; ``continued`` names the older heads that it continues."""
    lines = [f"ok: the log {head.origin} has {head.size} acts", "", "Proven:"]
    lines.append("- its checkpoint is signed, and the hashes at the end of its tiles lead to it")
    lines += [f"- it continues {name}: nothing in that was changed or taken out since" for name in continued]
    if reads is Reads.whole:
        lines.append("- every tile and every entry belongs to that checkpoint, each entry can be read")
    elif reads is Reads.tiles:
        lines.append("- every tile belongs to that checkpoint")
    lines += [f"- {witness}" for witness in witnesses]
    lines += ["", "Not proven:"]
    if reads is not Reads.whole:
        lines.append("- the files that were not needed: --whole reads all")
    if not continued:
        lines.append("- that it continues what it showed before: --save this checkpoint, and give it with --since")
    if not witnesses:
        lines.append("- that everybody else is shown the same log: no trusted witness has cosigned this checkpoint")
    return [*lines, "- that what the acts say is true or lawful"]
