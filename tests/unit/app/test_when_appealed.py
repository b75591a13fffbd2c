"""When an appeal counts as made: a bank tells it, within what can be true; the forum's time runs from its receipt."""

from datetime import timedelta
from typing import Any

import pytest

from tarazy.agent.appeals import LodgeAppeal, lodge_appeal
from tarazy.agent.notices import serve_due_notices
from tarazy.app.appeal_records import APPEALS, RECORDED_ERRORS, Appeal
from tarazy.app.measure_records import DEADLINES
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealOutcome, AppealRoad, AppealStatus, Appellant
from tarazy.domain.rejection import Rejection
from tarazy.protocol.appeal_bodies import AppealLodged
from tarazy.values.instant import Instant
from tests.measuring import begin, case_of, court, measures, registered
from tests.story import Network, StoreFor, robbed
from tests.story_reading import bank_hold
from tests.unit.agent.test_paid_in_part import OFFICE
from tests.unit.app.speaking import tell
from tests.unit.app.test_appeals import reviewed

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WHY = "The holder was told by telephone, and has said so in the appeal."


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """An investigator's measure carries the hold at bank B on; some hours have passed since."""
    network = robbed(store_for)
    network.report("t1")
    registered(network, case_of(network))
    network.wait(hours=1)
    begin(network, case_of(network))
    network.wait(hours=6)
    return network


def began(network: Network) -> Instant:
    return measures(network)[0].begins_at


def told(network: Network, filed_at: Instant, *, appeal_id: str = "ap_told", **change: Any) -> Appeal:
    """Bank B tells of an appeal that was made then."""
    hold = bank_hold(network, "mule")
    said = {
        "appeal_id": appeal_id,
        "measure_id": measures(network)[0].measure_id,
        "hold_id": hold.hold_id,
        "appellant": "holder",
        "road": "app",
        "is_identified": True,
        "grounds": (),
        "sealed_words": None,
        "learned_at": None,
        "filed_at": filed_at,
        "before_appeal_id": None,
        "was_read_back": False,
        "statement": "",
    }
    result = tell(network, "bank-b", AppealLodged(**{**said, **change}), f"ms-appeal-{appeal_id}")
    assert result.status == "accepted", result
    [appeal] = [one for one in network.rows(EXCHANGE_ID, APPEALS) if one.appeal_id == appeal_id]
    assert isinstance(appeal, Appeal)
    return appeal


def test_nobody_has_appealed_before_the_measure_began(network: Network) -> None:
    appeal = told(network, began(network).plus(-DAY))
    assert appeal.filed_at == began(network)
    assert appeal.told_filed_at == began(network).plus(-DAY)
    assert appeal.received_at == network.now


def test_nobody_has_appealed_against_a_pause_before_it_was_asked_for(network: Network) -> None:
    hold = bank_hold(network, "mule")
    appeal = told(network, network.now.plus(-30 * DAY), measure_id=hold.hold_id)
    assert appeal.filed_at > network.now.plus(-DAY)
    assert appeal.filed_at < began(network)


def test_nobody_has_appealed_after_the_exchange_has_it(network: Network) -> None:
    appeal = told(network, network.now.plus(HOUR))
    assert (appeal.filed_at, appeal.told_filed_at) == (network.now, None)


def test_a_code_is_not_shown_before_the_notice_that_has_it(network: Network) -> None:
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    network.settle()
    served = network.now
    network.wait(hours=2)
    appeal = told(network, served.plus(-HOUR), road="code", is_identified=False)
    assert appeal.filed_at == served


def test_a_word_of_the_bank_from_long_before_is_kept_as_its_word(network: Network) -> None:
    """It counts for the person; it opens no time for the prosecutor before the prosecutor could see anything."""
    made = network.now.plus(-5 * HOUR)
    appeal = told(network, made)
    assert (appeal.filed_at, appeal.told_filed_at, appeal.received_at) == (made, made, network.now)
    assert appeal.due_at == network.now.plus(timedelta(hours=72))
    [row] = network.rows(EXCHANGE_ID, DEADLINES, Condition("duty", "=", "answer_appeal"))
    assert (row.starts_at, row.due_at) == (network.now, appeal.due_at)


def test_what_was_just_on_its_way_needs_no_word_of_the_bank(network: Network) -> None:
    assert told(network, network.now.plus(-HOUR)).told_filed_at is None


def test_no_forum_is_late_with_what_it_had_not_seen(network: Network) -> None:
    """Made six hours ago, says the bank; the prosecutor has had it for three days less six hours, and is not late."""
    told(network, network.now.plus(-6 * HOUR))
    network.wait(hours=67)
    assert network.rows(EXCHANGE_ID, RECORDED_ERRORS) == []
    assert network.rows(EXCHANGE_ID, APPEALS)[0].status is AppealStatus.admitted
    network.wait(hours=5)
    assert [one.cause for one in network.rows(EXCHANGE_ID, RECORDED_ERRORS)] == ["late_answer"]


def test_nobody_is_late_because_their_bank_has_told_them_before_there_was_anything(network: Network) -> None:
    network.wait(hours=30)
    appeal = told(network, network.now, learned_at=began(network).plus(-400 * DAY))
    assert (appeal.learned_at, appeal.is_late) == (began(network), False)
    assert appeal.learned_at is not None


def test_the_time_for_the_next_forum_runs_again_from_the_answer(network: Network) -> None:
    """Fifteen days from learning, or from the prosecutor's refusal."""
    court(network)
    network.enrol("prosecutor", "prosecutor", "prosecutor")
    learned = network.now
    first = told(network, network.now, learned_at=learned)
    network.wait(hours=40)
    seen = ("holder_told", "deadlines_kept")
    done = reviewed(network, first, AppealOutcome.measure_stands, missing=seen, why=WHY)
    assert not isinstance(done, Rejection), done
    answered = network.now
    network.wait(days=14)
    second = told(network, network.now, appeal_id="ap_next", learned_at=learned, before_appeal_id=first.appeal_id)
    assert network.now > learned.plus(15 * DAY)
    assert (second.forum, second.is_late) == ("law.forum.investigating_judge", False)
    assert answered.plus(15 * DAY) > network.now


def test_the_time_for_the_next_forum_ends_too(network: Network) -> None:
    network.enrol("prosecutor", "prosecutor", "prosecutor")
    learned = network.now
    first = told(network, network.now, learned_at=learned)
    reviewed(network, first, AppealOutcome.measure_stands, missing=("holder_told",), why=WHY)
    network.wait(days=16)
    second = told(network, network.now, appeal_id="ap_next", learned_at=learned, before_appeal_id=first.appeal_id)
    assert (second.is_late, second.status) == (True, AppealStatus.filed)


def test_what_a_bank_was_told_at_its_desk_counts_from_then(network: Network) -> None:
    """The same by the road that an assistant writes down: on paper since five hours."""
    came = network.now.plus(-5 * HOUR)
    command = LodgeAppeal(
        hold_id=bank_hold(network, "mule").hold_id,
        appellant=Appellant.holder,
        road=AppealRoad.paper,
        is_identified=True,
        grounds=(),
        words="",
        was_read_back=True,
    )
    by = network.officer("bank-b")
    network.at("bank-b", lambda tx, now: lodge_appeal(tx, command, EXCHANGE_ID, now, by=by, filed_at=came))
    network.settle()
    [appeal] = network.rows(EXCHANGE_ID, APPEALS)
    assert (appeal.filed_at, appeal.told_filed_at) == (came, came)
