"""Messages and batches that this bank's program has not let in: what came in whose name, and why it was refused."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.app.queries.refused import refused_messages
from tarazy.edge.desk.desk_site import DeskSite
from tarazy.edge.pages.forms import PageRequest, read_query
from tarazy.edge.pages.refused import before_in, refused_shown
from tarazy.values.ids import ParticipantId


def refused_handlers(desk: DeskSite) -> list[HTTPRouteHandler]:
    """Return the list."""

    @get("/refused", sync_to_thread=True)
    def refused(request: PageRequest) -> Response[str]:
        """Show what was not let in, newest first."""
        officer, reader = desk.signed_in(request), desk.site.reader(request)
        before = before_in(read_query(request))
        found = desk.run(lambda tx: refused_messages(tx, before))

        def name_of(sender: str) -> str | None:
            name = desk.bank_name(ParticipantId(sender), reader)
            return None if name == sender else name

        return desk.page(
            request,
            officer,
            "refused.html",
            title="pages.refusals.title",
            rows=refused_shown(found, name_of),
            following=found.following,
            is_first=before is None,
        )

    return [refused]
