"""The public error register: counts by quarter, kind and cause; nothing on it points at a case, a bank or a person."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.app.appeal_records import CLAIMS, Claim
from tarazy.app.queries.errors import FEWEST_SHOWN
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealRoad, Appellant
from tarazy.domain.claim import ClaimStatus
from tarazy.domain.error import ErrorCause, ErrorKind, ErrorStatus
from tarazy.edge.pages import static_routes
from tarazy.edge.public import public_routes
from tarazy.values.ids import CaseId, ClaimId, ErrorId, HoldId, MeasureId, ParticipantId, SealedRef
from tests.unit.edge.console.appeal_world import an_error, appealed_world, with_errors
from tests.unit.edge.console.world import World

LANGUAGES = ("kk", "ru", "en")
NO_CLAIMS = ("not told", "not told")


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
    assert rows(browser) == [["Negligence", "An appeal was not answered in time", *told, "not told", "not told"]]


def test_a_sum_of_fewer_than_five_in_its_currency_is_not_told(world: World, browser: TestClient[Litestar]) -> None:
    now = world.network.now
    with_errors(world, *(an_error(number, now) for number in range(5)), an_error(9, now, currency="USD", held=777_00))
    assert rows(browser) == [
        ["Not classified yet", "An appeal was not answered in time", "6", "KZT 5,000.00", *NO_CLAIMS]
    ]
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


def claims(world: World, of_each: Sequence[tuple[int, int]], status: ClaimStatus = ClaimStatus.settled) -> None:
    """Let so many people claim so much for each of the errors, and be paid half of it."""
    rows = [
        Claim(
            claim_id=ClaimId(f"cl_{error}_{number}"),
            error_id=ErrorId(f"er_{error}"),
            case_id=CaseId("cs_secret"),
            measure_id=MeasureId(f"hd_{error}"),
            hold_id=HoldId(f"hd_{error}"),
            participant_id=ParticipantId("bank-b"),
            claimant=Appellant.holder,
            road=AppealRoad.app,
            is_identified=True,
            heads=("suffering",),
            sealed_words=SealedRef("sealed"),
            amount_minor=minor,
            currency="KZT",
            filed_at=world.network.now,
            due_at=None,
            status=status,
            accepted_minor=minor // 2,
            forum=None,
            answered_participant_id=None,
            answered_by=None,
            statement=None,
            answered_at=None,
            settled_at=None,
        )
        for error, (how_many, minor) in enumerate(of_each)
        for number in range(how_many)
    ]
    world.network.at(EXCHANGE_ID, lambda tx, _: [tx.add(CLAIMS, one) for one in rows])


def test_what_is_claimed_and_what_was_paid_stand_beside_what_was_held(
    world: World, browser: TestClient[Litestar]
) -> None:
    with_errors(world, *(an_error(number, world.network.now) for number in range(5)))
    claims(world, [(1, 300_00)] * 5)
    assert rows(browser)[0][3:] == ["KZT 5,000.00", "KZT 1,500.00", "KZT 750.00"]


def test_claims_that_are_not_paid_are_no_compensation(world: World, browser: TestClient[Litestar]) -> None:
    with_errors(world, *(an_error(number, world.network.now) for number in range(5)))
    claims(world, [(1, 300_00)] * 5, ClaimStatus.accepted)
    assert rows(browser)[0][3:] == ["KZT 5,000.00", "KZT 1,500.00", "not told"]


@pytest.mark.parametrize("of_each", [[(1, 300_00)] * 4, [(9, 300_00)]])
def test_a_sum_of_few_claims_or_for_few_errors_is_not_told(
    world: World, browser: TestClient[Litestar], of_each: list[tuple[int, int]]
) -> None:
    with_errors(world, *(an_error(number, world.network.now) for number in range(5 if len(of_each) > 1 else 1)))
    claims(world, of_each)
    assert rows(browser)[0][4:] == ["not told", "not told"]


def test_nothing_of_a_claim_but_sums_is_public(world: World, browser: TestClient[Litestar]) -> None:
    with_errors(world, *(an_error(number, world.network.now) for number in range(5)))
    claims(world, [(1, 300_00)] * 5)
    text = browser.get("/errors?lang=en").text
    assert not re.search(r"suffering|sealed|cl_|bank-b|cs_secret", text)
