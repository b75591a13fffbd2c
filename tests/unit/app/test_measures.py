"""Measures upon holds: an investigator's, a judge's; begun, moved on, decided, lifted, lapsed, at exchange and bank."""

from datetime import timedelta

import msgspec
import pytest

from tarazy.agent.measure_records import HOLD_MEASURES
from tarazy.agent.reference_core import CORE_ACCOUNTS
from tarazy.app.measure_records import DEADLINES, MATERIAL_LOCKS, MOTIONS, Motion, Schedule
from tarazy.app.records import CASES, REPORTS
from tarazy.app.schedules import ActRefused
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.deadline import DeadlineStatus
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.measure import MeasureEnd, MeasureStatus, NextStep
from tarazy.domain.motion import LineDecision, MotionAsk, MotionStatus
from tarazy.domain.rejection import Rejection
from tarazy.protocol.statement import Act
from tarazy.values.ids import CaseId
from tarazy.values.replacing import replace
from tests.measuring import (
    WORDS,
    act_upon,
    ask,
    begin,
    case_of,
    court,
    decide,
    do_begin,
    grants,
    hold_at,
    lift,
    line,
    measures,
    registered,
    standing,
    take_back,
)
from tests.story import Network, StoreFor, robbed
from tests.story_reading import bank_hold

GRANTED, NARROWED, STRUCK = LineDecision.granted, LineDecision.narrowed, LineDecision.struck


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """A network in which the mule's bank and the next one hold something, in a registered case."""
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 200_000)
    network.settle()
    network.report("t1")
    registered(network, case_of(network))
    return network


def begun(network: Network) -> CaseId:
    case_id = case_of(network)
    done = begin(network, case_id)
    assert isinstance(done, Schedule), done
    network.settle()
    return case_id


def asked(network: Network) -> Motion:
    motion = ask(network, begun(network))
    assert isinstance(motion, Motion), motion
    network.settle()
    return motion


def reserved(network: Network, bank: str) -> int:
    return sum(account.reserved_minor for account in network.rows(bank, CORE_ACCOUNTS))


def test_an_investigators_measure_takes_the_holds_over_and_ends_when_the_motion_is_due(network: Network) -> None:
    before = {bank: reserved(network, bank) for bank in ("bank-b", "bank-c")}
    begun(network)
    for account, bank in (("mule", "bank-b"), ("dani", "bank-c")):
        hold = bank_hold(network, account)
        assert hold.carried_by is not None
        assert hold.expires_at == network.now.plus(timedelta(hours=48))
        assert hold.expires_at_most == network.now.plus(timedelta(days=10))
        assert not hold.awaits_confirmation
        assert reserved(network, bank) == before[bank]
    for measure in measures(network):
        assert (measure.status, measure.next_step) == (MeasureStatus.urgent, NextStep.motion)
        assert measure.taken_at is not None
        assert measure.held_minor == measure.cap_minor
    assert hold_at(network, "bank-b").expires_at == network.now.plus(timedelta(hours=48))


def test_without_a_motion_it_lapses_at_the_bank_by_its_own_clock(network: Network) -> None:
    begun(network)
    network.wait(hours=47)
    assert bank_hold(network, "mule").status is HoldStatus.placed
    network.wait(hours=1)
    hold = bank_hold(network, "mule")
    assert (hold.status, hold.end) == (HoldStatus.expired, HoldEnd.time_ran_out)
    assert reserved(network, "bank-b") == 0
    assert {measure.end for measure in measures(network)} == {MeasureEnd.motion_not_filed}
    missed = [row for row in network.rows(EXCHANGE_ID, DEADLINES) if row.duty == "motion_to_judge"]
    assert {row.status for row in missed} <= {DeadlineStatus.missed, DeadlineStatus.void}


def test_a_bank_that_hears_nothing_any_more_ends_it_in_time(network: Network) -> None:
    begun(network)
    network.banks["bank-b"].is_away = True
    ask(network, case_of(network))
    network.wait(hours=48)
    assert bank_hold(network, "mule").status is HoldStatus.expired
    assert reserved(network, "bank-b") == 0


def test_a_motion_in_time_moves_the_end_to_when_the_decision_is_due(network: Network) -> None:
    begun(network)
    network.wait(hours=40)
    motion = ask(network, case_of(network))
    assert isinstance(motion, Motion), motion
    network.settle()
    assert motion.decide_by == network.now.plus(timedelta(hours=24))
    assert bank_hold(network, "mule").expires_at == motion.decide_by
    assert {one.next_step for one in measures(network)} == {NextStep.decision}
    assert {one.status for one in measures(network, "M9")} == {MeasureStatus.waiting}
    network.wait(hours=24)
    assert bank_hold(network, "mule").status is HoldStatus.expired
    assert {one.end for one in measures(network, "M9")} == {MeasureEnd.not_decided_in_time}
    [lapsed] = network.rows(EXCHANGE_ID, MOTIONS)
    assert lapsed.status is MotionStatus.lapsed


def test_a_judge_grants_one_line_narrows_another_and_nothing_is_let_go_between(network: Network) -> None:
    motion = asked(network)
    court(network)
    rows = grants(network, motion, [GRANTED, NARROWED])
    done = decide(network, motion, rows)
    assert not isinstance(done, ActRefused), done
    network.settle()
    by_hold = {one.hold_id: one for one in rows}
    for account in ("mule", "dani"):
        hold = bank_hold(network, account)
        decided = by_hold[hold.hold_id]
        assert (hold.status, hold.expires_at) == (HoldStatus.placed, decided.until)
        assert hold.claim_minor == decided.cap_minor or decided.decision == GRANTED
        assert hold.held_minor == decided.cap_minor
    assert {one.end for one in measures(network)} == {MeasureEnd.carried_on}
    assert {one.status for one in measures(network, "M9")} == {MeasureStatus.in_force}
    kept = network.rows("bank-b", HOLD_MEASURES, order=("begins_at",))
    assert [(one.measure, one.end) for one in kept] == [("M5", "carried_on"), ("M9", None)]
    assert kept[1].decision is not None


def test_a_struck_line_is_let_go_at_once(network: Network) -> None:
    motion = asked(network)
    court(network)
    decide(network, motion, grants(network, motion, [STRUCK, GRANTED]))
    network.settle()
    ended = [one for one in measures(network) if one.end is MeasureEnd.line_struck]
    [struck] = ended
    bank = "bank-b" if struck.participant_id == "bank-b" else "bank-c"
    assert reserved(network, bank) == 0
    assert hold_at(network, bank).end is HoldEnd.authorisation_refused
    assert network.rows(EXCHANGE_ID, MATERIAL_LOCKS) == []


def test_what_was_unlawful_from_the_beginning_is_locked(network: Network) -> None:
    motion = asked(network)
    court(network)
    decide(network, motion, grants(network, motion, [STRUCK, STRUCK], unlawful=True))
    network.settle()
    assert {one.status for one in measures(network)} == {MeasureStatus.refused}
    assert all(one.is_unlawful for one in (*measures(network), *measures(network, "M9")))
    assert {row.subject_id for row in network.rows(EXCHANGE_ID, MATERIAL_LOCKS)} == {
        one.measure_id for one in measures(network)
    }
    assert reserved(network, "bank-b") == reserved(network, "bank-c") == 0


def test_who_asks_does_not_decide(network: Network) -> None:
    motion = asked(network)
    done = decide(network, motion, grants(network, motion, [GRANTED, GRANTED]), by="police")
    assert isinstance(done, ActRefused)
    assert done.rejection is Rejection.officer_not_entitled


def test_a_decision_gives_no_more_than_was_asked(network: Network) -> None:
    motion = asked(network)
    court(network)
    first, second = grants(network, motion, [GRANTED, GRANTED])
    more = msgspec.structs.replace(first, cap_minor=first.cap_minor + 1, decision=NARROWED)
    done = decide(network, motion, (more, second))
    assert isinstance(done, ActRefused)
    assert done.rejection is Rejection.decision_goes_beyond


def test_every_line_is_decided(network: Network) -> None:
    motion = asked(network)
    court(network)
    first, _ = grants(network, motion, [GRANTED, GRANTED])
    done = decide(network, motion, (first,))
    assert isinstance(done, ActRefused)
    assert done.rejection is Rejection.motion_lines_differ


def test_an_investigator_lifts_their_measure(network: Network) -> None:
    begun(network)
    [first, second] = measures(network)
    lifted = lift(network, first)
    assert not isinstance(lifted, Rejection), lifted
    network.settle()
    assert reserved(network, first.participant_id) == 0
    assert reserved(network, second.participant_id) == second.held_minor
    assert hold_at(network, first.participant_id).end is HoldEnd.by_authority


def test_a_motion_taken_back_lets_go_of_what_hung_on_it(network: Network) -> None:
    motion = asked(network)
    taken = take_back(network, motion)
    assert isinstance(taken, Motion), taken
    network.settle()
    assert {one.end for one in (*measures(network), *measures(network, "M9"))} == {MeasureEnd.motion_withdrawn}
    assert reserved(network, "bank-b") == 0


def test_without_a_registered_case_nothing_begins(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.report("t1")
    done = begin(network, case_of(network))
    assert isinstance(done, ActRefused)
    assert done.rejection is Rejection.registration_missing


def test_more_than_ten_days_are_refused_by_the_law(network: Network) -> None:
    done = begin(network, case_of(network), days=10.01)
    assert isinstance(done, ActRefused)
    assert done.rejection is Rejection.measure_refused_by_law
    assert done.assessment is not None
    assert measures(network) == []


def test_more_than_is_held_is_refused_by_the_law(network: Network) -> None:
    case_id = case_of(network)
    [first, *_] = standing(network, case_id)
    more = line(network, first, days=10, cap=first.held_minor + 1)
    done = do_begin(network, act_upon(network, case_id, [more], Act.begin_measure, "M5"))
    assert isinstance(done, ActRefused)
    assert done.rejection is Rejection.measure_refused_by_law


def test_a_line_that_was_not_signed_is_refused(network: Network) -> None:
    case_id = case_of(network)
    [first, second] = standing(network, case_id)
    act = act_upon(network, case_id, [line(network, first, days=10)], Act.begin_measure, "M5")
    done = do_begin(network, replace(act, lines=(line(network, second, days=10),)))
    assert isinstance(done, ActRefused)
    assert done.rejection is Rejection.motion_lines_differ


def test_a_bank_cannot_let_go_of_what_an_authority_carries(network: Network) -> None:
    begun(network)
    hold = bank_hold(network, "mule")
    assert network.let_go("bank-b", hold.hold_id) is Rejection.carried_by_authority
    assert network.narrow("bank-b", hold.hold_id, 1) is Rejection.carried_by_authority


def test_a_withdrawn_report_ends_what_rests_on_it_alone(network: Network) -> None:
    begun(network)
    report_id = measures(network)[0].report_id
    network.withdraw("bank-a", report_id)
    network.settle()
    assert {one.end for one in measures(network)} == {MeasureEnd.report_withdrawn}
    assert reserved(network, "bank-b") == reserved(network, "bank-c") == 0
    assert hold_at(network, "bank-b").end is HoldEnd.report_withdrawn


def test_reasons_that_stand_in_another_case_are_none_of_this_one(network: Network) -> None:
    begun(network)
    network.open("bank-a", marat=900_000)
    network.open("bank-b", other=0)
    network.pay("t9", "marat", "other", 300_000)
    network.settle()
    network.report("t9")
    [second] = [case.case_id for case in network.rows(EXCHANGE_ID, CASES) if case.registration is None]
    network.now = network.now.plus(timedelta(seconds=1))
    registered(network, second)
    done = begin(network, second)
    assert isinstance(done, ActRefused)
    assert (done.rejection, done.place) == (Rejection.reasons_not_individual, "words.suitability")
    own = replace(
        WORDS, suitability="Marat paid a stranger who sold him a car that is not there; it lies on his account."
    )
    done = begin(network, second, words=own)
    assert isinstance(done, Schedule), done


def test_an_answer_from_before_it_was_taken_over_does_not_end_a_hold_earlier(network: Network) -> None:
    """The bank had confirmed; its word of that is still on its way when the measure's order is answered."""
    case_id = case_of(network)
    hold = bank_hold(network, "mule")
    assert network.confirm("bank-b", hold.hold_id) is None  # told, but not carried yet
    done = begin(network, case_id)
    assert isinstance(done, Schedule), done
    network.carry(EXCHANGE_ID, "bank-b")
    assert hold_at(network, "bank-b").carried_by is not None
    network.settle()
    assert hold_at(network, "bank-b").expires_at == bank_hold(network, "mule").expires_at
    assert hold_at(network, "bank-b").expires_at == network.now.plus(timedelta(hours=48))


def test_measures_go_along_when_their_case_joins_another(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.open("bank-a", marat=900_000)
    network.report("t1", incident="fraud")
    network.pay("t9", "marat", "mule", 300_000)
    network.settle()
    late = network.file("t9", incident="fraud")
    network.settle()
    [own] = [one.case_id for one in network.rows(EXCHANGE_ID, REPORTS) if one.report_id == late]
    registered(network, own)
    done = begin(network, own)
    assert isinstance(done, Schedule), done
    network.settle()
    network.join(late)
    [joined] = [one.case_id for one in network.rows(EXCHANGE_ID, REPORTS) if one.report_id == late]
    assert joined != own
    assert {one.case_id for one in measures(network)} == {joined}
    network.wait(hours=48)
    assert {one.end for one in measures(network)} == {MeasureEnd.motion_not_filed}


def test_an_extension_is_of_what_an_authority_has_granted(network: Network) -> None:
    begun(network)
    done = ask(network, case_of(network), what=MotionAsk.extend)
    assert isinstance(done, ActRefused)
    assert done.rejection is Rejection.extension_too_late


def test_an_attachment_is_extended_before_its_end_and_not_after(network: Network) -> None:
    motion = ask(network, begun(network), days=20)
    assert isinstance(motion, Motion), motion
    network.settle()
    court(network)
    decide(network, motion, grants(network, motion, [GRANTED, GRANTED]))
    network.wait(days=10)
    more = ask(network, case_of(network), days=60, what=MotionAsk.extend)
    assert isinstance(more, Motion), more
    done = decide(network, more, grants(network, more, [GRANTED, STRUCK]))
    assert not isinstance(done, ActRefused), done
    network.settle()
    ends = {one.extensions: one.expires_at for one in measures(network, "M9")}
    assert network.turned_down == []
    assert ends == {1: network.now.plus(timedelta(days=60)), 0: network.now.plus(timedelta(days=10))}
    network.wait(days=10)
    assert {one.end for one in measures(network, "M9")} == {None, MeasureEnd.time_ran_out}
    assert sorted((reserved(network, "bank-b") > 0, reserved(network, "bank-c") > 0)) == [False, True]


def test_a_measure_whose_bank_has_not_answered_is_carried_on_all_the_same(network: Network) -> None:
    network.banks["bank-b"].is_away = True
    motion = ask(network, begun(network))
    assert isinstance(motion, Motion), motion
    network.settle()
    court(network)
    done = decide(network, motion, grants(network, motion, [GRANTED, GRANTED]))
    assert not isinstance(done, ActRefused), done
    network.banks["bank-b"].is_away = False
    network.settle()
    assert {one.end for one in measures(network)} == {MeasureEnd.carried_on}
    assert {one.status for one in measures(network, "M9")} == {MeasureStatus.in_force}
    assert bank_hold(network, "mule").expires_at == network.now.plus(timedelta(days=60))
    assert bank_hold(network, "mule").carried_by in {one.measure_id for one in measures(network, "M9")}


def test_more_time_than_the_law_gives_in_all_cannot_be_asked(network: Network) -> None:
    motion = ask(network, begun(network), days=90)
    assert isinstance(motion, Motion), motion
    network.settle()
    court(network)
    decide(network, motion, grants(network, motion, [GRANTED, GRANTED]))
    network.wait(days=80)
    more = ask(network, case_of(network), days=91, what=MotionAsk.extend)
    assert isinstance(more, ActRefused)
    assert more.rejection is Rejection.measure_refused_by_law
