"""Answers outside every site of a program: no such address, not this method there, or nothing that can be kept.

People get a page in their language; programs (everything below ``/v1/``, and whoever asks for JSON) a problem document.
"""

import re
from typing import Final

from litestar import Litestar, MediaType, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.status_codes import (
    HTTP_400_BAD_REQUEST,
    HTTP_404_NOT_FOUND,
    HTTP_405_METHOD_NOT_ALLOWED,
    HTTP_503_SERVICE_UNAVAILABLE,
)
from litestar.types import ExceptionHandlersMap

from tarazy.app.store import Conflict, StoreAway, TextNotKept
from tarazy.edge.context import AgentContext, ExchangeContext
from tarazy.edge.http import PROBLEM_TYPE, problem
from tarazy.edge.pages.faults import page_faults
from tarazy.edge.pages.forms import PageRequest
from tarazy.edge.pages.site import Site, site_of

PROGRAMS: Final = "/v1/"
_HTML_FIRST: Final = [MediaType.HTML.value, MediaType.JSON.value, PROBLEM_TYPE]
_PARAMETER: Final = re.compile(r"\\\{[^/]*?(?P<path>:path)?\\\}")


def not_found_handlers(context: ExchangeContext | AgentContext) -> ExceptionHandlersMap:
    """Return what a program's application answers where no route of it fits: its ``exception_handlers``."""
    site = _bare_site(context)

    def not_found(request: PageRequest, _: HTTPException) -> Response[str] | Response[bytes]:
        if not _wants_page(request):
            detail = (
                "Nothing is served at this address. Check the path against docs/participant.md: messages go to "
                "POST /v1/messages, and GET /v1/health says that the program is up."
            )
            return problem(HTTP_404_NOT_FOUND, "address_unknown", "No such address", detail)
        return site.message(request, "pages.not_found", status=HTTP_404_NOT_FOUND)

    def wrong_method(request: PageRequest, fault: MethodNotAllowedException) -> Response[str] | Response[bytes]:
        allowed = ", ".join(methods_at(request.app, request.scope["path"]))
        if not allowed:  # the beginning of an address that goes on: the framework knows it, and nothing is there
            return not_found(request, fault)
        if _wants_page(request):
            answer: Response[str] | Response[bytes] = site.message(
                request, "pages.wrong_method", status=HTTP_405_METHOD_NOT_ALLOWED
            )
        else:
            detail = f"{request.method} is not taken at this address. Send one of: {allowed}."
            code, title = "method_not_taken", "Not with this method"
            answer = problem(HTTP_405_METHOD_NOT_ALLOWED, code, title, detail)
        answer.headers["Allow"] = allowed
        return answer

    return {
        **_kept_nowhere(site),
        NotFoundException: not_found,
        MethodNotAllowedException: wrong_method,
    }


def _kept_nowhere(site: Site) -> ExceptionHandlersMap:
    """Return the same answers as every page gives, and for programs as problem documents."""
    pages = page_faults(site)

    def said(fault: type[Exception], status: int, code: str, title: str, detail: str) -> ExceptionHandlersMap:
        def answer(request: PageRequest, raised: Exception) -> Response[str] | Response[bytes]:
            return pages[fault](request, raised) if _wants_page(request) else problem(status, code, title, detail)

        return {fault: answer}

    nul = "The address holds a NUL character: no id has one. Send the id as it was given to you."
    away = "Nothing was changed. Ask again in a moment."
    return {
        **said(TextNotKept, HTTP_400_BAD_REQUEST, "address_unreadable", "The address cannot be read", nul),
        **said(StoreAway, HTTP_503_SERVICE_UNAVAILABLE, "store_away", "The database is away", away),
        **said(Conflict, HTTP_503_SERVICE_UNAVAILABLE, "store_away", "The database is away", away),
    }


def methods_at(app: Litestar, path: str) -> list[str]:
    """Return the methods that are taken at a path, in alphabetical order."""
    fitting = [methods for template, methods in app.route_handler_method_map.items() if _fits(template, path)]
    return sorted({str(method) for methods in fitting for method in methods})


def _fits(template: str, path: str) -> bool:
    pattern = _PARAMETER.sub(lambda found: ".+" if found["path"] else "[^/]+", re.escape(template))
    return re.fullmatch(pattern, path.rstrip("/") or "/") is not None


def _wants_page(request: PageRequest) -> bool:
    """Return whether a person reads the answer: not below ``/v1/``, and not who would rather have JSON."""
    if f"{request.scope['path']}/".startswith(PROGRAMS):
        return False
    return request.accept.best_match(_HTML_FIRST, default=MediaType.HTML.value) == MediaType.HTML.value


def _bare_site(context: ExchangeContext | AgentContext) -> Site:
    """Return a site of the program without a navigation: whoever is lost is led to the start page."""
    title = context.bank.name if isinstance(context, AgentContext) else context.catalogue.wording("console.title")
    return site_of(
        "tarazy.edge.pages",
        title=title,
        navigation=(),
        catalogue=context.catalogue,
        pack=context.pack,
        clock=context.clock,
        base_path=context.base_path,
    )
