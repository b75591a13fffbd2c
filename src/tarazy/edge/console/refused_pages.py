"""Messages that the exchange has not let in: something came in a participant's name, and this is why it was refused."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.app.queries.refused import refused_messages
from tarazy.edge.console.office import Office
from tarazy.edge.pages.forms import PageRequest, read_query
from tarazy.edge.pages.refused import before_in, refused_shown
from tarazy.values.ids import ParticipantId


def refused_routes(office: Office) -> list[HTTPRouteHandler]:
    """Return the endpoint of the list."""

    def name_of(sender: str) -> str | None:
        known = office.context.participants.get(ParticipantId(sender))
        return None if known is None else known.name

    @get("/refused", sync_to_thread=True)
    def refused(request: PageRequest) -> Response[str]:
        """Show what was not let in, newest first."""
        before = before_in(read_query(request))
        found = office.read(lambda tx: refused_messages(tx, before))
        return office.page(
            request,
            "refused.html",
            office.person(request),
            rows=refused_shown(found, name_of),
            following=found.following,
            is_first=before is None,
        )

    return [refused]
