"""The public figures: counted in small steps, and always what counting everything anew would give."""

import pytest

from tarazy.app.figures import CASE_FIGURES, FIGURES, READER, Figures, count_figures, counted_up_to
from tarazy.app.holding import stands
from tarazy.app.log_reading import LOG_POSITIONS, LogPosition
from tarazy.app.queries.overview import Overview, overview
from tarazy.app.records import CASE_HOLDS, EVENTS, PIECES, REPORTS, TRACINGS
from tarazy.app.sequencing import LogSigner, sequence_events
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.case import ReportStatus
from tarazy.domain.hold import HoldStatus
from tests.story import Network, StoreFor, robbed
from tests.story_people import keyring
from tests.story_reading import bank_hold

STEPS_MAX = 200


def signer() -> LogSigner:
    key = keyring(EXCHANGE_ID).signing
    return LogSigner("log.tarazy.test", key.signer(), key.public)


def counted(network: Network) -> Overview:
    """Number all acts, count until nothing is left to count, and return what the public page shows."""
    while sequence_events(network.exchange.store, signer()):
        pass
    for _ in range(STEPS_MAX):
        if not network.at(EXCHANGE_ID, lambda tx, now: count_figures(tx, now.now)):
            break
    else:
        raise AssertionError("the counting never ends")
    return network.at(EXCHANGE_ID, lambda tx, now: overview(tx, signer().origin, now.now))


def from_the_rows(network: Network) -> Figures:
    """Count everything anew, from whole tables."""
    reports = [one for one in network.rows(EXCHANGE_ID, REPORTS) if one.status is ReportStatus.filed]
    tracings = network.rows(EXCHANGE_ID, TRACINGS)
    rightful = [one for one in tracings if one.report_id in {report.report_id for report in reports}]
    holds = network.rows(EXCHANGE_ID, CASE_HOLDS)
    standing = [hold for hold in holds if stands(hold, network.now)]
    return Figures(
        currency="KZT",
        cases=len({report.case_id for report in reports}),
        stolen_minor=sum(one.stolen_minor for one in rightful),
        held_minor=sum(hold.held_minor for hold in standing),
        returned_minor=sum(one.sums["returned"] + one.sums["refunded"] for one in rightful),
        standing=len(standing),
        released=sum(hold.status in {HoldStatus.released, HoldStatus.expired} for hold in holds),
        refused=sum(bool(one.refused_by) for one in network.rows(EXCHANGE_ID, PIECES) if one.hold_id is None),
    )


def test_the_figures_are_what_the_rows_say_at_every_turn_of_a_case(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 200_000)
    network.settle()
    assert counted(network).money == ()
    filed = network.report("t1")
    (placed,) = counted(network).money
    assert placed == from_the_rows(network)
    assert (placed.cases, placed.stolen_minor, placed.held_minor, placed.standing) == (1, 500_000, 500_000, 2)
    network.confirm("bank-b", bank_hold(network, "mule").hold_id)
    network.wait(hours=2)
    (one_left,) = counted(network).money
    assert one_left == from_the_rows(network)
    assert (one_left.held_minor, one_left.standing, one_left.released) == (300_000, 1, 1)
    network.withdraw("bank-a", filed)
    network.settle()
    (none_left,) = counted(network).money
    assert none_left == from_the_rows(network)
    assert none_left == Figures(
        currency="KZT",
        cases=0,
        stolen_minor=0,
        held_minor=0,
        returned_minor=0,
        standing=0,
        released=2,
        refused=0,
    )


def test_a_withdrawn_report_takes_along_only_what_it_had_added(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.open("bank-c", berik=300_000)
    network.pay("t9", "berik", "mule", 300_000)
    network.settle()
    first, _ = network.report("t1", incident="in-one"), network.report("t9", incident="in-one")
    (both,) = counted(network).money
    assert (both.cases, both.stolen_minor, both.held_minor) == (1, 800_000, 800_000)
    network.withdraw("bank-a", first)
    network.settle()
    (left,) = counted(network).money
    assert left == from_the_rows(network)
    assert (left.cases, left.stolen_minor, left.held_minor) == (1, 300_000, 300_000)


def test_a_hold_whose_bank_is_silent_is_no_longer_counted_as_held(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.report("t1")
    assert counted(network).money[0].held_minor == 500_000
    network.banks["bank-b"].is_asleep = True
    network.has_exchange_timer = False
    network.wait(hours=3)
    shown = counted(network)
    assert (shown.money[0].held_minor, shown.money[0].standing, shown.is_behind) == (0, 0, False)


def test_counting_again_changes_nothing_and_says_that_nothing_is_behind(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.report("t1")
    shown = counted(network)
    assert counted(network) == shown
    assert not shown.is_behind
    assert shown.counted == len(network.rows(EXCHANGE_ID, EVENTS))


def test_a_step_is_bounded_and_what_is_left_is_said(store_for: StoreFor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tarazy.app.figures.CASES_PER_STEP_MAX", 2)
    network = Network(store_for)
    network.open("bank-a", payer=1_000_000)
    for number in range(5):
        network.open("bank-b", **{f"payee{number}": 0})  # type: ignore[arg-type] # every keyword is an account
        network.pay(f"p{number}", "payer", f"payee{number}", 1_000)
        network.settle()
        network.report(f"p{number}")
    while sequence_events(network.exchange.store, signer()):
        pass
    assert network.at(EXCHANGE_ID, lambda tx, now: count_figures(tx, now.now))
    part = network.at(EXCHANGE_ID, lambda tx, now: overview(tx, signer().origin, now.now))
    assert (part.cases, part.is_behind) == (2, True)
    assert len(network.rows(EXCHANGE_ID, CASE_FIGURES)) == 2
    whole = counted(network)
    assert (whole.cases, whole.is_behind) == (5, False)
    assert network.at(EXCHANGE_ID, lambda tx, _: counted_up_to(tx)) == whole.counted


def test_acts_that_are_counted_again_change_nothing(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.report("t1")
    first = counted(network)
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(LOG_POSITIONS, LogPosition(reader=READER, log_size=0)))
    assert counted(network) == first
    assert network.rows(EXCHANGE_ID, FIGURES) == list(first.money)
