"""Who may not, and what does not count: each of these was let through by a fault planted in the code, unseen."""

from datetime import date, timedelta

import msgspec
import pytest

from tarazy.agent.notices import serve_due_notices
from tarazy.app.admitting import DecideAdmission, decide_admission
from tarazy.app.appeal_records import APPEALS, CODE_PRESENTATIONS, RECORDED_ERRORS, Appeal
from tarazy.app.codes import PresentCode, present_code
from tarazy.app.errors import ClassifyError, classify_error
from tarazy.app.facts import AddFact, add_fact
from tarazy.app.measure_records import MOTIONS, CaseFact, Motion, Schedule
from tarazy.app.measure_request import facts_of_case
from tarazy.app.messages import OUTBOX
from tarazy.app.records import CASE_HOLDS, CASES, REPORTS
from tarazy.app.schedules import ActRefused
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealOutcome, TurnedDown
from tarazy.domain.error import ErrorKind
from tarazy.domain.measure import MeasureEnd, MeasureStatus
from tarazy.domain.motion import LineDecision, MotionStatus
from tarazy.domain.rejection import Rejection
from tarazy.protocol.appeal_bodies import AppealLodged, CodeAnswered
from tarazy.protocol.measure_bodies import MeasureOrder, MeasureTold
from tarazy.protocol.schedule import SignedDecision
from tarazy.protocol.statement import Act
from tarazy.values.ids import AppealId, ParticipantId
from tarazy.values.replacing import replace
from tests.measuring import (
    JUDGE,
    POLICE,
    WORDS,
    act_upon,
    ask,
    begin,
    case_of,
    court,
    decide,
    do_begin,
    fact_from,
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
from tests.story_people import OFFICER
from tests.story_reading import bank_hold
from tests.unit.agent.test_measure_orders import ordered
from tests.unit.agent.test_paid_in_part import OFFICE
from tests.unit.app.speaking import envelope_of, tell
from tests.unit.app.speaking import order as say
from tests.unit.app.test_appeals import appealed, reviewed

GRANTED = LineDecision.granted


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """Money held under an investigator's measure."""
    network = robbed(store_for)
    network.report("t1")
    registered(network, case_of(network))
    begin(network, case_of(network))
    network.settle()
    return network


def filed(network: Network) -> Motion:
    motion = ask(network, case_of(network))
    assert isinstance(motion, Motion), motion
    network.settle()
    return motion


def refused(outcome: object) -> tuple[Rejection, str]:
    assert isinstance(outcome, ActRefused), outcome
    return outcome.rejection, outcome.place


# --- deciding


def test_a_decision_of_tomorrow_decides_nothing_today(network: Network) -> None:
    motion = filed(network)
    court(network)
    lines = grants(network, motion, [GRANTED])
    assert refused(decide(network, motion, lines, decided_on=date(2026, 11, 23)))[1] == "decided_on"
    assert measures(network, "M9")[0].status is MeasureStatus.waiting


def test_a_judges_signature_carries_no_reasons_that_every_bank_would_read(network: Network) -> None:
    motion = filed(network)
    court(network)
    lines = grants(network, motion, [GRANTED])
    said = decide(network, motion, lines, told_all="The holder is known here from another case.")
    assert refused(said) == (Rejection.decision_does_not_stand, "statements")


def test_whoever_has_asked_does_not_decide_in_another_capacity_either(network: Network) -> None:
    motion = filed(network)
    network.enrol(POLICE, "court", "investigating_judge", OFFICER)  # another office, the same hands
    lines = grants(network, motion, [GRANTED])
    assert refused(decide(network, motion, lines, by=POLICE, officer=OFFICER)) == (Rejection.same_hands, "statements")


def test_an_investigator_who_has_become_a_prosecutor_reviews_no_measure_of_their_own(network: Network) -> None:
    appeal = appealed(network)
    network.enrol(POLICE, "prosecutor", "prosecutor", OFFICER)  # another office, the same hands
    assert reviewed(network, appeal, AppealOutcome.measure_overturned, by=POLICE) is Rejection.same_hands


def test_a_judge_who_decides_as_somebody_else_binds_no_bank(network: Network) -> None:
    motion = filed(network)
    court(network)
    decide(network, motion, grants(network, motion, [GRANTED]))
    order = ordered(network)
    assert isinstance(order.decision, SignedDecision)
    other = msgspec.structs.replace(order.decision, by="prosecutor")
    signed = network.statement("court", Act.decide_motion, other.decision_id, other.terms(), officer=JUDGE, reasons="")
    forged = msgspec.structs.replace(order, decision=msgspec.structs.replace(other, statements=(signed,)))
    result = say(network, "bank-b", forged, "forged-1")
    assert (result.status, result.refusal) == ("rejected", Rejection.decision_does_not_stand)


def test_a_measure_that_was_carried_on_does_not_take_the_hold_back(network: Network) -> None:
    first = _last_order(network)
    motion = filed(network)
    court(network)
    decide(network, motion, grants(network, motion, [GRANTED]))
    network.settle()
    carrier = bank_hold(network, "mule").carried_by
    result = say(network, "bank-b", first, "again-1")
    assert (result.status, result.refusal) == ("rejected", Rejection.measure_has_ended)
    assert bank_hold(network, "mule").carried_by == carrier


def _last_order(network: Network) -> MeasureOrder:
    """Return the order that the bank was given last."""
    [known] = measures(network)
    of_kind = (Condition("kind", "=", "measure_order"), Condition("recipient", "=", "bank-b"))
    order = envelope_of(network.rows(EXCHANGE_ID, OUTBOX, *of_kind, order=("serial",))[-1].text).body
    assert isinstance(order, MeasureOrder)
    assert order.measure_id == known.measure_id
    return order


# --- asking


def test_lines_upon_one_report_together_stay_within_what_its_payer_misses(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 200_000)
    network.settle()
    network.report("t1")
    registered(network, case_of(network))
    holds = standing(network, case_of(network))
    assert len(holds) == 2
    [report] = network.rows(EXCHANGE_ID, REPORTS)

    def both_hold_all(tx, _):  # type: ignore[no-untyped-def] # as no bank would say
        for hold in holds:
            tx.put(CASE_HOLDS, replace(hold, held_minor=report.claim_minor))

    network.at(EXCHANGE_ID, both_hold_all)
    alone = [line(network, holds[0], cap=report.claim_minor)]
    together = [line(network, hold, cap=report.claim_minor) for hold in holds]
    act = act_upon(network, case_of(network), together, Act.begin_measure, "M5")
    assert refused(do_begin(network, act))[0] is Rejection.measure_refused_by_law
    act = act_upon(network, case_of(network), alone, Act.begin_measure, "M5")
    assert isinstance(do_begin(network, act), Schedule)


def test_what_speaks_for_the_holder_is_answered_before_anything_is_signed(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.report("t1")
    registered(network, case_of(network))
    fact_from(network, "statement of the holder", for_holder=True)
    assert refused(begin(network, case_of(network)))[0] is Rejection.exculpatory_not_answered
    answered = replace(WORDS, exculpatory="The contract that was shown names other goods and a later day.")
    assert isinstance(begin(network, case_of(network), words=answered), Schedule)


def test_what_was_locked_is_used_by_nobody_again(network: Network) -> None:
    [first] = measures(network)
    fact_from(network, first.measure_id)
    appeal = appealed(network)
    network.enrol("prosecutor", "prosecutor", "prosecutor")
    motion = filed(network)
    court(network)
    decide(network, motion, grants(network, motion, [GRANTED]))
    network.settle()
    reviewed(network, appeal, AppealOutcome.measure_unlawful)
    case_id = case_of(network)
    found = network.at(EXCHANGE_ID, lambda tx, _: facts_of_case(tx, tx.get(CASES, case_id)))
    assert found == []


# --- others' affairs


def test_an_investigator_of_another_body_neither_lifts_nor_withdraws(network: Network) -> None:
    motion = filed(network)
    network.enrol("police-2", "police", "investigator", OFFICER)
    assert lift(network, measures(network)[0], by="police-2") is Rejection.officer_not_entitled
    assert take_back(network, motion, by="police-2") is Rejection.officer_not_entitled
    assert network.rows(EXCHANGE_ID, MOTIONS)[0].status is MotionStatus.filed


def test_a_bank_lodges_no_appeal_upon_another_banks_hold(network: Network) -> None:
    hold = hold_at(network, "bank-b")
    body = AppealLodged(
        appeal_id=AppealId("ap_foreign"),
        measure_id=measures(network)[0].measure_id,
        hold_id=hold.hold_id,
        appellant="holder",
        road="app",
        is_identified=True,
        grounds=(),
        sealed_words=None,
        learned_at=None,
        filed_at=network.now,
        before_appeal_id=None,
        was_read_back=False,
        statement="",
    )
    assert tell(network, "bank-c", body, "lie-1").refusal == Rejection.hold_not_of_sender
    assert network.rows(EXCHANGE_ID, APPEALS) == []


def test_only_the_bank_to_which_a_code_was_shown_answers_it(network: Network) -> None:
    command = PresentCode(participant_id=ParticipantId("bank-b"), code="ABCD-EFGH", grounds=(), words="")
    network.at(EXCHANGE_ID, lambda tx, now: present_code(tx, command, now))
    [shown] = network.rows(EXCHANGE_ID, CODE_PRESENTATIONS)
    body = CodeAnswered(presentation_id=shown.presentation_id, appeal_id=AppealId("ap_foreign"))
    assert tell(network, "bank-c", body, "lie-1").refusal == Rejection.code_unknown
    assert not network.rows(EXCHANGE_ID, CODE_PRESENTATIONS)[0].is_answered


# --- what a bank says of a measure


def test_what_a_bank_says_is_kept_within_what_was_signed(network: Network) -> None:
    [measure] = measures(network)
    later = measure.expires_at.plus(timedelta(days=30))
    told = MeasureTold(
        measure_id=measure.measure_id,
        hold_id=measure.hold_id,
        is_carried=True,
        held_minor=measure.cap_minor + 1,
        hold_expires_at=later,
    )
    assert tell(network, "bank-b", told, "lie-1").status == "accepted"
    [after] = measures(network)
    assert after.held_minor == measure.cap_minor
    assert hold_at(network, "bank-b").expires_at <= measure.expires_at


def test_a_withdrawn_report_takes_along_what_rests_on_it_alone(network: Network) -> None:
    motion = filed(network)
    court(network)
    fact_from(network, "statement of a witness")
    decide(network, motion, grants(network, motion, [GRANTED]))
    network.settle()
    [report] = network.rows(EXCHANGE_ID, REPORTS)
    network.withdraw("bank-a", report.report_id)
    network.settle()
    assert measures(network, "M9")[0].end is MeasureEnd.report_withdrawn  # it was asked for before the witness came


def test_a_withdrawn_report_takes_no_measure_along_that_was_asked_for_upon_other_facts(network: Network) -> None:
    fact_from(network, "statement of a witness")
    motion = filed(network)
    court(network)
    decide(network, motion, grants(network, motion, [GRANTED]))
    network.settle()
    [report] = network.rows(EXCHANGE_ID, REPORTS)
    network.withdraw("bank-a", report.report_id)
    network.settle()
    assert measures(network, "M9")[0].status is MeasureStatus.in_force


# --- reviewing


def test_who_lets_a_measure_stand_names_what_is_missing_and_reasons_alone_do_not_do(network: Network) -> None:
    appeal = appealed(network)
    network.enrol("prosecutor", "prosecutor", "prosecutor")
    why = "The holder was told by telephone, and has said so in the appeal."
    stands = AppealOutcome.measure_stands
    assert reviewed(network, appeal, stands, why=why) is Rejection.lawfulness_not_shown
    assert reviewed(network, appeal, stands, missing=("signed_act",), why=why) is Rejection.lawfulness_not_shown
    assert isinstance(reviewed(network, appeal, stands, missing=("holder_told",), why=why), Appeal)


def test_a_holders_appeal_is_never_turned_down_as_a_strangers(network: Network) -> None:
    appeal = appealed(network)
    network.enrol("prosecutor", "prosecutor", "prosecutor")
    command = DecideAdmission(
        appeal_id=appeal.appeal_id,
        why=TurnedDown.not_affected,
        participant_id=ParticipantId("prosecutor"),
        statement="",
    )
    signed = network.statement("prosecutor", command.act, appeal.appeal_id, command.terms())
    said = replace(command, statement=signed)
    done = network.at(EXCHANGE_ID, lambda tx, now: decide_admission(tx, said, now))
    assert done is Rejection.appeal_is_admitted


def test_who_had_a_hand_in_a_measure_does_not_say_how_grave_its_error_was(network: Network) -> None:
    appeal = appealed(network)
    network.enrol("prosecutor", "prosecutor", "prosecutor")
    reviewed(network, appeal, AppealOutcome.measure_overturned)
    [error] = network.rows(EXCHANGE_ID, RECORDED_ERRORS)
    network.enrol(POLICE, "prosecutor", "prosecutor", OFFICER)  # another office, the same hands
    terms = (("kind", ErrorKind.excusable_error), ("cause", error.cause))
    signed = network.statement(POLICE, Act.classify_error, error.error_id, terms)
    command = ClassifyError(
        error_id=error.error_id, kind=ErrorKind.excusable_error, participant_id=ParticipantId(POLICE), statement=signed
    )
    assert network.at(EXCHANGE_ID, lambda tx, now: classify_error(tx, command, now)) is Rejection.same_hands


def test_who_was_told_and_let_their_own_time_pass_is_late_and_heard_as_such(network: Network) -> None:
    motion = filed(network)
    court(network)
    decide(network, motion, grants(network, motion, [GRANTED]))
    network.settle()
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    network.settle()
    network.wait(hours=80)
    assert appealed(network).is_late


# --- facts


def test_a_fact_that_nobody_has_signed_or_that_says_something_else_is_none(network: Network) -> None:
    case_id = case_of(network)
    fact = AddFact(
        fact_id="fa-9",
        case_id=case_id,
        kind="fact",
        code="known_to_payer",
        source="statement of the payer",
        grade="reported",
        is_for_holder=True,
        participant_id=ParticipantId(POLICE),
        statement="",
    )
    signed = network.statement(POLICE, Act.state_fact, fact.fact_id, fact.terms(), officer=OFFICER, reasons="")
    for wrong in (
        fact,
        replace(fact, statement=signed, is_for_holder=False, code="account_opened_lately"),
        replace(fact, statement=signed, source="somebody else"),
        replace(fact, statement=signed, participant_id=ParticipantId("bank-b")),
    ):
        done = network.at(EXCHANGE_ID, lambda tx, now, one=wrong: add_fact(tx, one, now))
        assert done is Rejection.statement_does_not_stand
    done = network.at(EXCHANGE_ID, lambda tx, now: add_fact(tx, replace(fact, statement=signed), now))
    assert isinstance(done, CaseFact), done
    assert (done.officer_id, done.statement) == (OFFICER, signed)
