"""Filing a report: one that stands opens a case; one that comes again changes nothing; others are rejected."""

from datetime import timedelta

import msgspec
import pytest

from tarazy.app.filing import CLOCK_TOLERANCE
from tarazy.app.messages import INBOX
from tarazy.app.records import CASES, EVENTS, PIECES, REPORTS, TRACINGS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import ReportFiled
from tarazy.protocol.message import Result
from tarazy.values.ids import ParticipantId, ReportId
from tests.story import CEILING, Network, StoreFor, robbed
from tests.story_reading import everything_but_refusals, report, told
from tests.unit.app.speaking import envelope_of, receive, reported, signed, signed_anew, tell, waiting_report

HOUR = timedelta(hours=1)


def same_report_as_another_message(text: str, number: int = 2) -> str:
    envelope = envelope_of(text)
    return signed(msgspec.structs.replace(envelope, message_id=f"message-{number}"))


def counts(network: Network) -> list[int]:
    return [len(network.rows(EXCHANGE_ID, table)) for table in (REPORTS, CASES, TRACINGS, PIECES, EVENTS)]


def test_a_report_opens_a_case_and_a_tracing_and_is_recorded(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1", 450_000)
    kept = report(network, filed)
    assert (kept.claim_minor, kept.amount_minor, kept.participant_id) == (450_000, 500_000, "bank-a")
    [case] = network.rows(EXCHANGE_ID, CASES)
    assert case.case_id == kept.case_id
    events = network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "report_filed"))
    assert [event.subject_id for event in events] == [filed]


def test_the_same_report_again_changes_nothing(store_for: StoreFor) -> None:
    network = robbed(store_for)
    text = waiting_report(network)
    network.settle()
    before = counts(network)
    [result] = receive(network, same_report_as_another_message(text))
    assert result.status == "accepted"
    assert counts(network) == before


def test_the_same_report_signed_twice_at_the_desk_is_one_report(store_for: StoreFor) -> None:
    network = robbed(store_for)
    first = network.report("t1")
    before = counts(network)
    assert network.report("t1") == first
    assert counts(network) == before


def test_the_same_report_twice_in_one_batch_is_one_report(store_for: StoreFor) -> None:
    network = robbed(store_for)
    text = waiting_report(network)
    results = receive(network, text, same_report_as_another_message(text))
    assert [result.status for result in results] == ["accepted", "accepted"]
    assert len(network.rows(EXCHANGE_ID, REPORTS)) == 1


def test_the_same_report_with_another_claim_is_rejected_and_changes_nothing(store_for: StoreFor) -> None:
    network = robbed(store_for)
    text = waiting_report(network)
    network.settle()
    envelope = envelope_of(text)
    assert isinstance(envelope.body, ReportFiled)
    body = signed_anew(network, msgspec.structs.replace(envelope.body, claim_minor=400_000))
    before = everything_but_refusals(network)
    result = tell(network, "bank-a", body, "message-2")
    assert (result.status, result.refusal) == ("rejected", Rejection.report_known_with_other_facts)
    after = everything_but_refusals(network)
    assert after.pop(INBOX.name) != before.pop(INBOX.name)
    assert after == before


def test_another_bank_cannot_file_a_known_report(store_for: StoreFor) -> None:
    network = robbed(store_for)
    text = waiting_report(network)
    network.settle()
    result = tell(network, "bank-c", envelope_of(text).body, "message-2")
    assert result.refusal == Rejection.report_known_with_other_facts


def test_a_claim_above_the_transfer_is_rejected(store_for: StoreFor) -> None:
    result = reported(robbed(store_for), amount_minor=499_999)
    assert (result.refusal, result.place) == (Rejection.claim_above_transfer, "body.claim_minor")


def test_a_payee_participant_that_nobody_knows_is_rejected(store_for: StoreFor) -> None:
    result = reported(robbed(store_for), payee_participant_id=ParticipantId("bank-x"))
    assert result.refusal == Rejection.payee_participant_unknown


@pytest.mark.parametrize(
    ("late", "refusal"), [(timedelta(0), None), (timedelta(seconds=1), Rejection.booked_in_future)]
)
def test_a_transfer_booked_in_the_future_is_rejected(
    store_for: StoreFor, late: timedelta, refusal: Rejection | None
) -> None:
    network = robbed(store_for)
    assert reported(network, booked_at=network.now.plus(CLOCK_TOLERANCE + late)).refusal == refusal


def test_a_rejected_report_leaves_nothing_behind(store_for: StoreFor) -> None:
    network = robbed(store_for)
    before = counts(network)
    assert reported(network, amount_minor=1).status == "rejected"
    assert counts(network) == before


def test_a_reference_that_is_not_sealed_for_the_payees_bank_is_stopped_there(
    store_for: StoreFor,
) -> None:
    network = robbed(store_for)
    reported(network, sealed_ref=network.trust.seal(ParticipantId("bank-c"), "t1"))
    network.carry(EXCHANGE_ID, "bank-b")
    assert network.turned_down[-1].refusal == Rejection.reference_not_for_us
    assert told(network, ReportId(network.rows(EXCHANGE_ID, REPORTS)[0].report_id)) == {
        "bank-b stopped order_refused": 500_000
    }


def test_reports_of_one_incident_share_a_case(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.open("bank-c", berik=300_000)
    network.pay("t9", "berik", "mule", 300_000)
    network.settle()
    first, second = network.report("t1", incident="in-1"), network.report("t9", incident="in-1")
    assert report(network, first).case_id == report(network, second).case_id
    assert told(network, second) == {"bank-b held": 300_000}


def test_reports_of_other_incidents_have_their_own_cases(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.open("bank-c", berik=300_000)
    network.pay("t9", "berik", "mule", 300_000)
    network.settle()
    first, second = network.report("t1"), network.report("t9")
    assert report(network, first).case_id != report(network, second).case_id


def test_a_mandate_of_absurd_hours_is_refused(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=[])
    network.sign_mandate("bank-b", hours=10**15)
    network.settle()
    assert [(one.kind, one.refusal) for one in network.turned_down] == [("mandate_signed", "malformed")]
    assert told(network, network.report("t1")) == {"bank-b stopped refused_by_law": 500_000}


def test_a_mandate_with_figures_that_its_officer_did_not_sign_is_rejected(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=[])
    network.sign_mandate("bank-b", ceiling=CEILING, signed_ceiling=1_000)
    network.settle()
    assert [(one.kind, one.refusal) for one in network.turned_down] == [
        ("mandate_signed", Rejection.statement_does_not_stand)
    ]


def test_a_report_cannot_be_signed_in_the_past_to_come_before_others(store_for: StoreFor) -> None:
    network = robbed(store_for)
    text = waiting_report(network)
    body = envelope_of(text).body
    assert isinstance(body, ReportFiled)
    now, network.now = network.now, network.now.plus(-timedelta(days=40))
    backdated = signed_anew(network, body)
    network.now = now
    result = tell(network, "bank-a", backdated, "message-1")
    assert (result.refusal, result.place) == (
        Rejection.statement_does_not_stand,
        "body.statement.at: signed too long before it was sent, or after",
    )


def test_a_payment_within_one_bank_is_reported_by_it_and_held_there(store_for: StoreFor) -> None:
    """That payer's and payee's bank are one says nothing against a report: both may have their accounts there."""
    network = robbed(store_for)
    network.open("bank-a", neighbour=0)
    network.pay("t5", "aigul", "neighbour", 100_000)
    network.settle()
    filed = network.report("t5")
    assert (report(network, filed).participant_id, report(network, filed).payee_participant_id) == ("bank-a", "bank-a")
    assert told(network, filed) == {"bank-a held": 100_000}
    assert network.turned_down == []


def filed_by(network: Network, office: str) -> Result:
    """Let a participant without an agent file a report on ``t1``, signed as it should be."""
    envelope = envelope_of(waiting_report(network))
    assert isinstance(envelope.body, ReportFiled)
    body = signed_anew(network, envelope.body, office)
    [result] = receive(network, signed(msgspec.structs.replace(envelope, sender=office, body=body), office))
    return result


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("police", "investigator"),
        ("police", "analyst"),
        ("prosecutor", "prosecutor"),
        ("court", "judge"),
        ("exchange", "analyst"),
        ("credit_bureau", "analyst"),
        ("telecom", "analyst"),
        ("platform", "analyst"),
    ],
)
def test_who_keeps_no_accounts_can_be_no_payers_bank_and_reports_nothing(
    store_for: StoreFor, kind: str, role: str
) -> None:
    network = robbed(store_for)
    network.enrol("office", kind, role)
    before = counts(network)
    result = filed_by(network, "office")
    assert (result.status, result.refusal, result.place) == ("rejected", Rejection.officer_not_entitled, "sender")
    assert counts(network) == before


@pytest.mark.parametrize("kind", ["payments", "microfinance", "crypto"])
def test_whoever_keeps_accounts_reports_what_was_paid_from_them(store_for: StoreFor, kind: str) -> None:
    network = robbed(store_for)
    network.enrol("office", kind, "analyst")
    assert filed_by(network, "office").status == "accepted"
