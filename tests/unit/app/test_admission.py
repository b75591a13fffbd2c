"""Whether an appeal is heard: the holder's own at once, any other by a human of the forum, who had no hand in it."""

from datetime import timedelta
from typing import Any

import pytest

from tarazy.agent.appeal_queries import appeals_shown
from tarazy.agent.appeals import LOCAL_APPEALS, LodgeAppeal, lodge_appeal
from tarazy.agent.records import HOLDS
from tarazy.app.admitting import DecideAdmission, decide_admission
from tarazy.app.appeal_records import APPEALS, Appeal
from tarazy.app.measure_records import DEADLINES, Motion, Schedule
from tarazy.app.records import EVENTS, OFFICERS, Officer
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import (
    AppealOutcome,
    AppealRoad,
    AppealStatus,
    Appellant,
    TurnedDown,
    grounds_to_turn_down,
)
from tarazy.domain.deadline import DeadlineStatus, Duty
from tarazy.domain.motion import LineDecision
from tarazy.domain.rejection import Rejection
from tarazy.values.ids import AppealId, OfficerId, ParticipantId
from tarazy.values.replacing import replace
from tests.measuring import ask, begin, case_of, decide, grants, registered
from tests.story import Network, StoreFor, robbed
from tests.story_people import COLLEAGUE, OFFICER
from tests.story_reading import bank_hold
from tests.unit.app.test_appeals import decided_here, reviewed
from tests.unit.app.test_when_appealed import told

DAY = timedelta(days=1)
NOT_AFFECTED, TOO_LATE, WITHOUT_POWER = TurnedDown.not_affected, TurnedDown.too_late, TurnedDown.without_power


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """An investigator's measure carries the hold at bank B on; a prosecutor reviews it."""
    network = robbed(store_for)
    network.report("t1")
    registered(network, case_of(network))
    assert isinstance(begin(network, case_of(network)), Schedule)
    network.settle()
    network.enrol("prosecutor", "prosecutor", "prosecutor")
    network.enrol("court", "court", "investigating_judge", COLLEAGUE)
    return network


def appealed(network: Network, appellant: Appellant, **change: Any) -> Appeal:
    command = LodgeAppeal(
        hold_id=bank_hold(network, "mule").hold_id,
        appellant=appellant,
        road=AppealRoad.branch,
        is_identified=True,
        grounds=(),
        words="",
        was_read_back=True,
    )
    command = replace(command, **change)
    by = network.officer("bank-b")
    network.at("bank-b", lambda tx, now: lodge_appeal(tx, command, EXCHANGE_ID, now, by=by))
    network.settle()
    return appeals(network)[-1]


def appeals(network: Network) -> list[Appeal]:
    return network.rows(EXCHANGE_ID, APPEALS, order=("received_at", "forum_no"))


def said(
    network: Network,
    appeal: Appeal,
    why: TurnedDown | None = None,
    *,
    by: str = "prosecutor",
    officer: OfficerId = OFFICER,
    reasons: str | None = None,
) -> Appeal | Rejection:
    command = DecideAdmission(appeal_id=appeal.appeal_id, why=why, participant_id=ParticipantId(by), statement="")
    text = network.statement(
        by,
        command.act,
        appeal.appeal_id,
        command.terms(),
        officer=officer,
        **({} if reasons is None else {"reasons": reasons}),
    )
    done = network.at(EXCHANGE_ID, lambda tx, now: decide_admission(tx, replace(command, statement=text), now))
    network.settle()
    return done


def test_what_is_plainly_the_holders_is_heard_without_anybodys_word(network: Network) -> None:
    appeal = appealed(network, Appellant.holder)
    assert appeal.status is AppealStatus.admitted
    assert said(network, appeal) is Rejection.appeal_is_admitted
    assert said(network, appeal, NOT_AFFECTED) is Rejection.appeal_is_admitted


@pytest.mark.parametrize("appellant", [one for one in Appellant if one is not Appellant.holder])
def test_any_others_waits_for_a_humans_word_and_is_admitted(network: Network, appellant: Appellant) -> None:
    appeal = appealed(network, appellant)
    assert appeal.status is AppealStatus.filed
    after = said(network, appeal, reasons="")
    assert isinstance(after, Appeal), after
    assert (after.status, after.due_at, after.reviewer_id) == (AppealStatus.admitted, appeal.due_at, None)
    [local] = network.rows("bank-b", LOCAL_APPEALS)
    assert local.state == AppealStatus.admitted
    [event] = network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "appeal_admitted"))
    assert event.details["officer"] == OFFICER
    done = reviewed(network, after, AppealOutcome.measure_overturned)
    assert isinstance(done, Appeal), done


def test_a_stranger_is_turned_down_with_reasons_and_told_of_the_next_forum(network: Network) -> None:
    appeal = appealed(network, Appellant.other_affected)
    assert said(network, appeal, NOT_AFFECTED, reasons="no") is Rejection.reasons_missing
    after = said(network, appeal, NOT_AFFECTED)
    assert isinstance(after, Appeal), after
    assert (after.status, after.turned_down, after.reviewer_id) == (AppealStatus.not_admitted, NOT_AFFECTED, OFFICER)
    [local] = network.rows("bank-b", LOCAL_APPEALS)
    assert (local.state, local.turned_down) == (AppealStatus.not_admitted, NOT_AFFECTED)
    assert local.next_forum == "law.forum.investigating_judge"
    assert local.reasons
    [row] = network.rows(EXCHANGE_ID, DEADLINES, Condition("duty", "=", Duty.answer_appeal))
    assert row.status is DeadlineStatus.met
    [event] = network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "appeal_not_admitted"))
    assert event.details["why"] == NOT_AFFECTED


def test_who_was_turned_down_goes_on_to_the_next_forum(network: Network) -> None:
    first = appealed(network, Appellant.other_affected)
    said(network, first, NOT_AFFECTED)
    second = appealed(network, Appellant.other_affected, before_appeal_id=first.appeal_id)
    assert (second.forum, second.before_appeal_id) == ("law.forum.investigating_judge", first.appeal_id)
    by_court = said(network, second, NOT_AFFECTED, by="court", officer=COLLEAGUE)
    assert isinstance(by_court, Appeal), by_court


def test_a_representative_who_was_turned_down_sees_that_they_can_go_on(network: Network) -> None:
    first = appealed(network, Appellant.representative)
    said(network, first, WITHOUT_POWER)
    hold = network.rows("bank-b", HOLDS)[0]
    pack = network.setting("bank-b").pack
    [shown] = network.at("bank-b", lambda tx, now: appeals_shown(tx, hold, now.now, pack))
    assert (shown.can_go_on, shown.next_forum) == (True, "law.forum.investigating_judge")


@pytest.mark.parametrize(
    ("appellant", "why"),
    [
        (Appellant.payer, NOT_AFFECTED),
        (Appellant.victim, WITHOUT_POWER),
        (Appellant.representative, NOT_AFFECTED),
        (Appellant.other_affected, WITHOUT_POWER),
        (Appellant.other_affected, TOO_LATE),
    ],
)
def test_nobody_is_turned_down_for_what_is_not_theirs(network: Network, appellant: Appellant, why: TurnedDown) -> None:
    appeal = appealed(network, appellant)
    assert said(network, appeal, why) is Rejection.not_to_be_turned_down
    assert appeals(network) == [appeal]


def late(network: Network) -> Appeal:
    """At the investigating judge, sixteen days after the holder was told and the prosecutor answered."""
    learned = network.now
    first = told(network, network.now, learned_at=learned)
    seen, why = ("holder_told", "deadlines_kept"), "The holder was told by telephone, and has said so in the appeal."
    reviewed(network, first, AppealOutcome.measure_stands, missing=seen, why=why)
    network.wait(days=16)
    return told(network, network.now, learned_at=learned, appeal_id="ap_late", before_appeal_id=first.appeal_id)


def test_a_late_one_of_the_holder_waits_for_a_humans_word_too(network: Network) -> None:
    appeal = late(network)
    assert (appeal.is_late, appeal.status) == (True, AppealStatus.filed)
    heard = said(network, appeal, by="court", officer=COLLEAGUE)
    assert isinstance(heard, Appeal), heard


def test_a_late_one_is_turned_down_only_as_late(network: Network) -> None:
    appeal = late(network)
    assert said(network, appeal, NOT_AFFECTED, by="court", officer=COLLEAGUE) is Rejection.not_to_be_turned_down
    turned = said(network, appeal, TOO_LATE, by="court", officer=COLLEAGUE)
    assert isinstance(turned, Appeal), turned


def test_a_law_that_accepts_late_ones_lets_nobody_turn_them_down_as_late() -> None:
    assert grounds_to_turn_down(Appellant.holder, is_late=True, accepts_late=True) == ()
    assert grounds_to_turn_down(Appellant.holder, is_late=True, accepts_late=False) == (TOO_LATE,)
    assert grounds_to_turn_down(Appellant.holder, is_late=False, accepts_late=False) == ()


def test_only_an_officer_of_the_forum_says_so_and_no_hand_of_the_measure(network: Network) -> None:
    appeal = appealed(network, Appellant.other_affected)
    for by, officer in (("police", OFFICER), ("court", COLLEAGUE), ("bank-b", OFFICER)):
        for why in (None, NOT_AFFECTED):
            assert said(network, appeal, why, by=by, officer=officer) is Rejection.officer_not_entitled, by


def test_a_judge_who_authorised_the_measure_says_nothing_of_who_is_heard_at_the_court_above(network: Network) -> None:
    motion = ask(network, case_of(network))
    assert isinstance(motion, Motion), motion
    network.settle()
    decide(network, motion, grants(network, motion, [LineDecision.granted]))
    network.settle()
    judge = promoted(network)
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(OFFICERS, judge))
    appeal = appealed(network, Appellant.other_affected)
    assert appeal.decider == "regional_court"
    for why in (None, NOT_AFFECTED):
        assert said(network, appeal, why, by="court", officer=COLLEAGUE) is Rejection.same_hands
    assert appeals(network) == [appeal]


def promoted(network: Network) -> Officer:
    """The judge sits at the court above by now."""
    [judge] = [one for one in network.rows(EXCHANGE_ID, OFFICERS) if one.participant_id == "court"]
    return replace(judge, role="regional_judge")


def test_what_is_answered_or_unknown_is_not_admitted(network: Network) -> None:
    appeal = appealed(network, Appellant.other_affected)
    nobodys = replace(appeal, appeal_id=AppealId("ap_nobodys"))
    assert said(network, nobodys) is Rejection.appeal_unknown
    reviewed(network, appeal, AppealOutcome.measure_overturned)
    assert said(network, appeal) is Rejection.appeal_has_ended


def test_what_was_signed_to_admit_does_not_turn_down(network: Network) -> None:
    appeal = appealed(network, Appellant.other_affected)
    command = DecideAdmission(
        appeal_id=appeal.appeal_id, why=None, participant_id=ParticipantId("prosecutor"), statement=""
    )
    text = network.statement("prosecutor", command.act, appeal.appeal_id, command.terms())
    turned = replace(command, why=NOT_AFFECTED, statement=text)
    done = network.at(EXCHANGE_ID, lambda tx, now: decide_admission(tx, turned, now))
    assert done is Rejection.statement_does_not_stand


def test_a_stranger_at_the_bank_is_answered_by_the_bank(store_for: StoreFor) -> None:
    """A bank decides on its own pause: nobody at the exchange says for it who is heard."""
    network = robbed(store_for)
    network.report("t1")
    appeal = appealed(network, Appellant.other_affected)
    assert (appeal.decider, appeal.status) == ("bank", AppealStatus.filed)
    assert not isinstance(decided_here(network, appeal, AppealOutcome.measure_stands), Rejection)
