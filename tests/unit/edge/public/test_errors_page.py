"""The public error register: counts by quarter, kind and cause; nothing on it points at a case, a bank or a person."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.app.queries.errors import FEWEST_SHOWN
from tarazy.domain.error import ErrorCause, ErrorKind, ErrorStatus
from tarazy.edge.pages import static_routes
from tarazy.edge.public import public_routes
from tests.unit.edge.console.appeal_world import an_error, appealed_world, with_errors
from tests.unit.edge.console.world import World

LANGUAGES = ("kk", "ru", "en")


@pytest.fixture
def world() -> World:
    return appealed_world()


@pytest.fixture
def browser(world: World) -> Iterator[TestClient[Litestar]]:
    app = Litestar([*static_routes(), *public_routes(world.context)])
    with TestClient(app, base_url="http://testserver.local") as client:
        yield client


def rows(browser: TestClient[Litestar]) -> list[list[str]]:
    """Return the cells of the register's rows."""
    text = browser.get("/errors?lang=en").text.replace("\u00a0", " ")
    found = re.findall(r"<tr>\n<th scope=\"row\">.*?</tr>", text, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in found]
    return [[re.sub(r"<[^>]*>", " ", cell).strip() for cell in row] for row in cells]


def test_an_empty_register_says_so(browser: TestClient[Litestar]) -> None:
    assert "No error is recorded so far." in browser.get("/errors?lang=en").text


@pytest.mark.parametrize("count", [FEWEST_SHOWN - 1, FEWEST_SHOWN])
def test_fewer_than_five_are_not_counted_out(world: World, browser: TestClient[Litestar], count: int) -> None:
    with_errors(world, *(an_error(number, world.network.now, kind=ErrorKind.negligence) for number in range(count)))
    told = ["fewer than 5", "not told"] if count < FEWEST_SHOWN else ["5", "KZT 5,000.00"]
    assert rows(browser) == [["Negligence", "An appeal was not answered in time", *told]]


def test_a_sum_of_fewer_than_five_in_its_currency_is_not_told(world: World, browser: TestClient[Litestar]) -> None:
    now = world.network.now
    with_errors(world, *(an_error(number, now) for number in range(5)), an_error(9, now, currency="USD", held=777_00))
    assert rows(browser) == [["Not classified yet", "An appeal was not answered in time", "6", "KZT 5,000.00"]]
    assert "777" not in browser.get("/errors?lang=en").text


def test_kinds_causes_and_quarters_stand_apart(world: World, browser: TestClient[Litestar]) -> None:
    now = world.network.now
    earlier = now.plus(-timedelta(days=92))
    with_errors(
        world,
        *(an_error(number, now, kind=ErrorKind.abuse) for number in range(5)),
        *(an_error(10 + number, now, cause=ErrorCause.late_notice) for number in range(6)),
        *(an_error(20 + number, now, status=ErrorStatus.dismissed) for number in range(7)),
        *(an_error(30 + number, earlier, kind=ErrorKind.abuse) for number in range(8)),
    )
    assert [(row[0], row[2]) for row in rows(browser)] == [
        ("Abuse", "5"),
        ("No error", "7"),
        ("Not classified yet", "6"),
        ("Abuse", "8"),
    ]
    text = browser.get("/errors?lang=en").text
    assert text.index("Quarter 4 of 2026") < text.index("Quarter 3 of 2026")


def test_the_quarter_is_that_of_the_local_day(world: World, browser: TestClient[Litestar]) -> None:
    new_year = world.network.now.parse("2026-12-31T19:30:00Z")
    with_errors(world, an_error(1, new_year))
    assert "Quarter 1 of 2027" in browser.get("/errors?lang=en").text


def test_nothing_points_at_a_case_or_an_institution(world: World, browser: TestClient[Litestar]) -> None:
    with_errors(world, *(an_error(number, world.network.now) for number in range(5)))
    text = browser.get("/errors?lang=en").text
    assert not any(word in text for word in ("cs_secret", "bank-b", "hd_1", "er_1"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_each_kind_means_in_every_language(
    world: World, browser: TestClient[Litestar], language: str
) -> None:
    with_errors(world, an_error(1, world.network.now), an_error(2, world.network.now, kind=ErrorKind.abuse))
    answer = browser.get(f"/errors?lang={language}")
    assert (answer.status_code, answer.headers["content-language"]) == (200, language)
    assert answer.text.count("<dd>") == len(ErrorKind) + 2
