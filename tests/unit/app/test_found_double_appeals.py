"""Two appeals against one pause, both unanswered: the second must not stop the exchange's timer for ever."""

import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.appeals import LodgeAppeal, lodge_appeal
from tarazy.agent.reference_core import CORE_ACCOUNTS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealRoad, Appellant
from tests.story import Network, robbed
from tests.story_reading import bank_hold


@pytest.fixture
def network() -> Network:
    network = robbed(lambda _: MemoryStore())
    network.report("t1")
    return network


def test_silence_upon_two_appeals_against_one_pause_lets_go_once(network: Network) -> None:
    """The holder appeals in the app, their counsel at the branch; nobody answers either."""
    hold = bank_hold(network, "mule")
    assert network.confirm("bank-b", hold.hold_id) is None
    for appellant, road in ((Appellant.holder, AppealRoad.app), (Appellant.representative, AppealRoad.branch)):
        command = LodgeAppeal(
            hold_id=hold.hold_id,
            appellant=appellant,
            road=road,
            is_identified=True,
            grounds=("good_faith",),
            words="",
            was_read_back=True,
        )
        by = network.officer("bank-b") if road is AppealRoad.branch else None
        network.at("bank-b", lambda tx, now, command=command, by=by: lodge_appeal(tx, command, EXCHANGE_ID, now, by=by))
    network.settle()
    network.wait(hours=25)  # Conflict: outbox: the second lift order has the id of the first
    assert sum(account.reserved_minor for account in network.rows("bank-b", CORE_ACCOUNTS)) == 0
