"""What follows where a measure falls on which others stand: nothing rests on it, and nothing lawful falls with it."""

from typing import Final

import pytest

from tarazy.adapters.packs import load_pack
from tarazy.app.appeal_records import APPEALS, Appeal
from tarazy.app.measure_records import CASE_MEASURES, MATERIAL_LOCKS, CaseMeasure, Motion, Schedule
from tarazy.app.schedules import ActRefused
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealOutcome, AppealStatus
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.measure import MeasureEnd, MeasureStatus
from tarazy.domain.motion import LineDecision
from tarazy.law.assessment import AssertionKind, Fact, Request
from tarazy.law.codes import Code
from tarazy.protocol.statement import Act
from tarazy.protocol.wire import from_json, to_json
from tarazy.values.replacing import replace
from tests.measuring import (
    JUDGE,
    act_upon,
    ask,
    begin,
    case_of,
    court,
    decide,
    do_begin,
    fact_from,
    grants,
    line,
    measures,
    registered,
    standing,
)
from tests.story import FRAUD, Network, StoreFor, robbed
from tests.story_reading import bank_hold
from tests.unit.app.test_appeals import appealed, decided_here, reviewed

GRANTED: Final = LineDecision.granted
FOUND: Final = AssertionKind.fact


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """Money held under an investigator's measure, against which its holder has appealed."""
    network = robbed(store_for)
    network.report("t1")
    registered(network, case_of(network))
    begin(network, case_of(network))
    network.settle()
    network.enrol("prosecutor", "prosecutor", "prosecutor")
    return network


def filed(network: Network) -> Motion:
    motion = ask(network, case_of(network))
    assert isinstance(motion, Motion), motion
    network.settle()
    return motion


def carried_by_a_judge(network: Network) -> None:
    motion = filed(network)
    court(network)
    decide(network, motion, grants(network, motion, [GRANTED]))
    network.settle()


def state_of(network: Network, appeal: Appeal) -> AppealStatus:
    [found] = [one for one in network.rows(EXCHANGE_ID, APPEALS) if one.appeal_id == appeal.appeal_id]
    return AppealStatus(found.status)


def sources(measure: CaseMeasure) -> set[str]:
    return {fact.source for fact in from_json(measure.request, Request).facts}


def resting_on(network: Network, measure: CaseMeasure, *facts: Fact) -> None:
    """Let a measure rest on these facts and no others."""
    request = replace(from_json(measure.request, Request), facts=facts)
    kept = replace(measure, request=to_json(request).decode())
    network.at(EXCHANGE_ID, lambda tx, now: tx.put(CASE_MEASURES, kept))


def test_what_was_carried_on_and_is_unlawful_frees_no_lawful_measure_and_its_appeal_is_carried_out(
    network: Network,
) -> None:
    [first] = measures(network)
    fact_from(network, first.measure_id)
    appeal = appealed(network)
    carried_by_a_judge(network)
    [second] = measures(network, "M9")
    assert first.measure_id in sources(second)
    reviewed(network, appeal, AppealOutcome.measure_unlawful)
    network.settle()
    [second] = measures(network, "M9")
    assert second.status is MeasureStatus.in_force
    assert first.measure_id not in sources(second), "what it rests on is lawful alone"
    assert bank_hold(network, "mule").carried_by == second.measure_id
    assert state_of(network, appeal) is AppealStatus.executed
    assert {first.measure_id, "fa-1"} == {one.subject_id for one in network.rows(EXCHANGE_ID, MATERIAL_LOCKS)}


def test_what_rests_on_locked_facts_alone_ends_and_what_came_of_it_is_locked_too(network: Network) -> None:
    [first] = measures(network)
    fact_from(network, first.measure_id)
    appeal = appealed(network)
    carried_by_a_judge(network)
    [second] = measures(network, "M9")
    fact_from(network, second.measure_id, "fa-2")
    resting_on(network, second, Fact(kind=FOUND, code="account_opened_lately", source=first.measure_id))
    reviewed(network, appeal, AppealOutcome.measure_unlawful)
    network.settle()
    [second] = measures(network, "M9")
    assert (second.status, second.end) == (MeasureStatus.lifted, MeasureEnd.facts_locked)
    hold = bank_hold(network, "mule")
    assert (hold.status, hold.end) == (HoldStatus.released, HoldEnd.facts_locked)
    locked = {one.subject_id for one in network.rows(EXCHANGE_ID, MATERIAL_LOCKS)}
    assert locked == {first.measure_id, second.measure_id, "fa-1", "fa-2"}


def test_a_motion_that_rests_on_locked_facts_alone_is_over_before_it_is_decided(network: Network) -> None:
    [first] = measures(network)
    fact_from(network, first.measure_id)
    appeal = appealed(network)
    filed(network)
    [waiting] = measures(network, "M9")
    resting_on(network, waiting, Fact(kind=FOUND, code="account_opened_lately", source=first.measure_id))
    reviewed(network, appeal, AppealOutcome.measure_unlawful)
    network.settle()
    [waiting] = measures(network, "M9")
    assert (waiting.status, waiting.end) == (MeasureStatus.lifted, MeasureEnd.facts_locked)
    assert bank_hold(network, "mule").status is HoldStatus.released


def test_what_came_of_a_banks_unlawful_pause_is_locked(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.report("t1")
    registered(network, case_of(network))
    hold = bank_hold(network, "mule")
    fact_from(network, hold.hold_id)
    appeal = appealed(network)
    decided_here(network, appeal, AppealOutcome.measure_unlawful)
    assert {hold.hold_id, "fa-1"} == {one.subject_id for one in network.rows(EXCHANGE_ID, MATERIAL_LOCKS)}
    assert state_of(network, appeal) is AppealStatus.executed


# --- a judge's measure that its bank does not take


def test_where_a_bank_refuses_a_judges_measure_the_investigators_has_its_own_time_and_no_more(network: Network) -> None:
    motion = filed(network)
    court(network)
    decide(network, motion, grants(network, motion, [GRANTED]))
    network.enrol("court", "court", "judge", JUDGE)  # to the bank a judge of another kind than the law names
    network.settle()
    [refused], [first] = measures(network, "M9"), measures(network)
    assert (refused.status, refused.end) == (MeasureStatus.lapsed, MeasureEnd.hold_has_ended)
    assert not first.status.is_final
    assert bank_hold(network, "mule").carried_by == first.measure_id
    network.wait(hours=73)
    [first] = measures(network)
    assert (first.status, first.end) == (MeasureStatus.lapsed, MeasureEnd.time_ran_out)
    assert bank_hold(network, "mule").status is HoldStatus.expired


def test_granted_in_time_carries_on_though_the_bank_is_silent(network: Network) -> None:
    motion = filed(network)
    court(network)
    network.banks["bank-b"].is_away = True
    decide(network, motion, grants(network, motion, [GRANTED]))
    network.settle()
    [first] = measures(network)
    assert not first.status.is_final, "its bank holds on it until it says that it has taken the other"
    network.wait(hours=73)
    [first] = measures(network)
    assert (first.status, first.end) == (MeasureStatus.carried_on, MeasureEnd.carried_on)


def test_taken_by_its_bank_it_carries_on(network: Network) -> None:
    carried_by_a_judge(network)
    [first], [second] = measures(network), measures(network, "M9")
    assert (first.end, second.status) == (MeasureEnd.carried_on, MeasureStatus.in_force)
    assert bank_hold(network, "mule").carried_by == second.measure_id


# --- offences: each that is named must carry the measure


def begun_for(network: Network, *offences: str) -> object:
    lines = [line(network, hold) for hold in standing(network, case_of(network))]
    return do_begin(network, act_upon(network, case_of(network), lines, Act.begin_measure, "M5", offence_ids=offences))


def test_an_offence_outside_the_purpose_stops_the_act_though_it_is_named_second(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.report("t1")
    registered(network, case_of(network))
    outside = next(
        offence.offence_id
        for offence in load_pack("kz-demo").data.offences.values()
        if not offence.latest.within_purpose and offence.latest.forum
    )
    refused = begun_for(network, FRAUD, outside)
    assert isinstance(refused, ActRefused)
    assert refused.assessment is not None
    assert Code.outside_purpose in {one.code for one in refused.assessment.tests}
    assert isinstance(begun_for(network, FRAUD, "kz-cc-188"), Schedule)
