"""The exchange in the browser: the public page, cases, requests, refunds, and the state of the law."""

from litestar import Router
from litestar.handlers import HTTPRouteHandler

from tarazy.app.access import PUBLIC
from tarazy.edge.console.appeal_pages import appeal_routes
from tarazy.edge.console.authorisation_pages import authorisation_routes
from tarazy.edge.console.case_pages import case_routes, list_routes
from tarazy.edge.console.court_papers import paper_routes
from tarazy.edge.console.deciding_pages import deciding_routes
from tarazy.edge.console.duties_pages import duties_routes
from tarazy.edge.console.error_pages import error_routes
from tarazy.edge.console.fact_pages import fact_routes
from tarazy.edge.console.hearing_pages import hearing_routes
from tarazy.edge.console.join_pages import join_routes
from tarazy.edge.console.law_pages import law_routes
from tarazy.edge.console.measure_pages import measure_routes
from tarazy.edge.console.motion_pages import motion_routes, queue_routes
from tarazy.edge.console.office import office_of
from tarazy.edge.console.paper_pages import paper_decision_routes
from tarazy.edge.console.reading import (
    CASES_READ,
    CASES_SIGNED,
    LAW,
    LISTS,
    REFUSED_READ,
    console_resource,
)
from tarazy.edge.console.refund_pages import refund_routes
from tarazy.edge.console.refused_pages import refused_routes
from tarazy.edge.console.registration_pages import registration_routes
from tarazy.edge.console.request_pages import request_routes
from tarazy.edge.console.sharing_pages import sharing_routes
from tarazy.edge.console.start_page import role_routes, start_routes
from tarazy.edge.console.target_pages import target_routes
from tarazy.edge.context import ExchangeContext
from tarazy.edge.pages.faults import page_faults, require_readable
from tarazy.edge.pages.forms import FORM_BYTES_MAX
from tarazy.edge.pages.guard import gate_of, guard_of, turned_away, with_access

__all__ = ["console_routes"]


def console_routes(context: ExchangeContext) -> list[HTTPRouteHandler | Router]:
    """Return the public page, and everything below ``/console`` for those whom the guard lets in."""
    office = office_of(context)
    console = Router(
        path="/console",
        route_handlers=[
            *with_access(list_routes(office), reads=LISTS),
            *with_access(duties_routes(office), reads=LISTS),
            *with_access(queue_routes(office), reads=LISTS),
            *with_access(motion_routes(office), reads=CASES_READ, acts=CASES_SIGNED),
            *with_access(deciding_routes(office), reads=CASES_READ, acts=CASES_SIGNED),
            *with_access(paper_routes(office), reads=CASES_READ),
            *with_access(paper_decision_routes(office), reads=CASES_READ, acts=CASES_SIGNED),
            *with_access(measure_routes(office), reads=CASES_READ, acts=CASES_SIGNED),
            *with_access(fact_routes(office), reads=CASES_READ, acts=CASES_SIGNED),
            *with_access(case_routes(office), reads=CASES_READ),
            *appeal_routes(office),
            *error_routes(office),
            *with_access(request_routes(office), reads=CASES_READ),
            *with_access(refund_routes(office), reads=CASES_READ, acts=CASES_SIGNED),
            *with_access(authorisation_routes(office), reads=CASES_READ, acts=CASES_SIGNED),
            *with_access(hearing_routes(office), reads=CASES_READ, acts=CASES_SIGNED),
            *with_access(sharing_routes(office), reads=CASES_READ, acts=CASES_SIGNED),
            *with_access(target_routes(office), reads=CASES_READ, acts=CASES_SIGNED),
            *with_access(registration_routes(office), reads=CASES_READ, acts=CASES_SIGNED),
            *with_access(join_routes(office), reads=CASES_READ, acts=CASES_SIGNED),
            *with_access(law_routes(office), reads=LAW),
            *with_access(refused_routes(office), reads=REFUSED_READ),
            *with_access(role_routes(office), reads=PUBLIC),
        ],
        guards=[guard_of(gate_of(context, console_resource))],
        before_request=require_readable,
        request_max_body_size=FORM_BYTES_MAX,
        exception_handlers={**page_faults(office.site), **turned_away(office.site, context)},
        include_in_schema=False,
    )
    return [*with_access(start_routes(office), reads=PUBLIC), console]
