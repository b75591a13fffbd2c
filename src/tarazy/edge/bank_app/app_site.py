"""What all pages of the bank's app stand on: the program, the shared layout, and the person whose account it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from litestar import Response
from litestar.exceptions import NotFoundException
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_503_SERVICE_UNAVAILABLE,
)
from litestar.types import ExceptionHandlersMap

from tarazy.agent.queries import standing_holds
from tarazy.agent.records import HOLDERS, AgentHold, Holder
from tarazy.agent.reference_core import CoreAccount
from tarazy.app.store import StoreAway, Transaction
from tarazy.edge.context import AgentContext
from tarazy.edge.pages.forms import FormRefused, PageRequest
from tarazy.edge.pages.reader import Reader
from tarazy.edge.pages.site import NavigationLink, Site, site_of
from tarazy.values.ids import AccountId, ParticipantId
from tarazy.values.instant import Instant

Read = TypeVar("Read")

ACCOUNT_COOKIE: Final = "account"
NAVIGATION: Final = (
    NavigationLink("app.navigation.home", "/app/home"),
    NavigationLink("app.navigation.pay", "/app/pay"),
    NavigationLink("app.navigation.notices", "/app/notices"),
    NavigationLink("app.navigation.deceived", "/app/deceived"),
)


class NobodySignedIn(Exception):
    """Nobody has said whose account it is."""


class SignInNotBuilt(Exception):
    """Outside a demonstration customers sign in at their bank's own app, which this is not."""


class NotYours(Exception):
    """What the address names does not exist, or is another person's: the answer is the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """A person's money at this moment: all of it, what is held of it, and what they can use."""

    account: CoreAccount
    holds: tuple[AgentHold, ...]

    @property
    def until(self) -> Instant | None:
        """The latest moment at which the last hold ends."""
        return max((hold.expires_at_most for hold in self.holds), default=None)


@dataclass(frozen=True, slots=True)
class AppSite:
    """One bank's app."""

    context: AgentContext
    site: Site

    def signed_in(self, request: PageRequest) -> Holder:
        """Return whose app it is. Raises NobodySignedIn, and SignInNotBuilt outside a demonstration."""
        self.require_demonstration()
        account_id = AccountId(request.cookies.get(ACCOUNT_COOKIE, ""))
        holder = self.run(lambda tx: tx.get(HOLDERS, account_id))
        if holder is None or not holder.is_demonstration:
            raise NobodySignedIn
        return holder

    def require_demonstration(self) -> None:
        """Raise SignInNotBuilt outside a demonstration."""
        if not self.context.is_demonstration:
            raise SignInNotBuilt

    def run(self, work: Callable[[Transaction], Read]) -> Read:
        """Read, or act, in one transaction of the agent's store."""
        return self.context.agent.peer.store.run(work)

    def money_of(self, holder: Holder, now: Instant) -> Money:
        """Return a person's own money. Raises NotYours where the core has no such account."""
        account = self.context.core.account(holder.account_id)
        if account is None:
            raise NotYours
        holds = self.run(lambda tx: standing_holds(tx, holder.account_id, now))
        return Money(account=account, holds=tuple(holds))

    def page(
        self,
        request: PageRequest,
        holder: Holder | None,
        template: str,
        /,
        *,
        title: str,
        status: int = HTTP_200_OK,
        **facts: object,
    ) -> Response[str]:
        """Answer with a page of the app; ``title`` is the code of its title."""
        reader = self.site.reader(request)
        return self.site.page(
            request,
            template,
            status=status,
            cookies=(),
            title=reader.t(title),
            holder=holder,
            bank=self.context.bank,
            phone_link=f"tel:{''.join(sign for sign in self.context.bank.phone if sign in '+0123456789')}",
            bank_name=lambda participant_id: self.bank_name(participant_id, reader),
            **facts,
        )

    def bank_name(self, participant_id: ParticipantId, reader: Reader) -> str:
        """Return what an institution is called: this bank as it calls itself, one that is not joined by its id."""
        if participant_id == self.context.keyring.participant_id:
            return reader.word(self.context.bank.name)
        known = self.context.participants.get(participant_id)
        return known.name if known else participant_id

    def faults(self) -> ExceptionHandlersMap:
        """Return how each 'no' of a page is answered."""
        site = self.site
        return {
            NobodySignedIn: lambda _, __: site.redirect("/app/sign-in"),
            SignInNotBuilt: lambda request, _: site.message(request, "app.not_built", status=HTTP_403_FORBIDDEN),
            NotYours: lambda request, _: site.message(request, "pages.not_found", status=HTTP_404_NOT_FOUND),
            NotFoundException: lambda request, _: site.message(request, "pages.not_found", status=HTTP_404_NOT_FOUND),
            FormRefused: lambda request, _: site.message(request, "pages.refused_form", status=HTTP_403_FORBIDDEN),
            StoreAway: lambda request, _: site.message(request, "pages.away", status=HTTP_503_SERVICE_UNAVAILABLE),
        }


def app_site_of(context: AgentContext) -> AppSite:
    """Return a bank's app."""
    site = site_of(
        "tarazy.edge.bank_app",
        title=context.bank.name,
        navigation=NAVIGATION,
        catalogue=context.catalogue,
        pack=context.pack,
        clock=context.clock,
        base_path=context.base_path,
    )
    return AppSite(context, site)
