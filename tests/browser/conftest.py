"""A real Chromium for tests, and programs served on the loopback for it. Skipped where there is no Chromium."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
import uvicorn
from litestar import Litestar
from playwright.sync_api import Browser, sync_playwright

STARTED_SECONDS_MAX = 20


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window and without anything of its own on the network."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine (tests/browser/install-chromium.sh says how to get it)")
    switches = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    if os.geteuid() == 0:
        switches.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=switches)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[Litestar], str]]:
    """Return what serves an application on the loopback and gives its address; all end with the module."""
    servers: list[tuple[uvicorn.Server, Thread]] = []

    def start(app: Litestar) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", access_log=False))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield start
    for server, _ in servers:
        server.should_exit = True
    for _, thread in servers:
        thread.join(STARTED_SECONDS_MAX)
