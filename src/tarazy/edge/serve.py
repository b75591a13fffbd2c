"""Running one program in this process, until it is told to end."""

import ctypes
import gc
import os
import signal
import sys
from pathlib import Path
from typing import Final

import uvicorn
from litestar import Litestar

from tarazy.edge.config import Config, ConfigFault, read_config
from tarazy.edge.diagnostics import write_diagnostics

KEEP_ALIVE_SECONDS: Final = 75
GC_OBJECTS: Final = 50_000
"""A batch makes thousands of short-lived objects and no cycles: looking for cycles after each 700 is wasted time."""
SWITCH_SECONDS: Final = 0.05
"""Threads here wait for the database or a peer every few milliseconds anyway: taking the interpreter away from one in
between, as Python does after 5 ms, only makes each wait for the others."""
PR_SET_PDEATHSIG: Final = 1
PROGRAMS: Final = ("exchange", "agent", "cores")


def application(program: str, files: list[Path]) -> Litestar:
    """Put together the application of a program from its configuration file (the cores: one for each bank)."""
    if program not in PROGRAMS:
        raise ConfigFault(f"program: expected one of {', '.join(PROGRAMS)}")
    configs = [read_config(file) for file in files]
    try:
        return _application(program, configs)
    except ConfigFault as fault:
        raise ConfigFault(f"{files[0]}: {fault}") from fault


def _application(program: str, configs: list[Config]) -> Litestar:
    if program == "exchange":
        from tarazy.edge.exchange_program import ExchangeProgram

        return ExchangeProgram(configs[0]).app()
    if program == "agent":
        from tarazy.edge.agent_program import AgentProgram

        return AgentProgram(configs[0]).app()
    from tarazy.edge.cores_program import CoresProgram

    return CoresProgram(configs).app()


def serve(program: str, files: list[Path], port: int | None = None) -> None:
    """Serve until ended. Diagnostics go to stderr as JSON lines and name no person."""
    write_diagnostics()
    config = read_config(files[0])
    app = application(program, files)
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()
    gc.set_threshold(GC_OBJECTS)
    uvicorn.run(
        app,
        host=config.host,
        port=config.port if port is None else port,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        loop="uvloop",
        http="httptools",
        lifespan="on",
    )


def _end_with_parent() -> None:
    """Ask the kernel to end this process when the one that started it is gone (Linux only)."""
    parent = os.environ.get("TARAZY_PARENT")
    if parent is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        sys.exit(0)


def main() -> None:
    """Run ``python -m tarazy.edge.serve PROGRAM CONFIG…``: what `tarazy up` starts for each program."""
    _end_with_parent()
    program, *files = sys.argv[1:]
    port = os.environ.get("TARAZY_PORT")
    try:
        serve(program, [Path(file) for file in files], int(port) if port else None)
    except ConfigFault as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
