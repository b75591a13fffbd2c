"""Notices that are put off: by whom the law names, of that measure alone, and served at the end by the bank's clock."""

from datetime import timedelta
from typing import Final

import msgspec
import pytest

from tarazy.agent.deferring import KEPT_DEFERRALS
from tarazy.agent.notices import serve_due_notices
from tarazy.agent.records import HOLDERS, SERVED_NOTICES, Holder, ServedNotice
from tarazy.app.deferring import DEFERRALS, DeferNotice, Deferral, LiftDeferral, defer_notice, lift_deferral
from tarazy.app.measure_records import DEADLINES, CaseMeasure, Motion, Schedule
from tarazy.app.records import CASE_HOLDS, REPORTS
from tarazy.app.schedules import measure_id_of
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.deadline import DeadlineStatus, Duty
from tarazy.domain.deferral import DeferralStatus
from tarazy.domain.motion import LineDecision
from tarazy.domain.notice import NoticeKind
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import DeferOrder
from tarazy.protocol.deferral_bodies import LiftDeferral as LiftDeferralTold
from tarazy.protocol.deferral_bodies import SignedDeferral, SignedLift
from tarazy.protocol.statement import Act
from tarazy.texts.catalogue import Language
from tarazy.texts.links import links_in
from tarazy.values.ids import AccountId, DeferralId, HoldId, MeasureId, ParticipantId
from tarazy.values.instant import Instant
from tests.measuring import (
    COURT,
    JUDGE,
    ask,
    begin,
    case_of,
    court,
    decide,
    grants,
    hold_at,
    line,
    measures,
    registered,
)
from tests.story import Network, StoreFor, robbed
from tests.story_people import OFFICER
from tests.unit.agent.test_paid_in_part import OFFICE, read

PROSECUTOR: Final = "prosecutor"
COVERT: Final = "law.deferral.covert_measure"
BEGUN, OVER, ENDED = NoticeKind.measure_begun, NoticeKind.measure_over, NoticeKind.hold_expired
TEN: Final = timedelta(days=10)


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """A registered case in which the mule was told of the bank's own hold; a prosecutor and a court are joined."""
    network = robbed(store_for)
    holder = Holder(
        account_id=AccountId("mule"),
        name="Timur (invented)",
        language=Language.en,
        phone="+7 701 000 00 00",
        is_demonstration=True,
    )
    network.at("bank-b", lambda tx, _: tx.put(HOLDERS, holder))
    network.report("t1")
    registered(network, case_of(network))
    network.enrol(PROSECUTOR, "prosecutor", "prosecutor")
    court(network)
    serve(network)
    return network


def serve(network: Network) -> list[ServedNotice]:
    before = network.rows("bank-b", SERVED_NOTICES)
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    network.settle()
    return [one for one in network.rows("bank-b", SERVED_NOTICES) if one not in before]


def kinds(network: Network) -> list[str]:
    return [one.notice_kind for one in serve(network)]


def begun(network: Network) -> CaseMeasure:
    done = begin(network, case_of(network))
    assert isinstance(done, Schedule), done
    network.settle()
    return measures(network)[0]


def wish(
    network: Network,
    measure_id: MeasureId,
    until: Instant,
    *,
    by: str = PROSECUTOR,
    ground: str = COVERT,
    measure: str = "M5",
    upon: HoldId | None = None,
) -> DeferNotice:
    holds = [one for one in network.rows(EXCHANGE_ID, CASE_HOLDS) if one.hold_id == upon]
    hold, officer = holds[0] if holds else hold_at(network, "bank-b"), JUDGE if by == COURT else OFFICER
    signed = SignedDeferral(
        deferral_id=DeferralId(f"df-{by}-{network.now.text()}-{measure_id}"),
        measure_id=measure_id,
        measure=measure,
        hold_id=hold.hold_id,
        case_id=hold.case_id,
        ground=ground,
        until=until,
        participant_id=ParticipantId(by),
        statement="",
    )
    statement = network.statement(by, Act.defer_notice, signed.deferral_id, signed.terms(), officer=officer)
    return DeferNotice(signed=msgspec.structs.replace(signed, statement=statement))


def do(network: Network, command: DeferNotice) -> Deferral | Rejection:
    done = network.at(EXCHANGE_ID, lambda tx, now: defer_notice(tx, command, now))
    network.settle()
    return done


def deferred(network: Network, span: timedelta = TEN) -> CaseMeasure:
    measure = begun(network)
    assert isinstance(do(network, wish(network, measure.measure_id, network.now.plus(span))), Deferral)
    return measure


def telling(network: Network) -> list[DeadlineStatus]:
    rows = network.rows(EXCHANGE_ID, DEADLINES, order=("due_at",))
    return [row.status for row in rows if row.duty == Duty.tell_holder and row.status is not DeadlineStatus.void]


def test_a_notice_that_is_put_off_is_kept_back_and_served_at_the_end_by_the_banks_own_clock(network: Network) -> None:
    deferred(network, timedelta(hours=30))
    assert kinds(network) == []
    network.wait(hours=29)
    assert kinds(network) == []
    network.banks["bank-b"].is_away = True
    network.now = network.now.plus(timedelta(hours=1))
    (notice,) = serve(network)
    assert notice.notice_kind == BEGUN
    assert "had been put off under the law by: prosecutor" in read(notice)
    assert "the notice would reveal a covert measure" in read(notice)
    assert links_in(read(notice)) == []


def test_the_duty_to_tell_ends_with_the_deferral_and_is_met_by_the_notice(network: Network) -> None:
    deferred(network, timedelta(hours=30))
    network.wait(hours=25)
    assert telling(network) == [DeadlineStatus.open]
    network.wait(hours=5)
    serve(network)
    assert telling(network) == [DeadlineStatus.met]


def test_a_deferral_can_come_before_its_measure_so_that_nothing_is_served_in_between(network: Network) -> None:
    hold = hold_at(network, "bank-b")
    measure_id = measure_id_of(line(network, hold), "M5")
    assert isinstance(do(network, wish(network, measure_id, network.now.plus(timedelta(hours=30)))), Deferral)
    assert begun(network).measure_id == measure_id
    assert kinds(network) == []
    network.wait(hours=25)
    assert telling(network) == [DeadlineStatus.open]
    network.wait(hours=5)
    assert kinds(network) == [BEGUN]


def test_only_that_measure_is_kept_back(network: Network) -> None:
    measure = deferred(network)
    motion = ask(network, case_of(network))
    assert isinstance(motion, Motion), motion
    network.settle()
    decide(network, motion, grants(network, motion, [LineDecision.granted]))
    network.settle()
    (told,) = serve(network)
    assert told.notice_kind == BEGUN
    assert told.measure_id != measure.measure_id
    network.wait(days=10)
    (late,) = serve(network)
    assert (late.notice_kind, late.measure_id) == (OVER, measure.measure_id)
    assert "You were not told of it before" in read(late)


def test_of_a_hold_that_ended_meanwhile_all_is_told_at_the_end(network: Network) -> None:
    measure = deferred(network)
    network.wait(hours=48)
    assert kinds(network) == []
    network.wait(days=8)
    (ended,) = serve(network)
    assert (ended.notice_kind, ended.measure_id) == (ENDED, measure.measure_id)
    assert "had been put off" in read(ended)
    assert telling(network) == [DeadlineStatus.met]


def test_a_notice_that_was_served_is_put_off_no_more(network: Network) -> None:
    measure = begun(network)
    assert kinds(network) == [BEGUN]
    assert do(network, wish(network, measure.measure_id, network.now.plus(TEN))) is Rejection.notice_already_served


def test_a_bank_that_has_served_already_says_so_and_the_deferral_is_lifted(network: Network) -> None:
    measure = begun(network)
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    command = wish(network, measure.measure_id, network.now.plus(TEN))
    assert isinstance(network.at(EXCHANGE_ID, lambda tx, now: defer_notice(tx, command, now)), Deferral)
    network.settle()
    assert [one.status for one in network.rows(EXCHANGE_ID, DEFERRALS)] == [DeferralStatus.lifted]
    assert network.rows("bank-b", KEPT_DEFERRALS) == []


def test_a_judge_renews_before_the_end_and_a_prosecutor_does_not(network: Network) -> None:
    measure = deferred(network)
    network.wait(days=9)
    later = network.now.plus(timedelta(days=20))
    again = do(network, wish(network, measure.measure_id, later))
    assert again is Rejection.deferral_needs_other_body
    assert isinstance(do(network, wish(network, measure.measure_id, later, by=COURT)), Deferral)
    network.wait(days=19)
    assert kinds(network) == []
    network.wait(days=1)
    assert kinds(network) == [ENDED]


def test_a_renewal_after_the_end_is_too_late(network: Network) -> None:
    measure = deferred(network, timedelta(hours=30))
    network.wait(hours=30)
    late = wish(network, measure.measure_id, network.now.plus(TEN), by=COURT)
    assert do(network, late) is Rejection.deferral_too_late


@pytest.mark.parametrize("measure", ["M4b", "M9"])
def test_a_measure_whose_law_names_no_deferral_is_told_as_ever(network: Network, measure: str) -> None:
    command = wish(network, MeasureId("ms-ahead"), network.now.plus(TEN), measure=measure)
    assert do(network, command) is Rejection.deferral_ground_unknown


def test_an_investigator_and_a_ground_of_ones_own_put_nothing_off(network: Network) -> None:
    measure = begun(network)
    own = wish(network, measure.measure_id, network.now.plus(TEN), by="police")
    assert do(network, own) is Rejection.same_hands
    weak = wish(network, measure.measure_id, network.now.plus(TEN), ground="law.deferral.convenience")
    assert do(network, weak) is Rejection.deferral_ground_unknown
    assert kinds(network) == [BEGUN]


def told_no(network: Network, command: DeferNotice) -> str | None:
    network.say(EXCHANGE_ID, DeferOrder(deferral=command.signed), command.signed.deferral_id, to="bank-b")
    network.settle()
    assert network.rows("bank-b", KEPT_DEFERRALS) == []
    assert kinds(network) == [BEGUN]
    return network.turned_down[-1].refusal


def test_a_bank_believes_no_exchange_that_puts_off_by_itself(network: Network) -> None:
    measure = begun(network)
    honest = wish(network, measure.measure_id, network.now.plus(TEN))
    longer = DeferNotice(signed=msgspec.structs.replace(honest.signed, until=network.now.plus(timedelta(days=9))))
    assert told_no(network, longer) == Rejection.statement_does_not_stand


def test_a_bank_counts_the_laws_times_itself(network: Network) -> None:
    measure = begun(network)
    longer = wish(network, measure.measure_id, network.now.plus(timedelta(days=11)))
    assert told_no(network, longer) == Rejection.deferral_beyond_cap


def test_a_bank_looks_at_who_has_signed(network: Network) -> None:
    measure = begun(network)
    by_judge = wish(network, measure.measure_id, network.now.plus(TEN), by=COURT)
    assert told_no(network, by_judge) == Rejection.deferral_needs_other_body


def lift(network: Network, *, by: str = PROSECUTOR) -> LiftDeferral:
    last = network.rows(EXCHANGE_ID, DEFERRALS, order=("number",))[-1]
    signed = SignedLift(
        deferral_id=last.deferral_id,
        measure_id=last.measure_id,
        hold_id=last.hold_id,
        case_id=last.case_id,
        participant_id=ParticipantId(by),
        statement="",
    )
    officer = JUDGE if by == COURT else OFFICER
    statement = network.statement(by, Act.defer_notice, signed.deferral_id, signed.terms(), officer=officer)
    return LiftDeferral(signed=msgspec.structs.replace(signed, statement=statement))


def do_lift(network: Network, command: LiftDeferral) -> Deferral | Rejection:
    done = network.at(EXCHANGE_ID, lambda tx, now: lift_deferral(tx, command, now))
    network.settle()
    return done


@pytest.mark.parametrize("by", [PROSECUTOR, COURT])
def test_whoever_has_put_off_or_stands_above_lifts_early_and_the_notice_goes_out_at_once(
    network: Network, by: str
) -> None:
    deferred(network)
    assert kinds(network) == []
    network.wait(hours=3)
    done = do_lift(network, lift(network, by=by))
    assert isinstance(done, Deferral), done
    assert [one.status for one in network.rows("bank-b", KEPT_DEFERRALS)] == [DeferralStatus.lifted]
    (notice,) = serve(network)
    assert notice.notice_kind == BEGUN
    assert "had been put off under the law by: prosecutor" in read(notice)
    assert telling(network) == [DeadlineStatus.met]
    assert do_lift(network, lift(network, by=by)).status is DeferralStatus.lifted  # type: ignore[union-attr] # a rejection has no status and fails here
    assert kinds(network) == []


def test_all_deferrals_of_a_measure_are_lifted_together_by_who_granted_the_last(network: Network) -> None:
    measure = deferred(network)
    network.wait(days=1)
    later = network.now.plus(timedelta(days=20))
    assert isinstance(do(network, wish(network, measure.measure_id, later, by=COURT)), Deferral)
    assert do_lift(network, lift(network)) is Rejection.deferral_needs_other_body
    assert isinstance(do_lift(network, lift(network, by=COURT)), Deferral)
    assert [one.status for one in network.rows(EXCHANGE_ID, DEFERRALS)] == [DeferralStatus.lifted] * 2
    assert len(serve(network)) == 1
    network.wait(hours=1)
    assert do(network, wish(network, measure.measure_id, later, by=COURT)) is Rejection.notice_already_served


def test_a_deferral_goes_along_when_its_case_joins_another_and_is_lifted_there(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.open("bank-a", marat=900_000)
    network.report("t1", incident="fraud")
    network.pay("t9", "marat", "mule", 300_000)
    network.settle()
    late = network.file("t9", incident="fraud")
    network.settle()
    [own] = [one.case_id for one in network.rows(EXCHANGE_ID, REPORTS) if one.report_id == late]
    registered(network, own)
    network.enrol(PROSECUTOR, "prosecutor", "prosecutor")
    begin(network, own)
    network.settle()
    [measure] = measures(network)
    command = wish(network, measure.measure_id, network.now.plus(TEN), upon=measure.hold_id)
    assert isinstance(do(network, command), Deferral)
    network.join(late)
    [hold] = [one for one in network.rows(EXCHANGE_ID, CASE_HOLDS) if one.hold_id == measure.hold_id]
    [kept] = network.rows(EXCHANGE_ID, DEFERRALS)
    assert own != hold.case_id == kept.case_id
    assert kept.statement == command.signed.statement
    done = do_lift(network, lift(network))
    assert isinstance(done, Deferral), done
    assert [one.status for one in network.rows("bank-b", KEPT_DEFERRALS)] == [DeferralStatus.lifted]


def test_neither_an_investigator_nor_the_exchange_lifts(network: Network) -> None:
    deferred(network)
    by_police = lift(network, by="police")
    assert do_lift(network, by_police) is Rejection.deferral_needs_other_body
    network.say(EXCHANGE_ID, LiftDeferralTold(lift=by_police.signed), "lift-1", to="bank-b")
    network.settle()
    assert network.turned_down[-1].refusal == Rejection.deferral_needs_other_body
    own = msgspec.structs.replace(lift(network).signed, hold_id=by_police.signed.hold_id, statement="x.y.z")
    network.say(EXCHANGE_ID, LiftDeferralTold(lift=own), "lift-2", to="bank-b")
    network.settle()
    assert network.turned_down[-1].refusal == Rejection.statement_does_not_stand
    assert kinds(network) == []


def test_a_deferral_that_was_signed_is_not_read_as_a_lift(network: Network) -> None:
    deferred(network)
    last = network.rows(EXCHANGE_ID, DEFERRALS)[-1]
    signed = msgspec.structs.replace(lift(network).signed, statement=last.statement)
    assert do_lift(network, LiftDeferral(signed=signed)) is Rejection.statement_does_not_stand
    assert kinds(network) == []
