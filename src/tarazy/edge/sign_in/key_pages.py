"""Somebody's own passkeys: seen, added, named, taken away. What changes them wants a fresh proof of who one is."""

from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK

from tarazy.adapters.passkeys import (
    NAME_LENGTH_MAX,
    NotEnrolled,
    RelyingParty,
    enrol,
    enrolment_options,
    passkeys_of,
    remove_passkey,
    rename_passkey,
)
from tarazy.adapters.sessions import Person, end_sessions_of
from tarazy.app.access import ACCESS_KEY, Access, Role, Who
from tarazy.app.store import Transaction
from tarazy.edge.pages.forms import Form, PageRequest, read_form
from tarazy.edge.sign_in.desk import SignInDesk, json_answer
from tarazy.edge.sign_in.passkey_pages import run_ceremony

_ANYBODY: Final = frozenset({Who.officer, Who.supervisor, Who.citizen})
OWN_KEYS: Final = Access(who=_ANYBODY, roles=frozenset(Role))
OWN_KEYS_CHANGED: Final = Access(who=_ANYBODY, roles=frozenset(Role), needs_step_up=True)


def key_handlers(desk: SignInDesk) -> list[HTTPRouteHandler]:
    """Return the endpoints of one's own passkeys."""
    return [*_list(desk), *_adding(desk), *_changing(desk)]


def _own(desk: SignInDesk, tx: Transaction, request: PageRequest) -> Person | None:
    """Return whose passkeys they are. In a demonstration the one who was switched to may have some as well."""
    found = desk.session(tx, request)
    if found is not None:
        return found[0].person
    for visitor in desk.people.switched(tx, request.cookies):
        own = visitor.subject_id or visitor.officer_id
        if own is not None and visitor.participant_id is not None:
            return Person(kind=visitor.who, participant_id=visitor.participant_id, person_id=own)
    return None


def _list(desk: SignInDesk) -> list[HTTPRouteHandler]:
    @get("/sign-in/passkeys", sync_to_thread=True, opt={ACCESS_KEY: OWN_KEYS})
    def keys(request: PageRequest) -> Response[str]:
        """Show one's own passkeys."""

        def look(tx: Transaction) -> tuple[str, list[object]] | None:
            person = _own(desk, tx, request)
            return None if person is None else (desk.shown_as(tx, person), list(passkeys_of(tx, person)))

        found = desk.people.store.run(look)
        return desk.page(
            request,
            "passkeys.html",
            title="sign_in.keys.title",
            whose=None if found is None else found[0],
            keys=[] if found is None else found[1],
            name_length_max=NAME_LENGTH_MAX,
            done=request.query_params.get("done", ""),
        )

    return [keys]


def _adding(desk: SignInDesk) -> list[HTTPRouteHandler]:
    context = desk.context

    @post("/sign-in/passkeys/options", sync_to_thread=True, status_code=HTTP_200_OK, opt={ACCESS_KEY: OWN_KEYS_CHANGED})
    def options(request: PageRequest, body: bytes) -> Response[bytes]:
        """Give the browser what it is to enrol."""

        def ask(tx: Transaction, party: RelyingParty, browser: str, _: Form) -> str | NotEnrolled:
            person = _own(desk, tx, request)
            if person is None:
                return NotEnrolled.unknown_passkey
            shown_as = desk.shown_as(tx, person)
            return enrolment_options(tx, party, person, shown_as, browser, context.clock.now(), context.sign_in.entropy)

        return run_ceremony(desk, request, body, ask)

    @post("/sign-in/passkeys", sync_to_thread=True, status_code=HTTP_200_OK, opt={ACCESS_KEY: OWN_KEYS_CHANGED})
    def add(request: PageRequest, body: bytes) -> Response[bytes]:
        """Keep another passkey."""

        def keep(tx: Transaction, party: RelyingParty, browser: str, form: Form) -> Response[bytes] | NotEnrolled:
            person = _own(desk, tx, request)
            if person is None:
                return NotEnrolled.unknown_passkey
            name = form.text("name") or desk.site.reader(request).t("sign_in.keys.first_name")
            made = enrol(tx, party, person, name, browser, form.text("response"), context.clock.now())
            if isinstance(made, NotEnrolled):
                return made
            return json_answer({"next": desk.site.url("/sign-in/passkeys?done=added")})

        return run_ceremony(desk, request, body, keep)

    return [options, add]


def _changing(desk: SignInDesk) -> list[HTTPRouteHandler]:
    @post("/sign-in/passkeys/rename", sync_to_thread=True, opt={ACCESS_KEY: OWN_KEYS_CHANGED})
    def rename(request: PageRequest, body: bytes) -> Response[str]:
        """Give a passkey another name."""
        form = read_form(request, body)

        def act(tx: Transaction) -> bool:
            person = _own(desk, tx, request)
            return person is not None and rename_passkey(tx, person, form.text("credential"), form.text("name"))

        done = "renamed" if desk.people.store.run(act) else "gone"
        return desk.site.redirect(f"/sign-in/passkeys?done={done}")

    @post("/sign-in/passkeys/remove", sync_to_thread=True, opt={ACCESS_KEY: OWN_KEYS_CHANGED})
    def remove(request: PageRequest, body: bytes) -> Response[str]:
        """Take a passkey away, and end the sessions that are open elsewhere: one of them may have come by it."""
        form = read_form(request, body)
        own_token = request.cookies.get(desk.context.sign_in.session_cookie)

        def act(tx: Transaction) -> bool:
            person = _own(desk, tx, request)
            if person is None or not remove_passkey(tx, person, form.text("credential")):
                return False
            end_sessions_of(tx, person, but=own_token)
            return True

        done = "removed" if desk.people.store.run(act) else "gone"
        return desk.site.redirect(f"/sign-in/passkeys?done={done}")

    return [rename, remove]
