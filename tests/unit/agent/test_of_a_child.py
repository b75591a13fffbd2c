"""A child's money is given back only together with whoever represents the child; to object it needs nobody."""

from datetime import timedelta

import pytest

from tarazy.agent.consent import offer_return, take_back
from tarazy.agent.hearing import AnswerHearing, answer_hearing
from tarazy.agent.hearing_records import LocalHearing
from tarazy.agent.holder_flags import HOLDER_FLAGS, HolderFlags
from tarazy.app.refund_records import RECORDED_RETURNS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hearing import HearingState
from tarazy.domain.rejection import Rejection
from tarazy.protocol.hold_bodies import REPRESENTED, RETURN_CHECKS
from tarazy.values.ids import AccountId
from tests.hearing_story import AT_DESK, asked, local, round_of, said
from tests.measuring import case_of, registered
from tests.story import Network, StoreFor, robbed
from tests.story_reading import bank_hold

WHY = "Mother and daughter came together and want the money to go back."


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """A network in which the holder at bank B is a child."""
    network = robbed(store_for)
    network.report("t1")
    flags = HolderFlags(account_id=AccountId("mule"), under_16=True, until=network.now.plus(timedelta(days=300)))
    network.at("bank-b", lambda tx, _: tx.put(HOLDER_FLAGS, flags))
    return network


def offered(network: Network, *checks: str) -> Rejection | None:
    hold, officer = bank_hold(network, "mule"), network.officer("bank-b")
    done = network.at(
        "bank-b",
        lambda tx, now: offer_return(
            tx, hold.hold_id, hold.held_minor, WHY, officer, EXCHANGE_ID, now, checks=(*RETURN_CHECKS, *checks)
        ),
    )
    network.settle()
    return done


def agreed_at_desk(network: Network, *, is_represented: bool) -> LocalHearing | Rejection:
    command = AnswerHearing(
        hearing_id=local(network).hearing_id,
        answer=HearingState.agreed,
        words="",
        reasons=AT_DESK,
        is_represented=is_represented,
    )
    officer = network.officer("bank-b")
    return network.at("bank-b", lambda tx, now: answer_hearing(tx, command, EXCHANGE_ID, now, officer=officer))


def heard(network: Network) -> None:
    registered(network, case_of(network))
    assert not isinstance(asked(network, case_of(network)), Rejection)
    round_of(network)


def test_a_child_offers_nothing_back_alone(network: Network) -> None:
    assert offered(network) is Rejection.representative_missing
    assert network.rows(EXCHANGE_ID, RECORDED_RETURNS) == []
    assert offered(network, REPRESENTED) is None
    assert len(network.rows(EXCHANGE_ID, RECORDED_RETURNS)) == 1


def test_a_child_takes_back_alone_what_was_offered(network: Network) -> None:
    assert offered(network, REPRESENTED) is None
    hold_id = bank_hold(network, "mule").hold_id
    taken = network.at("bank-b", lambda tx, now: take_back(tx, hold_id, EXCHANGE_ID, now))
    assert taken is not None


def test_a_child_does_not_agree_alone_and_objects_alone(network: Network) -> None:
    heard(network)
    assert said(network, HearingState.agreed) is Rejection.representative_missing
    assert agreed_at_desk(network, is_represented=False) is Rejection.representative_missing
    objected = said(network, HearingState.objected)
    assert isinstance(objected, LocalHearing)
    assert objected.state is HearingState.objected


def test_a_child_agrees_with_whoever_represents_it(network: Network) -> None:
    heard(network)
    done = agreed_at_desk(network, is_represented=True)
    assert isinstance(done, LocalHearing)
    assert done.state is HearingState.agreed


def test_who_is_no_child_any_more_agrees_alone(network: Network) -> None:
    heard(network)
    over = HolderFlags(account_id=AccountId("mule"), under_16=True, until=network.now)
    network.at("bank-b", lambda tx, _: tx.put(HOLDER_FLAGS, over))
    assert isinstance(said(network, HearingState.agreed), LocalHearing)
