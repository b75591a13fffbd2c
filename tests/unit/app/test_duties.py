"""Whose duties are listed, however many others have: each body's own, the soonest first, and found by an index."""

import re
from typing import cast

import psycopg
import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.postgres.migrations import migrate
from tarazy.adapters.postgres.session import SETTINGS
from tarazy.adapters.postgres.statements import TableStatements
from tarazy.adapters.postgres.store import PostgresStore
from tarazy.app.measure_records import CASE_MEASURES, DEADLINES, MOTIONS, Motion, Schedule
from tarazy.app.queries.duties import DUTIES_SHOWN_MAX, DutyRow, Whose, duties_of
from tarazy.app.store import Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.deadline import Duty
from tarazy.domain.measure import NextStep
from tarazy.domain.motion import MotionStatus
from tarazy.law.terms import ActorRole
from tarazy.values.ids import DeadlineId, MeasureId, MotionId, ParticipantId
from tarazy.values.replacing import replace
from tests.measuring import ask, begin, case_of, court, registered
from tests.story import Network, StoreFor, robbed
from tests.story_people import POLICE
from tests.unit.agent.test_indexes import Asked, Listening

NEIGHBOURS = ("polic", "police-1", "policf")
"""Bodies whose names are next to that of the police, before and behind it."""
MANY = 3_000
"""Enough for PostgreSQL to tell a table in which one body owns nearly everything."""


def begun(store_for: StoreFor) -> Network:
    """Return a network in which the police have begun a measure and must file a motion."""
    network = robbed(store_for)
    network.report("t1")
    registered(network, case_of(network))
    done = begin(network, case_of(network))
    assert isinstance(done, Schedule), done
    return network


def listed(network: Network, body: str | None, capacity: ActorRole | None = None) -> list[DutyRow]:
    whose = Whose(None if body is None else ParticipantId(body), capacity)
    return list(network.at(EXCHANGE_ID, lambda tx, _: duties_of(tx, whose)))


def given_to(network: Network, bodies: tuple[str, ...]) -> None:
    """Let other bodies have the same measure and duty as the police and their bank, one each."""

    def copy(tx: Transaction, _: object) -> None:
        measure, deadline = tx.find(CASE_MEASURES)[0], tx.find(DEADLINES)[0]
        for body in bodies:
            author = ParticipantId(body)
            tx.add(CASE_MEASURES, replace(measure, measure_id=MeasureId(f"ms_{body}"), author_participant_id=author))
            owed = replace(deadline, deadline_id=DeadlineId(f"dl_{body}"), duty=Duty.review_measure, owner="prosecutor")
            tx.add(DEADLINES, replace(owed, owner_participant_id=author))

    network.at(EXCHANGE_ID, copy)


def test_each_body_has_its_own_duties_and_none_of_a_name_next_to_it(store_for: StoreFor) -> None:
    network = begun(store_for)
    before = {row.about for row in listed(network, POLICE, ActorRole.investigator)}
    given_to(network, NEIGHBOURS)
    of_police = listed(network, POLICE, ActorRole.investigator)
    assert {row.about for row in of_police} == before
    assert NextStep.motion in {row.what for row in of_police}
    for body in NEIGHBOURS:
        of_body = listed(network, body, ActorRole.prosecutor)
        assert {row.owner_participant_id for row in of_body} == {ParticipantId(body)}
        assert {row.what for row in of_body} == {NextStep.motion, Duty.review_measure}
    assert [row.at for row in of_police] == sorted(row.at for row in of_police)
    everybody = {row.owner_participant_id for row in listed(network, None)}
    assert {ParticipantId(body) for body in NEIGHBOURS} <= everybody


def test_a_motion_is_listed_for_whom_it_waits_and_who_filed_it_though_others_wait_sooner(store_for: StoreFor) -> None:
    network = begun(store_for)
    court(network)
    filed = ask(network, case_of(network))
    assert isinstance(filed, Motion), filed
    assert filed.filed_by == POLICE
    others = [MotionId(f"mo_{number:04}") for number in range(DUTIES_SHOWN_MAX)]

    def sooner(tx: Transaction, _: object) -> None:
        other = replace(filed, filed_by=ParticipantId("police-1"), to=ActorRole.prosecutor, decide_by=filed.filed_at)
        for motion_id in others:
            tx.add(MOTIONS, replace(other, motion_id=motion_id))

    def decisions(body: str, capacity: ActorRole) -> list[str]:
        return [row.about for row in listed(network, body, capacity) if row.what == NextStep.decision]

    network.at(EXCHANGE_ID, sooner)
    assert decisions("court", ActorRole(filed.to)) == [filed.motion_id]
    assert decisions(POLICE, ActorRole.investigator) == [filed.motion_id]
    assert decisions("prosecutors", ActorRole.prosecutor) == others
    assert decisions("police-1", ActorRole.investigator) == others
    assert decisions("police-2", ActorRole.investigator) == []
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(MOTIONS, replace(filed, status=MotionStatus.withdrawn)))
    assert decisions("court", ActorRole(filed.to)) == []


@pytest.mark.postgres
@pytest.mark.parametrize("body", ["prosecutors", POLICE])
def test_duties_of_a_body_are_found_by_its_own_index_though_one_owns_all_others(body: str, database_url: str) -> None:
    network = begun(lambda _: MemoryStore())
    migrate(database_url, "exchange")
    store = PostgresStore(database_url, connections_max=1)
    try:
        store.run(lambda tx: many(tx, network))
        asked: Asked = []
        whose = Whose(ParticipantId(body), ActorRole.prosecutor)
        store.run(lambda tx: duties_of(cast("Transaction", Listening(tx, asked)), whose))
    finally:
        store.close()
    used: list[str] = []
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("ANALYZE")
        connection.execute(SETTINGS.encode())
        for number, (table, conditions, order, limit) in enumerate(asked):
            call = TableStatements(table).find(conditions, order, limit, descending=False)
            connection.execute(f"PREPARE asked_{number} AS {call.sql}".encode())
            given = f"({', '.join(repr((one or b'').decode()) for one in call.parameters)})" if call.parameters else ""
            lines = connection.execute(
                f"EXPLAIN (ANALYZE, COSTS OFF) EXECUTE asked_{number}{given}".encode()
            ).fetchall()
            plan = "\n".join(line for (line,) in lines)
            assert "Rows Removed by Filter" not in plan, plan
            used += re.findall(r"(?:Index Scan using|Bitmap Index Scan on) (\w+)", plan)
    assert used == [
        "deadlines_of_body",
        "deadlines_of_capacity",
        "case_measures_of_author",
        "motions_waiting",
        "motions_of_body",
    ]


def many(tx: Transaction, network: Network) -> None:
    """Write what the police have so many times."""
    measure = network.rows(EXCHANGE_ID, CASE_MEASURES)[0]
    of_police = [row for row in network.rows(EXCHANGE_ID, DEADLINES) if row.owner_participant_id == POLICE]
    for number in range(MANY):
        tx.add(CASE_MEASURES, replace(measure, measure_id=MeasureId(f"ms_{number}")))
        for kind, deadline in enumerate(of_police):
            tx.add(DEADLINES, replace(deadline, deadline_id=DeadlineId(f"dl_{kind}_{number}")))
