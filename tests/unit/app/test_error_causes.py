"""Errors that stored events show by themselves: told too late, let go too late, held on a report that did not stand."""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from tarazy.agent.notices import serve_due_notices
from tarazy.app.appeal_records import RECORDED_ERRORS, RecordedError
from tarazy.app.errors import CLASSIFIED_WITHIN, ClassifyError, classify_error
from tarazy.app.measure_records import DEADLINES, Deadline, MeasureDecision, Motion, Schedule
from tarazy.app.queries.duties import Whose, duties_of
from tarazy.app.releasing import ON_THE_WAY
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.deadline import DeadlineStatus, Duty
from tarazy.domain.error import ErrorCause, ErrorKind, ErrorStatus, FoundBy
from tarazy.domain.measure import MeasureEnd, MeasureStatus
from tarazy.domain.motion import LineDecision, MotionAsk
from tarazy.law.assessment import Measure
from tarazy.law.calendar import Window, WindowUnit
from tarazy.law.ground import Pack, index
from tarazy.law.pack import MeasureRule
from tarazy.law.safeguards import IfMissed, ReviewRule
from tarazy.law.terms import ActorRole
from tarazy.protocol.bodies import NoticeServed
from tarazy.protocol.statement import Act
from tarazy.values.ids import ParticipantId
from tarazy.values.replacing import replace
from tests.measuring import (
    ask,
    begin,
    case_of,
    court,
    decide,
    fact_from,
    grants,
    hold_at,
    lift,
    measures,
    police,
    registered,
)
from tests.story import Network, StoreFor, robbed
from tests.story_reading import bank_hold
from tests.unit.agent.test_paid_in_part import OFFICE

MINUTE = timedelta(minutes=1)


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """A network in which bank B holds everything, on its own pause."""
    network = robbed(store_for)
    network.report("t1")
    return network


def errors(network: Network) -> list[RecordedError]:
    return network.rows(EXCHANGE_ID, RECORDED_ERRORS)


def duties(network: Network, duty: Duty) -> list[Deadline]:
    rows: list[Deadline] = network.rows(EXCHANGE_ID, DEADLINES, order=("starts_at",))
    return [row for row in rows if row.duty == duty]


def statuses(network: Network, duty: Duty) -> list[DeadlineStatus]:
    return [row.status for row in duties(network, duty)]


def serve(network: Network) -> None:
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    network.settle()


def begun(network: Network) -> None:
    registered(network, case_of(network))
    done = begin(network, case_of(network))
    assert isinstance(done, Schedule), done
    network.settle()


def under(network: Network, changed: Callable[[MeasureRule], MeasureRule]) -> None:
    """Let the exchange work under another law."""
    before = network.exchange.setting_at

    def anew(pack: Pack) -> Pack:
        return index(replace(pack.data, rules=tuple(changed(rule) for rule in pack.data.rules)))

    pack = anew(network.setting(EXCHANGE_ID).pack)
    network.exchange = replace(network.exchange, setting_at=lambda now: replace(before(now), pack=pack))


def test_who_is_told_at_once_is_told_in_time(network: Network) -> None:
    network.wait(minutes=59)
    serve(network)
    assert errors(network) == []


def test_a_pause_that_is_told_after_the_hour_is_an_error_of_its_bank(network: Network) -> None:
    hold = hold_at(network, "bank-b")
    network.wait(minutes=90)
    serve(network)
    [error] = errors(network)
    assert (error.cause, error.found_by) == (ErrorCause.late_notice, FoundBy.notice)
    assert (error.measure_id, error.participant_id) == (hold.hold_id, "bank-b")
    assert (error.held_minor, error.held_s) == (500_000, 30 * 60)


def test_a_late_notice_counts_once_and_by_when_it_was_served(network: Network) -> None:
    """What arrives late was not served late; and a second notice of one measure is no second error."""
    hold = hold_at(network, "bank-b")
    body = NoticeServed(
        notice_id="nt_1", hold_id=hold.hold_id, code_hash="h", channel="app", served_at=network.now, measure_id=None
    )
    network.wait(minutes=90)
    network.say("bank-b", body, "nt_1")
    network.settle()
    assert errors(network) == []
    again = msgspec.structs.replace(body, notice_id="nt_2", served_at=network.now)
    network.say("bank-b", again, "nt_2")
    network.settle()
    assert errors(network) == []


@pytest.mark.parametrize(("hours", "is_late"), [(23, False), (25, True)])
def test_an_authoritys_measure_is_told_within_its_own_time(network: Network, hours: int, is_late: bool) -> None:
    serve(network)
    begun(network)
    network.wait(hours=hours)
    serve(network)
    found = [(one.cause, one.participant_id, one.measure_id) for one in errors(network)]
    assert found == ([(ErrorCause.late_notice, "bank-b", measures(network)[0].measure_id)] if is_late else [])


def test_a_release_in_time_is_a_duty_that_is_met(network: Network) -> None:
    begun(network)
    lift(network, measures(network)[0])
    network.settle()
    [duty] = duties(network, Duty.carry_out_release)
    assert (duty.status, duty.owner_participant_id) == (DeadlineStatus.met, "bank-b")
    assert duty.due_at == duty.starts_at.plus(MINUTE + ON_THE_WAY)
    assert errors(network) == []


def test_a_release_that_is_not_confirmed_in_time_is_seen_and_recorded_once(network: Network) -> None:
    begun(network)
    network.banks["bank-b"].is_away = True
    ended = measures(network)[0]
    lift(network, ended)
    network.wait(minutes=62)
    assert statuses(network, Duty.carry_out_release) == [DeadlineStatus.missed]
    [error] = errors(network)
    assert (error.cause, error.found_by, error.participant_id) == (
        ErrorCause.late_release,
        FoundBy.deadline,
        "bank-b",
    )
    assert error.measure_id == ended.measure_id
    rows = network.at(EXCHANGE_ID, lambda tx, _: duties_of(tx, Whose(None, None)))
    assert (Duty.carry_out_release, True) in {(row.what, row.is_missed) for row in rows}
    network.wait(hours=2)
    network.banks["bank-b"].is_away = False
    network.settle()
    assert statuses(network, Duty.carry_out_release) == [DeadlineStatus.met]
    [error] = errors(network)
    assert error.held_s == (3 * 60 + 2) * 60  # since the order, until the bank's word


def test_a_pause_whose_report_is_gone_is_owed_back_too(network: Network) -> None:
    [filed] = {hold_at(network, "bank-b").report_id}
    network.banks["bank-b"].is_away = True
    network.withdraw("bank-a", filed)
    network.wait(minutes=62)
    assert statuses(network, Duty.carry_out_release) == [DeadlineStatus.missed]
    assert sorted(one.cause for one in errors(network)) == [ErrorCause.false_report, ErrorCause.late_release]


def test_what_ends_by_its_own_time_is_no_release_that_anybody_ordered(network: Network) -> None:
    begun(network)
    network.wait(hours=49)
    assert {one.end for one in measures(network)} == {MeasureEnd.motion_not_filed}
    assert duties(network, Duty.carry_out_release) == []


def test_what_was_held_on_a_report_that_was_withdrawn_is_the_reporters_error(network: Network) -> None:
    hold = hold_at(network, "bank-b")
    network.wait(minutes=20)
    network.withdraw("bank-a", hold.report_id)
    network.settle()
    [error] = errors(network)
    assert (error.cause, error.found_by) == (ErrorCause.false_report, FoundBy.report)
    assert (error.measure_id, error.participant_id) == (hold.hold_id, "bank-a")
    assert (error.held_minor, error.held_s) == (500_000, 20 * 60)


def test_a_measure_on_the_report_alone_is_the_one_that_is_noted(network: Network) -> None:
    begun(network)
    network.withdraw("bank-a", hold_at(network, "bank-b").report_id)
    network.settle()
    assert [(one.cause, one.measure_id) for one in errors(network)] == [
        (ErrorCause.false_report, measures(network)[0].measure_id)
    ]


def test_a_measure_that_stands_on_facts_of_its_own_was_no_error(network: Network) -> None:
    police(network)
    fact_from(network, "record of an inspection")
    begun(network)
    network.withdraw("bank-a", hold_at(network, "bank-b").report_id)
    network.wait(hours=2)
    assert [one.status for one in measures(network)] == [MeasureStatus.urgent]
    assert errors(network) == []
    assert statuses(network, Duty.carry_out_release) == []


def test_an_error_is_to_be_classified_in_time_and_who_does_it_has_done_it(network: Network) -> None:
    network.wait(minutes=90)
    serve(network)
    [duty] = duties(network, Duty.classify_error)
    assert (duty.owner, duty.due_at) == (ActorRole.supervisor, duty.starts_at.plus(CLASSIFIED_WITHIN))
    network.enrol("supervisor", "supervisor", "supervisor")
    [error] = errors(network)
    terms = (("kind", "breach_of_rule"), ("cause", error.cause.value))
    command = ClassifyError(
        error_id=error.error_id,
        kind=ErrorKind.breach_of_rule,
        participant_id=ParticipantId("supervisor"),
        statement=network.statement("supervisor", Act.classify_error, error.error_id, terms),
    )
    done = network.at(EXCHANGE_ID, lambda tx, now: classify_error(tx, command, now))
    assert isinstance(done, RecordedError), done
    assert done.status is ErrorStatus.disclosed
    assert statuses(network, Duty.classify_error) == [DeadlineStatus.met]


def attached(network: Network) -> None:
    """Let M9 carry the hold for sixty days, as a judge has granted it."""
    court(network)
    begun(network)
    granted(network, ask(network, case_of(network)))


def granted(network: Network, motion: object) -> None:
    assert isinstance(motion, Motion), motion
    network.settle()
    done = decide(network, motion, grants(network, motion, [LineDecision.granted]))
    assert isinstance(done, MeasureDecision), done
    network.settle()


def test_a_judge_who_decides_on_more_has_looked_again(network: Network) -> None:
    attached(network)
    [duty] = duties(network, Duty.review_measure)
    assert (duty.status, duty.owner) == (DeadlineStatus.open, ActorRole.investigating_judge)
    assert duty.due_at == duty.starts_at.plus(timedelta(days=90))
    network.wait(days=59)
    granted(network, ask(network, case_of(network), days=80, what=MotionAsk.extend))
    first, second = duties(network, Duty.review_measure)
    assert (first.status, second.status) == (DeadlineStatus.met, DeadlineStatus.open)
    assert second.due_at == network.now.plus(timedelta(days=90))


def test_at_what_nobody_has_looked_again_ends_before_what_was_granted(network: Network) -> None:
    """Under a law that wants the judge to look every thirty days."""
    often = ReviewRule(every=Window(30, WindowUnit.days24), by=ActorRole.court, if_missed=IfMissed.lapses)

    def changed(rule: MeasureRule) -> MeasureRule:
        if rule.measure is not Measure.M9 or rule.review is None:
            return rule
        return replace(rule, review=replace(rule.review, value=often))

    under(network, changed)
    attached(network)
    network.wait(days=29)
    assert bank_hold(network, "mule").held_minor == 500_000
    network.wait(days=1, minutes=1)
    [last] = measures(network, "M9")
    assert (last.measure, last.end) == (Measure.M9, MeasureEnd.not_decided_in_time)
    assert bank_hold(network, "mule").held_minor == 0
    assert statuses(network, Duty.review_measure) == [DeadlineStatus.missed]
    assert statuses(network, Duty.carry_out_release) == [DeadlineStatus.met]
