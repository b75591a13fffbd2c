"""A case is before the offices of its district: those of another act in it as nothing, and read nothing of it."""

import pytest

from tarazy.app.capacity import is_competent, officers_capacity
from tarazy.app.measure_records import Motion
from tarazy.app.records import CASES, PARTICIPANTS, Participant
from tarazy.app.schedules import ActRefused
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealOutcome
from tarazy.domain.motion import LineDecision
from tarazy.domain.rejection import Rejection
from tarazy.edge.console.reading import case_resource
from tarazy.law.assessment import ActorRole
from tarazy.values.ids import ParticipantId
from tarazy.values.replacing import replace
from tests.measuring import COURT, JUDGE, POLICE, ask, begin, case_of, court, decide, grants, registered
from tests.story import Network, StoreFor, robbed
from tests.story_people import OFFICER
from tests.unit.app.test_appeals import appealed, reviewed

GRANTED = LineDecision.granted


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """A case of the police of Almaty, with a court and a prosecutor's office."""
    network = robbed(store_for)
    network.report("t1")
    registered(network, case_of(network))
    begin(network, case_of(network))
    network.settle()
    court(network)
    network.enrol("prosecutor", "prosecutor", "prosecutor")
    settled_in(network, POLICE, "Almaty")
    return network


def settled_in(network: Network, name: str, *places: str) -> Participant:
    """Let a body be competent for these places alone."""
    [body] = [one for one in network.rows(EXCHANGE_ID, PARTICIPANTS) if one.participant_id == name]
    body = replace(body, places=places)
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(PARTICIPANTS, body))
    return body


def filed(network: Network) -> Motion:
    motion = ask(network, case_of(network))
    assert isinstance(motion, Motion), motion
    network.settle()
    return motion


def test_a_judge_of_another_district_decides_nothing_here(network: Network) -> None:
    motion = filed(network)
    settled_in(network, COURT, "Astana")
    refused = decide(network, motion, grants(network, motion, [GRANTED]))
    assert isinstance(refused, ActRefused)
    assert refused.rejection is Rejection.officer_not_entitled
    settled_in(network, COURT, "Astana", "Almaty")
    assert not isinstance(decide(network, motion, grants(network, motion, [GRANTED])), ActRefused)


def test_a_prosecutor_of_another_district_reviews_nothing_here(network: Network) -> None:
    appeal = appealed(network)
    settled_in(network, "prosecutor", "Astana")
    overturned = AppealOutcome.measure_overturned
    assert reviewed(network, appeal, overturned) is Rejection.officer_not_entitled
    settled_in(network, "prosecutor", "Almaty")
    assert not isinstance(reviewed(network, appeal, overturned), Rejection)


def test_an_office_without_a_district_is_competent_everywhere_and_for_a_case_of_nobody_all_are(
    network: Network,
) -> None:
    body = settled_in(network, POLICE, "Almaty")
    everywhere, there = replace(body, places=()), replace(body, places=("Astana",))
    assert is_competent(everywhere, body)
    assert is_competent(body, everywhere)
    assert is_competent(there, None)
    assert not is_competent(there, body)


def test_a_case_is_before_the_offices_of_its_district_alone(network: Network) -> None:
    settled_in(network, COURT, "Astana")
    case_id = case_of(network)

    def before(tx, _):  # type: ignore[no-untyped-def] # whatever a use case is
        case = tx.get(CASES, case_id)
        return case_resource(tx, case).before

    assert network.at(EXCHANGE_ID, before) == {ParticipantId("prosecutor")}
    settled_in(network, COURT, "Almaty")
    assert network.at(EXCHANGE_ID, before) == {ParticipantId("prosecutor"), ParticipantId(COURT)}


def test_outside_of_a_case_an_officer_acts_as_what_they_are(network: Network) -> None:
    settled_in(network, COURT, "Astana")
    court_id, case_id = ParticipantId(COURT), case_of(network)
    found = network.at(EXCHANGE_ID, lambda tx, _: officers_capacity(tx, court_id, JUDGE))
    assert found is ActorRole.investigating_judge
    assert network.at(EXCHANGE_ID, lambda tx, _: officers_capacity(tx, court_id, JUDGE, case_id)) is ActorRole.other
    police = ParticipantId(POLICE)
    author = network.at(EXCHANGE_ID, lambda tx, _: officers_capacity(tx, police, OFFICER, case_id))
    assert author is ActorRole.investigator
