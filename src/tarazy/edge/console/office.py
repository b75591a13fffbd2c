"""The console as a place: its program, its site, and the answers that every page of it may give."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from litestar import Response
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_422_UNPROCESSABLE_ENTITY,
)

from tarazy.app.store import Transaction
from tarazy.domain.rejection import Rejection
from tarazy.edge.console.person import Person, Role, person_of, person_signed_in, role_from
from tarazy.edge.context import ExchangeContext
from tarazy.edge.pages.forms import PageRequest
from tarazy.edge.pages.guard import reasons_of, visitor_of
from tarazy.edge.pages.site import NavigationLink, Site, site_of

Result = TypeVar("Result")

NAVIGATION: Final = (
    NavigationLink("console.nav.start", "/"),
    NavigationLink("console.nav.cases", "/console"),
    NavigationLink("console.nav.duties", "/console/duties"),
    NavigationLink("console.nav.motions", "/console/motions"),
    NavigationLink("console.appeals.title", "/console/appeals"),
    NavigationLink("console.nav.law", "/console/law"),
    NavigationLink("pages.refusals.link", "/console/refused"),
)


@dataclass(frozen=True, slots=True)
class Office:
    """What the pages of the console share."""

    context: ExchangeContext
    site: Site

    def read(self, query: Callable[[Transaction], Result]) -> Result:
        """Run a query in one transaction."""
        return self.context.peer.store.run(query)

    def act(self, use_case: Callable[[Transaction], Result]) -> Result:
        """Carry out what somebody has signed, in one transaction: all of it or nothing."""
        return self.context.peer.store.run(use_case)

    def person(self, request: PageRequest) -> Person:
        """Return who looks: whom the guard has let in."""
        visitor = visitor_of(request)
        if visitor is not None and not visitor.is_switched:
            return self.read(lambda tx: person_signed_in(tx, visitor, self.context))
        role = role_from(request.cookies)
        return self.read(lambda tx: person_of(tx, role, self.context))

    def page(
        self, request: PageRequest, template: str, person: Person, *, status: int = HTTP_200_OK, **facts: object
    ) -> Response[str]:
        """Answer with a page of the console."""
        return self.site.page(
            request,
            template,
            status=status,
            cookies=(),
            person=person,
            roles=tuple(Role),
            pack=self.context.pack,
            seen_because=reasons_of(request),
            **facts,
        )

    def status_of(self, _: Rejection) -> int:
        """Return the HTTP status of a page that says why an act was not done."""
        return HTTP_422_UNPROCESSABLE_ENTITY

    def not_found(self, request: PageRequest) -> Response[str]:
        """Answer that there is no such page."""
        return self.site.message(request, "pages.not_found", status=HTTP_404_NOT_FOUND)

    def read_only(self, request: PageRequest) -> Response[str]:
        """Answer an act of somebody who may only read."""
        return self.site.message(request, "console.read_only", status=HTTP_403_FORBIDDEN)


def office_of(context: ExchangeContext) -> Office:
    """Put the console of a program together."""
    site = site_of(
        "tarazy.edge.console",
        title=context.catalogue.wording("console.title"),
        navigation=NAVIGATION,
        catalogue=context.catalogue,
        pack=context.pack,
        clock=context.clock,
        base_path=context.base_path,
    )
    return Office(context, site)
