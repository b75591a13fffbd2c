"""What every site answers where something cannot be read, or cannot be kept now: a page that says what to do."""

from collections.abc import Callable
from typing import Any, Final

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.status_codes import (
    HTTP_400_BAD_REQUEST,
    HTTP_403_FORBIDDEN,
    HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    HTTP_503_SERVICE_UNAVAILABLE,
)
from litestar.types import ExceptionHandlersMap

from tarazy.app.store import Conflict, StoreAway, TextNotKept
from tarazy.edge.pages.forms import (
    FIELDS_MAX,
    FORM_BYTES_MAX,
    FormRefused,
    FormTooLarge,
    PageRequest,
    require_text,
)
from tarazy.edge.pages.site import Site

Connection = ASGIConnection[Any, Any, Any, State]
Answer = Callable[[PageRequest, Exception], Response[str]]
BYTES_PER_KILOBYTE: Final = 1024


def page_faults(site: Site) -> ExceptionHandlersMap:
    """Return how the pages of a site answer what can go wrong on each of them.

    Their bodies are read up to `FORM_BYTES_MAX` (``request_max_body_size`` of the router that has them), so that the
    framework's own 'too large' comes from a form.
    """

    def said(code: str, status: int, **values: int) -> Answer:
        return lambda request, _: site.message(request, code, status=status, **values)

    too_large = said(
        "pages.too_large",
        HTTP_413_REQUEST_ENTITY_TOO_LARGE,
        kilobytes=FORM_BYTES_MAX // BYTES_PER_KILOBYTE,
        fields=FIELDS_MAX,
    )
    return {
        FormRefused: said("pages.refused_form", HTTP_403_FORBIDDEN),
        FormTooLarge: too_large,
        HTTP_413_REQUEST_ENTITY_TOO_LARGE: too_large,
        TextNotKept: said("pages.unreadable", HTTP_400_BAD_REQUEST),
        StoreAway: said("pages.away", HTTP_503_SERVICE_UNAVAILABLE),
        Conflict: said("pages.busy", HTTP_503_SERVICE_UNAVAILABLE),
    }


def require_readable(request: Connection) -> None:
    """Raise TextNotKept where the address or a cookie holds a NUL: the ``before_request`` of every router of pages."""
    require_text(request.scope["path"])
    for pairs in (request.query_params.multi_items(), request.cookies.items()):
        for name, value in pairs:
            require_text(name)
            require_text(value)
