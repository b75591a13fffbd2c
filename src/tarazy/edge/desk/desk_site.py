"""What all pages of the desk stand on: the bank's program, the shared layout, and the officer who sits there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from litestar import Response
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_409_CONFLICT,
    HTTP_422_UNPROCESSABLE_ENTITY,
    HTTP_503_SERVICE_UNAVAILABLE,
)
from litestar.types import ExceptionHandlersMap

from tarazy.agent.desk import OfficerAtDesk
from tarazy.agent.notices import legal_basis
from tarazy.agent.records import AgentHold
from tarazy.app.setting import Setting
from tarazy.app.store import StoreAway, Transaction
from tarazy.domain.rejection import Rejection
from tarazy.edge.context import AgentContext, OfficerProfile
from tarazy.edge.pages.forms import FormRefused, PageRequest
from tarazy.edge.pages.reader import Reader
from tarazy.edge.pages.site import NavigationLink, Site, site_of
from tarazy.protocol.statement import REASONS_LENGTH_MAX, REASONS_LENGTH_MIN
from tarazy.texts.catalogue import Wording
from tarazy.values.ids import OfficerId, ParticipantId

Read = TypeVar("Read")
Handlers = list[HTTPRouteHandler]

OFFICER_COOKIE: Final = "officer"
NAVIGATION: Final = (
    NavigationLink("desk.navigation.inbox", "/desk/inbox"),
    NavigationLink("desk.navigation.payments", "/desk/payments"),
    NavigationLink("desk.navigation.reports", "/desk/reports"),
)
TYPED: Final = frozenset(
    {
        Rejection.reasons_missing,
        Rejection.reasons_not_individual,
        Rejection.amount_above_hold,
        Rejection.claim_above_transfer,
    }
)
"""Rejections of what the officer has typed; every other one is about how things stand."""


class NobodyAtDesk(Exception):
    """No officer has signed in."""


class SignInNotBuilt(Exception):
    """Outside a demonstration an officer's key belongs to a passkey, and that sign-in is not there yet."""


class NoSuchThing(Exception):
    """What the address names does not exist at this bank."""


@dataclass(frozen=True, slots=True)
class DeskSite:
    """One bank's desk."""

    context: AgentContext
    site: Site

    @property
    def officers(self) -> tuple[OfficerProfile, ...]:
        """The officers who can sign: those whose key the demonstration has."""
        return tuple(one for one in self.context.bank.officers if one.officer_id in self.context.keyring.officers)

    def signed_in(self, request: PageRequest) -> OfficerProfile:
        """Return who sits at the desk. Raises NobodyAtDesk, and SignInNotBuilt outside a demonstration."""
        self.require_demonstration()
        named = request.cookies.get(OFFICER_COOKIE, "")
        officer = next((one for one in self.officers if one.officer_id == named), None)
        if officer is None:
            raise NobodyAtDesk
        return officer

    def require_demonstration(self) -> None:
        """Raise SignInNotBuilt outside a demonstration."""
        if not self.context.is_demonstration:
            raise SignInNotBuilt

    def at_desk(self, officer: OfficerProfile) -> OfficerAtDesk:
        """Return the officer with the key that signs for them."""
        return OfficerAtDesk(officer.officer_id, self.context.keyring.officers[officer.officer_id].signer())

    def run(self, work: Callable[[Transaction], Read]) -> Read:
        """Read, or act, in one transaction of the agent's store."""
        return self.context.agent.peer.store.run(work)

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
            officers=self.officers,
            bank_name=lambda participant_id: self.bank_name(participant_id, reader),
            officer_name=self.officer_name,
            basis=lambda hold: "; ".join(reader.word(norm) for norm in self.basis(hold)),
            reasons_min=REASONS_LENGTH_MIN,
            reasons_max=REASONS_LENGTH_MAX,
            **facts,
        )

    def bank_name(self, participant_id: ParticipantId, reader: Reader) -> str:
        """Return what an institution is called: this bank as it calls itself, one that is not joined by its id."""
        if participant_id == self.context.keyring.participant_id:
            return reader.word(self.context.bank.name)
        known = self.context.participants.get(participant_id)
        return known.name if known else participant_id

    def officer_name(self, officer_id: OfficerId) -> str:
        """Return the name of an officer of this bank; another bank's officers are known by their id."""
        return next((one.name for one in self.context.bank.officers if one.officer_id == officer_id), officer_id)

    def basis(self, hold: AgentHold) -> tuple[Wording, ...]:
        """Return the titles of the norms that a hold rests on."""
        return legal_basis(hold, self.context.pack, self.context.catalogue)

    def faults(self) -> ExceptionHandlersMap:
        """Return how each 'no' of a page is answered."""
        site = self.site
        return {
            NobodyAtDesk: lambda _, __: site.redirect("/desk/sign-in"),
            SignInNotBuilt: lambda request, _: site.message(request, "desk.not_built", status=HTTP_403_FORBIDDEN),
            NoSuchThing: lambda request, _: site.message(request, "pages.not_found", status=HTTP_404_NOT_FOUND),
            NotFoundException: lambda request, _: site.message(request, "pages.not_found", status=HTTP_404_NOT_FOUND),
            FormRefused: lambda request, _: site.message(request, "pages.refused_form", status=HTTP_403_FORBIDDEN),
            StoreAway: lambda request, _: site.message(request, "pages.away", status=HTTP_503_SERVICE_UNAVAILABLE),
        }


def desk_site_of(context: AgentContext) -> DeskSite:
    """Return a bank's desk."""
    site = site_of(
        "tarazy.edge.desk",
        title=context.bank.name,
        navigation=NAVIGATION,
        catalogue=context.catalogue,
        pack=context.pack,
        clock=context.clock,
        base_path=context.base_path,
    )
    return DeskSite(context, site)


def status_of(rejection: Rejection) -> int:
    """Return the HTTP status of a page that says why an act was not done."""
    return HTTP_422_UNPROCESSABLE_ENTITY if rejection in TYPED else HTTP_409_CONFLICT
