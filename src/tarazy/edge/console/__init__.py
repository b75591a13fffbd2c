"""The exchange in the browser: the public page, cases, requests, refunds, and the state of the law."""

from litestar import Response, Router
from litestar.handlers import HTTPRouteHandler

from tarazy.edge.console.authorisation_pages import authorisation_routes
from tarazy.edge.console.case_pages import case_routes, list_routes
from tarazy.edge.console.join_pages import join_routes
from tarazy.edge.console.law_pages import law_routes
from tarazy.edge.console.office import office_of
from tarazy.edge.console.refund_pages import refund_routes
from tarazy.edge.console.refused_pages import refused_routes
from tarazy.edge.console.registration_pages import registration_routes
from tarazy.edge.console.request_pages import request_routes
from tarazy.edge.console.start_page import role_routes, start_routes
from tarazy.edge.context import ExchangeContext
from tarazy.edge.pages.faults import page_faults, require_readable
from tarazy.edge.pages.forms import FORM_BYTES_MAX, PageRequest

__all__ = ["console_routes"]


def console_routes(context: ExchangeContext) -> list[HTTPRouteHandler | Router]:
    """Return the public page and everything below ``/console``, which is closed outside a demonstration."""
    office = office_of(context)

    # A plain function and not a method: the framework copies what it is given as deep as it goes, a database included.
    def let_in(request: PageRequest) -> Response[str] | None:
        require_readable(request)
        return office.closed(request)

    console = Router(
        path="/console",
        route_handlers=[
            *list_routes(office),
            *case_routes(office),
            *request_routes(office),
            *refund_routes(office),
            *authorisation_routes(office),
            *registration_routes(office),
            *join_routes(office),
            *law_routes(office),
            *refused_routes(office),
            *role_routes(office),
        ],
        before_request=let_in,
        request_max_body_size=FORM_BYTES_MAX,
        exception_handlers=page_faults(office.site),
        include_in_schema=False,
    )
    return [*start_routes(office), console]
