"""An urgent measure gains no time by being begun again: the hours for the motion run from the first."""

import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.values.replacing import replace
from tests.measuring import WORDS, begin, case_of, registered, standing
from tests.story import Network, robbed


@pytest.fixture
def network() -> Network:
    network = robbed(lambda _: MemoryStore())
    network.report("t1")
    registered(network, case_of(network))
    network.settle()
    for hold in standing(network, case_of(network)):
        assert network.confirm(hold.participant_id, hold.hold_id) is None
    network.settle()
    return network


def test_a_measure_that_is_begun_again_and_again_ends_without_a_motion(network: Network) -> None:
    """Begun anew every 47 hours with words of its own each time, M5 stands for weeks, and no judge has heard of it."""
    for number in range(6):
        words = replace(WORDS, suitability=f"{WORDS.suitability} So it is on the day with the number {number}.")
        begin(network, case_of(network), words=words)
        network.settle()
        network.wait(hours=47)
    assert standing(network, case_of(network)) == []
