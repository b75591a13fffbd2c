"""The portal: where somebody who was deceived and cannot reach their bank writes to it, and sees what came of it."""

from litestar import Router

from tarazy.edge.context import ExchangeContext
from tarazy.edge.pages.faults import require_readable
from tarazy.edge.pages.forms import FORM_BYTES_MAX
from tarazy.edge.portal.claim_pages import claim_routes
from tarazy.edge.portal.code_pages import code_routes
from tarazy.edge.portal.number_pages import number_routes
from tarazy.edge.portal.request_pages import request_routes
from tarazy.edge.public.citizen_site import citizen_faults, citizen_site

__all__ = ["portal_routes"]


def portal_routes(context: ExchangeContext) -> list[Router]:
    """Return the portal's pages. They need no sign-in, keep no words, and set no cookie but the form's token."""
    site = citizen_site(context, "tarazy.edge.portal")
    return [
        Router(
            path="/portal",
            route_handlers=[
                *request_routes(site, context),
                *number_routes(site, context),
                *code_routes(site, context),
                *claim_routes(site, context),
            ],
            before_request=require_readable,
            request_max_body_size=FORM_BYTES_MAX,
            exception_handlers=citizen_faults(site),
            include_in_schema=False,
        )
    ]
