"""What the exchange states to the law gate on behalf of a case: nothing that is not so."""

from datetime import timedelta

import pytest

from tarazy.adapters.packs import pack_files
from tarazy.app.lawgate import Asked, assess_answer, assess_hold, is_permitted
from tarazy.app.records import Mandate, Participant, Report
from tarazy.domain.case import ReportStatus
from tarazy.law.assessment import TestId
from tarazy.law.ground import Pack
from tarazy.law.parse import parse_pack
from tarazy.values.ids import (
    CaseId,
    IncidentId,
    MandateId,
    OfficerId,
    ParticipantId,
    ReportId,
    SealedRef,
    TracingId,
)
from tarazy.values.instant import Instant

NOW = Instant.parse("2026-11-22T10:00:00+05:00")
ANSWER = "measures/M2t.yaml"


def pack(before: str = "", after: str = "") -> Pack:
    """Return the demonstration pack, its rule for M2t changed as said."""
    files = pack_files("kz-demo")
    assert before in files[ANSWER]
    return parse_pack({**files, ANSWER: files[ANSWER].replace(before, after)})


def asked(*, has_mandate: bool) -> Asked:
    payer, payee = ParticipantId("pa_1"), ParticipantId("pa_2")
    report = Report(
        report_id=ReportId("rp_1"),
        incident_id=IncidentId("in_1"),
        case_id=CaseId("cs_1"),
        tracing_id=TracingId("tr_1"),
        participant_id=payer,
        officer_id=OfficerId("of_1"),
        payee_participant_id=payee,
        sealed_ref=SealedRef("sealed"),
        amount_minor=100_000,
        claim_minor=100_000,
        currency="KZT",
        booked_at=NOW,
        offence_id="kz-cc-190-2-4",
        reports_by_payer=0,
        reports_of_pair=0,
        facts=("transfer_executed",),
        statement="",
        signed_at=NOW,
        filed_at=NOW,
        status=ReportStatus.filed,
        ended_at=None,
        returned_minor=0,
    )
    bank = Participant(
        participant_id=payee,
        kind="bank",
        name="Second Bank",
        url="",
        level="L2",
        signing_key="",
        sealing_key="",
        is_active=True,
        joined_at=NOW,
    )
    mandate = Mandate(
        mandate_id=MandateId("ma_1"),
        participant_id=payee,
        officer_id=OfficerId("of_2"),
        measure="M4b",
        norms=(),
        currency="KZT",
        ceiling_minor=1000,
        hours=24,
        valid_from=NOW,
        valid_to=NOW.plus(timedelta(days=30)),
        statement="",
    )
    return Asked(report, bank, mandate if has_mandate else None, 100)


@pytest.mark.parametrize("has_mandate", [True, False])
def test_a_trace_answer_names_no_officer_and_is_permitted_without_one(*, has_mandate: bool) -> None:
    answer = assess_answer(asked(has_mandate=has_mandate), pack(), NOW)
    assert is_permitted(answer)
    assert answer.expires_at == NOW.plus(timedelta(days=30))


@pytest.mark.parametrize("has_mandate", [True, False])
def test_a_pack_that_wants_an_officer_behind_each_answer_gets_none(*, has_mandate: bool) -> None:
    wants = pack("named_officer: no", "named_officer: yes")
    answer = assess_answer(asked(has_mandate=has_mandate), wants, NOW)
    assert answer.failed == (TestId.T8,)
    assert answer.tests[7].code == "law.T8.no_named_officer"


def test_a_pause_has_the_officer_who_signed_the_mandate() -> None:
    assert is_permitted(assess_hold(asked(has_mandate=True), pack(), NOW))
    assert TestId.T8 in assess_hold(asked(has_mandate=False), pack(), NOW).failed
