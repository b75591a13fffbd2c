"""The one guard of all pages: who comes, whether they may be here, and whether they may read what the address names.

A router of pages has it among its ``guards``; each of its routes names an `Access` in ``opt``. A route that names none
lets nobody in. Whoever is turned away is told why and what would help, and a form that was filled in is not lost: the
page that turns away carries its fields, to be sent again once the person has signed in.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import quote

from anyio import to_thread
from litestar import Litestar, Request, Response, Router
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import ASGIRouteHandler, BaseRouteHandler, HTTPRouteHandler
from litestar.status_codes import HTTP_401_UNAUTHORIZED, HTTP_403_FORBIDDEN
from litestar.types import ExceptionHandlersMap

from tarazy.adapters.cedar import load_read_policy
from tarazy.adapters.sessions import Method, session_of
from tarazy.app.access import ACCESS_KEY, UNNAMED, Access, Decision, ReadAction, Refusal, Resource, Visitor, admit
from tarazy.app.store import Transaction
from tarazy.edge.context import AgentContext, ExchangeContext
from tarazy.edge.pages.faults import require_readable
from tarazy.edge.pages.forms import TOKEN_FIELD, Form, FormRefused, PageRequest, read_form
from tarazy.edge.pages.site import Site
from tarazy.edge.sign_in.people import AgentPeople, ExchangePeople, people_of
from tarazy.values.replacing import replace

SIGN_IN_PATH: Final = "/sign-in"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_KNOWN: Final = "tarazy_known"
_DECISION: Final = "tarazy_decision"

Connection = ASGIConnection[object, object, object, State]
Guarding = Callable[[Connection, BaseRouteHandler], Awaitable[None]]
ResourceOf = Callable[[Transaction, ReadAction, dict[str, str]], Resource | None]
"""Finds what the address of a page names; None where there is no such thing, which the page itself says."""
Handler = TypeVar("Handler", bound=BaseRouteHandler | Router)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Whom a request comes from: everybody that its cookies stand for, and how the one of the session signed in."""

    visitors: tuple[Visitor, ...] = ()
    method: Method | None = None
    is_over: bool = False
    """Whether a session was brought that counts no more."""

    def for_access(self, access: Access) -> Visitor | None:
        """Return the one whom the access would let in; else the first, about whom can be said what is missing."""
        fitting = (one for one in self.visitors if one.who in access.who and one.role in access.roles)
        return next(fitting, self.visitors[0] if self.visitors else None)


class TurnedAway(Exception):
    """Somebody is not let in. ``form`` is what they had filled in, where the form was one of our own."""

    def __init__(self, refusal: Refusal, access: Access | None, known: Known, visitor: Visitor | None) -> None:
        super().__init__(refusal.value)
        self.refusal, self.access, self.known, self.visitor = refusal, access, known, visitor
        self.form: Form | None = None
        self.policy_ids: tuple[str, ...] = ()


class AccessMissing(Exception):
    """A route that names no access, or one for people that stands outside the guard. No program starts with one."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The guard of one program, and what it knows of those who come."""

    context: ExchangeContext | AgentContext
    people: ExchangePeople | AgentPeople
    resource_of: ResourceOf | None = None
    policy_of: Callable[[Visitor, ReadAction, Resource], Decision] = field(
        default_factory=lambda: load_read_policy().decide
    )

    def known(self, tx: Transaction, connection: Connection) -> Known:
        """Return whom a request comes from: by its session first, then as whom a demonstration lets one look."""
        now = self.context.clock.now()
        token = connection.cookies.get(self.context.sign_in.session_cookie)
        session = session_of(tx, token, now)
        visitor = None if session is None else self.people.visitor(tx, session.person)
        if session is not None and visitor is not None:
            visitor = replace(visitor, is_fresh=session.is_fresh(now))
        switched = self.people.switched(tx, connection.cookies)
        return Known(
            visitors=(() if visitor is None else (visitor,)) + switched,
            method=None if session is None or visitor is None else session.method,
            is_over=bool(token) and visitor is None,
        )

    def enter(self, connection: Connection, access: Access | None) -> tuple[Known, Decision | None]:
        """Return who comes, and what the policies said of what they read. Raises TurnedAway."""

        def look(tx: Transaction) -> tuple[Known, Resource | None]:
            known = self.known(tx, connection)
            if access is None or access.reads is None or self.resource_of is None:
                return known, None
            params = {name: str(value) for name, value in connection.path_params.items()}
            return known, self.resource_of(tx, access.reads, params)

        known, resource = self.people.store.run(look)
        visitor = None if access is None else known.for_access(access)
        refusal = admit(access, visitor)
        if refusal is not None:
            raise TurnedAway(refusal, access, known, visitor)
        if resource is None:
            return known, None
        assert access is not None
        assert access.reads is not None
        assert visitor is not None
        decision = self.policy_of(visitor, access.reads, resource)
        if not decision.is_allowed:
            turned = TurnedAway(Refusal.not_permitted, access, known, visitor)
            turned.policy_ids = decision.policy_ids
            raise turned
        return known, decision


def guard_of(gate: Gate) -> Guarding:
    """Return the guard. It is a plain function: the framework copies what it is given, a database included."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        access = handler.opt.get(ACCESS_KEY)
        if access is not None and access.who <= UNNAMED:
            return
        require_readable(connection)
        try:
            known, decision = await to_thread.run_sync(gate.enter, connection, access)
        except TurnedAway as turned:
            if connection.scope.get("method") not in SAFE_METHODS and isinstance(connection, Request):
                turned.form = _own_form(connection, await connection.body())
            raise
        kept = connection.scope["state"]
        kept[_KNOWN], kept[_DECISION] = known, decision

    return guard


def visitor_of(request: PageRequest) -> Visitor | None:
    """Return who the guard has let in to this page."""
    known: Known | None = request.scope["state"].get(_KNOWN)
    access: Access | None = request.route_handler.opt.get(ACCESS_KEY)
    return None if known is None or access is None else known.for_access(access)


def method_of(request: PageRequest) -> Method | None:
    """Return how the person of the session signed in, None for a role that was switched to."""
    known: Known | None = request.scope["state"].get(_KNOWN)
    return None if known is None else known.method


def reasons_of(request: PageRequest) -> tuple[str, ...]:
    """Return the codes of the sentences that say why this page may be seen; none where no policy was asked."""
    decision: Decision | None = request.scope["state"].get(_DECISION)
    return () if decision is None else tuple(f"sign_in.why.{one}" for one in decision.policy_ids)


def with_access(handlers: Sequence[Handler], *, reads: Access, acts: Access | None = None) -> list[Handler]:
    """Name the access of routes that do not say it themselves: ``acts`` of those that take a form, ``reads`` else."""
    for handler in handlers:
        is_act = isinstance(handler, ASGIRouteHandler) or (
            isinstance(handler, HTTPRouteHandler) and not handler.http_methods <= SAFE_METHODS
        )
        handler.opt.setdefault(ACCESS_KEY, acts if is_act and acts is not None else reads)
    return list(handlers)


def routes_of(app: Litestar) -> Iterable[tuple[str, BaseRouteHandler]]:
    """Return every route of an application by its path; those that only tell the methods of an address aside."""
    for route in app.routes:
        handlers = getattr(route, "route_handlers", None) or [route.route_handler]  # type: ignore[union-attr] # one or many
        for handler in handlers:
            if getattr(handler, "http_methods", None) != {"OPTIONS"}:
                yield route.path, handler


def require_access(app: Litestar) -> Litestar:
    """Return the application. Raises AccessMissing where a route names no access or stands outside the guard."""
    for path, handler in routes_of(app):
        access = handler.opt.get(ACCESS_KEY)
        if not isinstance(access, Access):
            raise AccessMissing(f"{path} ({handler.handler_name}) names no access")
        if not access.who <= UNNAMED and not handler.resolve_guards():
            raise AccessMissing(f"{path} ({handler.handler_name}) is for people and has no guard")
    return app


def own_path(text: str, otherwise: str) -> str:
    """Return a path of this program to go on at; ``otherwise`` for an address of anybody else."""
    is_own = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if is_own else otherwise


def turned_away(site: Site, context: ExchangeContext | AgentContext, switch: str = "") -> ExceptionHandlersMap:
    """Return how a site's pages answer those who are not let in. ``switch`` is the page of a demonstration's roles."""

    def answer(request: PageRequest, fault: Exception) -> Response[str]:
        assert isinstance(fault, TurnedAway)
        path = request.url.path.removeprefix(site.base_path)
        sign_in = f"{SIGN_IN_PATH}?back={quote(own_path(path, '/'), safe='/')}"
        if fault.refusal is Refusal.not_permitted:
            return _not_permitted(site, request, fault, sign_in)
        if fault.refusal is Refusal.step_up_needed:
            return _told(site, request, fault, "sign_in.step_up", f"{sign_in}&again=yes")
        if fault.known.is_over:
            sign_in += "&over=yes"
        elif context.is_demonstration and switch:
            sign_in = switch
        if request.headers.get("hx-request"):
            gone = site.message(request, "sign_in.turned", status=HTTP_401_UNAUTHORIZED)
            gone.headers["HX-Redirect"] = site.url(sign_in)
            return gone
        if request.method in SAFE_METHODS or sign_in == switch:
            return site.redirect(sign_in)
        return _told(site, request, fault, "sign_in.over" if fault.known.is_over else "sign_in.turned", sign_in)

    return {TurnedAway: answer}


def _told(site: Site, request: PageRequest, fault: TurnedAway, code: str, sign_in: str) -> Response[str]:
    """Answer with a page that says what is missing, leads there, and keeps what was filled in."""
    reader = site.reader(request)
    kept = [] if fault.form is None else [(n, v) for n, values in fault.form.fields.items() for v in values]
    return site.page(
        request,
        "turned.html",
        status=HTTP_401_UNAUTHORIZED,
        title=reader.t(f"{code}.title"),
        text=reader.t(f"{code}.text"),
        sign_in=sign_in,
        is_form=fault.form is not None,
        action=request.url.path.removeprefix(site.base_path),
        kept=[(name, value) for name, value in kept if name != TOKEN_FIELD],
    )


def _not_permitted(site: Site, request: PageRequest, fault: TurnedAway, sign_in: str) -> Response[str]:
    """Answer with a page that says as whom one is here, which role could, and which rule says no."""
    reader = site.reader(request)
    roles = sorted(fault.access.roles) if fault.access is not None else []
    return site.page(
        request,
        "not_permitted.html",
        status=HTTP_403_FORBIDDEN,
        title=reader.t("sign_in.not_permitted.title"),
        own=None if fault.visitor is None else reader.t(f"sign_in.role.{fault.visitor.role}"),
        roles=[reader.t(f"sign_in.role.{role}") for role in roles],
        is_resource=fault.visitor is not None and fault.visitor.role in roles,
        rules=[reader.t(f"sign_in.why.{one}") for one in fault.policy_ids],
        sign_in=sign_in,
    )


def _own_form(request: Request[object, object, State], body: bytes) -> Form | None:
    """Return what was filled in on a page of this program; what another site has sent is never shown as one's own."""
    try:
        return read_form(request, body)
    except FormRefused:
        return None


def gate_of(context: ExchangeContext | AgentContext, resource_of: ResourceOf | None = None) -> Gate:
    """Return the guard's knowledge of one program."""
    return Gate(context, people_of(context), resource_of)
