"""`tarazy verify`: check a receipt offline. It needs the receipt, a public key of the log, and nothing else."""

from pathlib import Path
from typing import Annotated

import typer

from tarazy.log.note import NoteKey, SignatureType, parse_key
from tarazy.log.receipt import Failure, Step, Verified, verify_receipt
from tarazy.log.receipt_document import RECEIPT_CHARACTERS_MAX
from tarazy.log.refusal import Malformed

EXIT_UNPROVEN = 1
EXIT_BAD_INPUT = 2
UTF8_BYTES_MAX = 4
KEYS_MAX = 64

app = typer.Typer(add_completion=False)


class BadInput(Exception):
    """A file that cannot be used: which one, where in it, and what was expected."""


@app.command()
def verify(
    receipt: Annotated[Path, typer.Argument(help="The receipt, as a JSON file.")],
    key: Annotated[
        list[Path],
        typer.Option(help="A file with public keys of the log, and of witnesses, one a line. May be given repeatedly."),
    ],
    witnesses: Annotated[
        int, typer.Option(min=0, help="How many of the witnesses whose keys are given must have cosigned.")
    ] = 0,
) -> None:
    """Check offline that an act stands in the transparency log, and say what that proves and what it does not.

    Exit status: 0 proven; 1 not proven, with the step and the place; 2 the receipt or a key cannot be read.
    """
    try:
        keys = [each for path in key for each in _read_keys(path)]
        text = _read_text(receipt)
    except BadInput as fault:
        typer.echo(f"tarazy verify: {fault}", err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from fault
    answer = verify_receipt(text, keys, witnesses)
    if isinstance(answer, Failure):
        if answer.step is Step.document:
            typer.echo(f"tarazy verify: {receipt}: {answer.place}: {answer.reason}", err=True)
            raise typer.Exit(EXIT_BAD_INPUT)
        typer.echo(f"not proven: {receipt}: {answer.text()}", err=True)
        raise typer.Exit(EXIT_UNPROVEN)
    typer.echo("\n".join(_proven(answer, keys)))


def _proven(answer: Verified, keys: list[NoteKey]) -> list[str]:
    """Return the lines of a successful answer."""
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


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(UTF8_BYTES_MAX * RECEIPT_CHARACTERS_MAX + 1)
    except OSError as fault:
        raise BadInput(f"{path}: {fault.strerror or fault}") from fault
    try:
        return data.decode()
    except UnicodeDecodeError as fault:
        raise BadInput(f"{path}: byte {fault.start}: expected UTF-8 text") from fault


def _read_keys(path: Path) -> list[NoteKey]:
    """Read a file of keys: one a line; empty lines and those that begin with # are passed over."""
    keys = []
    for number, line in enumerate(_read_text(path).split("\n"), start=1):
        if line.strip() and not line.startswith("#"):
            try:
                keys.append(parse_key(line.strip()))
            except Malformed as fault:
                raise BadInput(f"{path}: line {number}: {fault.reason}") from fault
    if not 0 < len(keys) <= KEYS_MAX:
        raise BadInput(f"{path}: expected 1 to {KEYS_MAX} keys, one a line, as NAME+KEY-ID+BASE64")
    return keys
