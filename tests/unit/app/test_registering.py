"""The registration of a case: an investigator's signed act, and what the law gate permits only since."""

from datetime import timedelta

import pytest

from tarazy.app.records import CASES, EVENTS, Case
from tarazy.app.refunding import order_refund, refund_terms
from tarazy.app.registering import RegisterCase, register_case
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Lane
from tarazy.law.codes import Code
from tarazy.protocol.statement import Act
from tarazy.values.ids import CaseId, OfficerId, ParticipantId, ReportId
from tarazy.values.replacing import replace
from tests.hearing_story import agreed
from tests.story import REASONS, Network, StoreFor, robbed
from tests.story_people import COLLEAGUE, OFFICER, POLICE
from tests.story_reading import report
from tests.unit.app.test_refunding import command_for

NUMBER = "26-7711-3-00042"


def investigated(store_for: StoreFor) -> tuple[Network, ReportId]:
    """Return a network with a case, an investigator and a clerk of the police."""
    network = robbed(store_for)
    network.enrol(POLICE, "police", "investigator")
    network.enrol(POLICE, "police", "clerk", COLLEAGUE)
    return network, network.report("t1")


def registered(
    network: Network,
    case_id: CaseId,
    number: str = NUMBER,
    *,
    signed: str | None = None,
    ahead: timedelta = timedelta(0),
    officer: OfficerId = OFFICER,
    reasons: str = REASONS,
    act: Act = Act.register_case,
    participant: str = POLICE,
) -> Case | Rejection:
    command = RegisterCase(
        case_id=case_id,
        participant_id=ParticipantId(participant),
        registration=number,
        registered_at=network.now.plus(ahead),
        statement="",
    )
    terms = replace(command, registration=signed or number).terms()
    text = network.statement(participant, act, case_id, terms, officer=officer, reasons=reasons)
    return network.at(EXCHANGE_ID, lambda tx, now: register_case(tx, replace(command, statement=text), now))


def codes_of(network: Network, filed: ReportId) -> list[str] | None:
    """Ask for a refund by an investigator's resolution; return what the law gate says against it, None for nothing."""
    command = command_for(network, filed, lane=Lane.investigator)
    terms = network.at(EXCHANGE_ID, lambda tx, now: refund_terms(tx, command, now.now))
    statement = network.statement(POLICE, Act.order_refund, command.refund_id, terms)
    ordered = network.at(EXCHANGE_ID, lambda tx, now: order_refund(tx, replace(command, statement=statement), now))
    if ordered.assessment is None or ordered.refund is not None:
        return None
    assert ordered.rejection is Rejection.measure_refused_by_law
    return [one.code for one in ordered.assessment.tests if not one.passed]


def test_the_investigators_lane_opens_with_the_registration_and_not_before(store_for: StoreFor) -> None:
    network, filed = investigated(store_for)
    agreed(network, report(network, filed).case_id)
    assert codes_of(network, filed) == [Code.no_registration]
    case = registered(network, report(network, filed).case_id)
    assert isinstance(case, Case)
    assert (case.registration, case.registered_at) == (NUMBER, network.now)
    assert codes_of(network, filed) is None
    network.settle()
    assert report(network, filed).returned_minor == 500_000


def test_a_registration_is_an_event_and_the_same_again_is_none(store_for: StoreFor) -> None:
    network, filed = investigated(store_for)
    case_id = report(network, filed).case_id
    for number in (NUMBER, NUMBER, "26-7711-3-00043"):
        assert isinstance(registered(network, case_id, number), Case)
    events = network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "case_registered"), order=("serial",))
    assert [(one.details["registration"], one.details.get("before"), one.details["officer"]) for one in events] == [
        (NUMBER, None, OFFICER),
        ("26-7711-3-00043", NUMBER, OFFICER),
    ]
    assert network.rows(EXCHANGE_ID, CASES)[0].registration == "26-7711-3-00043"


@pytest.mark.parametrize(
    ("number", "options", "rejection"),
    [
        ("", {}, Rejection.registration_malformed),
        ("none", {}, Rejection.registration_malformed),
        ("26--7", {}, Rejection.registration_malformed),
        ("26\x00", {}, Rejection.registration_malformed),
        ("2" * 41, {}, Rejection.registration_malformed),
        (NUMBER, {"ahead": timedelta(hours=1)}, Rejection.registered_in_future),
        (NUMBER, {"signed": "26-7711-3-00041"}, Rejection.statement_does_not_stand),
        (NUMBER, {"act": Act.authorise}, Rejection.statement_does_not_stand),
        (NUMBER, {"officer": COLLEAGUE}, Rejection.officer_not_entitled),
        (NUMBER, {"reasons": "because"}, Rejection.reasons_missing),
    ],
)
def test_what_is_no_registration_changes_nothing(
    store_for: StoreFor, number: str, options: dict[str, object], rejection: Rejection
) -> None:
    network, filed = investigated(store_for)
    assert registered(network, report(network, filed).case_id, number, **options) is rejection  # type: ignore[arg-type]  # by name
    assert network.rows(EXCHANGE_ID, CASES)[0].registration is None


def test_a_case_that_is_not_there_cannot_be_registered(store_for: StoreFor) -> None:
    network, _ = investigated(store_for)
    assert registered(network, CaseId("cs_none")) is Rejection.case_unknown


def test_a_banks_own_investigator_registers_no_case(store_for: StoreFor) -> None:
    network, filed = investigated(store_for)
    network.enrol("bank-d", "bank", "investigator")
    refused = registered(network, report(network, filed).case_id, participant="bank-d")
    assert refused is Rejection.officer_not_entitled
