"""Signing in by a provider in a real browser: there and back, a stranger, somebody who says no, a token that lies."""

import socket
from collections.abc import Iterator
from threading import Thread

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from tarazy.adapters.clock import SystemClock
from tarazy.adapters.oidc import OidcClient, Provider, enter_subject
from tarazy.adapters.sessions import SESSIONS, Person
from tarazy.app.access import Who
from tarazy.edge.sign_in.settings import SignInSettings
from tarazy.values.ids import ParticipantId
from tests.browser.bank_pages import AXE, FIND_FAULTS, STANDARDS
from tests.oidc_house import SUBJECT, House
from tests.story_people import OFFICER
from tests.unit.edge.desk.bank_story import BankStory

pytestmark = pytest.mark.browser

ANALYST = Person(kind=Who.officer, participant_id=ParticipantId("bank-c"), person_id=OFFICER)


class Entrance:
    """A bank that is no demonstration and believes one provider; the provider asks the person on a page of its own."""

    def __init__(self, house: House, port: int) -> None:
        house.is_asking, house.now = True, SystemClock().now()
        self.house = house
        self.story = BankStory(is_demonstration=False).opened().fraud().reported()
        self.base = f"http://localhost:{port}"
        client = OidcClient(Provider("house", "House of keys", house.issuer, "tarazy"))
        self.story.sign_in = SignInSettings(public_origin=self.base, rp_id="localhost", providers=(client,))
        self.store = self.story.network.banks["bank-c"].agent.peer.store

    def know(self) -> None:
        self.store.run(lambda tx: enter_subject(tx, self.house.issuer, SUBJECT, ANALYST, self.story.network.now))

    def sessions(self) -> list[str]:
        return [row.person_id for row in self.story.network.rows("bank-c", SESSIONS)]

    def ask(self, page: Page, path: str = "/desk/reports") -> None:
        """Go where one must be signed in, and from there to the provider."""
        page.goto(f"{self.base}{path}?lang=en")
        page.get_by_role("link", name="House of keys").click()
        expect(page.get_by_role("heading", name="House")).to_be_visible()


@pytest.fixture
def entrance() -> Iterator[Entrance]:
    house, listening = House(), socket.create_server(("127.0.0.1", 0))
    made = Entrance(house, listening.getsockname()[1])
    config = uvicorn.Config(made.story.app("bank-c"), log_level="error", lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield made
    server.should_exit = True
    thread.join(20)
    house.server.shutdown()
    house.server.server_close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def test_a_provider_signs_in_whom_the_bank_knows_and_back_to_the_page_that_was_asked_for(
    entrance: Entrance, page: Page
) -> None:
    entrance.know()
    entrance.ask(page)
    page.get_by_role("link", name="It is me").click()
    page.wait_for_url(f"{entrance.base}/desk/reports")
    assert entrance.sessions() == [OFFICER]
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*")
    assert entrance.sessions() == []
    page.goto(f"{entrance.base}/desk/reports?lang=en")
    page.wait_for_url("**/sign-in?back=/desk/reports*")


def test_the_same_answer_signs_in_once(entrance: Entrance, page: Page) -> None:
    entrance.know()
    entrance.ask(page)
    answer = page.get_by_role("link", name="It is me").get_attribute("href")
    assert answer is not None
    for _ in range(2):
        page.goto(answer)
    expect(page.get_by_role("heading", name="This sign-in was not finished")).to_be_visible()
    assert entrance.sessions() == [OFFICER]


@pytest.mark.parametrize(
    ("case", "heading"),
    [
        ("stranger", "Nobody has entered you here"),
        ("no", "The sign-in was not confirmed"),
        ("lie", "This proof cannot be believed"),
    ],
)
def test_whoever_is_not_proven_is_told_why_and_let_in_nowhere(
    entrance: Entrance, page: Page, case: str, heading: str
) -> None:
    if case != "stranger":
        entrance.know()
    if case == "lie":
        entrance.house.lies = {"nonce": "of-another-attempt"}
    entrance.ask(page)
    page.get_by_role("link", name="Not now" if case == "no" else "It is me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert entrance.sessions() == []
    page.evaluate(AXE.read_text("utf-8"))
    assert page.evaluate(FIND_FAULTS, STANDARDS) == []
    page.goto(f"{entrance.base}/desk/inbox?lang=en")
    page.wait_for_url("**/sign-in?back=/desk/inbox*")
