"""Signing in with a passkey in a real Chromium with a virtual authenticator: enrol, out, in, rename, remove."""

import os
import socket
from base64 import b64encode
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from litestar import Litestar
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tarazy.adapters.passkeys import PASSKEYS, Passkey, invite
from tarazy.adapters.sessions import FRESH, SESSIONS, Person
from tarazy.app.access import Who
from tarazy.edge.sign_in.settings import SignInSettings
from tarazy.values.ids import ParticipantId
from tarazy.values.replacing import replace
from tests.browser.bank_pages import AXE, FIND_FAULTS, LANGUAGES, STANDARDS
from tests.story_people import OFFICER
from tests.unit.edge.desk.bank_story import OWN_REASONS, BankStory

pytestmark = pytest.mark.browser

ANALYST = Person(kind=Who.officer, participant_id=ParticipantId("bank-c"), person_id=OFFICER)


class Signing:
    """A bank that is no demonstration, on ``http://localhost``, and a browser with an authenticator of its own."""

    def __init__(self, context: BrowserContext, listening: socket.socket) -> None:
        self.story = BankStory(is_demonstration=False).opened().fraud().reported()
        self.base = f"http://localhost:{listening.getsockname()[1]}"
        self.story.sign_in = SignInSettings(public_origin=self.base, rp_id="localhost")
        self.context = context
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.devtools = context.new_cdp_session(self.page)
        self.devtools.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
        more = {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
        made = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options | more})
        self.authenticator: str = made["authenticatorId"]

    def open(self, path: str, language: str = "en") -> Page:
        sign = "&" if "?" in path else "?"
        self.page.goto(f"{self.base}{path}{sign}lang={language}", wait_until="load")
        return self.page

    def enrol(self) -> Page:
        """Enrol the analyst's first passkey with an invitation, as its code says."""
        store = self.story.network.banks["bank-c"].agent.peer.store
        code = store.run(lambda tx: invite(tx, ANALYST, self.story.network.now, os.urandom))
        page = self.open("/sign-in/invitation")
        page.get_by_label("Code of the invitation").fill(code)
        page.get_by_label("Name").fill("Key in the test")
        page.get_by_role("button", name="Make a passkey").click()
        page.wait_for_url("**/desk/inbox*")
        return page

    def with_authenticator(self, what: str, **given: object) -> dict[str, Any]:
        """Ask the virtual authenticator for something, or change it."""
        answer: dict[str, Any] = self.devtools.send(f"WebAuthn.{what}", {"authenticatorId": self.authenticator} | given)
        return answer

    def is_refused(self, why: str) -> bool:
        """Try to sign in; whether the page says why not, and nobody is let in."""
        page = self.open("/sign-in")
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.locator("[data-said]").first).to_have_text(why)
        return self.story.network.rows("bank-c", SESSIONS) == [] and page.url.startswith(f"{self.base}/sign-in")

    def kept(self) -> list[Passkey]:
        rows: list[Passkey] = self.story.network.rows("bank-c", PASSKEYS)
        return rows


@pytest.fixture
def signing(chromium: Browser) -> Iterator[Signing]:
    context, listening = chromium.new_context(), socket.create_server(("127.0.0.1", 0))
    try:
        made = Signing(context, listening)
        app = made.story.app("bank-c")
    except BaseException:
        listening.close()
        context.close()
        raise
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", access_log=False))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield made
    context.close()
    server.should_exit = True
    thread.join(20)


def test_a_passkey_is_enrolled_by_invitation_signs_in_again_and_is_renamed_and_removed(signing: Signing) -> None:
    page = signing.enrol()
    assert [(key.name, key.person_id) for key in signing.kept()] == [("Key in the test", OFFICER)]
    (session,) = [one for one in signing.context.cookies() if one["name"] == "session"]
    assert (session["httpOnly"], session["sameSite"], session["path"]) == (True, "Strict", "/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*")
    assert signing.story.network.rows("bank-c", SESSIONS) == []
    page = signing.open("/desk/reports")
    page.wait_for_url("**/sign-in?back=/desk/reports*")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{signing.base}/desk/reports")
    page = signing.open("/sign-in/passkeys")
    page.locator("#name-1").fill("Desk by the window")
    page.get_by_role("button", name="Keep this name").click()
    expect(page.get_by_role("heading", name="Desk by the window")).to_be_visible()
    page.get_by_role("button", name="Remove “Desk by the window”").click()
    expect(page.get_by_text("There are no passkeys yet.")).to_be_visible()
    assert signing.kept() == []
    assert signing.faults == []


def test_a_passkey_that_proves_nothing_lets_nobody_in(signing: Signing) -> None:
    page = signing.enrol()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*")
    signing.with_authenticator("setUserVerified", isUserVerified=False)
    assert signing.is_refused("The device did not confirm, or you stopped it. Nothing was changed.")
    signing.with_authenticator("setUserVerified", isUserVerified=True)
    (own,) = signing.with_authenticator("getCredentials")["credentials"]
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    false = own | {"privateKey": b64encode(other).decode()}
    signing.with_authenticator("removeCredential", credentialId=own["credentialId"])
    signing.with_authenticator("addCredential", credential=false)
    assert signing.is_refused("The answer of your device does not hold.")
    signing.with_authenticator("removeCredential", credentialId=own["credentialId"])
    signing.with_authenticator("addCredential", credential=own | {"credentialId": b64encode(bytes(32)).decode()})
    assert signing.is_refused("This passkey is not known here, or its owner is not here any more.")
    signing.with_authenticator("clearCredentials")
    signing.with_authenticator("addCredential", credential=own)
    signing.page.get_by_role("button", name="Sign in with a passkey").click()
    signing.page.wait_for_url("**/desk/inbox*")


def test_an_invitation_works_once(signing: Signing) -> None:
    page = signing.enrol()
    page.get_by_role("button", name="Sign out").click()
    page = signing.open("/sign-in/invitation")
    page.get_by_label("Code of the invitation").fill("AAAAAAAAAAAAAAAAAAAA")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_text("There is no such invitation, or it was used, or it is over.")).to_be_visible()


def test_a_form_survives_the_proof_that_a_signature_wants(signing: Signing) -> None:
    page = signing.enrol()
    story, network = signing.story, signing.story.network
    hold = story.hold_of("bank-c", "olga")
    page = signing.open(f"/desk/holds/{hold.hold_id}")
    network.now = network.now.plus(FRESH)
    page.locator("#confirm-reasons").fill(OWN_REASONS)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Show that it is you")).to_be_visible()
    assert story.hold_of("bank-c", "olga").confirmed_by is None
    with signing.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in on a new tab").click()
    expect(opened.value.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
    opened.value.close()  # the authenticator of this test belongs to the first page: its proof is entered by hand
    rows = network.rows("bank-c", SESSIONS)
    store = network.banks["bank-c"].agent.peer.store
    store.run(lambda tx: tx.put(SESSIONS, replace(rows[0], fresh_until=network.now.plus(FRESH))))
    page.get_by_role("button", name="Send what I filled in again").click()
    page.wait_for_url("**/desk/inbox?done=confirm**")
    assert story.hold_of("bank-c", "olga").confirmed_by == OFFICER


@pytest.mark.parametrize("width", [320, 640, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_keep_the_rules_of_accessibility_and_fit(
    chromium: Browser, serve: Callable[[Litestar], str], width: int, language: str
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 844})
    base = serve(BankStory().opened().app("bank-c")).replace("127.0.0.1", "localhost")
    page = context.new_page()
    for path in ("/sign-in", "/sign-in/invitation", "/sign-in?over=yes&again=yes"):
        page.goto(f"{base}{path}{'&' if '?' in path else '?'}lang={language}", wait_until="load")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
        page.evaluate(AXE.read_text("utf-8"))
        assert page.evaluate(FIND_FAULTS, STANDARDS) == [], path
        if shots := os.environ.get("SIGN_IN_SHOTS"):
            page.screenshot(path=f"{shots}/{path.strip('/').replace('/', '-').split('?')[0]}-{language}-{width}.png")
    context.close()
