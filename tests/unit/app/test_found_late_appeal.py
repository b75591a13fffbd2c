"""An appeal that reaches its forum late, because a bank was cut off: nobody is silent who has not been asked yet."""

import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.appeals import LodgeAppeal, lodge_appeal
from tarazy.app.appeal_records import APPEALS, RECORDED_ERRORS
from tarazy.app.measure_records import DEADLINES
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealRoad, Appellant
from tests.measuring import begin, case_of, court, registered
from tests.story import Network, robbed
from tests.story_reading import bank_hold


@pytest.fixture
def network() -> Network:
    network = robbed(lambda _: MemoryStore())
    network.report("t1")
    return network


def test_a_forum_is_not_silent_before_the_appeal_has_reached_it(network: Network) -> None:
    """Four days cut off; the prosecutor, asked just now, is noted as three days late, and with an error."""
    registered(network, case_of(network))
    court(network)
    begin(network, case_of(network), days=10)
    network.settle()
    hold = bank_hold(network, "mule")
    network.banks["bank-b"].is_away = True
    command = LodgeAppeal(
        hold_id=hold.hold_id,
        appellant=Appellant.holder,
        road=AppealRoad.app,
        is_identified=True,
        grounds=("good_faith",),
        words="",
    )
    network.at("bank-b", lambda tx, now: lodge_appeal(tx, command, EXCHANGE_ID, now))
    network.wait(hours=96)
    network.banks["bank-b"].is_away = False
    network.settle()
    network.wait(hours=1)
    [*_, appeal] = network.rows(EXCHANGE_ID, APPEALS)
    rows = network.rows(EXCHANGE_ID, DEADLINES, Condition("duty", "=", "answer_appeal"))
    assert [row.span for row in rows if row.span.startswith("-")] == [], appeal.status
    assert network.rows(EXCHANGE_ID, RECORDED_ERRORS) == []
