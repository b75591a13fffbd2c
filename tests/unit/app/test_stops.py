"""Money that is not followed: less than one unit of its currency, or more than the transfer ever was."""

import pytest

from tarazy.agent.records import FOLLOWS
from tarazy.domain.entry import EntryKind
from tarazy.domain.tracing import dust_minor
from tarazy.values.ids import ReportId
from tests.story import Network, StoreFor
from tests.story_reading import told
from tests.unit.agent.scripted_core import scripted
from tests.unit.app.test_answers import HELD, answered, asked, cut, moved


@pytest.mark.parametrize(("currency", "minor"), [("KZT", 100), ("JPY", 1), ("KWD", 1_000), ("CLF", 10_000)])
def test_dust_is_less_than_one_unit_of_the_currency(currency: str, minor: int) -> None:
    assert dust_minor(currency) == minor


def test_a_currency_that_iso_does_not_list_has_hundredths() -> None:
    assert dust_minor("XTS") == 100


@pytest.mark.parametrize(("currency", "amount", "what"), [("JPY", 1, "refused_by_law"), ("KWD", 999, "dust")])
def test_each_case_has_the_dust_of_its_own_currency(store_for: StoreFor, currency: str, amount: int, what: str) -> None:
    network = Network(store_for)
    network.open("bank-a", currency=currency, aigul=800_000)
    network.open("bank-b", currency=currency, mule=0)
    network.open("bank-c", currency=currency, dani=0)
    network.pay("t1", "aigul", "mule", 500_000, currency=currency)
    network.settle()
    network.pay("t2", "mule", "dani", amount, currency=currency)
    network.settle()
    report = network.report("t1")
    assert told(network, report)[f"bank-c stopped {what}"] == amount


def really_paid(store_for: StoreFor, amount: int) -> tuple[Network, ReportId]:
    """Let the mule pay ``t2`` to Dani at bank C, and leave what bank B tells of it to the story."""
    network, report = asked(store_for)
    network.open("bank-b", mule2=1_000_000)
    network.pay("t2", "mule2", "dani", amount)
    network.settle()
    return network, report


def test_units_that_a_transfer_never_had_are_no_fee(store_for: StoreFor) -> None:
    """Bank B says that 200,000 went to bank C by a transfer of 120,000: it may say so, and bank C knows better."""
    network, report = really_paid(store_for, 120_000)
    answered(network, moved(network, 0, 200_000), cut(HELD, 200_000, 500_000))
    network.banks["bank-c"].is_asleep = False
    network.settle()
    assert told(network, report) == {
        "bank-b held": 300_000,
        "bank-c held": 120_000,
        "bank-c stopped beyond_transfer": 80_000,
    }


def test_a_fee_ends_where_the_transfer_did(store_for: StoreFor) -> None:
    """500,000 are claimed of a transfer of 400,000, of which 399,000 arrived."""
    network, core = scripted(store_for)
    core.books("mule", EntryKind.credit, 399_000, ref="t1", transfer_minor=400_000)
    network.settle()
    report = network.report("t1")
    assert told(network, report) == {
        "bank-b held": 399_000,
        "bank-b exited fee": 1_000,
        "bank-b stopped beyond_transfer": 100_000,
    }
    [follow] = network.rows("bank-b", FOLLOWS)
    assert [(share.from_minor, share.to_minor) for share in follow.shares][1:] == [
        (399_000, 400_000),
        (400_000, 500_000),
    ]


def test_a_piece_that_lies_beyond_all_of_its_transfer_is_settled(store_for: StoreFor) -> None:
    network, _ = really_paid(store_for, 100)
    answered(network, moved(network, 0, 200_000, onward_from=100), cut(HELD, 200_000, 500_000))
    network.banks["bank-c"].is_asleep = False
    network.settle()
    [follow] = network.rows("bank-c", FOLLOWS)
    assert not follow.is_open
    assert [(share.kind, share.detail) for share in follow.shares] == [("stopped", "beyond_transfer")]
