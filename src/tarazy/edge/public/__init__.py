"""What everybody may read without signing in: the law page by page, the first ten minutes, the log and its receipts."""

from litestar import Router

from tarazy.edge.context import ExchangeContext
from tarazy.edge.pages.faults import require_readable
from tarazy.edge.pages.forms import FORM_BYTES_MAX
from tarazy.edge.public.citizen_site import citizen_faults, citizen_site
from tarazy.edge.public.errors_page import errors_routes
from tarazy.edge.public.law_pages import law_routes
from tarazy.edge.public.log_pages import log_page_routes
from tarazy.edge.public.minutes_page import minutes_routes
from tarazy.edge.public.restrictions_page import restrictions_routes

__all__ = ["public_routes"]


def public_routes(context: ExchangeContext) -> list[Router]:
    """Return the pages that need no sign-in and keep nothing."""
    site = citizen_site(context, "tarazy.edge.public")
    return [
        Router(
            path="/",
            route_handlers=[
                *law_routes(site, context),
                *minutes_routes(site),
                *log_page_routes(site, context),
                *errors_routes(site, context),
                *restrictions_routes(site, context),
            ],
            before_request=require_readable,
            request_max_body_size=FORM_BYTES_MAX,
            exception_handlers=citizen_faults(site),
            include_in_schema=False,
        )
    ]
