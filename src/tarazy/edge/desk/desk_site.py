"""What all pages of the desk stand on: the bank's program, the shared layout, and the officer who sits there."""

from dataclasses import dataclass
from typing import ClassVar, Final

from litestar import Response
from litestar.status_codes import HTTP_200_OK, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.agent.desk import OfficerAtDesk
from tarazy.agent.notices import legal_basis
from tarazy.agent.records import AgentHold
from tarazy.app.setting import Setting
from tarazy.domain.rejection import Rejection
from tarazy.edge.context import AgentContext, OfficerProfile
from tarazy.edge.pages.bank_site import BankSite, NobodySignedIn, NoKey, bank_pages
from tarazy.edge.pages.form_page import Tried
from tarazy.edge.pages.forms import PageRequest
from tarazy.edge.pages.guard import method_of, visitor_of
from tarazy.edge.pages.site import NavigationLink
from tarazy.edge.sign_in.people import OFFICER_COOKIE as OFFICER_COOKIE  # noqa: PLC0414 # also imported from here
from tarazy.protocol.statement import REASONS_LENGTH_MAX, REASONS_LENGTH_MIN
from tarazy.texts.catalogue import Wording
from tarazy.values.ids import OfficerId

NAVIGATION: Final = (
    NavigationLink("desk.navigation.inbox", "/desk/inbox"),
    NavigationLink("desk.navigation.appeals", "/desk/appeals"),
    NavigationLink("desk.navigation.payments", "/desk/payments"),
    NavigationLink("desk.navigation.reports", "/desk/reports"),
    NavigationLink("desk.pauses.title", "/desk/pauses"),
    NavigationLink("desk.navigation.joins", "/desk/joins"),
    NavigationLink("desk.navigation.mandates", "/desk/mandates"),
    NavigationLink("pages.refusals.link", "/desk/refused"),
)
TYPED: Final = frozenset(
    {
        Rejection.reasons_missing,
        Rejection.reasons_not_individual,
        Rejection.amount_above_hold,
        Rejection.claim_above_transfer,
        Rejection.offence_unknown,
        Rejection.fact_unknown,
        Rejection.end_beyond_terms,
    }
)
"""Rejections of what the officer has typed; every other one is about how things stand."""


@dataclass(frozen=True, slots=True)
class DeskSite(BankSite):
    """One bank's desk."""

    area: ClassVar[str] = "desk"

    @property
    def officers(self) -> tuple[OfficerProfile, ...]:
        """The officers who can sign: those whose key the demonstration has."""
        return tuple(one for one in self.context.bank.officers if one.officer_id in self.context.keyring.officers)

    def signed_in(self, request: PageRequest) -> OfficerProfile:
        """Return who sits at the desk: whom the guard has let in. Raises NobodySignedIn."""
        visitor = visitor_of(request)
        named = None if visitor is None else visitor.officer_id
        officer = next((one for one in self.context.bank.officers if one.officer_id == named), None)
        if officer is None:
            raise NobodySignedIn
        return officer

    def at_desk(self, officer: OfficerProfile) -> OfficerAtDesk:
        """Return the officer with the key that signs for them. Raises NoKey where it is not here."""
        key = self.context.keyring.officers.get(officer.officer_id)
        if key is None:
            raise NoKey
        return OfficerAtDesk(officer.officer_id, key.signer())

    def setting(self) -> Setting:
        """Return the circumstances of an act now."""
        return self.context.setting()

    def page(
        self,
        request: PageRequest,
        officer: OfficerProfile | None,
        template: str,
        /,
        *,
        title: str,
        status: int = HTTP_200_OK,
        **facts: object,
    ) -> Response[str]:
        """Answer with a page of the desk; ``title`` is the code of its title."""
        reader = self.site.reader(request)
        return self.site.page(
            request,
            template,
            status=status,
            cookies=(),
            title=reader.t(title),
            officer=officer,
            officers=self.officers if self.context.is_demonstration else (),
            is_session=method_of(request) is not None,
            bank_name=lambda participant_id: self.bank_name(participant_id, reader),
            officer_name=self.officer_name,
            basis=lambda hold: "; ".join(reader.word(norm) for norm in self.basis(hold)),
            reasons_min=REASONS_LENGTH_MIN,
            reasons_max=REASONS_LENGTH_MAX,
            **facts,
        )

    def form_page(
        self,
        request: PageRequest,
        officer: OfficerProfile,
        template: str,
        tried: Tried,
        /,
        *,
        title: str,
        **facts: object,
    ) -> Response[str]:
        """Answer with a page that has a form, and with why what was tried was not done."""
        unread = None if tried.unread is None else self.site.reader(request).t(tried.unread.code)
        return self.page(
            request,
            officer,
            template,
            title=title,
            status=tried.status,
            rejection=tried.rejection,
            fault=unread,
            **facts,
        )

    def officer_name(self, officer_id: OfficerId) -> str:
        """Return the name of an officer of this bank; another bank's officers are known by their id."""
        return next((one.name for one in self.context.bank.officers if one.officer_id == officer_id), officer_id)

    def basis(self, hold: AgentHold) -> tuple[Wording, ...]:
        """Return the titles of the norms that a hold rests on."""
        return legal_basis(hold, self.context.pack, self.context.catalogue)


def desk_site_of(context: AgentContext) -> DeskSite:
    """Return a bank's desk."""
    return DeskSite(context, bank_pages(context, "tarazy.edge.desk", NAVIGATION))


def status_of(rejection: Rejection) -> int:
    """Return the HTTP status of a page that says why an act was not done."""
    return HTTP_422_UNPROCESSABLE_ENTITY if rejection in TYPED else HTTP_409_CONFLICT
