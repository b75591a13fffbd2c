"""Every route of both programs says for whom it is, and no page for people stands outside the guard."""

from collections.abc import Callable
from typing import Final

import pytest
from litestar import Litestar, get
from litestar.handlers import HTTPRouteHandler

from tarazy.app.access import ACCESS_KEY, OF_CITIZENS, PROGRAM, PUBLIC, UNNAMED, Access, Role, Who
from tarazy.edge.agent_program import AgentProgram
from tarazy.edge.exchange_program import ExchangeProgram
from tarazy.edge.pages.guard import AccessMissing, require_access, routes_of, with_access
from tests.unit.edge.console.world import world_of
from tests.unit.edge.desk.bank_story import BankStory

READS_BY_FORM: Final = {
    "/desk/inbox",  # which rows are shown
    "/desk/payments",  # whose payments are looked for
    "/console/cases/{case_id:str}/request",  # what the law would answer; nothing is asked of anybody
    "/app/deceived/{payment_id:str}",  # a cry for help waits for no second proof; an officer answers it
    "/app/requests/{request_id:str}",
    "/app/appeals/{hold_id:str}",  # nobody's appeal is late because a second proof was not at hand
    "/app/appeals/{hold_id:str}/next",
    "/app/pauses/{subject:str}/appeal",
    "/app/claims/{subject:str}",  # a claim moves nobody's money: it is as easy as to be wrongly held
}
"""Forms of people who have signed in that sign nothing."""


class Programs:
    """Both programs' own `app`, on contexts of a story: the same wiring, without a database or processes."""

    def exchange(self) -> Litestar:
        program = object.__new__(ExchangeProgram)
        program.context = world_of().context
        return self._app(program)

    def agent(self) -> Litestar:
        program = object.__new__(AgentProgram)
        program.context = BankStory().context("bank-c")
        return self._app(program)

    def _app(self, program: ExchangeProgram | AgentProgram) -> Litestar:
        class NoDoor:
            receive = None

        program._door = NoDoor()  # type: ignore[assignment] # nobody knocks in these tests
        return program.app()


PROGRAMS: Final = {"exchange": Programs().exchange, "agent": Programs().agent}


def named(app: Litestar) -> list[tuple[str, HTTPRouteHandler, Access]]:
    return [(path, handler, handler.opt[ACCESS_KEY]) for path, handler in routes_of(app)]  # type: ignore[misc]


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_route_names_its_access(program: str) -> None:
    app = PROGRAMS[program]()
    assert [path for path, handler in routes_of(app) if not isinstance(handler.opt.get(ACCESS_KEY), Access)] == []
    assert len(list(routes_of(app))) > 30


@pytest.mark.parametrize("program", PROGRAMS)
def test_whatever_is_for_people_stands_behind_the_guard(program: str) -> None:
    for path, handler, access in named(PROGRAMS[program]()):
        if access.who <= UNNAMED:
            continue
        assert [guard.__qualname__ for guard in handler.resolve_guards()] == ["guard_of.<locals>.guard"], path


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_is_signed_wants_a_fresh_proof(program: str) -> None:
    for path, handler, access in named(PROGRAMS[program]()):
        if access.who <= UNNAMED or "POST" not in handler.http_methods:
            continue
        assert access.needs_step_up is (path not in READS_BY_FORM), path


def test_the_citizens_pages_never_name_an_officers_role() -> None:
    own = [
        (path, access) for path, _, access in named(PROGRAMS["agent"]()) if path.startswith("/app/") or path == "/app"
    ]
    assert any(access.roles for _, access in own)
    for path, access in own:
        assert access.roles <= OF_CITIZENS, path
        assert access.who <= {Who.citizen, Who.public}, path


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_officers_pages_are_never_a_citizens(program: str) -> None:
    for path, _, access in named(PROGRAMS[program]()):
        if path.startswith(("/desk", "/console")):
            assert not access.roles & OF_CITIZENS, path
            assert Who.citizen not in access.who, path


@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_below_v1_is_for_a_session(program: str) -> None:
    for path, _, access in named(PROGRAMS[program]()):
        if path.startswith("/v1/"):
            assert access in {PUBLIC, PROGRAM}, path


def bare() -> HTTPRouteHandler:
    @get("/forgotten", sync_to_thread=False)
    def forgotten() -> str:
        return "read by anybody"

    return forgotten


def test_a_program_with_a_route_that_names_none_does_not_start() -> None:
    with pytest.raises(AccessMissing, match=r"/forgotten .* names no access"):
        require_access(Litestar([bare()], openapi_config=None))


def test_a_program_with_a_page_outside_the_guard_does_not_start() -> None:
    officers = Access(who=frozenset({Who.officer}), roles=frozenset({Role.analyst}))
    with pytest.raises(AccessMissing, match="has no guard"):
        require_access(Litestar(with_access([bare()], reads=officers), openapi_config=None))


@pytest.mark.parametrize(
    "made",
    [
        lambda: Access(who=frozenset()),
        lambda: Access(who=frozenset({Who.officer})),
        lambda: Access(who=frozenset({Who.public}), roles=frozenset({Role.head})),
        lambda: Access(who=frozenset({Who.public}), needs_step_up=True),
        lambda: Access(who=frozenset({Who.public, Who.officer}), roles=frozenset({Role.head})),
    ],
)
def test_an_access_that_says_nothing_or_two_things_cannot_be_made(made: Callable[[], Access]) -> None:
    with pytest.raises(ValueError, match=r"access|roles|open"):
        made()
