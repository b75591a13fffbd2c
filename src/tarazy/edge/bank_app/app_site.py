"""What all pages of the bank's app stand on: the program, the shared layout, and the person whose account it is."""

from dataclasses import dataclass
from typing import ClassVar, Final

from litestar import Response
from litestar.status_codes import HTTP_200_OK

from tarazy.agent.as_told import untold_minor
from tarazy.agent.queries import standing_holds
from tarazy.agent.records import HOLDERS, AgentHold, Holder
from tarazy.agent.reference_core import AccountClosed, CoreAccount
from tarazy.edge.context import AgentContext
from tarazy.edge.pages.bank_site import BankSite, NobodySignedIn, NotThere, bank_pages
from tarazy.edge.pages.forms import PageRequest
from tarazy.edge.pages.guard import method_of, visitor_of
from tarazy.edge.pages.site import NavigationLink
from tarazy.edge.sign_in.people import ACCOUNT_COOKIE as ACCOUNT_COOKIE  # noqa: PLC0414 # also imported from here
from tarazy.values.instant import Instant

NAVIGATION: Final = (
    NavigationLink("app.navigation.home", "/app/home"),
    NavigationLink("app.navigation.pay", "/app/pay"),
    NavigationLink("app.navigation.notices", "/app/notices"),
    NavigationLink("app.navigation.deceived", "/app/deceived"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """A person's money at this moment: all of it, what is held of it, and what they can use.

    ``closed`` is what stays free where a court has closed the account. ``untold_minor`` is held under a measure whose
    notice is put off: what can be used is shown as it is, and the rest adds up without it.
    """

    account: CoreAccount
    holds: tuple[AgentHold, ...]
    untold_minor: int = 0
    closed: AccountClosed | None = None

    @property
    def balance_minor(self) -> int:
        """What can be used and what is shown as held, together."""
        return self.account.balance_minor - self.untold_minor

    @property
    def held_minor(self) -> int:
        """What is shown as held."""
        return self.account.reserved_minor - self.untold_minor

    @property
    def usable_minor(self) -> int:
        """What can be used for anything: of a closed account, what is left to live on."""
        free = self.account.spendable_minor
        return free if self.closed is None else min(free, self.closed.left_minor)

    @property
    def until(self) -> Instant | None:
        """The latest moment at which the last hold ends."""
        return max((hold.expires_at_most for hold in self.holds), default=None)


@dataclass(frozen=True, slots=True)
class AppSite(BankSite):
    """One bank's app."""

    area: ClassVar[str] = "app"

    def signed_in(self, request: PageRequest) -> Holder:
        """Return whose app it is: whom the guard has let in. Raises NobodySignedIn."""
        visitor = visitor_of(request)
        account_id = None if visitor is None else visitor.subject_id
        holder = None if account_id is None else self.run(lambda tx: tx.get(HOLDERS, account_id))
        if holder is None:
            raise NobodySignedIn
        return holder

    def money_of(self, holder: Holder, now: Instant) -> Money:
        """Return a person's own money. Raises NotThere where the core has no such account."""
        account = self.context.core.account(holder.account_id)
        if account is None:
            raise NotThere
        holds = self.run(lambda tx: standing_holds(tx, holder.account_id, now))
        untold = self.run(lambda tx: untold_minor(tx, holder.account_id, now))
        closed = self.context.core.closed(holder.account_id, now)
        return Money(
            account=account,
            holds=tuple(holds),
            untold_minor=untold,
            closed=closed,
        )

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
            is_session=method_of(request) is not None,
            bank=self.context.bank,
            phone_link=f"tel:{''.join(sign for sign in self.context.bank.phone if sign in '+0123456789')}",
            purposes_said=lambda closed: ", ".join(reader.t(f"law.exclusion.{one}") for one in closed.purposes),
            bank_name=lambda participant_id: self.bank_name(participant_id, reader),
            **facts,
        )


def app_site_of(context: AgentContext) -> AppSite:
    """Return a bank's app."""
    return AppSite(context, bank_pages(context, "tarazy.edge.bank_app", NAVIGATION))
