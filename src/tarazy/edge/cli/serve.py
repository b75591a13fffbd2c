"""``tarazy serve``: one program of a real network, from its configuration file, until it is told to end."""

from pathlib import Path
from typing import Annotated

import typer

from tarazy.edge.cli.refusal import refuse


def serve(
    program: Annotated[str, typer.Argument(metavar="PROGRAM", help="exchange or agent.")],
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="The program's configuration, a JSON file.")],
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="Where it listens instead of the file's port.")
    ] = None,
) -> None:
    """Run one program; exit status 2 if it cannot start with what it was given."""
    from tarazy.edge.config import ConfigFault
    from tarazy.edge.serve import serve as run

    try:
        run(program, [config], port)
    except ConfigFault as fault:
        refuse(str(fault))
