"""How not to be defrauded, and what to do in the first ten minutes: one page in plain words, to be printed and hung up.

The order of the steps is the order of what cannot wait. Each way of fraud is told as people meet it: what one hears,
how it is known, what to do.
"""

from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tarazy.edge.pages.forms import PageRequest
from tarazy.edge.pages.site import Site

STEPS: Final = ("hang_up", "bank", "say", "close", "keep", "police", "nobody")
"""The first ten minutes, in order: codes of texts."""
NEVER: Final = ("code", "safe_account", "program", "hurry", "secret")
"""What no bank and no authority ever asks."""
WAYS: Final = (
    "bank_call",
    "courier",
    "investment",
    "marketplace",
    "rent",
    "relative",
    "remote",
    "sim",
    "loan",
    "job",
)
"""Ways of fraud as people meet them; each has a name and three short texts."""
PARTS: Final = ("hear", "know", "do")


def minutes_routes(site: Site) -> list[HTTPRouteHandler]:
    """Return the endpoint of the page."""

    @get("/first-minutes", sync_to_thread=True)
    def first_minutes(request: PageRequest) -> Response[str]:
        """Say what to do now, what is never asked, and the ways of fraud."""
        return site.page(request, "minutes.html", steps=STEPS, never=NEVER, ways=WAYS, parts_of_way=PARTS)

    return [first_minutes]
