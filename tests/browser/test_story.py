"""The story in a real browser, on real processes that die meanwhile; in three languages, and on a telephone."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from threading import Event, Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from tarazy.edge.demonstration.processes import free_ports
from tarazy.edge.stage.story import STEPS
from tests.browser.bank_pages import AXE, FIND_FAULTS, STANDARDS
from tests.postgres import memory_folder, temporary_folder

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.postgres]

COMMAND = [sys.executable, "-c", "from tarazy.edge.cli.main import main; main()", "up"]
START_SECONDS_MAX = 90
PLAY_MILLISECONDS_MAX = 150_000
STOP_SECONDS_MAX = 40


@pytest.fixture(scope="module")
def stage() -> Iterator[str]:
    """The address of a stage on a new home, started as a person starts it."""
    with temporary_folder(memory_folder()) as home:
        (port,) = free_ports(1)
        command = [*COMMAND, "--home", str(home), "--port", str(port), "--language", "en"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            said = Said(process, f"http://localhost:{port}/")
            assert said.awaited.wait(START_SECONDS_MAX), said.text
            assert said.has_come, said.text
            yield f"http://localhost:{port}/"
            process.send_signal(signal.SIGINT)
            assert process.wait(STOP_SECONDS_MAX) == 0, said.text
            said.reader.join()


class Said:
    """What a program prints, read as it comes. ``awaited`` is set when some words have come, or when it has ended."""

    def __init__(self, process: subprocess.Popen[str], words: str) -> None:
        self.text = ""
        self.awaited = Event()
        self._process, self._words = process, words
        self.reader = Thread(target=self._read, daemon=True)
        self.reader.start()

    @property
    def has_come(self) -> bool:
        """Whether the words were printed, broken into lines or not."""
        return self._words in self.text.replace("\n", "")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.text += line
            if self.has_come:
                self.awaited.set()
        self.awaited.set()


class Watched:
    """A page of the stage, and what its browser complains of or asks elsewhere for."""

    def __init__(self, page: Page, stage: str) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda one: None if one.url.startswith(stage) else self.faults.append(one.url))


@pytest.fixture
def watched(chromium: Browser, stage: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    options = {"viewport": {"width": 1400, "height": 1000}, "locale": "en-US", **getattr(request, "param", {})}
    context = chromium.new_context(**options)
    watched = Watched(context.new_page(), stage)
    yield watched
    context.close()
    of_the_dead = [fault for fault in watched.faults if "503" in fault]
    assert [fault for fault in watched.faults if fault not in of_the_dead] == []


def test_story_is_played_to_its_end_and_every_step_tells_what_came_of_it(watched: Watched, stage: str) -> None:
    page = watched.page
    page.goto(stage)
    page.get_by_role("button", name="Play the next step").click()
    expect(page.locator(".steps .played")).to_have_count(1, timeout=PLAY_MILLISECONDS_MAX)
    page.get_by_role("button", name="Play to the end").click()
    expect(page.locator(".steps .played")).to_have_count(len(STEPS), timeout=PLAY_MILLISECONDS_MAX)
    expect(page.get_by_text("The story has been played.")).to_be_visible()
    expect(page.locator(".report")).to_have_count(3)
    expect(page.locator(".steps")).to_contain_text("All books balance to the unit.")
    page.get_by_role("button", name="Count the books now").click()
    expect(page.locator("#books-answer")).to_contain_text("All books balance to the unit.")


def test_daniyar_is_shown_as_usually_done_and_as_tarazy_does(watched: Watched, stage: str) -> None:
    page = watched.page
    page.goto(stage)
    page.get_by_text("As usually done", exact=True).click()
    expect(page.get_by_text("Counted from his account as it is")).to_be_visible()
    page.locator("label[for=as-tarazy]").click()
    expect(page.get_by_text("Counted from his account as it is")).to_be_hidden()


def test_law_gate_answers_with_another_norm_on_another_day(watched: Watched, stage: str) -> None:
    page = watched.page
    page.goto(stage)
    answers = []
    for day, told in (("2026-11-22", "22 November 2026"), ("2026-06-30", "30 June 2026")):
        page.locator("#day").fill(day)
        page.get_by_role("button", name="Ask the law gate").click()
        expect(page.locator("#law-answer")).to_contain_text(told)
        answers.append(page.locator("#law-answer").inner_text())
    assert all("Refused" in one and "KZT\xa040,000.00" in one for one in answers)
    assert "29(3)" in answers[0]
    assert "26(3)" in answers[1]


def test_roles_open_the_pages_of_their_programs_in_the_frame(watched: Watched, stage: str) -> None:
    page = watched.page
    page.goto(stage)
    frame = page.frame_locator("iframe[name=person]")
    for role, expected in (
        ("Данияр Төлегенов: phone", "Данияр Төлегенов"),
        ("Alatau Bank: officers' desk", "Айгерім Сапарова"),
        ("Investigator: console", "Demonstration, not law."),
    ):
        page.get_by_role("link", name=role).click()
        expect(frame.locator("body")).to_contain_text(expected)


@pytest.mark.parametrize("watched", [{"viewport": {"width": 390, "height": 844}}], indirect=True)
def test_stage_fits_a_telephone_and_a_zoomed_window_in_every_language(watched: Watched, stage: str) -> None:
    page = watched.page
    for language in ("kk", "ru", "en"):
        page.goto(f"{stage}?lang={language}")
        assert page.evaluate("document.documentElement.lang") == language
        for width in (320, 390, 640):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (language, width)


def test_clock_stands_still_and_goes_on(watched: Watched, stage: str) -> None:
    page = watched.page
    page.goto(stage)
    page.get_by_role("button", name="Let the time stand still").click()
    expect(page.locator("#now")).to_contain_text("standing still")
    page.get_by_role("button", name="Let the time run on").click()
    expect(page.locator("#now")).not_to_contain_text("standing still")


def test_program_that_is_killed_is_shown_dead_and_started_again(watched: Watched, stage: str) -> None:
    page = watched.page
    page.goto(stage)
    page.get_by_role("button", name="Kill: Tobyl Bank").click()
    start = page.get_by_role("button", name="Start again: Tobyl Bank")
    expect(start).to_be_enabled(timeout=30_000)
    start.click()
    expect(page.get_by_role("button", name="Kill: Tobyl Bank")).to_be_enabled(timeout=30_000)


def test_stage_meets_the_rules_for_everybody(watched: Watched, stage: str) -> None:
    page = watched.page
    page.goto(f"{stage}?lang=en")
    page.evaluate(AXE.read_text("utf-8"))
    assert page.evaluate(FIND_FAULTS, STANDARDS) == []
