"""A report used again and again: the third upon the same payee, the fourth in a month, holds nothing by itself."""

from datetime import timedelta

import pytest

from tarazy.agent.reference_core import CORE_ACCOUNTS
from tarazy.app.records import PIECES, REPORTS
from tarazy.bootstrap import EXCHANGE_ID
from tests.story import Network, StoreFor


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    network = Network(store_for)
    network.open("bank-a", aigul=9_000_000, marat=9_000_000)
    network.open("bank-b", rival=0, other=0, third=0, fourth=0)
    return network


def reported(network: Network, ref: str, payer: str, payee: str) -> None:
    network.pay(ref, payer, payee, 200_000)
    network.settle()
    network.report(ref)


def reserved(network: Network) -> int:
    return sum(one.reserved_minor for one in network.rows("bank-b", CORE_ACCOUNTS))


def counts(network: Network) -> list[tuple[int, int]]:
    rows = network.rows(EXCHANGE_ID, REPORTS, order=("signed_at",))
    return [(row.reports_by_payer, row.reports_of_pair) for row in rows]


def test_a_third_report_of_the_same_payer_upon_the_same_payee_holds_nothing(network: Network) -> None:
    for number in range(3):
        reported(network, f"t{number}", "aigul", "rival")
        network.now = network.now.plus(timedelta(minutes=1))
    assert counts(network) == [(0, 0), (1, 1), (2, 2)]
    assert reserved(network) == 400_000
    refused = [piece.refused_by for piece in network.rows(EXCHANGE_ID, PIECES, order=("asked_at",))]
    assert refused[:2] == [(), ()]
    assert "law.T4.repeated_report" in refused[2]


def test_a_fourth_report_of_the_same_payer_in_a_month_holds_nothing(network: Network) -> None:
    for number, payee in enumerate(("rival", "other", "third", "fourth")):
        reported(network, f"t{number}", "aigul", payee)
        network.now = network.now.plus(timedelta(minutes=1))
    assert counts(network) == [(0, 0), (1, 0), (2, 0), (3, 0)]
    assert reserved(network) == 600_000


def test_another_payer_and_another_month_count_anew(network: Network) -> None:
    for number in range(2):
        reported(network, f"t{number}", "aigul", "rival")
        network.now = network.now.plus(timedelta(minutes=1))
    reported(network, "m", "marat", "rival")
    network.wait(days=31)
    reported(network, "late", "aigul", "rival")
    assert counts(network) == [(0, 0), (1, 1), (0, 0), (0, 0)]


def test_a_withdrawn_report_counts_all_the_same(network: Network) -> None:
    reported(network, "t0", "aigul", "rival")
    network.withdraw("bank-a", network.rows(EXCHANGE_ID, REPORTS)[0].report_id)
    network.settle()
    network.now = network.now.plus(timedelta(minutes=1))
    reported(network, "t1", "aigul", "rival")
    assert counts(network)[1] == (1, 1)


def test_a_trifling_sum_holds_nothing_by_itself(network: Network) -> None:
    network.pay("small", "aigul", "rival", 99_999)
    network.settle()
    network.report("small")
    [piece] = network.rows(EXCHANGE_ID, PIECES)
    assert "law.T7.trifling_sum" in piece.refused_by
    assert reserved(network) == 0
