"""`tarazy verify`: what an outsider can prove of the log, with a public key and without believing anybody.

A receipt is checked offline. With ``--log``, an address or a copy in a folder, the log itself is checked: its newest
signed head, that it continues the head of a receipt and one that was saved before, and, if asked, every file of it.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer

from tarazy.edge.cli.key_file import BadInput, read_keys, read_text
from tarazy.edge.cli.log_source import HEAD_BYTES_MAX, LogSource, SourceFault
from tarazy.edge.cli.verify_text import Reads, head_lines, receipt_lines
from tarazy.log.audit import ProvenTiles, check_continues, rebuilt, tiles_proven
from tarazy.log.checkpoint import Checkpoint, verify_checkpoint
from tarazy.log.note import NoteKey
from tarazy.log.receipt import Failure, Step, Verified, verify_receipt, witnesses_of
from tarazy.log.receipt_document import RECEIPT_CHARACTERS_MAX
from tarazy.log.refusal import Malformed, Refused

EXIT_UNPROVEN: Final = 1
EXIT_BAD_INPUT: Final = 2
UTF8_BYTES_MAX: Final = 4
TOLD_EVERY: Final = 64 * 256
"""On a terminal the reader of a long log is told after so many acts how far it is."""

app = typer.Typer(add_completion=False)


class NotProven(Exception):
    """Something that can be read and does not hold: where, and why."""


class LogAsked(NamedTuple):
    """Which log to check, against which saved head, where to save its own, and how thoroughly."""

    place: str | None
    since: Path | None
    save: Path | None
    witnesses_min: int
    reads: Reads


@app.command()
def verify(
    key: Annotated[
        list[Path],
        typer.Option(help="A file with public keys of the log, and of witnesses, one a line. May be given repeatedly."),
    ],
    receipt: Annotated[Path | None, typer.Argument(help="A receipt, as a JSON file.")] = None,
    witnesses: Annotated[
        int, typer.Option(min=0, help="How many of the witnesses whose keys are given must have cosigned.")
    ] = 0,
    log: Annotated[
        str | None,
        typer.Option(help="The log itself: https://EXCHANGE/v1/log, or a folder with a copy of its files."),
    ] = None,
    since: Annotated[
        Path | None, typer.Option(help="A checkpoint of the log that was saved before: the log must continue it.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Read every file of the log and make its root anew from them.")
    ] = False,
    tiles: Annotated[bool, typer.Option("--tiles", help="Read every tile, where the entries are not shown.")] = False,
    save: Annotated[
        Path | None, typer.Option(help="Where to save the log's checkpoint once all is proven, for --since next time.")
    ] = None,
) -> None:
    """Check a receipt, the log, or both, and say what that proves and what it does not.

    Exit status: 0 proven; 1 not proven, with the place; 2 something cannot be read.
    """
    asked = LogAsked(place=log, since=since, save=save, witnesses_min=witnesses, reads=_reads(whole=whole, tiles=tiles))
    try:
        typer.echo("\n".join(_answer(receipt, key, asked)))
    except (BadInput, SourceFault) as fault:
        typer.echo(f"tarazy verify: {fault}", err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from fault
    except NotProven as fault:
        typer.echo(f"not proven: {fault}", err=True)
        raise typer.Exit(EXIT_UNPROVEN) from fault


def _answer(receipt: Path | None, key_files: list[Path], asked: LogAsked) -> list[str]:
    """Return the lines of a good answer. Witnesses are asked of the log's head where there is one, else of the receipt.

    A head that continues that of the receipt proves for it what its witnesses saw.
    """
    keys = [each for path in key_files for each in read_keys(path)]
    if asked.place is None and (
        receipt is None or asked.since or asked.save or asked.reads is not Reads.what_is_needed
    ):
        raise BadInput(
            "expected a RECEIPT, or --log ADDRESS-OR-FOLDER, which --since, --whole, --tiles and --save need"
        )
    if receipt is None:
        return _log_lines(asked, keys, None)
    proof = _verified(receipt, keys, asked.witnesses_min if asked.place is None else 0)
    lines = receipt_lines(proof, keys)
    return lines if asked.place is None else [*lines, "", *_log_lines(asked, keys, proof)]


def _verified(path: Path, keys: list[NoteKey], witnesses: int) -> Verified:
    """Check a receipt offline."""
    answer = verify_receipt(read_text(path, UTF8_BYTES_MAX * RECEIPT_CHARACTERS_MAX), keys, witnesses)
    if isinstance(answer, Failure):
        if answer.step is Step.document:
            raise BadInput(f"{path}: {answer.place}: {answer.reason}")
        raise NotProven(f"{path}: {answer.text()}")
    return answer


def _log_lines(asked: LogAsked, keys: list[NoteKey], proof: Verified | None) -> list[str]:
    """Check the log itself, save its head if asked, and return what that proves."""
    assert asked.place is not None
    source = LogSource(asked.place)
    signed = source.cosigned_head() if asked.witnesses_min else source.head()
    head, seen_by = _head("the log", signed, keys, asked.witnesses_min)
    older = {} if proof is None else {"that receipt's checkpoint": proof.checkpoint}
    if asked.since is not None:
        older[f"the checkpoint in {asked.since}"], _ = _head(
            str(asked.since), read_text(asked.since, HEAD_BYTES_MAX), keys, 0
        )
    place = "the log"
    try:
        proven = ProvenTiles(head, source.files())
        for name, old in older.items():
            place = name
            check_continues(old, head, proven)
        place = "the log"
        for count in _read_through(asked.reads, head, proven):
            _tell(count, head.size)
    except Refused as refused:
        raise NotProven(f"{place}: {refused}") from refused
    if asked.save is not None:
        _save(asked.save, signed)
    return head_lines(head, older, reads=asked.reads, witnesses=seen_by)


def _reads(*, whole: bool, tiles: bool) -> Reads:
    return Reads.whole if whole else Reads.tiles if tiles else Reads.what_is_needed


def _read_through(reads: Reads, head: Checkpoint, proven: ProvenTiles) -> Iterator[int]:
    match reads:
        case Reads.whole:
            return rebuilt(head, proven)
        case Reads.tiles:
            return tiles_proven(proven)
        case Reads.what_is_needed:
            return iter(())


def _head(place: str, signed: str, keys: list[NoteKey], witnesses_min: int) -> tuple[Checkpoint, tuple[str, ...]]:
    """Return what a signed head says and who of the trusted witnesses has cosigned it."""
    try:
        head, verified = verify_checkpoint(signed, keys)
        witnesses = witnesses_of(verified, witnesses_min)
    except Malformed as fault:
        raise BadInput(f"{place}: checkpoint: {fault}") from fault
    except Refused as refused:
        raise NotProven(f"{place}: checkpoint: {refused}") from refused
    return head, tuple(f"{each.name} saw this checkpoint at {each.at.text()}" for each in witnesses)


def _tell(count: int, size: int) -> None:
    if sys.stderr.isatty() and count % TOLD_EVERY == 0:
        typer.echo(f"{count:,} of {size:,} acts read", err=True)


def _save(path: Path, signed: str) -> None:
    """Save a head whole: a reader sees the old or the new one."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_text(signed, encoding="utf-8", newline="")
        partial.replace(path)
    except OSError as fault:
        raise BadInput(f"{path}: {fault.strerror or fault}") from fault
