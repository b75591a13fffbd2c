"""A list shows its reader exactly what they may read one by one, though alike cases are asked about once."""

import pytest

from tarazy.app.access import Role, Visitor, Who
from tarazy.app.records import CASES
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.console.person import Signatory
from tarazy.edge.console.reading import readable_cases
from tarazy.protocol.statement import Act
from tarazy.values.ids import CaseId, OfficerId, ParticipantId
from tarazy.values.replacing import replace
from tests.unit.edge.console.acting import REASONS, registered_world
from tests.unit.edge.console.world import COURT, POLICE, PROSECUTORS, World

READERS = {
    POLICE: (Role.investigator, "investigator-1"),
    PROSECUTORS: (Role.prosecutor, "prosecutor-1"),
    COURT: (Role.investigating_judge, "investigating_judge-1"),
}


@pytest.fixture
def world() -> World:
    """Of three cases one is registered by the police, one by another authority, and one by nobody."""
    world = registered_world()
    officer_id, case_id = OfficerId("prosecutor-1"), world.cases()[1]
    signatory = Signatory(PROSECUTORS, officer_id, world.context.officers[PROSECUTORS].officers[officer_id].signer())
    signed = signatory.statement(Act.register_case, case_id, REASONS, world.network.now)
    [case] = world.network.rows(EXCHANGE_ID, CASES, Condition("case_id", "=", case_id))
    elsewhere = replace(case, registration="267500031000124", registration_statement=signed)
    world.network.at(EXCHANGE_ID, lambda tx, _: tx.put(CASES, elsewhere))
    return world


def shown(world: World, body: ParticipantId, case_ids: list[CaseId]) -> set[CaseId]:
    role, officer = READERS[body]
    visitor = Visitor(who=Who.officer, role=role, participant_id=body, officer_id=OfficerId(officer), is_switched=True)
    return world.network.at(EXCHANGE_ID, lambda tx, _: readable_cases(tx, visitor, case_ids))


@pytest.mark.parametrize("body", READERS)
def test_a_list_shows_what_may_be_read_one_by_one(world: World, body: ParticipantId) -> None:
    cases = world.cases()
    alone = {one for one in cases if shown(world, body, [one])}
    assert shown(world, body, cases) == shown(world, body, cases[::-1]) == alone


def test_whose_a_case_is_decides_and_not_whose_the_one_before_it_was(world: World) -> None:
    ours, elsewhere, *_ = world.cases()
    assert shown(world, POLICE, [ours, elsewhere]) == shown(world, POLICE, [elsewhere, ours]) == {ours}
