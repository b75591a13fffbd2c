"""The addresses of the desk."""

from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler

from tarazy.app.access import ACCESS_KEY, PUBLIC
from tarazy.edge.context import AgentContext
from tarazy.edge.desk.access import DESK_READ, DESK_SIGNED, desk_resource
from tarazy.edge.desk.appeal_routes import appeal_handlers
from tarazy.edge.desk.claim_entry import claim_entry_handlers
from tarazy.edge.desk.desk_site import OFFICER_COOKIE, DeskSite, desk_site_of
from tarazy.edge.desk.flag_routes import flag_handlers
from tarazy.edge.desk.hearing_routes import hearing_handlers
from tarazy.edge.desk.hold_routes import hold_handlers
from tarazy.edge.desk.inbox_routes import inbox_handlers
from tarazy.edge.desk.join_routes import join_handlers
from tarazy.edge.desk.letter_routes import letter_handlers
from tarazy.edge.desk.mandate_routes import mandate_handlers
from tarazy.edge.desk.paper_routes import paper_handlers
from tarazy.edge.desk.pause_routes import pause_handlers
from tarazy.edge.desk.refused_routes import refused_handlers
from tarazy.edge.desk.report_routes import report_handlers
from tarazy.edge.pages.bank_site import NotThere
from tarazy.edge.pages.faults import require_readable
from tarazy.edge.pages.forms import FORM_BYTES_MAX, PageRequest, read_form
from tarazy.edge.pages.guard import gate_of, guard_of, with_access
from tarazy.edge.sign_in.pages import leave


def desk_routes(context: AgentContext) -> list[HTTPRouteHandler | Router]:
    """Return the desk's pages, and the start page of the bank's program."""
    desk = desk_site_of(context)
    handlers = [
        *with_access(_sign_in(desk), reads=PUBLIC),
        *with_access(inbox_handlers(desk), reads=DESK_READ, acts=DESK_SIGNED),
        *with_access(hold_handlers(desk), reads=DESK_READ, acts=DESK_SIGNED),
        *with_access(appeal_handlers(desk), reads=DESK_READ, acts=DESK_SIGNED),
        *with_access(claim_entry_handlers(desk), reads=DESK_READ, acts=DESK_SIGNED),
        *with_access(report_handlers(desk), reads=DESK_READ, acts=DESK_SIGNED),
        *with_access(join_handlers(desk), reads=DESK_READ, acts=DESK_SIGNED),
        *with_access(mandate_handlers(desk), reads=DESK_READ, acts=DESK_SIGNED),
        *with_access(pause_handlers(desk), reads=DESK_READ, acts=DESK_SIGNED),
        *with_access(hearing_handlers(desk), reads=DESK_READ, acts=DESK_SIGNED),
        *with_access(paper_handlers(desk), reads=DESK_READ, acts=DESK_SIGNED),
        *with_access(flag_handlers(desk), reads=DESK_READ, acts=DESK_SIGNED),
        *with_access(letter_handlers(desk), reads=DESK_READ),
        *with_access(refused_handlers(desk), reads=DESK_READ),
    ]
    return [
        Router(
            path="/desk",
            route_handlers=handlers,
            guards=[guard_of(gate_of(context, desk_resource(context.keyring.participant_id)))],
            before_request=require_readable,
            request_max_body_size=FORM_BYTES_MAX,
            exception_handlers=desk.faults(),
            include_in_schema=False,
        ),
        _start(desk),
    ]


def _start(desk: DeskSite) -> HTTPRouteHandler:
    @get("/", sync_to_thread=False, include_in_schema=False, opt={ACCESS_KEY: PUBLIC})
    def start(request: PageRequest) -> Response[str]:
        """Show the two doors of the bank's program."""
        return desk.site.page(request, "start.html", bank=desk.context.bank)

    return start


def _sign_in(desk: DeskSite) -> list[HTTPRouteHandler]:
    @get("/sign-in", sync_to_thread=False)
    def choose_officer(request: PageRequest) -> Response[str]:
        """Let somebody choose as whom they sit down: a demonstration's way to sign in."""
        desk.require_demonstration()
        return desk.page(request, None, "desk_sign_in.html", title="desk.sign_in.title")

    @post("/sign-in", sync_to_thread=True)
    def sit_down(request: PageRequest, body: bytes) -> Response[str]:
        """Remember who sits at the desk."""
        desk.require_demonstration()
        officer_id = read_form(request, body).text("officer_id")
        if all(one.officer_id != officer_id for one in desk.officers):
            raise NotThere
        cookies = [desk.site.cookie(OFFICER_COOKIE, officer_id), leave(desk.context, request)]
        return desk.site.redirect("/desk/inbox", cookies=cookies)

    return [choose_officer, sit_down]
