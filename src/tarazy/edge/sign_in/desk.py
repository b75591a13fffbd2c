"""What the pages of signing in stand on: the program, its people, its shared layout, and the site of its passkeys."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from litestar import MediaType, Response
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from tarazy.adapters.passkeys import RelyingParty
from tarazy.adapters.sessions import Person, Session, session_of
from tarazy.app.access import Visitor
from tarazy.app.store import Transaction
from tarazy.edge.context import AgentContext, ExchangeContext
from tarazy.edge.pages.forms import PageRequest, token_of
from tarazy.edge.pages.guard import Gate, gate_of
from tarazy.edge.pages.security import PAGE_HEADERS
from tarazy.edge.pages.site import Site, site_of
from tarazy.edge.sign_in.people import AgentPeople, ExchangePeople
from tarazy.edge.sign_in.settings import LOCAL_DOMAIN
from tarazy.protocol.wire import to_json

SWITCHES: Final = (("sign_in.switch.desk", "/desk/sign-in"), ("sign_in.switch.app", "/app/sign-in"))


@dataclass(frozen=True, slots=True)
class SignInDesk:
    """Signing in at one program."""

    context: ExchangeContext | AgentContext
    gate: Gate
    site: Site

    @property
    def people(self) -> ExchangePeople | AgentPeople:
        """Who can sign in here."""
        return self.gate.people

    def party(self, request: PageRequest) -> RelyingParty | None:
        """Return the site that passkeys belong to; None where the program has no domain.

        A demonstration that was told no origin takes passkeys of pages on ``http://localhost``, whatever their port.
        """
        settings, name = self.context.sign_in, self.site.title.en
        if settings.public_origin is not None:
            if settings.rp_id is None:
                return None
            return RelyingParty(settings.rp_id, name, (settings.public_origin,))
        if not self.context.is_demonstration:
            return None
        origin = urlsplit(request.headers.get("origin", ""))
        is_local = origin.scheme == "http" and origin.hostname == LOCAL_DOMAIN
        return RelyingParty(LOCAL_DOMAIN, name, (f"http://{origin.netloc}",) if is_local else ())

    def browser(self, request: PageRequest) -> str | None:
        """Return what a challenge is bound to: the browser that has the form's token, and nothing of a person."""
        token = token_of(request)
        return None if token is None else sha256(token.encode()).hexdigest()

    def session(self, tx: Transaction, request: PageRequest) -> tuple[Session, Visitor] | None:
        """Return the session of a request and as what its person is here."""
        token = request.cookies.get(self.context.sign_in.session_cookie)
        session = session_of(tx, token, self.context.clock.now())
        visitor = None if session is None else self.people.visitor(tx, session.person)
        return None if session is None or visitor is None else (session, visitor)

    def page(
        self, request: PageRequest, template: str, /, *, title: str, status: int = HTTP_200_OK, **facts: object
    ) -> Response[str]:
        """Answer with a page; ``title`` is the code of its title."""
        reader = self.site.reader(request)

        def look(tx: Transaction) -> tuple[str, Visitor] | None:
            found = self.session(tx, request)
            return None if found is None else (self.people.shown_as(tx, found[0].person), found[1])

        here = self.people.store.run(look)
        is_bank = isinstance(self.context, AgentContext)
        return self.site.page(
            request,
            template,
            status=status,
            cookies=(),
            title=reader.t(title),
            name=None if here is None else here[0],
            role=None if here is None else reader.t(f"sign_in.role.{here[1].role}"),
            home=None if here is None else self.people.home_of(here[1]),
            party=self.party(request),
            needs_domain=self.context.sign_in.public_origin is None and self.context.is_demonstration,
            providers=[one.provider for one in self.context.sign_in.providers],
            switches=(SWITCHES if is_bank else (("sign_in.switch.console", "/console"),))
            if self.context.is_demonstration
            else (),
            **facts,
        )

    def told(self, request: PageRequest, code: str) -> Response[bytes]:
        """Answer a script with what a person is to read."""
        text = self.site.reader(request).t(f"sign_in.refused.{code}")
        return json_answer({"said": text}, HTTP_422_UNPROCESSABLE_ENTITY)

    def shown_as(self, tx: Transaction, person: Person) -> str:
        """Return what somebody is called."""
        return self.people.shown_as(tx, person)


def json_answer(body: object, status: int = HTTP_200_OK) -> Response[bytes]:
    """Answer the script of the ceremony."""
    content = body.encode() if isinstance(body, str) else to_json(body)
    return Response(content, status_code=status, media_type=MediaType.JSON.value, headers=PAGE_HEADERS)


def desk_of(context: ExchangeContext | AgentContext) -> SignInDesk:
    """Return where people sign in at a program."""
    title = context.bank.name if isinstance(context, AgentContext) else context.catalogue.wording("console.title")
    site = site_of(
        "tarazy.edge.sign_in",
        title=title,
        navigation=(),
        catalogue=context.catalogue,
        pack=context.pack,
        clock=context.clock,
        base_path=context.base_path,
    )
    return SignInDesk(context, gate_of(context), site)
