"""The site of the pages for citizens, public page and portal alike: one navigation, and help in one place."""

from typing import Final

from litestar.exceptions import NotFoundException
from litestar.status_codes import HTTP_404_NOT_FOUND
from litestar.types import ExceptionHandlersMap

from tarazy.edge.context import ExchangeContext
from tarazy.edge.pages.faults import page_faults
from tarazy.edge.pages.site import NavigationLink, Site, site_of

NAVIGATION: Final = (
    NavigationLink("public.nav.start", "/"),
    NavigationLink("public.nav.portal", "/portal"),
    NavigationLink("public.nav.minutes", "/first-minutes"),
    NavigationLink("public.nav.law", "/law"),
    NavigationLink("public.nav.log", "/log"),
)


def citizen_site(context: ExchangeContext, package: str) -> Site:
    """Return a site whose templates stand in ``package`` and may extend those of the public page."""
    return site_of(
        package,
        title=context.catalogue.wording("public.title"),
        navigation=NAVIGATION,
        catalogue=context.catalogue,
        pack=context.pack,
        clock=context.clock,
        base_path=context.base_path,
        extended=["tarazy.edge.public"],
    )


def citizen_faults(site: Site) -> ExceptionHandlersMap:
    """Return how each 'no' of a page for citizens is answered."""
    return {
        **page_faults(site),
        NotFoundException: lambda request, _: site.message(request, "pages.not_found", status=HTTP_404_NOT_FOUND),
    }
