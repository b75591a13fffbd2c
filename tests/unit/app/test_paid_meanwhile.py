"""Money that a bank's core pays out although its hold has ended meanwhile: it is refunded, and counted as refunded.

Where the core was asked to pay and the hold ended before the payment was booked, the piece is followed no more. Which
of its units came home is told all the same; where the others are is not.
"""

from tarazy.agent.answering import SHARES_TOLD_MAX
from tarazy.agent.records import FOLLOWS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.refund import PartStatus
from tarazy.domain.tracing import ShareKind
from tarazy.law.assessment import Lane
from tarazy.values.ids import ReportId
from tests.story import Network, StoreFor, robbed
from tests.story_reading import bank_hold, case_hold, ends, follows, report, told
from tests.unit.app.test_refunding import given_back, parts, refunded

WITHDRAWN = ("bank-b", HoldStatus.released, HoldEnd.report_withdrawn)


def being_paid(store_for: StoreFor, *, spent: int = 0, give: int | None = None) -> tuple[Network, ReportId]:
    """Order a refund of what is held at bank B, which has taken the order and asked nothing of its core yet.

    The mule has 70,000 of their own, of which ``spent`` beyond these is gone. ``give`` is what the mule gives back of
    their own will; without it all that is held is paid.
    """
    network = robbed(store_for, mule=70_000)
    network.spend("mule", 70_000 + spent)
    network.settle()
    filed = network.report("t1")
    if give is not None:
        given_back(network, case_hold(network, filed).hold_id, give)
    network.banks["bank-b"].is_asleep = True
    assert refunded(network, filed, lane=Lane.court if give is None else Lane.consent).rejection is None
    network.carry(EXCHANGE_ID, "bank-b")
    return network, filed


def withdrawn(network: Network, filed: ReportId) -> None:
    """Withdraw the report; bank B hears of it before its core has paid, and then goes on."""
    network.withdraw("bank-a", filed)
    network.settle()
    network.carry(EXCHANGE_ID, "bank-b")
    assert bank_hold(network, "mule").status is HoldStatus.released
    assert not follows(network, "bank-b")[0].is_open
    network.banks["bank-b"].is_asleep = False
    network.settle()


def test_what_was_paid_after_the_report_was_withdrawn_is_refunded(store_for: StoreFor) -> None:
    network, filed = being_paid(store_for, spent=20_000)
    withdrawn(network, filed)
    assert told(network, filed) == {"bank-b exited cash": 20_000, "bank-b refunded": 480_000}
    assert ends(network, filed) == [WITHDRAWN]
    assert (case_hold(network, filed).paid_minor, report(network, filed).returned_minor) == (480_000, 480_000)
    assert parts(network) == [(480_000, PartStatus.paid)]
    [follow] = network.rows("bank-b", FOLLOWS)
    assert [share.kind for share in follow.shares] == [ShareKind.exited, ShareKind.refunded]


def test_what_was_not_paid_stays_told_as_released(store_for: StoreFor) -> None:
    network, filed = being_paid(store_for, give=180_000)
    withdrawn(network, filed)
    expected = {"bank-b refunded": 180_000, "bank-b stopped released": 320_000}
    assert told(network, filed) == expected
    network.spend("mule", 320_000)
    network.settle()
    assert told(network, filed) == expected


def test_what_is_booked_as_paid_after_the_hold_ran_out_is_refunded(store_for: StoreFor) -> None:
    network, filed = being_paid(store_for, give=180_000)
    bank = network.banks["bank-b"]
    bank.agent.ask_core(network.now)
    network.wait(hours=2)
    bank.agent.let_go(network.now)
    assert not follows(network, "bank-b")[0].is_open
    bank.is_asleep = False
    network.settle()
    assert ends(network, filed) == [("bank-b", HoldStatus.released, HoldEnd.not_confirmed)]
    assert told(network, filed) == {"bank-b refunded": 180_000, "bank-b stopped released": 320_000}


def test_what_another_case_pays_of_the_same_units_is_not_told_to_the_withdrawn_one(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.open("bank-c", last=0)
    network.pay("t2", "mule", "last", 500_000)
    network.settle()
    first, second = network.report("t1"), network.report("t2")
    assert told(network, second) == {"bank-c stopped held_for_other_case": 500_000}
    network.withdraw("bank-a", first)
    network.settle()
    assert told(network, second) == {"bank-c held": 500_000}
    refunded(network, second)
    network.settle()
    assert told(network, second) == {"bank-c refunded": 500_000}
    assert told(network, first) == {"bank-c stopped released": 500_000}


def test_a_hold_of_which_nothing_is_left_but_what_is_let_go_is_over_with_its_payment(store_for: StoreFor) -> None:
    network, filed = being_paid(store_for, give=180_000)
    hold = bank_hold(network, "mule").hold_id
    assert network.narrow("bank-b", hold, 50_000) is None
    network.banks["bank-b"].is_asleep = False
    network.settle()
    assert ends(network, filed) == [("bank-b", HoldStatus.paid, HoldEnd.returned_by_holder)]
    assert told(network, filed) == {"bank-b refunded": 180_000, "bank-b stopped released": 320_000}
    assert (bank_hold(network, "mule").held_minor, bank_hold(network, "mule").reserved_minor) == (0, 0)


def test_a_hold_that_was_narrowed_to_more_than_is_paid_holds_the_rest(store_for: StoreFor) -> None:
    network, filed = being_paid(store_for, give=180_000)
    hold = bank_hold(network, "mule").hold_id
    assert network.narrow("bank-b", hold, 300_000) is None
    network.banks["bank-b"].is_asleep = False
    network.settle()
    assert ends(network, filed) == [("bank-b", HoldStatus.placed, None)]
    expected = {"bank-b refunded": 180_000, "bank-b held": 120_000, "bank-b stopped released": 200_000}
    assert told(network, filed) == expected


def test_a_late_payment_is_told_once(store_for: StoreFor) -> None:
    network, filed = being_paid(store_for)
    withdrawn(network, filed)
    [follow] = network.rows("bank-b", FOLLOWS, Condition("is_open", "=", False))
    network.wait(minutes=5)
    assert network.rows("bank-b", FOLLOWS) == [follow]
    assert told(network, filed) == {"bank-b refunded": 500_000}


def test_what_is_paid_late_takes_nothing_back_that_was_told_as_moved_on(store_for: StoreFor) -> None:
    """The answer is as long as it may be; a payment cuts a stretch of it, and the tail above has moved on."""
    network = robbed(store_for)
    small = SHARES_TOLD_MAX - 3
    for number in range(small):
        network.pay(f"small-{number}", "mule", "dani" if number % 2 else "third", 50)
    network.settle()
    filed = network.report("t1")
    hold = bank_hold(network, "mule").hold_id
    assert network.narrow("bank-b", hold, 200_000) is None
    network.settle()
    network.pay("tail", "mule", "dani", 500_000 - 200_000 - 50 * small - 1_000)
    network.settle()
    given_back(network, hold, 80_000)
    network.banks["bank-b"].is_asleep = True
    assert refunded(network, filed, lane=Lane.consent).rejection is None
    network.carry(EXCHANGE_ID, "bank-b")
    [before] = network.rows("bank-b", FOLLOWS)
    assert len(before.shares) == SHARES_TOLD_MAX
    withdrawn(network, filed)
    [after] = network.rows("bank-b", FOLLOWS)
    assert network.turned_down == []
    assert len(after.shares) <= SHARES_TOLD_MAX
    assert [one for one in after.shares if one.kind is ShareKind.moved_on] == [
        one for one in before.shares if one.kind is ShareKind.moved_on
    ]
    assert told(network, filed)["bank-b stopped pieces"] == 200_000
    assert report(network, filed).returned_minor == 80_000
