"""Applications served on the loopback for a test, by a real server."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from litestar import Litestar

STARTED_SECONDS_MAX = 20


@contextmanager
def serving() -> Iterator[Callable[[Litestar], str]]:
    """Yield what serves an application and gives its address; all end with the test that asked."""
    servers: list[tuple[uvicorn.Server, Thread]] = []

    def start(app: Litestar) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", access_log=False))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    try:
        yield start
    finally:
        for server, _ in servers:
            server.should_exit = True
        for _, thread in servers:
            thread.join(STARTED_SECONDS_MAX)
