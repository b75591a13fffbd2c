"""The console as people use it: by keyboard, on a telephone, without scripts, in three languages, in the dark."""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect

from tarazy.app.records import PIECES
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.law.assessment import Lane
from tests.browser.bank_pages import ZOOMED_FOUR_TIMES, ZOOMED_TWICE
from tests.deciding import authorised
from tests.unit.edge.console.world import World, told_world, wide_world

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor/axe-core"
LANGUAGES = ("kk", "ru", "en")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FIND_FAULTS = """async (standards) => (await axe.run(document, { runOnly: standards })).violations.map(
    (fault) => fault.id + ": " + fault.nodes.map((node) => node.html).slice(0, 3).join(" | "))"""


class Watched:
    """A page, and everything that it should not have done."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        context.route("**/*", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"console: {message.text}")

    def _asked(self, route: Route) -> None:
        if not route.request.url.startswith((self.base, "data:")):
            self.faults.append(f"asked elsewhere: {route.request.url}")
            route.abort()
            return
        route.continue_()

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.base}{path}", wait_until="load")
        return self.page


@pytest.fixture(scope="module")
def world() -> World:
    return told_world()


@pytest.fixture(scope="module")
def base(world: World, serve: Callable[[Litestar], str]) -> str:
    return serve(world.app())


@pytest.fixture
def opened(chromium: Browser, base: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A fresh browser with the role of an investigator; options of its context by parameter."""
    context = chromium.new_context(**getattr(request, "param", {}))
    context.add_cookies([{"name": "console_role", "value": "investigator", "url": base}])
    watched = Watched(context, base)
    yield watched
    context.close()
    assert watched.faults == []


def paths(world: World) -> list[str]:
    """Return every page of the console once, with the looks that differ."""
    first, two, waiting = (f"/console/cases/{case_id}" for case_id in world.cases())
    piece = world.network.rows(EXCHANGE_ID, PIECES)[-1]
    return [
        "/",
        "/console",
        first,
        f"{first}/request",
        "/console/refused",
        f"/console/cases/{piece.case_id}/pieces/{piece.piece_id}",
        f"{two}/refund",
        f"{two}/registration",
        f"{two}/joins",
        waiting,
        "/console/law",
        "/console/law/M4b",
    ]


def in_language(path: str, language: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("opened", [{"viewport": {"width": 390, "height": 844}}], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_runs_over_the_edge_of_a_telephone(opened: Watched, world: World, language: str) -> None:
    for path in paths(world):
        page = opened.open(in_language(path, language))
        assert overflow(page) <= 0, path


@pytest.mark.parametrize("opened", [ZOOMED_TWICE, ZOOMED_FOUR_TIMES], indirect=True, ids=["200 %", "400 %"])
def test_a_page_at_twice_its_size_still_fits(opened: Watched, world: World) -> None:
    for path in paths(world):
        assert overflow(opened.open(in_language(path, "ru"))) <= 0, path


@pytest.mark.parametrize(
    ("opened", "language"),
    [({"color_scheme": "light"}, "ru"), ({"color_scheme": "dark"}, "kk"), ({"color_scheme": "light"}, "en")],
    indirect=["opened"],
)
def test_accessibility_rules_are_kept(opened: Watched, world: World, language: str) -> None:
    script = (AXE / "axe.min.js").read_text("utf-8")
    for path in paths(world):
        page = opened.open(in_language(path, language))
        page.evaluate(script)
        assert page.evaluate(FIND_FAULTS, STANDARDS) == [], path


@pytest.mark.parametrize("opened", [{"java_script_enabled": False}], indirect=True)
def test_everything_is_said_without_scripts(opened: Watched, world: World) -> None:
    page = opened.open(in_language(f"/console/cases/{world.cases()[0]}", "en"))
    text = page.inner_text("main").replace("\u00a0", " ")
    assert "KZT 500,000.00 were stolen. Of these, KZT 406,000.00 are held" in text
    assert "1 hour 53 minutes left" in text
    assert page.locator("svg.graph a").count() == 10
    assert not page.locator("#flow").is_visible()


def test_clocks_run_and_the_flow_is_drawn(opened: Watched, world: World) -> None:
    page = opened.open(in_language(f"/console/cases/{world.cases()[0]}", "en"))
    running = page.locator("[data-until]").filter(has_text=re.compile(r"^1:\d\d:\d\d left$"))
    expect(running.first).to_be_visible()
    page.wait_for_selector("#flow svg .way", state="attached")
    assert page.locator("#flow svg .node").count() >= 6


def test_a_case_is_renewed_when_something_happens(opened: Watched, world: World) -> None:
    case_id = world.cases()[2]
    page = opened.open(in_language(f"/console/cases/{case_id}", "en"))
    assert "wait for a bank's answer" in page.inner_text("#sentence")
    world.network.banks["bank-b"].is_away = False
    world.network.settle()
    expect(page.locator("#sentence")).to_contain_text("are held", timeout=8_000)


def test_the_keyboard_reaches_the_content_and_each_piece(opened: Watched, world: World) -> None:
    page = opened.open(in_language(f"/console/cases/{world.cases()[0]}", "en"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.locator("svg.graph a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pieces/**")
    assert urlsplit(page.url).path.count("/") == 5


def test_a_refund_is_ordered_by_form(opened: Watched, world: World) -> None:
    decided = authorised(world.network, world.cases()[1], Lane.court)
    page = opened.open(in_language(f"/console/cases/{world.cases()[1]}/refund?lane=court", "en"))
    page.locator("select[name=authorisation]").select_option(decided)
    reasons = page.get_by_label("Reasons")
    expect(reasons).to_have_value("")
    reasons.fill("The court orders the held money back to its owners.")
    page.get_by_role("button", name="Sign and order").click()
    page.wait_for_url("**done=rf_*")
    assert "Refund ordered: KZT 275,000.00" in page.inner_text("main").replace("\u00a0", " ")


@pytest.mark.parametrize("opened", [{"viewport": {"width": 1280, "height": 900}}], indirect=True)
def test_a_case_of_two_hundred_pieces_stays_readable(opened: Watched, serve: Callable[[Litestar], str]) -> None:
    wide = wide_world(200)
    opened.base = serve(wide.app())
    page = opened.open(in_language(f"/console/cases/{wide.cases()[0]}", "en"))
    assert page.locator("svg.graph a").count() == 200
    overlapping = page.evaluate(
        """() => {
            const texts = document.querySelectorAll("svg.graph text.amount, svg.graph text.kind");
            const boxes = [...texts].map((text) => text.getBBox());
            let count = 0;
            boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
                const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
                const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
                if (across > 1 && down > 3) count += 1;
            }));
            return count;
        }"""
    )
    assert overlapping == 0
    assert overflow(page) <= 0


def test_vendored_axe_is_what_its_readme_names() -> None:
    ((name, expected),) = re.findall(
        r"^\| (\S+\.js) \|.*\| ([0-9a-f]{64}) \|$", (AXE / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert sha256((AXE / name).read_bytes()).hexdigest() == expected
