"""The desk shows the notices that were not served in time, and nothing where all are."""

from datetime import timedelta

import pytest

from tarazy.adapters.packs import load_pack
from tarazy.agent.notice_owed import owed_notices
from tarazy.agent.notices import serve_due_notices
from tarazy.agent.records import HOLDS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.notice import NoticeKind
from tarazy.values.replacing import replace
from tests.measuring import begin, case_of, registered
from tests.story import Network, StoreFor, robbed
from tests.unit.agent.test_paid_in_part import OFFICE
from tests.unit.edge.desk.bank_story import BankStory, Browser

PACK = load_pack("kz-demo")


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """A network whose mule was not told of the hold yet."""
    network = robbed(store_for)
    network.report("t1")
    return network


@pytest.fixture
def story() -> BankStory:
    return BankStory().opened().fraud().reported()


@pytest.fixture
def desk(story: BankStory) -> Browser:
    return story.browser("bank-c").sit_down()


def owed(network: Network) -> list[tuple[timedelta | None, bool]]:
    rows = network.at("bank-b", lambda tx, now: owed_notices(tx, PACK, now.now))
    return [(None if one.due_by is None else one.due_by.since(network.now), one.is_overdue) for one in rows]


def test_a_notice_is_owed_by_the_law_of_its_measure_and_no_more_once_it_was_served(network: Network) -> None:
    registered(network, case_of(network))
    begin(network, case_of(network))
    network.settle()
    assert owed(network) == [(timedelta(hours=24), False)]
    network.now = network.now.plus(timedelta(hours=25))
    assert owed(network) == [(timedelta(hours=-1), True)]
    network.at("bank-b", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    assert owed(network) == []


def test_what_is_due_at_once_is_not_overdue_while_it_is_being_written(network: Network) -> None:
    network.now = network.now.plus(timedelta(minutes=1))
    assert owed(network) == [(timedelta(minutes=-1), False)]
    network.now = network.now.plus(timedelta(minutes=5))
    assert owed(network) == [(timedelta(minutes=-6), True)]


def test_the_desk_names_who_was_not_told_in_time(story: BankStory, desk: Browser) -> None:
    words, net = "Notices that were not served in time", story.network
    for _ in range(5):
        net.at("bank-c", lambda tx, now: serve_due_notices(tx, OFFICE, EXCHANGE_ID, now))
    assert not desk.get("/desk/inbox").says(words)
    hold = net.rows("bank-c", HOLDS)[0]
    net.at("bank-c", lambda tx, _: tx.put(HOLDS, replace(hold, notice_due=NoticeKind.hold_confirmed)))
    net.now = net.now.plus(timedelta(minutes=30))
    assert desk.get("/desk/inbox").says(words)
