"""The receiver is heard before money leaves them: asked, told twice, agreed, objected or absent; and insisted upon."""

from datetime import timedelta

import msgspec
import pytest

from tarazy.agent.hearing import AnswerHearing, answer_hearing
from tarazy.agent.hearing_notices import hear_receivers
from tarazy.app.hearing_records import HEARINGS
from tarazy.app.measure_records import DEADLINES, MeasureDecision, Motion
from tarazy.app.records import EVENTS
from tarazy.app.refund_records import REFUND_PARTS, REFUNDS, EnteredAuthorisation
from tarazy.app.refunding import RefundOrdered
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.deadline import DeadlineStatus
from tarazy.domain.hearing import (
    ANSWERS,
    HEARING_TRANSITIONS,
    OPEN_HEARINGS,
    HearingRoad,
    HearingState,
    Standing,
    moved,
    standing_of,
)
from tarazy.domain.motion import LineDecision
from tarazy.domain.refund import PartStatus
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Lane
from tarazy.law.codes import Code
from tarazy.protocol import jws
from tarazy.protocol.bodies import HearingAnswered
from tarazy.protocol.statement import Act
from tarazy.values.ids import AuthorisationId, CaseId, HearingId, ReportId
from tarazy.values.instant import Instant
from tests.deciding import PROSECUTOR, authorised, decision, entered, sits
from tests.hearing_story import OFFICE, agreed, asked, known, local, notices, round_of, said
from tests.measuring import ask as motion_asked
from tests.measuring import begin, court, decide, grants, registered
from tests.story import StoreFor, TurnedDown, robbed
from tests.story_reading import bank_hold, report
from tests.unit.app.test_figures import counted
from tests.unit.app.test_refunding import refunded

AGREED, OBJECTED, ABSENT = HearingState.agreed, HearingState.objected, HearingState.absent
WORDS = "The money is my wage for repairing a roof; I have the contract."
FRIDAY_NIGHT = "2026-11-28T00:00:00+05:00"
"""The end of the fifth working day after the Sunday on which stories begin."""


class Story:
    """A registered case with one hold, carried on for a month by a judge's authorisation."""

    def __init__(self, store_for: StoreFor) -> None:
        self.network = robbed(store_for)
        self.filed: ReportId = self.network.report("t1")
        self.case_id: CaseId = report(self.network, self.filed).case_id
        registered(self.network, self.case_id)

    def carried(self) -> "Story":
        network = self.network
        begin(network, self.case_id)
        network.settle()
        motion = motion_asked(network, self.case_id)
        motion = motion_asked(network, self.case_id)
        assert isinstance(motion, Motion), motion
        network.settle()
        court(network)
        done = decide(network, motion, grants(network, motion, [LineDecision.granted]))
        assert isinstance(done, MeasureDecision), done
        network.settle()
        return self

    def refund(self, authorisation: AuthorisationId | None = None, refund: str = "rf-1") -> RefundOrdered:
        done = refunded(self.network, self.filed, refund=refund, lane=Lane.investigator, authorisation=authorisation)
        self.network.settle()
        return done

    def insisted(self, name: str = "2") -> EnteredAuthorisation | Rejection:
        """Let the prosecutor demand it again, in writing."""
        decided = decision(self.network, self.case_id, Lane.investigator, name=name)
        return entered(self.network, msgspec.structs.replace(decided, is_second_demand=True), PROSECUTOR)


@pytest.fixture
def story(store_for: StoreFor) -> Story:
    return Story(store_for)


def codes(ordered: RefundOrdered) -> set[str]:
    assert ordered.assessment is not None
    assert ordered.rejection is Rejection.measure_refused_by_law
    return {one.code for one in ordered.assessment.tests if not one.passed}


def test_without_a_hearing_nothing_is_paid(story: Story) -> None:
    assert codes(story.refund()) == {Code.receiver_not_heard}
    asked(story.network, story.case_id)
    assert codes(story.refund()) == {Code.receiver_not_heard}
    round_of(story.network)
    assert codes(story.refund()) == {Code.receiver_not_heard}
    assert story.network.rows(EXCHANGE_ID, REFUNDS) == []


def test_who_agrees_is_paid_from(story: Story) -> None:
    agreed(story.network, story.case_id)
    assert story.refund().rejection is None
    assert report(story.network, story.filed).returned_minor == 500_000
    assert [one.is_unheard for one in story.network.rows(EXCHANGE_ID, REFUNDS)] == [False]


def test_what_was_said_stands_under_the_investigators_signature(story: Story) -> None:
    agreed(story.network, story.case_id)
    done = story.refund()
    assert done.refund is not None
    hold = bank_hold(story.network, "mule")
    assert f"{hold.hold_id} agreed" in jws.read(done.refund.statement).payload.decode()


def test_the_holder_has_five_working_days_counted_in_their_favour(story: Story) -> None:
    asked(story.network, story.case_id)
    assert round_of(story.network) == 1
    hearing = known(story.network)
    assert hearing.state is HearingState.told
    assert hearing.answer_by == Instant.parse(FRIDAY_NIGHT)
    [deadline] = [row for row in story.network.rows(EXCHANGE_ID, DEADLINES) if row.duty == "hear_receiver"]
    assert deadline.due_at == hearing.answer_by.plus(timedelta(hours=24))
    assert (deadline.owner_participant_id, deadline.status) == ("bank-b", DeadlineStatus.open)


def test_who_is_told_late_has_no_less_time(story: Story) -> None:
    story.carried()
    story.network.banks["bank-b"].is_asleep = True
    asked(story.network, story.case_id)
    story.network.wait(days=3)
    before = known(story.network).answer_by
    story.network.banks["bank-b"].is_asleep = False
    round_of(story.network)
    assert known(story.network).answer_by == before.plus(timedelta(days=5))  # three later, and a weekend


def test_absence_needs_two_notices_and_is_no_consent(story: Story) -> None:
    network = story.carried().network
    asked(network, story.case_id)
    round_of(network)
    assert round_of(network) == 0
    network.wait(days=3)
    round_of(network)
    assert [notice.times for notice in notices(network)] == [1, 2]
    assert (known(network).state, known(network).told_again_at) == (HearingState.told_again, network.now)
    network.wait(days=2)
    assert round_of(network) == 0
    network.wait(days=1)
    assert round_of(network) == 1
    assert (known(network).state, known(network).road) == (ABSENT, HearingRoad.silence)
    refused = story.refund()
    assert codes(refused) == {Code.receiver_objects}
    assert network.rows(EXCHANGE_ID, REFUND_PARTS) == []
    statuses = [row.status for row in network.rows(EXCHANGE_ID, DEADLINES) if row.duty == "hear_receiver"]
    assert sorted(statuses) == [DeadlineStatus.met, DeadlineStatus.void]


def test_a_bank_that_is_late_with_the_second_notice_leaves_a_day(story: Story) -> None:
    network = story.carried().network
    asked(network, story.case_id)
    round_of(network)
    network.wait(days=9)
    round_of(network)
    assert known(network).state is HearingState.told_again
    assert known(network).answer_by == network.now.plus(timedelta(days=1))


def test_a_late_answer_is_an_answer(story: Story) -> None:
    network = story.carried().network
    asked(network, story.case_id)
    for _ in range(4):
        round_of(network)
        network.wait(days=3)
    assert known(network).state is ABSENT
    said(network, AGREED)
    assert story.refund().rejection is None


def test_an_objection_sends_the_matter_to_court_and_its_words_lie_sealed(story: Story) -> None:
    network = story.network
    asked(network, story.case_id)
    round_of(network)
    said(network, OBJECTED, WORDS)
    hearing = known(network)
    assert (hearing.state, hearing.road, local(network).words) == (OBJECTED, HearingRoad.app, WORDS)
    assert hearing.sealed_words is not None
    assert WORDS not in str(hearing)
    assert network.setting(EXCHANGE_ID).unseal(hearing.sealed_words) == WORDS
    refused = story.refund()
    assert codes(refused) == {Code.receiver_objects}
    assert refused.assessment is not None
    assert "refund_by_court" in str(refused.assessment)
    assert refunded(network, story.filed, refund="rf-2", lane=Lane.court).rejection is None


def test_an_objection_is_not_taken_back_by_asking_again(story: Story) -> None:
    network = story.network
    asked(network, story.case_id)
    round_of(network)
    said(network, OBJECTED, WORDS)
    assert said(network, AGREED) is Rejection.hearing_has_ended
    assert asked(network, story.case_id) is Rejection.nothing_held


def test_who_has_agreed_may_take_it_back_until_it_is_paid(story: Story) -> None:
    """The exchange has ordered already; the bank hears the holder first and pays nothing."""
    network = story.network
    agreed(network, story.case_id)
    network.banks["bank-b"].is_away = True
    assert story.refund().rejection is None
    said(network, OBJECTED, WORDS)
    network.banks["bank-b"].is_away = False
    network.settle()
    assert [part.status for part in network.rows(EXCHANGE_ID, REFUND_PARTS)] == [PartStatus.failed]
    assert report(network, story.filed).returned_minor == 0
    refused = TurnedDown("exchange", "bank-b", "pay_order", Rejection.receiver_not_heard, "body.hold_id")
    assert refused in network.turned_down


def test_a_word_about_less_does_not_carry_more(story: Story) -> None:
    network = story.network
    agreed(network, story.case_id)
    hearing = known(network)
    less = msgspec.structs.replace(hearing, amount_minor=499_999)
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(HEARINGS, less))
    assert codes(story.refund()) == {Code.receiver_not_heard}
    network.wait(minutes=1)
    again = asked(network, story.case_id)
    assert not isinstance(again, Rejection)
    assert [one.amount_minor for one in again] == [500_000]


def test_a_word_is_used_up_by_what_was_paid_on_it(story: Story) -> None:
    """A payment that the core could not make has used it up too, as with a consent: the holder is asked anew."""
    network = story.network
    agreed(network, story.case_id)
    network.banks["bank-b"].is_away = True
    assert story.refund().rejection is None
    assert codes_or_nothing(story.refund(refund="rf-2")) == {Rejection.nothing_held}


def codes_or_nothing(ordered: RefundOrdered) -> set[object]:
    return {ordered.rejection} if ordered.assessment is None else set(codes(ordered))


def test_a_second_demand_in_writing_pays_and_is_counted_in_public(story: Story) -> None:
    network = story.network
    asked(network, story.case_id)
    round_of(network)
    sits(network, Lane.investigator)
    assert story.insisted() is Rejection.second_demand_without_first
    authorised(network, story.case_id, Lane.investigator)
    second = story.insisted()
    assert isinstance(second, EnteredAuthorisation)
    assert codes(story.refund(second.authorisation_id)) == {Code.receiver_not_heard}  # the holder may still answer
    said(network, OBJECTED, WORDS)
    done = story.refund(second.authorisation_id)
    assert done.rejection is None
    assert done.assessment is not None
    assert Code.paid_without_hearing in {one.code for one in done.assessment.tests}
    assert report(network, story.filed).returned_minor == 500_000
    assert [one.is_unheard for one in network.rows(EXCHANGE_ID, REFUNDS)] == [True]
    [event] = network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "refund_ordered"))
    assert event.details["without_hearing"] == "yes"
    assert counted(network).paid_without_hearing == 1


def test_who_agrees_is_not_counted_although_somebody_insists(story: Story) -> None:
    network = story.network
    agreed(network, story.case_id)
    authorised(network, story.case_id, Lane.investigator)
    second = story.insisted()
    assert isinstance(second, EnteredAuthorisation)
    assert story.refund(second.authorisation_id).rejection is None
    assert [one.is_unheard for one in network.rows(EXCHANGE_ID, REFUNDS)] == [False]


def test_an_officer_writes_down_what_the_holder_says_and_signs_it(story: Story) -> None:
    network = story.network
    asked(network, story.case_id)
    network.settle()
    said(network, AGREED, at_desk=True)
    hearing = known(network)
    assert (hearing.state, hearing.road) == (AGREED, HearingRoad.desk)
    assert hearing.told_at is not None
    assert hearing.statement is not None
    assert story.refund().rejection is None


def test_the_desk_gives_reasons(story: Story) -> None:
    network = story.network
    asked(network, story.case_id)
    round_of(network)
    command = AnswerHearing(hearing_id=local(network).hearing_id, answer=AGREED, words="", reasons="ok")
    officer = network.officer("bank-b")
    done = network.at("bank-b", lambda tx, now: answer_hearing(tx, command, EXCHANGE_ID, now, officer=officer))
    assert done is Rejection.reasons_missing


FORGED: dict[str, tuple[dict[str, object], Rejection]] = {
    "an officer's word without a signature": ({"statement": None}, Rejection.statement_does_not_stand),
    "a signature upon another answer": ({"answer": "agreed"}, Rejection.statement_does_not_stand),
    "absence before the time is over": (
        {"answer": "absent", "road": "silence", "statement": None},
        Rejection.hearing_has_ended,
    ),
    "a hearing of nobody": ({"hearing_id": HearingId("hg_none")}, Rejection.hearing_unknown),
    "no answer that there is": ({"answer": "told"}, Rejection.hearing_has_ended),
    "consent by silence": ({"answer": "agreed", "road": "silence"}, Rejection.hearing_is_not_over),
}


@pytest.mark.parametrize("fault", FORGED)
def test_a_bank_is_not_simply_believed(story: Story, fault: str) -> None:
    network, (change, rejection) = story.network, FORGED[fault]
    asked(network, story.case_id)
    round_of(network)
    hearing_id = known(network).hearing_id
    body = HearingAnswered(
        hearing_id=hearing_id,
        answer="objected",
        road="desk",
        sealed_words=None,
        statement=network.statement("bank-b", Act.answer_hearing, hearing_id, (("answer", "objected"),)),
        answered_at=network.now,
    )
    network.say("bank-b", msgspec.structs.replace(body, **change), "forged")
    network.settle()
    assert [one.refusal for one in network.turned_down] == [rejection]
    assert known(network).state is HearingState.told


def test_absence_before_the_end_is_refused(story: Story) -> None:
    network = story.carried().network
    asked(network, story.case_id)
    round_of(network)
    network.wait(days=3)
    round_of(network)
    body = HearingAnswered(
        hearing_id=known(network).hearing_id,
        answer="absent",
        road="silence",
        sealed_words=None,
        statement=None,
        answered_at=network.now,
    )
    network.say("bank-b", body, "too soon")
    network.settle()
    assert [one.refusal for one in network.turned_down] == [Rejection.hearing_is_not_over]


def test_a_hearing_ends_with_its_hold(story: Story) -> None:
    network = story.network
    asked(network, story.case_id)
    round_of(network)
    network.wait(days=3)
    round_of(network)
    assert known(network).state is HearingState.over
    assert said(network, AGREED) is Rejection.hold_has_ended
    assert asked(network, story.case_id) is Rejection.nothing_held


def test_only_who_may_order_the_refund_asks(story: Story) -> None:
    assert asked(story.network, story.case_id, by="bank-b") is Rejection.officer_not_entitled
    assert asked(story.network, CaseId("cs_none")) is Rejection.case_unknown


def test_a_notice_says_what_follows_from_each_answer(story: Story) -> None:
    asked(story.network, story.case_id)
    round_of(story.network)
    [notice] = notices(story.network)
    assert len(notice.paragraphs) == 14  # with the line of a demonstration
    assert "5" in notice.subject


def test_the_life_is_a_table_that_never_leads_back() -> None:
    assert set(HEARING_TRANSITIONS) == set(HearingState)
    for state, following in HEARING_TRANSITIONS.items():
        assert all(state not in HEARING_TRANSITIONS[after] for after in following)
    assert OPEN_HEARINGS.isdisjoint(ANSWERS)
    with pytest.raises(AssertionError):
        moved(OBJECTED, AGREED)


@pytest.mark.parametrize(
    ("states", "standing"),
    [
        ((), Standing(is_closed=False, objects=None)),
        ((AGREED,), Standing(is_closed=True, objects=False)),
        ((AGREED, OBJECTED, ABSENT), Standing(is_closed=True, objects=True)),
        ((AGREED, ABSENT), Standing(is_closed=True, objects=None)),
        ((AGREED, None), Standing(is_closed=False, objects=None)),
        ((AGREED, HearingState.told), Standing(is_closed=False, objects=None)),
        ((HearingState.over,), Standing(is_closed=False, objects=None)),
    ],
)
def test_one_who_has_not_agreed_is_enough(states: tuple[HearingState | None, ...], standing: Standing) -> None:
    assert standing_of(states) == standing


def test_a_word_that_comes_when_all_time_is_over_opens_no_deadline_in_the_past(story: Story) -> None:
    """The holder was told in time, and the bank's word of it was long on its way: what it owed stands, and once."""
    network = story.carried().network
    asked(network, story.case_id)
    network.settle()
    network.banks["bank-b"].is_away = True
    network.at("bank-b", lambda tx, now: hear_receivers(tx, OFFICE, EXCHANGE_ID, now))
    network.wait(days=9)
    network.banks["bank-b"].is_away = False
    network.settle()
    assert known(network).told_at is not None
    rows = [row for row in network.rows(EXCHANGE_ID, DEADLINES) if row.duty == "hear_receiver"]
    assert [(row.status, row.due_at > row.starts_at) for row in rows] == [(DeadlineStatus.missed, True)]
