"""The public page, and the choice of a role in a demonstration."""

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from tarazy.app.figures import count_figures
from tarazy.app.queries.overview import overview
from tarazy.edge.console.office import Office
from tarazy.edge.console.person import ROLE_COOKIE, Role
from tarazy.edge.pages.faults import page_faults
from tarazy.edge.pages.forms import PageRequest, read_form
from tarazy.edge.public.citizen_site import citizen_site
from tarazy.log.checkpoint import parse_checkpoint
from tarazy.log.note import NoteKey, SignatureType, parse_note

FIRST_STEPS = ("bank", "say", "keep", "never", "code")
"""What to do in the first ten minutes, in order: codes of texts."""


def start_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoint of the public page."""
    signer = office.context.log_signer
    site = citizen_site(office.context, "tarazy.edge.console")

    @get("/", sync_to_thread=True, include_in_schema=False, exception_handlers=page_faults(site))
    def start(request: PageRequest) -> Response[str]:
        """Say what this is, how much it has done, where its log stands, and what to do in the first ten minutes."""
        now = office.context.clock.now()
        office.read(lambda tx: count_figures(tx, now))
        shown = office.read(lambda tx: overview(tx, signer.origin, now))
        signed = None if shown.head is None else shown.head.checkpoint
        return site.page(
            request,
            "start.html",
            shown=shown,
            signed=signed,
            checkpoint=None if signed is None else parse_checkpoint(parse_note(signed).text),
            key=NoteKey(signer.origin, SignatureType.ed25519, signer.public_key).text(),
            steps=FIRST_STEPS,
            is_open=True,
        )

    return [start]


def role_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoint that remembers a demonstration's role, and the one for addresses that lead nowhere."""

    @post("/role", sync_to_thread=True)
    def choose_role(request: PageRequest, body: bytes) -> Response[str]:
        """Keep the role in a cookie that no script reads, and go back to the page. There is no such page elsewhere."""
        if not office.context.is_demonstration:
            return office.not_found(request)
        form = read_form(request, body)
        role = form.text("role")
        chosen = Role(role) if role in Role.__members__ else Role.supervisor
        back = form.text("back")
        own = back == "/console" or back.startswith("/console/")
        return office.site.redirect(
            back if own else "/console", cookies=[office.site.cookie(ROLE_COOKIE, chosen.value)]
        )

    @get("/{rest:path}", sync_to_thread=True)
    def nothing(request: PageRequest, rest: str) -> Response[str]:  # noqa: ARG001 - the path is what is not there
        """Say that there is no such page, as a page."""
        return office.not_found(request)

    return [choose_role, nothing]
