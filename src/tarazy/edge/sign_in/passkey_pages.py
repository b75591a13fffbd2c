"""The ceremonies of passkeys as a page's script asks for them: signing in, and enrolling the first with an invitation.

Each is two requests, options and answer. Both are forms of this program's own pages, read with their token.
"""

from collections.abc import Callable

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK

from tarazy.adapters.passkeys import (
    NotEnrolled,
    RelyingParty,
    enrol,
    enrolment_options,
    invited,
    sign_in_options,
    signed_in,
    use_invitation,
)
from tarazy.adapters.sessions import Method
from tarazy.app.access import ACCESS_KEY, PUBLIC
from tarazy.app.store import Transaction
from tarazy.edge.pages.forms import Form, PageRequest, read_form
from tarazy.edge.pages.guard import own_path
from tarazy.edge.sign_in.desk import SignInDesk, json_answer
from tarazy.edge.sign_in.pages import come_in

Ceremony = Callable[[Transaction, RelyingParty, str, Form], Response[bytes] | NotEnrolled | str]
"""One request of a ceremony: answers, says why not, or returns options as JSON."""


def run_ceremony(desk: SignInDesk, request: PageRequest, body: bytes, ceremony: Ceremony) -> Response[bytes]:
    """Carry out one request of a ceremony in one transaction, so that a challenge is used whatever comes of it."""
    form, party, browser = read_form(request, body), desk.party(request), desk.browser(request)
    if party is None or not party.origins or browser is None:
        return desk.told(request, "no_domain")
    outcome = desk.people.store.run(lambda tx: ceremony(tx, party, browser, form))
    if isinstance(outcome, NotEnrolled):
        return desk.told(request, outcome.value)
    return json_answer(outcome) if isinstance(outcome, str) else outcome


def passkey_handlers(desk: SignInDesk) -> list[HTTPRouteHandler]:
    """Return the endpoints of signing in by a passkey, and of the first passkey of somebody invited."""
    return [*_sign_in(desk), *_invitation(desk)]


def _sign_in(desk: SignInDesk) -> list[HTTPRouteHandler]:
    context = desk.context

    @post("/sign-in/passkey/options", sync_to_thread=True, status_code=HTTP_200_OK, opt={ACCESS_KEY: PUBLIC})
    def options(request: PageRequest, body: bytes) -> Response[bytes]:
        """Give the browser a challenge to sign."""

        def ask(tx: Transaction, party: RelyingParty, browser: str, _: Form) -> str:
            return sign_in_options(tx, party, browser, context.clock.now(), context.sign_in.entropy)

        return run_ceremony(desk, request, body, ask)

    @post("/sign-in/passkey", sync_to_thread=True, status_code=HTTP_200_OK, opt={ACCESS_KEY: PUBLIC})
    def answer(request: PageRequest, body: bytes) -> Response[bytes]:
        """Let in whoever has answered."""

        def check(tx: Transaction, party: RelyingParty, browser: str, form: Form) -> Response[bytes] | NotEnrolled:
            person = signed_in(tx, party, browser, form.text("response"), context.clock.now())
            if isinstance(person, NotEnrolled):
                return person
            visitor = desk.people.visitor(tx, person)
            if visitor is None:
                return NotEnrolled.unknown_passkey
            cookie = come_in(desk, request, tx, person, Method.passkey)
            home = own_path(form.text("back"), desk.people.home_of(visitor))
            return _go_on(desk, home, cookie)

        return run_ceremony(desk, request, body, check)

    return [options, answer]


def _invitation(desk: SignInDesk) -> list[HTTPRouteHandler]:
    context = desk.context

    @get("/sign-in/invitation", sync_to_thread=True, opt={ACCESS_KEY: PUBLIC})
    def form(request: PageRequest) -> Response[str]:
        """Show where the code of an invitation is entered."""
        return desk.page(request, "invitation.html", title="sign_in.invitation.title")

    @post("/sign-in/invitation/options", sync_to_thread=True, status_code=HTTP_200_OK, opt={ACCESS_KEY: PUBLIC})
    def options(request: PageRequest, body: bytes) -> Response[bytes]:
        """Give the browser of somebody invited what it is to enrol."""

        def ask(tx: Transaction, party: RelyingParty, browser: str, form: Form) -> str | NotEnrolled:
            now = context.clock.now()
            person = invited(tx, form.text("code"), now)
            if person is None or desk.people.visitor(tx, person) is None:
                return NotEnrolled.invitation_over
            shown_as = desk.shown_as(tx, person)
            return enrolment_options(tx, party, person, shown_as, browser, now, context.sign_in.entropy)

        return run_ceremony(desk, request, body, ask)

    @post("/sign-in/invitation", sync_to_thread=True, status_code=HTTP_200_OK, opt={ACCESS_KEY: PUBLIC})
    def answer(request: PageRequest, body: bytes) -> Response[bytes]:
        """Keep the passkey, end the invitation, and let its owner in."""

        def keep(tx: Transaction, party: RelyingParty, browser: str, form: Form) -> Response[bytes] | NotEnrolled:
            now, code = context.clock.now(), form.text("code")
            person = invited(tx, code, now)
            visitor = None if person is None else desk.people.visitor(tx, person)
            if person is None or visitor is None:
                return NotEnrolled.invitation_over
            name = form.text("name") or desk.site.reader(request).t("sign_in.keys.first_name")
            made = enrol(tx, party, person, name, browser, form.text("response"), now)
            if isinstance(made, NotEnrolled):
                return made
            use_invitation(tx, code)
            cookie = come_in(desk, request, tx, person, Method.passkey)
            return _go_on(desk, desk.people.home_of(visitor), cookie)

        return run_ceremony(desk, request, body, keep)

    return [form, options, answer]


def _go_on(desk: SignInDesk, path: str, cookie: object) -> Response[bytes]:
    answer = json_answer({"next": desk.site.url(path)})
    answer.cookies.append(cookie)  # type: ignore[arg-type] # a Cookie of the framework
    return answer
