"""The public error register: how many errors of which kind, from which cause, in which quarter, and what was held.

Nothing on it points at anybody: no case, no institution, and no number that is so small that somebody is known by it.
"""

from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.app.queries.errors import DISMISSED, FEWEST_SHOWN, UNCLASSIFIED, error_register
from tarazy.domain.error import ErrorCause, ErrorKind
from tarazy.edge.context import ExchangeContext
from tarazy.edge.pages.forms import PageRequest
from tarazy.edge.pages.site import Site

KINDS: Final = (*ErrorKind, DISMISSED, UNCLASSIFIED)


def errors_routes(site: Site, context: ExchangeContext) -> list[HTTPRouteHandler]:
    """Return the endpoint of the register."""

    @get("/errors", sync_to_thread=True)
    def errors(request: PageRequest) -> Response[str]:
        """Show the register, the newest quarter first, and what each kind means."""
        register = context.peer.store.run(lambda tx: error_register(tx, context.pack.data.calendar))
        return site.page(
            request, "errors.html", register=register, kinds=KINDS, causes=tuple(ErrorCause), fewest=FEWEST_SHOWN
        )

    return [errors]
