"""The description of what programs may ask is what is served, no more and no less; every reference in it holds."""

import json
import re
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tarazy.adapters.memory import MemoryStore
from tarazy.edge.agent_program import AgentProgram
from tarazy.edge.entries_api import entries_routes
from tarazy.edge.exchange_program import ExchangeProgram
from tarazy.edge.http import message_routes
from tarazy.edge.log_pages import log_routes
from tarazy.edge.openapi import AGENT, EXCHANGE, Operation, openapi_routes
from tarazy.edge.receipts import receipt_routes
from tarazy.protocol.bodies import Answer
from tarazy.protocol.message import kind_of_type
from tests.unit.edge.bank_core import BankCore, batch, context_of, credit, opened
from tests.unit.edge.console.world import told_world


def agent() -> Litestar:
    context = context_of(MemoryStore())
    doors = message_routes(lambda texts: context.agent.peer.receive(texts, context.clock.now()), context.clock)
    return Litestar([*doors, *entries_routes(context), *openapi_routes(AGENT, "agent")], openapi_config=None)


def exchange() -> Litestar:
    context = told_world().context
    doors = message_routes(lambda texts: context.peer.receive(texts, context.clock.now()), context.clock)
    routes = [*doors, *receipt_routes(context), *log_routes(context), *openapi_routes(EXCHANGE, "exchange")]
    return Litestar(routes, openapi_config=None)


PROGRAMS = pytest.mark.parametrize(("app", "operations"), [(agent, AGENT), (exchange, EXCHANGE)])


def told(app: Litestar) -> Any:
    answer = TestClient(app).get("/openapi.json")
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "application/json")
    return answer.json()


def served(app: Litestar) -> set[tuple[str, str]]:
    """Return every method and path for programs, as a description writes them."""
    found = set()
    for path, methods in app.route_handler_method_map.items():
        if path.startswith("/v1/"):
            plain = re.sub(r"\{(\w+):\w+\}", r"{\1}", path)
            found |= {(str(method).lower(), plain) for method in methods if str(method) != "OPTIONS"}
    return {("post" if method == "asgi" else method, path) for method, path in found}


@PROGRAMS
def test_what_is_described_is_what_is_served(app: Any, operations: tuple[Operation, ...]) -> None:
    program = app()
    described = told(program)["paths"]
    named = {(method, path) for path, methods in described.items() for method in methods}
    assert named == served(program) == {(one.method, one.path) for one in operations}


@PROGRAMS
def test_every_reference_holds_and_every_parameter_is_named(app: Any, operations: Any) -> None:
    document = told(app())
    assert document["openapi"] == "3.1.0"
    text = json.dumps(document)
    schemas = document["components"]["schemas"]
    assert set(re.findall(r'"#/components/schemas/([^"]+)"', text)) <= set(schemas)
    assert len(re.findall(r'"\$ref"', text)) == len(re.findall(r'"\$ref": "#/components/schemas/', text))
    ids = []
    for path, methods in document["paths"].items():
        for method in methods.values():
            ids.append(method["operationId"])
            named = [one["name"] for one in method.get("parameters", ()) if one["in"] == "path"]
            assert named == re.findall(r"\{(\w+)\}", path)
            assert set(method["responses"]) == {"200", "default"}
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9_]+", one) for one in ids)


def test_every_kind_of_message_is_described() -> None:
    schemas = told(agent())["components"]["schemas"]
    assert kind_of_type(Answer) in json.dumps(schemas["Answer"])
    assert "order_id" in schemas["Answer"]["properties"]
    assert "kind" in schemas["Answer"]["required"]


def test_real_answers_have_the_fields_that_are_described() -> None:
    core = BankCore(context_of(MemoryStore()))
    schemas = told(agent())["components"]["schemas"]
    taken = core.post(batch("b-0001", [opened()], [credit(1)])).json()
    assert set(taken) == set(schemas["BatchAnswer"]["properties"])
    asked = core.ask("account-of-a-person").json()
    assert set(asked) == set(schemas["PositionsTold"]["properties"])
    health = TestClient(agent()).get("/v1/health").json()
    assert set(health) == set(schemas["Health"]["properties"])
    problem = core.raw(b"", "text/html").json()
    assert set(schemas["Problem"]["required"]) <= set(problem)
    results = TestClient(agent()).post("/v1/messages", json={"messages": ["x"]}).json()
    assert set(results) == set(schemas["BatchResult"]["properties"])
    assert set(results["results"][0]) <= set(schemas["Result"]["properties"])


def test_both_programs_serve_it() -> None:
    for program in (AgentProgram, ExchangeProgram):
        assert "openapi_routes" in program.app.__code__.co_names


def test_it_can_be_read_strictly() -> None:
    assert msgspec.json.decode(TestClient(exchange()).get("/openapi.json").content)["info"]["version"]
