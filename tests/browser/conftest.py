"""A real Chromium for tests, and programs served on the loopback for it. Skipped where there is no Chromium."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, sync_playwright

from tests.serving import serving


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
    with serving() as serve:
        yield serve
