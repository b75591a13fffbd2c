"""The list of cases says the same of a case as its own page, whatever its banks have last answered."""

import pytest

from tarazy.adapters.packs import load_pack
from tarazy.app.queries.case import case_view
from tarazy.app.queries.cases import list_cases
from tarazy.app.queries.equation import TermKind
from tarazy.bootstrap import EXCHANGE_ID
from tests.story import Network, StoreFor, robbed
from tests.story_reading import bank_hold


def listed(network: Network) -> dict[TermKind, int]:
    """Return the sums of the one case in the list; its page must say the same."""
    pack = load_pack("kz-demo")
    (row,) = network.at(EXCHANGE_ID, lambda tx, now: list_cases(tx, pack, now.now)).rows
    view = network.at(EXCHANGE_ID, lambda tx, now: case_view(tx, row.case_id, pack, now.now))
    assert view is not None
    assert view.equation.adds_up
    assert row.sums == {kind: view.equation.of(kind) for kind in TermKind}
    return {kind: minor for kind, minor in row.sums.items() if minor}


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 200_000)
    network.settle()
    return network


def test_while_the_holds_stand_everything_is_held(network: Network) -> None:
    network.report("t1")
    assert listed(network) == {TermKind.held: 500_000}


@pytest.mark.parametrize("has_exchange_timer", [True, False])
def test_a_hold_that_only_the_exchange_knows_to_be_over_is_not_held(network: Network, has_exchange_timer: bool) -> None:
    network.report("t1")
    network.has_exchange_timer = has_exchange_timer
    network.banks["bank-b"].is_away = True
    network.wait(hours=80)
    assert listed(network) == {TermKind.stopped: 500_000}


def test_what_still_stands_beside_it_stays_held(network: Network) -> None:
    network.report("t1")
    network.confirm("bank-c", bank_hold(network, "dani").hold_id)
    network.settle()
    network.banks["bank-b"].is_away = True
    network.wait(hours=3)
    assert listed(network) == {TermKind.held: 200_000, TermKind.stopped: 300_000}


def test_a_piece_that_nobody_has_answered_stays_asked_for(network: Network) -> None:
    network.banks["bank-b"].is_away = True
    network.report("t1")
    assert listed(network) == {TermKind.asking: 500_000}
    network.wait(hours=80)
    assert listed(network) == {TermKind.asking: 500_000}
