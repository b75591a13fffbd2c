"""Every address of every page with what no address of ours has, on PostgreSQL too: a 4xx with a remedy, never a 500."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.adapters.catalogue import load_catalogue
from tarazy.app.store import Conflict, StoreAway
from tarazy.edge.bank_app import bank_app_routes
from tarazy.edge.console import console_routes
from tarazy.edge.context import AgentContext, ExchangeContext
from tarazy.edge.desk import desk_routes
from tarazy.edge.http import PROBLEM_TYPE
from tarazy.edge.pages.forms import TOKEN_COOKIE
from tarazy.edge.pages.nowhere import not_found_handlers
from tarazy.edge.receipts import receipt_routes
from tarazy.values.replacing import replace
from tests.story import StoreFor
from tests.story_people import OFFICER
from tests.story_reading import everything_but_refusals
from tests.story_stores import store_for, story_databases
from tests.unit.edge.bank_core import BankCore, check_problem, context_of
from tests.unit.edge.console.world import told_world
from tests.unit.edge.desk.bank_story import BankStory

__all__ = ["store_for", "story_databases"]

TOKEN = "0" * 48
NUL = ("%00", "a%00b", "hd_%00", "%2500%00")
QUERIES = ("q", "who", "account", "hold", "done", "known", "before", "skip", "version", "lane", "lang", "asked", "\0")
NASTY = (
    "",
    "0001-01-01T00:00",
    "9999-12-31T23:59:59",
    "9" * 5000,
    "-1",
    "٣",
    "\ud7ff\U0010ffff",
    "\ufffe",
    "'; DROP TABLE cases; --",
    "%s%s",
    "{0}",
    "a" * 5000,
)
ASKED = ("asked", "hold", "scope", "amount", "at", "days", "offence", "registration", "reasons")


def agent_app(context: AgentContext) -> Litestar:
    routes = [*desk_routes(context), *bank_app_routes(context)]
    return Litestar(routes, exception_handlers=not_found_handlers(context), openapi_config=None)


def exchange_app(context: ExchangeContext) -> Litestar:
    routes = [*receipt_routes(context), *console_routes(context)]
    return Litestar(routes, exception_handlers=not_found_handlers(context), openapi_config=None)


def client_of(app: Litestar) -> TestClient[Litestar]:
    client = TestClient(app, base_url="http://testserver.local")
    client.headers.update({"accept-language": "en", "accept": "text/html"})
    cookies = {TOKEN_COOKIE: TOKEN, "officer": OFFICER, "account": "aigul", "console_role": "investigator"}
    for name, value in cookies.items():
        client.cookies.set(name, value)
    return client


def paths(app: Litestar, method: str) -> list[str]:
    """Return every address that takes a method, its parameters as they are declared."""
    return sorted(path for path, methods in app.route_handler_method_map.items() if method in methods)


def filled(template: str, value: str) -> str:
    return re.sub(r"\{[^/]*\}", value, template)


def with_parameters(app: Litestar, method: str) -> list[str]:
    return [path for path in paths(app, method) if "{" in path]


@pytest.fixture
def agent(store_for: StoreFor) -> tuple[TestClient[Litestar], Any]:
    story = BankStory(store_for).opened().fraud()
    return client_of(agent_app(story.context("bank-a"))), lambda: everything_but_refusals(story.network, "bank-a")


@pytest.fixture
def exchange(store_for: StoreFor) -> tuple[TestClient[Litestar], Any]:
    world = told_world(store_for=store_for)
    return client_of(exchange_app(world.context)), lambda: everything_but_refusals(world.network)


def check_unreadable(answer: Any) -> None:
    if answer.headers["content-type"] == PROBLEM_TYPE:
        told = (answer.status_code, answer.json()["type"].rpartition(":")[2])
        assert told in {(400, "address_unreadable"), (404, "receipt_unknown")}, told
        assert answer.json()["detail"].endswith(".")
    else:
        assert answer.status_code == 400, (answer.url, answer.status_code, answer.text[:300])
        assert load_catalogue().wording("pages.unreadable.text").en in answer.text


def check_nul(client: TestClient[Litestar], at_least: int) -> None:
    """Try a NUL in every parameter of every address, and in every field of every query."""
    app = client.app
    opened, sent = with_parameters(app, "GET"), with_parameters(app, "POST")
    assert len(opened) + len(sent) >= at_least
    for nul in NUL:
        for path in opened:
            check_unreadable(client.get(filled(path, nul), follow_redirects=False))
        for path in sent:
            answer = client.post(filled(path, nul), data={"form_token": TOKEN}, follow_redirects=False)
            check_unreadable(answer)
    pages = [filled(path, "x") for path in paths(app, "GET") if path.startswith(("/desk", "/app", "/console"))]
    for path in pages:
        for name in QUERIES:
            check_unreadable(client.get(f"{path}?{quote(name)}=a%00", follow_redirects=False))


def test_a_nul_in_an_address_of_the_bank_changes_nothing(agent: Any) -> None:
    client, everything = agent
    before = everything()
    check_nul(client, 15)
    assert everything() == before


def test_a_nul_in_an_address_of_the_exchange_changes_nothing(exchange: Any) -> None:
    client, everything = exchange
    before = everything()
    check_nul(client, 8)
    assert everything() == before


def check_nasty(client: TestClient[Litestar], known: list[str]) -> None:
    """Try values that no page offers in every place of every address; the framework's own words reach nobody."""
    for nasty in NASTY:
        addresses = [filled(path, quote(nasty, safe="") or "x") for path in with_parameters(client.app, "GET")]
        addresses += [f"{path}?{name}={quote(nasty, safe='')}" for path in known for name in (*QUERIES[:-1], *ASKED)]
        for address in addresses:
            answer = client.get(address, follow_redirects=False)
            assert answer.status_code < 500, (address[:200], answer.status_code)
            assert not answer.headers["content-type"].startswith("application/json"), address


def test_nothing_in_an_address_of_the_bank_breaks_a_page(agent: Any) -> None:
    check_nasty(agent[0], ["/desk/inbox", "/desk/payments", "/app/home", "/app/pay"])


def test_nothing_in_an_address_of_the_exchange_breaks_a_page(exchange: Any) -> None:
    client, everything = exchange
    case = everything()["cases"][0].case_id
    check_nasty(client, ["/console", f"/console/cases/{case}/request", f"/console/cases/{case}/registration"])


def check_nasty_forms(client: TestClient[Litestar], forms: list[tuple[str, dict[str, str]]]) -> None:
    for path, good in forms:
        for name in good:
            for nasty in (*NASTY, "\0"):
                sent = {"form_token": TOKEN, **good, name: nasty}
                answer = client.post(path, data=sent, follow_redirects=False)
                assert answer.status_code < 500, (path, name, nasty[:40], answer.status_code)


def test_nothing_in_a_form_of_the_exchange_breaks_a_page(exchange: Any) -> None:
    client, everything = exchange
    case = f"/console/cases/{everything()['cases'][0].case_id}"
    asked = {"asked": "yes", "scope": "sum", "amount": "1", "at": "2026-06-30T10:00", "days": "10", "reasons": "?"}
    registered = {"number": "26-1", "at": "2026-06-30T10:00", "reasons": "?"}
    joined = {"report": "rp_1", "decision": "accept", "reasons": "?"}
    forms = [(f"{case}/request", asked), (f"{case}/registration", registered), (f"{case}/joins", joined)]
    check_nasty_forms(client, [*forms, ("/console/role", {"role": "prosecutor", "back": "/console"})])


def test_nothing_in_a_form_of_the_bank_breaks_a_page(agent: Any) -> None:
    client, _ = agent
    mandate = {"measure": "M4b", "norm": "x", "ceiling": "1", "currency": "KZT", "hours": "2", "reasons": "?"}
    forms = [
        ("/desk/mandates/md_000000000000000000000000/sign", {**mandate, "from": "2026-12-01T10:00", "to": "2027"}),
        ("/desk/payments/t1/report", {"claim": "1", "offence": "x", "fact": "x", "reasons": "?"}),
        ("/app/pay/transfer", {"to_bank": "bank-b", "to_account": "timur", "transfer_sum": "1", "payment_id": "pm_1"}),
        ("/app/deceived/t1", {"told": "x", "contact": "call", "phone": "1", "step": "send"}),
    ]
    check_nasty_forms(client, forms)


class Broken:
    """A store whose transactions all end with one fault."""

    def __init__(self, fault: type[Exception]) -> None:
        self._fault = fault

    def run(self, _: object) -> Any:
        raise self._fault


@pytest.mark.parametrize(("fault", "code"), [(Conflict, "pages.busy"), (StoreAway, "pages.away")])
def test_a_fault_of_the_store_is_a_page_that_says_what_to_do(fault: type[Exception], code: str) -> None:
    context = BankStory().opened().context("bank-a")
    peer = replace(context.agent.peer, store=Broken(fault))
    bank = client_of(agent_app(replace(context, agent=replace(context.agent, peer=peer))))
    world = told_world().context
    exchange = client_of(exchange_app(replace(world, peer=replace(world.peer, store=Broken(fault)))))
    said = load_catalogue().wording(f"{code}.text").en
    for client, path in ((bank, "/desk/inbox"), (bank, "/app/home"), (exchange, "/console"), (exchange, "/")):
        answer = client.get(path)
        assert answer.status_code == 503
        assert said.replace("'", "&#39;") in answer.text
    answer = exchange.get("/v1/receipts/ev_1")
    assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM_TYPE)


@pytest.mark.parametrize("account_id", ["a\0b", "\0", " a", "a\n", "\u202ea"])
def test_a_question_about_what_can_be_no_account_names_the_place(store_for: StoreFor, account_id: str) -> None:
    store = store_for("bank-a")
    told = check_problem(BankCore(context_of(store)).ask("a", account_id), 422, "batch_not_readable")
    assert (told["place"], told["field"]) == ("question", "account_ids[1]")
