"""Law that changes: what it no longer carries is let go the next day, what another offence carries stays."""

from datetime import date, timedelta

import pytest

from tarazy.agent.reference_core import CORE_ACCOUNTS
from tarazy.app.measure_records import Schedule
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldEnd
from tarazy.domain.measure import MeasureEnd, MeasureStatus
from tarazy.law.ground import Pack, index
from tarazy.protocol.statement import Act
from tarazy.values.replacing import replace
from tests.measuring import act_upon, case_of, do_begin, hold_at, line, measures, registered, standing
from tests.story import FRAUD, Network, StoreFor, robbed

OTHER = "kz-cc-188"
REPEALED = date(2026, 11, 22)
"""The last day on which the fraud is an offence in these stories."""


def repealed(pack: Pack, offence_id: str) -> Pack:
    """Return the pack in which an offence has ended."""
    offence = pack.data.offences[offence_id]
    last = replace(offence.versions[-1], valid_to=REPEALED)
    offences = {**pack.data.offences, offence_id: replace(offence, versions=(*offence.versions[:-1], last))}
    return index(replace(pack.data, offences=offences, offence_table=()))


def under(network: Network, pack: Pack) -> None:
    """Let the exchange act under another pack from now on."""
    before = network.exchange.setting_at
    network.exchange = replace(network.exchange, setting_at=lambda now: replace(before(now), pack=pack))


def reserved(network: Network) -> int:
    return sum(account.reserved_minor for account in network.rows("bank-b", CORE_ACCOUNTS))


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    network = robbed(store_for)
    network.report("t1")
    registered(network, case_of(network))
    return network


def begun(network: Network, *offences: str) -> None:
    lines = [line(network, hold) for hold in standing(network, case_of(network))]
    act = act_upon(network, case_of(network), lines, Act.begin_measure, "M5", offence_ids=offences)
    done = do_begin(network, act)
    assert isinstance(done, Schedule), done
    network.settle()


def next_day(network: Network) -> None:
    network.now = network.now.plus(timedelta(hours=15))
    network.settle()


def test_a_repealed_offence_lets_go_of_the_measure_that_rests_on_it(network: Network) -> None:
    begun(network, FRAUD)
    under(network, repealed(network.setting(EXCHANGE_ID).pack, FRAUD))
    assert reserved(network) == 500_000
    next_day(network)
    assert {one.end for one in measures(network)} == {MeasureEnd.law_changed}
    assert reserved(network) == 0
    assert hold_at(network, "bank-b").end is HoldEnd.law_changed


def test_a_second_offence_keeps_it(network: Network) -> None:
    begun(network, FRAUD, OTHER)
    under(network, repealed(network.setting(EXCHANGE_ID).pack, FRAUD))
    next_day(network)
    [measure] = measures(network)
    assert (measure.status, measure.offence_ids) == (MeasureStatus.urgent, (OTHER,))
    assert reserved(network) == 500_000


def test_a_repealed_offence_lets_go_of_a_banks_pause(network: Network) -> None:
    under(network, repealed(network.setting(EXCHANGE_ID).pack, FRAUD))
    hold = standing(network, case_of(network))[0]
    assert network.confirm("bank-b", hold.hold_id) is None
    network.settle()
    next_day(network)
    assert hold_at(network, "bank-b").end is HoldEnd.law_changed
    assert reserved(network) == 0


def test_law_that_has_not_changed_ends_nothing(network: Network) -> None:
    begun(network, FRAUD)
    next_day(network)
    assert {one.status for one in measures(network)} == {MeasureStatus.urgent}
