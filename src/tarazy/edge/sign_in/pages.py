"""The addresses of signing in and out, the same in both programs."""

from litestar import Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler

from tarazy.adapters.sessions import Method, Person, begin_session, end_session
from tarazy.app.access import ACCESS_KEY, PUBLIC
from tarazy.app.store import Transaction
from tarazy.edge.context import AgentContext, ExchangeContext
from tarazy.edge.pages.faults import page_faults, require_readable
from tarazy.edge.pages.forms import FORM_BYTES_MAX, PageRequest, read_form
from tarazy.edge.pages.guard import guard_of, own_path, turned_away
from tarazy.edge.sign_in.desk import SignInDesk, desk_of

__all__ = ["leave", "sign_in_routes"]


def sign_in_routes(context: ExchangeContext | AgentContext) -> list[HTTPRouteHandler | Router]:
    """Return everything below ``/sign-in``, and ``/sign-out``."""
    from tarazy.edge.sign_in.key_pages import key_handlers
    from tarazy.edge.sign_in.passkey_pages import passkey_handlers
    from tarazy.edge.sign_in.provider_pages import provider_handlers

    desk = desk_of(context)
    pages = Router(
        path="/",
        route_handlers=[
            *_door(desk),
            *passkey_handlers(desk),
            *key_handlers(desk),
            *provider_handlers(desk),
        ],
        guards=[guard_of(desk.gate)],
        before_request=require_readable,
        request_max_body_size=FORM_BYTES_MAX,
        exception_handlers={**page_faults(desk.site), **turned_away(desk.site, context)},
        include_in_schema=False,
    )
    return [pages]


def _door(desk: SignInDesk) -> list[HTTPRouteHandler]:
    @get("/sign-in", sync_to_thread=True, opt={ACCESS_KEY: PUBLIC})
    def sign_in(request: PageRequest) -> Response[str]:
        """Show the ways to sign in, and who is signed in already."""
        return desk.page(
            request,
            "sign_in.html",
            title="sign_in.title",
            back=own_path(request.query_params.get("back", ""), ""),
            is_over=request.query_params.get("over") == "yes",
            is_again=request.query_params.get("again") == "yes",
        )

    @post("/sign-out", sync_to_thread=True, opt={ACCESS_KEY: PUBLIC})
    def sign_out(request: PageRequest, body: bytes) -> Response[str]:
        """End the session here and in the store: a copy of the cookie is worth nothing afterwards."""
        read_form(request, body)
        return desk.site.redirect("/sign-in", cookies=[leave(desk.context, request)])

    return [sign_in, sign_out]


def leave(context: ExchangeContext | AgentContext, request: PageRequest) -> Cookie:
    """End the session that a request brings, and return the cookie that makes the browser forget it."""
    settings = context.sign_in
    token = request.cookies.get(settings.session_cookie)
    store = context.agent.peer.store if isinstance(context, AgentContext) else context.peer.store
    if token:
        store.run(lambda tx: end_session(tx, token))
    return _session_cookie(context, "", age=0)


def come_in(desk: SignInDesk, request: PageRequest, tx: Transaction, person: Person, method: Method) -> Cookie:
    """Begin a session for somebody who has shown who they are, and return its cookie; what they brought ends."""
    settings = desk.context.sign_in
    token = begin_session(
        tx,
        person,
        method,
        desk.context.clock.now(),
        settings.entropy,
        brought=request.cookies.get(settings.session_cookie),
    )
    return _session_cookie(desk.context, token, age=None)


def _session_cookie(context: ExchangeContext | AgentContext, value: str, *, age: int | None) -> Cookie:
    settings = context.sign_in
    return Cookie(
        key=settings.session_cookie,
        value=value,
        path=f"{context.base_path.rstrip('/')}/",
        max_age=age,
        secure=settings.is_tls,
        httponly=True,
        samesite="strict",
    )
