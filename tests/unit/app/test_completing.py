"""An appeal by a code alone is completed in place, by whoever is identified, once: one appeal, one clock."""

from datetime import timedelta
from typing import Any

import pytest

from tarazy.agent.appeals import LOCAL_APPEALS, LodgeAppeal, lodge_appeal
from tarazy.agent.completing import CompleteAppeal, complete_appeal
from tarazy.agent.notices import serve_due_notices
from tarazy.agent.records import SERVED_NOTICES
from tarazy.app.appeal_records import APPEALS, RECORDED_ERRORS, Appeal
from tarazy.app.codes import PresentCode, present_code
from tarazy.app.measure_records import DEADLINES
from tarazy.app.queries.appeals import open_words
from tarazy.app.records import EVENTS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealOutcome, AppealRoad, AppealStatus, Appellant
from tarazy.domain.deadline import DeadlineStatus, Duty
from tarazy.domain.hands import Hand
from tarazy.domain.rejection import Rejection
from tarazy.protocol.appeal_bodies import AppealCompleted
from tarazy.protocol.statement import Act
from tarazy.values.ids import AppealId, HoldId, ParticipantId
from tarazy.values.replacing import replace
from tests.measuring import begin, case_of, registered
from tests.story import Network, StoreFor, robbed
from tests.story_people import COLLEAGUE, OFFICER
from tests.story_reading import bank_hold
from tests.unit.agent.test_paid_in_part import OFFICE
from tests.unit.app.speaking import tell
from tests.unit.app.test_appeals import decided_here

HOUR = timedelta(hours=1)


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """A network in which bank B holds everything, a human has confirmed that, and the holder was told."""
    network = robbed(store_for)
    network.report("t1")
    assert network.confirm("bank-b", bank_hold(network, "mule").hold_id) is None
    told(network)
    return network


def told(network: Network) -> None:
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    network.settle()


def by_code(network: Network) -> Appeal:
    """Somebody shows the code of the last notice in the portal."""
    code = network.rows("bank-b", SERVED_NOTICES, order=("served_at",))[-1].code
    command = PresentCode(participant_id=ParticipantId("bank-b"), code=code, grounds=("good_faith",), words="Mine.")
    network.at(EXCHANGE_ID, lambda tx, now: present_code(tx, command, now))
    network.settle()
    return appeals(network)[-1]


def appeals(network: Network) -> list[Appeal]:
    return network.rows(EXCHANGE_ID, APPEALS, order=("received_at", "forum_no"))


def completion(network: Network, appeal: Appeal, **change: Any) -> CompleteAppeal:
    command = CompleteAppeal(
        appeal_id=appeal.appeal_id,
        hold_id=appeal.hold_id,
        appellant=Appellant.holder,
        road=AppealRoad.app,
        grounds=("protected_money",),
        words="It is my salary.",
    )
    return replace(command, **change)


def complete(network: Network, command: CompleteAppeal, officer: Any = None) -> object:
    by = None if officer is None else network.officer("bank-b", officer)
    done = network.at("bank-b", lambda tx, now: complete_appeal(tx, command, EXCHANGE_ID, now, by=by))
    network.settle()
    return done


def completing(network: Network) -> list[DeadlineStatus]:
    rows = network.rows(EXCHANGE_ID, DEADLINES, Condition("duty", "=", Duty.complete_appeal), order=("starts_at",))
    return [row.status for row in rows]


def test_it_is_one_appeal_from_the_code_to_the_answer_with_the_clock_of_the_first(network: Network) -> None:
    first = by_code(network)
    assert (first.status, completing(network)) == (AppealStatus.preliminary, [DeadlineStatus.open])
    network.wait(hours=5)
    assert not isinstance(complete(network, completion(network, first)), Rejection)
    [after] = appeals(network)
    assert after.appeal_id == first.appeal_id
    assert (after.filed_at, after.received_at, after.due_at) == (first.filed_at, first.received_at, first.due_at)
    assert (after.status, after.is_identified, after.road) == (AppealStatus.admitted, True, AppealRoad.code)
    assert (after.completed_road, after.grounds) == (AppealRoad.app, ("good_faith", "protected_money"))
    assert completing(network) == [DeadlineStatus.met]
    [local] = network.rows("bank-b", LOCAL_APPEALS)
    assert (local.is_identified, local.state, local.words) == (True, AppealStatus.admitted, "It is my salary.")
    [event] = network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "appeal_completed"))
    assert event.subject_id == first.appeal_id
    assert not isinstance(decided_here(network, after, AppealOutcome.measure_overturned), Rejection)


def test_the_reviewer_reads_what_was_said_by_the_code_and_what_was_said_after_it(network: Network) -> None:
    first = by_code(network)
    complete(network, completion(network, first))
    reader = Hand(ParticipantId("prosecutor"), OFFICER)
    read = network.at(EXCHANGE_ID, lambda tx, now: open_words(tx, first.appeal_id, reader, now))
    assert read == "Mine.\n\nIt is my salary."


def test_a_representative_completes_it_too_and_a_human_admits_that(network: Network) -> None:
    first = by_code(network)
    complete(network, completion(network, first, appellant=Appellant.representative))
    [after] = appeals(network)
    assert (after.appellant, after.is_identified, after.status) == (
        Appellant.representative,
        True,
        AppealStatus.filed,
    )


def test_an_assistant_completes_it_under_their_own_signature(network: Network) -> None:
    first = by_code(network)
    unread = completion(network, first, road=AppealRoad.phone)
    assert complete(network, unread, OFFICER) is Rejection.appeal_not_read_back
    assert complete(network, replace(unread, was_read_back=True)) is Rejection.officer_not_entitled
    assert not isinstance(complete(network, replace(unread, was_read_back=True), OFFICER), Rejection)
    [after] = appeals(network)
    assert after.completed_statement is not None
    [local] = network.rows("bank-b", LOCAL_APPEALS)
    assert local.completed_by == OFFICER


def test_nobody_has_to_complete_it_and_it_is_decided_on_what_is_there(network: Network) -> None:
    first = by_code(network)
    assert not isinstance(decided_here(network, first, AppealOutcome.measure_stands), Rejection)
    [after] = appeals(network)
    assert (after.status, after.is_identified) == (AppealStatus.executed, False)
    assert completing(network) == [DeadlineStatus.void]
    network.wait(hours=30)
    assert network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "deadline_missed")) == []


def test_a_person_who_does_not_complete_has_missed_nothing(network: Network) -> None:
    registered(network, case_of(network))
    begin(network, case_of(network))
    network.settle()
    told(network)
    first = by_code(network)
    network.wait(hours=71)
    assert completing(network) == [DeadlineStatus.open]
    network.wait(hours=1)
    assert completing(network) == [DeadlineStatus.void, DeadlineStatus.open]  # of the next forum
    missed = network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "deadline_missed"))
    assert {one.details["duty"] for one in missed if one.subject_id == first.appeal_id} == {"answer_appeal"}


def test_what_went_on_by_itself_is_completed_where_it_is(network: Network) -> None:
    """The bank was cut off while the prosecutor was silent: the holder has completed what it knows of."""
    registered(network, case_of(network))
    begin(network, case_of(network))
    network.settle()
    told(network)
    first = by_code(network)
    network.banks["bank-b"].is_away = True
    network.wait(hours=72)
    complete(network, completion(network, first))
    network.banks["bank-b"].is_away = False
    network.settle()
    silent, open_one = appeals(network)
    assert (silent.is_identified, silent.status) == (False, AppealStatus.executed)
    assert (open_one.forum, open_one.is_identified) == ("law.forum.investigating_judge", True)
    assert open_one.status is AppealStatus.admitted


def test_the_same_completion_again_is_the_same_and_another_one_is_refused(network: Network) -> None:
    first = by_code(network)
    command = completion(network, first)
    complete(network, command)
    assert not isinstance(complete(network, command), Rejection)
    assert complete(network, replace(command, words="And something else.")) is Rejection.appeal_is_complete
    [after] = appeals(network)
    assert len(network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "appeal_completed"))) == 1
    assert after.completed_words is not None
    assert network.setting(EXCHANGE_ID).unseal(after.completed_words) == "It is my salary."


def test_a_stranger_does_not_complete_it(network: Network) -> None:
    first = by_code(network)
    for who in (Appellant.other_affected, Appellant.payer, Appellant.victim):
        assert complete(network, completion(network, first, appellant=who)) is Rejection.appeal_not_theirs
    assert appeals(network) == [first]


def test_it_is_not_completed_after_the_answer_or_from_another_hold(network: Network) -> None:
    first = by_code(network)
    elsewhere = completion(network, first, hold_id=HoldId("hd_other"))
    assert complete(network, elsewhere) is Rejection.appeal_of_other_hold
    unknown = completion(network, first, appeal_id=AppealId("ap_other"))
    assert complete(network, unknown) is Rejection.appeal_unknown
    decided_here(network, first, AppealOutcome.measure_stands)
    assert complete(network, completion(network, first)) is Rejection.appeal_has_ended


def told_of(network: Network, appeal: Appeal, **change: Any) -> AppealCompleted:
    told = {
        "appeal_id": appeal.appeal_id,
        "hold_id": appeal.hold_id,
        "appellant": "holder",
        "road": "app",
        "grounds": (),
        "sealed_words": None,
        "completed_at": network.now,
        "was_read_back": False,
        "statement": "",
    }
    return AppealCompleted(**{**told, **change})


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"appeal_id": "ap_other"}, Rejection.appeal_unknown),
        ({"hold_id": "hd_other"}, Rejection.appeal_of_other_hold),
        ({"appellant": "victim"}, Rejection.appeal_not_theirs),
        ({"road": "dream"}, Rejection.appeal_not_theirs),
        ({"road": "phone"}, Rejection.appeal_not_read_back),
        ({"statement": "unasked"}, Rejection.statement_does_not_stand),
    ],
)
def test_the_exchange_looks_at_all_of_that_itself(network: Network, change: dict[str, Any], refusal: Rejection) -> None:
    first = by_code(network)
    assert tell(network, "bank-b", told_of(network, first, **change), "ms-appeal-completed-1").refusal == refusal
    assert appeals(network) == [first]


def test_another_bank_completes_nothing(network: Network) -> None:
    first = by_code(network)
    assert tell(network, "bank-c", told_of(network, first), "ms-appeal-completed-1").refusal == Rejection.appeal_unknown
    assert appeals(network) == [first]


def test_what_was_not_begun_by_a_code_is_complete(network: Network) -> None:
    command = LodgeAppeal(
        hold_id=bank_hold(network, "mule").hold_id,
        appellant=Appellant.holder,
        road=AppealRoad.app,
        is_identified=True,
        grounds=(),
        words="",
    )
    network.at("bank-b", lambda tx, now: lodge_appeal(tx, command, EXCHANGE_ID, now))
    network.settle()
    [appeal] = appeals(network)
    assert complete(network, completion(network, appeal)) is Rejection.appeal_is_complete
    assert (
        tell(network, "bank-b", told_of(network, appeal), "ms-appeal-completed-1").refusal
        == Rejection.appeal_is_complete
    )


def test_a_completion_is_never_before_what_it_completes_nor_after_it_came(network: Network) -> None:
    first = by_code(network)
    early = told_of(network, first, completed_at=first.filed_at.plus(-timedelta(days=9)))
    assert tell(network, "bank-b", early, "ms-appeal-completed-1").status == "accepted"
    assert appeals(network)[0].completed_at == first.filed_at


def assisted(network: Network, appeal: Appeal, officer: Any = OFFICER, **change: Any) -> AppealCompleted:
    said = {"road": "paper", "grounds": ("good_faith",), "was_read_back": True}
    body = told_of(network, appeal, **said)
    text = network.statement("bank-b", Act.lodge_appeal, appeal.appeal_id, body.terms(), officer=officer, reasons="")
    return told_of(network, appeal, **{**said, "statement": text, **change})


@pytest.mark.parametrize(
    "change", [{}, {"grounds": ()}, {"appellant": "counsel"}, {"road": "phone"}, {"completed_at": None}]
)
def test_an_assistants_statement_says_what_was_said(network: Network, change: dict[str, Any]) -> None:
    first = by_code(network)
    if "completed_at" in change:
        change = {"completed_at": first.filed_at.plus(HOUR)}
    result = tell(network, "bank-b", assisted(network, first, COLLEAGUE, **change), "ms-appeal-completed-1")
    assert result.refusal == (Rejection.statement_does_not_stand if change else None)
    assert appeals(network)[0].is_identified is not bool(change)
    assert network.rows(EXCHANGE_ID, RECORDED_ERRORS) == []
