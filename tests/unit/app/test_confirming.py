"""A confirmation that the exchange turns down prolongs nothing: not at the bank, not at its core."""

from datetime import timedelta

import pytest

from tarazy.agent.confirming import REFUSED_CONFIRMATIONS, RefusedConfirmation
from tarazy.agent.reference_core import CORE_RESERVES
from tarazy.app.records import REPORTS
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.notice import NoticeKind
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import HoldConfirmed
from tarazy.values.ids import HoldId, ReportId
from tarazy.values.instant import Instant
from tests.story import Network, StoreFor, robbed
from tests.story_people import OFFICER
from tests.story_reading import bank_hold, case_hold, ends, told

HOUR = timedelta(hours=1)
NOT_CONFIRMED = ("bank-b", HoldStatus.released, HoldEnd.not_confirmed)


def know_officers(network: Network, *, of_bank_b: bool) -> None:
    """Let the exchange know the officers of bank B, or not any more."""
    joined, officers = network.joined
    network.trust.replace(joined, [one for one in officers if of_bank_b or one.participant_id != "bank-b"])


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    """A hold at bank B that lasts two hours unless it is confirmed, by an officer whom the exchange knows no more."""
    network = robbed(store_for)
    network.report("t1")
    know_officers(network, of_bank_b=False)
    return network


def confirmed(network: Network) -> HoldId:
    hold_id = bank_hold(network, "mule").hold_id
    assert network.confirm("bank-b", hold_id) is None
    return hold_id


def reported(network: Network) -> ReportId:
    (row,) = network.rows(EXCHANGE_ID, REPORTS)
    report_id: ReportId = row.report_id
    return report_id


def reserved_until(network: Network) -> list[Instant]:
    return [reserve.expires_at for reserve in network.rows("bank-b", CORE_RESERVES)]


def turned_down(network: Network) -> list[RefusedConfirmation]:
    rows: list[RefusedConfirmation] = network.rows("bank-b", REFUSED_CONFIRMATIONS)
    return rows


def test_a_hold_whose_confirmation_is_turned_down_ends_as_if_it_had_not_been_made(network: Network) -> None:
    end, report = network.now.plus(2 * HOUR), reported(network)
    hold_id = confirmed(network)
    assert bank_hold(network, "mule").expires_at > end
    network.settle()
    hold = bank_hold(network, "mule")
    assert (hold.expires_at, hold.confirmed_by, hold.confirmed_at, hold.reasons) == (end, None, None, None)
    assert reserved_until(network) == [end]
    assert turned_down(network) == [
        RefusedConfirmation(
            hold_id=hold_id,
            officer_id=OFFICER,
            confirmed_at=network.now,
            refusal=Rejection.statement_does_not_stand,
            refused_at=network.now,
        )
    ]
    network.now = end
    network.settle()
    assert ends(network, report) == [NOT_CONFIRMED]
    assert reserved_until(network) == []
    assert told(network, report) == {"bank-b stopped released": 500_000}


def test_it_is_released_at_once_if_it_would_have_ended_meanwhile(network: Network) -> None:
    report = reported(network)
    network.now = network.now.plus(2 * HOUR - timedelta(seconds=1))
    network.banks["bank-b"].is_away = True
    confirmed(network)
    network.wait(hours=1)
    assert bank_hold(network, "mule").status is HoldStatus.placed
    network.banks["bank-b"].is_away = False
    network.settle()
    assert (bank_hold(network, "mule").held_minor, reserved_until(network)) == (0, [])
    assert ends(network, report) == [NOT_CONFIRMED]


def test_another_confirmation_in_time_counts(network: Network) -> None:
    report = reported(network)
    hold_id = confirmed(network)
    network.wait(minutes=1)
    know_officers(network, of_bank_b=True)
    assert network.confirm("bank-b", hold_id) is None
    network.settle()
    hold = bank_hold(network, "mule")
    assert case_hold(network, report).expires_at == hold.expires_at == hold.expires_at_most
    assert reserved_until(network) == [hold.expires_at_most]


def test_a_hold_that_ended_meanwhile_stays_as_it_ended(network: Network) -> None:
    report = reported(network)
    hold_id = confirmed(network)
    assert network.let_go("bank-b", hold_id) is None
    network.settle()
    assert ends(network, report) == [("bank-b", HoldStatus.released, HoldEnd.by_officer)]
    assert [row.hold_id for row in turned_down(network)] == [hold_id]


def test_a_message_that_is_not_the_standing_confirmation_changes_nothing(network: Network) -> None:
    """Only the confirmation upon which the hold stands can take it down: an older or a false one is nothing to it."""
    know_officers(network, of_bank_b=True)
    hold_id = confirmed(network)
    network.wait(minutes=1)
    hold = bank_hold(network, "mule")
    false = HoldConfirmed(hold_id=hold_id, statement="", expires_at=hold.expires_at_most)
    network.say("bank-b", false, hold_id)
    network.settle()
    assert network.turned_down != []
    assert (bank_hold(network, "mule"), turned_down(network)) == (hold, [])


def test_a_holder_who_was_told_nothing_yet_is_told_of_the_placing(network: Network) -> None:
    confirmed(network)
    network.settle()
    assert bank_hold(network, "mule").notice_due is NoticeKind.hold_placed


def test_what_an_officer_has_decided_since_stays_theirs(network: Network) -> None:
    hold_id = confirmed(network)
    network.now = network.now.plus(timedelta(seconds=1))
    assert network.narrow("bank-b", hold_id, 200_000) is None
    decided = bank_hold(network, "mule")
    network.settle()
    hold = bank_hold(network, "mule")
    assert [row.hold_id for row in turned_down(network)] == [hold_id]
    assert (hold.decided_by, hold.decided_at, hold.reasons) == (OFFICER, decided.decided_at, decided.reasons)
    assert (hold.confirmed_by, hold.confirmed_at) == (None, None)
