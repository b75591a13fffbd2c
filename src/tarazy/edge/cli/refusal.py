"""How the command line says no: one line on stderr, exit code 2, nothing on stdout."""

from typing import Final, NoReturn

import typer

REFUSED: Final = 2


def refuse(reason: str) -> NoReturn:
    """End the command: what it was given cannot be used. ``reason`` is one line that says what was expected."""
    typer.echo(" ".join(reason.split()), err=True)
    raise typer.Exit(REFUSED)
