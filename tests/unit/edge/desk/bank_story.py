"""A network of three banks whose desk and app are open: a fraud that has run through them, holds, requests, notices."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Final

from litestar import Litestar
from litestar.testing import TestClient

from tarazy.adapters.catalogue import load_catalogue
from tarazy.adapters.log_receipts import ReceiptsOfExchange
from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.packs import load_pack
from tarazy.agent.notices import NoticeOffice, serve_due_notices
from tarazy.agent.profile import BankProfile, OfficerProfile
from tarazy.agent.records import HOLDERS, HOLDS, AgentHold, Holder
from tarazy.app.records import Participant
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.entry import AccountKind
from tarazy.edge.bank_app import bank_app_routes
from tarazy.edge.context import AgentContext
from tarazy.edge.desk import desk_routes
from tarazy.edge.pages.static import static_routes
from tarazy.edge.sign_in.pages import sign_in_routes
from tarazy.edge.sign_in.settings import SignInSettings
from tarazy.law.ground import Pack
from tarazy.texts.catalogue import Wording
from tarazy.values.ids import AccountId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.story import BANKS, Network, StoreFor
from tests.story_people import COLLEAGUE, OFFICER, keyring, participant

TENGE: Final = 100
PHONE: Final = "+7 700 000 00 00"
OWN_REASONS: Final = "The taxi company's despatcher sent the trip sheet: the ride was ordered an hour before."
PEOPLE: Final = {
    "bank-a": (("aigul", "Айгүл Серікова", "kk"), ("marat", "Марат Ибраев", "ru")),
    "bank-b": (("timur", "Тимур Абенов", "ru"),),
    "bank-c": (
        ("daniyar", "Данияр Төлегенов", "kk"),
        ("taxi", "Ертіс Такси ЖШС", "ru"),
        ("olga", "Olga Weber", "en"),
    ),
}
NAMES: Final = {
    "bank-a": Wording(kk="Алатау Банк", ru="Алатау Банк", en="Alatau Bank"),
    "bank-b": Wording(kk="Балқаш Банк", ru="Балхаш Банк", en="Balkash Bank"),
    "bank-c": Wording(kk="Ертіс Банк", ru="Иртыш Банк", en="Ertis Bank"),
}
ROLE: Final = Wording(kk="төлем қауіпсіздігі талдаушысы", ru="аналитик безопасности платежей", en="payment analyst")
TOKEN: Final = re.compile(r'name="form_token" value="([0-9a-f]+)"')


@dataclass(frozen=True)
class StoryClock:
    """The time that the story sets."""

    network: Network

    def now(self) -> Instant:
        return self.network.now


def joined_as(name: str) -> Participant:
    """Return a participant as the network names it to people."""
    return replace(participant(name, "L2"), name=NAMES[name].en if name in NAMES else name)


def profile_of(bank: str) -> BankProfile:
    officers = (
        OfficerProfile(officer_id=OFFICER, name="Ержан Қасымов", role=ROLE),
        OfficerProfile(officer_id=COLLEAGUE, name="Анна Ли", role=ROLE, signs_mandates=True),
    )
    branch = Wording(
        kk="Павлодар, Толстой көшесі, 8", ru="Павлодар, улица Толстого, 8", en="Pavlodar, Tolstoy Street 8"
    )
    return BankProfile(name=NAMES[bank], phone=PHONE, branch=branch, officers=officers)


class BankStory:
    """The network, and the pages of each of its banks."""

    def __init__(
        self,
        store_for: StoreFor = lambda _: MemoryStore(),
        *,
        base_path: str = "",
        is_demonstration: bool = True,
        pack: Pack | None = None,
    ) -> None:
        self.pack = pack or load_pack("kz-demo")
        self.network = Network(store_for, pack=self.pack)
        self._base_path = base_path
        self._is_demonstration = is_demonstration
        self.sign_in = SignInSettings()
        self.receipts: ReceiptsOfExchange | None = None
        for bank, people in PEOPLE.items():
            holders = [
                Holder(account_id=AccountId(key), name=name, language=language, phone=PHONE, is_demonstration=True)
                for key, name, language in people
            ]
            self.network.at(bank, lambda tx, _, holders=holders: [tx.add(HOLDERS, holder) for holder in holders])

    def opened(self) -> "BankStory":
        """Give everybody their accounts; Daniyar has had his wage, the taxi company is a firm."""
        net = self.network
        net.open("bank-a", aigul=1_250_000 * TENGE, marat=410_000 * TENGE)
        net.open("bank-b", timur=30_000 * TENGE)
        net.open("bank-c", daniyar=400_000 * TENGE, olga=80_000 * TENGE)
        net.open("bank-c", kind=AccountKind.business, taxi=2_400_000 * TENGE)
        net.settle()
        net.pay("wage", "marat", "daniyar", 172_000 * TENGE, is_protected=True)
        net.settle()
        return self

    def fraud(self) -> "BankStory":
        """Aigul is deceived into paying Timur, whose account pays on to three people at bank C."""
        net = self.network
        net.pay("t1", "aigul", "timur", 500_000 * TENGE)
        net.wait(minutes=3)
        net.pay("t2", "timur", "daniyar", 90_000 * TENGE)
        net.pay("t3", "timur", "taxi", 120_000 * TENGE)
        net.wait(minutes=2)
        net.pay("t4", "timur", "olga", 200_000 * TENGE)
        net.wait(minutes=1)
        net.spend("olga", 100_000 * TENGE)
        net.settle()
        return self

    def reported(self) -> "BankStory":
        """The bank of Aigul reports; holds are placed and the holders are told."""
        self.network.report("t1")
        self.serve_notices()
        return self

    def serve_notices(self) -> None:
        """Let every bank render and serve what is due."""
        for bank in BANKS:
            office = NoticeOffice(profile_of(bank), load_catalogue(), b"story")
            self.network.at(bank, lambda tx, now, office=office: serve_due_notices(tx, office, EXCHANGE_ID, now))
        self.network.settle()

    def hold_of(self, bank: str, account: str) -> AgentHold:
        """Return the one hold on an account."""
        holds: list[AgentHold] = self.network.rows(bank, HOLDS)
        (found,) = [hold for hold in holds if hold.account_id == account]
        return found

    def context(self, bank: str) -> AgentContext:
        joined = {one.participant_id: one for one in map(joined_as, (*BANKS, EXCHANGE_ID))}
        return AgentContext(
            agent=self.network.banks[bank].agent,
            core=self.network.core(bank),
            clock=StoryClock(self.network),
            pack=self.pack,
            catalogue=load_catalogue(),
            keyring=keyring(bank),
            bank=profile_of(bank),
            participants=joined,
            is_demonstration=self._is_demonstration,
            sign_in=self.sign_in,
            receipts=self.receipts,
            base_path=self._base_path,
        )

    def app(self, bank: str) -> Litestar:
        context = self.context(bank)
        routes = [*static_routes(), *sign_in_routes(context), *desk_routes(context), *bank_app_routes(context)]
        return Litestar(routes, openapi_config=None)

    def browser(self, bank: str, language: str = "en") -> "Browser":
        client = TestClient(self.app(bank))
        client.headers["accept-language"] = language
        return Browser(client)


class Browser:
    """A reader who goes from page to page; forms carry the token of the page that was read last."""

    def __init__(self, client: TestClient[Litestar]) -> None:
        self._client = client
        self._token = ""

    def get(self, path: str) -> "Read":
        return self._read(self._client.get(path, follow_redirects=True))

    def file(self, path: str) -> bytes:
        """Return a file as it arrived."""
        return self._client.get(path).content

    def post(self, path: str, **fields: str | list[str]) -> "Read":
        if not self._token:
            self.get("/")
        form = {"form_token": self._token, **fields}
        return self._read(self._client.post(path, data=form, follow_redirects=True))

    def post_without_token(self, path: str, **fields: str) -> "Read":
        return self._read(self._client.post(path, data=fields, follow_redirects=True))

    def sit_down(self, officer: str = OFFICER) -> "Browser":
        self.get("/desk/sign-in")
        self.post("/desk/sign-in", officer_id=officer)
        return self

    def sign_in(self, account: str) -> "Browser":
        self.get("/app/sign-in")
        self.post("/app/sign-in", account_id=account)
        return self

    def _read(self, answer: object) -> "Read":
        read = Read(answer.status_code, answer.text, str(answer.url), dict(answer.headers))  # type: ignore[attr-defined] # httpx is only in the tests' environment
        found = TOKEN.search(read.text)
        self._token = found[1] if found else self._token
        return read


@dataclass(frozen=True)
class Read:
    """A page as it arrived."""

    status: int
    text: str
    url: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return self.url.removeprefix("http://testserver.local")

    def says(self, *words: str) -> bool:
        bare = unescape(re.sub(r"<[^>]+>", " ", self.text)).replace("\N{NO-BREAK SPACE}", " ")
        plain = " ".join(bare.split())
        return all(word in plain for word in words)
