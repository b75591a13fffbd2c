"""Signing in by an OpenID provider: sent there, and back with a code.

The way back begins at another site, so the browser sends no strict cookie with it: what binds it to the browser that
began is a cookie of its own (``lax``, ten minutes, this address only), and the page that ends it goes on by itself, as
a page of this program, so that the session's strict cookie comes along.
"""

from typing import Final

from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import (
    HTTP_400_BAD_REQUEST,
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_502_BAD_GATEWAY,
)
from structlog import get_logger

from tarazy.adapters.oidc import (
    ATTEMPT_LIFE,
    Attempt,
    OidcClient,
    ProviderAway,
    TokenRefused,
    begin_attempt,
    keep_attempt,
    person_of_subject,
    take_attempt,
)
from tarazy.adapters.sessions import Method
from tarazy.app.access import ACCESS_KEY, PUBLIC
from tarazy.app.store import Transaction
from tarazy.edge.pages.forms import PageRequest
from tarazy.edge.pages.guard import own_path
from tarazy.edge.pages.security import PAGE_HEADERS
from tarazy.edge.sign_in.desk import SignInDesk
from tarazy.edge.sign_in.pages import come_in

ATTEMPT_COOKIE: Final = "sign_in_attempt"
PARAMETER_LENGTH_MAX: Final = 4096


def provider_handlers(desk: SignInDesk) -> list[HTTPRouteHandler]:
    """Return the endpoints of the way to a provider and back."""

    @get("/sign-in/oidc/{name:str}", sync_to_thread=True, opt={ACCESS_KEY: PUBLIC})
    def go(request: PageRequest, name: str) -> Response[str]:
        """Send the browser to a provider."""
        client = desk.context.sign_in.provider(name)
        if client is None:
            return desk.site.message(request, "pages.not_found", status=HTTP_404_NOT_FOUND)
        settings, now = desk.context.sign_in, desk.context.clock.now()
        back = own_path(request.query_params.get("back", ""), "")
        try:
            attempt, begun = begin_attempt(
                client, _redirect(desk, client), back, now, settings.wall.now(), settings.entropy
            )
        except ProviderAway as fault:
            return _away(desk, request, client, fault)
        desk.people.store.run(lambda tx: keep_attempt(tx, attempt, now))
        cookie = _attempt_cookie(desk, begun.browser, int(ATTEMPT_LIFE.total_seconds()))
        return Response(
            "",
            status_code=303,
            media_type="text/html",
            headers={**PAGE_HEADERS, "Location": begun.url},
            cookies=[cookie],
        )

    @get("/sign-in/oidc/{name:str}/callback", sync_to_thread=True, opt={ACCESS_KEY: PUBLIC})
    def back(request: PageRequest, name: str) -> Response[str]:
        """Let in whom the provider's answer proves, if somebody has entered who that is here."""
        client = desk.context.sign_in.provider(name)
        if client is None:
            return desk.site.message(request, "pages.not_found", status=HTTP_404_NOT_FOUND)
        attempt = _taken(desk, request, name)
        if attempt is None:
            return _failed(desk, request, client, "sign_in.provider.attempt_over", HTTP_400_BAD_REQUEST)
        code = request.query_params.get("code", "")[:PARAMETER_LENGTH_MAX]
        if not code:  # the person, or the provider, has said no
            return _failed(desk, request, client, "sign_in.provider.declined", HTTP_403_FORBIDDEN)
        try:
            subject = client.subject_of(
                code=code,
                redirect=_redirect(desk, client),
                nonce=attempt.nonce,
                verifier=attempt.verifier,
                now=desk.context.sign_in.wall.now(),
            )
        except ProviderAway as fault:
            return _away(desk, request, client, fault)
        except TokenRefused as fault:
            get_logger().warning("oidc_token_refused", provider=name, why=str(fault))
            return _failed(desk, request, client, "sign_in.provider.not_believed", HTTP_403_FORBIDDEN)
        return _arrived(desk, request, client, attempt, subject)

    return [go, back]


def _taken(desk: SignInDesk, request: PageRequest, name: str) -> Attempt | None:
    state = request.query_params.get("state", "")[:PARAMETER_LENGTH_MAX]
    browser, now = request.cookies.get(ATTEMPT_COOKIE, ""), desk.context.clock.now()
    return desk.people.store.run(lambda tx: take_attempt(tx, name, state, browser, now))


def _arrived(
    desk: SignInDesk, request: PageRequest, client: OidcClient, attempt: Attempt, subject: str
) -> Response[str]:
    """Begin the session of whoever a subject is here."""

    def enter(tx: Transaction) -> tuple[Cookie, str] | None:
        person = person_of_subject(tx, client.provider.issuer, subject)
        visitor = None if person is None else desk.people.visitor(tx, person)
        if person is None or visitor is None:
            return None
        return come_in(desk, request, tx, person, Method.oidc), own_path(attempt.back, desk.people.home_of(visitor))

    entered = desk.people.store.run(enter)
    if entered is None:
        return _failed(desk, request, client, "sign_in.provider.unknown", HTTP_403_FORBIDDEN)
    cookie, path = entered
    page = desk.site.page(
        request,
        "arrived.html",
        cookies=[cookie, _attempt_cookie(desk, "", 0)],
        title=desk.site.reader(request).t("sign_in.arrived.title"),
        path=path,
    )
    page.headers["Refresh"] = f"0; url={desk.site.url(path)}"
    return page


def _failed(desk: SignInDesk, request: PageRequest, client: OidcClient, code: str, status: int) -> Response[str]:
    reader = desk.site.reader(request)
    return desk.page(
        request,
        "not_arrived.html",
        title=f"{code}.title",
        status=status,
        text=reader.t(f"{code}.text", provider=client.provider.label),
        provider=client.provider,
    )


def _away(desk: SignInDesk, request: PageRequest, client: OidcClient, fault: ProviderAway) -> Response[str]:
    get_logger().warning("oidc_provider_away", provider=client.provider.name, why=str(fault))
    return _failed(desk, request, client, "sign_in.provider.away", HTTP_502_BAD_GATEWAY)


def _redirect(desk: SignInDesk, client: OidcClient) -> str:
    origin = desk.context.sign_in.public_origin
    assert origin is not None, "settings with providers have an origin"
    return f"{origin}{desk.site.url(f'/sign-in/oidc/{client.provider.name}/callback')}"


def _attempt_cookie(desk: SignInDesk, value: str, age: int) -> Cookie:
    return Cookie(
        key=ATTEMPT_COOKIE,
        value=value,
        path=desk.site.url("/sign-in/oidc"),
        max_age=age,
        secure=desk.context.sign_in.is_tls,
        httponly=True,
        samesite="lax",
    )
