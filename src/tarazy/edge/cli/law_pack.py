"""What the commands of ``tarazy law`` share: which pack is meant, in which language and how the answer is written."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tarazy.adapters.packs import load_folder, load_pack, pack_ids
from tarazy.edge.cli.law_document import Document
from tarazy.edge.cli.refusal import refuse
from tarazy.law.ground import Pack
from tarazy.law.node import PackFault
from tarazy.texts.catalogue import Language


class LawFormat(StrEnum):
    """How the answer is written."""

    table = "table"
    json = "json"


PackOption = Annotated[str, typer.Option("--pack", metavar="PACK", help="A pack's id, or a folder with one.")]
LanguageOption = Annotated[Language, typer.Option("--language", help="The language of the answer.")]
FormatOption = Annotated[LawFormat, typer.Option("--format", help="How to print the answer.")]


def read_pack(name: str, said_as: str = "--pack") -> Pack:
    """Return the pack with this id, or the one in this folder; refuse what cannot be read."""
    try:
        return load_pack(name) if name in pack_ids() or not Path(name).is_dir() else load_folder(Path(name))
    except (PackFault, OSError, UnicodeDecodeError) as fault:
        refuse(f"{said_as} {name}: {fault}")


def print_document(document: Document) -> None:
    """Print an answer for programs."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
