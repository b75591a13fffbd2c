"""Addresses that lead nowhere, at both programs: a page for people in their language, a document for programs."""

import json

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.adapters.catalogue import load_catalogue
from tarazy.edge.bank_app import bank_app_routes
from tarazy.edge.console import console_routes
from tarazy.edge.desk import desk_routes
from tarazy.edge.http import PROBLEM_TYPE, message_routes
from tarazy.edge.pages import static_routes
from tarazy.edge.pages.nowhere import not_found_handlers
from tarazy.edge.pages.security import CONTENT_POLICY
from tarazy.texts.catalogue import Language
from tests.unit.edge.console.world import world_of
from tests.unit.edge.desk.bank_story import BankStory


def exchange(base_path: str = "") -> Litestar:
    context = world_of(base_path=base_path).context
    doors = message_routes(lambda texts: context.peer.receive(texts, context.clock.now()), context.clock)
    routes = [*doors, *static_routes(), *console_routes(context)]
    return Litestar(routes, exception_handlers=not_found_handlers(context), openapi_config=None)


def agent() -> Litestar:
    context = BankStory().opened().context("bank-a")
    doors = message_routes(lambda texts: context.agent.peer.receive(texts, context.clock.now()), context.clock)
    routes = [*doors, *static_routes(), *desk_routes(context), *bank_app_routes(context)]
    return Litestar(routes, exception_handlers=not_found_handlers(context), openapi_config=None)


def asking(app: Litestar, accept: str = "text/html,*/*;q=0.8", language: str = "en") -> TestClient[Litestar]:
    client = TestClient(app, base_url="http://testserver.local")
    client.headers.update({"accept": accept, "accept-language": language})
    return client


@pytest.mark.parametrize("app", [exchange, agent])
@pytest.mark.parametrize(
    "path", ["/nothing", "/robots.txt", "/console-2", "/desk/holds", "/app/nothing/at/all", "/%00", "/v2"]
)
def test_an_address_that_leads_nowhere_answers_with_a_page_in_the_readers_language(app: object, path: str) -> None:
    assert callable(app)
    for language in Language:
        answer = asking(app(), language=language.value).get(path)
        assert answer.status_code == 404
        assert load_catalogue().text("pages.not_found.title", language) in answer.text
        assert answer.headers["content-language"] == language.value
        assert answer.headers["content-security-policy"] == CONTENT_POLICY


def test_a_form_opened_as_an_address_says_that_nothing_was_changed() -> None:
    answer = asking(agent()).get("/app/pay/card")
    assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS, POST")
    assert "Nothing was changed." in answer.text


@pytest.mark.parametrize(("path", "accept"), [("/v1/nothing", "text/html"), ("/v1", "*/*"), ("/x", "application/json")])
def test_a_program_gets_a_problem_document_that_says_what_to_do(path: str, accept: str) -> None:
    answer = asking(exchange(), accept).get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM_TYPE)
    body = json.loads(answer.text)
    assert (body["type"], body["status"]) == ("urn:tarazy:problem:address_unknown", 404)
    assert "POST /v1/messages" in body["detail"]


def test_a_program_is_told_which_method_is_taken() -> None:
    answer = asking(agent()).get("/v1/messages")
    assert (answer.status_code, answer.headers["allow"], answer.headers["content-type"]) == (405, "POST", PROBLEM_TYPE)
    answer = asking(agent()).post("/v1/health")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, OPTIONS")
    assert json.loads(answer.text)["detail"].endswith("Send one of: GET, OPTIONS.")


def test_a_door_with_a_parameter_names_its_methods_too() -> None:
    answer = asking(agent()).get("/app/notices/nt_1/reply")
    assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS, POST")
    assert asking(agent()).delete("/app/notices/nt_1").headers["allow"] == "GET, OPTIONS"


def test_the_way_back_keeps_the_prefix_of_a_proxy() -> None:
    assert 'href="/at/here/"' in asking(exchange("/at/here")).get("/nothing").text
