"""``tarazy witness``: a second party that cosigns the heads of a log, and never two that do not continue each other."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from tarazy.edge.cli.key_file import BadInput, read_keys
from tarazy.edge.cli.refusal import refuse


def witness(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where it keeps its secret key and the last head of each log.")
    ],
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="Its name, such as witness.example/w1. It stays.")
    ],
    log_key: Annotated[
        list[Path], typer.Option("--log-key", metavar="FILE", help="A file with public keys of logs, one a line.")
    ],
    host: Annotated[str, typer.Option("--host", help="Where it listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Where it listens.")] = 8090,
    *,
    key_only: Annotated[bool, typer.Option("--key-only", help="Print the public key and end.")] = False,
) -> None:
    """Print the public key, then answer POST /add-checkpoint (C2SP tlog-witness) until ended.

    Give the printed key and the address to the exchange (``witnesses`` in its configuration), and the key to everybody
    who verifies. Exit status 2: it cannot start with what it was given.
    """
    import uvicorn

    from tarazy.adapters.clock import SystemClock
    from tarazy.edge.before_start import check_place
    from tarazy.edge.config import ConfigFault
    from tarazy.edge.witness_program import Witness, WitnessFolder

    try:
        keys = [key for path in log_key for key in read_keys(path)]
        with closing(WitnessFolder(folder)) as kept:
            one = Witness(name, kept, keys, SystemClock())
            typer.echo(one.key.text())
            if not key_only:
                check_place(host, port)
                uvicorn.run(one.app(), host=host, port=port, log_level="warning", access_log=False, server_header=False)
    except (BadInput, ConfigFault) as fault:
        refuse(f"tarazy witness: {fault}")
