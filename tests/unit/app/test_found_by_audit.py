"""What an audit found in measures and appeals: each of these once let money be held longer, or an appeal be lost."""

from datetime import timedelta

import msgspec
import pytest

from tarazy.agent.appeals import LodgeAppeal, lodge_appeal
from tarazy.agent.notices import serve_due_notices
from tarazy.app.appeal_records import APPEALS
from tarazy.app.hands import hands_of
from tarazy.app.measure_records import DEADLINES, MATERIAL_LOCKS, MEASURE_DECISIONS, Motion
from tarazy.app.motions import file_motion
from tarazy.app.schedules import ActRefused
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealGround, AppealOutcome, AppealRoad, AppealStatus, Appellant
from tarazy.domain.deadline import DeadlineStatus
from tarazy.domain.motion import LineDecision, MotionAsk
from tarazy.domain.rejection import Rejection
from tarazy.law.safeguards import Part
from tarazy.protocol import jws
from tarazy.protocol.appeal_bodies import AppealLodged
from tarazy.protocol.measure_bodies import MeasureTold
from tarazy.protocol.statement import Act, Statement
from tarazy.protocol.wire import from_json
from tarazy.values.ids import AppealId, derived
from tarazy.values.replacing import replace
from tests.measuring import (
    POLICE,
    act_upon,
    ask,
    begin,
    case_of,
    court,
    decide,
    grants,
    line,
    measures,
    registered,
    standing,
)
from tests.story import Network, StoreFor, robbed
from tests.story_people import OFFICER
from tests.story_reading import bank_hold
from tests.unit.agent.test_measure_orders import ordered
from tests.unit.agent.test_paid_in_part import OFFICE
from tests.unit.app.speaking import order as say_order
from tests.unit.app.speaking import tell
from tests.unit.app.test_appeals import reviewed, under_investigation

GRANTED, STRUCK = LineDecision.granted, LineDecision.struck


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """A robbed person's money, held, in a case that is before the police."""
    network = robbed(store_for)
    network.report("t1")
    registered(network, case_of(network))
    return network


def under_m5(network: Network) -> None:
    """The investigator takes the holds over."""
    begin(network, case_of(network))
    network.settle()


def asked(network: Network, what: MotionAsk = MotionAsk.authorise) -> Motion:
    """A motion is filed."""
    motion = ask(network, case_of(network), what=what)
    assert isinstance(motion, Motion), motion
    network.settle()
    return motion


def under_m9(network: Network) -> None:
    """The judge has granted what the investigator asked for."""
    under_m5(network)
    motion = asked(network)
    court(network)
    decide(network, motion, grants(network, motion, [GRANTED]))
    network.settle()


def lodged_again(network: Network, **change: object) -> AppealLodged:
    """The bank's message about its holder's appeal, with something changed."""
    [known] = network.rows(EXCHANGE_ID, APPEALS)
    body = AppealLodged(
        appeal_id=AppealId("ap_another"),
        measure_id=known.measure_id,
        hold_id=known.hold_id,
        appellant="holder",
        road="app",
        is_identified=True,
        grounds=(),
        sealed_words=None,
        learned_at=None,
        filed_at=known.filed_at,
        before_appeal_id=None,
        was_read_back=False,
        statement="",
    )
    return msgspec.structs.replace(body, **change)


def test_an_investigators_hours_do_not_begin_anew_with_a_second_signature(network: Network) -> None:
    under_m5(network)
    network.wait(hours=47)
    again = begin(network, case_of(network))
    assert isinstance(again, ActRefused)
    assert again.rejection is Rejection.measure_known_with_other_terms
    network.wait(hours=2)
    assert [one.status.is_final for one in measures(network)] == [True]


def test_a_second_motion_moves_no_end(network: Network) -> None:
    under_m5(network)
    network.wait(hours=40)
    asked(network)
    [first, *_] = measures(network)
    network.wait(hours=20)
    ask(network, case_of(network))
    network.settle()
    [after, *_] = [one for one in measures(network) if one.measure_id == first.measure_id]
    assert after.expires_at == first.expires_at


def test_what_a_judge_authorised_is_extended_and_not_asked_for_as_new(network: Network) -> None:
    under_m9(network)
    network.wait(hours=30)
    again = ask(network, case_of(network))
    assert isinstance(again, ActRefused)
    assert again.rejection is Rejection.measure_known_with_other_terms


def test_a_decision_that_comes_late_decides_nothing_even_before_the_clock_was_looked_at(network: Network) -> None:
    under_m5(network)
    motion = asked(network)
    court(network)
    network.now = network.now.plus(timedelta(hours=25))
    decided = decide(network, motion, grants(network, motion, [GRANTED]))
    assert isinstance(decided, ActRefused)
    assert decided.rejection is Rejection.motion_has_ended


@pytest.mark.parametrize(("is_asked", "duty"), [(False, "motion_to_judge"), (True, "judge_decides")])
def test_who_let_a_measure_lapse_is_seen_to_have_missed_it(network: Network, is_asked: bool, duty: str) -> None:
    under_m5(network)
    if is_asked:
        asked(network)
    network.wait(hours=49)
    of_duty = [one.status for one in network.rows(EXCHANGE_ID, DEADLINES) if one.duty == duty]
    assert of_duty == [DeadlineStatus.missed]


def test_an_extension_found_unlawful_ends_what_it_would_have_extended(network: Network) -> None:
    under_m9(network)
    network.wait(hours=30)
    motion = asked(network, MotionAsk.extend)
    decide(network, motion, grants(network, motion, [STRUCK], unlawful=True))
    network.settle()
    [carried] = measures(network, "M9")
    assert carried.status.is_final
    assert carried.measure_id in {one.subject_id for one in network.rows(EXCHANGE_ID, MATERIAL_LOCKS)}


def test_what_an_unlawful_measure_gave_is_locked_though_it_is_over(network: Network) -> None:
    begin(network, case_of(network), days=0.5)
    network.settle()
    motion = asked(network)
    network.wait(hours=13)
    court(network)
    decide(network, motion, grants(network, motion, [STRUCK], unlawful=True))
    network.settle()
    assert measures(network)[0].measure_id in {one.subject_id for one in network.rows(EXCHANGE_ID, MATERIAL_LOCKS)}


def test_no_bank_says_that_anothers_appeal_is_carried_out(network: Network) -> None:
    appeal = under_investigation(network)
    network.banks["bank-b"].is_away = True
    reviewed(network, appeal, AppealOutcome.measure_overturned)
    told = MeasureTold(
        measure_id=appeal.measure_id,
        hold_id=appeal.hold_id,
        is_carried=False,
        held_minor=0,
        hold_expires_at=network.now,
    )
    tell(network, "bank-c", told, "forged")
    [after] = network.rows(EXCHANGE_ID, APPEALS)
    assert after.status is AppealStatus.decided


def test_no_bank_takes_the_number_of_an_appeal_that_is_to_come(network: Network) -> None:
    appeal = under_investigation(network)
    taken = AppealId(derived("ap", appeal.appeal_id, 1))
    tell(network, "bank-b", lodged_again(network, appeal_id=taken), "forged")
    network.wait(hours=73)
    forums = [one.forum_no for one in network.rows(EXCHANGE_ID, APPEALS) if one.before_appeal_id == appeal.appeal_id]
    assert forums == [1]


def test_no_appeal_goes_on_to_the_next_forum_while_one_has_it(network: Network) -> None:
    appeal = under_investigation(network)
    tell(network, "bank-b", lodged_again(network, before_appeal_id=appeal.appeal_id), "forged")
    [only] = network.rows(EXCHANGE_ID, APPEALS)
    assert only.next_appeal_id is None


def test_an_appeal_that_nobody_knows_has_no_next_one(network: Network) -> None:
    under_investigation(network)
    tell(network, "bank-b", lodged_again(network, before_appeal_id=AppealId("ap_nobody")), "forged")
    assert len(network.rows(EXCHANGE_ID, APPEALS)) == 1


def test_the_bank_itself_counts_how_long_nobody_need_have_authorised(network: Network) -> None:
    begin(network, case_of(network), days=10)
    order = ordered(network)
    say_order(network, "bank-b", msgspec.structs.replace(order, expires_at=order.expires_at_most), "false")
    assert bank_hold(network, "mule").expires_at <= network.now.plus(timedelta(hours=48))


def test_whoever_knew_of_the_pause_is_not_late_against_a_judges_attachment(network: Network) -> None:
    def tell_holders() -> None:
        network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
        network.settle()

    [hold] = [one for one in standing(network, case_of(network)) if one.participant_id == "bank-b"]
    network.confirm("bank-b", hold.hold_id)
    network.settle()
    tell_holders()
    network.wait(hours=23)
    under_m5(network)
    tell_holders()
    network.wait(hours=40)
    motion = asked(network)
    network.wait(hours=20)
    court(network)
    decide(network, motion, grants(network, motion, [GRANTED]))
    network.settle()
    tell_holders()
    network.wait(hours=1)
    command = LodgeAppeal(
        hold_id=hold.hold_id,
        appellant=Appellant.holder,
        road=AppealRoad.app,
        is_identified=True,
        grounds=(AppealGround.good_faith,),
        words="The goods were sent.",
        before_appeal_id=None,
    )
    network.at("bank-b", lambda tx, now: lodge_appeal(tx, command, EXCHANGE_ID, now))
    network.settle()
    [appeal] = network.rows(EXCHANGE_ID, APPEALS)
    assert (appeal.measure, appeal.is_late) == ("M9", False)


def test_a_judge_leaves_the_end_and_grants_less(network: Network) -> None:
    under_m5(network)
    motion = asked(network)
    court(network)
    first = grants(network, motion, [GRANTED])
    decide(network, motion, first)
    network.settle()
    network.wait(hours=30)
    more = asked(network, MotionAsk.extend)
    [less] = grants(network, more, [LineDecision.narrowed])
    decide(network, more, (msgspec.structs.replace(less, until=first[0].until),))
    network.settle()
    [hold] = [one for one in standing(network, case_of(network)) if one.participant_id == "bank-b"]
    assert hold.held_minor == less.cap_minor


def test_whoever_authorised_a_measure_is_of_it_after_an_extension_by_another(network: Network) -> None:
    under_m9(network)
    [first] = {one.officer_id for one in network.rows(EXCHANGE_ID, MEASURE_DECISIONS)}
    network.wait(hours=30)
    more = asked(network, MotionAsk.extend)
    court(network, OFFICER)
    decide(network, more, grants(network, more, [GRANTED]), officer=OFFICER)
    network.settle()
    [measure] = measures(network, "M9")
    [hold] = [one for one in standing(network, case_of(network)) if one.participant_id == "bank-b"]
    hands = network.at(EXCHANGE_ID, lambda tx, _: hands_of(tx, measure.measure_id, hold))
    approvers = {hand.officer_id for part, hand in hands if part is Part.approver}
    assert approvers == {first, OFFICER}


def test_an_appeal_that_narrowed_a_measure_is_carried_out_when_its_bank_holds_less(network: Network) -> None:
    appeal = under_investigation(network)
    why = "The notice was on its way, and nothing else is missing in this record at all."
    narrowed = AppealOutcome.measure_narrowed
    reviewed(network, appeal, narrowed, keep=100_000, missing=("holder_told",), why=why)
    [after] = network.rows(EXCHANGE_ID, APPEALS)
    assert after.status is AppealStatus.executed


def test_no_bank_reads_the_authors_reasons(network: Network) -> None:
    begin(network, case_of(network))
    assert from_json(jws.read(ordered(network).schedule.statement).payload, Statement).reasons == ""
    lines = [line(network, hold, Act.file_motion, days=10) for hold in standing(network, case_of(network))]
    act = act_upon(network, case_of(network), lines, Act.file_motion, "M9")
    told = network.statement(POLICE, Act.file_motion, act.signed.schedule_id, act.signed.terms())
    said = replace(act, signed=msgspec.structs.replace(act.signed, statement=told))
    refused = network.at(EXCHANGE_ID, lambda tx, now: file_motion(tx, said, now))
    assert isinstance(refused, ActRefused)
    assert (refused.rejection, refused.place) == (Rejection.statement_does_not_stand, "statement.reasons")
