"""What the two sites of a bank's program share: the desk of its officers and the app of its customers.

Who is signed in, and what a page shows beside its facts, is each site's own; how a transaction is run, what an
institution is called and how each 'no' is answered is the same on both.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from litestar.exceptions import NotFoundException
from litestar.status_codes import HTTP_403_FORBIDDEN, HTTP_404_NOT_FOUND
from litestar.types import ExceptionHandlersMap

from tarazy.app.store import Transaction
from tarazy.edge.context import AgentContext
from tarazy.edge.pages.faults import page_faults
from tarazy.edge.pages.guard import SIGN_IN_PATH, turned_away
from tarazy.edge.pages.reader import Reader
from tarazy.edge.pages.site import NavigationLink, Site, site_of
from tarazy.values.ids import ParticipantId

Read = TypeVar("Read")


class NobodySignedIn(Exception):
    """Whom the guard has let in is nobody whom this page can serve: their account or their office is gone since."""


class NoKey(Exception):
    """The officer's key is not at this program, so that nothing can be signed for them here."""


class NotThere(Exception):
    """What the address names does not exist, or is another person's: the answer is the same."""


@dataclass(frozen=True, slots=True)
class BankSite:
    """One of the sites of a bank's program. ``area`` begins its addresses and the codes of its texts."""

    context: AgentContext
    site: Site

    area: ClassVar[str]

    def require_demonstration(self) -> None:
        """Raise NotThere outside a demonstration: nobody is anybody there by choosing to be."""
        if not self.context.is_demonstration:
            raise NotThere

    def run(self, work: Callable[[Transaction], Read]) -> Read:
        """Read, or act, in one transaction of the agent's store."""
        return self.context.agent.peer.store.run(work)

    def bank_name(self, participant_id: ParticipantId, reader: Reader) -> str:
        """Return what an institution is called: this bank as it calls itself, one that is not joined by its id."""
        if participant_id == self.context.keyring.participant_id:
            return reader.word(self.context.bank.name)
        known = self.context.participants.get(participant_id)
        return known.name if known else participant_id

    def faults(self) -> ExceptionHandlersMap:
        """Return how each 'no' of a page is answered."""
        site, area = self.site, self.area
        return {
            **page_faults(site),
            **turned_away(site, self.context, f"/{area}/sign-in"),
            NobodySignedIn: lambda _, __: site.redirect(SIGN_IN_PATH),
            NoKey: lambda request, _: site.message(request, "sign_in.no_key", status=HTTP_403_FORBIDDEN),
            NotThere: lambda request, _: site.message(request, "pages.not_found", status=HTTP_404_NOT_FOUND),
            NotFoundException: lambda request, _: site.message(request, "pages.not_found", status=HTTP_404_NOT_FOUND),
        }


def bank_pages(context: AgentContext, package: str, navigation: tuple[NavigationLink, ...]) -> Site:
    """Return the pages of a bank's program whose templates stand in ``package``."""
    return site_of(
        package,
        title=context.bank.name,
        navigation=navigation,
        catalogue=context.catalogue,
        pack=context.pack,
        clock=context.clock,
        base_path=context.base_path,
    )
