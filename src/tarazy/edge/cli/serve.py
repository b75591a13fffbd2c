"""``tarazy serve``: one program of a real network, from its configuration file, until it is told to end."""

from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from tarazy.edge.cli.refusal import refuse

PROGRAMS: Final[dict[str, Literal["exchange", "agent"]]] = {"exchange": "exchange", "agent": "agent"}


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

    if program not in PROGRAMS:
        refuse(f"PROGRAM: expected exchange or agent, found {program!r}")
    try:
        _check(program, config, port)
        run(program, [config], port)
    except ConfigFault as fault:
        refuse(str(fault))


def _check(program: str, file: Path, port: int | None) -> None:
    """Raise ConfigFault, with the file's name, for what the program cannot start with."""
    from tarazy.edge.before_start import check_before_start
    from tarazy.edge.config import ConfigFault, read_config

    config = read_config(file)
    try:
        check_before_start(PROGRAMS[program], config, config.port if port is None else port)
    except ConfigFault as fault:
        raise ConfigFault(f"{file}: {fault}") from fault
