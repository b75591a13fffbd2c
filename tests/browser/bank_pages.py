"""A bank's pages in a real browser: one reader, everything that the page should not have done, and the axe rules."""

from pathlib import Path
from typing import Final

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route

AXE: Final = Path(__file__).parent / "vendor/axe-core/axe.min.js"
LOOPBACK: Final = "http://127.0.0.1:"
"""Where the banks of the test are served; anything else is somebody else's."""
LANGUAGES: Final = ("kk", "ru", "en")
ZOOMED_TWICE: Final = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}
ZOOMED_FOUR_TIMES: Final = {"viewport": {"width": 320, "height": 225}, "device_scale_factor": 4}
"""A window of 1280 pixels at 200 % is 640 pixels wide for the page, at 400 % it is 320."""
STANDARDS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FIND_FAULTS: Final = """async (standards) => (await axe.run(document, { runOnly: standards })).violations.map(
    (fault) => fault.id + ": " + fault.nodes.map((node) => node.html).slice(0, 3).join(" | "))"""


class BankPages:
    """A page of one bank, signed in by cookies, and what it has done wrong."""

    def __init__(self, context: BrowserContext, base: str, **cookies: str) -> None:
        context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
        self.base = base
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        context.route("**/*", self._asked)

    def open(self, path: str, language: str = "en") -> Page:
        sign = "&" if "?" in path else "?"
        self.page.goto(f"{self.base}{path}{sign}lang={language}", wait_until="load")
        return self.page

    def overflow(self) -> int:
        wide: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wide

    def broken_rules(self) -> list[str]:
        self.page.evaluate(AXE.read_text("utf-8"))
        found: list[str] = self.page.evaluate(FIND_FAULTS, STANDARDS)
        return found

    def text(self) -> str:
        return " ".join(self.page.inner_text("main").replace("\u00a0", " ").split())

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"console: {message.text}")

    def _asked(self, route: Route) -> None:
        if not route.request.url.startswith((LOOPBACK, "data:")):
            self.faults.append(f"asked elsewhere: {route.request.url}")
            route.abort()
            return
        route.continue_()
