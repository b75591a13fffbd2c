"""What became of a request, by its number alone. A number that nobody has looks like one of which there is no news.

The look-up is the same for every number, the page and its time too; what differs is only what a try costs.
"""

from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY, HTTP_429_TOO_MANY_REQUESTS

from tarazy.app.citizen_requests import CITIZEN_REQUESTS, news_in
from tarazy.domain.notice import code_shown, is_code
from tarazy.edge.context import ExchangeContext
from tarazy.edge.http import client_address
from tarazy.edge.pages.forms import PageRequest, read_form, read_query
from tarazy.edge.pages.site import Site
from tarazy.edge.portal.tries import Buckets, Limits, client_of
from tarazy.protocol.citizen_bodies import RequestNumber

HIT_COST: Final = 1
MISS_COST: Final = 5
OF_ONE: Final = Limits(capacity=20, per_hour=10)
OF_ALL: Final = Limits(capacity=10_000, per_hour=50_000)
"""Four wrong numbers, then two an hour. All together could try for millions of years to meet one of 2^50."""


def number_routes(site: Site, context: ExchangeContext) -> list[HTTPRouteHandler]:
    """Return the endpoints of the number."""
    tries = Buckets(OF_ONE, for_all=OF_ALL)

    @get("/number", sync_to_thread=False)
    def ask(request: PageRequest) -> Response[str]:
        """Ask for the number."""
        return site.page(request, "ask_number.html", typed="", is_unread=False)

    @post("/number", sync_to_thread=False, status_code=HTTP_200_OK)
    def entered(request: PageRequest, body: bytes) -> Response[str]:
        """Lead to what became of it, however the number was written down."""
        typed = read_form(request, body).text("number")
        if is_code(typed):
            return site.redirect(f"/portal/number/{plain_number(typed)}")
        return site.page(
            request, "ask_number.html", status=HTTP_422_UNPROCESSABLE_ENTITY, typed=typed[:40], is_unread=True
        )

    @get("/number/{number:str}", sync_to_thread=True)
    def state(request: PageRequest, number: str) -> Response[str]:
        """Show the state of a request, or that there is no news of such a number."""
        if not is_code(number):
            return site.page(
                request, "ask_number.html", status=HTTP_422_UNPROCESSABLE_ENTITY, typed=number[:40], is_unread=True
            )
        now, client = context.clock.now(), client_of(client_address(request))
        if not tries.may_try(client, MISS_COST, now):
            return site.message(request, "portal.too_many", status=HTTP_429_TOO_MANY_REQUESTS)
        found = context.peer.store.run(lambda tx: tx.get(CITIZEN_REQUESTS, plain_number(number)))
        tries.spend(client, MISS_COST if found is None else HIT_COST, now)
        return site.page(
            request,
            "number.html",
            number=code_shown(number),
            news=news_in(found),
            is_new=bool(read_query(request).text("sent")),
        )

    return [ask, entered, state]


def plain_number(text: str) -> RequestNumber:
    """Return a number as it is kept, however it was written: case, groups, O for 0, I for 1."""
    return RequestNumber(code_shown(text).replace("-", ""))
