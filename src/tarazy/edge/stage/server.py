"""Opening the stage: the story's page and, below it, every program, on one address of this machine."""

import time
from collections.abc import Callable
from threading import Thread
from typing import Final

import urllib3
import uvicorn

from tarazy.edge.demonstration.network import DemonstrationNetwork
from tarazy.edge.diagnostics import write_diagnostics
from tarazy.edge.stage.director import Director
from tarazy.edge.stage.pages import stage_app
from tarazy.edge.stage.proxy import OneAddress
from tarazy.edge.stage.scene import Scene

HOST: Final = "127.0.0.1"
SAID_AS: Final = "localhost"
"""How the address is told to people: passkeys work at a name, and at no IP address."""
FIRST_PAGE_SECONDS_MAX: Final = 30.0
LOOK_SECONDS: Final = 0.05
HTTP_OK: Final = 200


def serve_stage(network: DemonstrationNetwork, port: int, say: Callable[[str], None], *, is_playing: bool) -> None:
    """Serve until ended. ``say`` is given the address as soon as the first page answers there."""
    write_diagnostics()
    director = Director(Scene(network))
    director.start()
    opened = Thread(target=_announce, args=(port, say, director if is_playing else None), daemon=True)
    opened.start()
    try:
        uvicorn.run(
            OneAddress(director.scene, stage_app(director)),
            host=HOST,
            port=port,
            log_level="warning",
            access_log=False,
            loop="uvloop",
            http="httptools",
            lifespan="on",
            timeout_graceful_shutdown=2,
        )
    finally:
        director.stop()


def _announce(port: int, say: Callable[[str], None], player: Director | None) -> None:
    """Wait until the first page answers, say so, and begin to play if that was asked for."""
    deadline, page = time.monotonic() + FIRST_PAGE_SECONDS_MAX, f"http://{HOST}:{port}/"
    while time.monotonic() < deadline:
        try:
            if urllib3.request("GET", page, timeout=FIRST_PAGE_SECONDS_MAX, retries=False).status == HTTP_OK:
                break
        except urllib3.exceptions.HTTPError:
            pass
        time.sleep(LOOK_SECONDS)
    say(f"http://{SAID_AS}:{port}/")
    if player is not None:
        player.play_all()
