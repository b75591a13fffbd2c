"""An urgent measure gains no time by being begun again: the hours for the motion run from the first."""

import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.packs import load_pack
from tarazy.app.schedules import ActRefused
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Measure
from tarazy.law.calendar import Window, WindowUnit
from tarazy.law.ground import index
from tarazy.values.replacing import replace
from tests.measuring import WORDS, begin, case_of, measures, registered, standing
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


def test_hours_that_the_pack_cannot_count_are_none(network: Network) -> None:
    pack = load_pack("kz-demo")
    [rule] = [one for one in pack.data.rules if one.measure is Measure.M5]
    assert rule.authorisation is not None
    assert rule.authorisation.value is not None
    uncounted = replace(rule.authorisation.value, file_within=Window(2, WindowUnit.working_days))
    other = replace(rule, authorisation=replace(rule.authorisation, value=uncounted))
    rules = tuple(other if one is rule else one for one in pack.data.rules)
    clocks = {key: field for key, field in pack.data.clocks.items() if key[1] is not WindowUnit.working_days}
    before = network.exchange.setting_at
    pack = index(replace(pack.data, rules=rules, clocks=clocks))
    network.exchange = replace(network.exchange, setting_at=lambda now: replace(before(now), pack=pack))
    refused = begin(network, case_of(network))
    assert isinstance(refused, ActRefused)
    assert (refused.rejection, refused.place) == (Rejection.measure_refused_by_law, "file_within")
    assert measures(network) == []
