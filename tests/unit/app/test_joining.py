"""Joining an incident: asked by naming it, done by a signed act alone, and everything then is of one case."""

import msgspec
import pytest

from tarazy.agent.joining import ASKED_JOINS
from tarazy.app.joining import ACT_OF, DecideJoin, decide_join, incident_of, join_terms
from tarazy.app.records import (
    CASE_HOLDS,
    CASES,
    EVENTS,
    JOIN_REQUESTS,
    PIECES,
    REPORTS,
    TRACINGS,
    JoinRequest,
)
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.case import CaseStatus, JoinState, JoinStatus
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import JoinDecided
from tarazy.values.ids import ParticipantId, ReportId
from tarazy.values.replacing import replace
from tests.story import REASONS, Network, StoreFor, robbed
from tests.story_people import COLLEAGUE, OFFICER, POLICE
from tests.story_reading import case_hold, report, told
from tests.unit.app.test_refunding import refunded


def asked(store_for: StoreFor, payer_bank: str = "bank-c") -> tuple[Network, ReportId, ReportId]:
    """Let a second victim's report name the incident that the first one's has opened; the request waits."""
    network = robbed(store_for)
    network.open(payer_bank, berik=300_000)
    network.pay("t9", "berik", "mule", 300_000)
    network.settle()
    first = network.report("t1", incident="in-1")
    second = network.file("t9", incident="in-1")
    network.settle()
    return network, first, second


def request_of(network: Network, report_id: ReportId) -> JoinRequest:
    [request] = network.rows(EXCHANGE_ID, JOIN_REQUESTS, Condition("report_id", "=", report_id))
    found: JoinRequest = request
    return found


def test_until_it_is_accepted_a_report_is_a_case_of_its_own_and_its_money_is_held(store_for: StoreFor) -> None:
    network, first, second = asked(store_for)
    assert report(network, first).case_id != report(network, second).case_id
    assert told(network, second) == {"bank-b held": 300_000}
    assert request_of(network, second).status is JoinStatus.waiting
    refunded(network, first)
    network.settle()
    assert (report(network, first).returned_minor, report(network, second).returned_minor) == (500_000, 0)


def test_what_is_accepted_is_one_case_from_then_on(store_for: StoreFor) -> None:
    network, first, second = asked(store_for)
    own = report(network, second).case_id
    network.join(second)
    one = report(network, first)
    assert (report(network, second).case_id, report(network, second).incident_id) == (one.case_id, one.incident_id)
    for table in (REPORTS, TRACINGS, PIECES, CASE_HOLDS):
        assert {row.case_id for row in network.rows(EXCHANGE_ID, table)} == {one.case_id}
    [left] = network.rows(EXCHANGE_ID, CASES, Condition("case_id", "=", own))
    assert (left.status, left.joined_case_id) == (CaseStatus.closed, one.case_id)
    assert request_of(network, second).officer_id == COLLEAGUE
    events = network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "join_accepted"))
    assert {event.case_id for event in events} == {own, one.case_id}
    refunded(network, first)
    network.settle()
    assert (report(network, first).returned_minor, report(network, second).returned_minor) == (500_000, 300_000)


def test_money_that_moves_on_later_is_followed_in_the_joined_case(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.open("bank-c", berik=300_000)
    network.pay("t9", "berik", "mule", 300_000)
    network.settle()
    network.report("t1", incident="in-1")
    second = network.file("t9", incident="in-1")
    network.carry("bank-c", EXCHANGE_ID)
    network.join(second)
    network.settle()
    assert told(network, second) == {"bank-b held": 300_000}
    assert case_hold(network, second).case_id == report(network, second).case_id


def test_what_is_refused_stays_a_case_of_its_own(store_for: StoreFor) -> None:
    network, first, second = asked(store_for)
    network.join(second, is_accepted=False)
    assert request_of(network, second).status is JoinStatus.refused
    assert report(network, first).case_id != report(network, second).case_id
    assert told(network, second) == {"bank-b held": 300_000}
    assert len(network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "join_refused"))) == 2


def say(network: Network, bank: str, body: JoinDecided) -> str | None:
    before = len(network.turned_down)
    network.say(bank, body, body.report_id, body.statement)
    network.settle()
    return network.turned_down[-1].refusal if len(network.turned_down) > before else None


def test_who_is_neither_the_first_reporter_nor_an_investigator_decides_nothing(store_for: StoreFor) -> None:
    network, _, second = asked(store_for)
    request = request_of(network, second)
    for bank in ("bank-b", "bank-c"):
        assert say(network, bank, network.join_decided(bank, request)) == Rejection.officer_not_entitled
    assert request_of(network, second) == request


def test_the_officer_of_the_report_does_not_decide_upon_it_also_at_the_same_bank(store_for: StoreFor) -> None:
    network, _, second = asked(store_for, payer_bank="bank-a")
    request = request_of(network, second)
    own = network.join_decided("bank-a", request, officer=OFFICER)
    assert say(network, "bank-a", own) == Rejection.officer_not_entitled
    assert say(network, "bank-a", network.join_decided("bank-a", request)) is None
    assert request_of(network, second).status is JoinStatus.accepted


def test_a_decision_stands_and_the_other_one_after_it_does_not(store_for: StoreFor) -> None:
    network, _, second = asked(store_for)
    request = request_of(network, second)
    assert say(network, "bank-a", network.join_decided("bank-a", request, is_accepted=False)) is None
    assert (
        say(network, "bank-a", network.join_decided("bank-a", request, is_accepted=True)) == Rejection.join_is_decided
    )
    assert request_of(network, second).status is JoinStatus.refused


def test_a_decision_says_what_was_signed(store_for: StoreFor) -> None:
    network, _, second = asked(store_for)
    signed = network.join_decided("bank-a", request_of(network, second), is_accepted=False)
    turned = msgspec.structs.replace(signed, is_accepted=True)
    assert say(network, "bank-a", turned) == Rejection.statement_does_not_stand


def test_the_first_reporters_bank_decides_nothing_once_its_report_has_ended(store_for: StoreFor) -> None:
    network, first, second = asked(store_for)
    network.withdraw("bank-a", first)
    network.settle()
    request = request_of(network, second)
    assert say(network, "bank-a", network.join_decided("bank-a", request)) == Rejection.officer_not_entitled


def test_a_report_that_has_ended_joins_nothing(store_for: StoreFor) -> None:
    network, _, second = asked(store_for)
    network.withdraw("bank-c", second)
    network.settle()
    request = request_of(network, second)
    assert say(network, "bank-a", network.join_decided("bank-a", request)) == Rejection.report_has_ended


def test_a_report_that_has_not_asked_joins_nothing(store_for: StoreFor) -> None:
    network, first, second = asked(store_for)
    request = replace(request_of(network, second), report_id=first)
    assert say(network, "bank-a", network.join_decided("bank-a", request)) == Rejection.join_unknown


def decided(
    network: Network,
    request: JoinRequest,
    role: str,
    *,
    reasons: str = REASONS,
    participant: str = POLICE,
    kind: str = "police",
) -> JoinRequest | Rejection:
    """Let an official of the police (or of another participant) accept a request."""
    network.enrol(participant, kind, role)
    terms = join_terms(request, is_accepted=True)
    text = network.statement(participant, ACT_OF[True], request.report_id, terms, reasons=reasons)
    command = DecideJoin(
        report_id=request.report_id, is_accepted=True, participant_id=ParticipantId(participant), statement=text
    )
    return network.at(EXCHANGE_ID, lambda tx, now: decide_join(tx, command, now))


@pytest.mark.parametrize(
    ("role", "reasons", "rejection"),
    [
        ("investigator", REASONS, None),
        ("prosecutor", REASONS, Rejection.officer_not_entitled),
        ("investigator", "because", Rejection.reasons_missing),
    ],
)
def test_an_investigator_decides_with_reasons(
    store_for: StoreFor, role: str, reasons: str, rejection: Rejection | None
) -> None:
    network, first, second = asked(store_for)
    answer = decided(network, request_of(network, second), role, reasons=reasons)
    if rejection is not None:
        assert answer is rejection
        assert request_of(network, second).status is JoinStatus.waiting
    else:
        assert report(network, first).case_id == report(network, second).case_id
    network.settle()


def test_a_banks_own_investigator_decides_nothing_for_others(store_for: StoreFor) -> None:
    network, _, second = asked(store_for)
    refused = decided(network, request_of(network, second), "investigator", participant="bank-d", kind="bank")
    assert refused is Rejection.officer_not_entitled
    assert request_of(network, second).status is JoinStatus.waiting


def test_who_joins_takes_along_whoever_has_joined_and_whoever_asks(store_for: StoreFor) -> None:
    network, first, second = asked(store_for)
    network.open("bank-c", dana=100_000, yerlan=50_000)
    for ref, payer, minor in (("t7", "dana", 100_000), ("t8", "yerlan", 50_000)):
        network.pay(ref, payer, "mule", minor)
    network.settle()
    network.frauds["in-2"] = second
    third = network.report("t7", incident="in-2")
    fourth = network.file("t8", incident="in-2")
    network.settle()
    assert report(network, third).case_id == report(network, second).case_id
    network.join(second)
    assert {report(network, one).case_id for one in (second, third)} == {report(network, first).case_id}
    assert request_of(network, fourth).incident_id == incident_of(second)
    network.join(fourth)
    assert report(network, fourth).case_id == report(network, first).case_id
    network.open("bank-b", aru=10_000)
    network.pay("t6", "aru", "mule", 10_000)
    network.settle()
    assert report(network, network.report("t6", incident="in-2")).case_id == report(network, first).case_id


def test_a_request_whose_report_was_withdrawn_is_told_to_be_over_once(store_for: StoreFor) -> None:
    network, first, second = asked(store_for)
    network.open("bank-c", yerlan=50_000)
    network.pay("t8", "yerlan", "mule", 50_000)
    network.settle()
    network.frauds["in-2"] = second
    third = network.file("t8", incident="in-2")
    network.settle()
    network.withdraw("bank-c", third)
    network.settle()
    network.join(second)
    assert report(network, second).case_id == report(network, first).case_id
    assert joins(network, "bank-c") == {third: JoinState.over}
    assert joins(network, "bank-a") == {second: JoinState.accepted}


def joins(network: Network, bank: str) -> dict[ReportId, JoinState]:
    return {join.report_id: join.state for join in network.rows(bank, ASKED_JOINS)}
