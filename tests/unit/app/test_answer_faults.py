"""Nobody's word about money is taken where it can be checked: what was paid back was ordered, what left stays left."""

from collections.abc import Mapping

import msgspec
import pytest

from tarazy.app.records import PIECES
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Lane
from tarazy.protocol.bodies import Answer, PaymentTold, ShareTold
from tarazy.values.ids import ParticipantId, RefundId, ReportId
from tests.story import Network, StoreFor, robbed
from tests.story_reading import case_hold, case_holds, pieces, report, told, tracing
from tests.unit.app.speaking import tell
from tests.unit.app.test_answers import CASH, HELD, answer, answered, asked, cut, moved, refused, sealed_once
from tests.unit.app.test_refunding import refunded

REFUNDED = ShareTold(kind="refunded", from_minor=0, to_minor=500_000)


def ordered(store_for: StoreFor) -> tuple[Network, ReportId]:
    """Return a network in which all that bank B holds is ordered to be paid, and bank B speaks as the story says."""
    network = robbed(store_for)
    filed = network.report("t1")
    assert refunded(network, filed, lane=Lane.court).rejection is None
    network.banks["bank-b"].is_away = True
    return network, filed


def newer(network: Network, *shares: ShareTold, payments: tuple[PaymentTold, ...] = ()) -> Answer:
    """Return the next answer of bank B."""
    [piece] = network.rows(EXCHANGE_ID, PIECES, Condition("depth", "=", 0))
    last = answer(network, *shares, number=piece.answer_no + 1)
    return msgspec.structs.replace(last, payments=payments)


def payment(filed: ReportId, amount: int = 500_000, *, refund: str = "rf-1", is_paid: bool = True) -> PaymentTold:
    return PaymentTold(refund_id=RefundId(refund), report_id=filed, amount_minor=amount, is_paid=is_paid)


def test_nothing_is_refunded_that_nobody_ordered(store_for: StoreFor) -> None:
    network, filed = asked(store_for)
    result = answered(network, REFUNDED)
    refused(network, result, Rejection.answer_does_not_add_up, "more is refunded than was ordered")
    assert told(network, filed) == {"bank-b asked": 500_000}
    assert tracing(network, filed).sums["refunded"] == 0


def test_a_bank_that_may_hold_nothing_refunds_nothing(store_for: StoreFor) -> None:
    network, _ = asked(store_for, mandated=())
    result = answered(network, cut(REFUNDED, 0, 1), cut(CASH, 1, 500_000), status=None)
    refused(network, result, Rejection.answer_does_not_add_up, "more is refunded than was ordered")


def test_not_a_unit_more_is_refunded_than_was_ordered(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.spend("mule", 100_000)
    network.settle()
    filed = network.report("t1")
    assert refunded(network, filed, lane=Lane.court).rejection is None
    network.banks["bank-b"].is_away = True
    over = newer(network, cut(CASH, 0, 99_999), cut(REFUNDED, 99_999, 500_000))
    assert tell(network, "bank-b", over, "over").refusal is Rejection.answer_does_not_add_up
    within = newer(network, cut(CASH, 0, 100_000), cut(REFUNDED, 100_000, 500_000))
    assert tell(network, "bank-b", within, "within").status == "accepted"
    assert told(network, filed) == {"bank-b exited cash": 100_000, "bank-b refunded": 400_000}


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("refund", {"refund_id": RefundId("rf-2")}),
        ("report", {"report_id": ReportId("rp-other")}),
        ("amount", {"amount_minor": 499_999}),
    ],
)
@pytest.mark.parametrize("is_paid", [True, False])
def test_a_payment_that_nobody_ordered_is_refused(
    store_for: StoreFor, name: str, fault: Mapping[str, object], *, is_paid: bool
) -> None:
    network, filed = ordered(store_for)
    paid = msgspec.structs.replace(payment(filed, is_paid=is_paid), **fault)
    result = tell(network, "bank-b", newer(network, HELD, payments=(paid,)), name)
    refused(network, result, Rejection.answer_does_not_add_up, "body.payments[0]")
    assert (case_hold(network, filed).paid_minor, report(network, filed).returned_minor) == (0, 0)


def test_one_payment_counts_once(store_for: StoreFor) -> None:
    network, filed = ordered(store_for)
    twice = newer(network, REFUNDED, payments=(payment(filed), payment(filed)))
    refused(
        network, tell(network, "bank-b", twice, "twice"), Rejection.answer_does_not_add_up, "body.payments[1]: expected"
    )
    once = newer(network, REFUNDED, payments=(payment(filed),))
    assert tell(network, "bank-b", once, "once").status == "accepted"
    assert (case_hold(network, filed).paid_minor, report(network, filed).returned_minor) == (500_000, 500_000)


def test_units_of_two_reports_that_were_paid_to_one_are_refunded_at_the_other_too(store_for: StoreFor) -> None:
    """The second report's piece lies under the first one's hold: when that pays, both answers say ``refunded``."""
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 500_000)
    network.settle()
    first, second = network.report("t1"), network.report("t2")
    assert told(network, second) == {"bank-c stopped held_for_other_case": 500_000}
    assert refunded(network, first, lane=Lane.court).rejection is None
    network.settle()
    assert told(network, second) == {"bank-c refunded": 500_000}
    assert [row for row in network.turned_down if row.kind == "answer"] == []


@pytest.mark.parametrize("name", ["bank", "reference", "offset"])
def test_money_that_left_cannot_be_led_elsewhere_later(store_for: StoreFor, name: str) -> None:
    network, filed = asked(store_for)
    first = moved(network, 0, 200_000, onward_from=70)
    answered(network, first, cut(HELD, 200_000, 500_000))
    swapped: dict[str, ShareTold] = {
        "bank": msgspec.structs.replace(first, participant_id=ParticipantId("bank-a")),
        "reference": msgspec.structs.replace(first, sealed_ref=sealed_once(network, "t9")),
        "offset": msgspec.structs.replace(first, onward_from=71),
    }
    result = answered(network, swapped[name], cut(HELD, 200_000, 500_000), number=2)
    refused(network, result, Rejection.answer_takes_back_money_that_left, "body.shares[0]: what left is led elsewhere")
    [child] = pieces(network, filed)[1:]
    assert (child.participant_id, child.from_minor) == ("bank-c", 70)


def test_a_part_that_left_cannot_be_led_elsewhere_behind_another(store_for: StoreFor) -> None:
    network, _ = asked(store_for)
    answered(network, moved(network, 0, 100_000), moved(network, 100_000, 200_000, "t3"), cut(HELD, 200_000, 500_000))
    swapped = moved(network, 0, 200_000), cut(HELD, 200_000, 500_000)
    result = answered(network, *swapped, number=2)
    refused(network, result, Rejection.answer_takes_back_money_that_left, "body.shares[0]")


def test_a_transfer_that_is_cut_otherwise_leads_where_it_led(store_for: StoreFor) -> None:
    network, filed = asked(store_for)
    answered(network, moved(network, 0, 200_000, onward_from=70), cut(HELD, 200_000, 500_000))
    again = [
        moved(network, 0, 50_000, onward_from=70),
        moved(network, 50_000, 300_000, onward_from=50_070),
        cut(HELD, 300_000, 500_000),
    ]
    assert answered(network, *again, number=2).status == "accepted"
    assert [(one.from_minor, one.to_minor) for one in pieces(network, filed)[1:]] == [
        (70, 200_070),
        (200_070, 300_070),
    ]


def test_an_agent_names_a_transfer_by_one_reference_in_all_its_answers(store_for: StoreFor) -> None:
    """One payment takes units on both sides of a hold: two stretches, told together and again when it ends."""
    network = robbed(store_for)
    network.open("bank-a", marat=300_000, payer=200_000)
    network.open("bank-b", other=0)
    network.pay("u0", "marat", "payer", 100_000)
    network.settle()
    network.pay("u1", "aigul", "payer", 50_000)
    network.settle()
    network.pay("u2", "payer", "other", 350_000)
    network.settle()
    upstream = network.report("u0")
    network.pay("u3", "other", "dani", 250_000)
    network.settle()
    filed = network.report("u2")
    stretches = [(one.from_minor, one.to_minor) for one in pieces(network, filed)[1:]]
    assert stretches == [(0, 200_000), (200_000, 250_000)]
    [hold] = [one for one in case_holds(network, upstream) if one.participant_id == "bank-b"]
    network.let_go("bank-b", hold.hold_id)
    network.settle()
    assert told(network, filed) == {"bank-b held": 100_000, "bank-c held": 250_000}
    assert [row for row in network.turned_down if row.kind == "answer"] == []
